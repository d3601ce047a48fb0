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
                data, kind = self._waiting.popleft()
                self._bytes -= len(data)
                try:
                    await self.socket.send_frame(data, kind)
                except (ConnectionError, RuntimeError):
                    self.gone = True
                    return
                self._moved = loop.time()
