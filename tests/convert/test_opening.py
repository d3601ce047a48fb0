"""A workflow from bytes of any kind."""

import json

import pytest

from engine import pictures
from engine.convert.api import to_api
from engine.convert.coverage import Lack, lacking
from engine.convert.library import Library
from engine.convert.opening import AS_DRAWN, AS_RUN, read_any
from engine.errors import FileProblem
from engine.graph.model import Graph, Link, Node
from tests.convert.cases import library, truths, workflow, wrong

UI = json.dumps(workflow("plain"))
API = json.dumps(truths("plain")[0])
PARAMETERS = "a kite\nSteps: 5, Sampler: Euler, CFG scale: 7, Seed: 3, Size: 64x64, Model: m"


def picture(format="png", **texts):
    pixel = pictures.Pixels(1, 1, 3, b"\0\0\0")
    return pictures.encode(pixel, format, texts=texts)


def opened(data, order=AS_DRAWN):
    return read_any(data, "a file", library(), pictures.read_texts, order)


@pytest.mark.parametrize("format", ["png", "webp", "jpeg"])
@pytest.mark.parametrize("order", [AS_DRAWN, AS_RUN])
def test_a_picture_gives_its_workflow(format, order):
    graph, notes = opened(picture(format, prompt=API, workflow=UI), order)
    assert not notes
    assert wrong("plain", to_api(graph, library())) == []
    assert ("place" in graph.nodes["5"].look) == (order is AS_DRAWN)


def test_parameters_of_another_program_are_read_last():
    graph, _ = opened(picture(parameters=PARAMETERS))
    assert next(iter(graph.nodes.values())).class_type == "CheckpointLoaderSimple"
    graph, _ = opened(picture(parameters=PARAMETERS, prompt=API))
    assert graph.nodes["5"].inputs["seed"] == 4711


def test_a_broken_chunk_is_told_and_the_next_one_read():
    graph, notes = opened(picture(workflow=UI[:-9], prompt=API))
    assert graph.nodes["5"].class_type == "KSampler"
    assert "(workflow): is not JSON" in str(notes[0])


def test_a_picture_with_broken_chunks_alone_is_refused():
    with pytest.raises(FileProblem, match=r"a file \(prompt\): is not JSON"):
        opened(picture(prompt="{"), AS_RUN)
    with pytest.raises(FileProblem, match="carries no workflow"):
        opened(picture())


def test_what_python_wrote_for_not_a_number_counts_as_nothing():
    prompt = API[:-1] + ', "99": {"class_type": "X", "inputs": {}, "is_changed": [NaN]}}'
    assert opened(picture(prompt=prompt), AS_RUN)[0].nodes["99"].extra == {"is_changed": [None]}


@pytest.mark.parametrize("wrap", [{"prompt": json.loads(API)}, {"workflow": json.loads(UI)}])
def test_what_is_sent_to_a_server_is_unwrapped(wrap):
    graph, _ = opened(json.dumps(wrap).encode())
    assert wrong("plain", to_api(graph, library())) == []


def strange(**more):
    node = {"id": 1, "type": "Strange", "inputs": [], "outputs": []} | more
    return json.dumps({"nodes": [node], "links": [], "version": 0.4})


def test_the_prompt_beside_a_workflow_tells_the_values_of_unknown_types():
    prompt = json.dumps({"1": {"class_type": "Strange", "inputs": {"force": 3}}})
    graph, notes = opened(picture(workflow=strange(widgets_values=[3]), prompt=prompt))
    assert graph.nodes["1"].inputs == {"force": 3}
    assert not notes


def test_an_unknown_type_takes_its_values_from_the_widgets_of_the_file():
    widget = {"name": "force", "type": "FLOAT", "widget": {"name": "force"}, "link": None}
    seed = {"name": "seed", "type": "INT", "widget": {"name": "seed"}, "link": None}
    text = strange(inputs=[seed, widget], widgets_values=[5, "fixed", 0.5])
    graph, notes = opened(text.encode())
    assert graph.nodes["1"].inputs == {"seed": 5, "force": 0.5}
    assert graph.nodes["1"].after_run == {"seed": "fixed"}
    assert "node 1: Strange: its type is not known" in str(notes[0])


def test_values_that_nobody_can_name_are_kept_and_named_when_the_type_is_known():
    graph, notes = read_any(UI.encode(), "x", Library({}))
    assert len(notes) == 7
    assert "seed" not in read_any(strange(widgets_values=[1]).encode(), "x", Library({}))[0].nodes
    assert wrong("plain", to_api(graph, library())) == []


def test_coverage_counts_what_is_lacking_most_used_first():
    inner = Graph(nodes={"1": Node("A"), "2": Node("B", {"x": Link("1", 0)}), "3": Node("Reroute")})
    other = Graph(nodes={"1": Node("B"), "2": Node("C")})
    assert lacking([inner, other], {"C"}) == [Lack("B", 2, 2), Lack("A", 1, 1)]
