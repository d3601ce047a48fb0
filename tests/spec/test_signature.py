"""One typed function declares a node: sockets, widgets, defaults, texts and its call."""

import asyncio
from typing import Annotated, Any, Literal, NamedTuple

import pytest

from engine.folders import Folders
from engine.spec import library
from engine.spec.context import Context
from engine.spec.info import object_info
from engine.spec.inputs import MISSING, Choice, Grows, Match, Number, Seed, Socket, fits
from engine.spec.node import NodeSpec, node
from engine.spec.result import Blocked, Result
from engine.spec.signature import AnyValue, Lazy

Picture = Annotated[Any, Socket("IMAGE")]
Cut = Annotated[Any, Socket("MASK")]


class Both(NamedTuple):
    image: Picture
    mask: Cut


@node("Toy", title="Toy", category="test/toys")
def toy(
    *,
    image: Picture,
    images: list[Picture],
    steps: Annotated[int, Number(1, 10, step=1)] = 3,
    scale: Annotated[float, Number(0.0, 2.0, round=0.01)] = 1.0,
    name: Annotated[str, Choice(("b", "a"))] = "a",
    mode: Literal["in", "out"] = "in",
    on: bool = True,
    text: str = "",
    seed: Seed = 0,
    mask: Cut | None = None,
    later: Lazy[Picture] | None = None,
    ctx: Context,
) -> Both:
    """Play with a picture.

    Args:
        steps: how often
            it is played with.
    """
    assert ctx.node == "7"
    return Both(image, mask)


SPEC: NodeSpec = toy.spec


def test_a_signature_becomes_inputs_in_its_own_order():
    told = [(item.name, item.type, item.required) for item in SPEC.inputs]
    assert told == [
        ("image", "IMAGE", True),
        ("images", "IMAGE", True),
        ("steps", "INT", True),
        ("scale", "FLOAT", True),
        ("name", "COMBO", True),
        ("mode", "COMBO", True),
        ("on", "BOOLEAN", True),
        ("text", "STRING", True),
        ("seed", "INT", True),
        ("mask", "MASK", False),
        ("later", "IMAGE", False),
    ]
    assert [item.many for item in SPEC.inputs[:2]] == [False, True]
    assert SPEC.inputs[-1].lazy
    assert SPEC.inputs[0].default is MISSING
    assert SPEC.inputs[9].default is MISSING


def test_the_docstring_gives_description_and_tooltips():
    assert SPEC.description == "Play with a picture."
    assert SPEC.inputs[2].tooltip == "how often it is played with."


def test_a_named_tuple_is_several_outputs_and_the_context_is_no_socket():
    assert [(out.name, out.type) for out in SPEC.outputs] == [("image", "IMAGE"), ("mask", "MASK")]
    assert SPEC.call is not None
    result = SPEC.call(Context(node="7"), {"image": 1, "images": [2], "mask": 3})
    assert result == Result((1, 3))


def test_the_function_stays_callable_as_it_is():
    assert toy(image=1, images=[], ctx=Context(node="7")) == (1, None)


def test_an_async_node_is_awaited_by_its_caller():
    @node("Slow", title="Slow", category="test")
    async def slow(*, n: int = 1) -> Annotated[int, Socket("INT")]:
        return n + 1

    assert slow.spec.is_async
    assert asyncio.run(slow.spec.call(Context(), {"n": 4})) == Result((5,))


def test_a_node_that_says_everything_itself_returns_a_result():
    @node("Says", title="Says", category="test")
    def says(*, n: int) -> Annotated[Result, Socket("INT")]:
        return Result((Blocked("no"),), shown={"text": [n]})

    assert says.spec.outputs[0].type == "INT"
    assert says.spec.call(Context(), {"n": 4}).shown == {"text": [4]}


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda image: None, "keyword-only"),
        (lambda *, image: None, "names no socket"),
    ],
)
def test_a_signature_that_cannot_be_read_is_refused_by_name(function, said):
    with pytest.raises(TypeError, match=said):
        node("Bad", title="Bad", category="test")(function)


def test_object_info_keeps_the_order_of_widgets_and_their_ranges():
    info = object_info(SPEC, Folders())
    assert info["input_order"]["required"][:3] == ["image", "images", "steps"]
    assert info["input"]["required"]["steps"] == [
        "INT",
        {"default": 3, "min": 1, "max": 10, "step": 1, "tooltip": "how often it is played with."},
    ]
    assert info["input"]["required"]["name"] == [["b", "a"], {"default": "a"}]
    assert info["input"]["required"]["seed"][1]["control_after_generate"] is True
    assert info["input"]["required"]["seed"][1]["max"] == 18446744073709551615
    assert info["input"]["optional"]["later"][1] == {"lazy": True}
    assert info["output"] == ["IMAGE", "MASK"]


def test_matching_and_growing_sockets_are_told_as_comfyui_tells_them():
    Same = Annotated[Any, Match("t")]

    @node("Grow", title="Grow", category="test", outputs=["output"])
    def grow(*, one: Same, values: Annotated[dict[str, Any], Grows(("a", "b"), "INT")]) -> Same:
        return one

    info = object_info(grow.spec, Folders())
    assert info["input"]["required"]["one"][0] == "COMFY_MATCHTYPE_V3"
    assert info["output_matchtypes"] == ["t"]
    assert info["input"]["required"]["values"][1]["template"]["names"] == ["a", "b"]
    grown = grow.spec.input("values.b")
    assert grown is not None
    assert (grown.name, grown.type, grown.required) == ("values.b", "INT", False)
    assert grow.spec.input("values.z") is None


def test_specs_survive_their_json_without_their_code():
    text = library.write([SPEC])
    again = library.read(text)["Toy"]
    assert again.call is None
    assert again.inputs == SPEC.inputs
    assert again.outputs == SPEC.outputs
    assert library.write([again]) == text


def test_a_folder_choice_stays_symbolic_in_json_and_is_listed_when_asked(tmp_path):
    @node("Pick", title="Pick", category="test")
    def pick(*, file: Annotated[str, Choice(folder="loras")]) -> None:
        """Pick a file."""

    again = library.read(library.write([pick.spec]))["Pick"]
    folders = Folders(models=tmp_path)
    assert object_info(again, folders)["input"]["required"]["file"] == [[], {"folder": "loras"}]
    (tmp_path / "loras").mkdir()
    (tmp_path / "loras" / "x.safetensors").touch()
    listed, options = object_info(again, folders)["input"]["required"]["file"]
    assert (listed, options) == (["x.safetensors"], {"folder": "loras"})


def test_any_value_is_a_wildcard_and_unions_overlap():
    @node("Any", title="Any", category="test")
    def anything(*, source: AnyValue) -> None:
        """Take anything."""

    assert anything.spec.inputs[0].type == "*"
    assert fits("IMAGE", "*")
    assert fits("INT", "FLOAT,INT")
    assert not fits("IMAGE", "MASK")
