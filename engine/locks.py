"""Locks that the system lifts when their holder dies, however it dies.

One of a name for what only one process may have; one of its own for each process that leaves
things behind, so that others can tell what nobody needs any more. Knows files, not what they mean.
"""

import importlib
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

LOCK: Final = ".lock"
POLL: Final = 0.01  # seconds between two tries


def _lock(handle: int) -> None:
    """Lock a file now. Raises `OSError` if another process has it."""
    if os.name == "nt":
        windows: Any = importlib.import_module("msvcrt")
        windows.locking(handle, windows.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Taken(Exception):
    """Another process holds the lock."""


def hold(path: Path) -> int:
    """Take the lock file at `path` for as long as the returned handle is open.

    The handle is not inherited by children. Raises `Taken`.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(handle)
    except OSError:
        os.close(handle)
        raise Taken(str(path)) from None
    return handle


def own(folder: Path, owner: str) -> tuple[Path, int]:
    """A new lock file in `folder`, `OWNER-LETTERS.lock`, and its handle; see `hold`."""
    while True:
        path = folder / f"{owner}-{secrets.token_hex(8)}{LOCK}"
        try:
            handle = hold(path)
        except Taken:  # by a sweep, in the moment between making and locking it
            continue
        if path.exists():
            return path, handle
        os.close(handle)


def sweep(folder: Path, look: Callable[[Path], bool], patience: float = 0.0) -> None:
    """Show `look` each lock file in `folder` whose holder is gone; True: it goes as well.

    Nobody else looks meanwhile. patience: seconds, for all together, to wait for holders that are
    still ending.
    """
    until = time.monotonic() + patience
    for path in sorted(folder.glob(f"*{LOCK}")):
        handle = _held(path, until)
        if handle is None:
            continue
        try:
            done = look(path)
        finally:
            os.close(handle)  # first: a file that is open can't be removed everywhere
        if done:
            path.unlink(missing_ok=True)


def _held(path: Path, until: float) -> int | None:
    while True:
        try:
            return hold(path)
        except Taken:
            if time.monotonic() >= until:
                return None
            time.sleep(POLL)
