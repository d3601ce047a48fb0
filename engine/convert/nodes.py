"""One node of an editor's file as a `Node`: its values by name, its state, its look, the rest.

Links are joined by `links.py`, instances of subgraphs are read by `subgraphs.py`. Numbers in
brackets are the rules of tests/convert/README.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from engine.convert.document import Raw, Sheet, Teller, Wire, mapping, slots
from engine.convert.library import Layout, Library
from engine.convert.links import source
from engine.convert.widgets import Values, guessed, listed, placed, written
from engine.graph.flatten import DRAWN
from engine.graph.model import Link, Node
from engine.graph.virtual import CONSTANT, GET, NOTES, PRIMITIVE, SET, is_virtual

STATES: Final[Mapping[Any, str]] = {2: "muted", 4: "bypassed"}
RENAMED: Final[Mapping[str, str]] = {
    "T2IAdapterLoader": "ControlNetLoader",
    "ConditioningAverage ": "ConditioningAverage",
    "SDV_img2vid_Conditioning": "SVD_img2vid_Conditioning",
}
HANDLED: Final = frozenset(
    {*("id", "type", "mode", "title", "color", "bgcolor", "pos", "size"), "inputs", "outputs"}
    | {"widgets_values"}
)
PLAIN: Final = frozenset({"name", "type", "link", "widget", "localized_name", "slot_index"})
OPEN: Final = "in"
"""What an input is called that has no name, such as a Reroute's."""


def type_of(raw: Mapping[str, Any]) -> str:
    """A node's class type, old names mended [25]."""
    kind = raw.get("type")
    text = kind if isinstance(kind, str) else ""
    return RENAMED.get(text, text)


@dataclass(frozen=True, slots=True)
class Desk:
    """What reading a node needs besides it: its canvas, the node types, whom to tell."""

    sheet: Sheet
    library: Library
    tell: Teller


def read_node(id: str, raw: Raw, ends: Mapping[int, Wire], desk: Desk) -> Node:
    """A node that is no instance. Never raises: what can't be read is told of and kept."""
    class_type = type_of(raw)
    layout = None if is_virtual(class_type) else desk.library.layout(class_type)
    face = slots(raw, "inputs")
    values = _values(layout, raw, face, lambda message: desk.tell(message, id))
    node = Node(class_type, inputs=dict(values.inputs), after_run=values.after_run)
    dress(node, raw)
    _mend(node)
    _keep_values(node, layout, raw, values)
    _keep_sockets(node, layout, raw, face)
    names = names_of(face)
    for place, wire in sorted(ends.items()):
        name = names[place]
        if layout is not None and _is_gone(layout, face[place], name):
            desk.tell("this widget is no longer part of its type; its link was left out", id, name)
            continue
        put_link(node, name, source(wire, desk.sheet))
    keep_link_ids(node, {names[place]: wire for place, wire in ends.items()})
    return node


def dress(node: Node, raw: Mapping[str, Any]) -> None:
    """State and look, and every further field under `extra["comfy"]`."""
    kept = {key: value for key, value in raw.items() if key not in HANDLED}
    mode = raw.get("mode", 0)
    node.state = STATES.get(mode, "on") if isinstance(mode, int | float) else "on"
    if mode not in (0, 2, 4):
        kept["mode"] = mode
    for field, name in (("pos", "place"), ("size", "size")):
        pair = pair_of(raw.get(field))
        if pair is not None:
            node.look[name] = pair
        elif field in raw:
            kept[field] = raw[field]
    for field, name in (("title", "title"), ("color", "colour"), ("bgcolor", "background")):
        if field in raw:
            node.look[name] = raw[field]
    if mapping(raw.get("flags")).get("collapsed") is True:
        node.look["collapsed"] = True
    _take_ours(node, kept)
    if kept:
        node.extra["comfy"] = kept


def _take_ours(node: Node, kept: Raw) -> None:
    """What we once wrote into a node's properties because the editor has no place for it."""
    said = mapping(kept.get("properties"))
    ours = said.get("easel")
    if not isinstance(ours, dict):
        return
    kept["properties"] = {key: value for key, value in said.items() if key != "easel"}
    held = dict(cast(Raw, ours))
    modes = mapping(held.pop("after_run", None))
    node.after_run |= {name: mode for name, mode in modes.items() if isinstance(mode, str)}
    node.extra |= {key: value for key, value in held.items() if key not in DRAWN}


def pair_of(value: Any) -> list[float] | None:
    """Two numbers, saved as a list or as an object with numbered keys."""
    if isinstance(value, dict):
        found = cast(Raw, value)
        value = [found.get("0"), found.get("1")]
    match value:
        case [int() | float() as x, int() | float() as y, *_]:
            return None if isinstance(x, bool) or isinstance(y, bool) else [x, y]
        case _:
            return None


