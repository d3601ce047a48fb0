"""Which node types there are: ours from their file, those of packs from a worker.

What a worker told of packs is kept in a file, which counts until a pack's files change. Knows
specs; never imports a node.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from engine.folders import Folders, PathError, python_files
from engine.graph.atomic import write_atomically
from engine.server.answers import encoded
from engine.server.brought import Brought
from engine.spec import library
from engine.spec.info import object_info
from engine.spec.node import NodeSpec
from engine.workers.protocol import Ready

if TYPE_CHECKING:
    from engine.convert.library import Library

PATIENCE: Final = 60.0  # seconds that a worker may take to tell of its packs

_log = logging.getLogger(__name__)


class Catalogue:
    """Node types by name. declared: reads our own; called on a thread."""

    def __init__(self, folders: Folders, declared: Callable[[], Mapping[str, NodeSpec]]) -> None:
        self.packs = Brought()
        self.settled = asyncio.Event()
        self._folders, self._declared = folders, declared
        self._file = folders.user / "cache" / "packs.json"
        self._specs = dict[str, NodeSpec]()
        self._opened: asyncio.Task[None] | None = None
        self._library: Library | None = None
        self._webs: tuple[Brought, Mapping[str, Path]] | None = None
        self._said = set[tuple[str, str]]()

    def open(self) -> None:
        """Begin to read; whoever asks before that is done waits."""
        self._opened = asyncio.get_running_loop().create_task(self._open())

    async def specs(self, wanted: Iterable[str] | None = None) -> Mapping[str, NodeSpec]:
        """All types. Waits for packs (60 s at most) if one of `wanted` (None: any) is missing."""
        if self._opened is not None and not self._opened.done():
            await asyncio.shield(self._opened)
        if not self.settled.is_set() and (
            wanted is None or any(name not in self._specs for name in wanted)
        ):
            try:
                await asyncio.wait_for(self.settled.wait(), PATIENCE)
            except TimeoutError:
                _log.warning("No worker has told of its packs yet; they are left out.")
        return self._specs

    async def library(self) -> Library:
        """The same for what converts workflows."""
        from engine.convert.library import Library  # late: it makes the start longer

        specs = await self.specs(())
        if self._library is None:
            self._library = Library(specs, listed=self._listed)
        return self._library

    async def info(self, name: str | None = None) -> bytes:
        """`GET /object_info`, of all types or of one."""
        specs = await self.specs(None if name is None else (name,))
        chosen = specs.values() if name is None else [specs[name]] if name in specs else []
        return await asyncio.to_thread(_info, list(chosen), self._folders)

    async def webs(self) -> Mapping[str, Path]:
        """The folders of JavaScript by pack; looked for once after a worker has told of them."""
        await self.specs()
        brought = self.packs
        if self._webs is None or self._webs[0] is not brought:
            found = await asyncio.to_thread(_webs, brought.webs, self._folders)
            self._webs = (brought, found)
        return self._webs[1]

    async def heard(self, ready: Ready) -> None:
        """A worker tells of its packs."""
        await self.specs(())
        packs = await asyncio.to_thread(library.read, ready.specs.decode())
        self._take(packs, Brought.by(ready))
        for failure in ready.failed.items():
            if failure not in self._said:
                self._said.add(failure)
                _log.warning("The pack %s is left out: %s", *failure)
        await asyncio.to_thread(self._keep, ready)

    async def _open(self) -> None:
        ours, kept = await asyncio.to_thread(self._read)
        self._specs = dict(ours)
        if kept is not None:
            self._take(*kept)

    def _read(self) -> tuple[Mapping[str, NodeSpec], tuple[Mapping[str, NodeSpec], Brought] | None]:
        """Our types, and those of packs if they are known for sure."""
        ours, mark = self._declared(), _mark(self._folders)
        if not mark:
            return ours, ({}, Brought())
        try:
            kept: Any = orjson.loads(self._file.read_bytes())
            if kept["mark"] == mark:
                return ours, (library.read(kept["specs"]), Brought(**kept["brought"]))
        except (OSError, ValueError, KeyError, TypeError):
            pass  # there is none, or an older version wrote it
        return ours, None

    def _take(self, packs: Mapping[str, NodeSpec], brought: Brought) -> None:
        own = {name: spec for name, spec in self._specs.items() if not spec.pack}
        self._specs = {**own, **{name: spec for name, spec in packs.items() if name not in own}}
        self.packs = brought
        self._library = None
        self.settled.set()

    def _keep(self, ready: Ready) -> None:
        mark = _mark(self._folders)
        brought = Brought.by(ready).plain()
        kept = {"mark": mark, "specs": ready.specs.decode(), "brought": brought}
        try:
            if mark:
                write_atomically(self._file, encoded(kept), durable=False)
        except OSError as error:
            _log.warning("What packs declare can't be kept: %s", error.strerror)

    def _listed(self, folder: str) -> list[str]:
        try:
            return self._folders.names(folder)
        except PathError:
            return []


def _info(specs: list[NodeSpec], folders: Folders) -> bytes:
    found = dict[str, Any]()
    for spec in specs:
        try:
            found[spec.name] = object_info(spec, folders)
        except Exception as error:  # a pack's declaration may hold anything
            _log.warning("%s is left out of object_info: %s", spec.name, error)
    return encoded(found)


def _webs(webs: Mapping[str, str], folders: Folders) -> dict[str, Path]:
    packs = folders.packs() if webs else ()
    return {name: path / webs[name] for name, path in packs if _is_name(webs.get(name))}


def _is_name(web: str | None) -> bool:
    return web is not None and not web.startswith("/") and ".." not in web.split("/")


def _mark(folders: Folders) -> str:
    """A digest of which files packs have; empty if there are no packs."""
    digest, some = hashlib.blake2b(digest_size=16), False
    for _, pack in folders.packs():
        for path in python_files(pack):
            stat = path.stat()
            digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
            some = True
    return digest.hexdigest() if some else ""
