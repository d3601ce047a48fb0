"""Workers on the machines of a Ray cluster; Ray itself is imported here alone, when it is needed.

A carrier as `local.py` is one: an actor (`agent.py`) on the other machine starts the process and
passes on what it says (`far.py` listens). Knows clusters, and nothing of jobs and nodes.
"""

import asyncio
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final, NamedTuple, TypeVar

from engine.folders import Folders
from engine.workers import journal
from engine.workers.agent import Agent, Machine, version
from engine.workers.far import FarLine, reason
from engine.workers.protocol import Death, Line, News, Written

RESOURCE: Final = "easel"  # how many workers a machine of the cluster lends
OBJECTS: Final = 128 * 2**20  # bytes of Ray's own store on each machine
LOOK: Final = 1.0  # seconds between two looks for a machine that has joined
PATIENCE: Final = 60.0  # seconds that an actor may take to come up

T = TypeVar("T")

_log = logging.getLogger("engine.worker")


class Place(NamedTuple):
    """Room for one worker. node: Ray's id of the machine; number: which worker there."""

    node: str
    number: int


def environment(token: str, *, alone: bool) -> dict[str, str]:
    """What must stand in the environment before Ray is imported. alone: nobody else can join;
    token: what others must show, empty to leave that to Ray's own settings."""
    chosen = {
        "RAY_USAGE_STATS_ENABLED": "0",
        # Despite its name it also decides, on any system, whether Ray listens at loopback alone.
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0" if alone else "1",
    }
    return {**chosen, "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": token} if token else chosen


