"""Stored files as answers that no browser runs: their kind is told by their bytes, not their name.
A pack's own scripts and pages do run, its pages apart from ours.

Pictures, sound and film go out as what they are; anything else as bytes to be saved. Knows no
folders.
"""

import asyncio
from pathlib import Path
from typing import Final
from urllib.parse import quote

from aiohttp import web

BYTES: Final = "application/octet-stream"
HEAD: Final = 64
SANDBOX: Final = "sandbox; default-src 'none'"
APART: Final = "sandbox allow-scripts allow-forms allow-popups allow-modals allow-downloads"
"""What a pack's own pages may do: run, but not as pages of this server."""
PAGES: Final = ("text/html", "image/svg+xml")
STARTS: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"fLaC", "audio/flac"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
RIFF: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}


def kind_of(head: bytes) -> str:
    """The media type of a file that begins so; `BYTES` for what a browser need not know."""
    if head[:4] == b"RIFF":
        return RIFF.get(head[8:12], BYTES)
    if head[4:8] == b"ftyp":
        return "image/avif" if head[8:12] in (b"avif", b"avis") else "video/mp4"
    return next((kind for start, kind in STARTS if head.startswith(start)), BYTES)


async def file(path: Path, *, name: str = "", cached: str = "no-cache") -> web.StreamResponse:
    """The file at `path`, which must be there. name: what it is called when it is saved."""
    head = await asyncio.to_thread(_head, path)
    kind = kind_of(head)
    answer = web.FileResponse(path)
    answer.content_type = kind
    _mark(answer, kind, name or path.name, cached)
    return answer


def script(path: Path, kind: str) -> web.StreamResponse:
    """A file of a pack that the editor's page runs, styles itself with or reads."""
    answer = web.FileResponse(path)
    answer.content_type = kind
    if kind.startswith("text/"):
        answer.charset = "utf-8"
    if kind in PAGES:
        answer.headers["Content-Security-Policy"] = APART
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def content(body: bytes, kind: str, name: str) -> web.Response:
    """Bytes that were made for the answer."""
    answer = web.Response(body=body, content_type=kind)
    _mark(answer, kind, name, "no-cache")
    return answer


def _mark(answer: web.StreamResponse, kind: str, name: str, cached: str) -> None:
    plain = "".join(c if " " <= c < "\x7f" and c not in '"\\' else "_" for c in name)
    way = "attachment; " if kind == BYTES else ""
    star = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    answer.headers["Content-Disposition"] = f'{way}filename="{plain}"{star}'
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = cached


def _head(path: Path) -> bytes:
    with path.open("rb") as opened:
        return opened.read(HEAD)
