"""The cache's disk tier: results as files named by their key, bounded, and never trusted.

A file is written whole or not at all and carries a digest of its content: what is cut off,
changed or unreadable is a miss and is removed. Nothing that goes wrong here stops a run. Several
processes may use one folder.
"""

import contextlib
import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import orjson

from engine.execution.store import Codec, Stored
from engine.graph.atomic import write_atomically

MAGIC: Final = b"easel result 1\n"
DIGEST_BYTES: Final = 16
HEAD: Final = len(MAGIC) + DIGEST_BYTES + 4
PART: Final = ".part"
ABANDONED: Final = 3600.0  # seconds after which a half written file is nobody's
ROOM: Final = 0.9  # a full tier is emptied to this share of its limit


@dataclass(slots=True)
class Disk:
    """Results in `folder`, at most `limit` bytes of them; the longest unused go first."""

    folder: Path
    limit: int = 10 * 10**9
    _held: int = -1

    def __contains__(self, key: str) -> bool:
        return os.path.exists(f"{self.folder}/{key[:2]}/{key}")  # asked of every node: no `Path`

    def put(self, key: str, stored: Stored, codec: Codec) -> bool:
        """Write a result; False if it has no form on disk, or the disk won't take it."""
        try:
            payload = codec.save(stored.outputs)
            meta = orjson.dumps({"seconds": stored.seconds, "shown": stored.shown})
        except (TypeError, ValueError, RecursionError):
            return False
        body = len(meta).to_bytes(4, "little") + meta + payload
        data = MAGIC + _digest(body) + body
        if len(data) > self.limit:
            return False
        try:
            write_atomically(self._path(key), data, durable=False)
        except OSError:
            return False
        self._count(len(data))
        return True

    def get(self, key: str, codec: Codec) -> Stored | None:
        """What was written under `key`; None, and the file gone, if it isn't what was written."""
        path = self._path(key)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        try:
            stored = _read(data, codec)
        except (ValueError, TypeError, KeyError, EOFError):
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return stored

    def clear(self) -> None:
        """Remove every result."""
        for path, _, _ in self._files():
            with contextlib.suppress(OSError):
                path.unlink()
        self._held = 0

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key

    def _count(self, size: int) -> None:
        if self._held < 0:
            self._held = sum(held for _, held, _ in self._whole_files())
        else:
            self._held += size
        if self._held > self.limit:
            self._make_room()

    def _make_room(self) -> None:
        files = sorted(self._files(), key=lambda file: file[2])
        self._held = sum(size for _, size, _ in files)
        for path, size, _ in files:
            if self._held <= self.limit * ROOM:
                return
            with contextlib.suppress(OSError):
                path.unlink()
                self._held -= size

    def _whole_files(self) -> Iterator[tuple[Path, int, float]]:
        """Every file, those that a killed process left half written removed."""
        for path, size, used in self._files():
            if path.name.endswith(PART) and used < time.time() - ABANDONED:
                with contextlib.suppress(OSError):
                    path.unlink()
            else:
                yield path, size, used

    def _files(self) -> Iterator[tuple[Path, int, float]]:
        """Every file of the tier with its size and when it was last used."""
        for shard in _entries(self.folder):
            for entry in _entries(Path(shard.path)):
                with contextlib.suppress(OSError):
                    stat = entry.stat()
                    yield Path(entry.path), stat.st_size, stat.st_mtime


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        return list(os.scandir(folder))
    except OSError:
        return []


def _read(data: bytes, codec: Codec) -> Stored:
    if len(data) < HEAD or not data.startswith(MAGIC):
        raise ValueError("not a result")
    body = data[len(MAGIC) + DIGEST_BYTES :]
    if _digest(body) != data[len(MAGIC) : len(MAGIC) + DIGEST_BYTES]:
        raise ValueError("damaged")
    length = int.from_bytes(body[:4], "little")
    meta = orjson.loads(body[4 : 4 + length])
    outputs = cast(list[list[Any]], codec.load(body[4 + length :]))
    return Stored(tuple(outputs), meta["shown"], seconds=float(meta["seconds"]))


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=DIGEST_BYTES).digest()
