"""Nodes that packs know in the editor alone: Get and Set, Anything Everywhere, and others."""

from engine.convert.api import to_api
from engine.convert.reading import read_ui
from engine.convert.writing import to_ui
from tests.convert.cases import library


def slot(name, type, link=None):
    return {"name": name, "type": type, "link": link}


LOADER = {"id": 1, "type": "CheckpointLoaderSimple", "widgets_values": ["m.safetensors"]}
TEXT = {"id": 5, "type": "CLIPTextEncode", "widgets_values": ["kite"]}


def ran(nodes, links, **more):
    """What is sent, and that it is the same after our writing the file anew."""
    graph, _ = read_ui({"nodes": nodes, "links": links, "version": 0.4, **more}, library())
    api = to_api(graph, library())
    again, _ = read_ui(to_ui(graph, library()), library())
    assert to_api(again, library()) == api
    return api


def test_a_get_node_stands_for_what_the_set_node_of_its_name_takes():
    nodes = [
        LOADER,
        {"id": 2, "type": "SetNode", "inputs": [slot("CLIP", "CLIP", 1)], "widgets_values": ["c"]},
        {"id": 3, "type": "GetNode", "inputs": [], "widgets_values": ["c"]},
        TEXT | {"inputs": [slot("clip", "CLIP", 2)]},
    ]
    api = ran(nodes, [[1, 1, 1, 2, 0, "CLIP"], [2, 3, 0, 5, 0, "CLIP"]])
    assert list(api) == ["1", "5"]
    assert api["5"]["inputs"]["clip"] == ["1", 1]


def test_a_get_node_without_a_set_node_gives_nothing():
    nodes = [
        {"id": 3, "type": "GetNode", "inputs": [], "widgets_values": ["c"]},
        TEXT | {"inputs": [slot("clip", "CLIP", 2)]},
    ]
    assert ran(nodes, [[2, 3, 0, 5, 0, "CLIP"]]) == {
        "5": {
            "class_type": "CLIPTextEncode",
            "inputs": {"text": "kite"},
            "_meta": {"title": "CLIP Text Encode (Prompt)"},
        }
    }


def everywhere(kind, **more):
    return {"id": 2, "type": kind, "inputs": [slot("anything", "*", 1)], **more}


def test_anything_everywhere_feeds_open_sockets_of_its_type():
    nodes = [LOADER, everywhere("Anything Everywhere"), TEXT]
    api = ran(nodes, [[1, 1, 1, 2, 0, "CLIP"]])
    assert api["5"]["inputs"] == {"text": "kite", "clip": ["1", 1]}
    assert list(api) == ["1", "5"]


def test_a_muted_one_feeds_nothing():
    nodes = [LOADER, everywhere("Anything Everywhere", mode=2), TEXT]
    assert "clip" not in ran(nodes, [[1, 1, 1, 2, 0, "CLIP"]])["5"]["inputs"]


def test_links_that_the_file_recorded_are_made():
    nodes = [
        LOADER,
        everywhere("Anything Everywhere?", widgets_values=["Text.*", ".*"]),
        TEXT | {"inputs": [slot("clip", "CLIP")]},
    ]
    link = {"downstream": 5, "downstream_slot": 0, "upstream": "1", "upstream_slot": 1}
    extra = {"ue_links": [link | {"controller": 2, "type": "CLIP"}]}
    api = ran(nodes, [[1, 1, 1, 2, 0, "CLIP"]], extra=extra)
    assert api["5"]["inputs"]["clip"] == ["1", 1]


def test_nodes_that_only_switch_others_are_left_out():
    nodes = [LOADER, {"id": 2, "type": "Fast Muter (rgthree)", "inputs": [slot("", "*", 1)]}]
    assert list(ran(nodes, [[1, 1, 0, 2, 0, "*"]])) == ["1"]
