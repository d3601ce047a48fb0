"""One open document: its true state, its edits in the server's order, and who looks at it.

Nothing here waits or writes; what is told waits for what is written, by way of `after`.
"""

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from engine.graph.edits import Applied, Json, apply
from engine.graph.text import parsed
from engine.server import frames
from engine.server.answers import encoded
from engine.server.document_files import Mark
from engine.server.peer import Peer
from engine.store.documents import EDITS, Edit, Saved

FILE: Final = "file"
"""The client whose edits are changes that somebody else made to the file."""

SERVER: Final = "server"
"""The client whose edits are what a run does to its seeds."""


@dataclass(eq=False)
class Document:
    """content: `easel/1`, at `rev`. base: as its file has it; digest, mark: of that file.

    viewers: sockets that look at it, each with its last `presence`. dirty: edits wait to be saved.
    astray: an edit could not be written; what makes it again what is written.
    """

    name: str
    epoch: str
    rev: int
    content: Json
    base: Json
    digest: str = ""
    mark: Mark | None = None
    edits: list[Edit] = field(default_factory=list[Edit])
    viewers: dict[Peer, Json] = field(default_factory=dict[Peer, Json])
    dirty: bool = False
    dirty_since: float = 0.0
    used: float = 0.0
    size: int = 0
    closed: bool = False
    saving: asyncio.Lock = field(default_factory=asyncio.Lock)
    due: asyncio.TimerHandle | None = None
    checking: bool = False
    astray: "asyncio.Task[None] | None" = None
    _seen: dict[tuple[str, int], Edit] = field(default_factory=dict[tuple[str, int], Edit])
    _last: "asyncio.Future[Any] | None" = None

    @property
    def held(self) -> bool:
        """Whether it stands for something, file or not: somebody looks at it, or has edited it."""
        return bool(self.viewers) or self.dirty

    @property
    def untouched(self) -> bool:
        """Whether it is as it began, and no file has it."""
        return self.rev == 0 and not self.digest

    def restore(self, saved: Saved, edits: Sequence[Edit]) -> None:
        """Become what was saved with the edits that followed."""
        content: Json = parsed(saved.content)
        self.edits, self._seen = list(edits), {(e.client, e.clock): e for e in edits}
        self.epoch, self.rev = saved.epoch, saved.rev
        for edit in edits:
            if edit.rev > saved.rev:
                apply(content, parsed(b'{"ops":' + edit.ops + b"}")["ops"])
                self.rev = edit.rev
        self.content, self.size = content, len(saved.content)

    def known(self, client: str, clock: int) -> Edit | None:
        """The edit of that client and clock, if it took effect before."""
        return self._seen.get((client, clock))

    def take(self, client: str, clock: int, ops: Sequence[Json]) -> tuple[Edit, Applied]:
        """Apply an edit and number it. Raises `EditRefused`."""
        applied = apply(self.content, ops)
        self.rev += 1
        edit = Edit(self.rev, client, clock, encoded(applied.ops))
        self.edits.append(edit)
        self._seen[client, clock] = edit
        if len(self.edits) > 2 * EDITS:
            for old in self.edits[:-EDITS]:
                self._seen.pop((old.client, old.clock), None)
            del self.edits[:-EDITS]
        self.size += len(edit.ops)
        return edit, applied

    def wrote(self, write: "asyncio.Future[Any]") -> None:
        """What is told from here on waits for this write."""
        self._last = write

    def after(self, tell: Callable[[], None]) -> None:
        """Call `tell` once all that has been taken so far is written."""
        if self._last is None or self._last.done():
            tell()
        else:
            self._last.add_done_callback(lambda _: tell())

    async def written(self) -> bool:
        """Wait until all that was taken is written; False if it could not be.

        What is in it at the moment of a True is on disk, all of it.
        """
        while self._last is not None and not self._last.done():
            await asyncio.wait((self._last,))
        last = self._last
        return last is None or not (last.cancelled() or last.exception())

    def since(self, rev: int) -> list[Edit] | None:
        """The edits after `rev`; None if they are not all here."""
        first = self.edits[0].rev if self.edits else self.rev + 1
        if not first - 1 <= rev <= self.rev:
            return None
        return self.edits[bisect_right(self.edits, rev, key=lambda edit: edit.rev) :]

    def opened(self, rev: int | None, epoch: str | None) -> bytes:
        """The message for who opens it: what was missed since `rev`, or the whole graph."""
        data: Json = {"doc": self.name, "rev": self.rev, "epoch": self.epoch}
        missed = self.since(rev) if rev is not None and epoch in (None, self.epoch) else None
        if missed is None:
            data["graph"] = orjson.Fragment(encoded(self.content))
        else:
            data["batches"] = [_told(edit) for edit in missed]
        return frames.message("opened", data)

    def tell(self, data: bytes, but: Peer | None = None) -> None:
        """Send a frame to all who look at it."""
        for peer in list(self.viewers):
            if peer is not but:
                peer.send(data)


def edited(name: str, edit: Edit, skipped: Sequence[str] = ()) -> bytes:
    """The message that an edit took effect."""
    more = {"skipped": list(skipped)} if skipped else {}
    return frames.message("edited", {"doc": name, **_told(edit), **more})


def refused(name: str, client: str, clock: int, message: str, path: str = "") -> bytes:
    """The message that an edit did not take effect, and why."""
    said = {"client": client, "clock": clock, "path": path, "message": message}
    return frames.message("refused", {"doc": name, **said})


def _told(edit: Edit) -> Json:
    return {
        "rev": edit.rev,
        "client": edit.client,
        "clock": edit.clock,
        "ops": orjson.Fragment(edit.ops),
    }
