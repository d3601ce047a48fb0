"""The server as an aiohttp application: every route twice, behind the guard."""

import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

from aiohttp import web

from engine.server import (
    document_routes,
    document_runs,
    document_socket,
    forwarding,
    job_routes,
    listing_routes,
    model_routes,
    pack_routes,
    page_routes,
    picture_routes,
    socket,
    system_routes,
    user_routes,
)
from engine.server.guard import Guard, marking, middleware
from engine.server.hands import Hand
from engine.server.routes import Route, Routes
from engine.server.site import SITE, Site

_log = logging.getLogger(__name__)

MODULES: tuple[Routes, ...] = (
    job_routes.routes,
    listing_routes.routes,
    picture_routes.routes,
    model_routes.routes,
    user_routes.routes,
    system_routes.routes,
    pack_routes.routes,
    document_routes.routes,
    page_routes.routes,
)
HEARD = {
    "feature_flags": socket.feature_flags,
    "open": document_socket.open_document,
    "close": document_socket.close_document,
    "edit": document_socket.edit_document,
    "presence": document_socket.presence,
    "run": document_runs.run_document,
}
WEB = (
    "document",
    "page",
    "run",
    "net",
    "view",
    "tools",
    "commands",
    "widgets",
    "panels",
    "texts",
    "icons",
    "assets",
)
"""Folders of the editor; its files at the top are served beside them."""


def application(site: Site) -> web.Application:
    """The application of a site whose queue is open."""
    guard = Guard(site.options)
    asked: Any = [middleware(guard), forwarding.to_packs]
    app = web.Application(middlewares=asked, handler_args={"auto_decompress": False})
    app[SITE] = site
    app.on_response_prepare.append(marking(guard))
    app.cleanup_ctx.append(forwarding.session)
    for route in all_routes():
        for prefix in ("", "/api"):
            if route.path != "/" or not prefix:
                app.router.add_route(route.method, prefix + route.path, route.handler)
    for folder in WEB:
        app.router.add_get(f"/{folder}/{{file:.+}}", page_routes.web_file(folder))
    app.router.add_get(r"/{file:[\w-]+\.(?:js|css|json|svg|png)}", page_routes.web_file(""))
    websocket = socket.serving(HEARD, document_socket.left)
    app.router.add_get("/ws", websocket)
    app.router.add_get("/api/ws", websocket)
    app.on_shutdown.append(_goodbye)
    app.on_shutdown.append(forwarding.cut)
    site.hub.workers.append(_warning({_plain(route.path) for route in all_routes()}))
    return app


def all_routes() -> Iterator[Route]:
    """Every route but the websocket and the editor's files."""
    yield page_routes.openapi(all_routes)
    for module in MODULES:
        yield from module.found


def _warning(own: set[str]) -> Callable[[Hand], None]:
    """Says, once, which paths of packs are ours and will not reach them."""
    said = set[tuple[str, str]]()

    def warn(hand: Hand) -> None:
        announced = hand.ready.paths if hand.ready is not None else {}
        for pack, path in ((pack, path) for pack, paths in announced.items() for path in paths):
            ours = _plain(path) in own or path.split("/")[1] in WEB
            if ours and (pack, path) not in said:
                said.add((pack, path))
                _log.warning("The pack %s can't answer at %s, which is Easel's own.", pack, path)

    return warn


def _plain(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


async def _goodbye(app: web.Application) -> None:
    try:
        await app[SITE].hub.close()
    except TimeoutError:  # whoever does not read need not hear it
        return
