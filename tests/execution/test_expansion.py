from typing import Annotated

from engine.execution import events
from engine.execution.disk import Disk
from engine.graph.model import Graph, Link, Node
from engine.spec.inputs import Options, Socket
from engine.spec.node import node
from engine.spec.result import Result
from tests.execution.toys import RAN, cache, graph, planned, registry, run, told, value

Int = Socket("INT")


@node("Sandwich", title="s", category="t")
def sandwich(*, a: int, extra: int = 10) -> Annotated[Result, Int, Int, Int]:
    """A mixture: a link into its graph, a plain value, and a link to an inner list."""
    RAN.append("sandwich")
    inner = Graph(
        {
            "1": Node("Add", {"a": a, "b": extra}),
            "2": Node("Items", {"count": 2}),
        }
    )
    return Result((Link("1", 0), 7, Link("2", 0)), graph=inner)


@node("Outside", title="o", category="t")
def outside(*, a: Annotated[int, Options({"rawLink": True})]) -> Annotated[Result, Int]:
    """Its graph uses the node that it is linked to, without having its value."""
    assert isinstance(a, Link)
    RAN.append(f"outside {a.node}")
    return Result((Link("x", 0),), graph=Graph({"x": Node("Add", {"a": a, "b": 100})}))


@node("ShowsInside", title="s", category="t")
def shows_inside(*, a: int) -> Annotated[Result, Int]:
    """An output node inside is run although nothing is linked to it."""
    inner = Graph({"s": Node("Show", {"a": a}), "n": Node("Number", {"value": a})})
    return Result((Link("n", 0),), graph=inner)


@node("Bad", title="b", category="t")
def bad(*, kind: str) -> Annotated[Result, Int]:
    """Graphs that can't run."""
    graphs = {
        "type": Graph({"x": Node("Nope")}),
        "cycle": Graph({"x": Node("Add", {"a": Link("x", 0), "b": 1})}),
        "missing": Graph({"x": Node("Add", {"a": Link("y", 0), "b": 1})}),
        "own": Graph({"x": Node("Add", {"a": Link("bad", 0), "b": 1})}),
        "output": Graph({"x": Node("Number", {"value": 1})}),
    }
    return Result((Link("x", 5 if kind == "output" else 0),), graph=graphs[kind])


@node("Carries", title="c", category="t")
def carries(*, a: int) -> Annotated[Result, Int]:
    """Puts an object that JSON can't hold into its graph."""
    RAN.append("carries")
    return Result((Link("x", 0),), graph=Graph({"x": Node("Opens", {"box": (a, {a})})}))


@node("Opens", title="o", category="t")
def opens(*, box: Annotated[object, Socket("*")]) -> int:
    """Takes the object."""
    RAN.append("opens")
    return box[0]


@node("Late", title="l", category="t")
def late(*, a: int) -> Annotated[Result, Int]:
    """Blocks from inside its graph."""
    return Result((Link("g", 0),), graph=Graph({"g": Node("Gate", {"a": a, "open": False})}))


KNOWN = registry(sandwich, outside, shows_inside, bad, carries, opens, late)


def ran(made, held=None, **more):
    return run(made, held, registry=KNOWN, **more)


def test_a_node_may_give_links_values_and_lists_at_once():
    made = graph(
        s=("Sandwich", {"a": 1}),
        x=("Show", {"a": "@s"}),
        y=("Show", {"a": "@s:1"}),
        z=("Show", {"a": "@s:2"}),
    )
    shown = ran(made).shown
    assert [shown[id]["text"] for id in "xyz"] == [[11], [7], [0, 1]]


def test_what_is_inside_tells_its_parent_and_where_it_is_seen():
    ran(graph(s=("Sandwich", {"a": 1}), v=("Show", {"a": "@s"})))
    found = {event.node: event for event in told(events.NodeStarted)}
    assert found["s.1"].parent == "s"
    assert found["s.1"].display == "s"


