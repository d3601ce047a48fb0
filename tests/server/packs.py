"""Three packs for a server in a test: a node, one that is broken, and one with routes."""

import asyncio
import textwrap

from yarl import URL

from tests.server.site import run

NODE = '''
from engine.spec.node import node
from engine.spec.result import Result

@node("Loud", title="Loud", category="test", terminal=True)
def loud(*, text: str = "hey") -> Result:
    """Says it louder."""
    return Result(shown={"text": [text.upper()]})
'''
ROUTES = """
import asyncio, os, time
from aiohttp import web
from engine.packs.routes import Routes

WEB_DIRECTORY = "js"
routes = Routes()

@routes.on("*", "/mine/echo")
async def echo(request):
    answer = web.StreamResponse(headers={
        "X-Mine": "1", "Server": "mine", "Connection": "X-Mine-Too", "X-Mine-Too": "1",
        "Keep-Alive": "timeout=1", "Access-Control-Allow-Origin": "*", "X-Frame-Options": "ALLOW",
    })
    answer.headers.add("Set-Cookie", "easel_token=stolen")
    answer.headers.add("Set-Cookie", "mine=1")
    await answer.prepare(request)
    async for piece in request.content.iter_any():
        await answer.write(piece)
    await answer.write_eof()
    return answer

@routes.get("/mine/headers")
async def headers(request):
    return web.json_response(dict(request.headers))

@routes.get("/mine/at/{name:[a-z]+}")
async def at(request):
    return web.json_response([request.raw_path, request.match_info["name"]])

@routes.get("/mine/page")
async def page(request):
    return web.Response(text="<script>1</script>", content_type="text/html")

@routes.get("/mine/hang")
async def hang(request):
    await asyncio.sleep(60)

@routes.get("/mine/block")
async def block(request):
    time.sleep(60)

@routes.get("/mine/feed")
async def feed(request):
    answer = web.StreamResponse()
    await answer.prepare(request)
    await answer.write(b"first")
    await asyncio.sleep(60)

@routes.get("/mine/odd")
async def odd(request):
    return web.Response(headers={"X-Long": "x" * 20_000})

@routes.get("/mine/slow/{again:(a|a?)+}")
async def slow(request):
    return web.Response()

@routes.delete("/prompt")
async def shadow(request):
    return web.Response(text="mine")

@routes.get("/queue")
async def shadow_too(request):
    return web.Response(text="mine")
"""


def packs_in(tmp_path):
    """Folders with three packs: a node, one that is broken, and one with routes."""
    packs = tmp_path / "custom_nodes"
    (packs / "mine" / "js" / "deep").mkdir(parents=True)
    (packs / "loud.py").write_text(NODE)
    (packs / "broken.py").write_text("import no_such_module_here")
    (packs / "mine" / "__init__.py").write_text(textwrap.dedent(ROUTES))
    for name in ("a.js", "deep/b c.js", "style.css", "page.html", ".hidden.js", "note.txt"):
        (packs / "mine" / "js" / name).write_text(f"/* {name} */")
    return tmp_path


async def ready(server):
    async with asyncio.timeout(30):
        while not any(hand.ready for hand in server.site.queue.hands):
            await asyncio.sleep(0.01)
        await server.site.catalogue.settled.wait()


async def as_written(server, path):
    """Ask for a path as it is written."""
    async with server.http.get(URL(server.url + path, encoded=True)) as answer:
        return answer.status


def served(place, steps, **options):
    async def whole(server):
        await ready(server)
        return await steps(server)

    return run(place, whole, **options)
