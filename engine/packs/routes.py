"""HTTP routes of packs: how a pack declares them, and the door at which a worker answers them.

A pack makes a `Routes` at the top of a module, and decorates; handlers are aiohttp's. They are
answered on a port of loopback that only the server finds open: whoever asks must show a secret.
Knows neither the server nor jobs; aiohttp is imported where it is needed, since few packs have
routes.
"""

from __future__ import annotations

import asyncio
import hmac
import inspect
import secrets
import socket
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from engine.errors import PackError
from engine.packs.failing import reason_of

if TYPE_CHECKING:
    from aiohttp import web

    Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

SECRET: Final = "X-Easel-Door"
"""The header in which the server shows the secret; handlers don't see it."""
LARGEST: Final = 2**30  # bytes of a body that a handler reads whole; the server's bound is lower


@dataclass(frozen=True, slots=True)
class Route:
    """One method ("*" for all) of one path, `/mine/{name}`."""

    method: str
    path: str
    handler: Handler


class Routes:
    """What a pack answers over HTTP. Found at the top of any of its modules, like its nodes."""

    def __init__(self) -> None:
        self.found = list[Route]()

    def on(self, method: str, path: str) -> Callable[[Handler], Handler]:
        """Answer a method at a path. Raises `ValueError` for a path that can't be had."""
        begin = path.partition("{")[0]
        if not begin.startswith("/") or len(begin) < 2 or any(c in begin for c in " ?#\\"):
            raise ValueError(f"the path {path!r} must begin with / and a name of the pack's own")

        def declare(handler: Handler) -> Handler:
            if not inspect.iscoroutinefunction(handler):
                raise ValueError(f"what answers {method} {path} must be an async function")
            self.found.append(Route(method.upper(), path, handler))
            return handler

        return declare

    def get(self, path: str) -> Callable[[Handler], Handler]:
        """Answer GET, and HEAD with it."""
        return self.on("GET", path)

    def post(self, path: str) -> Callable[[Handler], Handler]:
        """Answer POST."""
        return self.on("POST", path)

    def put(self, path: str) -> Callable[[Handler], Handler]:
        """Answer PUT."""
        return self.on("PUT", path)

    def patch(self, path: str) -> Callable[[Handler], Handler]:
        """Answer PATCH."""
        return self.on("PATCH", path)

    def delete(self, path: str) -> Callable[[Handler], Handler]:
        """Answer DELETE."""
        return self.on("DELETE", path)


def check(pack: str, routes: Sequence[Route], taken: Mapping[tuple[str, str], str]) -> None:
    """Raise `PackError` for routes that can't be served, or that another pack has (`taken`)."""
    from aiohttp.web import UrlDispatcher

    for route in routes:
        if other := taken.get((route.method, route.path)):
            raise PackError(pack, f"{route.method} {route.path} is already answered by {other}")
    try:
        _add(UrlDispatcher(), pack, routes)
    except (ValueError, RuntimeError) as error:
        raise PackError(pack, f"its routes can't be served: {error}") from error


@dataclass(frozen=True, slots=True)
class Door:
    """Where routes are answered. port: of loopback; secret: what must be shown."""

    port: int
    secret: str


def opened(packs: Mapping[str, Sequence[Route]]) -> Door:
    """Answer the routes of these packs from now on, on a thread of their own.

    Raises `OSError` if there is no port.
    """
    secret = secrets.token_urlsafe(32)
    listening = socket.create_server(("127.0.0.1", 0), backlog=128)
    app = _application(secret, packs)
    serving = _serve(app, listening)
    Thread(target=asyncio.run, args=(serving,), name="easel door", daemon=True).start()
    return Door(listening.getsockname()[1], secret)


def _application(secret: str, packs: Mapping[str, Sequence[Route]]) -> web.Application:
    from aiohttp import web

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        shown = request.headers.get(SECRET, "")
        if not hmac.compare_digest(shown.encode("utf-8", "replace"), secret.encode()):
            return web.json_response({"error": "Only this worker's server may ask."}, status=403)
        plain = request.headers.copy()
        del plain[SECRET]
        return await handler(request.clone(headers=plain))

    app = web.Application(middlewares=[guarded], client_max_size=LARGEST)
    for pack, routes in packs.items():
        _add(app.router, pack, routes)
    return app


def _add(router: web.UrlDispatcher, pack: str, routes: Iterable[Route]) -> None:
    known = {(route.method, route.path) for route in routes}
    for route in routes:
        handler = _answering(pack, route)
        if route.method == "GET" and ("HEAD", route.path) not in known:
            router.add_get(route.path, handler)
        else:
            router.add_route(route.method, route.path, handler)


def _answering(pack: str, route: Route) -> Handler:
    """The handler, whose failures are told of as the pack's."""
    from aiohttp import web

    async def answering(request: web.Request) -> web.StreamResponse:
        try:
            answer = cast(object, await route.handler(request))
            if not isinstance(answer, web.StreamResponse):
                raise TypeError(f"it answered {type(answer).__name__}, not aiohttp's Response")
        except (web.HTTPException, ConnectionError):
            raise
        except Exception as error:
            where = f"{route.method} {route.path}"
            print(f"The pack {pack} failed at {where}: {reason_of(error)}", file=sys.stderr)
            if getattr(request.writer, "output_size", 0):  # an answer has begun: cut it off
                raise ConnectionError(where) from error
            said = {"error": f"The pack {pack} failed at this; the log says more."}
            return web.json_response(said, status=500)
        return answer

    return answering


async def _serve(app: web.Application, listening: socket.socket) -> None:
    from aiohttp import web

    runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    await asyncio.Event().wait()
