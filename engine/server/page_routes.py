"""The page, the documentation, and `/openapi.json`."""

import asyncio
import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from engine.folders import PathError, inside
from engine.server import bodies
from engine.server.answers import Refused, answer, encoded, mapping, text
from engine.server.openapi import description
from engine.server.routes import ANY, OBJECT, TEXT, Route, Routes, fields
from engine.server.site import VERSION, Site, site_of

routes = Routes("Pages")

PAGE: Final = "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'"
KINDS: Final = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
TEXTS: Final = (".html", ".js", ".css", ".json", ".svg")
STYLE: Final = """body { font: 16px/1.6 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto;
padding: 0 1rem; color: #222; background: #fafafa } a { color: #2456a6 } pre, code {
background: #eee; border-radius: 4px } pre { padding: .8rem; overflow: auto }
img { max-width: 100% }
table { border-collapse: collapse } td, th { padding: .2rem .6rem; border-bottom: 1px solid #ddd }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #1c1c1e }
a { color: #8ab4f8 } pre, code { background: #2a2a2d } td, th { border-color: #444 } }"""


@routes.on("GET", "/", "The page", answers={200: "text/html"})
async def get_page(request: web.Request) -> web.StreamResponse:
    site = site_of(request)
    index = site.options.web / "index.html"
    if await asyncio.to_thread(index.is_file):
        return await _static(request, index)
    return _page("Easel", _welcome(site))


def _welcome(site: Site) -> str:
    count, queue = site.queue.remaining, site.queue
    states = "; ".join(f"{hand.carrier.device}: {hand.state}" for hand in queue.hands)
    jobs = "one job waits or runs" if count == 1 else f"{count} jobs wait or run"
    paused = " The queue is paused." if queue.paused else ""
    links = "".join(
        f'<li><a href="/docs/{html.escape(path.name)}">{html.escape(_title(path))}</a></li>'
        for path in sorted(site.options.docs.glob("*.md"))
    )
    return (
        f"<h1>Easel {VERSION}</h1><p>The server runs. {jobs.capitalize()}.{paused} "
        f"Workers: {html.escape(states)}.</p>"
        "<p>Whatever talks to ComfyUI's API can talk to this address.</p>"
        f'<ul>{links}<li><a href="/openapi.json">The API, as OpenAPI</a></li></ul>'
    )


def _title(path: Path) -> str:
    """A document's first heading."""
    lines = path.read_text("utf-8", "replace").splitlines()
    return next((line[2:].strip() for line in lines if line.startswith("# ")), path.stem)


@routes.on("GET", "/docs/{file:.+}", "A page of the documentation", answers={200: "*/*", 404: ANY})
async def get_docs(request: web.Request) -> web.StreamResponse:
    path = _file(site_of(request).options.docs, request.match_info["file"])
    if path.suffix != ".md":
        return await _static(request, path)
    return await asyncio.to_thread(lambda: _page(_title(path), rendered(path.read_text("utf-8"))))


@routes.on("GET", "/share", "The token that a link needs", answers={200: fields({"token": TEXT})})
async def get_share(request: web.Request) -> web.Response:
    """Told to those only who have shown it: the page can't read its cookie."""
    return answer({"token": site_of(request).options.token})


@routes.on(
    "POST",
    "/markdown",
    "Markdown as HTML; HTML inside it stays text",
    body=fields({"text": TEXT}),
    answers={200: fields({"html": TEXT}), 400: ANY},
)
async def post_markdown(request: web.Request) -> web.Response:
    given = mapping(await bodies.json_of(request, 2**20)).get("text")
    if not isinstance(given, str):
        raise Refused(400, "text must be a text")
    return answer({"html": await asyncio.to_thread(rendered, given)})


def rendered(source: str) -> str:
    """Markdown as HTML, without the HTML that stands in it and without dangerous links."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
    made: str = reader.enable("strikethrough").render(source)
    return re.sub(r'<a href="(https?:)', r'<a target="_blank" rel="noopener" href="\1', made)


def _page(title: str, body: str) -> web.Response:
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style><body>{body}</body></html>"
    )
    found = web.Response(text=page, content_type="text/html")
    found.headers["Content-Security-Policy"] = PAGE
    found.headers["Cache-Control"] = "no-cache"
    return found


# The editor's files


def web_file(request_path: str) -> Callable[[web.Request], Any]:
    """A handler for files of the editor under a folder of its own."""

    async def get_web_file(request: web.Request) -> web.StreamResponse:
        place = site_of(request).options.web / request_path
        path = await asyncio.to_thread(_file, place, request.match_info["file"])
        return await _static(request, path)

    return get_web_file


def _file(place: Path, name: str) -> Path:
    try:
        path = inside(place, name)
    except PathError:
        raise Refused(404, "Not found") from None
    if path.suffix not in (*KINDS, ".md") or not path.is_file() or name.startswith("."):
        raise Refused(404, "Not found")
    return path


async def _static(request: web.Request, path: Path) -> web.StreamResponse:
    kind = KINDS[path.suffix]
    found: web.StreamResponse
    if path.suffix in TEXTS:
        found = await site_of(request).shelf.response(request, path, kind)
    else:
        found = web.FileResponse(path)
        found.content_type = kind
        found.headers["Cache-Control"] = "no-cache"
    if path.suffix not in (".js", ".css"):  # what a page may do is said with the page
        found.headers["Content-Security-Policy"] = PAGE
    return found


def openapi(all_routes: Callable[[], Any]) -> Route:
    """The route that describes all routes, itself too."""

    async def get_openapi(request: web.Request) -> web.Response:  # noqa: ARG001
        return text(encoded(description(all_routes())))

    return Route(
        "GET", "/openapi.json", get_openapi, "This description", "Pages", {}, None, {200: OBJECT}
    )
