"""The server as an aiohttp application: every route twice, behind the guard."""

from collections.abc import Iterator
from typing import Any

from aiohttp import web

from engine.server import job_routes, socket
from engine.server.guard import Guard, middleware
from engine.server.peer import Peer
from engine.server.routes import Route, Routes
from engine.server.site import SITE, Site

MODULES: tuple[Routes, ...] = (job_routes.routes,)
HEARD = {"feature_flags": socket.feature_flags}


def application(site: Site) -> web.Application:
    """The application of a site whose queue is open."""
    guard: Any = middleware(Guard(site.options))
    app = web.Application(middlewares=[guard], handler_args={"auto_decompress": False})
    app[SITE] = site
    for route in all_routes():
        for prefix in ("", "/api"):
            if route.path != "/" or not prefix:
                app.router.add_route(route.method, prefix + route.path, route.handler)
    websocket = socket.serving(HEARD, _left)
    app.router.add_get("/ws", websocket)
    app.router.add_get("/api/ws", websocket)
    app.on_shutdown.append(_goodbye)
    return app


def all_routes() -> Iterator[Route]:
    """Every route but the websocket."""
    return (route for module in MODULES for route in module.found)


def _left(site: Site, peer: Peer) -> None:
    """A socket went; nobody else needs to know yet."""


async def _goodbye(app: web.Application) -> None:
    try:
        await app[SITE].hub.close()
    except TimeoutError:  # whoever does not read need not hear it
        return
