"""Files that are damaged, hostile or odd: one sentence each, never a traceback, nothing silent."""

import json
from contextlib import suppress

import pytest

from engine.convert.api import to_api
from engine.convert.opening import read_any
from engine.convert.reading import read_ui
from engine.convert.writing import to_ui
from engine.errors import EaselError, FileProblem, GraphError
from tests.convert.cases import library, workflow


def node(id, kind="LatentUpscale", link=None, **more):
    slots = [{"name": "samples", "type": "LATENT", "link": link}]
    return {"id": id, "type": kind, "inputs": slots, "outputs": [], **more}


def file(nodes, links=(), **more):
    return {"nodes": nodes, "links": list(links), "version": 0.4, **more}


def read(document):
    return read_ui(json.loads(json.dumps(document)), library())


def said(document):
    return " | ".join(str(note) for note in read(document)[1])


def test_a_link_that_is_not_in_the_list_is_told_with_node_and_field():
    assert "node 1, samples: names the link 7" in said(file([node(1, link=7)]))


def test_a_link_from_a_node_that_is_gone_is_told_and_kept_for_the_check():
    graph, notes = read(file([node(1, link=7)], [[7, 99, 0, 1, 0, "LATENT"]]))
    assert "comes from node 99, which is not in the file" in str(notes[0])
    assert to_api(graph, library())["1"]["inputs"]["samples"] == ["99", 0]


@pytest.mark.parametrize(
    "link", [None, 5, [], [1, 2], "x", {}, [1, [], 0, 1, 0, "*"], [1, 1, -1, 1, 0]]
)
def test_a_damaged_link_is_told(link):
    assert "is damaged" in said(file([node(1)], [link]))


@pytest.mark.parametrize("entry", [None, 5, "x", []])
def test_what_is_no_node_is_told(entry):
    assert "is no node" in said(file([entry]))


def test_ids_that_clash_get_new_ones():
    graph, notes = read(file([node(3), node(3), node(None), node(True)]))
    assert list(graph.nodes) == ["3", "4", "5", "6"]
    assert len([note for note in notes if "missing or taken" in str(note)]) == 3


def test_a_circle_of_reroutes_is_named():
    ring = [
        {"id": id, "type": "Reroute", "inputs": [{"name": "", "type": "*", "link": link}]}
        for id, link in ((2, 1), (3, 2))
    ]
    links = [[1, 3, 0, 2, 0, "*"], [2, 2, 0, 3, 0, "*"], [3, 2, 0, 1, 0, "LATENT"]]
    graph, _ = read(file([node(1, link=3), *ring], links))
    with pytest.raises(GraphError, match=r"node 1\): samples comes from nodes that feed each"):
        to_api(graph, library())


def definition(id, nodes, **more):
    return {"id": id, "name": id, "nodes": nodes, "links": [], "inputs": [], "outputs": [], **more}


def test_a_subgraph_that_contains_itself_is_named():
    inner = definition("a", [{"id": 1, "type": "a", "inputs": [], "outputs": []}])
    document = file([{"id": 1, "type": "a"}], definitions={"subgraphs": [inner]})
    graph, _ = read(document)
    with pytest.raises(GraphError, match=r"'a'.*contains itself"):
        to_api(graph, library())
    assert to_ui(graph, library())["definitions"]["subgraphs"][0]["name"] == "a"


def test_two_hundred_levels_of_nesting_are_nothing():
    levels = [
        definition(str(n), [{"id": 1, "type": str(n + 1)} if n < 199 else node(1)])
        for n in range(200)
    ]
    graph, _ = read(file([{"id": 1, "type": "0"}], definitions={"subgraphs": levels}))
    assert list(to_api(graph, library())) == [":".join(["1"] * 201)]
    assert len(to_ui(graph, library())["definitions"]["subgraphs"]) == 200


def test_a_bomb_of_subgraphs_is_refused():
    levels = [
        definition(str(n), [{"id": k, "type": str(n + 1) if n < 29 else "X"} for k in (1, 2)])
        for n in range(30)
    ]
    graph, _ = read(file([{"id": 1, "type": "0"}], definitions={"subgraphs": levels}))
    with pytest.raises(GraphError, match="100,000 nodes"):
        to_api(graph, library())


def test_a_long_chain_of_reroutes_needs_no_recursion_and_no_square():
    count = 5000
    nodes = [
        {"id": n, "type": "Reroute", "inputs": [{"name": "", "type": "*", "link": n}]}
        for n in range(2, count)
    ]
    users = [node(count + n, link=count + n) for n in range(1000)]
    links = [[n, n - 1, 0, n, 0, "*"] for n in range(2, count)]
    links += [[count + n, count - 1, 0, count + n, 0, "*"] for n in range(1000)]
    first = {"id": 1, "type": "EmptyLatentImage", "widgets_values": [64, 64, 1]}
    graph, _ = read(file([first, *nodes, *users], links))
    assert to_api(graph, library())[str(count)]["inputs"]["samples"] == ["1", 0]


@pytest.mark.parametrize("field", ["nodes", "links"])
def test_a_file_without_lists_is_refused(field):
    with pytest.raises(FileProblem, match=f"{field}: expected a list"):
        read(file([node(1)]) | {field: 5, **({"nodes": []} if field == "links" else {})})


@pytest.mark.parametrize("cut", [1, 100, 5000])
def test_a_truncated_file_is_refused_with_its_place(cut):
    data = json.dumps(workflow("plain")).encode()[:-cut]
    with pytest.raises(FileProblem, match=r"flow\.json: is not JSON: line 1"):
        read_any(data, "flow.json", library())


ODD = [None, True, -1, 1e300, "", "x", [], [None], {}, {"a": []}]


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize(
    "field",
    [
        *("id", "type", "pos", "size", "flags", "mode", "inputs", "outputs", "properties"),
        *("order", "widgets_values", "title", "color"),
    ],
)
def test_no_field_of_a_node_may_hold_what_it_likes(field, odd):
    for name in ("plain", "subgraph-proxy", "primitive-one", "notes", "group-node"):
        document = workflow(name)
        for raw in document["nodes"]:
            raw[field] = odd
        survives(document)


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize(
    "field",
    ["links", "inputs", "outputs", "nodes", "groups", "extra", "state", "reroutes", "name", "id"],
)
def test_no_field_of_a_definition_may_hold_what_it_likes(field, odd):
    document = workflow("subgraph-promoted")
    document["definitions"]["subgraphs"][0][field] = odd
    survives(document)
    survives(workflow("reroute-native-v1") | {field: odd})


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize(
    "field", ["groupNodes", "reroutes", "linkExtensions", "ue_links", "definitions", "easel"]
)
def test_no_field_of_extra_may_hold_what_it_likes(field, odd):
    document = workflow("reroute-native")
    document["extra"] |= {field: odd}
    document["definitions"] = odd
    survives(document)
    group = workflow("group-node")
    group["extra"]["groupNodes"]["Make"]["links"] = odd
    group["extra"]["groupNodes"]["Make"]["nodes"][0]["inputs"] = odd
    survives(group)


def survives(document):
    """Reads, runs and writes it, or says in one sentence why not."""
    with suppress(EaselError):
        graph, _ = read(document)
        json.dumps(to_ui(graph, library()))
        json.dumps(to_api(graph, library()))
