"""Documents as files: which file holds one, in which form, and where it is written.

A file in a foreign form is never overwritten: `NAME.easel.json` beside it takes the edits. Blocks;
knows no revisions and no clients.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from engine.errors import FileProblem, InputFileError
from engine.folders import PathError, inside
from engine.graph.atomic import write_atomically
from engine.graph.edits import Json
from engine.graph.files import easel_of, form_of, read, text_of
from engine.graph.text import dumps, parsed
from engine.server.answers import Refused

if TYPE_CHECKING:
    from engine.convert.library import Library

SUFFIX: Final = ".json"
BESIDE: Final = ".easel"
LONGEST: Final = 200

Mark: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Held:
    """What a file holds. content: as `easel/1`, in its usual order; digest: of the bytes."""

    content: Json
    digest: str
    mark: Mark
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A file in the list of documents. time: seconds since 1970; size: bytes."""

    name: str
    time: float
    size: int


@dataclass(frozen=True, slots=True)
class Files:
    """The documents in one folder."""

    root: Path

    def path(self, name: str) -> Path:
        """The file that holds a document, or would."""
        beside = inside(self.root, name + BESIDE + SUFFIX)
        return beside if beside.is_file() else inside(self.root, name + SUFFIX)

    def read(self, name: str, library: Library) -> Held | None:
        """What the document's file holds; None if there is none. Raises `FileProblem`."""
        from engine.convert.opening import AS_DRAWN, read_any

        path = self.path(name)
        mark = mark_of(path)
        if mark is None:
            return None
        data = text_of(path)
        graph, notes = read_any(data, path.name, library, texts_of, AS_DRAWN)
        return Held(easel_of(graph), digest_of(data), mark, tuple(str(note) for note in notes))

    def write(self, name: str, data: bytes) -> Mark | None:
        """Write a document, whole or not at all. Raises `OSError`."""
        path = self.path(name)
        if path.is_file() and not _is_ours(path):
            path = inside(self.root, name + BESIDE + SUFFIX)
        write_atomically(path, data)
        return mark_of(path)

    def mark(self, name: str) -> Mark | None:
        """What changes when the document's file does; None if there is none."""
        return mark_of(self.path(name))

    def exists(self, name: str) -> bool:
        """Whether a file holds a document of that name."""
        return self.path(name).is_file()

    def move(self, name: str, to: str) -> None:
        """Rename the document's file. Raises `OSError`."""
        target = inside(self.root, to + SUFFIX)
        target.parent.mkdir(parents=True, exist_ok=True)
        self.path(name).replace(target)

    def remove(self, name: str) -> None:
        """Remove the file; a foreign one beside which ours lies stays. Raises `OSError`."""
        self.path(name).unlink(missing_ok=True)

    def listing(self) -> Iterator[Listed]:
        """All documents, by name."""
        found = dict[str, Listed]()
        for path in sorted(self.root.rglob("*" + SUFFIX)) if self.root.is_dir() else ():
            relative = path.relative_to(self.root)
            if not any(part.startswith(".") for part in relative.parts) and path.is_file():
                name, stat = name_of(relative.as_posix()), path.stat()
                known = found.get(name)
                if known is None or stat.st_mtime > known.time:
                    found[name] = Listed(name, stat.st_mtime, stat.st_size)
        return iter(found.values())


def name_of(given: object) -> str:
    """A document's name, without its suffix. Raises `Refused` (400) for what is none."""
    if not isinstance(given, str):
        raise Refused(400, "doc must be a document's name")
    name = "/".join(part for part in given.replace("\\", "/").split("/") if part != ".")
    name = name.removesuffix(SUFFIX).removesuffix(BESIDE)
    try:
        inside(Path("workflows"), name)
    except PathError as error:
        raise Refused(400, str(error)) from None
    parts = name.split("/")
    odd = any(not part or part.startswith(".") or part != part.strip() for part in parts)
    if odd or len(name) > LONGEST or not name.isprintable() or any(c in name for c in '<>:"|?*'):
        raise Refused(400, f"{name[:LONGEST]!r} is no name for a document")
    return name


def texts_of(data: bytes, name: str) -> Mapping[str, str]:
    """The texts in a picture."""
    from engine import pictures

    try:
        return pictures.read_texts(data, name)
    except InputFileError as error:
        raise FileProblem(str(error)) from None


def laid_out(content: bytes) -> tuple[Json, bytes]:
    """A document as it is kept in files: the object, in its usual order, and its text."""
    document = easel_of(read(content))
    return document, dumps(document)


def digest_of(data: bytes) -> str:
    """A digest of a file's content."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def mark_of(path: Path) -> Mark | None:
    """Inode, size and time of a file; None if there is none."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return (stat.st_ino, stat.st_size, stat.st_mtime_ns)


def _is_ours(path: Path) -> bool:
    try:
        return form_of(parsed(text_of(path), path.name)) == "easel"
    except FileProblem:
        return False
