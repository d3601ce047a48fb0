"""Write a `Graph` in the form of ComfyUI's editor, version 0.4, so that it opens there.

The other way is `reading.py`; what a file said that a graph has no room for goes back to its place.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, cast
from uuid import NAMESPACE_URL, uuid5

from engine.convert.api import settled
from engine.convert.document import INPUT_NODE, OUTPUT_NODE, Raw, Teller, mapping
from engine.convert.drawing import Face, drawn, face_of, number_of, size_of, values_of
from engine.convert.library import Library
from engine.convert.placing import places
from engine.convert.subgraphs import Promotions, fill_instance, fill_values, nested_first
from engine.graph.faces import BORDER, INSTANCE, definition_of
from engine.graph.model import Graph, Link, Node, NodeId, Subgraph

UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
BOX: Final = [0, 0, 120, 60]


def to_ui(graph: Graph, library: Library) -> Raw:
    """The workflow as a JSON object of version 0.4."""
    graph = _prepared(graph, library)
    root = _Canvas(graph, graph, library).written()
    comfy = dict(mapping(graph.extra.get("comfy")))
    extra = {**mapping(comfy.pop("extra", None)), **root.extra}
    ours = {k: v for k, v in graph.extra.items() if k not in ("comfy", "everywhere")}
    if ours:
        extra["easel"] = ours
    definitions = dict(mapping(comfy.pop("definitions", None)))
    if graph.subgraphs:
        definitions["subgraphs"] = [
            _definition(id, found, graph, library) for id, found in graph.subgraphs.items()
        ]
    document: Raw = {
        "id": comfy.pop("id", str(uuid5(NAMESPACE_URL, "easel:workflow"))),
        "revision": comfy.pop("revision", 0),
        "last_node_id": root.last_node,
        "last_link_id": root.last_link,
        "nodes": root.nodes,
        "links": [list(wire.values())[:6] for wire in root.links],
        "groups": root.groups,
        **({"definitions": definitions} if definitions else {}),
        "config": comfy.pop("config", {}),
        "extra": extra,
    }
    rest = {k: v for k, v in comfy.items() if k not in document and k not in ("state", "version")}
    return {**document, **rest, "version": 0.4}


def _prepared(graph: Graph, library: Library) -> Graph:
    """A copy whose promoted inputs are marked, and whose instances hold all their values."""
    graph = settled(graph, library)
    copy = replace(graph, nodes=_copied(graph.nodes), subgraphs={})
    for id, found in graph.subgraphs.items():
        inputs = [dict(port) for port in found.inputs]
        copy.subgraphs[id] = replace(found, inputs=inputs, nodes=_copied(found.nodes))
    at = Promotions(copy, library.sockets, Teller())
    kinds = {id: INSTANCE + id for id in copy.subgraphs}
    uses = {
        id: [
            n.class_type.removeprefix(INSTANCE)
            for n in found.nodes.values()
            if n.class_type in kinds.values()
        ]
        for id, found in copy.subgraphs.items()
    }
    order = nested_first(uses)
    for id in order:
        at.mark(copy.subgraphs[id])
    for id in order:
        fill_values(copy.subgraphs[id], copy, at)
    for node in copy.nodes.values():
        fill_instance(node, copy, at)
    return copy


def _copied(nodes: Mapping[NodeId, Node]) -> dict[NodeId, Node]:
    return {
        id: replace(node, inputs=dict(node.inputs), under=dict(node.under))
        for id, node in nodes.items()
    }


def subgraph_id(id: str) -> str:
    """A definition's id as the editor wants it: a UUID."""
    return id if UUID.fullmatch(id) else str(uuid5(NAMESPACE_URL, f"easel:subgraph:{id}"))


