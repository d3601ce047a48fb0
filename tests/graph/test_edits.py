"""Edits: the cases that JavaScript runs too, and that every edit can be taken back."""

import copy
import json
import random
from pathlib import Path

import pytest

from engine.errors import EditRefused
from engine.graph.edits import apply, difference, empty, parts_of, path_of, read_ops
from tests.graph.random_edits import random_ops

CASES = [
    pytest.param(case, id=case["name"])
    for path in sorted((Path(__file__).parent.parent / "edits").glob("*.json"))
    for case in json.loads(path.read_text("utf-8"))
]


@pytest.mark.parametrize("case", CASES)
def test_an_edit_does_what_the_shared_case_says(case):
    document = copy.deepcopy(case["before"])
    if "refused" in case:
        with pytest.raises(EditRefused) as refused:
            apply(document, case["ops"])
        assert refused.value.path == case["refused"]
        assert refused.value.message
        assert json.dumps(document) == json.dumps(case["before"])
        return
    applied = apply(document, case["ops"])
    assert document == case["after"]
    assert applied.skipped == case.get("skipped", [])
    apply(document, applied.undo)
    assert document == case["before"]


@pytest.mark.parametrize("seed", range(30))
def test_any_edits_are_taken_back_one_by_one(seed):
    chance, document, undos = random.Random(seed), empty(), []
    for _ in range(40):
        before = copy.deepcopy(document)
        try:
            undos.append((before, apply(document, random_ops(chance, document)).undo))
        except EditRefused:
            assert document == before
    for before, undo in reversed(undos):
        assert apply(document, undo).skipped == []
        assert document == before


@pytest.mark.parametrize("seed", range(20))
def test_the_difference_of_two_documents_turns_one_into_the_other(seed):
    chance, one, other = random.Random(seed), empty(), empty()
    for document in (one, other):
        for _ in range(15):
            try:
                apply(document, random_ops(chance, document))
            except EditRefused:
                continue
    applied = apply(one, difference(one, other))
    assert one == other
    assert applied.skipped == []


@pytest.mark.parametrize(
    "ops", [None, {}, [3], [{}], [{"op": "move", "path": "x"}], [{"op": "set", "path": "nodes/a"}]]
)
def test_ops_out_of_shape_are_refused(ops):
    with pytest.raises(EditRefused):
        read_ops(ops)


def test_a_path_keeps_odd_names_apart():
    parts = ("nodes", "a/b~c", "inputs", "~1")
    assert parts_of(path_of(*parts)) == parts
