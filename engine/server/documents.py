"""All open documents: brought in when somebody asks, written down edit by edit, saved when quiet.

What is true is in SQLite before it is told; files follow within a second. Knows sockets only as
those who look at a document.
"""

import asyncio
import logging
import secrets
import sqlite3
import time
from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any, Final
from weakref import WeakValueDictionary

from engine.errors import EaselError, EditRefused, FileProblem
from engine.folders import Folders
from engine.graph.edits import Json, difference, empty
from engine.graph.text import MAX_BYTES
from engine.server import frames
from engine.server.answers import Refused, encoded
from engine.server.catalogue import Catalogue
from engine.server.document import FILE, Document, edited, refused
from engine.server.document_files import Files, digest_of, laid_out
from engine.server.document_names import Names
from engine.server.peer import Peer
from engine.server.tasks import Tasks
from engine.store import documents as store
from engine.store.database import Database
from engine.store.documents import Edit
from engine.store.faults import point

QUIET: Final = 1.0  # seconds without an edit until a document is saved
LATEST: Final = 10.0  # seconds after which it is saved in any case
LOOK: Final = 1.0  # seconds between two looks at the files
IDLE: Final = 60.0  # seconds that a document stays open when nobody looks at it
NONE: Final = "There is no such document."

_log = logging.getLogger(__name__)


