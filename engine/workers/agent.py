"""A worker on a machine of a cluster, with work folders of its own, as an actor of Ray.

What it reads comes from the server, what it writes goes there; models and packs are this machine's
own. Starts and hears the very process that a local server would have. Knows no Ray, though it is
written to be one of its asyncio actors, and no server: whoever made it asks.
"""

import asyncio
import hashlib
import os
import shutil
import socket
from collections import OrderedDict
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeAlias, cast

import msgspec

from engine import locks, outputs
from engine.folders import ROOT, PathError
from engine.workers.local import Local
from engine.workers.parcels import FOLDERS, Name, Parcel, parcel_of, piece, place_of, shown_names
from engine.workers.protocol import (
    Begun,
    Cached,
    Death,
    Ended,
    Frames,
    Left,
    Line,
    News,
    Order,
    Recalled,
    Run,
)

VARIABLE: Final = "EASEL_MACHINE"
PLACES: Final = "cluster"  # folder in the folder of users where work folders are made
WRITES: Final = ("output", "temp")
KEPT: Final = 256  # files that stay here after the server has them, so that results stay known
KEPT_BYTES: Final = 2**30

Heard: TypeAlias = News | Parcel | Death | str
"""What a worker says, a file that it wrote (before what names it), its end, or a printed line."""

Stamp: TypeAlias = tuple[int, int]


class Machine(msgspec.Struct, frozen=True):
    """What this machine lends. command: starts a worker, once it is told its folders, its device
    and its socket; devices: one for each worker; user: where work folders may be made."""

    command: list[str]
    devices: list[str]
    user: str

    def announced(self) -> dict[str, str]:
        """Environment variables by which the agents on this machine will know it, and us."""
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        return {VARIABLE: msgspec.json.encode(self).decode(), "PYTHONPATH": os.pathsep.join(paths)}


def machine() -> Machine:
    """This machine, as it was announced."""
    return msgspec.json.decode(os.environ[VARIABLE], type=Machine)


