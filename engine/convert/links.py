"""Which link ends at which input. The input's own word decides, not the link's.

Knows no node types. Numbers in brackets are the rules of tests/convert/README.md.
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from engine.convert.document import INPUT_NODE, OUTPUT_NODE, Raw, Sheet, Teller, Wire, id_of, slots
from engine.graph.faces import BORDER
from engine.graph.model import Link


def joined(sheet: Sheet, tell: Teller) -> dict[str, dict[int, Wire]]:
    """For each node the links that end there, by the place of the input as saved [19, 23].

    An input that names a link which is not in the list has none; a link that no input names is
    put back where it says it ends, if that input is free.
    """
    found, named = dict[str, dict[int, Wire]](), set[str]()
    faces = {id: slots(raw, "inputs") for id, raw in sheet.nodes.items()}
    for id, face in faces.items():
        found[id] = ends = {}
        for place, slot in enumerate(face):
            link = id_of(slot.get("link"))
            if link is None:
                continue
            if link in sheet.wires:
                ends[place] = sheet.wires[link]
                named.add(link)
            else:
                tell(f"names the link {link}, which is not in the list", id, _name(slot, place))
    for wire in sheet.wires.values():
        if wire.id not in named and wire.target != OUTPUT_NODE:
            _put_back(wire, faces, found, tell)
    return found


def _put_back(
    wire: Wire,
    faces: Mapping[str, list[Raw]],
    found: dict[str, dict[int, Wire]],
    tell: Teller,
) -> None:
    face = faces.get(wire.target)
    if face is None:
        tell(f"the link {wire.id} leads to node {wire.target}, which is not in the file")
    elif not 0 <= wire.slot < len(face):
        tell(f"the link {wire.id} leads to input {wire.slot}, which is not there", wire.target)
    elif wire.slot in found[wire.target]:
        tell(
            f"the link {wire.id} leads here too, but the input names another",
            wire.target,
            _name(face[wire.slot], wire.slot),
        )
    else:
        found[wire.target][wire.slot] = wire


def _name(slot: Mapping[str, Any], place: int) -> str:
    name = slot.get("name")
    return name if isinstance(name, str) and name else f"input {place}"


def source(wire: Wire, sheet: Sheet) -> Link:
    """Where a link comes from; inside a definition the border is a source too [46]."""
    if sheet.inside and wire.origin == INPUT_NODE:
        return Link(BORDER, wire.output)
    return Link(wire.origin, wire.output)


def given_out(sheet: Sheet) -> Iterator[tuple[int, Wire]]:
    """For each output of a definition the link that makes it: the one it names, else the first."""
    ends = dict[int, Wire]()
    for wire in sheet.wires.values():
        if wire.target == OUTPUT_NODE:
            ends.setdefault(wire.slot, wire)
    for place, port in enumerate(sheet.outputs):
        listed: Any = port.get("linkIds")
        ids = [id_of(link) for link in cast(list[Any], listed)] if isinstance(listed, list) else []
        named = (sheet.wires.get(id) for id in ids if id is not None)
        wire = next((w for w in named if w is not None and w.target == OUTPUT_NODE), None)
        wire = wire or ends.get(place)
        if wire is not None:
            yield place, wire
