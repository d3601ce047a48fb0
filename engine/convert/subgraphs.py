"""Definitions of subgraphs and their instances, with promoted widgets of both encodings.

A promoted widget is an input of the definition that feeds a widget inside; `proxyWidgets` become
such inputs. Numbers in brackets are the rules of tests/convert/README.md.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from engine.convert.document import Raw, Sheet, Teller, Wire, id_of, mapping, slots
from engine.convert.links import given_out, source
from engine.convert.nodes import dress, keep_link_ids, names_of, put_link
from engine.convert.widgets import MODES, listed
from engine.graph.faces import BORDER, INSTANCE, Faces, definition_of
from engine.graph.model import Graph, Link, Node, Subgraph
from engine.graph.sockets import SocketsOf

PREFIX: Final = re.compile(r"\s*(\d{1,15})\s*:\s*(.+)", re.DOTALL)
OWN: Final = "-1"


def definition(sheet: Sheet, raw: Mapping[str, Any]) -> Subgraph:
    """A definition without its nodes: ports under names of their own, and what else it says."""
    found = Subgraph(name=str(raw.get("name") or ""))
    found.inputs, found.outputs = _ports(sheet.inputs), _ports(sheet.outputs)
    ids = dict[str, str]()
    for place, wire in given_out(sheet):
        found.outputs[place]["from"] = source(wire, sheet)
        ids[str(found.outputs[place]["name"])] = wire.id
    extra = dict(mapping(sheet.rest.get("extra")))
    found.extra |= mapping(extra.pop("easel", None))
    found.extra["comfy"] = {**sheet.rest, "extra": extra, "links": ids}
    return found


def _ports(listed_ports: list[Raw]) -> list[Raw]:
    taken = set[str]()
    found = list[Raw]()
    for port, name in zip(listed_ports, names_of(listed_ports), strict=True):
        unique = unique_name(name, taken)
        taken.add(unique)
        kept = {key: value for key, value in port.items() if key != "linkIds"}
        kind = port.get("type")
        kept |= {"name": unique, "type": kind if isinstance(kind, str) else "*"}
        found.append(kept)
    return found


def unique_name(name: str, taken: set[str]) -> str:
    """The name, with a number behind it where it is taken."""
    unique, number = name, 1
    while unique in taken:
        unique, number = f"{name}_{number}", number + 1
    return unique


def nested_first(instances: Mapping[str, list[str]]) -> list[str]:
    """Definitions in an order in which each comes after those that it uses.

    instances: for each definition those that it uses. One that contains itself comes anywhere:
    `flatten` refuses it.
    """
    from engine.graph.order import ordered

    return ordered(instances)[0]


class Promotions:
    """Which inputs of which definitions are promoted widgets; adds those of `proxyWidgets`."""

    def __init__(self, graph: Graph, known: SocketsOf, tell: Teller) -> None:
        self.graph, self.tell = graph, tell
        self.made: set[tuple[int, str]] = set()
        self.faces = Faces(known, graph.subgraphs)
        self.behind = self.faces.behind

    def is_widget(self, node: Node, name: str) -> bool:
        """Whether an input of a node is a widget, or a promoted one."""
        inner = definition_of(node.class_type, self.graph.subgraphs)
        if inner is None:
            slot = self.faces.of(node).input(name)
            return slot is not None and slot.widget
        return any(port["name"] == name and "widget" in port for port in inner.inputs)

    def mark(self, found: Subgraph) -> None:
        """Mark the inputs that feed a widget; definitions used inside must be marked before."""
        for place, ends in self.behind(found).items():
            first = next((e for e in ends if self.is_widget(found.nodes[e[0]], e[1])), None)
            if first is not None and place < len(found.inputs):
                found.inputs[place].setdefault("widget", {"name": first[1]})

    def promote(self, found: Subgraph, node_id: str, name: str) -> str | None:
        """The definition's input for a widget inside, made if needed; None if it can't be."""
        node = found.nodes[node_id]
        held = node.inputs.get(name)
        if isinstance(held, Link):
            if held.node != BORDER or held.output >= len(found.inputs):
                return None
            return str(found.inputs[held.output]["name"])
        slot = self.faces.of(node).input(name)
        inner = definition_of(node.class_type, self.graph.subgraphs)
        ports = inner.inputs if inner else []
        kind = next((p["type"] for p in ports if p["name"] == name), slot.type if slot else "*")
        unique = unique_name(name, {str(port["name"]) for port in found.inputs})
        place = len(found.inputs)
        found.inputs.append({"name": unique, "type": kind, "widget": {"name": name}})
        self.made.add((id(found), unique))
        put_link(node, name, Link(BORDER, place))
        self.behind(found).setdefault(place, []).append((node_id, name))
        return unique

    def promote_primitive(self, found: Subgraph, primitive: str) -> str | None:
        """A promoted PrimitiveNode: its targets take from the border instead."""
        targets = [
            (node_id, name)
            for node_id, node in found.nodes.items()
            for name, link in node.links()
            if link.node == primitive and self.is_widget(node, name)
        ]
        unique: str | None = None
        value = found.nodes[primitive].inputs.get("value")
        for node_id, name in targets:
            node = found.nodes[node_id]
            del node.inputs[name]
            node.inputs[name] = node.under[name] = (
                value if value is not None else (node.under.get(name))
            )
            if unique is None:
                unique = self.promote(found, node_id, name)
            else:
                put_link(node, name, Link(BORDER, len(found.inputs) - 1))
                self.behind(found)[len(found.inputs) - 1].append((node_id, name))
        return unique

    def find(self, found: Subgraph, entry: list[Any]) -> str | None:
        """The definition's input that an entry of `proxyWidgets` means [51]."""
        node_id, name = id_of(entry[0]), entry[1]
        if node_id is None or not isinstance(name, str):
            return None
        if node_id == OWN:
            return name if any(port["name"] == name for port in found.inputs) else None
        node = found.nodes.get(node_id)
        if node is None:
            return None
        if node.class_type == "PrimitiveNode":
            return self.promote_primitive(found, node_id)
        exact = self._widget_named(node, name, id_of(entry[2]) if len(entry) > 2 else None)
        return self.promote(found, node_id, exact) if exact is not None else None

    def _widget_named(self, node: Node, name: str, whose: str | None) -> str | None:
        """The name of a widget that an entry calls by name, by "12: name", or by whose it is."""
        inner = definition_of(node.class_type, self.graph.subgraphs)
        while True:
            if inner is not None:
                found = self._inner_named(inner, name, whose)
                if found is not None:
                    return found
            elif self.is_widget(node, name):
                return name
            match = PREFIX.fullmatch(name)
            if match is None:
                return None
            whose, name = match[1], match[2]

    def _inner_named(self, inner: Subgraph, name: str, whose: str | None) -> str | None:
        for place, port in enumerate(inner.inputs):
            if "widget" not in port:
                continue
            ends = self.behind(inner).get(place, [])
            if whose is None and port["name"] == name:
                return name
            if any(end == name and whose in (None, node_id) for node_id, end in ends):
                return str(port["name"])
        return None


