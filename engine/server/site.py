"""What one server is made of, for its handlers."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from aiohttp import web

from engine.folders import ROOT, Folders
from engine.server.catalogue import Catalogue
from engine.server.documents import Documents
from engine.server.hub import Hub
from engine.server.logs import Logs
from engine.server.origins import Origins
from engine.server.queue import Queue
from engine.server.shelf import Shelf
from engine.server.tasks import Tasks
from engine.store.database import Database

VERSION: Final = "0.1.0"
SPEAKS: Final = "0.3.64"
"""The version of ComfyUI whose wire this is, for clients that ask."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the user chose. token: "" for none. hosts: addresses that are listened at. origins:
    foreign pages that may ask, "*" for all. max_upload: bytes. durable: survive power loss."""

    token: str = ""
    hosts: tuple[str, ...] = ("127.0.0.1",)
    origins: tuple[str, ...] = ()
    max_upload: int = 100 * 2**20
    multi_user: bool = False
    argv: tuple[str, ...] = ()
    web: Path = ROOT / "web"
    docs: Path = ROOT / "docs"
    workflows: Path = ROOT / "workflows"
    texts: Path = ROOT / "nodes" / "texts"


@dataclass(slots=True)
class Site:
    """Everything that a handler may need."""

    folders: Folders
    options: Options
    database: Database
    queue: Queue
    hub: Hub
    catalogue: Catalogue
    logs: Logs
    documents: Documents
    origins: Origins
    tasks: Tasks = field(default_factory=Tasks)
    shelf: Shelf = field(default_factory=Shelf)
    looking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    """Held while a picture is decoded."""
    settling: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while settings or users are changed."""


SITE: Final = web.AppKey("site", Site)


def site_of(request: web.Request) -> Site:
    """The site that a request came to."""
    return request.app[SITE]
