import signal
import subprocess
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.execution import events
from engine.graph.model import Graph, Link, Node
from engine.spec.context import Context
from tests.execution.toys import EVENTS, RAN, cache, planned, run, told, value

DONE = (events.NodeFinished, events.NodeCached)


@st.composite
def dags(draw) -> Graph:
    """Additions of constants and of earlier nodes, in any order of the file."""
    count = draw(st.integers(1, 25))
    nodes = dict[str, Node]()
    for index in range(count):
        sides = {}
        for side in ("a", "b"):
            source = draw(st.none() | st.integers(0, index - 1)) if index else None
            number = draw(st.integers(-5, 5))
            sides[side] = number if source is None else Link(f"n{source}", 0)
        nodes[f"n{index}"] = Node("Add", sides)
    order = draw(st.permutations(list(nodes)))
    return Graph({id: nodes[id] for id in order})


def computed(made: Graph) -> dict[str, int]:
    """What each node must give, in plain Python."""
    values = dict[str, int]()
    for index in range(len(made.nodes)):
        given = made.nodes[f"n{index}"].inputs.values()
        values[f"n{index}"] = sum(values[v.node] if isinstance(v, Link) else v for v in given)
    return values


@given(dags())
@settings(max_examples=60, deadline=None)
def test_every_step_runs_once_after_its_sources_and_gives_the_right_sum(made):
    targets = list(made.nodes)
    distinct = {step.key for step in planned(made, cache(), targets)}
    outcome = run(made, targets=targets)
    assert outcome.status == "done"
    assert len(RAN) == len(outcome.ran) == len(distinct)
    order = [event.node for event in EVENTS if isinstance(event, DONE)]
    assert sorted(order) == sorted(targets)
    place = {id: index for index, id in enumerate(order)}
    for id, node in made.nodes.items():
        assert all(place[link.node] < place[id] for _, link in node.links())
    assert {id: value(outcome, id)[0] for id in targets} == computed(made)


@given(dags(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_equal_recipes_have_equal_keys_whatever_the_ids_and_the_order(made, random):
    names = {id: f"other {index}" for index, id in enumerate(made.nodes)}
    turned = list(made.nodes.items())
    random.shuffle(turned)
    other = Graph(
        {
            names[id]: Node(
                node.class_type,
                {
                    k: Link(names[v.node], 0) if isinstance(v, Link) else v
                    for k, v in node.inputs.items()
                },
                look={"title": id},
            )
            for id, node in turned
        }
    )
    one, two = (planned(g, cache(), list(g.nodes)).steps for g in (made, other))
    assert all(one[id].key == two[names[id]].key for id in names)


@given(dags(), st.integers(0, 24))
@settings(max_examples=60, deadline=None)
def test_what_a_cancelled_run_had_done_is_not_done_again(made, stop):
    held, targets = cache(), list(made.nodes)
    distinct = {step.key for step in planned(made, held, targets)}
    stops = Context(cancelled=lambda: len(told(events.NodeFinished)) > stop)
    first = run(made, held, targets, context=stops)
    done = len(RAN)
    assert first.status == "cancelled" if done > stop and done < len(distinct) else "done"
    assert run(made, held, targets).status == "done"
    assert done + len(RAN) == len(distinct)


CHAIN = """
import sys, time
from pathlib import Path
from engine.execution.cache import Cache
from engine.execution.disk import Disk
from tests.execution.toys import add, graph, run, told, RAN, registry
from engine.execution.executor import execute
from engine.execution.plan import plan
from engine.spec.context import Context
from engine.execution import events
held = Cache(disk=Disk(Path(sys.argv[1])), disk_seconds=-1.0)
nodes = {"n0": ("Number", {"value": 0})}
for i in range(1, 40):
    nodes[f"n{i}"] = ("Add", {"a": f"@n{i - 1}", "b": i})
made = plan(graph(**nodes), registry(), ["n39"], held, Context())
def emit(event):
    if isinstance(event, events.NodeFinished):
        print(event.node, flush=True)
        if event.node == sys.argv[2]:
            time.sleep(60)
print(execute(made, held, Context(), emit).results["n39"].outputs[0][0])
"""


def test_a_killed_run_resumes_from_the_disk(tmp_path):
    command = [sys.executable, "-c", CHAIN, str(tmp_path)]
    first = subprocess.Popen([*command, "n20"], stdout=subprocess.PIPE, text=True)
    seen = next(line for line in first.stdout if line == "n20\n")
    assert seen, "it ended before it could be killed"
    first.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    first.wait()
    second = subprocess.run([*command, ""], capture_output=True, text=True, check=True)
    assert second.stdout.split() == [f"n{i}" for i in range(21, 40)] + ["780"]