def read_instance(
    raw: Raw, class_type: str, found: Subgraph, ends: Mapping[int, Wire], sheet: Sheet
) -> Node:
    """An instance with its links; slots go by their names [48]. Values come in `give_values`."""
    node = Node(INSTANCE + class_type)
    dress(node, raw)
    names = _instance_names(slots(raw, "inputs"), found)
    for place, wire in sorted(ends.items()):
        node.inputs[names[place]] = source(wire, sheet)
    keep_link_ids(node, {names[place]: wire for place, wire in ends.items()})
    return node


def _instance_names(face: list[Raw], found: Subgraph) -> list[str]:
    """The definition's names for an instance's slots: by name, else by place."""
    known = [str(port["name"]) for port in found.inputs]
    names = list[str]()
    for place, name in enumerate(names_of(face)):
        if name not in known or name in names:
            spare = known[place] if place < len(known) else name
            name = spare if spare not in names else name  # noqa: PLW2901
        names.append(name)
    return names


def give_values(node_id: str, node: Node, raw: Raw, found: Subgraph, at: Promotions) -> None:
    """The values of an instance: one for each promoted input, else one for each entry of
    `proxyWidgets` [47, 51]; what is missing is left to the definition, and null in an entry."""
    values = listed(raw.get("widgets_values")) or []
    promoted = [str(port["name"]) for port in found.inputs if "widget" in port]
    own = [name for name in promoted if (id(found), name) not in at.made]
    entries = list(_entries(node))
    names = [_proxied(node_id, entry, found, at) for entry in entries]
    order = own or names
    for name, value in zip(order, _without_modes(values, len(order)), strict=False):
        if name is None or (value is None and not own):
            continue
        if isinstance(node.inputs.get(name), Link):
            node.under[name] = value
        else:
            node.inputs[name] = value
    if len(values) > len(order):
        node.extra["values"] = values
    lost = [entry for entry, name in zip(entries, names, strict=True) if name is None]
    if entries:
        _keep_entries(node, lost)


def _without_modes(values: list[Any], count: int) -> list[Any]:
    """Some files hold a mode behind each promoted seed, one value more than there are inputs."""
    if len(values) <= count:
        return values
    pairs = zip([None, *values], values, strict=False)
    return [v for before, v in pairs if v not in MODES or not isinstance(before, int | float)]


def _proxied(node_id: str, entry: list[Any], found: Subgraph, at: Promotions) -> str | None:
    name = at.find(found, entry)
    if name is None and not str(entry[1]).startswith("$$"):
        at.tell(f"promotes {entry[1]!r} of node {entry[0]}, which is not there", node_id)
    return name


def _entries(node: Node) -> Iterator[list[Any]]:
    comfy = mapping(node.extra.get("comfy"))
    held = mapping(comfy.get("properties")).get("proxyWidgets")
    for entry in cast(list[Any], held) if isinstance(held, list) else []:
        if isinstance(entry, list) and len(cast(list[Any], entry)) >= 2:
            yield cast(list[Any], entry)


def _keep_entries(node: Node, lost: list[list[Any]]) -> None:
    properties = dict(node.extra["comfy"]["properties"])
    del properties["proxyWidgets"]
    if lost:
        properties["proxyWidgets"] = lost
    node.extra["comfy"] = {**node.extra["comfy"], "properties": properties}


def fill_values(found: Subgraph, graph: Graph, at: Promotions) -> None:
    """Give instances inside what they don't say themselves: the value of the first widget [50]."""
    for node in found.nodes.values():
        fill_instance(node, graph, at)


def fill_instance(node: Node, graph: Graph, at: Promotions) -> None:
    inner = definition_of(node.class_type, graph.subgraphs)
    for place, port in enumerate(inner.inputs) if inner else ():
        name = str(port["name"])
        linked = isinstance(node.inputs.get(name), Link)
        if inner is None or name in (node.under if linked else node.inputs):
            continue
        for inner_id, end in at.behind(inner).get(place, []):
            target = inner.nodes[inner_id]
            if end in target.under:
                (node.under if linked else node.inputs)[name] = target.under[end]
                break
