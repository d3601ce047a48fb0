import math
import time
from typing import Annotated

import pytest

from engine.execution.check import check
from engine.execution.plan import plan
from engine.folders import Folders
from engine.graph import files
from engine.graph.files import BrokenLink
from engine.graph.model import Graph, Link, Node
from engine.spec import library
from engine.spec.context import Context
from engine.spec.inputs import Choice, Number, Socket
from engine.spec.node import node
from tests.execution.toys import TOYS, cache, graph, registry


class Picture:
    __socket__ = "IMAGE"


@node(
    "Size",
    title="Size",
    category="toys",
    check=lambda _, given: ["too wide"] * (given["width"] == 8),
)
def size(
    *,
    width: Annotated[int, Number(16, 4096, step=8)] = 64,
    scale: Annotated[float, Number(0.0, 10.0)] = 1.0,
    name: str = "",
    fast: bool = False,
    mask: Annotated[Picture, Socket("MASK")] | None = None,
) -> Picture:
    """A picture."""
    raise AssertionError("never runs")


@node("Look", title="Look", category="toys", terminal=True)
def look(*, image: Picture) -> None:
    """Looks at a picture."""


@node("Load", title="Load", category="toys")
def load(*, model: Annotated[str, Choice(folder="loras")]) -> Picture:
    """Loads a file."""
    raise AssertionError("never runs")


@node("Upload", title="Upload", category="toys")
def upload(*, image: Annotated[str, Choice(folder="input", upload="image")]) -> Picture:
    """Loads a picture."""
    raise AssertionError("never runs")


KNOWN = registry(size, look, load, upload)


def problems(made: Graph, context: Context | None = None, known=KNOWN):
    return check(made, known, context or Context())


def of(made: Graph, context: Context | None = None):
    found = problems(made, context)
    assert all("\n" not in str(problem) for problem in found)
    return [(problem.node, problem.type) for problem in found]


def sized(**inputs):
    full = {"width": 64, "scale": 1.0, "name": "", "fast": False, **inputs}
    return graph(
        s=("Size", {k: v for k, v in full.items() if v is not ...}), v=("Look", {"image": "@s"})
    )


def test_a_sound_graph_has_no_problems():
    assert problems(sized()) == []


@pytest.mark.parametrize(
    ("inputs", "kind"),
    [
        ({"width": ...}, "required_input_missing"),
        ({"width": 0}, "value_smaller_than_min"),
        ({"width": -1}, "value_smaller_than_min"),
        ({"width": 7}, "value_smaller_than_min"),
        ({"width": 10**9}, "value_bigger_than_max"),
        ({"width": 10**30}, "value_bigger_than_max"),
        ({"width": "wide"}, "invalid_input_type"),
        ({"width": None}, "invalid_input_type"),
        ({"width": math.nan}, "invalid_input_type"),
        ({"width": math.inf}, "invalid_input_type"),
        ({"scale": math.nan}, "invalid_input_type"),
        ({"scale": "-inf"}, "invalid_input_type"),
        ({"scale": 11}, "value_bigger_than_max"),
        ({"mask": 5}, "invalid_input_type"),
        ({"width": BrokenLink(["a"])}, "bad_linked_input"),
        ({"width": [1]}, "invalid_input_type"),
        ({"width": Link("gone", 0)}, "bad_linked_input"),
        ({"width": Link("s", 0)}, "return_type_mismatch"),
    ],
)
def test_what_is_wrong_with_an_input_has_comfyuis_name(inputs, kind):
    found = problems(sized(**inputs))
    assert kind in [problem.type for problem in found]
    info = found[0].extra_info
    assert info["input_name"] == found[0].input
    assert kind == "required_input_missing" or "input_config" in info


@pytest.mark.parametrize(
    "inputs",
    [
        {"width": "64"},
        {"width": 64.9},
        {"width": {"__value__": 64}},
        {"scale": "2.5"},
        {"name": 5},
        {"name": None},
        {"fast": "no"},
        {"mask": None},
        {"unheard": object()},
    ],
)
def test_what_comfyui_coerces_or_ignores_is_no_problem(inputs):
    assert problems(sized(**inputs)) == []


def test_an_output_that_is_not_there_and_a_wrong_type_say_who_gives_what():
    made = graph(
        n=("Number", {"value": 1}),
        v=("Look", {"image": "@n"}),
        w=("Look", {"image": "@n:1"}),
    )
    texts = [str(problem) for problem in problems(made)]
    assert texts[0] == "Look (node v): it wants IMAGE at image; Number (node n) gives INT."
    assert "output 1; Number has 1" in texts[1]


def test_a_near_miss_is_suggested():
    found = problems(graph(p=("Pick", {"name": "dpmpp_2n"}), v=("Show", {"a": "@p"})))
    assert found[0].type == "value_not_in_list"
    assert found[0].hint == "Did you mean 'dpmpp_2m'?"
    assert problems(graph(p=("Shw", {})))[1].hint == "Did you mean 'Show'?"


