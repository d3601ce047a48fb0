"""Cleans up after jobs: what dead attempts wrote, and previews that nothing refers to any more.

Works on threads of its own and of the store's readers; knows jobs by their rows only.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from engine import outputs
from engine.store import history
from engine.store.database import Database
from engine.workers.protocol import Written

EVERY: Final = 3600.0  # seconds between two looks at the folder of previews
OLD: Final = 86400.0  # seconds; younger previews stay in any case

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sweep:
    """temp: the folder of previews, which history may refer to."""

    database: Database
    temp: Path

    def take(self, written: Written) -> None:
        """Remove a file of an attempt that did not count; it may run again and write it anew.

        Blocks. A file that is younger than the attempt that did count is somebody else's.
        """
        job = self.database.look(lambda db: history.entry(db, written.job))
        if job is None or (job.outputs is not None and job.attempt == written.attempt):
            return
        path = Path(written.path)
        try:
            if job.started is None or path.stat().st_mtime < job.started:
                path.unlink()
        except OSError:  # it is gone already
            return

    async def take_all(self, written: Sequence[Written]) -> None:
        """`take` them, off the loop."""
        for one in written:
            await asyncio.to_thread(self.take, one)

    async def keep(self) -> None:
        """Clean the previews now and then, for ever."""
        while True:
            try:
                await asyncio.to_thread(self.clean, time.time() - OLD)
            except Exception:  # a folder or a database that fails may be well again next time
                _log.exception("The folder of previews can't be cleaned")
            await asyncio.sleep(EVERY)

    def clean(self, before: float) -> int:
        """Remove previews from before a time (seconds since 1970) that no history names; how many.

        Blocks.
        """
        if not self.temp.is_dir():
            return 0
        old = [path for path in self.temp.rglob("*") if _is_old(path, before)]
        named = self.database.look(_named) if old else set[str]()
        gone = [path for path in old if path.relative_to(self.temp).as_posix() not in named]
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)


def _is_old(path: Path, before: float) -> bool:
    try:
        return path.is_file() and path.stat().st_mtime < before
    except OSError:
        return False


def _named(db: Any) -> set[str]:
    """The files in the folder of previews that jobs name, relative to it."""
    return {
        f"{file.get('subfolder') or ''}/{file['filename']}".lstrip("/")
        for shown in history.temporary(db)
        for file in outputs.named_in(orjson.loads(shown))
        if file.get("type") == "temp"
    }
