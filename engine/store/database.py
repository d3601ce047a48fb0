"""One SQLite file: one thread writes, in batches; what was answered has survived `kill -9`.

A write is a function of the connection. All writes that wait go into one transaction, so that a
hundred cost one commit; each one's future is answered after it. Reads have connections and
threads of their own and never wait for writes (WAL). Knows tables only through `migrations`.
"""

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Thread, local
from typing import Any, Final, TypeAlias, TypeVar, cast

from engine import locks
from engine.errors import StoreError
from engine.graph.atomic import set_aside
from engine.store import migrations
from engine.store.faults import point

T = TypeVar("T")
Work: TypeAlias = Callable[[sqlite3.Connection], T]

LARGEST_BATCH: Final = 500
READERS: Final = 2
CHECKPOINT: Final = 4000  # pages of 4 kB in the log before they move into the file

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Write:
    work: Work[Any]
    answer: "asyncio.Future[Any]"
    named: str


class Database:
    """The file, open. Must be made on a running event loop, whose tasks then use it.

    durable: each commit reaches the disk before it counts (power loss); without, it reaches the
    operating system (any crash of processes). Raises `StoreError` if the file is in use by another
    server, was written by a newer version, or can't be made.
    """

    def __init__(self, path: Path, *, durable: bool = False) -> None:
        self.path = path
        self._loop = asyncio.get_running_loop()
        self._durable = durable
        self._waiting: SimpleQueue[list[_Write] | None] = SimpleQueue()
        self._gathered = list[_Write]()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = locks.hold(path.with_name(path.name + ".lock"))
        except locks.Taken:
            raise StoreError(
                f"another server already uses {path.parent}; stop it, or give this one a folder "
                "of its own with --user"
            ) from None
        except OSError as error:
            raise StoreError(f"{path.parent} can't be used: {error.strerror}") from error
        try:
            self._connection = self._opened()
        except BaseException:
            os.close(self._lock)
            raise
        self._local = local()
        self._readers = ThreadPoolExecutor(READERS, "store-read")
        self._thread = Thread(target=self._write_all, name="store-write", daemon=True)
        self._thread.start()

    def write(self, work: Work[T], named: str = "") -> "asyncio.Future[T]":
        """Have `work` done by the writer; the future is answered once it is committed.

        Writes are done in the order of the calls. What `work` raises, the future raises, and
        nothing of it stays. named: which fault point its commit is.
        """
        answer: asyncio.Future[T] = self._loop.create_future()
        if not self._gathered:  # what one turn of the loop writes goes to the thread together
            self._loop.call_soon(self._hand_over)
        self._gathered.append(_Write(work, answer, named))
        return answer

    def _hand_over(self) -> None:
        if self._gathered:
            gathered, self._gathered = self._gathered, []
            self._waiting.put(gathered)

    async def read(self, work: Work[T]) -> T:
        """What `work` finds in the last committed state, on a thread of its own."""
        return await self._loop.run_in_executor(self._readers, self.look, work)

    def look(self, work: Work[T]) -> T:
        """The same on the calling thread, which must not be the loop's."""
        held = cast("sqlite3.Connection | None", getattr(self._local, "connection", None))
        if held is None:
            held = sqlite3.connect(self.path, isolation_level=None, timeout=30)
            held.execute("PRAGMA query_only = ON")
            self._local.connection = held
        held.execute("BEGIN")
        try:
            return work(held)
        finally:
            held.execute("COMMIT")

    def now(self, work: Work[T]) -> T:
        """What `work` does, here and now: before the writer has anything to do (at the start)."""
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            return work(self._connection)

    def close(self) -> None:
        """Write what waits, then end the threads and lift the lock."""
        self._hand_over()
        self._waiting.put(None)
        self._thread.join()
        self._readers.shutdown()
        self._connection.close()
        os.close(self._lock)

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._connected()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise StoreError(f"{self.path} can't be used: {error}") from error
            return self._started_afresh(error)

    def _started_afresh(self, error: sqlite3.DatabaseError) -> sqlite3.Connection:
        """A file that is no database any more is kept under another name."""
        aside = set_aside(self.path)
        for rest in ("-wal", "-shm"):
            self.path.with_name(self.path.name + rest).unlink(missing_ok=True)
        _log.error("%s is damaged (%s); it is kept as %s", self.path, error, aside.name)
        return self._connected()

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'NORMAL'}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")
        connection.execute("PRAGMA foreign_keys = ON")
        _migrate(connection, self.path)
        return connection

    def _write_all(self) -> None:
        going = True
        while going:
            batch = list[_Write]()
            taken = self._waiting.get()
            while taken is not None:
                batch += taken
                if len(batch) >= LARGEST_BATCH or self._waiting.empty():
                    break
                taken = self._waiting.get()
            going = taken is not None
            if batch:
                self._answer(batch, self._committed(batch))

    def _committed(self, batch: Sequence[_Write]) -> list[Any]:
        """One result or exception for each write; together, or each alone where one fails."""
        try:
            return self._together(batch)
        except Exception as error:
            if len(batch) == 1:
                return [error]
        return [result for write in batch for result in self._committed([write])]

    def _together(self, batch: Sequence[_Write]) -> list[Any]:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            results = [write.work(connection) for write in batch]
            for write in batch:
                point(write.named + ".commit")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        for write in batch:
            point(write.named + ".committed")
        return results

    def _answer(self, batch: Sequence[_Write], results: Sequence[Any]) -> None:
        try:
            self._loop.call_soon_threadsafe(_tell, batch, results)
        except RuntimeError:  # the loop is closed: nobody waits any more
            return


def _tell(batch: Sequence[_Write], results: Sequence[Any]) -> None:
    for write, result in zip(batch, results, strict=True):
        if write.answer.done():
            continue
        if isinstance(result, Exception):
            write.answer.set_exception(result)
        else:
            write.answer.set_result(result)


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Take the steps that this file has not taken. Raises `StoreError` for one of the future."""
    taken = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if taken > len(migrations.STEPS):
        raise StoreError(
            f"{path} was written by a newer version of Easel (step {taken}; this one knows "
            f"{len(migrations.STEPS)}); update Easel, or start with another folder by --user"
        )
    for number, step in enumerate(migrations.STEPS[taken:], taken + 1):
        connection.executescript(f"BEGIN; {step} PRAGMA user_version = {number}; COMMIT;")
