"""Which names stand for documents, and which are free. Changes nothing.

A document that was opened and never edited has no file and is in no list. It can be shown again
under its name; only while somebody looks at it may nobody else have the name.
"""

import asyncio
import re
from collections.abc import Mapping
from functools import partial
from typing import Final

from engine.server.document import Document
from engine.server.document_files import Files
from engine.store import documents as store
from engine.store.database import Database

NUMBERED: Final = re.compile(r" \d+$")


class Names:
    """The names of one server's documents. live: those that are open."""

    def __init__(self, files: Files, database: Database, live: Mapping[str, Document]) -> None:
        self._files, self._database, self._live = files, database, live

    async def exists(self, name: str) -> bool:
        """Whether there is such a document, in a file or not yet."""
        live = self._live.get(name)
        if live is not None and live.held:
            return True
        if await asyncio.to_thread(self._files.exists, name):
            return True
        return await self._database.read(partial(store.has_begun, name=name))

    async def taken(self) -> set[str]:
        """The names that no other document may get."""
        files = await asyncio.to_thread(lambda: {one.name for one in self._files.listing()})
        unfiled = await self._database.read(store.unfiled)
        return files | set(unfiled) | {one.name for one in self._live.values() if one.held}

    async def free(self, wanted: str) -> str:
        """A name like `wanted` that is not taken: itself, or with the first free number behind it.

        Names that differ only in case count as one: some file systems don't tell them apart.
        """
        taken = {name.lower() for name in await self.taken()}
        stem, number, found = NUMBERED.sub("", wanted), 2, wanted
        while found.lower() in taken:
            found, number = f"{stem} {number}", number + 1
        return found
