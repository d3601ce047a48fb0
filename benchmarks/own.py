"""A server of one's own to measure: `main.py` on a free port, in folders that go with it."""

import http.client
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 120.0  # seconds that a start may take
EACH = 0.002  # seconds between two questions whether it answers
DATA = ("input", "output", "temp", "user")


@dataclass
class Server:
    """A process that serves at `url`. answered: seconds from its start to its first answer."""

    process: "subprocess.Popen[bytes]"
    port: int
    answered: float

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def worker(self) -> psutil.Process | None:
        """The process that runs its jobs: the largest below it."""
        below = psutil.Process(self.process.pid).children()
        return max(below, key=lambda one: one.memory_info().rss, default=None)


@contextmanager
def easel(models: Path, *flags: str) -> Iterator[Server]:
    """`main.py` with those models and folders of its own."""
    with tempfile.TemporaryDirectory(prefix="easel-") as place:
        folders = [f"--{name}={place}/{name}" for name in DATA]
        port = _free_port()
        command = [sys.executable, str(ROOT / "main.py"), "--no-setup", f"--port={port}"]
        with serving([*command, f"--models={models}", *folders, *flags], port) as server:
            yield server


@contextmanager
def serving(command: Sequence[str], port: int) -> Iterator[Server]:
    """Whatever `command` starts, from its first answer at `port` on; ended with the block."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _answers(port):
            if process.poll() is not None or time.perf_counter() - began > LONGEST:
                raise SystemExit(f"{' '.join(command)} does not answer")
            time.sleep(EACH)
        yield Server(process, port, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait()


def hello() -> float:
    """Seconds from start to answer of the least that can be served with aiohttp."""
    port = _free_port()
    program = (
        "from aiohttp import web\n"
        "async def hello(request): return web.Response(text='hello')\n"
        "app = web.Application()\n"
        "app.router.add_get('/{any:.*}', hello)\n"
        f"web.run_app(app, host='127.0.0.1', port={port}, print=None)\n"
    )
    with serving([sys.executable, "-c", program], port) as server:
        return server.answered


def _answers(port: int) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=LONGEST)
    try:
        line.request("GET", "/system_stats")
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
