"""`/ws`: takes a client's socket, keeps its pace within bounds, and hands its messages on."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

from aiohttp import WSMsgType, web

from engine.errors import FileProblem
from engine.graph.text import parsed
from engine.server.answers import Refused
from engine.server.peer import Peer
from engine.server.site import Site, site_of

LARGEST: Final = 16 * 2**20  # bytes of a frame from a client
SMALL: Final = 2**16
A_SECOND: Final = 500.0  # frames of one client, in the long run
AT_ONCE: Final = 1000.0  # and in a burst
LONGEST_ID: Final = 200

Hear: TypeAlias = Callable[[Site, Peer, Mapping[str, Any]], Awaitable[None]]

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Pace:
    """How many frames a client may still send now."""

    left: float = AT_ONCE
    at: float = 0.0

    async def keep(self) -> None:
        """Count a frame; wait where there were too many."""
        now = asyncio.get_running_loop().time()
        self.left = min(AT_ONCE, self.left + (now - self.at) * A_SECOND)
        self.at = now
        self.left -= 1
        if self.left < 0:
            await asyncio.sleep(-self.left / A_SECOND)


def serving(hear: Mapping[str, Hear], leave: Callable[[Site, Peer], None]) -> Any:
    """The handler of `/ws`. hear: what to do with messages, by type; others are passed over."""

    async def websocket(request: web.Request) -> web.WebSocketResponse:
        site = site_of(request)
        given = request.query.get("clientId", "")
        if len(given) > LONGEST_ID or not (given or " ").isprintable():
            raise Refused(400, f"clientId must be a text of at most {LONGEST_ID} letters")
        socket = web.WebSocketResponse(max_msg_size=LARGEST, compress=False)
        await socket.prepare(request)
        transport = cast(asyncio.Transport, request.transport)
        peer = Peer(given or uuid.uuid4().hex, socket, transport)
        writing = asyncio.get_running_loop().create_task(peer.write())
        site.hub.join(peer)
        try:
            await _read(site, peer, hear)
        finally:
            site.hub.leave(peer)
            leave(site, peer)
            writing.cancel()
        return socket

    return websocket


async def _read(site: Site, peer: Peer, hear: Mapping[str, Hear]) -> None:
    pace = Pace()
    async for frame in peer.socket:
        await pace.keep()
        if frame.type is not WSMsgType.TEXT:
            continue
        try:
            message = await _message(cast(str, frame.data))
        except FileProblem as problem:
            peer.tell("error", message=f"The message {problem}")
            continue
        handler = hear.get(str(message.get("type")))
        data = message.get("data")
        if handler is not None:
            given = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
            await _handled(handler(site, peer, given), peer, message)


async def _handled(work: Awaitable[None], peer: Peer, message: Mapping[str, Any]) -> None:
    """Do what a message asks for; a mistake of ours must not cost the client its socket."""
    try:
        await work
    except ConnectionError:
        raise
    except Exception:
        _log.exception("The message %s can't be taken in", message.get("type"))
        peer.tell("error", message="The server failed at this; its log says more.")


async def _message(text: str) -> Mapping[str, Any]:
    return parsed(text) if len(text) <= SMALL else await asyncio.to_thread(parsed, text)


async def feature_flags(site: Site, peer: Peer, data: Mapping[str, Any]) -> None:
    """The client says what it can do, and hears what we can."""
    peer.flags = dict(data)
    peer.tell("feature_flags", **flags_of(site))
    site.hub.tell_workers(peer)


def flags_of(site: Site) -> dict[str, Any]:
    """What this server can do."""
    return {"supports_preview_metadata": True, "max_upload_size": site.options.max_upload}
