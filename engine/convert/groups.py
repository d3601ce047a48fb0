"""Old group nodes (`workflow>Name`) as subgraphs: rewritten in the file's own form before reading.

The inner nodes keep their places as ids, so that they are called `group:place` when they run.
Numbers in brackets are the rules of tests/convert/README.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, cast
from uuid import NAMESPACE_URL, uuid5

from engine.convert.document import INPUT_NODE, OUTPUT_NODE, Raw, Teller, mapping, slots
from engine.convert.library import Library, Widget
from engine.convert.nodes import type_of
from engine.convert.widgets import listed
from engine.graph.virtual import PRIMITIVE

_End: TypeAlias = tuple[int | str, int]

MARKS: Final = ("workflow>", "workflow/")


@dataclass(slots=True)
class _Port:
    """One input of a group: which inner input it is, and its widget if it has one."""

    name: str
    type: str
    place: int
    input: str
    widget: Widget | None = None


@dataclass(slots=True)
class _Inner:
    """One inner node: all its inputs, saved or not, and its widgets."""

    raw: Raw
    title: str
    inputs: dict[str, str] = field(default_factory=dict[str, str])
    widgets: dict[str, Widget] = field(default_factory=dict[str, Widget])


def opened(document: Mapping[str, Any], library: Library, tell: Teller) -> Mapping[str, Any]:
    """The document with its group nodes made into instances of subgraphs [55]."""
    groups = mapping(mapping(document.get("extra")).get("groupNodes"))
    if not groups:
        return document
    made: dict[str, _Group] = {}
    for name, said in groups.items():
        if isinstance(mapping(said).get("nodes"), list):
            made[name] = _Group(name, mapping(said), library, tell)
        else:
            tell(f"the group {name} has no nodes and was left as it is", field="groupNodes")
    nodes = document.get("nodes")
    if isinstance(nodes, list):
        nodes = [_rewritten(node, made) for node in cast(list[Any], nodes)]
    extra = dict(mapping(document.get("extra")))
    left = {name: said for name, said in groups.items() if name not in made}
    extra.pop("groupNodes")
    definitions = dict(mapping(document.get("definitions")))
    known: Any = definitions.get("subgraphs")
    old = cast(list[Any], known) if isinstance(known, list) else []
    definitions["subgraphs"] = [*old, *(group.definition() for group in made.values())]
    extra |= {"groupNodes": left} if left else {}
    return {**document, "nodes": nodes, "extra": extra, "definitions": definitions}


def _rewritten(node: Any, made: Mapping[str, "_Group"]) -> Any:
    if not isinstance(node, Mapping):
        return node
    raw = dict(cast(Mapping[str, Any], node))
    kind = type_of(raw)
    mark = next((mark for mark in MARKS if kind.startswith(mark)), None)
    group = made.get(kind.removeprefix(mark)) if mark else None
    return group.instance(raw) if group else raw


class _Group:
    def __init__(self, name: str, said: Mapping[str, Any], library: Library, tell: Teller) -> None:
        self.name, self.library = name, library
        self.id = str(uuid5(NAMESPACE_URL, f"easel:group:{name}"))
        self.config = mapping(said.get("config"))
        listed_nodes = cast(list[Any], said["nodes"])
        self.nodes = [self._inner(mapping(raw)) for raw in listed_nodes]
        self.links = list(self._links(said.get("links"), tell))
        self.external = set(self._external(said.get("external")))
        self.ports = self._ports()

    def _inner(self, raw: Mapping[str, Any]) -> _Inner:
        """An inner node, with inputs that its file left out."""
        kind = type_of(raw)
        found = _Inner(dict(raw), str(raw.get("title") or kind))
        if kind == PRIMITIVE:
            return found
        for slot in slots(raw, "inputs"):
            found.inputs[str(slot.get("name", ""))] = str(slot.get("type", "*"))
        layout = self.library.layout(kind)
        if layout is not None:
            for slot in layout.sockets.inputs:
                found.inputs.setdefault(slot.name, slot.type)
            found.widgets = {widget.name: widget for widget in layout.widgets}
        return found

    def _links(self, said: Any, tell: Teller) -> Iterator[tuple[int, int, int, int, str]]:
        """Links inside; what comes from outside says nothing here [56]."""
        for entry in cast(list[Any], said) if isinstance(said, list) else []:
            match entry:
                case [int(origin), int(output), int(target), int(slot), *rest]:
                    kind = rest[1] if len(rest) > 1 and isinstance(rest[1], str) else "*"
                    if 0 <= origin < len(self.nodes) and 0 <= target < len(self.nodes):
                        yield origin, output, target, slot, kind
                case [None, *_]:
                    continue
                case _:
                    tell(f"the link {entry!r:.60} is damaged", field=f"group {self.name}")

    @staticmethod
    def _external(said: Any) -> Iterator[tuple[int, int]]:
        for entry in cast(list[Any], said) if isinstance(said, list) else []:
            match entry:
                case [int(place), int(output), *_]:
                    yield place, output
                case _:
                    continue

    def _slot_name(self, place: int, slot: int) -> str | None:
        """The inner input that a link of the definition means, by its place as saved."""
        saved = slots(self.nodes[place].raw, "inputs")
        return str(saved[slot].get("name", "")) if 0 <= slot < len(saved) else None

    def _ports(self) -> list[_Port]:
        """Sockets without an inner link, node by node, then widgets [57]."""
        taken = {(target, self._slot_name(target, slot)) for _, _, target, slot, _ in self.links}
        seen: dict[str, int] = {}
        sockets, widgets = list[_Port](), list[_Port]()
        for place, node in enumerate(self.nodes):
            if type_of(node.raw) == PRIMITIVE:
                widgets.extend(self._primitive(place, node, seen))
                continue
            for name, widget in node.widgets.items():
                if (place, name) not in taken and not self._hidden(place, name):
                    called = self._called(place, name, node, seen)
                    widgets.append(_Port(called, node.inputs[name], place, name, widget))
            for name, kind in node.inputs.items():
                if name not in node.widgets and (place, name) not in taken:
                    called = self._called(place, name, node, seen)
                    sockets.append(_Port(called, kind, place, name))
        return [*sockets, *widgets]

    def _primitive(self, place: int, node: _Inner, seen: dict[str, int]) -> Iterator[_Port]:
        """A PrimitiveNode inside shows its value as a widget of the group."""
        targets = [(target, slot) for origin, _, target, slot, _ in self.links if origin == place]
        if not targets:
            return
        target, slot = targets[0]
        name = self._slot_name(target, slot) or ""
        widget = self.nodes[target].widgets.get(name)
        kind = self.nodes[target].inputs.get(name, "*")
        control = kind in ("INT", "FLOAT", "COMBO")
        held = Widget(name, kind, control, span=widget.span if widget else None)
        yield _Port(self._called(place, "value", node, seen), kind, place, "value", held)

    def _said(self, place: int, name: str) -> Mapping[str, Any]:
        return mapping(mapping(mapping(self.config.get(str(place))).get("input")).get(name))

    def _hidden(self, place: int, name: str) -> bool:
        return self._said(place, name).get("visible") is False

    def _called(self, place: int, name: str, node: _Inner, seen: dict[str, int]) -> str:
        own = self._said(place, name).get("name")
        called = own if isinstance(own, str) and own else name
        titled = type_of(node.raw) == PRIMITIVE and node.raw.get("title")
        if titled or called in seen:
            key = f"{node.title} {name}"
            called = f"{node.title} {seen[key]} {name}" if key in seen else key
        seen[called] = seen.get(called, 1) + 1
        return called

    def definition(self) -> Raw:
        """The group as a subgraph's definition."""
        nodes = list[Raw]()
        for place, node in enumerate(self.nodes):
            saved = [{**slot, "link": None} for slot in slots(node.raw, "inputs")]
            names = {str(slot.get("name", "")) for slot in saved}
            more = ({"name": n, "type": t, "link": None} for n, t in node.inputs.items())
            listed_inputs = [*saved, *(slot for slot in more if slot["name"] not in names)]
            nodes.append({**node.raw, "id": place, "inputs": listed_inputs})
        links, outputs = list(self._wires(nodes)), list[Raw]()
        for place, output, name, kind in self._outputs():
            ends = (place, output), (OUTPUT_NODE, len(outputs))
            links.append(_link(len(links) + 1, *ends, kind))
            outputs.append({"name": name, "type": kind})
        inputs = [{"name": port.name, "type": port.type} for port in self.ports]
        return {
            "id": self.id,
            "name": self.name,
            "nodes": nodes,
            "links": links,
            "inputs": inputs,
            "outputs": outputs,
        }

    def _wires(self, nodes: list[Raw]) -> Iterator[Raw]:
        """The links inside and from the border, entered at the inputs where they end."""
        for number, (origin, end, kind) in enumerate(self._joins(), 1):
            face = cast(list[Raw], nodes[end[0]]["inputs"])
            slot = next(p for p, found in enumerate(face) if str(found.get("name", "")) == end[1])
            face[slot]["link"] = number
            yield _link(number, origin, (end[0], slot), kind)

    def _joins(self) -> Iterator[tuple[_End, tuple[int, str], str]]:
        for origin, output, target, slot, kind in self.links:
            name = self._slot_name(target, slot)
            if name is not None and type_of(self.nodes[origin].raw) != PRIMITIVE:
                yield (origin, output), (target, name), kind
        for place, port in enumerate(self.ports):
            for end in self._targets(port):
                yield (INPUT_NODE, place), end, port.type

    def _targets(self, port: _Port) -> Iterator[tuple[int, str]]:
        """The inner inputs behind a port; a primitive's are those that it writes into."""
        if type_of(self.nodes[port.place].raw) != PRIMITIVE:
            yield port.place, port.input
            return
        for origin, _, target, slot, _ in self.links:
            name = self._slot_name(target, slot)
            if origin == port.place and name is not None:
                yield target, name

    def _outputs(self) -> Iterator[tuple[int, int, str, str]]:
        """Outputs without an inner link, and those that are listed as used outside [57]."""
        inner = {(origin, output) for origin, output, _, _, _ in self.links}
        seen: dict[str, int] = {}
        for place, node in enumerate(self.nodes):
            if type_of(node.raw) == PRIMITIVE:
                continue
            for output, slot in enumerate(slots(node.raw, "outputs")):
                if (place, output) in inner and (place, output) not in self.external:
                    continue
                name = str(slot.get("name", ""))
                name = f"{node.title} {name}" if name in seen else name
                seen[name] = 1
                yield place, output, name, str(slot.get("type", "*"))

    def instance(self, raw: Raw) -> Raw:
        """A group node as an instance: one value for each widget, none for modes [58]."""
        values = listed(raw.get("widgets_values"))
        kept = {**raw, "type": self.id}
        if values is None:
            return kept
        found, modes, rest = list[Any](), dict[str, str](), iter(values)
        for port in self.ports:
            if port.widget is None:
                continue
            found.append(next(rest, None))
            mode = next(rest, None) if port.widget.control else None
            if isinstance(mode, str):
                modes[port.name] = mode
        properties = dict(mapping(raw.get("properties")))
        if modes:
            properties["easel"] = {**mapping(properties.get("easel")), "after_run": modes}
        return {**kept, "widgets_values": found, "properties": properties}


def _link(number: int, origin: _End, target: _End, kind: str) -> Raw:
    ends = {"origin_id": origin[0], "origin_slot": origin[1]}
    ends |= {"target_id": target[0], "target_slot": target[1]}
    return {"id": number, **ends, "type": kind}
