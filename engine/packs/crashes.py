"""Which packs take down the process that imports them, so that the next process can do without.

A process notes in a file which pack it is about to import, and removes the note afterwards. A note
of a process that is gone, while its keeper (the server) lives on, names a pack that crashed it.
Knows files and processes, not what a pack is.
"""

import json
import os
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
from threading import Timer
from typing import Final

from engine import locks
from engine.errors import PackError

MOST: Final = 2  # deaths; the first may have had another reason
NOTE: Final = ".json"
SLOW: Final = 30.0  # seconds after which it is said what everybody waits for


class Crashes:
    """The notes of this process and those of the dead. folder: made if it isn't there.

    keeper: the process that starts such as this one again, its parent unless another is named;
    what is left of other keepers' is removed.
    """

    def __init__(self, folder: Path, keeper: int = 0) -> None:
        self._died = Counter[tuple[str, str]]()
        self._note: Path | None = None
        self._slow: Timer | None = None
        self._keeper = str(keeper or os.getppid())
        with suppress(OSError):  # where nothing can be noted, packs are imported all the same
            folder.mkdir(parents=True, exist_ok=True)
            locks.sweep(folder, self._read)
            lock, _ = locks.own(folder, self._keeper)  # held until the process ends
            self._note = lock.with_suffix(NOTE)

    def begin(self, pack: str, digest: str) -> None:
        """Note a pack whose files have that digest. Raises `PackError` if it crashes."""
        if self._died[(pack, digest)] >= MOST:
            raise PackError(
                pack,
                f"{MOST} workers died while they imported it (a crash in native code, or an "
                "exit); it is tried again when its files change or the server is started anew",
            )
        self._slow = Timer(SLOW, _say_slow, (pack,))
        self._slow.daemon = True
        self._slow.start()
        if self._note is not None:
            with suppress(OSError):
                self._note.write_text(json.dumps([pack, digest]), "utf-8")

    def end(self) -> None:
        """Remove the note."""
        if self._slow is not None:
            self._slow.cancel()
        if self._note is not None:
            with suppress(OSError):
                self._note.unlink(missing_ok=True)

    def _read(self, lock: Path) -> bool:
        """Take in what a dead process left; whether nobody will ask for it again."""
        note = lock.with_suffix(NOTE)
        if note.name.partition("-")[0] != self._keeper or not note.is_file():
            note.unlink(missing_ok=True)
            return True
        with suppress(ValueError):  # it died while writing, not while importing
            pack, digest = json.loads(note.read_text("utf-8"))
            self._died[(str(pack), str(digest))] += 1
        return False


def _say_slow(pack: str) -> None:
    said = f"The pack {pack} has been importing for {SLOW:.0f} seconds; everything waits for it."
    print(said, file=sys.stderr, flush=True)
