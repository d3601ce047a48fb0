"""A file whose name comes by a link: its content enters the key as that of a chosen one does."""

import json
from io import StringIO
from pathlib import Path
from typing import Annotated

import pytest

from engine.commands.report import Lines
from engine.execution import events
from engine.folders import Folders
from engine.graph.model import Graph, Link, Node
from engine.spec.context import Context
from engine.spec.inputs import Choice, Socket
from engine.spec.node import node
from engine.spec.result import Blocked, Result
from engine.spec.signature import AnyValue
from tests.execution.toys import RAN, cache, graph, planned, registry, run, told, value


@node("Name", title="Name", category="t")
def name(*, text: str) -> AnyValue:
    """A name."""
    RAN.append(f"name {text}")
    if text == "fail":
        raise ValueError("no name")
    return Blocked("no name") if text == "blocked" else text


@node("Names", title="Names", category="t")
def names(*, text: str) -> list[AnyValue]:
    """Names, as a list."""
    return text.split()


@node("Read", title="Read", category="t")
def read(*, file: Annotated[str, Choice(folder="loras")], ctx: Context) -> AnyValue:
    """What a file holds."""
    RAN.append(f"read {file}")
    return ctx.folders.resolve("loras", file).read_text()


@node("Inside", title="Inside", category="t")
def inside(*, text: str) -> Annotated[Result, Socket("*")]:
    """Reads a file in a graph of its own."""
    inner = {"n": Node("Name", {"text": text}), "r": Node("Read", {"file": Link("n", 0)})}
    return Result((Link("r", 0),), graph=Graph(inner))


KNOWN = registry(name, names, read, inside)
MADE = {
    "n": ("Name", {"text": "a.pt"}),
    "r": ("Read", {"file": "@n"}),
    "end": ("Show", {"a": "@r"}),
}


@pytest.fixture
def loras(tmp_path) -> Path:
    folder = tmp_path / "loras"
    folder.mkdir()
    (folder / "a.pt").write_text("one")
    (folder / "b.pt").write_text("a.pt")
    return folder


def ran(nodes: dict, loras: Path, held, **more):
    context = Context(folders=Folders(models=loras.parent))
    outcome = run(graph(**nodes), held, registry=KNOWN, context=context, **more)
    return outcome, list(RAN)


def test_what_was_read_is_known_until_the_file_is_another(loras):
    held = cache()
    assert ran(MADE, loras, held)[1] == ["name a.pt", "read a.pt", "show one"]
    assert ran(MADE, loras, held)[1] == []
    (loras / "a.pt").write_text("another")
    assert ran(MADE, loras, held)[1] == ["read a.pt", "show another"]
    (loras / "a.pt").write_text("one")
    assert ran(MADE, loras, held)[1] == []


def test_a_forgotten_name_is_found_again_and_nothing_else(loras):
    held = cache()
    outcome, _ = ran(MADE, loras, held, targets=["n", "r"])
    assert value(outcome, "r") == ["one"]
    for key in [key for key in held.memory._entries if list(held.get(key).outputs[0]) == ["a.pt"]]:
        held.memory.drop(key)
    outcome, again = ran(MADE, loras, held, targets=["r"])
    assert again == ["name a.pt"]
    assert value(outcome, "r") == ["one"]


def test_a_file_may_hold_the_name_of_the_next(loras):
    made = {"r": ("Read", {"file": "b.pt"}), "s": ("Read", {"file": "@r"}), "c": MADE["end"]}
    made["c"] = ("Show", {"a": "@s"})
    held = cache()
    assert ran(made, loras, held)[1] == ["read b.pt", "read a.pt", "show one"]
    (loras / "b.pt").write_text("c.pt")
    (loras / "c.pt").write_text("three")
    assert ran(made, loras, held)[1] == ["read b.pt", "read c.pt", "show three"]


def test_all_files_of_a_list_count(loras):
    made = {**MADE, "n": ("Names", {"text": "a.pt b.pt"})}
    held = cache()
    assert ran(made, loras, held)[1][:2] == ["read a.pt", "read b.pt"]
    (loras / "b.pt").write_text("two")
    assert "show two" in ran(made, loras, held)[1]


def test_files_named_inside_of_an_expansion_count(loras):
    made = {"i": ("Inside", {"text": "a.pt"}), "end": ("Show", {"a": "@i"})}
    held = cache()
    outcome, first = ran(made, loras, held)
    assert first == ["name a.pt", "read a.pt", "show one"]
    assert outcome.status == "done"


def test_the_plan_says_what_waits_for_a_name(loras):
    context, out, held = Context(folders=Folders(models=loras.parent)), StringIO(), cache()
    made = planned(graph(**MADE), held, registry=KNOWN, context=context)
    assert (list(made.steps), made.late) == (["n"], ["r", "end"])
    Lines(out).explained(made)
    assert [json.loads(line)["state"] for line in out.getvalue().splitlines()] == [
        *("run", "later", "later")
    ]


def test_effects_keep_their_order(loras):
    made = {**MADE, "other": ("Show", {"a": 7})}
    assert ran(made, loras, cache())[1] == ["name a.pt", "read a.pt", "show one", "show 7"]


def test_a_name_that_fails_fails_the_run_and_a_blocked_one_reads_nothing(loras):
    failing = {**MADE, "n": ("Name", {"text": "fail"})}
    outcome, _ = ran(failing, loras, cache())
    assert (outcome.status, outcome.results) == ("failed", {})
    assert [event.node for event in told(events.NodeFailed)] == ["n"]
    blocked = {**MADE, "n": ("Name", {"text": "blocked"})}
    assert ran(blocked, loras, cache())[1] == ["name blocked"]


def test_a_name_that_is_no_text_or_no_output_is_told_by_the_node_itself(loras):
    number = {**MADE, "n": ("Number", {"value": 3})}
    assert ran(number, loras, cache())[0].status == "failed"
    beyond = {**MADE, "r": ("Read", {"file": "@n:4"})}
    outcome, _ = ran(beyond, loras, cache())
    assert "no output 4" in str(outcome.error)
