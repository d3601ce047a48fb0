"""Request bodies within bounds: read in pieces, unpacked and parsed off the event loop when big."""

import asyncio
import zlib
from typing import Any, Final

import orjson
from aiohttp import web

from engine.errors import FileProblem
from engine.graph.text import MAX_BYTES, parsed
from engine.server.answers import Refused

SMALL: Final = 2**16  # bytes that the loop itself may parse
PACKED: Final = {
    "gzip": zlib.MAX_WBITS | 16,
    "x-gzip": zlib.MAX_WBITS | 16,
    "deflate": zlib.MAX_WBITS,
}


async def read(request: web.Request, limit: int = MAX_BYTES) -> bytes:
    """The body, unpacked, at most `limit` bytes. Raises `Refused` (413, 415, 400)."""
    if (request.content_length or 0) > limit:
        raise Refused(413, _too_large(limit))
    pieces, size = list[bytes](), 0
    async for piece in request.content.iter_any():
        size += len(piece)
        if size > limit:
            raise Refused(413, _too_large(limit))
        pieces.append(piece)
    body = b"".join(pieces)
    packing = request.headers.get("Content-Encoding", "").strip().lower()
    if packing in ("", "identity") or not body:
        return body
    if packing not in PACKED:
        raise Refused(415, f"Content-Encoding {packing[:40]!r} is not understood; use gzip")
    return await asyncio.to_thread(_unpacked, body, PACKED[packing], limit)


async def json_of(request: web.Request, limit: int = MAX_BYTES) -> Any:
    """The body as JSON within the bounds of `graph.text`; the method's own None for no body.

    Raises `Refused`.
    """
    body = await read(request, limit)
    if not body.strip():
        return None
    return _parsed(body) if len(body) <= SMALL else await asyncio.to_thread(_parsed, body)


def _parsed(body: bytes) -> Any:
    try:
        value: Any = orjson.loads(body)
        parsed({"": value})
    except orjson.JSONDecodeError as error:
        raise Refused(400, f"The body is not JSON: {error}") from None
    except FileProblem as problem:
        raise Refused(400, f"The body {problem}") from None
    return value


def _unpacked(body: bytes, bits: int, limit: int) -> bytes:
    unpacker = zlib.decompressobj(bits)
    try:
        found = unpacker.decompress(body, limit + 1)
    except zlib.error as error:
        raise Refused(400, f"The body can't be unpacked: {error}") from None
    if len(found) > limit:
        raise Refused(413, _too_large(limit))
    return found


def _too_large(limit: int) -> str:
    return f"The body is larger than {limit / 2**20:.0f} MB"
