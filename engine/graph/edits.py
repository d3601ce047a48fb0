"""Edits of a workflow as data: ops on an `easel/1` object, applied whole or refused whole.

An op is `{op, path, value?, was?}`; a path names a node, group, note, reroute or subgraph, or a
field of one (`nodes/k3f9x2ab/inputs/seed`); `~1` stands for a slash in a name, `~0` for `~`.
`add` wants nothing at its path, `remove` something, `set` puts a value in a field whatever was
there. An op with `was` is an undo: it is passed over, and named, unless its path still holds that
(null: nothing). Plain data in and out, so that Python and JavaScript say the same of one edit.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, cast

from engine.errors import EditRefused, FileProblem
from engine.graph.files import FORMAT, read

Json: TypeAlias = dict[str, Any]
Path: TypeAlias = tuple[str, ...]

MOST_OPS: Final = 50_000
LONGEST: Final = 300  # letters of one part of a path
RECORDS: Final = ("nodes", "groups", "notes", "reroutes", "subgraphs")
CANVAS: Final = ("nodes", "groups", "notes", "reroutes")
MAPPINGS: Final = ("inputs", "after_run", "look", "under")
EXTRA: Final = "extra"
_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Applied:
    """What an edit did. ops: those that took effect; undo: ops that take them back, in order;
    skipped: paths of those that were passed over."""

    ops: list[Json]
    undo: list[Json]
    skipped: list[str]


def empty() -> Json:
    """A workflow without anything in it."""
    return {"format": FORMAT, "nodes": {}}


def parts_of(path: str) -> Path:
    """The parts of a path. Raises `EditRefused` where it names nothing that can be edited."""
    parts = tuple(part.replace("~1", "/").replace("~0", "~") for part in path.split("/"))
    if any(not part or len(part) > LONGEST for part in parts):
        raise EditRefused(path[:LONGEST], "a part of the path is empty or too long")
    inner = parts[2:] if parts[0] == "subgraphs" and len(parts) > 2 else parts
    if not _is_place(inner, nested=inner is not parts):
        raise EditRefused(path[:LONGEST], "the path names nothing that can be edited")
    return parts


def path_of(*parts: str) -> str:
    """The path of these parts."""
    return "/".join(part.replace("~", "~0").replace("/", "~1") for part in parts)


def _is_place(parts: Path, *, nested: bool) -> bool:
    """Whether parts (inside a subgraph: those behind its id) are a record or a field of one."""
    head, length = parts[0], len(parts)
    if head == EXTRA and not nested:
        return length == 2
    if head in CANVAS and length >= 2:
        deep = head == "nodes" and length == 4 and parts[2] in MAPPINGS
        return length in (2, 3) or deep
    if nested:
        return length == 1 and head not in RECORDS
    return head == "subgraphs" and length == 2


def read_ops(given: Any) -> list[Json]:
    """The ops of an edit, each of the right shape. Raises `EditRefused`."""
    if not isinstance(given, list):
        raise EditRefused("", "ops must be a list")
    ops = cast("list[Json]", given)
    if len(ops) > MOST_OPS:
        raise EditRefused("", f"an edit has at most {MOST_OPS:,} ops")
    for op in ops:
        if type(op) is not dict or op.get("op") not in ("add", "remove", "set"):
            raise EditRefused("", "an op is an object whose op is add, remove or set")
        if not isinstance(op.get("path"), str):
            raise EditRefused("", "an op needs a path")
        if op["op"] != "remove" and "value" not in op:
            raise EditRefused(op["path"][:LONGEST], f"{op['op']} needs a value")
    return ops


def apply(document: Json, ops: Sequence[Json]) -> Applied:
    """Apply an edit to `document` in place. Raises `EditRefused`; nothing has changed then."""
    edit = _Edit(document)
    try:
        for op in ops:
            edit.take(op)
        edit.check()
    except EditRefused:
        edit.take_back()
        raise
    edit.undo.reverse()
    return Applied(edit.done, edit.undo, edit.skipped)


@dataclass(slots=True)
class _Edit:
    document: Json
    done: list[Json] = field(default_factory=list[Json])
    undo: list[Json] = field(default_factory=list[Json])
    skipped: list[str] = field(default_factory=list[str])
    records: dict[Path, str] = field(default_factory=dict[Path, str])
    before: dict[int, tuple[Json, Json]] = field(default_factory=dict[int, tuple[Json, Json]])

    def take(self, op: Json) -> None:
        path: str = op["path"]
        parts = parts_of(path)
        holder = self.holder(parts, make=False)
        held: Any = _ABSENT if holder is None else holder.get(parts[-1], _ABSENT)
        stale = "was" in op and not _same(op["was"], held)
        if holder is None and not stale:
            holder = self.holder(parts, make=op["op"] != "remove")
        if stale or ("was" in op and holder is None):
            self.skipped.append(path)
            return
        if holder is None:
            raise EditRefused(path, f"there is no {'/'.join(parts[:-1])}")
        if op["op"] == "remove":
            if held is _ABSENT:
                raise EditRefused(path, "there is nothing to remove")
            self.keep(holder)
            del holder[parts[-1]]
            self.prune(parts)
        else:
            self.put(op, parts, holder, held)
        self.note(op, parts, held)

    def put(self, op: Json, parts: Path, holder: Json, held: Any) -> None:
        if op["op"] == "add" and held is not _ABSENT:
            raise EditRefused(op["path"], "something is there already")
        if op["op"] == "set" and held is _ABSENT and _is_record(parts) and "was" not in op:
            raise EditRefused(op["path"], "it is not there; add makes it")
        self.keep(holder)
        holder[parts[-1]] = deepcopy(op["value"])

    def note(self, op: Json, parts: Path, held: Any) -> None:
        """Remember what was done, and how it is taken back."""
        path, kind = op["path"], op["op"]
        self.done.append({key: value for key, value in op.items() if key != "was"})
        value = op["value"] if kind != "remove" else None
        if held is _ABSENT:
            self.undo.append({"op": "remove", "path": path, "was": value})
        else:
            back = "add" if kind == "remove" else "set"
            self.undo.append({"op": back, "path": path, "value": held, "was": value})
        record = record_of(parts)
        if record is not None:
            self.records[record] = path

    def holder(self, parts: Path, *, make: bool) -> Json | None:
        """The object that holds the last part; None if what it belongs to is not there."""
        here: Any = self.document
        for depth, part in enumerate(parts[:-1], 1):
            inner = here.get(part, _ABSENT)
            if inner is _ABSENT:
                if not make or not _all_may_be_made(parts, depth):
                    return None
                self.keep(here)
                inner = here[part] = {}
            if not isinstance(inner, dict):
                return None
            here = cast(Json, inner)
        return cast(Json, here)

    def prune(self, parts: Path) -> None:
        """Leave no empty object where absent means the same."""
        for depth in (len(parts) - 1, len(parts) - 2):
            if depth < 1 or not _may_be_made(parts[:depth]) or parts[:depth][-1] == "nodes":
                return
            above = self.holder(parts[:depth], make=False)
            if above is None or above.get(parts[depth - 1]) != {}:
                return
            self.keep(above)
            del above[parts[depth - 1]]

    def keep(self, holder: Json) -> None:
        """Remember an object before it changes."""
        self.before.setdefault(id(holder), (holder, dict(holder)))

    def take_back(self) -> None:
        for holder, was in self.before.values():
            holder.clear()
            holder.update(was)

    def check(self) -> None:
        """See that everything that was touched can still be read."""
        for record, path in self.records.items():
            holder = self.holder(record, make=False)
            if holder is None or record[-1] not in holder:
                continue
            try:
                read(_alone(record, holder[record[-1]]))
            except FileProblem as problem:
                raise EditRefused(path, str(problem)) from None


def record_of(parts: Path) -> Path | None:
    """The record that a path is in: a node, group, note, reroute, or a subgraph's own fields."""
    if parts[0] == EXTRA:
        return None
    if parts[0] != "subgraphs" or len(parts) <= 3:
        return parts[:2]
    return parts[:4]


