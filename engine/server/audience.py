"""Who sees a document's jobs: every page that shows it, whoever started them.

Knows sockets, documents and what runs; what is said of a run is the run's own business.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, NamedTuple

from engine.server.document import Document
from engine.server.origins import REMEMBERED
from engine.server.peer import Peer
from engine.server.run import Running, Told
from engine.store import history

if TYPE_CHECKING:
    from engine.server.site import Site


class Audience(NamedTuple):
    """The document that a job came from, and the sockets that show it."""

    doc: str
    peers: Collection[Peer]


NOBODY = Audience("", ())


def of(site: Site, job: str) -> Audience:
    """Who sees a job."""
    name = site.origins.of(job)
    document = site.documents.live(name) if name else None
    return NOBODY if document is None else Audience(document.name, document.viewers)


async def recall(site: Site) -> None:
    """Remember where the jobs came from that an earlier server has left."""
    found = await site.database.read(lambda db: history.documents(db, REMEMBERED))
    for job, name in found.items():
        site.origins.add(job, name)


def joined(site: Site, document: Document, peer: Peer) -> None:
    """A page shows a document from here on: tell it what its jobs do, and have them drawn."""
    for run in _running(site, document):
        site.queue.watch(run.job.id, True)
        for type, data in _so_far(run):
            peer.tell(type, **data, doc=document.name)


def left(site: Site, document: Document) -> None:
    """A page shows it no more."""
    for run in _running(site, document):
        site.queue.watch(run.job.id, site.hub.looks(run.job.id, run.job.client))


def _running(site: Site, document: Document) -> Iterator[Running]:
    for run in site.queue.running:
        if site.origins.of(run.job.id) == document.name:
            yield run


def _so_far(run: Running) -> Iterator[Told]:
    """What happened in a run before somebody came to see it."""
    yield from run.messages
    for node, output in run.outputs.items():
        names = {"node": node, "display_node": run.meta[node]["display_node"]}
        yield ("executed", {**names, "output": output, "prompt_id": run.job.id})
    yield from run.catch_up()
