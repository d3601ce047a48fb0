"""A file in the form of ComfyUI's editor, brought to one shape: 0.4 and 1.0, arrays or objects.

Whatever has not the shape it should have is told of and left out here, so that nothing after this
has to ask. Knows no node types. Numbers in brackets are the rules of tests/convert/README.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, cast

from engine.errors import FileProblem

Raw: TypeAlias = dict[str, Any]

INPUT_NODE: Final = "-10"
OUTPUT_NODE: Final = "-20"
LINK_FIELDS: Final = (
    *("id", "origin_id", "origin_slot", "target_id", "target_slot", "type"),
    "parentId",
)


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was left out, mended or guessed: where, and one sentence."""

    message: str
    node: str = ""
    field: str = ""

    def __str__(self) -> str:
        where = f"node {self.node}" if self.node else ""
        where = f"{where}, {self.field}" if where and self.field else where or self.field
        return f"{where}: {self.message}" if where else self.message


@dataclass(frozen=True, slots=True)
class Wire:
    """One link of a file. `parent` is the native reroute that it passes last."""

    id: str
    origin: str
    output: int
    target: str
    slot: int
    type: str
    parent: str | None = None


@dataclass(slots=True)
class Sheet:
    """What is drawn on one canvas: the root, or one subgraph's definition.

    inside: it is a definition. nodes: as the file has them, by ids that are each its own; rest:
    fields that have no other place here.
    """

    name: str
    inside: bool = False
    nodes: dict[str, Raw] = field(default_factory=dict[str, Raw])
    wires: dict[str, Wire] = field(default_factory=dict[str, Wire])
    inputs: list[Raw] = field(default_factory=list[Raw])
    outputs: list[Raw] = field(default_factory=list[Raw])
    groups: list[Raw] = field(default_factory=list[Raw])
    reroutes: list[Raw] = field(default_factory=list[Raw])
    rest: Raw = field(default_factory=dict[str, Any])


class Teller:
    """Collects notes; `where` stands in front of the ids of a subgraph's nodes."""

    def __init__(self) -> None:
        self.notes: list[Note] = []

    def __call__(self, message: str, node: str = "", field: str = "") -> None:
        self.notes.append(Note(message, node, field))


def sheet_of(
    document: Mapping[str, Any], tell: Teller, name: str = "", inside: bool = False
) -> Sheet:
    """One canvas. Raises `FileProblem` where `nodes` or `links` are no lists."""
    extra = dict(mapping(document.get("extra")))
    reroutes = document.get("reroutes", extra.pop("reroutes", None))
    parents = dict(_parents(extra.pop("linkExtensions", None)))
    handled = {"nodes", "links", "inputs", "outputs", "groups", "reroutes", "extra", "definitions"}
    handled |= {"name", "id"} if inside else set[str]()
    rest = {key: value for key, value in document.items() if key not in handled}
    if extra or "extra" in document:
        rest["extra"] = extra
    sheet = Sheet(
        name=name,
        inside=inside,
        inputs=_records(document.get("inputs"), f"{name} inputs", tell),
        outputs=_records(document.get("outputs"), f"{name} outputs", tell),
        groups=_records(document.get("groups"), f"{name} groups".strip(), tell),
        reroutes=_records(reroutes, f"{name} reroutes".strip(), tell),
        rest=rest,
    )
    _take_nodes(sheet, _needed(document, "nodes", name), tell)
    for entry in _needed(document, "links", name):
        wire = _wire(entry, parents)
        if wire is None:
            tell(f"the link {entry!r:.80} is damaged and was left out", field=f"{name} links")
        elif wire.id in sheet.wires:
            tell(f"two links have the id {wire.id}; the first counts", field=f"{name} links")
        else:
            sheet.wires[wire.id] = wire
    return sheet


def definitions_of(document: Mapping[str, Any], tell: Teller) -> dict[str, Raw]:
    """The subgraph definitions as the file has them, by id; they lie flat at the root [45]."""
    found = dict[str, Raw]()
    waiting = [document]
    while waiting:
        here = waiting.pop()
        listed = mapping(here.get("definitions")).get("subgraphs")
        for entry in _records(listed, "definitions", tell):
            id = entry.get("id")
            if not isinstance(id, str) or not id:
                tell("a subgraph without an id was left out", field="definitions")
            elif id in found:
                tell(f"two subgraphs have the id {id}; the first counts", field="definitions")
            else:
                found[id] = entry
                waiting.append(entry)
    return found


