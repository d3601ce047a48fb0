"""Who may ask: `Host`, `Origin` and token of every request; headers that keep answers inert.

Against DNS rebinding, posts from foreign pages, and strangers on the network. Knows no route but
`/` and `/ws`, where a token may stand in the address.
"""

import hmac
import ipaddress
import logging
import socket
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import SplitResult, urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from engine.errors import EaselError
from engine.server.answers import Refused, wrong
from engine.server.site import Options

COOKIE: Final = "easel_token"
OF_ALL: Final = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
OF_PAGES: Final = {"Referrer-Policy": "no-referrer", "X-Frame-Options": "SAMEORIGIN"}
INERT: Final = {**OF_ALL, **OF_PAGES}
PARTS: Final = ("text/javascript", "text/css")
"""What is never shown by itself, so that it needs no headers of pages: the editor is many small
files."""
PORTS: Final = {"http": 80, "https": 443}
YEAR: Final = 365 * 86400

_log = logging.getLogger(__name__)


class Guard:
    """The rules of one server."""

    def __init__(self, options: Options) -> None:
        self._token = options.token.encode()
        self._origins = options.origins
        self._open = not all(is_loopback(host) for host in options.hosts)
        self._names = {socket.gethostname().lower(), *(host.lower() for host in options.hosts)}

    def refusal(self, request: web.Request) -> web.StreamResponse | None:
        """What to answer instead, or None if the request may pass."""
        host = _host_of(request)
        if host is None or not self._is_ours(host.hostname or ""):
            return wrong(403, "This server is not called by that name (Host).")
        origin = request.headers.get("Origin")
        if origin is not None and not self._may_ask(origin, host, request):
            return wrong(403, "Another site's page may not ask this server (Origin).")
        if origin is None and self._is_strange(request):
            return wrong(403, "Another site's page may not ask this server (Sec-Fetch-Site).")
        return self._without_token(request) if self._token else None

    def allowed_origin(self, request: web.Request) -> str | None:
        """The foreign page that may read the answer, if there is one."""
        origin = request.headers.get("Origin")
        return origin if origin and ("*" in self._origins or origin in self._origins) else None

    def _is_ours(self, name: str) -> bool:
        """Names can be rebound to any address; addresses can't."""
        name = name.lower()
        if is_loopback(name):
            return True
        return self._open and (_is_address(name) or name in self._names)

    def _may_ask(self, origin: str, host: SplitResult, request: web.Request) -> bool:
        """Whether a page is allowed, or is our own.

        One at the default port of https may be ours behind a proxy, or another program's beside us
        at the default port of http: then a browser's own word counts.
        """
        if "*" in self._origins or origin in self._origins:
            return True
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return False
        try:
            page = urlsplit(origin)
            same = (page.hostname or "").lower() == (host.hostname or "").lower()
            return same and page.scheme in PORTS and _port(page) == _port(host, page.scheme)
        except ValueError:
            return False

    def _is_strange(self, request: web.Request) -> bool:
        """A browser's request of another site that is more than a link somebody followed."""
        if request.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin"):
            return False
        if self._origins:
            return False
        followed = request.headers.get("Sec-Fetch-Mode") == "navigate"
        return not (followed and request.method == "GET" and request.path == "/")

    def _without_token(self, request: web.Request) -> web.StreamResponse | None:
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        in_address = request.query.get("token", "") if _bare(request) in ("/", "/ws") else ""
        held = request.cookies.get(COOKIE, "")
        if kind.lower() == "bearer" and self._fits(given.strip()):
            return None
        if self._fits(held):
            return None
        if not self._fits(in_address):
            return wrong(401, "This server wants a token: Authorization: Bearer TOKEN, or /?token=")
        if _bare(request) == "/ws":
            return None
        answer = web.Response(status=303, headers={"Location": "/"})
        answer.set_cookie(COOKIE, in_address, httponly=True, samesite="Strict", max_age=YEAR)
        return answer

    def _fits(self, given: str) -> bool:
        return bool(given) and hmac.compare_digest(given.encode("utf-8", "replace"), self._token)


def is_loopback(name: str) -> bool:
    """Whether a host's name or address never leaves this machine."""
    bare = name.strip("[]").lower()
    if bare == "localhost" or bare.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return False


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _bare(request: web.Request) -> str:
    return request.path.removeprefix("/api") or "/"


def _host_of(request: web.Request) -> SplitResult | None:
    given = request.headers.getall("Host", [])
    if len(given) != 1 or not given[0] or any(c in given[0] for c in "/@?#\\ ,"):
        return None
    try:
        found = urlsplit(f"//{given[0]}")
        found.port  # noqa: B018 - raises where it is none
    except ValueError:
        return None
    return found


def _port(place: SplitResult, scheme: str = "") -> int:
    return place.port or PORTS[scheme or place.scheme]


def middleware(guard: Guard) -> object:
    """Ask the guard, then the handler; whatever that raises becomes an answer."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        found = guard.refusal(request)
        if found is None and request.method == "OPTIONS" and guard.allowed_origin(request):
            found = web.Response()
        return found if found is not None else await _answered(request, handler)

    return guarded


def marking(guard: Guard) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """For `on_response_prepare`: the headers that all answers have, also those that stream."""

    async def marked(request: web.Request, answer: web.StreamResponse) -> None:
        for name, value in (OF_ALL if answer.content_type in PARTS else INERT).items():
            answer.headers.setdefault(name, value)
        answer.headers.pop("Server", None)
        if origin := guard.allowed_origin(request):
            _let_read(answer, origin)

    return marked


def _let_read(answer: web.StreamResponse, origin: str) -> None:
    answer.headers["Access-Control-Allow-Origin"] = origin
    answer.headers["Access-Control-Allow-Methods"] = "POST, GET, DELETE, PUT, OPTIONS, PATCH"
    answer.headers["Access-Control-Allow-Headers"] = "Content-Type, Authorization"
    answer.headers["Access-Control-Allow-Credentials"] = "true"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["Vary"] = "Origin"


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as error:
        return wrong(error.status, error.message)
    except EaselError as error:
        return wrong(400, str(error))
    except web.HTTPException as error:
        if error.status < 400:
            return error
        answer = wrong(error.status, error.reason)
        if "Allow" in error.headers:
            answer.headers["Allow"] = error.headers["Allow"]
        return answer
    except sqlite3.Error as error:
        _log.error("The database fails: %s", error)
        return wrong(500, f"The database fails: {error}. Is the disk full?")
    except ConnectionError:
        raise
    except Exception:
        _log.exception("%s %s failed", request.method, request.path)
        return wrong(500, "The server failed at this; its log says more.")
