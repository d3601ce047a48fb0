"""Tiny jobs through the server: how many a second, how long a post takes, and is any lost.

    python benchmarks/server.py URL [--jobs 2000] [--clients 8] [--listeners 50]

Clients post as fast as they can while listeners hear `status`; the clock runs from the first post
to the last end. Every job must be in the history with its picture. Memory is the server's own.
"""

import argparse
import asyncio
import itertools
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from engine.client import ENDS, Client, connected

FRESH = itertools.count(int(time.time()) % 4_000_000)


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


async def measured(args: argparse.Namespace) -> dict[str, Any]:
    """Run it all; the numbers."""
    posts = list[float]()
    many = [connected(args.url) for _ in range(args.clients + args.listeners)]
    clients = [await one.__aenter__() for one in many]
    try:
        began = time.perf_counter()
        each = args.jobs // args.clients
        busy = clients[: args.clients]
        done = await asyncio.gather(*(flood(client, each, posts) for client in busy))
        seconds = time.perf_counter() - began
        ids = [id for some in done for id in some]
        history = await clients[0].get("/history", max_items="1000000")
        shown = sum("3" in history[id]["outputs"] for id in ids if id in history)
    finally:
        for one in many:
            await one.__aexit__(None, None, None)
    cuts = statistics.quantiles(posts, n=100)
    return {
        "jobs": len(ids),
        "jobs_per_s": round(len(ids) / seconds, 1),
        "post_p50_ms": round(cuts[49] * 1e3, 2),
        "post_p99_ms": round(cuts[98] * 1e3, 2),
        "lost": len(ids) - shown,
    }


def memory(pid: int) -> float:
    """Resident megabytes of a process."""
    import psutil

    return round(psutil.Process(pid).memory_info().rss / 2**20, 1)


def main() -> int:
    """Print the numbers as JSON; 1 if a job was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--jobs", type=int, default=2000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--listeners", type=int, default=50)
    parser.add_argument("--pid", type=int, help="the server's process, to tell its memory")
    args = parser.parse_args()
    before = memory(args.pid) if args.pid else None
    found = asyncio.run(measured(args))
    if args.pid:
        found |= {"mb_before": before, "mb_after": memory(args.pid)}
    print(json.dumps(found))
    return 1 if found["lost"] else 0


if __name__ == "__main__":
    sys.exit(main())
