"""A whole server on a socket of this machine, with workers of toy nodes, driven from a test."""

import asyncio
import json
import socket
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp

from engine.folders import Folders
from engine.server.serving import Plan, running
from engine.server.site import Options, Site
from tests.server.bench import ENDS, carrier
from tests.workers import toys

PATIENCE = 30


@dataclass
class Place:
    """A running server and a client of it."""

    site: Site
    url: str
    http: aiohttp.ClientSession
    path: Path

    async def get(self, path, status=200, **more):
        return await self.ask("GET", path, status, **more)

    async def post(self, path, body=None, status=200, **more):
        if body is not None:
            more["json"] = body
        return await self.ask("POST", path, status, **more)

    async def ask(self, method, path, status=200, **more):
        """The answer's JSON, or its text; it must have that status."""
        async with self.http.request(method, self.url + path, **more) as answer:
            text = await answer.text()
            assert answer.status == status, f"{answer.status} {text[:400]}"
            return json.loads(text) if answer.content_type == "application/json" else text

    async def raw(self, method, path, **more):
        """Status, headers and body."""
        async with self.http.request(method, self.url + path, **more) as answer:
            return answer.status, answer.headers, await answer.read()

    async def listen(self, client="me", query=""):
        url = f"{self.url}/ws?clientId={client}{query}"
        return Listener(await self.http.ws_connect(url, max_msg_size=0))

    async def queue(self, prompt, client="me", **more):
        answer = await self.post("/prompt", {"prompt": prompt, "client_id": client, **more})
        return answer["prompt_id"]


@dataclass
class Listener:
    """A websocket that keeps what it hears."""

    socket: aiohttp.ClientWebSocketResponse
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)

    async def tell(self, type, **data):
        await self.socket.send_str(json.dumps({"type": type, "data": data}))

    async def until(self, true):
        """Hear until `true(type, data)`; the data of that message."""
        async with asyncio.timeout(PATIENCE):
            while True:
                frame = await self.socket.receive()
                if frame.type is aiohttp.WSMsgType.BINARY:
                    self.pictures.append(frame.data)
                    continue
                assert frame.type is aiohttp.WSMsgType.TEXT, frame
                message = json.loads(frame.data)
                self.heard.append((message["type"], message["data"]))
                if true(message["type"], message["data"]):
                    return message["data"]

    async def next(self, *types):
        """The next message of any of these types."""
        return await self.until(lambda type, _: type in types)

    async def end(self, id):
        """Hear until a job is over."""
        await self.until(lambda type, data: type in ENDS and data["prompt_id"] == id)
        last = self.heard[-1]
        await self.until(lambda type, data: type == "executing" and data["node"] is None)
        return last


async def exactly(url, method, path, headers="", body=b""):
    """Send a request exactly as it is written; the whole answer."""
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"{method} {path} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n"
    writer.write(head.encode("latin-1") + body)
    answer = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    return answer


def folders(place: Path) -> Folders:
    """Folders in a place of the test's own."""
    named = ("models", "input", "output", "temp", "user", "custom_nodes")
    for name in named:
        (place / name).mkdir(exist_ok=True)
    return Folders(**{name: place / name for name in named})


@asynccontextmanager
async def serving(place: Path, workers=1, options=None, port=0, **more):
    where = folders(place)
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    plan = Plan(
        where,
        lambda: toys.registry(where),
        lambda _: [carrier(place) for _ in range(workers)],
        options or Options(workflows=place / "templates"),
    )
    async with (
        running(replace(plan, **more), [listening]) as site,
        aiohttp.ClientSession() as http,
    ):
        yield Place(site, f"http://127.0.0.1:{listening.getsockname()[1]}", http, place)


def run(place, steps, **options):
    """Run `steps(server)`."""

    async def whole():
        async with serving(place, **options) as made:
            return await steps(made)

    return asyncio.run(whole())


async def _alone(place: Path, workers: int, port: int) -> None:
    """A server of its own, which says its port and serves until it is killed."""
    async with serving(place, workers=workers, port=port) as made:
        print(made.url.rpartition(":")[2], flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_alone(Path(sys.argv[1]), int(sys.argv[2]), int((sys.argv[3:] or ["0"])[0])))
