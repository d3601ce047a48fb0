"""The server's figures: how soon it answers, how many tiny jobs it does, how long a post takes.

    python benchmarks/server.py [URL --pid PID] [--jobs 2000] [--clients 8] [--listeners 50]

Without a URL it starts servers of its own: first a few beside the least that aiohttp can serve, for
the time from start to first answer, then one for the jobs. Clients post as fast as they can while
listeners hear `status`; the clock runs from the first post to the last end. Every job must be in
the history with its picture. Then one client waits for each job before it posts the next. Memory is
the server's own, before and after. The clients run on the same machine and cost as much as a third
of what is measured.
"""

import argparse
import asyncio
import itertools
import json
import random
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psutil

from benchmarks import own
from engine.client import ENDS, Client, connected

FRESH = itertools.count(random.randrange(2**23))  # a colour each: what is known runs faster
IN_TURN = 200


def tiny() -> dict[str, Any]:
    """Three nodes that nobody has run."""
    size = {"width": 8, "height": 8, "batch_size": 1, "color": next(FRESH)}
    return {
        "1": {"class_type": "EmptyImage", "inputs": size},
        "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
        "3": {"class_type": "PreviewImage", "inputs": {"images": ["2", 0]}},
    }


async def flood(client: Client, jobs: int, posts: list[float]) -> list[str]:
    """Post jobs one after the other, then wait for all; their ids."""
    ids, ended = list[str](), set[str]()

    async def hear() -> None:
        async for type, data in client.events():
            if type in ENDS:
                ended.add(data["prompt_id"])
                if len(ended) == jobs:
                    return

    hearing = asyncio.create_task(hear())
    for _ in range(jobs):
        began = time.perf_counter()
        ids.append(await client.queue(tiny()))
        posts.append(time.perf_counter() - began)
    await hearing
    return ids


async def in_turn(client: Client, jobs: int) -> list[float]:
    """Seconds of each job from its post to its end, one after the other."""
    times, events = list[float](), client.events()
    await anext(events)  # it listens from here on
    for _ in range(jobs):
        began = time.perf_counter()
        id = await client.queue(tiny())
        async for type, data in events:
            if type in ENDS and data["prompt_id"] == id:
                break
        times.append(time.perf_counter() - began)
    return times


async def measured(
    url: str, pid: int | None, jobs: int, clients: int, listeners: int
) -> dict[str, Any]:
    """Run it all; the numbers. pid: of the server, to tell its memory (before a history is asked
    for, whose answer is as long as the history)."""
    posts, used = list[float](), [megabytes(pid)]
    many = [connected(url) for _ in range(clients + listeners)]
    peers = [await one.__aenter__() for one in many]
    try:
        await peers[0].finished(await peers[0].queue(tiny()))  # the worker is up
        began = time.perf_counter()
        busy = peers[:clients]
        done = await asyncio.gather(*(flood(client, jobs // clients, posts) for client in busy))
        seconds = time.perf_counter() - began
        used.append(megabytes(pid))
        ids = [id for some in done for id in some]
        history = await peers[0].get("/history", max_items="1000000")
        shown = sum("3" in history[id]["outputs"] for id in ids if id in history)
        single = await in_turn(peers[0], IN_TURN)
    finally:
        for one in many:
            await one.__aexit__(None, None, None)
    return {
        "jobs": len(ids),
        "jobs_per_s": round(len(ids) / seconds, 1),
        **{f"post_{name}_ms": value for name, value in in_ms(posts).items()},
        **{f"round_trip_{name}_ms": value for name, value in in_ms(single).items()},
        "lost": len(ids) - shown,
        **({"mb_before": used[0], "mb_after": used[1]} if pid else {}),
    }


def in_ms(seconds: Sequence[float]) -> dict[str, float]:
    """The middle one and the 99th of a hundred, in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100)
    return {"p50": round(cuts[49] * 1e3, 2), "p99": round(cuts[98] * 1e3, 2)}


def megabytes(pid: int | None) -> float:
    """Resident memory of a process; 0 for none."""
    return round(psutil.Process(pid).memory_info().rss / 2**20, 1) if pid else 0.0


def starts(count: int, models: Path) -> dict[str, float]:
    """Seconds from start to first answer, beside the least possible; the best of alternate runs."""
    ours, least = list[float](), list[float]()
    for _ in range(count):
        with own.easel(models) as server:
            ours.append(server.answered)
        least.append(own.hello())
    return {
        "answers_after_s": round(min(ours), 3),
        "hello_after_s": round(min(least), 3),
        "ratio": round(min(ours) / min(least), 2),
    }


def main() -> int:
    """Print the numbers as JSON; 1 if a job was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", nargs="?")
    parser.add_argument("--jobs", type=int, default=2000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--listeners", type=int, default=50)
    parser.add_argument("--starts", type=int, default=5, help="servers started to time that")
    parser.add_argument("--models", type=Path, default=own.ROOT / "models")
    parser.add_argument("--pid", type=int, help="the server's process, to tell its memory")
    args = parser.parse_args()
    load = (args.jobs, args.clients, args.listeners)
    if args.url:
        found = asyncio.run(measured(args.url, args.pid, *load))
    else:
        print(json.dumps(starts(args.starts, args.models)), flush=True)
        with own.easel(args.models) as server:
            found = asyncio.run(measured(server.url, server.process.pid, *load))
    print(json.dumps(found))
    return 1 if found["lost"] else 0


if __name__ == "__main__":
    sys.exit(main())
