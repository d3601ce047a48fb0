"""Requests at routes of packs go on to a worker, and its answer comes back, piece by piece.

Only where no route of ours fits the path. Nothing here waits for ever or holds a body whole, and a
pack hears neither this server's token nor what concerns one connection alone. Knows no pack.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final

import aiohttp
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from engine.server.answers import Refused, wrong
from engine.server.guard import COOKIE, INERT
from engine.server.hands import READY
from engine.server.inert import APART
from engine.server.site import Site, site_of
from engine.workers.protocol import Door

MOST: Final = 64  # requests at packs at once
QUIET: Final = 300.0  # seconds without a byte in either direction
LOOK: Final = 0.5  # seconds between two looks at whether the client is still there
SOON: Final = {"Retry-After": "2"}
OF_ONE_LINE: Final = frozenset(
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization"),
        *("proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "expect"),
    }
)
OURS: Final = frozenset({"server", "date", *(name.lower() for name in INERT)})

SESSION: Final = web.AppKey("session", aiohttp.ClientSession)
BUSY: Final = web.AppKey("busy", asyncio.Semaphore)


async def session(app: web.Application) -> AsyncIterator[None]:
    """What requests are made with, for `cleanup_ctx`."""
    app[BUSY] = asyncio.Semaphore(MOST)
    app[SESSION] = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, force_close=True),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=QUIET),
        auto_decompress=False,
        skip_auto_headers=(hdrs.USER_AGENT, hdrs.ACCEPT, hdrs.ACCEPT_ENCODING, hdrs.CONTENT_TYPE),
    )
    yield
    await app[SESSION].close()


async def cut(app: web.Application) -> None:
    """Requests that are under way end now: the workers will."""
    await app[SESSION].close()


@web.middleware
async def to_packs(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Forward what no route of ours answers, if a pack does. Raises `Refused` (413, 415)."""
    if not isinstance(request.match_info.http_exception, web.HTTPNotFound):
        return await handler(request)
    site, path = site_of(request), request.rel_url.path
    await site.catalogue.specs(())
    if not site.catalogue.settled.is_set():
        return _later("Packs are still being loaded; one of them may answer this.")
    for prefix in ("", "/api"):
        if path.startswith(prefix) and site.catalogue.packs.answering(path.removeprefix(prefix)):
            return await _forwarded(request, site, request.rel_url.raw_path.removeprefix(prefix))
    return await handler(request)


async def _forwarded(request: web.Request, site: Site, path: str) -> web.StreamResponse:
    doors = [hand.ready.door for hand in site.queue.hands if hand.state == READY and hand.ready]
    door = next((door for door in doors if door is not None), None)
    if door is None or request.app[SESSION].closed:
        return _later("The worker that answers for packs is starting.")
    if request.headers.get(hdrs.CONTENT_ENCODING, "identity").lower() != "identity":
        raise Refused(415, "A packed body is not passed on to a pack.")
    body = _Body(request, site.options.max_upload)
    if request.app[BUSY].locked():
        return _later(f"{MOST} requests wait for packs already.")
    async with request.app[BUSY]:
        return await _while_there(request, _exchanged(request, door, path, body))


class _Body:
    """A request's body in pieces. failed: why the rest of it was not read, if so; answer: what the
    worker answers already, and will not go on with then."""

    def __init__(self, request: web.Request, most: int) -> None:
        self.failed: Exception | None = None
        self.answer: aiohttp.ClientResponse | None = None
        self._request, self._most = request, most
        if (request.content_length or 0) > most:
            raise self._refusal()

    def _refusal(self) -> Refused:
        return Refused(413, f"The body is larger than {self._most / 2**20:.0f} MB")

    async def pieces(self) -> AsyncGenerator[bytes]:
        size = 0
        try:
            while piece := await asyncio.wait_for(self._request.content.readany(), QUIET):
                size += len(piece)
                if size > self._most:
                    raise self._refusal()
                yield piece
        except Exception as error:
            self.failed = error
            if self.answer is not None:
                self.answer.close()
            raise


