"""What graphs of ComfyUI's packs rely on (its own list of execution tests), in integers."""

import math
from dataclasses import replace
from typing import Annotated

import pytest

from engine.errors import GraphError
from engine.execution import events
from engine.execution.disk import Disk
from engine.execution.executor import execute
from engine.execution.memory import Memory
from engine.graph.model import Link
from engine.spec.context import Context
from engine.spec.inputs import Grows, Output, Socket
from engine.spec.node import NodeSpec, node
from engine.spec.result import Result
from tests.execution.toys import EVENTS, RAN, cache, graph, planned, registry, run, told, value

TICKS: list[float] = []


@node("Clock", title="c", category="t", fingerprint=lambda _, __: TICKS[-1])
def clock(*, a: int = 0) -> int:
    """Is another one when the fingerprint is."""
    RAN.append("clock")
    return a


@node("Gather", title="g", category="t")
def gather(*, values: Annotated[dict, Grows(("a", "b", "c"), "INT", 1)]) -> int:
    """A group of inputs that grows."""
    RAN.append(dict(values))
    return sum(values.values())


@node(
    "Mixed",
    title="m",
    category="t",
    needs=lambda known: (
        [f"x{known['first']}"] if "x1" not in known and "x2" not in known else ["x2"]
    ),
)
def mixed(
    *, first: int, x1: Annotated[int, Socket("INT")] | None = None, x2: int | None = None
) -> int:
    """Asks for one input, and on seeing it for the other."""
    RAN.append("mixed")
    return (x1 or 0) + (x2 or 0)


PARTS = {
    "n": ("Number", {"value": 1}),
    "a": ("Add", {"a": "@n", "b": 10}),
    "va": ("Show", {"a": "@a"}),
    "b": ("Add", {"a": "@n", "b": 20}),
    "vb": ("Show", {"a": "@b"}),
}


def open_spec() -> NodeSpec:
    def call(_context: Context, inputs: dict) -> Result:
        RAN.append(sorted(inputs.items()))
        return Result((sum(inputs.values()),))

    return NodeSpec("Open", "o", "t", outputs=(Output("INT", "INT"),), call=call, open_inputs=True)


def test_a_fingerprint_decides_whether_a_node_runs_again():
    held, known = cache(), registry(clock)
    made = graph(c=("Clock", {}), v=("Show", {"a": "@c"}))
    for tick, runs in ((1.0, True), (1.0, False), (2.0, True), (math.nan, True), (math.nan, True)):
        TICKS.append(tick)
        run(made, held, registry=known)
        assert ("clock" in RAN) == runs
    TICKS.append(1.0)
    run(made, held, registry=known)
    assert RAN == []


def test_a_chosen_output_alone_is_run():
    assert run(graph(**PARTS), targets=["va"]).shown == {"va": {"text": [11]}}
    assert RAN == [1, "1+10", "show 11"]


def test_several_chosen_outputs_share_what_they_need():
    run(graph(**PARTS), targets=["va", "vb"])
    assert RAN == [1, "1+10", "show 11", "1+20", "show 21"]


def test_no_chosen_output_runs_nothing():
    assert run(graph(**PARTS), targets=[]).status == "done"
    assert RAN == []


def test_a_chosen_output_that_is_not_there_is_refused():
    with pytest.raises(GraphError, match="gone"):
        planned(graph(**PARTS), cache(), ["gone"])


def test_a_node_that_takes_any_input_gets_what_is_there_and_waits_for_links():
    known = registry()
    known.add(open_spec())
    made = graph(n=("Number", {"value": 3}), o=("Open", {"z": 4, "y": "@n"}))
    outcome = run(made, targets=["o"], registry=known)
    assert value(outcome, "o") == [7]
    assert RAN == [3, [("y", 3), ("z", 4)]]


def test_inputs_that_a_node_has_not_are_dropped():
    made = graph(n=("Number", {"value": 3, "more": 4}), v=("Show", {"a": "@n"}))
    assert run(made).status == "done"


def test_a_group_that_grows_arrives_as_a_dict():
    made = graph(n=("Number", {"value": 3}), g=("Gather", {"values.a": "@n", "values.c": 4}))
    assert value(run(made, targets=["g"], registry=registry(gather)), "g") == [7]
    assert RAN[-1] == {"a": 3, "c": 4}