class _Canvas:
    """The root or a definition, being written."""

    def __init__(self, on: Graph | Subgraph, graph: Graph, library: Library) -> None:
        self.on, self.graph, self.library = on, graph, library
        self.nodes, self.links, self.groups = list[Raw](), list[Raw](), list[Raw]()
        self.extra: Raw = {}
        self.reroutes = list[Raw]()
        self.last_node = self.last_link = 0
        self.ends = dict[str, Raw]()
        self.faces: dict[NodeId, Face] = {}
        self.inputs: list[list[int]] = []
        self.outputs: list[list[int]] = []

    def written(self) -> "_Canvas":
        nodes = self.on.nodes
        self.faces = {id: self._face(node) for id, node in nodes.items()}
        for face in self.faces.values():
            for slot in face.inputs:
                slot["link"] = None
            for slot in face.outputs:
                slot["links"] = []
        if isinstance(self.on, Subgraph):
            self.inputs = [[] for _ in self.on.inputs]
            self.outputs = [[] for _ in self.on.outputs]
        self._wire()
        self._draw()
        self.groups = [_group(id, group) for id, group in self.on.groups.items()]
        self._points()
        return self

    def _inner(self, node: Node) -> Subgraph | None:
        return definition_of(node.class_type, self.graph.subgraphs)

    def _face(self, node: Node) -> Face:
        return face_of(node, self.library.layout(node.class_type), self._inner(node))

    # Links

    def _wire(self) -> None:
        """Number the links, those of the file as they were, and enter them at both ends."""
        outputs = self.on.outputs if isinstance(self.on, Subgraph) else []
        kept_out = mapping(mapping(self.on.extra.get("comfy")).get("links"))
        taken = set[int]()
        waiting = list[tuple[NodeId, str, Link]]()
        for id, node in self.on.nodes.items():
            kept = mapping(mapping(node.extra.get("comfy")).get("links"))
            for name, link in node.links():
                number = _number(kept.get(name))
                if number is not None and number not in taken:
                    taken.add(number)
                    self._link(number, link, id, name)
                else:
                    waiting.append((id, name, link))
        out = [(p, port, _number(kept_out.get(port["name"]))) for p, port in enumerate(outputs)]
        self.last_link = max((*taken, *(number or 0 for *_, number in out)), default=0)
        for id, name, link in waiting:
            self._link(self._next_link(), link, id, name)
        for place, port, number in out:
            source = port.get("from")
            if isinstance(source, Link):
                free = number is not None and number not in taken
                self._out(number if number and free else self._next_link(), place, source)
                taken.add(number or 0)

    def _next_link(self) -> int:
        self.last_link += 1
        return self.last_link

    def _link(self, number: int, link: Link, target: NodeId, name: str) -> None:
        face = self.faces[target]
        place = face.place(name)
        kind = self._given(number, link, face.inputs[place]["type"])
        face.inputs[place]["link"] = number
        origin: int | str = -10 if link.node == BORDER else number_of(link.node)
        wire = _wired(number, (origin, link.output), (number_of(target), place), kind)
        self.ends[f"{target}/{name}"] = wire
        self.links.append(wire)

    def _out(self, number: int, place: int, link: Link) -> None:
        port = cast(Subgraph, self.on).outputs[place]
        kind = self._given(number, link, str(port.get("type", "*")))
        self.outputs[place].append(number)
        origin: int | str = -10 if link.node == BORDER else number_of(link.node)
        wire = _wired(number, (origin, link.output), (int(OUTPUT_NODE), place), kind)
        self.ends[f"@out/{port['name']}"] = wire
        self.links.append(wire)

    def _given(self, number: int, link: Link, wanted: str) -> str:
        """Note a link at its source; its type."""
        if link.node == BORDER:
            if 0 <= link.output < len(self.inputs):
                self.inputs[link.output].append(number)
            return wanted
        face = self.faces.get(link.node)
        if face is None:
            return wanted
        while len(face.outputs) <= link.output < 1000:
            face.outputs.append({"name": "*", "type": "*", "links": []})
        if link.output >= len(face.outputs):
            return wanted
        slot = face.outputs[link.output]
        slot["links"].append(number)
        return str(slot["type"]) if slot["type"] != "*" else wanted

    # Nodes, notes, points

    def _draw(self) -> None:
        nodes = self.on.nodes
        sizes = {id: size_of(node, self.faces[id]) for id, node in nodes.items()}
        where = places(nodes, sizes)
        for order, (id, node) in enumerate(nodes.items()):
            inner = self._inner(node)
            values = values_of(node, self.library.layout(node.class_type), inner)
            raw = drawn(
                node, number_of(id), self.faces[id], order=order, place=where[id], values=values
            )
            if inner is not None:
                raw["type"] = subgraph_id(raw["type"])
            for slot in (*raw["inputs"], *raw["outputs"]):
                slot.pop("ours", None)
            self.nodes.append(raw)
        numbers = (number_of(id) for id in (*nodes, *self.on.notes))
        self.last_node = max((n for n in numbers if isinstance(n, int)), default=0)
        for id, note in self.on.notes.items():
            self.nodes.append(_note(self._note_id(id), note, len(self.nodes)))

    def _note_id(self, id: str) -> int | str:
        if id not in self.on.nodes and isinstance(number_of(id), int):
            return number_of(id)
        self.last_node += 1
        return self.last_node

    def _points(self) -> None:
        """Native reroutes, with the links that pass each, and the last one of each link."""
        reroutes = self.on.reroutes
        last = dict[str, set[str]]()
        for id, point in reroutes.items():
            for end in _passing(point):
                last.setdefault(end, set()).add(id)
        for id, point in reroutes.items():
            handled = ("input", "place", "before", "also")
            numbers = [self.ends[end]["id"] for end in _passing(point) if end in self.ends]
            said: Raw = {"id": number_of(id), "pos": point.get("place"), "linkIds": numbers}
            if isinstance(point.get("before"), str):
                said["parentId"] = number_of(point["before"])
            rest = {key: value for key, value in point.items() if key not in handled}
            self.reroutes.append({**said, **rest})
        extensions = list[Raw]()
        for end, ids in last.items():
            before = {reroutes[id].get("before") for id in ids}
            tips = sorted(id for id in ids if id not in before)
            if end in self.ends and tips:
                self.ends[end]["parentId"] = number_of(tips[0])
                extensions.append({"id": self.ends[end]["id"], "parentId": number_of(tips[0])})
        if isinstance(self.on, Graph) and self.reroutes:
            self.extra = {"reroutes": self.reroutes, "linkExtensions": extensions}


