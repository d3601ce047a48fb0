"""What ComfyUI's front end sends for 160 workflows, and what is left of them on the way back."""

import json

import pytest

from engine.convert.api import to_api
from engine.convert.reading import read_ui
from engine.convert.writing import to_ui
from engine.graph.files import easel_of, read
from engine.graph.text import dumps
from tests.convert import cases

KEPT = ("type", "pos", "size", "flags", "order", "mode", "title", "color", "bgcolor")


@pytest.mark.parametrize("name", cases.NAMES)
def test_the_api_form_is_what_the_front_end_sends(name):
    graph, _ = read_ui(cases.workflow(name), cases.library())
    assert cases.wrong(name, to_api(graph, cases.library())) == []


@pytest.mark.parametrize("name", cases.NAMES)
def test_nothing_changes_on_the_way_through_our_form_and_back(name):
    graph, _ = read_ui(cases.workflow(name), cases.library())
    ours = read(dumps(easel_of(graph)))
    written = json.loads(json.dumps(to_ui(ours, cases.library())))
    again, _ = read_ui(written, cases.library())
    assert cases.wrong(name, to_api(again, cases.library())) == []


@pytest.mark.parametrize("name", [n for n in cases.NAMES if not n.startswith("group-node")])
def test_a_workflow_looks_as_it_was_drawn(name):
    before = cases.workflow(name)
    after = to_ui(read_ui(before, cases.library())[0], cases.library())
    assert after["groups"] == before["groups"]
    assert before["extra"].items() <= after["extra"].items()
    drawn = {str(node["id"]): node for node in after["nodes"]}
    for node in before["nodes"]:
        kept = {key: node[key] for key in KEPT if key in node}
        if name == "renamed-types":
            kept.pop("type")
        assert {key: drawn[str(node["id"])].get(key) for key in kept} == kept
    old = {tuple(map(str, link[:4])) for link in before["links"] if isinstance(link, list)}
    new = {tuple(map(str, link[:4])) for link in after["links"]}
    mended = ("links-", "inputs-unknown")
    assert old <= new or name.startswith(mended)


def test_every_rule_has_its_cases():
    assert len(cases.NAMES) == 160
