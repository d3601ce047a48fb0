"""Files of the editor and other text, kept compressed: the page shall be there at once.

Modules travel without the types and remarks that stand on lines of their own, which no browser
reads. Every line of code stays in its place. Knows files and `Accept-Encoding`, no routes. What
changes on disk is read anew.
"""

import asyncio
import gzip
import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

MOST: Final = 64 * 2**20  # bytes kept
SMALL: Final = 1000  # bytes that are not worth compressing
REMARK: Final = re.compile(rb"^[ \t]*(?:/\*\*(?:[^*]|\*(?!/))*\*/|//[^\n]*)[ \t]*$", re.MULTILINE)
"""A comment with nothing before and behind it. No text in back quotes may have such a line."""


@dataclass(frozen=True, slots=True)
class _Kept:
    mark: tuple[int, int]  # mtime_ns, size
    tag: str
    plain: bytes
    packed: bytes | None


class Shelf:
    """Text files by path, and a few long answers, each compressed once, on a thread."""

    def __init__(self) -> None:
        self._kept = OrderedDict[Path, _Kept]()
        self._made = dict[str, _Kept]()
        self._bytes = 0

    async def response(self, request: web.Request, path: Path, kind: str) -> web.Response:
        """The file's content; 304 where the caller has it already. Raises `OSError`."""
        stat = await asyncio.to_thread(path.stat)
        kept = self._kept.get(path)
        if kept is None or kept.mark != (stat.st_mtime_ns, stat.st_size):
            kept = await asyncio.to_thread(_read, path)
            self._keep(path, kept)
        return _response(request, kept, kind)

    async def made(self, request: web.Request, name: str, body: bytes, kind: str) -> web.Response:
        """Text that was just made, compressed only if what was last made under `name` differs."""
        kept = self._made.get(name)
        if kept is None or kept.plain != body:
            kept = self._made[name] = await asyncio.to_thread(_packed, (0, 0), body)
        return _response(request, kept, kind)

    def _keep(self, path: Path, kept: _Kept) -> None:
        old = self._kept.pop(path, None)
        self._kept[path] = kept
        self._bytes += _size(kept) - (_size(old) if old else 0)
        while self._bytes > MOST and len(self._kept) > 1:
            self._bytes -= _size(self._kept.popitem(last=False)[1])


def _response(request: web.Request, kept: _Kept, kind: str) -> web.Response:
    if request.headers.get("If-None-Match") == kept.tag:
        found = web.Response(status=304)
    else:
        packs = kept.packed is not None and _reads_gzip(request)
        body = kept.packed if packs else kept.plain
        found = web.Response(body=body, content_type=kind, charset="utf-8")
        if packs:
            found.headers["Content-Encoding"] = "gzip"
    found.headers["ETag"] = kept.tag
    found.headers["Vary"] = "Accept-Encoding"
    found.headers["Cache-Control"] = "no-cache"
    return found


def _reads_gzip(request: web.Request) -> bool:
    for part in request.headers.get("Accept-Encoding", "").lower().split(","):
        name, _, weight = part.strip().partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _read(path: Path) -> _Kept:
    stat = path.stat()
    body = path.read_bytes()
    if path.suffix == ".js":
        body = bare(body)
    return _packed((stat.st_mtime_ns, stat.st_size), body)


def bare(module: bytes) -> bytes:
    """A module without remarks, line by line where it was."""
    return REMARK.sub(lambda found: b"\n" * found[0].count(b"\n"), module)


def _packed(mark: tuple[int, int], body: bytes) -> _Kept:
    packed = gzip.compress(body, 6, mtime=0) if len(body) >= SMALL else None
    return _Kept(mark, f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"', body, packed)


def _size(kept: _Kept) -> int:
    return len(kept.plain) + len(kept.packed or b"")