class Cluster:
    """One connection to a cluster. Started with the first worker.

    address: `host:port` of its head; head: it is started here; alone: so that nobody else can reach
    it (then the address may be empty). token: what others must show; empty: by Ray's own settings.
    folders, journals: the server's. said: further flags for workers, wherever they are. say: gets
    the lines that they print.
    """

    def __init__(
        self,
        address: str,
        machine: Machine,
        folders: Folders,
        journals: Path,
        *,
        head: bool = True,
        alone: bool = True,
        token: str = "",
        said: Sequence[str] = (),
        say: Callable[[str], None] = _log.info,
    ) -> None:
        self.folders, self.journals, self.said, self.say = folders, journals, said, say
        self.idle = set[Ray]()
        self.home = ""  # Ray's id of this machine
        self.version = ""  # of our program, once we are connected
        self._address, self._machine, self._head = address, machine, head
        self._environment = {**environment(token, alone=alone), **machine.announced()}
        # One thread for all that blocks, for as long as we live: Ray's processes die with it.
        self._thread = ThreadPoolExecutor(1, "easel cluster")
        self._turn = asyncio.Lock()
        self._taken = set[Place]()
        self._connected = False
        self._scratch: Path | None = None
        self._journal: journal.Journal | None = None
        self._writing = Lock()

    async def close(self) -> None:
        """Leave the cluster; one that was started here ends."""
        await self.call(self._leave)
        self._thread.shutdown()

    async def call(self, work: Callable[[], T]) -> T:
        """Run what blocks."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def place(self) -> Place:
        """Wait for room for a worker, and take it. Raises `OSError` without a cluster."""
        async with self._turn:
            if not self._connected:
                await self.call(self._connect)
                self._connected = True
            while True:
                free = [place for place in await self.call(_places) if place not in self._taken]
                if free:
                    self._taken.add(free[0])
                    return free[0]
                await asyncio.sleep(LOOK)

    def leave(self, place: Place, agent: Any) -> None:
        """Give a place back, and end what may still be there."""
        self._taken.discard(place)
        if agent is not None:
            self.end(agent)

    def end(self, agent: Any) -> None:
        """End an actor, whatever it does; soon."""
        self._thread.submit(_killed, agent)

    def note(self, written: Written) -> None:
        """Write down that a file was stored; on any thread."""
        with self._writing:
            if self._journal is None:
                self._journal = journal.Journal(self.journals)
            self._journal.note(written.job, written.attempt, [written.path])

    def _connect(self) -> None:
        os.environ.update(self._environment)
        self.version = version()
        ray = _ray()
        logging.getLogger("ray").setLevel(logging.ERROR)
        # It prints long stories of lost processes, and has no setting for it; we tell in a line.
        ray._private.worker.print_to_stdstream = _unsaid
        options: dict[str, Any] = {"log_to_driver": False, "configure_logging": False}
        try:
            ray.init(**options, **(self._as_head() if self._head else {"address": self._address}))
        except Exception as error:  # Ray has no family of them for this
            raise OSError(f"the cluster can't be reached: {reason(error)}") from error
        self.home = str(ray.get_runtime_context().get_node_id())

    def _as_head(self) -> dict[str, Any]:
        host, _, port = self._address.rpartition(":")
        os.environ["RAY_GCS_SERVER_PORT"] = port or "0"
        self._scratch = Path(tempfile.mkdtemp(prefix="easel-ray-"))
        return {
            "address": "local",
            "_node_ip_address": host or None,
            "_temp_dir": str(self._scratch),
            "include_dashboard": False,
            "object_store_memory": OBJECTS,
            **{"num_cpus": 0, "num_gpus": 0},
            "resources": {RESOURCE: len(self._machine.devices)},
        }

    def _leave(self) -> None:
        if self._connected:
            _ray().shutdown()
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)


def _unsaid(data: Any, **_: Any) -> None:
    _log.debug("Ray says: %s", data["lines"])


def _ray() -> Any:
    import ray

    return ray


def _places() -> list[Place]:
    """All there are, on different machines first."""
    found = [
        Place(str(node["NodeID"]), number)
        for node in _ray().nodes()
        if node["Alive"]
        for number in range(int(node["Resources"].get(RESOURCE, 0)))
    ]
    return sorted(found, key=lambda place: place.number)


def _made(place: Place) -> Any:
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    return (
        _ray()
        .remote(Agent)
        .options(
            num_cpus=0,
            resources={RESOURCE: 1},
            scheduling_strategy=NodeAffinitySchedulingStrategy(place.node, soft=False),
        )
        .remote(place.number)
    )


def _killed(agent: Any) -> None:
    with suppress(Exception):  # it is dead already, or the cluster is
        _ray().kill(agent)


@dataclass(eq=False)
class Ray:
    """Starts workers in the cluster, wherever there is room. device: where the last one runs."""

    cluster: Cluster
    device: str = "cluster"
    again: bool = True

    def __post_init__(self) -> None:
        self.cluster.idle.add(self)

    @property
    def journals(self) -> Path:
        return self.cluster.journals

    def another(self) -> "Ray | None":
        """One more, so that a machine that joins finds one which waits."""
        return None if self.cluster.idle else Ray(self.cluster)

    async def start(self, hear: Callable[[News], None], lost: Callable[[Death], None]) -> Line:
        place, agent = await self.cluster.place(), None
        try:
            agent = await self.cluster.call(lambda: _made(place))
            began = agent.begin.remote(self.cluster.version, self.cluster.said)
            host, device = await asyncio.wait_for(began, PATIENCE)
        except Exception as error:
            self.cluster.leave(place, agent)
            raise OSError(reason(error)) from error
        except BaseException:
            self.cluster.leave(place, agent)
            raise
        self.device = f"{device} of {host}"
        self.cluster.idle.discard(self)
        line = self._line(agent, host, place, hear)

        def ended(death: Death) -> None:
            self.cluster.idle.add(self)
            self.cluster.leave(place, agent)
            lost(death)

        line.watching = asyncio.create_task(line.watch(ended))
        return line

    def _line(self, agent: Any, host: str, place: Place, hear: Callable[[News], None]) -> FarLine:
        cluster = self.cluster
        return FarLine(
            agent,
            host,
            place.node == cluster.home,
            cluster.folders,
            hear,
            cluster.say,
            cluster.note,
            lambda: cluster.end(agent),
        )

    async def sweep(self, take: Callable[[Written], None]) -> None:
        await asyncio.to_thread(journal.sweep, self.journals, take)