def version() -> str:
    """A digest of our program: machines that differ in it would draw different pictures."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(
        path for room in ("engine", "nodes") for path in (ROOT / room).rglob("*.py")
    ):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


class Agent:
    """One worker. number: which one of this machine."""

    def __init__(self, number: int) -> None:
        self._machine = machine()
        self._device = self._machine.devices[number]
        self._root, self._lock, self._held = _workplace(Path(self._machine.user) / PLACES)
        self._line: Line | None = None
        self._items = list[Heard]()
        self._news = asyncio.Event()
        self._due = 0  # jobs that were sent and have not ended
        self._placed = dict[Name, Stamp]()
        self._written = dict[Name, tuple[Stamp, Parcel]]()
        self._fetched = OrderedDict[Name, int]()

    # What the server asks for

    async def begin(self, wanted: str, said: Sequence[str]) -> tuple[str, str]:
        """Start the worker; the machine's name and the device.

        wanted: the server's `version`; said: what it tells all workers. Raises `OSError` if ours
        is another, or the worker can't start.
        """
        host = socket.gethostname()
        if await asyncio.to_thread(version) != wanted:
            raise OSError(f"{host} has another version of Easel than the server; make them equal")
        places = [f"--{folder}={self._root / folder}" for folder in FOLDERS]
        journals = self._root / "attempts"
        # Each worker has an agent of its own; what ends with the cluster is whoever started us.
        told = [f"--journals={journals}", f"--keeper={os.getppid()}"]
        command = [*self._machine.command, *places, *told]
        local = Local([*command, *said, f"--device={self._device}"], self._device, say=self._put)
        self._line = await local.start(self._hear, self._put)
        return host, self._device

    async def listen(self) -> AsyncGenerator[list[Heard]]:
        """All that there is to hear, in order; the last is its `Death`."""
        over = False
        while not over:
            await self._news.wait()
            self._news.clear()
            items, self._items = self._items, []
            over = any(isinstance(item, Death) for item in items)
            yield items

    async def order(self, frame: bytes) -> None:
        """Pass orders on."""
        if self._line is not None:
            for order in Frames().feed(frame):
                self._due += isinstance(order, Run)
                self._line.send(cast(Order, order))

    async def place(self, parcel: Parcel, at: int, content: bytes) -> None:
        """Take in a piece of a file that a job reads. It is there with its last piece."""
        part = self._root / f"{outputs.PART}{parcel.digest}"
        with part.open("r+b" if at else "wb") as file:
            file.seek(at)
            file.write(content)
        if at + len(content) >= parcel.size:
            path = place_of(self._root, parcel)
            path.parent.mkdir(parents=True, exist_ok=True)
            part.replace(path)
            self._placed[parcel.where] = _stamp(path)

    async def read(self, parcel: Parcel, at: int) -> bytes:
        """A piece of a file that the worker wrote; empty if it is gone."""
        try:
            content = piece(place_of(self._root, parcel), at)
        except OSError:
            return b""
        if at + len(content) >= parcel.size:
            self._fetched[parcel.where] = parcel.size
        return content

    async def end(self) -> None:
        """Kill the worker; its `Death` is heard."""
        if self._line is not None:
            self._line.kill()

    async def close(self) -> None:
        """Remove the work folders."""
        await self.end()
        shutil.rmtree(self._root, ignore_errors=True)
        os.close(self._held)
        self._lock.unlink(missing_ok=True)

    # What the worker says

    def _put(self, item: Heard) -> None:
        self._items.append(item)
        self._news.set()

    def _hear(self, news: News) -> None:
        match news:
            case Begun():
                self._make_room()
            case Left():
                names = [*self._names(news.files), *_shown(news)]
                self._tell_of(dict.fromkeys(names), anew=True)
            case Cached():
                self._tell_of(_shown(news), anew=False)
            case Recalled():
                self._due -= len(news.jobs)
            case Ended():
                self._due -= 1
                if not self._due:  # else the next job may be writing already
                    self._tell_of(list(self._untold()), anew=True)
            case _:
                pass
        self._put(news)

    def _tell_of(self, names: Iterable[Name], *, anew: bool) -> None:
        """Tell of files that were written; `anew`: even if they are known, for they may be others
        of the same name."""
        for name in names:
            known = self._written.get(name)
            try:
                if known is None or anew:
                    known = self._found(name)
                if known is not None:
                    self._written[name] = known
                    self._put(known[1])
            except (OSError, PathError):  # what is shown need not be here
                continue

    def _found(self, name: Name) -> tuple[Stamp, Parcel] | None:
        folder, relative = name
        path = place_of(self._root, Parcel(folder, relative, "", 0))
        stamp = _stamp(path)
        if folder not in WRITES or self._placed.get(name) == stamp:
            return None
        return stamp, parcel_of(folder, self._root / folder, path)

    def _names(self, files: Iterable[str]) -> Iterator[Name]:
        """What files in our folders are called."""
        for file in map(Path, files):
            for folder in WRITES:
                if file.is_relative_to(self._root / folder):
                    yield folder, file.relative_to(self._root / folder).as_posix()

    def _untold(self) -> Iterator[Name]:
        """What was written without a word."""
        for folder in WRITES:
            place = self._root / folder
            for path in place.rglob("*"):
                name = (folder, path.relative_to(place).as_posix())
                if path.name.startswith(outputs.PART) or not path.is_file():
                    continue
                known = self._written.get(name)
                if known is None or known[0] != _stamp(path):
                    yield name

    def _make_room(self) -> None:
        """Remove the oldest files that the server has; a result that needs them is made anew."""
        while len(self._fetched) > KEPT or sum(self._fetched.values()) > KEPT_BYTES:
            name, _ = self._fetched.popitem(last=False)
            self._written.pop(name, None)
            (self._root / name[0] / name[1]).unlink(missing_ok=True)


def _shown(news: Left | Cached) -> list[Name]:
    return shown_names(news.shown) if news.shown else []


def _stamp(path: Path) -> Stamp:
    stat = path.stat()
    return (stat.st_mtime_ns, stat.st_size)


def _workplace(under: Path) -> tuple[Path, Path, int]:
    """A new folder in `under` with the lock that says it is in use; those of dead agents go."""
    under.mkdir(parents=True, exist_ok=True)
    locks.sweep(under, _removed)
    lock, held = locks.own(under, str(os.getpid()))
    root = lock.with_suffix("")
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True)
    return root, lock, held


def _removed(lock: Path) -> bool:
    shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
    return True
