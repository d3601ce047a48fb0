"""One node as ComfyUI's editor saves it: sockets, widget list, mode, look.

Links have been numbered before (`writing.py`). The other way is `nodes.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from engine.convert.document import Raw, mapping
from engine.convert.library import REPLACED, Layout
from engine.convert.nodes import OPEN
from engine.convert.widgets import guessed, listed, written
from engine.graph.faces import INSTANCE
from engine.graph.flatten import DRAWN
from engine.graph.model import Link, Node, NodeId, Subgraph
from engine.graph.virtual import CONSTANT, GET, PRIMITIVE, REROUTE, SET, is_virtual

MODES: Final[Mapping[str, int]] = {"on": 0, "muted": 2, "bypassed": 4}
ROW: Final = 24
WIDTH: Final = 270


@dataclass(slots=True)
class Face:
    """A node's sockets as they will be written; `link` and `links` are put in later."""

    inputs: list[Raw] = field(default_factory=list[Raw])
    outputs: list[Raw] = field(default_factory=list[Raw])

    def place(self, name: str) -> int:
        """The place of an input by our name for it."""
        names = (slot.get("ours", slot["name"]) for slot in self.inputs)
        return next(place for place, found in enumerate(names) if found == name)


def face_of(node: Node, layout: Layout | None, inner: Subgraph | None) -> Face:
    """All sockets of a node: its type's or definition's, then what only this node has."""
    if inner is not None:
        face = Face([_port(p) for p in inner.inputs], [_port(p) for p in inner.outputs])
    elif layout is not None and not is_virtual(node.class_type):
        face = _known(layout)
    else:
        face = _bare(node)
    _merge(face, node)
    known = {slot.get("ours", slot["name"]) for slot in face.inputs}
    for name, value in node.inputs.items():
        if name not in known and isinstance(value, Link):
            face.inputs.append({"name": name, "type": "*"})
        elif name not in known and layout is None and not is_virtual(node.class_type):
            face.inputs.append({"name": name, "type": "*", "widget": {"name": name}})
    return face


def _port(port: Mapping[str, Any]) -> Raw:
    slot: Raw = {"name": port["name"], "type": port.get("type", "*")}
    if "label" in port:
        slot["label"] = port["label"]
    if "widget" in port:
        slot["widget"] = {"name": port["name"]}
    return slot


def _known(layout: Layout) -> Face:
    face = Face()
    for slot in layout.sockets.inputs:
        said: Raw = {"name": slot.name, "type": slot.type}
        face.inputs.append({**said, "widget": {"name": slot.name}} if slot.widget else said)
    for slot in layout.sockets.outputs:
        face.outputs.append({"name": slot.name, "type": slot.type})
    return face


def _bare(node: Node) -> Face:
    """The sockets of an editor's own node, or of one of which nothing is known."""
    kept, face = mapping(node.extra.get("sockets")), Face()
    if node.class_type == REROUTE and not kept.get("inputs"):
        face.inputs.append({"name": "", "type": "*", "ours": OPEN})
    if node.class_type in (REROUTE, PRIMITIVE, GET) and not kept.get("outputs"):
        face.outputs.append({"name": "" if node.class_type == REROUTE else "*", "type": "*"})
    return face


def _merge(face: Face, node: Node) -> None:
    """Put in what the file said of sockets beyond their type's definition."""
    kept = mapping(node.extra.get("sockets"))
    for side, found in (("inputs", face.inputs), ("outputs", face.outputs)):
        said: Any = kept.get(side)
        places = {slot["name"]: place for place, slot in enumerate(found)}
        for entry in cast(list[Any], said) if isinstance(said, list) else []:
            if not isinstance(entry, Mapping):
                continue
            slot = {"name": "", "type": "*"} | dict(cast(Mapping[str, Any], entry))
            slot["name"] = str(slot["name"])
            if slot.pop("unnamed", False):
                slot |= {"ours": slot["name"], "name": ""}
            place = places.get(slot["name"]) if side == "inputs" or found else None
            if place is not None and "ours" not in slot:
                found[place] = {**found[place], **slot, "type": found[place]["type"]}
            else:
                found.append(slot)


def size_of(node: Node, face: Face) -> list[float]:
    """The node's own size, else about what the editor would give it, in its pixels."""
    size = node.look.get("size")
    if isinstance(size, list) and len(cast(list[Any], size)) == 2:
        return cast(list[float], size)
    widgets = sum("widget" in slot for slot in face.inputs)
    rows = max(len(face.inputs) - widgets, len(face.outputs)) + widgets
    return [WIDTH, ROW * max(rows, 1) + ROW]