def test_every_call_over_a_list_expands_and_the_results_keep_their_order():
    made = graph(i=("Items", {"count": 3}), s=("Sandwich", {"a": "@i"}), v=("Show", {"a": "@s"}))
    assert ran(made).shown["v"] == {"text": [10, 11, 12]}
    assert {event.node for event in told(events.NodeStarted)} >= {"s.0.1", "s.1.1", "s.2.1"}


def test_a_result_that_came_from_a_graph_is_known_the_next_time():
    held = cache()
    made = graph(s=("Sandwich", {"a": 1}), v=("Show", {"a": "@s"}))
    ran(made, held)
    ran(graph(s=("Sandwich", {"a": 1}), v=("Add", {"a": "@s"})), held, targets=["v"])
    assert RAN == ["11+1"]


def test_a_raw_link_reaches_the_outer_graph_and_computes_it_only_then():
    made = graph(n=("Number", {"value": 5}), o=("Outside", {"a": "@n"}), v=("Show", {"a": "@o"}))
    assert ran(made).shown["v"] == {"text": [105]}
    assert RAN == ["outside n", 5, "5+100", "show 105"]


def test_an_output_node_inside_runs_and_its_effect_keeps_the_parent_honest():
    held = cache()
    made = graph(s=("ShowsInside", {"a": 4}), v=("Show", {"a": "@s"}))
    assert ran(made, held).shown == {"s.s": {"text": [4]}, "v": {"text": [4]}}
    ran(made, held)
    assert RAN == []
    ran(made, held, effects=False)
    assert RAN == ["show 4", "show 4"]


def test_graphs_that_can_not_run_fail_the_node_that_gave_them():
    for kind in ("type", "cycle", "missing"):
        outcome = ran(graph(bad=("Bad", {"kind": kind}), v=("Show", {"a": "@bad"})))
        assert outcome.status == "failed"
        assert outcome.error.node == "bad"


def test_a_cycle_that_only_shows_while_running_ends_the_run_by_name():
    outcome = ran(graph(bad=("Bad", {"kind": "own"}), v=("Show", {"a": "@bad"})))
    assert outcome.status == "failed"
    assert "cycle: " in str(outcome.error)
    assert "bad" in str(outcome.error)


def test_an_output_that_an_inner_node_has_not_fails_the_run():
    outcome = ran(graph(bad=("Bad", {"kind": "output"}), v=("Show", {"a": "@bad"})))
    assert outcome.status == "failed"
    assert "no output 5" in str(outcome.error)


def test_objects_put_into_a_graph_have_the_key_of_who_put_them():
    held = cache()
    ran(graph(c=("Carries", {"a": 3}), v=("Show", {"a": "@c"})), held)
    assert RAN == ["carries", "opens", "show 3"]
    alone = planned(graph(c=("Carries", {"a": 3})), held, ["c"], registry=KNOWN)
    held.memory.drop(alone.steps["c"].key)
    ran(graph(c=("Carries", {"a": 3}), v=("Add", {"a": "@c"})), held, targets=["v"])
    assert RAN == ["carries", "3+1"]


def test_a_block_from_inside_reaches_what_is_outside():
    outcome = ran(graph(x=("Late", {"a": 1}), v=("Show", {"a": "@x"})))
    assert outcome.status == "done"
    assert outcome.shown == {}


def test_ids_stay_short_however_deep_a_loop_is():
    ran(graph(c=("Countdown", {"n": 300})), targets=["c"])
    assert max(len(event.node) for event in told(events.NodeStarted)) < 260


def test_a_loop_that_was_killed_goes_on_where_it_was(tmp_path):
    made = graph(c=("Countdown", {"n": 30}))
    first = cache(disk=Disk(tmp_path), disk_seconds=-1.0)
    ran(made, first, targets=["c"])
    again = cache(disk=Disk(tmp_path), disk_seconds=-1.0)
    assert value(ran(made, again, targets=["c"]), "c") == [465]
    assert not [text for text in RAN if "+" in text]
