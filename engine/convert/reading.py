"""Read a workflow in the form of ComfyUI's editor, 0.4 or 1.0, into a `Graph`. Nothing is lost:
what a graph has no room for stays in `extra`.

Numbers in brackets are the rules of tests/convert/README.md.
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from engine.convert.document import (
    OUTPUT_NODE,
    Note,
    Raw,
    Sheet,
    Teller,
    Wire,
    definitions_of,
    id_of,
    mapping,
    sheet_of,
    slots,
)
from engine.convert.groups import opened
from engine.convert.library import Library
from engine.convert.links import joined
from engine.convert.nodes import Desk, is_note, names_of, read_node, read_note, type_of
from engine.convert.nodes import pair_of as pair
from engine.convert.subgraphs import (
    Promotions,
    definition,
    fill_instance,
    fill_values,
    give_values,
    nested_first,
    read_instance,
)
from engine.graph.model import Graph, Node, Subgraph
from engine.graph.virtual import EVERYWHERE


def read_ui(document: Mapping[str, Any], library: Library) -> tuple[Graph, list[Note]]:
    """The graph that a file draws, and what there is to say about how it was read.

    Raises `FileProblem` where the file is not of this form at all.
    """
    tell = Teller()
    document = opened(document, library, tell)
    reader = _Reader(document, library, tell)
    reader.read()
    return reader.graph, tell.notes


class _Reader:
    def __init__(self, document: Mapping[str, Any], library: Library, tell: Teller) -> None:
        self.library, self.tell, self.graph = library, tell, Graph()
        self.raw = definitions_of(document, tell)
        self.root = sheet_of(document, tell)
        self.sheets = {
            id: sheet_of(raw, tell, str(raw.get("name") or id), inside=True)
            for id, raw in self.raw.items()
        }
        self.at = Promotions(self.graph, library.sockets, tell)
        more = {k: v for k, v in mapping(document.get("definitions")).items() if k != "subgraphs"}
        self.rest = {**self.root.rest, **({"definitions": more} if more else {})}

    def read(self) -> None:
        graph = self.graph
        for id, sheet in self.sheets.items():
            graph.subgraphs[id] = definition(sheet, self.raw[id])
        uses = {id: self._instances(sheet) for id, sheet in self.sheets.items()}
        order = nested_first(uses)
        for id in order:
            found = graph.subgraphs[id]
            self._draw(self.sheets[id], found)
            self.at.mark(found)
        extra = dict(mapping(self.rest.get("extra")))
        graph.extra |= mapping(extra.pop("easel", None))
        graph.extra["comfy"] = {**self.rest, "extra": extra}
        self._draw(self.root, graph)
        for id in order:
            fill_values(graph.subgraphs[id], graph, self.at)
        for node in graph.nodes.values():
            fill_instance(node, graph, self.at)

    def _instances(self, sheet: Sheet) -> list[str]:
        return [kind for raw in sheet.nodes.values() if (kind := type_of(raw)) in self.raw]

    def _draw(self, sheet: Sheet, into: Graph | Subgraph) -> None:
        """Everything on one canvas."""
        ends = joined(sheet, self.tell)
        for id, raw in sheet.nodes.items():
            if is_note(raw):
                into.notes[id] = read_note(raw)
            else:
                into.nodes[id] = self._node(id, raw, ends[id], sheet)
        _tell_of_missing(into, self.tell)
        into.groups.update(_groups(sheet))
        into.reroutes.update(_reroutes(sheet, ends, into))
        fed = dict(_everywhere(sheet, into))
        if fed:
            into.extra["everywhere"] = fed

    def _node(self, id: str, raw: Raw, ends: Mapping[int, Wire], sheet: Sheet) -> Node:
        kind = type_of(raw)
        found = self.graph.subgraphs.get(kind)
        if found is None:
            return read_node(id, raw, ends, Desk(sheet, self.library, self.tell))
        node = read_instance(raw, kind, found, ends, sheet)
        give_values(id, node, raw, found, self.at)
        return node


def _tell_of_missing(into: Graph | Subgraph, tell: Teller) -> None:
    for id, node in into.nodes.items():
        for name, link in node.links():
            if link.node not in into.nodes and not link.node.startswith("@"):
                tell(f"comes from node {link.node}, which is not in the file", id, name)


def _groups(sheet: Sheet) -> Iterator[tuple[str, Raw]]:
    taken = set[str]()
    for place, group in enumerate(sheet.groups, 1):
        id = id_of(group.get("id")) or str(place)
        while id in taken:
            id += "+"
        taken.add(id)
        kept = {k: v for k, v in group.items() if k not in ("title", "bounding", "color", "id")}
        found: Raw = {"title": str(group.get("title", ""))}
        if "bounding" in group:
            found["box"] = group["bounding"]
        if "color" in group:
            found["colour"] = group["color"]
        yield id, {**found, **({"comfy": kept} if kept else {})}


def _reroutes(
    sheet: Sheet, ends: Mapping[str, Mapping[int, Wire]], into: Graph | Subgraph
) -> Iterator[tuple[str, Raw]]:
    """Native reroutes: points that links pass; they change nothing [34].

    `input` is the end of the first link through one, `also` those of the others, `before` the
    reroute that its links pass before it.
    """
    known = {id: raw for raw in sheet.reroutes if (id := id_of(raw.get("id"))) is not None}
    passing: dict[str, list[str]] = {id: [] for id in known}
    for place, wire in _ends(sheet, ends, into):
        here, seen = wire.parent, set[str]()
        while here in known and here not in seen:
            seen.add(here)
            passing[here].append(place)
            here = id_of(known[here].get("parentId"))
    for id, raw in known.items():
        kept = {k: v for k, v in raw.items() if k not in ("id", "pos", "parentId", "linkIds")}
        through = passing[id]
        found: Raw = {"input": through[0] if through else "", "place": pair(raw.get("pos"))}
        found["before"] = id_of(raw.get("parentId"))
        yield id, {**found, **({"also": through[1:]} if through[1:] else {}), **kept}


def _ends(
    sheet: Sheet, ends: Mapping[str, Mapping[int, Wire]], into: Graph | Subgraph
) -> Iterator[tuple[str, Wire]]:
    """Every link that passes a reroute, with where it ends: "NODE/INPUT"."""
    for id, wires in ends.items():
        if id in into.nodes and any(wire.parent for wire in wires.values()):
            names = names_of(slots(sheet.nodes[id], "inputs"))
            yield from ((f"{id}/{names[place]}", wire) for place, wire in wires.items())
    outputs = into.outputs if isinstance(into, Subgraph) else []
    for wire in sheet.wires.values():
        if wire.target == OUTPUT_NODE and 0 <= wire.slot < len(outputs):
            yield f"@out/{outputs[wire.slot]['name']}", wire


def _everywhere(sheet: Sheet, into: Graph | Subgraph) -> Iterator[tuple[str, list[Any]]]:
    """The links that the file says its Use-Everywhere nodes made: "NODE/INPUT" to a source."""
    listed = mapping(sheet.rest.get("extra")).get("ue_links")
    senders = {id for id, node in into.nodes.items() if node.class_type in EVERYWHERE}
    senders |= {id for id, node in into.nodes.items() if node.class_type == "Seed Everywhere"}
    for entry in cast(list[Any], listed) if isinstance(listed, list) else []:
        said = mapping(entry)
        target, origin = id_of(said.get("downstream")), id_of(said.get("upstream"))
        place, output = said.get("downstream_slot"), id_of(said.get("upstream_slot"))
        if (
            target not in into.nodes
            or origin is None
            or id_of(said.get("controller")) not in senders
        ):
            continue
        names = names_of(slots(sheet.nodes[target], "inputs"))
        if not isinstance(place, int) or not 0 <= place < len(names) or output is None:
            continue
        if names[place] not in into.nodes[target].inputs and output.isdigit():
            yield f"{target}/{names[place]}", [origin, int(output)]