def test_lazy_inputs_over_a_list_are_those_that_any_item_wants():
    made = graph(
        i=("Items", {"count": 2}),
        y=("Number", {"value": 5}),
        n=("Number", {"value": 6}),
        e=("Either", {"which": "@i", "yes": "@y", "no": "@n"}),
    )
    assert value(run(made, targets=["e"]), "e") == [6, 5]
    assert {5, 6} <= set(RAN[1:3])


def test_a_lazy_input_that_nobody_asks_for_may_even_fail():
    made = graph(
        f=("Fail", {"a": 1}),
        y=("Number", {"value": 5}),
        e=("Either", {"which": True, "yes": "@y", "no": "@f"}),
        v=("Show", {"a": "@e"}),
    )
    assert run(made).shown == {"v": {"text": [5]}}


def test_a_lazy_input_that_something_else_needed_is_computed_once():
    made = graph(
        y=("Number", {"value": 5}),
        v=("Show", {"a": "@y"}),
        e=("Either", {"which": 1, "yes": "@y", "no": "@y"}),
        w=("Show", {"a": "@e"}),
    )
    run(made)
    assert RAN == [5, "show 5", "either", "show 5"]


def test_a_failure_of_what_a_node_asks_is_the_nodes():
    @node("Asks", title="a", category="t", needs=lambda known: known["nothing"])
    def asks(*, x: Annotated[int, Socket("INT")], y: int) -> int:
        """Its question is broken."""
        return x + y

    known = registry()
    spec = asks.spec
    inputs = tuple(replace(one, lazy=one.name == "y") for one in spec.inputs)
    known.add(replace(spec, inputs=inputs))
    made = graph(n=("Number", {"value": 1}), a=("Asks", {"x": 1, "y": "@n"}))
    outcome = run(made, targets=["a"], registry=known)
    assert outcome.error.node == "a"


def test_one_result_used_many_times_is_made_once():
    made = graph(n=("Number", {"value": 2}), a=("Add", {"a": "@n", "b": "@n"}))
    assert value(run(made, targets=["a"]), "a") == [4]
    assert RAN == [2, "2+2"]


def test_what_was_done_before_a_failure_is_known_after_it_is_mended():
    held = cache()
    parts = {**PARTS, "f": ("Fail", {"a": "@a"}), "vf": ("Show", {"a": "@f"})}
    assert run(graph(**parts), held, targets=["va", "vf", "vb"]).status == "failed"
    assert RAN == [1, "1+10", "show 11", "fail"]
    run(graph(**{**parts, "f": ("Add", {"a": "@a", "b": 0})}), held, targets=["va", "vf", "vb"])
    assert RAN == ["11+0", "show 11", "1+20", "show 21"]


def test_a_result_that_memory_has_no_room_for_is_made_again_where_it_is_needed():
    held = cache(memory=Memory(1))
    outcome = run(graph(**PARTS), held)
    assert outcome.status == "done"
    assert RAN == [1, "1+10", "show 11", "1+20", "show 21"]


def test_an_entry_that_is_damaged_after_the_plan_was_made_is_made_again(tmp_path):
    def opened():
        return cache(disk=Disk(tmp_path), disk_seconds=-1.0)

    run(graph(**PARTS), opened(), targets=["a", "b"])
    held, known = opened(), registry()
    changed = graph(**{**PARTS, "va": ("Add", {"a": "@a", "b": 5})})
    made = planned(changed, held, ["va"], registry=known)
    assert [step.state for step in made] == ["idle", "known", "run"]
    for path in tmp_path.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:20])
    RAN.clear()
    outcome = execute(made, held, Context(), lambda _: None)
    assert outcome.status == "done"
    assert RAN == [1, "1+10", "11+5"]


def test_events_come_in_the_order_in_which_things_happen():
    run(graph(**PARTS), targets=["va"])
    kinds = [type(event).__name__ for event in EVENTS]
    assert kinds == ["RunStarted", *["NodeStarted", "NodeFinished"] * 3, "RunEnded"]
    assert told(events.RunStarted)[0].to_run == ("n", "a", "va")
    assert told(events.RunEnded)[0].ran == 3


def test_links_know_outputs_from_the_end_nowhere():
    outcome = run(graph(n=("Number", {"value": 1}), v=("Show", {"a": Link("n", -1)})))
    assert outcome.status == "failed"
    assert "no output -1" in str(outcome.error)
