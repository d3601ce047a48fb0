"""Real processes: how workers start, and how they end with their server."""

import asyncio
import os
import socket
import subprocess
import sys
import time

import pytest

from engine.workers.local import Local
from engine.workers.protocol import Ask, Begun, Ended, Ready, Recall, Recalled, Run
from tests.server.bench import carrier


def talk(place, steps):
    """Start a worker and run `steps(line, heard, until, death)`."""

    async def whole():
        heard, death, news = [], asyncio.get_running_loop().create_future(), asyncio.Event()

        def hear(message):
            heard.append(message)
            news.set()

        async def until(kind):
            async with asyncio.timeout(30):
                while not (found := [one for one in heard if isinstance(one, kind)]):
                    news.clear()
                    await news.wait()
            return found[-1]

        line = await carrier(place).start(hear, death.set_result)
        try:
            return await steps(line, heard, until, death)
        finally:
            line.kill()
            await asyncio.wait_for(death, 30)

    return asyncio.run(whole())


def job(id, prompt=b"{}"):
    return Run(id, 1, prompt, b"{}", b"[]", False)


SLEEP = b'{"1": {"class_type": "Sleep", "inputs": {"seconds": 30}}}'
STUCK = b'{"1": {"class_type": "Stuck", "inputs": {}}}'


def test_what_has_not_begun_is_given_back(tmp_path):
    async def steps(line, heard, until, death):
        await until(Ready)
        line.send(job("a", SLEEP))
        line.send(job("b"))
        line.send(job("c"))
        await until(Begun)
        line.send(Recall())
        back = await until(Recalled)
        return back, [one.job for one in heard if isinstance(one, Begun)]

    back, begun = talk(tmp_path, steps)
    assert back.jobs == ["b", "c"]
    assert begun == ["a"]


def test_an_empty_job_ends_at_once(tmp_path):
    async def steps(line, heard, until, death):
        line.send(job("a"))
        return await until(Ended)

    assert talk(tmp_path, steps).status == "done"


def test_a_worker_ends_when_its_line_does(tmp_path):
    async def steps(line, heard, until, death):
        await until(Ready)
        line.wire.close()
        return await asyncio.wait_for(asyncio.shield(death), 30)

    assert talk(tmp_path, steps).how == "ended by itself (exit code 0)"


def test_a_worker_inherits_nothing_but_its_line(tmp_path):
    async def steps(line, heard, until, death):
        await until(Ready)
        fds = os.listdir(f"/proc/{line.process.pid}/fd")
        return [os.readlink(f"/proc/{line.process.pid}/fd/{fd}") for fd in fds]

    with socket.create_server(("127.0.0.1", 0)):
        links = talk(tmp_path, steps)
    assert sum(link.startswith("socket:") for link in links) == 1


def test_a_question_gets_its_own_answer(tmp_path):
    async def steps(line, heard, until, death):
        await until(Ready)
        line.send(Ask(7, "devices"))
        line.send(Ask(8, "what nobody knows"))
        async with asyncio.timeout(30):
            while len(answers := [one for one in heard if hasattr(one, "number")]) < 2:
                await asyncio.sleep(0.01)
        return {one.number: one.body for one in answers}

    assert talk(tmp_path, steps) == {7: b"[]", 8: b""}


def test_a_command_that_is_not_there_is_an_error_of_the_system(tmp_path):
    async def steps():
        await Local(["/no/such/program"]).start(lambda _: None, lambda _: None)

    with pytest.raises(OSError, match="No such file"):
        asyncio.run(steps())


SERVER = """
import asyncio, sys
from pathlib import Path
from engine.workers.protocol import Begun, Run
from tests.server.bench import carrier

async def serve():
    begun = asyncio.Event()
    hear = lambda news: begun.set() if isinstance(news, Begun) else None
    line = await carrier(Path(sys.argv[1])).start(hear, print)
    line.send(Run("a", 1, sys.argv[2].encode(), b"{}", b"[]", False))
    await begun.wait()
    await asyncio.sleep(0.2)
    print(line.process.pid, flush=True)
    await asyncio.sleep(60)

asyncio.run(serve())
"""


@pytest.mark.parametrize("prompt", [SLEEP, STUCK])
def test_a_worker_does_not_outlive_a_killed_server(tmp_path, prompt):
    command = [sys.executable, "-c", SERVER, str(tmp_path), prompt.decode()]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        worker = int(server.stdout.readline())
        server.kill()
    until = time.monotonic() + 20
    while alive(worker) and time.monotonic() < until:
        time.sleep(0.01)
    assert not alive(worker)


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