def test_unknown_and_missing_types_are_told_like_newer_servers_do():
    found = problems(Graph({"3": Node("Nope", look={"title": "Mine"}), "4": Node("")}))
    assert [one.type for one in found[1:]] == ["missing_node_type"] * 2
    assert found[1].extra_info == {"node_id": "3", "class_type": "Nope", "node_title": "Mine"}


def test_every_node_of_a_cycle_is_told_and_no_other():
    made = graph(
        a=("Add", {"a": "@b", "b": 1}),
        b=("Add", {"a": "@a", "b": 1}),
        c=("Add", {"a": "@b", "b": 1}),
        v=("Show", {"a": "@c"}),
    )
    found = problems(made)
    assert [(one.node, one.type) for one in found] == [
        ("a", "dependency_cycle"),
        ("b", "dependency_cycle"),
    ]
    assert found[0].extra_info == {"cycle": ["a", "b"]}
    assert "a -> b -> a" in str(found[0])


def test_a_link_at_an_input_that_the_node_has_not_makes_no_cycle():
    made = graph(a=("Number", {"value": 1, "ghost": "@v"}), v=("Show", {"a": "@a"}))
    assert problems(made) == []


def test_problems_that_feed_no_output_are_marked():
    made = graph(lost=("Add", {"b": 1}), v=("Show", {"a": 1}))
    found = problems(made)
    assert [(one.node, one.feeds_output) for one in found] == [("lost", False)]


def test_an_unknown_type_and_a_missing_output_forbid_every_run():
    made = graph(lost=("Nope", {}), v=("Show", {"a": 1}))
    assert [one.feeds_output for one in problems(made)] == [True]
    assert [one.feeds_output for one in problems(Graph())] == [True]


def test_no_output_is_a_problem():
    assert of(graph(a=("Number", {"value": 1})))[0] == ("", "prompt_no_outputs")
    assert of(Graph())[0] == ("", "prompt_no_outputs")


def test_the_nodes_own_check_is_asked_once_all_else_is_right():
    @node("Narrow", title="n", category="t", terminal=True, check=lambda _, given: [given["text"]])
    def narrow(*, text: str) -> None:
        """Complains with its own text."""

    known = registry(narrow)
    found = problems(graph(n=("Narrow", {"text": "too narrow"})), known=known)
    assert [(one.type, one.message) for one in found] == [
        ("custom_validation_failed", "too narrow")
    ]
    assert problems(graph(n=("Narrow", {"text": ""})), known=known) == []


def test_a_check_that_raises_is_a_problem_not_a_traceback():
    def broken(_context, _given):
        raise KeyError("oh")

    @node("Broken", title="b", category="t", terminal=True, check=broken)
    def declared(*, a: int) -> None:
        """Its check raises."""

    found = problems(graph(n=("Broken", {"a": 1})), known=registry(declared))
    assert [one.type for one in found] == ["exception_during_validation"]


def test_choices_that_are_folders_are_listed_now(tmp_path):
    folders = Folders(models=tmp_path / "models", input=tmp_path / "input", output=tmp_path / "out")
    (tmp_path / "models" / "loras" / "sub").mkdir(parents=True)
    (tmp_path / "models" / "loras" / "sub" / "a.safetensors").write_bytes(b"x")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "p.png").write_bytes(b"x")
    context = Context(folders=folders)

    def kinds(kind, name, value):
        return of(graph(n=(kind, {name: value}), v=("Look", {"image": "@n"})), context)

    assert kinds("Load", "model", "sub/a.safetensors") == []
    assert kinds("Load", "model", "sub\\a.safetensors") == []
    assert kinds("Load", "model", "b.safetensors") == [("n", "value_not_in_list")]
    assert kinds("Upload", "image", "p.png [output]") == []
    assert kinds("Upload", "image", "../p.png") == [("n", "value_not_in_list")]
    assert kinds("Upload", "image", ["p.png"] * 3) == [("n", "value_not_in_list")]


def test_declarations_without_code_are_enough():
    known = library.read(library.write(KNOWN.values()))
    assert [one.type for one in check(sized(width=0), known, Context())] == [
        "value_smaller_than_min"
    ]


def test_twenty_thousand_broken_outputs_take_linear_time():
    nodes = {str(i): Node("Show", {"a": Link("gone", 0)}) for i in range(20_000)}
    nodes |= {f"p{i}": Node("Pick", {"name": f"dpmpp_{i}"}) for i in range(5_000)}
    began = time.process_time()
    assert len(check(Graph(nodes), TOYS, Context())) == 25_000
    assert time.process_time() - began < 10


def test_what_passes_the_check_can_be_planned():
    api = {
        "1": {"class_type": "Number", "inputs": {"value": "12", "x": ["nowhere", 3]}},
        "2": {"class_type": "Show", "inputs": {"a": ["1", 0]}},
    }
    made = files.read(api)
    assert problems(made) == []
    assert [step.id for step in plan(made, KNOWN, None, cache(), Context())] == ["1", "2"]
