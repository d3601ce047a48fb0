"""Documents over `/ws`: open, edit, presence, and what is wrong with them while they are edited.

Each handler is given what a client sent; whatever is out of shape is answered, never raised.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from engine.errors import EaselError, EditRefused
from engine.execution.check import check
from engine.execution.problems import Problem
from engine.folders import Folders
from engine.graph.edits import read_ops
from engine.graph.files import read
from engine.server import audience, frames
from engine.server.answers import Refused, encoded
from engine.server.document import Document
from engine.server.document_files import name_of
from engine.server.peer import Peer
from engine.server.site import Site
from engine.spec.context import Context
from engine.spec.node import NodeSpec

if TYPE_CHECKING:
    from engine.convert.library import Library

CHECK_AFTER: Final = 0.15  # seconds from an edit to a check
PRESENCE_EVERY: Final = 0.04  # seconds between two messages about one client
PRESENCE: Final = 64 * 2**10  # bytes of one
LONGEST: Final = 100  # letters of a client's name
MOST_OPEN: Final = 100  # documents of one socket

Data = Mapping[str, Any]


async def open_document(site: Site, peer: Peer, data: Data) -> None:
    """Show a document to a socket from here on."""
    document = await _document(site, peer, data)
    if document is None:
        return
    if len(site.documents.of(peer)) >= MOST_OPEN:
        peer.tell("error", doc=document.name, message="too many documents are open")
        return
    rev, epoch = data.get("rev"), data.get("epoch")
    known = rev if isinstance(rev, int) and not isinstance(rev, bool) else None
    message = document.opened(known, epoch if isinstance(epoch, str) else None)

    def show() -> None:
        others = [said for other, said in document.viewers.items() if said and other is not peer]
        document.viewers[peer] = {}
        peer.send(message)
        for said in others:
            peer.tell("presence", **said)
        audience.joined(site, document, peer)
        changed(site, document)

    document.after(show)


async def close_document(site: Site, peer: Peer, data: Data) -> None:
    """A socket looks away."""
    name = data.get("doc")
    for document in site.documents.of(peer):
        if document.name == name:
            _leave(site, document, peer)


async def edit_document(site: Site, peer: Peer, data: Data) -> None:
    """An edit: applied, written down and told to all, or refused with the reason."""
    client, clock = data.get("client"), data.get("clock")
    said: dict[str, Any] = {"doc": data.get("doc"), "client": client, "clock": clock}
    try:
        name = name_of(data.get("doc"))
        if not isinstance(client, str) or not 0 < len(client) <= LONGEST:
            raise EditRefused("", f"client must be a text of at most {LONGEST} letters")
        if not isinstance(clock, int) or isinstance(clock, bool) or not 0 <= clock < 2**53:
            raise EditRefused("", "clock must be a whole number, counted up by the client")
        ops = read_ops(data.get("ops"))
        document = await site.documents.steady(name)
    except EditRefused as error:
        peer.tell("refused", **said, path=error.path, message=error.message)
    except Refused as error:
        peer.tell("refused", **said, path="", message=error.message)
    else:
        site.documents.edit(document, client, clock, ops, peer)


async def presence(site: Site, peer: Peer, data: Data) -> None:
    """Where a client is; told to the others, the last of many."""
    name = data.get("doc")
    for document in site.documents.of(peer):
        if document.name == name and len(encoded(dict(data))) <= PRESENCE:
            waits = "due" in document.viewers[peer]
            document.viewers[peer] = {**data, "due": True}
            if not waits:
                loop = asyncio.get_running_loop()
                loop.call_later(PRESENCE_EVERY, _tell_presence, document, peer)


def _tell_presence(document: Document, peer: Peer) -> None:
    said = document.viewers.get(peer)
    if said is not None and said.pop("due", None):
        document.tell(frames.message("presence", said), but=peer)


def left(site: Site, peer: Peer) -> None:
    """A socket is gone."""
    for document in site.documents.of(peer):
        _leave(site, document, peer)


def _leave(site: Site, document: Document, peer: Peer) -> None:
    said = document.viewers.pop(peer, None)
    audience.left(site, document)
    if said:
        gone = {"doc": document.name, "client": said.get("client"), "gone": True}
        document.tell(frames.message("presence", gone))


async def _document(site: Site, peer: Peer, data: Data) -> Document | None:
    """The document that a message means; None if the client was told that there is none."""
    template = data.get("template")
    try:
        name = name_of(data.get("doc"))
        begins = name_of(template) if template else None
        anew = begins is not None and data.get("epoch") is None  # who was cut off has its own
        return await site.documents.get(name, begins, anew=anew)
    except Refused as error:
        peer.tell("error", doc=data.get("doc"), message=error.message)
    except EaselError as error:
        peer.tell("error", doc=data.get("doc"), message=str(error))
    return None


# What is wrong with it


def changed(site: Site, document: Document) -> None:
    """Check a document that somebody looks at, soon, and once for many edits."""
    if document.viewers and not document.checking:
        document.checking = True
        site.tasks.spawn(_check_soon(site, document))


async def _check_soon(site: Site, document: Document) -> None:
    await asyncio.sleep(CHECK_AFTER)
    document.checking = False
    rev, content = document.rev, encoded(document.content)
    library, specs = await site.catalogue.library(), await site.catalogue.specs(())
    items = await asyncio.to_thread(problems_of, content, library, specs, site.folders)
    document.tell(frames.message("problems", {"doc": document.name, "rev": rev, "items": items}))


def problems_of(
    content: bytes, library: Library, specs: Mapping[str, NodeSpec], folders: Folders
) -> list[dict[str, Any]]:
    """What is wrong with a document, as its page shows it. Blocks."""
    from engine.convert.api import runnable

    try:
        graph = runnable(read(content), library)
    except EaselError as error:
        return [{"node": "", "type": "graph", "message": str(error), "text": str(error)}]
    found = check(graph, specs, Context(folders=folders))
    return [_item(problem) for problem in found if problem.type != "prompt_no_outputs"]


def _item(problem: Problem) -> dict[str, Any]:
    return {**asdict(problem), "text": str(problem)}
