"""A queue with real workers of toy nodes, driven from a test."""

import asyncio
import itertools
import json
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.server.queue import Queue
from engine.server.sweep import Sweep
from engine.store.database import Database
from engine.store.jobs import NewJob
from engine.workers.local import Local

ENDS = ("execution_success", "execution_error", "execution_interrupted")
FRESH = itertools.count(1000)
PATIENCE = 60


@dataclass
class Heard:
    """A listener that keeps what it hears, and wakes who waits."""

    messages: list[tuple[str | None, str, dict[str, Any]]] = field(default_factory=list)
    pictures: list[Any] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    looking: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def told(self, client, type, data):
        self.messages.append((client, type, data))
        self.news.set()

    def pictured(self, _client, picture):
        self.pictures.append(picture)
        self.news.set()

    def changed(self):
        self.news.set()

    def worker(self, hand):
        self.states.append(hand.state)
        self.news.set()

    def looks(self, _job, _client):
        return self.looking

    def of(self, id):
        return [(type, data) for _, type, data in self.messages if data["prompt_id"] == id]

    def types(self, id):
        return [type for type, _ in self.of(id)]

    async def until(self, true):
        async with asyncio.timeout(PATIENCE):
            while not true():
                self.news.clear()
                await self.news.wait()


@dataclass
class Bench:
    queue: Queue
    heard: Heard
    database: Database
    output: Path

    async def post(self, graph, id=None, **more):
        """Queue a graph; its id."""
        id = id or f"job{next(FRESH)}"
        prompt = json.dumps(graph).encode()
        await self.queue.accept(NewJob(id, prompt, **{"client": "me", **more}))
        return id

    async def end(self, id):
        """Wait for a job's end; its entry in the history."""
        await self.heard.until(lambda: {*self.heard.types(id)} & {*ENDS})
        return json.loads(await self.queue.entry(id))[id]

    async def runs(self, id):
        """Wait until a job runs a node."""
        await self.heard.until(lambda: "executing" in self.heard.types(id))

    async def listed(self):
        """Ids of what runs and of what waits."""
        return tuple([item[1] for item in json.loads(part)] for part in await self.queue.listing())

    async def history(self):
        return list(json.loads(await self.queue.history()))


def one(class_type, **inputs):
    """A graph of one node."""
    return {"1": {"class_type": class_type, "inputs": inputs}}


def fresh():
    """A tiny graph that nobody has run."""
    return {
        "1": {"class_type": "Number", "inputs": {"value": next(FRESH)}},
        "2": {"class_type": "Double", "inputs": {"value": ["1", 0]}},
        "3": {"class_type": "Show", "inputs": {"value": ["2", 0]}},
    }


def carrier(place: Path):
    """Workers with toy nodes, whose folders lie in `place`."""
    named = ("input", "output", "temp", "user", "models", "custom-nodes")
    folders = [f"--{name}={place / name.replace('-', '_')}" for name in named]
    command = [sys.executable, "-u", "-m", "tests.workers", *folders]
    return Local(command, journals=place / "user" / "attempts", say=lambda _: None)


@asynccontextmanager
async def bench(place: Path, workers=1, **options):
    heard = Heard()
    database = Database(place / "user" / "easel.db")
    carriers = [carrier(place) for _ in range(workers)]
    queue = Queue(database, carriers, heard, Sweep(database, place / "temp"), **options)
    queue.open()
    try:
        yield Bench(queue, heard, database, place / "output")
    finally:
        await queue.close()
        database.close()


def run(place, steps, **options):
    """Run `steps(bench)`."""

    async def whole():
        async with bench(place, **options) as made:
            return await steps(made)

    return asyncio.run(whole())