def _values(
    layout: Layout | None, raw: Raw, face: list[Raw], tell: Callable[[str], None]
) -> Values:
    class_type = type_of(raw)
    held = raw.get("widgets_values")
    if layout is not None:
        return placed(layout, held)
    if class_type in (PRIMITIVE, GET, SET):
        return _first(class_type, listed(held) or [])
    if is_virtual(class_type):
        return Values()
    found = guessed(face, held, raw.get("widgets_values_named"))
    title = raw.get("title") or class_type or "a node without a type"
    if found is None:
        tell(f"{title}: its type is not known, nor which value is whose; they are kept")
    else:
        tell(f"{title}: its type is not known; values are taken from the file")
    return found or Values()


def _first(class_type: str, held: list[Any]) -> Values:
    """A primitive's value and mode, or the name that a Get and a Set node meet by."""
    name = "value" if class_type == PRIMITIVE else CONSTANT
    found = Values({name: held[0]} if held else {}, rest=held[1:])
    if class_type == PRIMITIVE and len(held) > 1 and isinstance(held[1], str):
        found.after_run, found.rest = {name: held[1]}, held[2:]
    return found


def _mend(node: Node) -> None:
    """Samplers were once called by the name of their function [25]."""
    name = node.inputs.get("sampler_name")
    if node.class_type in ("KSampler", "KSamplerAdvanced") and isinstance(name, str):
        node.inputs["sampler_name"] = name.removeprefix("sample_")


def _keep_values(node: Node, layout: Layout | None, raw: Mapping[str, Any], values: Values) -> None:
    """The list as it was, where it can't be made again of the values by name."""
    held = raw.get("widgets_values")
    if held is None:
        return
    if layout is None or held != written(layout, values.inputs, values.after_run):
        node.extra["values"] = held


def _keep_sockets(
    node: Node, layout: Layout | None, raw: Mapping[str, Any], face: list[Raw]
) -> None:
    """The sockets as saved, where they say more than the type's definition does."""
    outputs = slots(raw, "outputs")
    if layout is None:
        inputs, more = _said(face), _said(outputs)
    else:
        known = layout.inputs
        unknown = not known.issuperset(names_of(face))
        odd = unknown or any(not PLAIN.issuperset(slot) for slot in face)
        wide = len(outputs) > len(layout.sockets.outputs)
        more = wide or any(not PLAIN.issuperset(slot) for slot in outputs)
        inputs, more = _odd(face, known) if odd else [], _said(outputs) if more else []
    said = {side: listed for side, listed in (("inputs", inputs), ("outputs", more)) if listed}
    if said:
        node.extra["sockets"] = said


def _odd(face: list[Raw], known: frozenset[str]) -> list[Raw]:
    said = _said(face)
    return [slot for slot in said if slot["name"] not in known or not PLAIN.issuperset(slot)]


def _said(face: list[Raw]) -> list[Raw]:
    """The sockets as we keep them; one without a name has ours, and says so."""
    left = ("link", "links", "slot_index", "localized_name")
    said = list[Raw]()
    for slot, name in zip(face, names_of(face), strict=True):
        kept = {key: value for key, value in slot.items() if key not in left}
        if kept.get("name") != name:
            kept |= {"name": name, "unnamed": True}
        said.append(kept)
    return said


def names_of(face: list[Raw]) -> list[str]:
    """The sockets' names; those without get names of ours, `in`, `in1`, `in2` ..."""
    names, unnamed = list[str](), 0
    for slot in face:
        name = slot.get("name")
        if not isinstance(name, str) or not name:
            name = f"{OPEN}{unnamed or ''}"
            unnamed += 1
        names.append(name)
    return names


def _is_gone(layout: Layout, slot: Raw, name: str) -> bool:
    """Whether an input was a widget that the definition doesn't have [21]."""
    return "widget" in slot and name not in layout.inputs and name not in layout.named


def put_link(node: Node, name: str, link: Link) -> None:
    """A link wins over a value, which stays under it [3]."""
    if name in node.inputs and not isinstance(node.inputs[name], Link):
        node.under[name] = node.inputs[name]
    node.inputs[name] = link


def keep_link_ids(node: Node, wires: Mapping[str, Wire]) -> None:
    """The numbers of the links, which other fields of the file may name."""
    ids = {name: wire.id for name, wire in wires.items() if name in node.inputs}
    if ids:
        node.extra.setdefault("comfy", {})["links"] = ids


def is_note(raw: Mapping[str, Any]) -> bool:
    return type_of(raw) in NOTES


def read_note(raw: Raw) -> Raw:
    """A Note or MarkdownNote as our notes are: text, box, colours, and the rest as it was."""
    held = listed(raw.get("widgets_values")) or []
    text = held[0] if held and isinstance(held[0], str) else ""
    found: Raw = {"text": text}
    place, size = pair_of(raw.get("pos")), pair_of(raw.get("size"))
    if place and size:
        found["box"] = [*place, *size]
    for field, name in (("title", "title"), ("color", "colour"), ("bgcolor", "background")):
        if field in raw:
            found[name] = raw[field]
    if raw.get("type") == "MarkdownNote":
        found["markdown"] = True
    used: set[str] = {"id", "type", "title", "color", "bgcolor"} | (
        {"pos", "size"} if "box" in found else set()
    )
    if held[:1] == [text] and len(held) == 1:
        used.add("widgets_values")
    kept = {key: value for key, value in raw.items() if key not in used}
    if kept:
        found["comfy"] = kept
    return found
