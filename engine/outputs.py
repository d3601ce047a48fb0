"""Write results under ComfyUI's names, `<prefix>_00001_.png`: whole or not at all.

Knows folders and bytes, nothing of what the bytes are. A file appears under its name only when it
is complete: its content is written beside it and then linked to the name, which fails if another
process took that name first.
"""

import errno
import os
import re
import secrets
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from engine.errors import OutputError
from engine.folders import Folders, inside

DIGITS: Final = 5
NUMBERED: Final = re.compile(rf"((?:.*/)?[^/]+)_\d{{{DIGITS},}}_(\.[^./]+)?")  # prefix, suffix
PART: Final = ".easel-"  # how the name of a file that is still being written begins
COUNTED: Final = 1000  # prefixes whose last number is remembered
STALE: Final = 3600.0  # seconds after which such a file belongs to nobody
REASONS: Final = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the quota is used up",
    errno.EFBIG: "the file would be larger than is allowed",
    errno.EROFS: "the folder is read-only",
    errno.EACCES: "the folder may not be written to",
    errno.EPERM: "the folder may not be written to",
    errno.ENAMETOOLONG: "the name is too long",
    errno.ENOTDIR: "a part of the path is a file",
}


@dataclass(frozen=True, slots=True)
class Saved:
    """A file that was written. subfolder: relative, with `/`; type: output, temp or input."""

    path: Path
    subfolder: str
    type: str

    @property
    def shown(self) -> dict[str, str]:
        """How clients are told of it."""
        return {"filename": self.path.name, "subfolder": self.subfolder, "type": self.type}


def named_in(shown: Any) -> Iterator[dict[str, Any]]:
    """Everything in what clients were told (JSON) that names a file, as `Saved.shown` does."""
    waiting = [shown]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            found = cast("dict[str, Any]", value)
            if isinstance(found.get("filename"), str):
                yield found
            waiting += found.values()
        elif isinstance(value, list):
            waiting += cast("list[Any]", value)


def save(
    folders: Folders,
    content: bytes,
    prefix: str,
    suffix: str,
    *,
    type: str = "output",
    width: int = 0,
    height: int = 0,
    batch: int = 0,
) -> Saved:
    """Write `content` as the next file of `prefix` in the folder `type`.

    prefix: may hold sub folders and the tokens %width% %height% %year% %month% %day% %hour%
    %minute% %second% %batch_num%; width, height: in pixels, for the tokens; batch: the place in
    its batch. suffix: with its dot. Raises `OutputError` if it can't be written (nothing is left
    behind then), and `PathError` if the prefix leaves the folder.
    """
    relative = _normal(expanded(prefix, width, height, batch, time.localtime()))
    return _saved(folders, content, relative, suffix, type)


def take_in(folders: Folders, content: bytes, name: str, *, type: str = "output") -> Saved:
    """Write `content`, a file that was made elsewhere as `name`, into the folder `type`.

    name: relative to its folder, with `/`. A numbered one (`a/b_00001_.png`) gets the number that
    is next here; another is kept if it is free, else numbered. Raises as `save` does.
    """
    numbered = NUMBERED.fullmatch(name)
    if numbered is not None:
        return _saved(folders, content, numbered[1], numbered[2] or "", type)
    path = inside(folders.places(type)[0], name)
    with _explained(name, type, content):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = _written_part(path.parent, content)
        try:
            if published(part, path):
                return Saved(path, name.rpartition("/")[0], type)
        finally:
            part.unlink(missing_ok=True)
    return _saved(folders, content, name.removesuffix(path.suffix), path.suffix, type)


def _saved(folders: Folders, content: bytes, relative: str, suffix: str, type: str) -> Saved:
    root = folders.places(type)[0]
    place = inside(root, relative).parent if relative else root
    stem = relative.rpartition("/")[2]
    with _explained(f"{relative}{suffix}", type, content):
        place.mkdir(parents=True, exist_ok=True)
        path = _write_next(folders, place, stem, suffix, content)
    return Saved(path, relative.rpartition("/")[0], type)


@contextmanager
def _explained(name: str, type: str, content: bytes) -> Generator[None]:
    """Turns what the system says into `OutputError`."""
    try:
        yield
    except OSError as error:
        reason = REASONS.get(error.errno or 0, error.strerror or str(error))
        raise OutputError(
            f"{name} can't be written to the {type} folder: {reason}; "
            f"{len(content):,} bytes are needed"
        ) from error


def expanded(prefix: str, width: int, height: int, batch: int, now: time.struct_time) -> str:
    """`prefix` with its tokens replaced."""
    tokens = {
        "%width%": str(width),
        "%height%": str(height),
        "%batch_num%": str(batch),
        "%year%": str(now.tm_year),
        "%month%": f"{now.tm_mon:02}",
        "%day%": f"{now.tm_mday:02}",
        "%hour%": f"{now.tm_hour:02}",
        "%minute%": f"{now.tm_min:02}",
        "%second%": f"{now.tm_sec:02}",
    }
    return re.sub("|".join(tokens), lambda found: tokens[found[0]], prefix)


def _normal(prefix: str) -> str:
    """`a//b`, `./a` and `a/` as people mean them; a root and `..` are left for `inside`."""
    prefix = prefix.replace("\\", "/")
    root = "/" if prefix.startswith("/") else ""
    return root + "/".join(part for part in prefix.split("/") if part not in ("", "."))


def _write_next(folders: Folders, place: Path, stem: str, suffix: str, content: bytes) -> Path:
    part = _written_part(place, content)
    try:
        known = folders.counters.get((place, stem))
        number = known if known is not None else _last_number(place, stem)
        while True:
            number += 1
            path = place / f"{stem}_{number:0{DIGITS}}_{suffix}"
            if published(part, path):
                _remember(folders, place, stem, number)
                return path
            number = max(number, _last_number(place, stem))
    finally:
        part.unlink(missing_ok=True)


def _remember(folders: Folders, place: Path, stem: str, number: int) -> None:
    """Which number was last; of many prefixes, as scripts make them up, the latest."""
    folders.counters.pop((place, stem), None)
    folders.counters[place, stem] = number
    if len(folders.counters) > COUNTED:
        with suppress(KeyError, RuntimeError):  # another thread does the same just now
            del folders.counters[next(iter(folders.counters))]


def _written_part(place: Path, content: bytes) -> Path:
    """A new hidden file in `place` that holds `content`."""
    part = place / f"{PART}{secrets.token_hex(8)}"
    try:
        with part.open("xb") as file:
            file.write(content)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def published(part: Path, path: Path) -> bool:
    """Give `part`, a file beside it, the name `path`; False if that is taken. Raises `OSError`."""
    try:
        os.link(part, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links; what else is wrong shows itself there
        return _claimed(part, path)
    return True


def _claimed(part: Path, path: Path) -> bool:
    """The same without hard links: an empty file holds the name until the content comes."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        return False
    try:
        os.replace(part, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return True


def _last_number(place: Path, stem: str) -> int:
    """The highest number in use for `stem`, 0 for none; sweeps up what a killed process left."""
    pattern = re.compile(rf"{re.escape(stem)}_(\d+)(?:[_.].*)?", re.IGNORECASE)
    last = 0
    with os.scandir(place) as entries:
        for entry in entries:
            if found := pattern.fullmatch(entry.name):
                last = max(last, int(found[1]))
            elif entry.name.startswith(PART):
                _sweep(Path(entry.path))
    return last


def _sweep(part: Path) -> None:
    with suppress(OSError):  # its own process finished it just now
        if time.time() - part.stat().st_mtime > STALE:
            part.unlink()