def _number(kept: Any) -> int | None:
    """A link's number as the file had it."""
    plain = isinstance(kept, str) and kept.isascii() and kept.isdigit() and len(kept) < 16
    return int(kept) if plain else None


def _passing(point: Mapping[str, Any]) -> Iterator[str]:
    also = point.get("also")
    for end in (point.get("input"), *(cast(list[Any], also) if isinstance(also, list) else [])):
        if isinstance(end, str) and end:
            yield end


def _wired(
    number: int, origin: tuple[int | str, int], target: tuple[int | str, int], kind: str
) -> Raw:
    return {
        "id": number,
        "origin_id": origin[0],
        "origin_slot": origin[1],
        "target_id": target[0],
        "target_slot": target[1],
        "type": kind,
    }


def _group(id: str, group: Mapping[str, Any]) -> Raw:
    rest = mapping(group.get("comfy"))
    found: Raw = {"id": number_of(id), "title": group.get("title", "")}
    if "box" in group:
        found["bounding"] = group["box"]
    if "colour" in group:
        found["color"] = group["colour"]
    return {**found, **rest}


def _note(id: int | str, note: Mapping[str, Any], order: int) -> Raw:
    rest = dict(mapping(note.get("comfy")))
    box: Any = note.get("box")
    x, y, width, height = cast(list[Any], box) if _is_box(box) else [0, 0, 210, 88]
    found: Raw = {
        "id": id,
        "type": "MarkdownNote" if note.get("markdown") is True else "Note",
        "pos": rest.pop("pos", [x, y]),
        "size": rest.pop("size", [width, height]),
        "flags": rest.pop("flags", {}),
        "order": rest.pop("order", order),
        "mode": rest.pop("mode", 0),
        "inputs": rest.pop("inputs", []),
        "outputs": rest.pop("outputs", []),
        "properties": rest.pop("properties", {}),
    }
    text = note.get("text", "")
    kept = rest.pop("widgets_values", [text])
    found["widgets_values"] = [text, *kept[1:]] if isinstance(kept, list) else kept
    for name, said in (("title", "title"), ("colour", "color"), ("background", "bgcolor")):
        if name in note:
            found[said] = note[name]
    return {**found, **rest}


def _is_box(box: Any) -> bool:
    return isinstance(box, list) and len(cast(list[Any], box)) == 4


def _definition(id: str, found: Subgraph, graph: Graph, library: Library) -> Raw:
    canvas = _Canvas(found, graph, library).written()
    comfy = dict(mapping(found.extra.get("comfy")))
    comfy.pop("links", None)
    extra = comfy.pop("extra", {})
    ours = {k: v for k, v in found.extra.items() if k not in ("comfy", "everywhere")}
    if ours:
        extra = {**extra, "easel": ours}
    state = dict(mapping(comfy.pop("state", None)))
    state |= {"lastNodeId": canvas.last_node, "lastLinkId": canvas.last_link}
    document: Raw = {
        "id": subgraph_id(id),
        "version": comfy.pop("version", 1),
        "state": {"lastGroupId": 0, "lastRerouteId": 0, **state},
        "revision": comfy.pop("revision", 0),
        "config": comfy.pop("config", {}),
        "name": found.name or id,
        "inputNode": comfy.pop("inputNode", {"id": int(INPUT_NODE), "bounding": BOX}),
        "outputNode": comfy.pop("outputNode", {"id": int(OUTPUT_NODE), "bounding": BOX}),
        "inputs": [
            _border(id, port, numbers, "in")
            for port, numbers in zip(found.inputs, canvas.inputs, strict=True)
        ],
        "outputs": [
            _border(id, port, numbers, "out")
            for port, numbers in zip(found.outputs, canvas.outputs, strict=True)
        ],
        "widgets": comfy.pop("widgets", []),
        "nodes": canvas.nodes,
        "groups": canvas.groups,
        "links": canvas.links,
        "extra": extra,
    }
    if canvas.reroutes:
        document["reroutes"] = canvas.reroutes
    return {**document, **{key: v for key, v in comfy.items() if key not in document}}


def _border(id: str, port: Mapping[str, Any], numbers: list[int], side: str) -> Raw:
    kept = {key: value for key, value in port.items() if key not in ("from", "widget")}
    own = str(uuid5(NAMESPACE_URL, f"easel:{id}:{side}:{port['name']}"))
    return {"id": own, **kept, "linkIds": numbers}