def _is_record(parts: Path) -> bool:
    return record_of(parts) == parts


def _may_be_made(parts: Path) -> bool:
    """Whether an object at this place is made when something is put into it."""
    if parts[0] == "subgraphs" and len(parts) > 2:
        parts = parts[2:]
    if len(parts) == 1:
        return parts[0] in (*RECORDS, EXTRA)
    return len(parts) == 3 and parts[0] == "nodes" and parts[2] in MAPPINGS


def _all_may_be_made(parts: Path, depth: int) -> bool:
    """Whether every object from this depth down to the last part may be made."""
    return all(_may_be_made(parts[:at]) for at in range(depth, len(parts)))


def _alone(record: Path, value: Any) -> Json:
    """A document with nothing but this record in it, at its place."""
    found: Any = {record[-1]: value}
    if record[0] == "subgraphs" and len(record) == 2:
        return {"format": FORMAT, "subgraphs": found}
    if record[0] == "subgraphs":
        return {"format": FORMAT, "subgraphs": {record[1]: {record[2]: found}}}
    return {"format": FORMAT, record[0]: found}


def _same(was: Any, held: Any) -> bool:
    """Whether a path holds what an undo expects; nothing and null are one."""
    if held is _ABSENT or held is None:
        return was is None
    return _equal(was, held)