def drawn(
    node: Node, id: int | str, face: Face, *, order: int, place: Sequence[float], values: Any
) -> Raw:
    """The node without its links."""
    comfy = dict(mapping(node.extra.get("comfy")))
    comfy.pop("links", None)
    flags = dict(mapping(comfy.pop("flags", None)))
    folded = node.look.get("collapsed") is True
    if folded or flags.get("collapsed"):
        flags["collapsed"] = folded
    mode = comfy.pop("mode", 0)
    kind = node.class_type.removeprefix(INSTANCE) if INSTANCE in node.class_type else None
    raw: Raw = {
        "id": id,
        "type": kind or node.class_type,
        "pos": comfy.pop("pos", list(place)),
        "size": comfy.pop("size", size_of(node, face)),
        "flags": flags,
        "order": comfy.pop("order", order),
        "mode": mode if node.state == "on" else MODES[node.state],
        "inputs": face.inputs,
        "outputs": face.outputs,
    }
    for name, said in (("title", "title"), ("colour", "color"), ("background", "bgcolor")):
        if name in node.look:
            raw[said] = node.look[name]
    raw["properties"] = _properties(node, comfy.pop("properties", None))
    if values is not None:
        raw["widgets_values"] = values
    named = mapping(comfy.get("widgets_values_named"))
    if named:
        comfy["widgets_values_named"] = {n: held(node, n, v) for n, v in named.items()}
    return {**raw, **{key: value for key, value in comfy.items() if key not in raw}}


def _properties(node: Node, kept: Any) -> Any:
    if kept is None:
        plain = node.class_type in REPLACED or is_virtual(node.class_type)
        alias = "" if plain or node.class_type.startswith(INSTANCE) else node.class_type
        kept = {"Node name for S&R": alias} if alias else {}
    ours: Raw = {key: value for key, value in node.extra.items() if key not in DRAWN}
    if node.after_run and node.class_type.startswith(INSTANCE):
        ours["after_run"] = node.after_run
    if not ours or not isinstance(kept, Mapping):
        return kept
    return {**cast(Mapping[str, Any], kept), "easel": ours}


def held(node: Node, name: str, missing: Any = None) -> Any:
    """The value at an input, or under its link."""
    value = node.inputs.get(name, missing)
    return node.under.get(name, missing) if isinstance(value, Link) else value


def values_of(node: Node, layout: Layout | None, inner: Subgraph | None) -> Any:
    """The widget list; None where the node has none."""
    kept = node.extra.get("values")
    if inner is not None:
        names = [str(port["name"]) for port in inner.inputs if "widget" in port]
        return [*(held(node, name) for name in names), *_tail(kept, len(names))]
    if node.class_type in (PRIMITIVE, GET, SET):
        return _first(node, listed(kept) or [])
    if layout is None or is_virtual(node.class_type):
        return _unknown(node, kept)
    values = written(layout, _all(node), node.after_run)
    while values and layout.uploads == 0 and _missing(layout, node, len(values)):
        values.pop()
    return [*values, *_tail(kept, len(values))] or None


def _all(node: Node) -> dict[str, Any]:
    plain = {name: v for name, v in node.inputs.items() if not isinstance(v, Link)}
    return {**node.under, **plain}


def _missing(layout: Layout, node: Node, count: int) -> bool:
    """Whether the last of a list of this length is a widget that has no value and no default."""
    last = layout.widgets[-1] if layout.widgets else None
    if last is None or last.control or count != len(written(layout, {}, {})):
        return False
    return not last.has_default and last.name not in _all(node)


def _tail(kept: Any, count: int) -> list[Any]:
    """What a saved list held behind the last widget."""
    return (listed(kept) or [])[count:]


def _first(node: Node, kept: list[Any]) -> list[Any] | None:
    name = "value" if node.class_type == PRIMITIVE else CONSTANT
    if name not in node.inputs:
        return kept or None
    mode = node.after_run.get(name)
    found = [node.inputs[name], *([mode] if mode is not None else [])]
    return [*found, *kept[len(found) :]]


def _unknown(node: Node, kept: Any) -> Any:
    """The values of an unknown type: as they were, unless someone has changed one."""
    face = mapping(node.extra.get("sockets")).get("inputs")
    slots = cast(list[Raw], face) if isinstance(face, list) else []
    named = mapping(node.extra.get("comfy")).get("widgets_values_named")
    before = guessed(slots, kept, named)
    values = _all(node)
    if before is None or is_virtual(node.class_type):
        return kept
    if before.inputs == values and before.after_run == node.after_run and kept is not None:
        return kept
    if isinstance(kept, Mapping):
        return {**cast(Mapping[str, Any], kept), **values}
    return list(_in_order(node, values)) or kept


def _in_order(node: Node, values: Mapping[str, Any]) -> Iterator[Any]:
    for name, value in values.items():
        yield value
        if name in node.after_run:
            yield node.after_run[name]


def number_of(id: NodeId) -> int | str:
    """An id as the editor has it: a number where it reads as one."""
    plain = id.isascii() and id.isdigit() and len(id) < 16
    return int(id) if plain and str(int(id)) == id else id
