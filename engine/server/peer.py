"""One websocket from the server's side: what waits to be sent is bounded, a dead reader dropped.

Knows frames, not what they say.
"""

import asyncio
import logging
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import WSMsgType, web

from engine.server import frames

MOST_BYTES: Final = 32 * 2**20  # that wait for one socket
MOST_FRAMES: Final = 100_000
PIECE: Final = 2**16  # bytes that are sent together
STUCK: Final = 20.0  # seconds in which nothing could be sent although something waited

_log = logging.getLogger(__name__)


@dataclass(eq=False)
class Peer:
    """A socket. id: the client's; flags: what it says it can do."""

    id: str
    socket: web.WebSocketResponse
    transport: asyncio.Transport
    flags: dict[str, Any] = field(default_factory=dict[str, Any])
    logs: bool = False
    gone: bool = False
    _waiting: deque[tuple[bytes, WSMsgType]] = field(default_factory=deque[tuple[bytes, WSMsgType]])
    _bytes: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _moved: float = 0.0

    def tell(self, type: str, **data: Any) -> None:
        """Send a message."""
        self.send(frames.message(type, data))

    def send(self, data: bytes, kind: WSMsgType = WSMsgType.TEXT) -> None:
        """Send a frame when its turn comes. A client that doesn't read is dropped."""
        if self.gone:
            return
        now = asyncio.get_running_loop().time()
        if not self._waiting:
            self._moved = now
        self._waiting.append((data, kind))
        self._bytes += len(data)
        full = self._bytes > MOST_BYTES or len(self._waiting) > MOST_FRAMES
        if full or now - self._moved > STUCK:
            _log.warning("A client does not read what it is sent; its socket is closed.")
            self.drop()
            return
        self._news.set()

    def drop(self) -> None:
        """End the connection at once."""
        self.gone = True
        self._waiting.clear()
        self.transport.abort()
        self._news.set()

    async def write(self) -> None:
        """Send what waits, for ever."""
        loop = asyncio.get_running_loop()
        while not self.gone:
            await self._news.wait()
            self._news.clear()
            while self._waiting:
                self._hurry()
                data, kind = self._taken()
                try:
                    await self.socket.send_frame(data, kind)
                except (ConnectionError, RuntimeError):
                    self.gone = True
                    return
                self._moved = loop.time()

    def _hurry(self) -> None:
        """Send all that waits but the last frame in one piece: for the frames of a tiny job the
        calls of the system cost more than the job. Only to a client that has read all so far; for
        others, and for what is large, `send_frame` keeps the pace."""
        if len(self._waiting) < 2 or self.socket.closed or self.transport.get_write_buffer_size():
            return
        pieces, size = list[bytes](), 0
        while len(self._waiting) > 1 and size + len(self._waiting[0][0]) <= PIECE:
            data, kind = self._taken()
            pieces.append(frames.framed(data, kind))
            size += len(data)
        if pieces:
            self.transport.write(b"".join(pieces))

    def _taken(self) -> tuple[bytes, WSMsgType]:
        taken = self._waiting.popleft()
        self._bytes -= len(taken[0])
        return taken
