"""One process a data folder: a lock that the system lifts when its holder dies, however it dies."""

import importlib
import os
from pathlib import Path
from typing import Any


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
