"""Who listens, and what they hear of the queue: a `Listener` over websockets.

Knows sockets by client; nothing of documents.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import Any, Final

from aiohttp import WSMsgType

from engine.server import frames
from engine.server.audience import NOBODY, Audience
from engine.server.hands import READY, Hand
from engine.server.peer import Peer
from engine.server.queue import Queue
from engine.workers.protocol import Pictured

STATUS_EVERY: Final = 0.05  # seconds between two `status` messages
PICTURES: Final = "supports_preview_metadata"
WORKERS: Final = "supports_worker_states"

_log = logging.getLogger(__name__)


def _nobody(_job: str) -> Audience:
    return NOBODY


class Hub:
    """All sockets of a server. audience: who shows the document that a job came from."""

    def __init__(self) -> None:
        self.peers = set[Peer]()
        self.workers: list[Callable[[Hand], None]] = []
        self.hear: Callable[[str, dict[str, Any]], None] | None = None
        self.audience: Callable[[str], Audience] = _nobody
        self._clients = dict[str, Peer]()
        self._queue: Queue | None = None
        self._status_sent = 0.0
        self._status_due: asyncio.TimerHandle | None = None

    def serve(self, queue: Queue) -> None:
        """Tell of this queue."""
        self._queue = queue

    def join(self, peer: Peer) -> None:
        """A socket came, and hears how things stand. A client's second replaces its first."""
        self.peers.add(peer)
        self._clients[peer.id] = peer
        peer.tell("status", **self._status(), sid=peer.id)
        if self._queue is not None:
            for type, data in self._queue.state_for(peer.id):
                peer.tell(type, **data)
            self._watch(peer.id, True)

    def leave(self, peer: Peer) -> None:
        """A socket went."""
        self.peers.discard(peer)
        if self._clients.get(peer.id) is peer:
            del self._clients[peer.id]
            self._watch(peer.id, False)

    def client(self, id: str) -> Peer | None:
        """The socket of a client."""
        return self._clients.get(id)

    def subscribers(self) -> Iterator[Peer]:
        """Those who read the log."""
        return (peer for peer in self.peers if peer.logs)

    async def close(self) -> None:
        """Say goodbye to all."""
        if self._status_due is not None:
            self._status_due.cancel()
        for peer in list(self.peers):
            peer.gone = True
        closing = [peer.socket.close(code=1001, message=b"the server stops") for peer in self.peers]
        await asyncio.wait_for(asyncio.gather(*closing, return_exceptions=True), 2)

    # What the queue tells

    def told(self, client: str | None, type: str, data: dict[str, Any]) -> None:
        """A message for one client and for whoever shows the job's document, or for everyone."""
        if client is None:
            self._broadcast(frames.message(type, data))
        else:
            doc, peers = self.audience(str(data.get("prompt_id")))
            own = self._clients.get(client)
            if own is not None and own not in peers:
                own.send(frames.message(type, data))
            if peers:
                frame = frames.message(type, {**data, "doc": doc})
                for peer in list(peers):
                    peer.send(frame)
        if self.hear is not None and type == "executed":
            self.hear(type, data)

    def pictured(self, client: str, picture: Pictured) -> None:
        """A picture for one client and for whoever shows the job's document."""
        own = self._clients.get(client)
        for peer in {*self.audience(picture.job).peers, *([own] if own is not None else [])}:
            metadata = peer.flags.get(PICTURES) is True
            peer.send(frames.picture(picture, metadata=metadata), WSMsgType.BINARY)

    def changed(self) -> None:
        """Send `status`, at most 20 times a second, the last one always."""
        loop = asyncio.get_running_loop()
        if self._status_due is not None:
            return
        wait = self._status_sent + STATUS_EVERY - loop.time()
        if wait <= 0:
            self._send_status()
        else:
            self._status_due = loop.call_later(wait, self._send_status)

    def worker(self, hand: Hand) -> None:
        """Pass it on to whoever wants to know."""
        for hear in self.workers:
            hear(hand)
        for peer in list(self.peers):
            self.tell_workers(peer)

    def tell_workers(self, peer: Peer) -> None:
        """Say how the workers are, to a socket that said that it wants to know."""
        if peer.flags.get(WORKERS) is not True or self._queue is None:
            return
        hands = self._queue.hands
        states = [{"device": hand.carrier.device, "state": hand.state} for hand in hands]
        why = next((hand.why for hand in hands if hand.state != READY and hand.why), "")
        peer.tell("workers", workers=states, why=why)

    def looks(self, job: str, client: str) -> bool:
        """Whether the job's client is here, or a page shows the document that it came from."""
        return client in self._clients or bool(self.audience(job).peers)

    def _send_status(self) -> None:
        self._status_due = None
        self._status_sent = asyncio.get_running_loop().time()
        self._broadcast(frames.message("status", self._status()))

    def _status(self) -> dict[str, Any]:
        remaining = self._queue.remaining if self._queue is not None else 0
        return {"status": {"exec_info": {"queue_remaining": remaining}}}

    def _broadcast(self, data: bytes) -> None:
        for peer in list(self._clients.values()):
            peer.send(data)

    def _watch(self, client: str, watched: bool) -> None:
        if self._queue is None:
            return
        for run in self._queue.running:
            if run.job.client == client:
                self._queue.watch(run.job.id, watched or bool(self.audience(run.job.id).peers))