def _equal(one: Any, other: Any) -> bool:
    """Equality as JSON has it: true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        mine, theirs = cast(Json, one), cast(Json, other)
        return mine.keys() == theirs.keys() and all(_equal(mine[k], theirs[k]) for k in mine)
    if isinstance(one, list) and isinstance(other, list):
        first, second = cast("list[Any]", one), cast("list[Any]", other)
        if len(first) != len(second):
            return False
        return all(_equal(a, b) for a, b in zip(first, second, strict=True))
    return bool(one == other)


def difference(old: Json, new: Json) -> list[Json]:
    """Ops that turn `old` into `new`, each with what it expects to find."""
    ops = list(_canvas((), old, new))
    before, after = _of(old, "subgraphs"), _of(new, "subgraphs")
    for id in [*before, *(id for id in after if id not in before)]:
        where = ("subgraphs", id)
        if id not in before or id not in after:
            ops += _field(where, before, after, id)
            continue
        ops += _canvas(where, before[id], after[id])
        for name in sorted({*before[id], *after[id]} - {*CANVAS}):
            ops += _field((*where, name), before[id], after[id], name)
    extra_before, extra_after = _of(old, EXTRA), _of(new, EXTRA)
    for name in sorted({*extra_before, *extra_after}):
        ops += _field((EXTRA, name), extra_before, extra_after, name)
    return ops


def _canvas(where: Path, old: Json, new: Json) -> Iterator[Json]:
    for kind in CANVAS:
        before, after = _of(old, kind), _of(new, kind)
        for id in [*before, *(id for id in after if id not in before)]:
            here = (*where, kind, id)
            if id not in before or id not in after:
                yield from _field(here, before, after, id)
                continue
            for name in sorted({*before[id], *after[id]}):
                if kind == "nodes" and name in MAPPINGS:
                    inner, outer = _of(before[id], name), _of(after[id], name)
                    for key in sorted({*inner, *outer}):
                        yield from _field((*here, name, key), inner, outer, key)
                else:
                    yield from _field((*here, name), before[id], after[id], name)


def _field(where: Path, old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> Iterator[Json]:
    path = path_of(*where)
    if key not in new:
        yield {"op": "remove", "path": path, "was": old[key]}
    elif key not in old:
        yield {"op": "add", "path": path, "value": new[key], "was": None}
    elif not _equal(old[key], new[key]):
        yield {"op": "set", "path": path, "value": new[key], "was": old[key]}


def _of(holder: Mapping[str, Any], key: str) -> Json:
    found: Any = holder.get(key)
    return cast(Json, found) if isinstance(found, dict) else {}
