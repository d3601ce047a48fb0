"""Files on their way between a server and a worker on another machine.

A parcel is a file of one of the three folders that jobs touch, known by the hash of its content,
so that what is there already need not travel. Knows files and JSON; how bytes travel is the
carrier's, and what a job means nobody's here.
"""

import json
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias, cast

import msgspec

from engine import outputs
from engine.folders import Folders, PathError, fingerprint_of, inside
from engine.workers.protocol import Written

FOLDERS: Final = ("input", "output", "temp")
PIECE: Final = 4 * 2**20  # bytes that travel together
LONGEST: Final = 1000  # characters of a file's name; a longer text is none
REMEMBERED: Final = 10_000  # files of a worker whose names here are known

Name: TypeAlias = tuple[str, str]
"""A folder, and a name in it with `/`."""


class Parcel(msgspec.Struct, frozen=True):
    """A file. folder: one of `FOLDERS`; name: relative to it, with `/`; size: in bytes."""

    folder: str
    name: str
    digest: str
    size: int

    @property
    def where(self) -> Name:
        """What it is called."""
        return (self.folder, self.name)


def parcel_of(folder: str, place: Path, path: Path) -> Parcel:
    """The parcel of the file `path` in the folder that lies at `place`. Raises `OSError`."""
    name = path.relative_to(place).as_posix()
    return Parcel(folder, name, fingerprint_of(path), path.stat().st_size)


def piece(path: Path, at: int) -> bytes:
    """What of a file travels together from byte `at` on; empty at its end. Raises `OSError`."""
    with path.open("rb") as file:
        file.seek(at)
        return file.read(PIECE)


def named(folders: Folders, prompt: bytes) -> list[Parcel]:
    """The files that a graph (in API form) names in its inputs, as `LoadImage` would find them.

    Blocks: it reads the files, those that it has not read before.
    """
    nodes: Any = msgspec.json.decode(prompt)
    found = dict[str, Parcel]()
    for text in _texts(cast("dict[str, Any]", nodes).values() if isinstance(nodes, dict) else ()):
        if text not in found and (parcel := _named(folders, text)) is not None:
            found[text] = parcel
    return list(found.values())


def _named(folders: Folders, text: str) -> Parcel | None:
    if not 0 < len(text) <= LONGEST:
        return None
    try:
        path = folders.annotated(text)
        if not path.is_file():
            return None
        for folder in FOLDERS:
            place = folders.places(folder)[0]
            if path.is_relative_to(place):
                name = path.relative_to(place).as_posix()
                return Parcel(folder, name, folders.fingerprint(path), path.stat().st_size)
    except (PathError, OSError, ValueError):  # it is no name of a file
        return None
    return None


def _texts(nodes: Iterable[Any]) -> Iterator[str]:
    waiting = [cast("Any", node).get("inputs") for node in nodes if isinstance(node, dict)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            waiting += cast("list[Any]", value)
        elif isinstance(value, dict):
            waiting += cast("dict[str, Any]", value).values()


def shown_names(shown: bytes) -> list[Name]:
    """The files that something shown (JSON) names."""
    return [_name_of(entry) for entry in _entries(json.loads(shown))]


def renamed(shown: bytes, names: Mapping[Name, Name]) -> bytes:
    """Something shown (JSON), with files called by other names."""
    whole = json.loads(shown)
    for entry in _entries(whole):
        if (new := names.get(_name_of(entry))) is not None:
            subfolder, _, filename = new[1].rpartition("/")
            entry |= {"type": new[0], "subfolder": subfolder, "filename": filename}
    return json.dumps(whole, separators=(",", ":")).encode()


def _entries(shown: Any) -> Iterator[dict[str, Any]]:
    """Everything in it that names a file of these folders."""
    return (entry for entry in outputs.named_in(shown) if entry.get("type") in FOLDERS)


def _name_of(entry: Mapping[str, Any]) -> Name:
    subfolder = str(entry.get("subfolder") or "").replace("\\", "/").strip("/")
    filename = str(entry["filename"])
    return (str(entry["type"]), f"{subfolder}/{filename}" if subfolder else filename)


@dataclass(slots=True)
class Shelf:
    """The server's side of one worker: where what it wrote lies here.

    written: what was stored for the attempt that runs.
    """

    folders: Folders
    written: list[Written] = field(default_factory=list[Written])
    _stored: OrderedDict[Parcel, Path] = field(default_factory=OrderedDict[Parcel, Path])
    _names: dict[Name, Name] = field(default_factory=dict[Name, Name])

    def has(self, parcel: Parcel) -> bool:
        """Whether it was stored and is still there; then that is the file of its name."""
        path = self._stored.get(parcel)
        if path is None or not path.exists():
            return False
        self._call(parcel, path)
        return True

    def take(self, parcel: Parcel, content: bytes, job: str, attempt: int) -> Written:
        """Store it. Raises `OutputError`, and `PathError` for a name that leaves its folder."""
        saved = outputs.take_in(self.folders, content, parcel.name, type=parcel.folder)
        written = Written(job, attempt, str(saved.path))
        self.written.append(written)
        self._stored[parcel] = saved.path
        while len(self._stored) > REMEMBERED:
            old, _ = self._stored.popitem(last=False)
            self._names.pop(old.where, None)
        self._call(parcel, saved.path)
        return written

    def renamed(self, shown: bytes) -> bytes:
        """Something shown, with the worker's files by their names here."""
        if not self._names or not shown:
            return shown
        return renamed(shown, self._names)

    def _call(self, parcel: Parcel, path: Path) -> None:
        place = self.folders.places(parcel.folder)[0]
        self._names[parcel.where] = (parcel.folder, path.relative_to(place).as_posix())


def place_of(root: Path, parcel: Parcel) -> Path:
    """Where it belongs in a worker's folders, which lie at `root`. Raises `PathError`."""
    if parcel.folder not in FOLDERS:
        raise PathError(f"{parcel.folder!r} is none of {', '.join(FOLDERS)}")
    return inside(root / parcel.folder, parcel.name)
