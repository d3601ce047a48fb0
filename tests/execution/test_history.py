from dataclasses import replace

import pytest

from engine.execution import events
from engine.execution.history import History
from engine.folders import Folders
from engine.graph.model import Node
from engine.spec.context import Context
from tests.execution.test_keys import reads
from tests.execution.toys import cache, graph, planned, registry, run, told

MADE = {"a": ("Number", {"value": 2}), "b": ("Add", {"a": "@a", "b": 3})}


def whys(made, held, **more) -> dict[str, str]:
    return {step.id: step.why for step in planned(made, held, ["b"], **more) if step.state == "run"}


def test_the_first_time_everything_is_new_and_then_nothing_runs():
    held = cache()
    assert whys(graph(**MADE), held) == {"a": "new", "b": "new"}
    run(graph(**MADE), held, ["b"])
    assert whys(graph(**MADE), held) == {}


def test_a_changed_input_is_named_and_what_depends_on_it_too():
    held = cache()
    run(graph(**MADE), held, ["b"])
    changed = graph(a=("Number", {"value": 9}), b=("Add", {"a": "@a", "b": 4}))
    assert whys(changed, held) == {"a": "input value changed", "b": "inputs a, b changed"}


def test_what_was_forgotten_was_evicted():
    held = cache()
    run(graph(**MADE), held, ["b"])
    held.clear()
    assert whys(graph(**MADE), held) == {"a": "evicted", "b": "evicted"}


def test_another_revision_another_device_another_type():
    held = cache()
    run(graph(**MADE), held, ["b"])
    mended = registry()
    mended.specs["Add"] = replace(mended["Add"], revision=lambda: "mended")
    assert whys(graph(**MADE), held, registry=mended) == {"b": "node edited"}
    elsewhere = Context(device="cuda:1")
    assert whys(graph(**MADE), held, context=elsewhere)["b"] == "device changed"
    assert whys(graph(**{**MADE, "b": ("Halve", {"a": 3})}), held) == {"b": "new"}


def test_a_changed_file(tmp_path):
    held, known = cache(), registry(reads)
    (tmp_path / "loras").mkdir()
    (tmp_path / "loras" / "a.safetensors").write_bytes(b"1")
    context = Context(folders=Folders(models=tmp_path))
    made = graph(b=("Reads", {"model": "a.safetensors"}))
    run(made, held, ["b"], registry=known, context=context)
    (tmp_path / "loras" / "a.safetensors").write_bytes(b"22")
    assert whys(made, held, registry=known, context=context) == {"b": "file changed"}


def test_documents_do_not_mix():
    held = cache()
    run(graph(**MADE), held, ["b"], scope="one")
    other = graph(a=("Number", {"value": 5}), b=("Add", {"a": "@a", "b": 3}))
    assert whys(other, held, scope="two") == {"a": "new", "b": "new"}
    assert whys(other, held, scope="one")["a"] == "input value changed"


def test_what_was_remembered_survives_the_process(tmp_path):
    held = cache()
    run(graph(**MADE), held, ["b"])
    held.history.write(tmp_path / "deep" / "h.json")
    again = cache()
    again.history.read(tmp_path / "deep" / "h.json")
    assert whys(graph(**MADE), again) == {"a": "evicted", "b": "evicted"}


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b'[["a", "b", 3]]', b'{"a": 1}', b"null"])
def test_a_damaged_memory_counts_as_empty(tmp_path, data):
    (tmp_path / "h.json").write_bytes(data)
    history = History()
    history.read(tmp_path / "h.json")
    history.read(tmp_path / "gone.json")
    assert history.why("", "a", b"[]") == "new"


def test_the_oldest_are_forgotten():
    history = History(limit=10)
    for index in range(25):
        history.note("", str(index), b"[]")
    assert history.why("", "0", b"[]") == "new"
    assert history.why("", "24", b"[]") == "evicted"


def test_events_say_why():
    held = cache()
    run(graph(**MADE), held, ["b"])
    made = graph(**MADE)
    made.nodes["c"] = Node("Show", {"a": 1})
    run(made, held)
    assert [event.why for event in told(events.NodeFinished)] == ["new"]