async def _exchanged(
    request: web.Request, door: Door, path: str, body: _Body
) -> web.StreamResponse:
    """Ask the worker and pass its answer on."""
    query = f"?{request.rel_url.raw_query_string}" if request.rel_url.raw_query_string else ""
    url = URL(f"http://127.0.0.1:{door.port}{path}{query}", encoded=True)
    try:
        async with request.app[SESSION].request(
            request.method,
            url,
            headers=_asked(request, door),
            data=body.pieces() if request.can_read_body else None,
            allow_redirects=False,
        ) as told:
            body.answer = told
            return await _passed_on(request, told)
    except (aiohttp.ClientError, TimeoutError) as error:
        if isinstance(body.failed, Refused):
            raise body.failed from None
        return _failed(error)


def _failed(error: Exception) -> web.Response:
    if isinstance(error, aiohttp.ClientResponseError):
        return wrong(502, "The pack's answer is out of shape.")
    if isinstance(error, TimeoutError) and not isinstance(error, aiohttp.ConnectionTimeoutError):
        return wrong(504, f"The pack did not answer for {QUIET:.0f} seconds.")
    return _later("The worker that was to answer for this pack is gone; another one is started.")


async def _passed_on(request: web.Request, told: aiohttp.ClientResponse) -> web.StreamResponse:
    answer = web.StreamResponse(status=told.status, reason=told.reason, headers=_told(told.headers))
    await answer.prepare(request)
    try:
        async for piece in told.content.iter_any():
            async with asyncio.timeout(QUIET):
                await answer.write(piece)
        await answer.write_eof()
    except (aiohttp.ClientError, ConnectionError, TimeoutError):
        if request.transport is not None:  # nobody must take what there is for the whole
            request.transport.close()
    return answer


async def _while_there(
    request: web.Request, doing: Coroutine[Any, Any, web.StreamResponse]
) -> web.StreamResponse:
    """Do it, unless the client goes away."""
    task = asyncio.ensure_future(doing)
    try:
        while not task.done():
            await asyncio.wait((task,), timeout=LOOK)
            if not task.done() and (request.transport is None or request.transport.is_closing()):
                return wrong(503, "Nobody waits for this any more.")
        return task.result()
    finally:
        task.cancel()


def _later(message: str) -> web.Response:
    answer = wrong(503, f"{message} Ask again in a moment.")
    answer.headers.update(SOON)
    return answer


# Headers


def _asked(request: web.Request, door: Door) -> CIMultiDict[str]:
    """What the worker hears: no token, nothing of this connection, and the secret."""
    kept = _kept(request.headers, frozenset({door.header.lower()}))
    if hdrs.COOKIE in kept:
        cookies = "; ".join(kept.popall(hdrs.COOKIE))
        others = [one for one in cookies.split(";") if one.partition("=")[0].strip() != COOKIE]
        if others:
            kept[hdrs.COOKIE] = ";".join(others).strip()
    token, shown = site_of(request).options.token, kept.get(hdrs.AUTHORIZATION, "")
    if token and shown.partition(" ")[2].strip() == token:
        del kept[hdrs.AUTHORIZATION]
    kept[door.header] = door.secret
    return kept


def _told(headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
    """What the client hears: nothing that this server says itself, and pages are kept apart."""
    kept = _kept(headers, OURS)
    for name in [name for name in kept if name.lower().startswith("access-control-")]:
        kept.popall(name, None)
    cookies = kept.popall(hdrs.SET_COOKIE, [])
    for cookie in cookies:
        if not _is_ours(cookie):
            kept.add(hdrs.SET_COOKIE, cookie)
    kept.add("Content-Security-Policy", APART)
    return kept


def _kept(headers: CIMultiDictProxy[str], dropped: frozenset[str]) -> CIMultiDict[str]:
    named = ",".join(headers.getall(hdrs.CONNECTION, []))
    gone = OF_ONE_LINE | dropped | {name.strip().lower() for name in named.split(",")}
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in gone)


def _is_ours(cookie: str) -> bool:
    try:
        return COOKIE in SimpleCookie(cookie)
    except CookieError:
        return True
