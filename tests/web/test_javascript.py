"""The editor's modules under Node: its own tests, and its documents against the real server."""

import asyncio
import json
import subprocess
from collections import Counter
from contextlib import suppress
from functools import cache
from pathlib import Path

import aiohttp
import pytest

from engine.graph.files import read
from engine.graph.flatten import flatten
from engine.graph.model import Link
from engine.graph.sockets import Slot, Sockets
from tests.server.site import run

HERE = Path(__file__).parent
NODE = ("node", "--harmony-json-parse-with-source")
ROOMS = sorted(place.name for place in HERE.iterdir() if any(place.glob("*.test.js")))


@pytest.mark.parametrize("room", ROOMS)
def test_the_tests_of_the_room_pass(room):
    files = sorted(str(path) for path in (HERE / room).glob("*.test.js"))
    done = subprocess.run(
        [*NODE, "--test", "--test-reporter=tap", *files],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, _failures(done.stdout) + done.stderr[-2000:]


def _failures(report: str) -> str:
    """The tests that failed, each with its reason, out of a whole report."""
    parts = report.split("\nnot ok ")[1:]
    return "\n".join("not ok " + part[:1500] for part in parts)[:12_000]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_pages_in_javascript_and_the_server_end_equal(tmp_path, seed):
    graphs, server = run(tmp_path, lambda place: _play(place, seed), workers=0)
    assert [json.loads(graph) for graph in graphs] == [server] * len(graphs)
    assert len(server["nodes"]) > 1


INT, MODEL, ANY = "INT", "MODEL", "*"
SOCKETS = {
    "Number": Sockets((Slot("value", INT, True),), (Slot("0", INT),)),
    "Add": Sockets(
        (Slot("by", MODEL), Slot("one", INT, True), Slot("other", INT, True)),
        (Slot("0", INT), Slot("1", MODEL)),
    ),
    "Pass": Sockets((Slot("any", ANY), Slot("model", MODEL)), (Slot("0", MODEL), Slot("1", ANY))),
    "Show": Sockets((Slot("value", ANY),)),
}


def test_subgraphs_that_are_made_and_unpacked_in_javascript_run_as_before():
    script = str(HERE / "document" / "shaping.js")
    done = subprocess.run(
        [*NODE, script, "1", "150"], capture_output=True, text=True, timeout=60, check=True
    )
    cases = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(cases) > 300
    for case in cases:
        before, after = _what_runs(case["before"]), _what_runs(case["after"])
        assert after == before, f"seed {case['seed']}, step {case['step']}"


def _what_runs(document):
    """The nodes that run, each with all that feeds it, whatever their ids are."""
    nodes = flatten(read(document), SOCKETS.get).nodes

    @cache
    def recipe(id):
        if id not in nodes:
            return "nothing"
        inputs = sorted(nodes[id].inputs.items())
        return (nodes[id].class_type, *((name, value_of(value)) for name, value in inputs))

    def value_of(value):
        return (recipe(value.node), value.output) if isinstance(value, Link) else value

    return Counter(map(recipe, nodes))


def test_pages_see_a_run_as_the_real_server_tells_of_it(tmp_path):
    nodes = {
        "1": {"class_type": "Number", "inputs": {"value": 5}},
        "2": {"class_type": "Sleep", "inputs": {"seconds": 0.3, "tag": 4}},
        "3": {"class_type": "Show", "inputs": {"value": ["1", 0]}},
        "4": {"class_type": "Fail", "inputs": {"value": ["1", 0]}},
    }
    ops = [{"op": "add", "path": f"nodes/{id}", "value": node} for id, node in nodes.items()]

    async def steps(place):
        page = await place.listen("page")
        await page.tell("feature_flags", supports_preview_metadata=True)
        await page.tell("open", doc="mine")
        await page.tell("edit", doc="mine", client="page", clock=1, ops=ops)
        await page.tell("run", doc="mine", targets=["2", "3"])
        await page.end((await page.next("queued"))["prompt_ids"][0])
        await page.tell("run", doc="mine")
        await page.end((await page.next("queued"))["prompt_ids"][0])
        active = await place.get("/jobs?status=in_progress,pending")
        ended = await place.get("/jobs?status=completed,failed,cancelled")
        heard = [[type, data] for type, data in page.heard]
        return {"heard": heard, "frames": [p.hex() for p in page.pictures]}, active, ended

    heard, active, ended = run(tmp_path, steps)
    said = json.dumps({**heard, "active": active, "ended": ended})
    script = [*NODE, str(HERE / "run" / "heard.js")]
    done = subprocess.run(script, input=said, capture_output=True, text=True, check=True)
    seen = json.loads(done.stdout)
    states = [node["state"] for node in seen["nodes"].values()]
    assert states == ["kept", "kept", "kept", "failed"]
    assert seen["nodes"]["3"]["text"] == ["5"]
    assert seen["nodes"]["2"]["preview"] == "a picture"
    assert "4" in [found["node"] for found in seen["problems"]]
    assert seen["seconds"] > 0.25
    assert [job["state"] for job in seen["ended"]] == ["failed", "done"]


async def _play(place, seed, pages=3):
    process = await asyncio.create_subprocess_exec(
        *NODE,
        str(HERE / "net" / "driven.js"),
        str(seed),
        str(pages),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        limit=2**24,
    )
    bridge = Bridge(place, process)
    try:
        async with asyncio.timeout(60):
            return await bridge.play(pages)
    finally:
        await bridge.close()


class Bridge:
    """Holds the sockets of pages that live in another process."""

    def __init__(self, place, process):
        self.place, self.process = place, process
        self.sockets: dict[int, aiohttp.ClientWebSocketResponse] = {}
        self.readers: dict[int, asyncio.Task[None]] = {}
        self.answers: asyncio.Queue[dict[str, object]] = asyncio.Queue()

    async def play(self, pages):
        reading = asyncio.create_task(self._read())
        for page in range(pages):
            await self._join(page)
        for _ in range(40):
            self._tell(act=5)
            await self.answers.get()
        while True:
            self._tell(ask=True)
            said = await self.answers.get()
            document = self.place.site.documents.live("mine")
            if said["settled"] and set(said["revs"]) == {document.rev}:
                reading.cancel()
                return said["graphs"], await self.place.get("/documents/mine")
            await asyncio.sleep(0.02)

    async def close(self):
        for reader in self.readers.values():
            reader.cancel()
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()

    async def _join(self, page):
        url = f"{self.place.url}/ws?clientId=page{page}"
        self.sockets[page] = await self.place.http.ws_connect(url, max_msg_size=0)
        self._tell(page=page, line=True)
        self.readers[page] = asyncio.create_task(self._forward(page, self.sockets[page]))

    async def _forward(self, page, socket):
        async for frame in socket:
            if self.sockets[page] is socket:
                self._tell(page=page, text=frame.data)

    async def _read(self):
        while line := await self.process.stdout.readline():
            said = json.loads(line)
            if said.get("cut"):
                self.readers[said["page"]].cancel()
                await self.sockets[said["page"]].close()
                self._tell(page=said["page"], line=False)
                await self._join(said["page"])
            elif "text" in said:
                with suppress(ConnectionError):
                    await self.sockets[said["page"]].send_str(said["text"])
            else:
                self.answers.put_nowait(said)

    def _tell(self, **said):
        self.process.stdin.write(json.dumps(said).encode() + b"\n")