class Documents:
    """The documents of one server. templates: where example workflows lie."""

    def __init__(
        self, folders: Folders, database: Database, catalogue: Catalogue, templates: Path
    ) -> None:
        self.files = Files(folders.user / "default" / "workflows")
        self.changed: list[Callable[[Document], None]] = []
        self._database, self._catalogue = database, catalogue
        self._templates = Files(templates)
        self._open = dict[str, Document]()
        self._opening = WeakValueDictionary[str, asyncio.Lock]()  # while somebody needs them
        self.names = Names(self.files, database, self._open)
        self._tasks = Tasks()

    def start(self) -> None:
        """Save what an earlier server could not, and look after the files."""
        self._tasks.spawn(self._save_left())
        self._tasks.spawn(self._look_after())

    async def close(self) -> None:
        """Save what is not saved."""
        for document in list(self._open.values()):
            if document.dirty:
                await self._save(document)
        await self._tasks.close()

    # Opening

    async def get(self, name: str, template: str | None = None, *, anew: bool = False) -> Document:
        """The document of that name; a new one is empty, or begins as a template. anew: so does
        one that nobody has edited and nobody looks at.

        Raises `Refused` if its file can't be read.
        """
        lock = self._opening.setdefault(name, asyncio.Lock())
        async with lock:
            found = self._open.get(name)
            if found is None or (anew and found.untouched and not found.viewers):
                try:
                    found = await self._load(name, template, anew)
                except FileProblem as problem:
                    raise Refused(400, str(problem)) from None
                except sqlite3.Error as error:
                    raise Refused(500, f"It can't be kept: {error}. Is the disk full?") from error
                self._open[name] = found
            found.used = time.monotonic()
        return found

    async def steady(self, name: str) -> Document:
        """The document of that name when nothing is in it that could not be written."""
        found = self._open.get(name) or await self.get(name)
        if found.astray is not None:
            await asyncio.wait((found.astray,))
            found = await self.get(name)
        return found

    def of(self, peer: Peer) -> list[Document]:
        """What a socket looks at."""
        return [document for document in self._open.values() if peer in document.viewers]

    def live(self, name: str) -> Document | None:
        """The document, if it is open."""
        return self._open.get(name)

    async def _load(self, name: str, template: str | None, anew: bool = False) -> Document:
        library = await self._catalogue.library()
        kept = await self._database.read(partial(store.load, name=name))
        held = await asyncio.to_thread(self.files.read, name, library)
        if kept is None or (held is None and (kept[0].digest or (anew and not kept[1]))):
            if held is None and template:
                held = await asyncio.to_thread(self._templates.read, template, library)
                if held is None:
                    raise Refused(404, f"There is no template {template!r}.")
                return await self._begin(name, held.content, "", None)
            if held is None:
                return await self._begin(name, empty(), "", None)
            return await self._begin(name, held.content, held.digest, held.mark)
        saved, edits = kept
        document = Document(name, saved.epoch, saved.rev, empty(), empty(), saved.digest)
        document.restore(saved, edits)
        document.base = (await asyncio.to_thread(laid_out, saved.content))[0]
        document.dirty = document.rev > saved.rev
        if held is not None:
            document.mark = held.mark
            if held.digest == saved.coming:  # a server died when it had written this
                document.digest, document.base = held.digest, held.content
            elif held.digest != saved.digest:
                self._take_in(document, held.content, held.digest)
        if document.dirty:
            self._plan_save(document)
        return document

    async def _begin(self, name: str, content: Json, digest: str, mark: Any) -> Document:
        epoch = secrets.token_hex(6)
        text = encoded(content)
        saved = store.Saved(epoch, 0, text, digest, "", "")
        await self._database.write(partial(store.begin, name=name, saved=saved), "begin")
        base = deepcopy(content)
        return Document(name, epoch, 0, content, base, digest, mark, size=len(text))

    # Editing

    def edit(
        self, document: Document, client: str, clock: int, ops: Sequence[Json], author: Peer | None
    ) -> None:
        """Apply an edit, write it down, then tell everybody; or tell its author why not."""
        known = document.known(client, clock)
        if known is not None:
            if author is not None:
                document.after(partial(author.send, edited(document.name, known)))
            return
        try:
            if document.closed:
                raise EditRefused("", "the document was removed")
            if document.size > MAX_BYTES:
                raise EditRefused("", f"a document has at most {MAX_BYTES // 2**20} MB")
            edit, applied = document.take(client, clock, ops)
        except EditRefused as error:
            if author is not None:
                said = refused(document.name, client, clock, error.message, error.path)
                document.after(partial(author.send, said))
            return
        write = self._database.write(partial(store.add, name=document.name, edit=edit), "edit")
        document.wrote(write)
        told = edited(document.name, edit, applied.skipped)
        write.add_done_callback(partial(self._written, document, edit, told, author))

    def _written(
        self,
        document: Document,
        edit: Edit,
        told: bytes,
        author: Peer | None,
        write: "asyncio.Future[Any]",
    ) -> None:
        if write.cancelled():
            return
        if (error := write.exception()) is not None:
            self._not_kept(document, edit, author, error)
            return
        point("edit.tell")
        document.tell(told)
        if author is not None and author not in document.viewers:
            author.send(told)
        if not document.dirty:
            document.dirty, document.dirty_since = True, time.monotonic()
        document.used = time.monotonic()
        self._plan_save(document)
        for hear in self.changed:
            hear(document)

    def _not_kept(
        self, document: Document, edit: Edit, author: Peer | None, error: BaseException
    ) -> None:
        """A write failed (a full disk). All that was made on top of it fails too."""
        _log.error("An edit of %s can't be kept: %s", document.name, error)
        if author is not None:
            message = f"The edit can't be kept: {error}. Is the disk full?"
            author.send(refused(document.name, edit.client, edit.clock, message))
        if document.astray is None:
            pause = 0.0 if author is not None else LOOK
            document.astray = self._tasks.spawn(self._go_back(document, pause))

    async def _go_back(self, document: Document, pause: float) -> None:
        """Be again what is written, and show that to all who look."""
        await asyncio.sleep(pause)  # what a file or a run edits comes again by itself, for ever
        name = document.name
        async with self._opening.setdefault(name, asyncio.Lock()), document.saving:
            await document.written()
            if document.closed or self._open.get(name) is not document:
                return
            try:
                true = await self._load(name, None)
            except (EaselError, Refused, sqlite3.Error):
                _log.exception("%s can't be read again", name)
                self._shut(document, renamed=name)
                return
            if document.due is not None:
                document.due.cancel()
            document.closed, self._open[name] = True, true
            true.viewers, true.used = document.viewers, time.monotonic()
        true.tell(true.opened(None, None))

    # Saving

    def _plan_save(self, document: Document) -> None:
        if document.due is not None:
            document.due.cancel()
        since = time.monotonic() - document.dirty_since if document.dirty_since else 0.0
        wait = max(min(QUIET, LATEST - since), 0.0)
        loop = asyncio.get_running_loop()
        document.due = loop.call_later(wait, lambda: self._tasks.spawn(self._save(document)))

    async def save(self, document: Document) -> None:
        """Save now what waits to be saved."""
        if document.dirty:
            await self._save(document)

    async def keep(self, name: str) -> None:
        """Save now, and in a file even what nobody has edited. Raises `Refused`: 404, 500."""
        if not await self.names.exists(name):
            raise Refused(404, NONE)
        document = await self.get(name)
        if not await asyncio.to_thread(self.files.exists, name):
            document.dirty, document.digest = True, ""
        if document.dirty and not await self._save(document):
            raise Refused(500, "It can't be saved. Its edits are kept all the same.")

    def ran(self, document: Document) -> None:
        """A document was run: it is saved soon, edited or not."""
        if document.untouched and not document.dirty:
            document.dirty, document.dirty_since = True, time.monotonic()
            self._plan_save(document)

    async def _save(self, document: Document) -> bool:
        """Whether it is in its file now."""
        async with document.saving:
            if document.closed or not document.dirty:
                return True
            await self._notice(document)
            if not await document.written():  # it goes back first, and is saved then
                return False
            document.dirty, document.dirty_since = False, 0.0
            rev, content = document.rev, encoded(document.content)
            try:
                await self._write_file(document, rev, content)
            except Exception as error:
                reason = getattr(error, "strerror", None) or error
                _log.error("%s can't be saved: %s", document.name, reason)
                document.dirty = True
                message = f"It can't be saved: {reason}. Its edits are kept all the same."
                document.tell(frames.message("error", {"doc": document.name, "message": message}))
                document.due = asyncio.get_running_loop().call_later(
                    LATEST, lambda: self._tasks.spawn(self._save(document))
                )
                return False
            return True

    async def _write_file(self, document: Document, rev: int, content: bytes) -> None:
        name = document.name
        base, text = await asyncio.to_thread(laid_out, content)
        digest = document.digest
        if base != document.base or not digest:
            digest = digest_of(text)
            await self._database.write(partial(store.announce, name=name, digest=digest), "save")
            document.mark = await asyncio.to_thread(self.files.write, name, text)
            point("save.file")
        document.base, document.digest, document.size = base, digest, len(content)
        await self._database.write(
            partial(store.save, name=name, rev=rev, content=content, digest=digest, at=time.time()),
            "saved",
        )

    async def _save_left(self) -> None:
        for name in await self._database.read(store.unsaved):
            try:
                await self.save(await self.get(name))
            except (Refused, EaselError) as error:
                _log.error("%s can't be saved: %s", name, error)

    # The files

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            for document in list(self._open.values()):
                idle = not document.viewers and not document.dirty
                if idle and time.monotonic() - document.used > IDLE:
                    self._open.pop(document.name, None)
                elif not document.saving.locked():
                    async with document.saving:
                        await self._notice(document)

    async def _notice(self, document: Document) -> None:
        """Take in what somebody else has done to the file."""
        mark = await asyncio.to_thread(self.files.mark, document.name)
        if mark == document.mark or mark is None or document.closed:
            return
        library = await self._catalogue.library()
        document.mark = mark
        try:
            held = await asyncio.to_thread(self.files.read, document.name, library)
        except Exception as problem:  # whatever it is, the other documents are looked after
            _log.warning(
                "%s was changed by somebody else and is no workflow: %s", document.name, problem
            )
            return
        if held is not None and held.digest != document.digest:
            self._take_in(document, held.content, held.digest)

    def _take_in(self, document: Document, content: Json, digest: str) -> None:
        ops = difference(document.base, content)
        document.base, document.digest = content, digest
        if ops:
            keep = partial(
                store.keep_version,
                name=document.name,
                rev=document.rev,
                content=encoded(document.content),
                at=time.time(),
            )
            self._database.write(keep, "version")
            self.edit(document, FILE, document.rev + 1, ops, None)

    # Whole documents

    async def rename(self, name: str, to: str) -> None:
        """Call a document otherwise. Raises `Refused`: 404, 409, 500."""
        await self._check_target(name, to)
        await self.keep(name)
        document = await self.get(name)
        async with document.saving:
            await document.written()
            await asyncio.to_thread(self.files.move, name, to)
            await self._database.write(partial(store.rename, name=name, to=to), "rename")
            self._leave(to)
            self._shut(document, renamed=to)

    async def duplicate(self, name: str, to: str) -> None:
        """Copy a document as it is now. Raises `Refused`: 404, 409."""
        await self._check_target(name, to)
        document = await self.get(name)
        _, text = await asyncio.to_thread(laid_out, encoded(document.content))
        await self._database.write(partial(store.forget, name=to), "forget")
        await asyncio.to_thread(self.files.write, to, text)
        self._leave(to)

    async def remove(self, name: str) -> None:
        """Remove a document and all that is kept of it. Raises `Refused`: 404."""
        if not await self.names.exists(name):
            raise Refused(404, NONE)
        document = await self.get(name)
        async with document.saving:
            await document.written()
            await asyncio.to_thread(self.files.remove, name)
            await self._database.write(partial(store.forget, name=name), "forget")
            self._shut(document, renamed=None)

    async def _check_target(self, name: str, to: str) -> None:
        if not await self.names.exists(name):
            raise Refused(404, NONE)
        if to == name or to in await self.names.taken():
            raise Refused(409, "A document of that name exists.")

    def _leave(self, name: str) -> None:
        """Another document has this name now: what was opened under it and never edited goes."""
        if (stale := self._open.get(name)) is not None:
            self._shut(stale, renamed=name)

    def _shut(self, document: Document, renamed: str | None) -> None:
        document.closed = True
        if document.due is not None:
            document.due.cancel()
        self._open.pop(document.name, None)
        document.tell(frames.message("closed", {"doc": document.name, "renamed": renamed}))
