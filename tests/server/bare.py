"""A server without a network: takes jobs from a pipe, answers when they are accepted.

Started by `multiprocessing`'s fork server, so that a hundred of them cost little.
"""

import asyncio
import json
import os
from multiprocessing.connection import Connection
from pathlib import Path

from engine.server.queue import Queue
from engine.server.sweep import Sweep
from engine.store import faults
from engine.store.database import Database
from engine.store.jobs import NewJob
from tests.server.bench import Heard, carrier


def serve(place: str, line: Connection, fault: str) -> None:
    """Accept `[id, prompt]` and answer with the id; answer "left" with how many jobs are left."""
    asyncio.run(_serve(Path(place), line, fault))


async def _serve(place: Path, line: Connection, fault: str) -> None:
    loop = asyncio.get_running_loop()
    faults.arm(fault)
    database = Database(place / "user" / "easel.db")
    queue = Queue(database, [carrier(place)], Heard(), Sweep(database, place / "temp"))
    queue.open()
    line.send("up")

    async def accept(id: str, prompt: str) -> None:
        await queue.accept(NewJob(id, prompt.encode(), client="me"))
        faults.point("accept.acknowledge")
        line.send(id)

    tasks = set()

    def hear() -> None:
        try:
            while line.poll():
                asked = line.recv()
                if asked == "left":
                    line.send(queue.remaining)
                else:
                    tasks.add(loop.create_task(accept(*asked)))
        except EOFError:
            os._exit(0)

    loop.add_reader(line.fileno(), hear)
    await asyncio.Event().wait()


def graph(number: int, save: bool) -> str:
    """A small job. Half of them write a file that is named after the job; some of those then go on
    for a while, so that a server dies between a file and its job's end."""
    value = {"class_type": "Number", "inputs": {"value": number}}
    last = {"class_type": "Show", "inputs": {"value": ["1", 0]}}
    if save:
        last = {"class_type": "Save", "inputs": {"value": ["1", 0], "prefix": f"job{number}"}}
    nodes = {"1": value, "2": last}
    if number % 8 == 0:
        nodes["3"] = {"class_type": "Sleep", "inputs": {"seconds": 0.1, "tag": number}}
    return json.dumps(nodes)
