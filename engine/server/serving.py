"""A server from its start to its end: database, queue and application on sockets that listen."""

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from engine.folders import Folders
from engine.server import audience, document_runs, document_socket
from engine.server.app import application
from engine.server.catalogue import Catalogue
from engine.server.documents import Documents
from engine.server.hands import READY, Hand
from engine.server.hub import Hub
from engine.server.logs import SIZE, Handler, Logs
from engine.server.origins import Origins
from engine.server.queue import Queue
from engine.server.site import Options, Site
from engine.server.sweep import Sweep
from engine.spec.node import NodeSpec
from engine.store.database import Database
from engine.workers.protocol import Carrier

GRACE = 2.0  # seconds that requests under way have at the end


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be served. declared: reads our own node types, on a thread; carriers: given what
    takes workers' lines. worker: told when a worker comes up or goes down."""

    folders: Folders
    declared: Callable[[], Mapping[str, NodeSpec]]
    carriers: Callable[[Callable[[str], None]], Sequence[Carrier]]
    options: Options = field(default_factory=Options)
    durable: bool = False
    kept: int = 10_000
    worker: Callable[[Hand], None] = lambda _: None


@asynccontextmanager
async def running(
    plan: Plan, sockets: Sequence[socket.socket] = (), tls: ssl.SSLContext | None = None
) -> AsyncGenerator[Site]:
    """Serve on `sockets` (bound ones) as long as the block lasts. Raises `StoreError`."""
    database = Database(plan.folders.user / "easel.db", durable=plan.durable)
    try:
        site = _site(plan, database)
        runner = web.AppRunner(
            application(site),
            access_log=None,
            shutdown_timeout=GRACE,
            handler_cancellation=False,
            auto_decompress=False,
        )
        await runner.setup()
        for one in sockets:
            await web.SockSite(runner, one, backlog=1024, ssl_context=tls).start()
        site.catalogue.open()
        site.queue.open()
        site.tasks.spawn(audience.recall(site))
        site.documents.start()
        try:
            yield site
        finally:
            await runner.cleanup()
            await site.documents.close()
            await site.tasks.close()
            await site.queue.close()
    finally:
        database.close()


def _site(plan: Plan, database: Database) -> Site:
    loop, hub, logs = asyncio.get_running_loop(), Hub(), Logs()
    say = _thread_safe(loop, logs)
    logging.getLogger("engine").addHandler(Handler(say))
    catalogue = Catalogue(plan.folders, plan.declared)
    sweep = Sweep(database, plan.folders.temp)
    queue = Queue(database, plan.carriers(say), hub, sweep, kept=plan.kept)
    documents = Documents(plan.folders, database, catalogue, plan.options.workflows)
    origins = Origins()
    site = Site(
        plan.folders, plan.options, database, queue, hub, catalogue, logs, documents, origins
    )
    documents.changed.append(lambda document: document_socket.changed(site, document))
    hub.hear = lambda type, data: document_runs.seen(site, type, data)
    hub.audience = lambda job: audience.of(site, job)
    hub.serve(queue)
    hub.workers.append(lambda hand: _worker(site, hand))
    hub.workers.append(plan.worker)
    logs.hear = lambda entry: _spread(site, entry)
    return site


def _thread_safe(loop: asyncio.AbstractEventLoop, logs: Logs) -> Callable[[str], None]:
    def say(line: str) -> None:
        try:
            loop.call_soon_threadsafe(logs.add, line)
        except RuntimeError:  # the loop is closed
            return

    return say


def _worker(site: Site, hand: Hand) -> None:
    if hand.state == READY and hand.ready is not None:
        site.tasks.spawn(site.catalogue.heard(hand.ready))


def _spread(site: Site, entry: dict[str, object]) -> None:
    for peer in site.hub.subscribers():
        peer.tell("logs", entries=[entry], size=SIZE)
