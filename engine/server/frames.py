"""What goes over a websocket: text messages and ComfyUI's binary frames. Knows no socket."""

import struct
from collections.abc import Mapping
from typing import Any, Final

from engine.server.answers import encoded
from engine.workers.protocol import Pictured

PREVIEW: Final = 1
PREVIEW_WITH_METADATA: Final = 4
FORMATS: Final = {"image/jpeg": 1, "image/png": 2}


def message(type: str, data: Mapping[str, Any]) -> bytes:
    """A text message."""
    return encoded({"type": type, "data": data})


def picture(news: Pictured, *, metadata: bool) -> bytes:
    """A picture as a binary frame; metadata: for a client that can read whose it is."""
    if not metadata:
        return _number(PREVIEW) + _number(FORMATS.get(news.media, 1)) + news.picture
    said = encoded(
        {
            "node_id": news.node,
            "display_node_id": news.display,
            "parent_node_id": None if news.node == news.display else news.display,
            "real_node_id": news.node,
            "prompt_id": news.job,
            "image_type": news.media,
        }
    )
    return _number(PREVIEW_WITH_METADATA) + _number(len(said)) + said + news.picture


def framed(data: bytes, kind: int) -> bytes:
    """A whole message as a server's frame on the line (RFC 6455, section 5.2): not masked.

    kind: 1 text, 2 binary.
    """
    first, length = 0x80 | kind, len(data)
    if length < 126:
        return struct.pack("!BB", first, length) + data
    if length < 2**16:
        return struct.pack("!BBH", first, 126, length) + data
    return struct.pack("!BBQ", first, 127, length) + data


def _number(value: int) -> bytes:
    return value.to_bytes(4, "big")