def _needed(document: Mapping[str, Any], field: str, name: str) -> list[Any]:
    value = document.get(field)
    if value is None:
        return []
    if not isinstance(value, list):
        where = f"subgraph {name}: " if name else ""
        raise FileProblem(f"{where}{field}: expected a list, given {type(value).__name__}")
    return cast(list[Any], value)


def _take_nodes(sheet: Sheet, listed: list[Any], tell: Teller) -> None:
    late = list[Raw]()
    for entry in listed:
        if not isinstance(entry, Mapping):
            tell(f"{entry!r:.60} is no node and was left out", field=f"{sheet.name} nodes")
            continue
        raw = dict(cast(Mapping[str, Any], entry))
        id = id_of(raw.get("id"))
        if id is None or id in sheet.nodes or id.startswith("@"):
            late.append(raw)
        else:
            sheet.nodes[id] = raw
    fresh = _fresh(sheet.nodes)
    for raw in late:
        id = next(fresh)
        tell(f"has the id {raw.get('id')!r:.40}, which is missing or taken; it is {id} now", id)
        sheet.nodes[id] = raw


def _fresh(taken: Mapping[str, Any]) -> Iterator[str]:
    numbers = (int(id) for id in taken if id.isascii() and id.isdigit() and len(id) < 16)
    last = max(numbers, default=0)
    while True:
        last += 1
        yield str(last)


def id_of(value: Any) -> str | None:
    """An id as text; ids are numbers or text [7], and a number may have a point."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return value or None
    if not isinstance(value, float):
        return None
    return str(int(value)) if value.is_integer() else str(value)


def _wire(entry: Any, parents: Mapping[str, str]) -> Wire | None:
    if isinstance(entry, list):
        values = cast(list[Any], entry)
        if len(values) < 5:
            return None
        number, origin, output, target, slot = values[:5]
        kind, parent = values[5] if len(values) > 5 else "*", None
    elif isinstance(entry, dict):
        fields = (cast(Raw, entry).get(name) for name in LINK_FIELDS)
        number, origin, output, target, slot, kind, parent = fields
    else:
        return None
    id, origin, target = id_of(number), id_of(origin), id_of(target)
    output, slot = _index(output), _index(slot)
    if id is None or origin is None or target is None or output is None:
        return None
    return Wire(
        id=id,
        origin=origin,
        output=output,
        target=target,
        slot=-1 if slot is None else slot,
        type=kind if isinstance(kind, str) else "*",
        parent=id_of(parent) or parents.get(id),
    )


def _index(value: Any) -> int | None:
    """A place counted from 0; very old files have it as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if 0 <= value < 2**31 else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 6:
        return int(value)
    sound = isinstance(value, float) and value.is_integer() and 0 <= value < 2**31
    return int(value) if sound else None


def _parents(listed: Any) -> Iterator[tuple[str, str]]:
    for entry in cast(list[Any], listed) if isinstance(listed, list) else []:
        found = mapping(entry)
        id, parent = id_of(found.get("id")), id_of(found.get("parentId"))
        if id is not None and parent is not None:
            yield id, parent


def _records(listed: Any, where: str, tell: Teller) -> list[Raw]:
    """The objects of a list; whatever else stands there is told of."""
    if listed is None:
        return []
    if not isinstance(listed, list):
        tell(f"expected a list, given {type(listed).__name__}; it was left out", field=where)
        return []
    found = list[Raw]()
    for entry in cast(list[Any], listed):
        if isinstance(entry, Mapping):
            found.append(dict(cast(Mapping[str, Any], entry)))
        else:
            tell(f"{entry!r:.60} is no object and was left out", field=where)
    return found


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is an object, else an empty one."""
    return cast(Raw, value) if isinstance(value, dict) else {}


def slots(raw: Mapping[str, Any], field: str) -> list[Raw]:
    """The sockets of a node as saved, `inputs` or `outputs`; what is no object is left out."""
    listed = raw.get(field)
    if isinstance(listed, dict):
        listed = list(cast(Raw, listed).values())
    entries = cast(list[Any], listed) if isinstance(listed, list) else []
    return [cast(Raw, slot) for slot in entries if isinstance(slot, dict)]
