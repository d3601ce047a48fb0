"""`kill -9` of workers that hold torch and a model, again and again under load: what is lost?

    python benchmarks/kills.py [--kills 100] [--seed N]

Tiny jobs and jobs that sample with the shipped model are kept queued; the worker is killed at a
random moment, loading and sampling included. Every job must then be in the history once: done, or
failed with a message that says what happened, at most one for each kill. The server must answer all
the time. A worker takes seconds to come up, and so does each kill.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import own
from benchmarks.server import tiny
from engine.client import ENDS, Client, connected

QUEUED = 8
SLOWEST = 1.0  # seconds that an answer of the server may take
STEPS = 3
SPAN = 1.5  # seconds after a job was done in which the next kill comes


def sampling(checkpoint: str, seed: int) -> dict[str, Any]:
    """A picture from noise, in a few steps."""
    values = {"seed": seed, "steps": STEPS, "cfg": 5.0, "denoise": 1.0}
    names = {"sampler_name": "euler", "scheduler": "normal"}
    links = {
        "model": ["1", 0],
        "positive": ["2", 0],
        "negative": ["2", 0],
        "latent_image": ["3", 0],
    }
    size = {"width": 128, "height": 128, "batch_size": 1}
    return {
        "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": checkpoint}},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "an apple", "clip": ["1", 1]}},
        "3": {"class_type": "EmptyLatentImage", "inputs": size},
        "4": {"class_type": "KSampler", "inputs": {**links, **values, **names}},
        "5": {"class_type": "VAEDecode", "inputs": {"samples": ["4", 0], "vae": ["1", 2]}},
        "6": {"class_type": "PreviewImage", "inputs": {"images": ["5", 0]}},
    }


@dataclass
class Load:
    """Jobs that are kept queued, and how they ended."""

    client: Client
    graphs: Iterator[dict[str, Any]]
    ids: list[str] = field(default_factory=list[str])
    ended: dict[str, str] = field(default_factory=dict[str, str])
    done: asyncio.Event = field(default_factory=asyncio.Event)
    going: bool = True
    slowest: float = 0.0

    async def post(self) -> None:
        """Keep so many queued; each post is also a look at how soon the server answers."""
        while self.going:
            if len(self.ids) - len(self.ended) < QUEUED:
                began = time.perf_counter()
                self.ids.append(await self.client.queue(next(self.graphs)))
                self.slowest = max(self.slowest, time.perf_counter() - began)
            await asyncio.sleep(0.005)

    async def hear(self) -> None:
        """Follow what becomes of them."""
        async for type, data in self.client.events():
            if type in ENDS:
                self.ended[data["prompt_id"]] = type
                if type == "execution_success":
                    self.done.set()

    async def next_done(self) -> None:
        """Wait until another job is done."""
        self.done.clear()
        await asyncio.wait_for(self.done.wait(), own.LONGEST)

    async def drained(self) -> None:
        """Post no more, and wait until all have ended."""
        self.going = False
        async with asyncio.timeout(own.LONGEST):
            while len(self.ended) < len(self.ids):
                await asyncio.sleep(0.02)


@asynccontextmanager
async def loaded(url: str, chance: random.Random) -> AsyncIterator[Load]:
    """A server under load as long as the block lasts."""
    async with connected(url) as client:
        info = await client.get("/object_info/CheckpointLoaderSimple")
        kind, *more = info["CheckpointLoaderSimple"]["input"]["required"]["ckpt_name"]
        names = kind if isinstance(kind, list) else more[0]["options"]
        if not names:
            raise SystemExit("there is no checkpoint to sample with")
        first = str(names[0])
        graphs = iter(
            lambda: tiny() if chance.random() < 0.7 else sampling(first, chance.getrandbits(40)),
            None,
        )
        load = Load(client, graphs)
        tasks = [asyncio.create_task(load.hear()), asyncio.create_task(load.post())]
        try:
            yield load
        finally:
            for task in tasks:
                task.cancel()


async def measured(server: own.Server, kills: int, chance: random.Random) -> dict[str, Any]:
    """Kill, wait until the queue goes on, kill again; the verdict."""
    back = list[float]()
    async with loaded(server.url, chance) as load:
        await load.next_done()
        for _ in range(kills):
            await asyncio.sleep(chance.uniform(0, SPAN))
            worker = server.worker
            assert worker is not None
            worker.kill()
            began = time.perf_counter()
            await load.next_done()
            back.append(time.perf_counter() - began)
        await load.drained()
        history = await load.client.get("/history", max_items="1000000")
    failed = [history[id] for id in load.ids if load.ended[id] != "execution_success"]
    said = [entry["status"]["messages"][-1][1].get("exception_message", "") for entry in failed]
    return {
        "kills": kills,
        "jobs": len(load.ids),
        "lost": sum(id not in history for id in load.ids),
        "failed": len(failed),
        "failed_without_reason": sum("SIGKILL" not in message for message in said),
        "next_job_done_p50_s": round(statistics.median(back), 2),
        "next_job_done_max_s": round(max(back), 2),
        "slowest_answer_s": round(load.slowest, 3),
    }


def is_good(found: dict[str, Any]) -> bool:
    """Whether nothing was lost, and each kill cost one job at most."""
    none = found["lost"] == 0 and found["failed_without_reason"] == 0
    return none and found["failed"] <= found["kills"] and found["slowest_answer_s"] < SLOWEST


def main() -> int:
    """Print the verdict as JSON; 1 if it is a bad one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--models", type=Path, default=own.ROOT / "models")
    args = parser.parse_args()
    print("seed", args.seed, file=sys.stderr)
    with own.easel(args.models) as server:
        found = asyncio.run(measured(server, args.kills, random.Random(args.seed)))
    print(json.dumps(found))
    return 0 if is_good(found) else 1


if __name__ == "__main__":
    sys.exit(main())
