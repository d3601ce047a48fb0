"""What attempts wrote, noted on disk by the worker itself: it may outlive its server by a moment.

A line of JSON for each file, in one journal for each worker, which holds a lock on it while it
lives. A server that starts reads the journals of the dead and takes back what unfinished attempts
wrote, so that a job that runs again leaves each picture once.
"""

import json
import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from engine import locks
from engine.workers.protocol import Written

JOURNALS: Final = "attempts"
"""Folder in the folder of users where workers note what they write."""
LINES: Final = ".jsonl"
LONG: Final = 2**18  # bytes after which a journal is shortened
KEPT: Final = 1000  # lines that stay: far more than a server may not have heard of yet
PATIENCE: Final = 3.0  # seconds to wait for the workers of a dead server to follow it

_log = logging.getLogger(__name__)


class Journal:
    """The journal of this process. folder: made if it isn't there."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        lock, self._lock = locks.own(folder, str(os.getpid()))
        self._path = lock.with_suffix(LINES)
        self._file = self._path.open("ab", buffering=0)
        self._recent = deque[bytes](maxlen=KEPT)

    def note(self, job: str, attempt: int, files: Iterable[str]) -> None:
        """Write down which files an attempt wrote."""
        lines = [json.dumps([job, attempt, path]).encode() + b"\n" for path in files]
        self._recent.extend(lines)
        try:
            self._file.write(b"".join(lines))
            if self._file.tell() > LONG:
                self._shorten()
        except OSError as error:  # a full disk must not fail the job: the file itself was written
            _log.warning("%s can't be written: %s", self._path, error)

    def _shorten(self) -> None:
        self._file.close()
        self._path.write_bytes(b"".join(self._recent))
        self._file = self._path.open("ab", buffering=0)


def sweep(folder: Path, take: Callable[[Written], None]) -> None:
    """Show `take` what the workers of dead servers wrote; each journal goes when all of it was.

    Waits for workers that are still ending, `PATIENCE` at most; what they wrote then stays for
    the next time.
    """

    def look(lock: Path) -> bool:
        path = lock.with_suffix(LINES)
        for written in _read(path) if path.exists() else ():
            take(written)
        path.unlink(missing_ok=True)
        return True

    locks.sweep(folder, look, PATIENCE)


def _read(path: Path) -> Iterator[Written]:
    for line in path.read_bytes().splitlines():
        try:
            job, attempt, file = json.loads(line)
        except ValueError:  # the last line of one that was killed while writing it
            continue
        yield Written(str(job), _number(attempt), str(file))


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
