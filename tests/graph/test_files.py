import contextlib
import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import FileProblem
from engine.graph import files, text
from engine.graph.files import BrokenLink
from engine.graph.model import Link

SEED = 2**64 - 1
EASEL = {
    "format": "easel/1",
    "nodes": {
        "4": {"class_type": "Load", "inputs": {"name": "a.safetensors"}, "colour": "later"},
        "7": {
            "class_type": "Sample",
            "inputs": {
                "seed": SEED,
                "model": ["4", 0],
                "curve": {"__value__": [1, 2]},
                "odd": {"__type__": "CURVE", "__value__": [1]},
            },
            "state": "muted",
            "after_run": {"seed": "randomize"},
            "look": {"place": [10, 20], "title": "Würfel"},
        },
    },
    "groups": {"g": {"title": "All", "box": [0, 0, 1, 1]}},
    "subgraphs": {
        "s": {
            "name": "Twice",
            "inputs": [{"name": "x", "type": "INT"}],
            "outputs": [{"name": "y", "type": "INT", "from": ["1", 0]}],
            "nodes": {"1": {"class_type": "Double", "inputs": {"x": ["@in", 0]}}},
            "tint": 3,
        }
    },
    "extra": {"ds": {"scale": 1}},
    "from_the_future": {"a": [1]},
}


def test_easel_comes_back_as_it_was():
    assert files.easel_of(files.read(json.dumps(EASEL))) == EASEL


def test_links_lists_and_seeds_are_what_they_say():
    inputs = files.read(json.dumps(EASEL)).nodes["7"].inputs
    assert inputs["seed"] == SEED
    assert inputs["model"] == Link("4", 0)
    assert inputs["curve"] == [1, 2]
    assert inputs["odd"] == {"__type__": "CURVE", "__value__": [1]}


def test_api_form_comes_back_with_titles_and_unknown_fields():
    api = {
        "3": {
            "inputs": {"seed": SEED, "model": ["4", 1], "list": {"__value__": []}},
            "class_type": "KSampler",
            "is_changed": [None],
            "_meta": {"title": "My sampler", "ver": "1"},
        },
        "4": {"inputs": {}, "class_type": "Loader"},
    }
    graph = files.read(json.dumps(api))
    assert graph.nodes["3"].title == "My sampler"
    assert files.api_of(graph) == api
    assert files.api_of(files.read(files.dumps(files.easel_of(graph)))) == api


@pytest.mark.parametrize("bare", [["4"], ["4", 0, 1], [4, 0], ["4", 0.5], ["4", True], []])
def test_a_bare_list_that_is_no_link_is_kept_and_marked(bare):
    graph = files.read({"3": {"class_type": "A", "inputs": {"x": bare}}})
    assert isinstance(graph.nodes["3"].inputs["x"], BrokenLink)
    assert files.api_of(graph)["3"]["inputs"]["x"] == bare


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (b"", "not JSON: line 1, column 1"),
        (b'{"a": ', "not JSON"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"[1]", "expected a JSON object, given a list"),
        (b'{"1": {"class_type": "A", "inputs": {"x": NaN}}}', "NaN"),
        (b'{"1": {"class_type": "A", "inputs": {"x": -Infinity}}}', "-Infinity"),
        (b'{"1": {"class_type": "A", "inputs": {"x": 1e999}}}', "not finite"),
        (b'{"1": {"class_type": "A"}, "1": {"class_type": "B"}}', "'1' twice"),
        (b'{"1": {"class_type": "A", "inputs": {"x": %s}}}' % (b"9" * 5000), "thousands"),
        (b'{"1": {"class_type": "A", "inputs": {"x": %s}}}' % (b"9" * 1000), "hundreds"),
        (b'{"a":' * 200 + b"1" + b"}" * 200, "levels deep"),
        (b"[" * 100_000, "levels deep"),
        (b'{"1": {"class_type": "A", "inputs": {"x": "\\ud800"}}}', "half a character"),
        (b"{}", "is not a workflow"),
        (b'{"hello": 1}', "fields hello"),
        (b'{"nodes": [], "links": []}', "ComfyUI's editor"),
        (b'{"format": "easel/9"}', "newer version"),
        (b'{"format": "easel/1", "nodes": []}', "nodes: expected an object, given a list"),
        (b'{"1": {"class_type": 5}}', "node 1: class_type: expected text"),
        (b'{"1": {"class_type": "A", "inputs": []}}', "node 1: inputs"),
        (b'{"1": {"class_type": "A", "state": "off"}}', "on, muted, bypassed"),
    ],
)
def test_what_can_not_be_read_says_why_in_one_line(source, says):
    with pytest.raises(FileProblem, match=r"^my\.json: ") as caught:
        files.read(source, "my.json")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_huge_file_is_refused_before_it_is_parsed(monkeypatch):
    monkeypatch.setattr(text, "MAX_BYTES", 10)
    with pytest.raises(FileProblem, match="larger"):
        files.read(b" " * 11)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileProblem, match=r"gone\.json: there is no such file"):
        files.load(tmp_path / "gone.json")
    with pytest.raises(FileProblem, match="can't be read"):
        files.load(tmp_path)


def test_saving_replaces_the_file_whole_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "deep" / "w.json"
    graph = files.read(json.dumps(EASEL))
    files.save(path, graph)
    first = path.read_bytes()
    files.save(path, files.load(path))
    assert path.read_bytes() == first
    assert list(path.parent.iterdir()) == [path]


def test_a_save_that_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "w.json"
    graph = files.read(json.dumps(EASEL))
    files.save(path, graph)
    before = path.read_bytes()
    graph.nodes["7"].inputs["seed"] = math.inf
    with pytest.raises(FileProblem, match="not finite"):
        files.save(path, graph)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_written_text_is_json_with_one_line_for_what_fits():
    written = files.dumps(EASEL).decode()
    assert json.loads(written) == EASEL
    assert '    "groups"' not in written
    assert '  "groups": {"g": {"title": "All", "box": [0, 0, 1, 1]}},\n' in written


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
NODES = st.dictionaries(
    st.text(),
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("class_type", "inputs", "_meta", "state", "look"), JSON)
    ),
)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_text_ends_in_a_traceback(data):
    with contextlib.suppress(FileProblem):
        files.read(data)


@settings(max_examples=50, deadline=None)
@given(NODES, st.dictionaries(st.sampled_from(["format", "subgraphs", "groups", "extra"]), JSON))
def test_no_json_ends_in_a_traceback_and_what_is_read_survives(nodes, more):
    for document in (nodes, {"format": "easel/1", "nodes": nodes, **more}):
        with contextlib.suppress(FileProblem):
            graph = files.read(document)
            again = files.read(files.dumps(files.easel_of(graph)))
            assert again == graph
