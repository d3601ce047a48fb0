"""A client's copy of a document: the server's state with one's own pending edits on top.

Follows the server's messages and says what is to be sent; knows no socket. It goes on while the
line is cut, and agrees with the server when it is back. Undo is one's own.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final

from engine.errors import EditRefused
from engine.graph.edits import Json, apply, empty, read_ops

FILE: Final = "file"  # the author of changes that somebody made to the document's file


def _nothing() -> None:
    """Nobody looks."""


@dataclass(slots=True)
class Batch:
    """One gesture that the server has not answered yet."""

    clock: int
    ops: list[Json]
    skipped: list[str]


@dataclass(eq=False)
class Replica:
    """A document as one client has it.

    graph: what to show: the confirmed state with the pending edits on top. refusals: edits that
    the server did not take, each with its reason. skipped: paths that an undo found changed.
    live: the server has shown it and hears of edits at once. failure: why it can't be opened.
    """

    name: str
    author: str
    send: Callable[[str, Json], None]
    clock: int = 0
    rev: int = 0
    epoch: str | None = None
    live: bool = False
    confirmed: Json = field(default_factory=empty)
    graph: Json = field(default_factory=empty)
    pending: list[Batch] = field(default_factory=list[Batch])
    refusals: list[Json] = field(default_factory=list[Json])
    skipped: list[str] = field(default_factory=list[str])
    failure: str = ""
    problems: list[Json] = field(default_factory=list[Json])
    people: dict[str, Json] = field(default_factory=dict[str, Json])
    changed: Callable[[], None] = _nothing
    _undo: list[list[Json]] = field(default_factory=list[list[Json]])
    _redo: list[list[Json]] = field(default_factory=list[list[Json]])
    _opened: asyncio.Event = field(default_factory=asyncio.Event)
    _settled: asyncio.Event = field(default_factory=asyncio.Event)

    # Editing

    def set(self, path: str, value: Any) -> None:
        """Put a value in a field: `nodes/3/inputs/seed`, `nodes/3/look/title` ..."""
        self.edit([{"op": "set", "path": path, "value": value}])

    def add(self, path: str, value: Json) -> None:
        """Add a node, group, note, reroute or subgraph."""
        self.edit([{"op": "add", "path": path, "value": value}])

    def remove(self, path: str) -> None:
        """Take something out."""
        self.edit([{"op": "remove", "path": path}])

    def edit(self, ops: Sequence[Json]) -> None:
        """One gesture of several ops. Raises `EditRefused` if it doesn't fit what is shown."""
        undo = self._send(read_ops(list(ops)))
        if undo:
            self._undo.append(undo)
            self._redo.clear()

    def undo(self) -> bool:
        """Take back the last gesture of one's own; False if there is none left.

        What others have changed since stays, and is named in `skipped`.
        """
        return self._back(self._undo, self._redo)

    def redo(self) -> bool:
        """Do again what was taken back last."""
        return self._back(self._redo, self._undo)

    def _back(self, source: list[list[Json]], target: list[list[Json]]) -> bool:
        if not source:
            return False
        undo = self._send(source.pop())
        if undo:
            target.append(undo)
        return True

    def _send(self, ops: list[Json]) -> list[Json]:
        applied = apply(self.graph, ops)
        self.skipped += applied.skipped
        if not applied.ops:
            return []
        self.clock += 1
        batch = Batch(self.clock, ops, applied.skipped)
        self.pending.append(batch)
        if self.live:
            self.send("edit", self._message(batch))
        self.changed()
        return applied.undo

    def _message(self, batch: Batch) -> Json:
        return {
            "doc": self.name,
            "client": self.author,
            "clock": batch.clock,
            "ops": batch.ops,
        }

    async def settled(self) -> None:
        """Wait until the server has answered every edit."""
        while self.pending:
            self._settled.clear()
            await self._settled.wait()

    # Hearing

    def hear(self, type: str, data: Json) -> None:
        """Follow what the server says of this document."""
        match type:
            case "opened":
                self._begin(data)
            case "edited":
                self._take(data)
            case "refused" if data.get("client") == self.author:
                self._drop(data)
            case "error" if not self.epoch:
                self.failure = str(data.get("message"))
                self._opened.set()
            case "problems":
                self.problems = data["items"]
            case "presence":
                self._meet(data)
            case _:
                return
        self.changed()

    def ask_again(self) -> None:
        """The line is back: ask for what was missed; `opened` then sends the pending edits."""
        known = {"rev": self.rev, "epoch": self.epoch} if self.epoch else {}
        self.live = False
        self.send("open", {"doc": self.name, **known})

    def _begin(self, data: Json) -> None:
        if "graph" in data:
            self.confirmed, self.rev = data["graph"], data["rev"]
        for batch in data.get("batches", ()):
            self._confirm(batch)
        self.epoch = data["epoch"]
        self._replay()
        self.live = True
        for batch in self.pending:
            self.send("edit", self._message(batch))
        self._opened.set()

    def _take(self, data: Json) -> None:
        if data["rev"] <= self.rev:  # a repeated edit is acknowledged
            self._acknowledge(data)
        elif data["rev"] == self.rev + 1:
            self._confirm(data)
        else:
            self.ask_again()
            return
        self._replay()

    def _confirm(self, data: Json) -> None:
        if data["rev"] <= self.rev:
            return
        applied = apply(self.confirmed, data["ops"])
        self.rev = data["rev"]
        if data["client"] == FILE:
            self._undo.append(applied.undo)
        self._acknowledge(data)

    def _acknowledge(self, data: Json) -> None:
        if data["client"] != self.author:
            return
        for batch in self.pending:
            if batch.clock == data["clock"]:
                told = data.get("skipped", ())
                self.skipped += [path for path in told if path not in batch.skipped]
        self.pending = [one for one in self.pending if one.clock != data["clock"]]

    def _drop(self, data: Json) -> None:
        self.refusals.append(data)
        self.pending = [one for one in self.pending if one.clock != data["clock"]]
        self._replay()

    def _replay(self) -> None:
        """The confirmed state with the pending edits on top; those that don't fit any more wait
        for the server to refuse them."""
        self.graph = deepcopy(self.confirmed)
        for batch in self.pending:
            with suppress(EditRefused):
                apply(self.graph, batch.ops)
        if not self.pending:
            self._settled.set()

    def _meet(self, data: Json) -> None:
        who = str(data.get("client"))
        if data.get("gone"):
            self.people.pop(who, None)
        else:
            self.people[who] = data

    async def opened(self) -> None:
        """Wait until the server has shown it."""
        await self._opened.wait()
