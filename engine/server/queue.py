"""The durable queue: what was accepted is run once, whatever dies in between.

Joins the store (what is true) with the foreman (who runs what, and when). Lives on the server's
event loop and is called there only; a listener hears what clients are to be told. Knows no HTTP
and no sockets.
"""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from engine.server import messages
from engine.server.foreman import Foreman
from engine.server.hands import Hand
from engine.server.pending import Pending
from engine.server.run import Running, Told, died_with_servers
from engine.server.sweep import Sweep
from engine.server.tasks import Tasks
from engine.store import history
from engine.store.database import Database
from engine.store.faults import point
from engine.store.history import Body
from engine.store.jobs import KEPT, Accepted, End, Jobs, NewJob, Waiting
from engine.workers.protocol import Carrier, Death, Free, Pictured, Ready

BRIEF: Final = 0.02  # seconds; that a job runs is written down if it takes longer
AGAIN: Final = 1.0  # seconds until an end that could not be written is tried again

_log = logging.getLogger(__name__)


class Listener(Protocol):
    """Who tells the clients. Called on the event loop; must not block."""

    def told(self, client: str | None, type: str, data: dict[str, Any]) -> None:
        """A message for one client, or for everyone (None)."""
        ...

    def pictured(self, client: str, picture: Pictured) -> None:
        """A preview, or a picture that is sent instead of saved."""
        ...

    def changed(self) -> None:
        """How many jobs there are, or whether they may begin, has changed."""
        ...

    def worker(self, hand: Hand) -> None:
        """A worker came up or went down."""
        ...

    def looks(self, job: str, client: str) -> bool:
        """Whether anybody would see previews of a job."""
        ...


class Queue:
    """All jobs of one server.

    carriers: one for each worker that is to be kept up. sweep: takes back what dead attempts
    wrote. kept: how many jobs that have ended are remembered.
    """

    def __init__(
        self,
        database: Database,
        carriers: Sequence[Carrier],
        listener: Listener,
        sweep: Sweep,
        kept: int = KEPT,
    ) -> None:
        self._database, self._listener, self._sweep = database, listener, sweep
        self._jobs = Jobs(database, kept)
        self._ending = dict[str, Running]()
        self._tasks = Tasks()
        self._foreman = Foreman(carriers, self)

    # Its life

    def open(self) -> None:
        """Bring back the jobs, then start the workers; they come up later."""
        found = self._jobs.recover(died_with_servers, time.time())
        point("recovered")
        for job in found.waiting:
            self._foreman.pending.add(job)
        self._foreman.paused = found.paused
        self._foreman.start(self._sweep.take)
        self._tasks.spawn(self._sweep.keep())

    async def close(self) -> None:
        """Put the running jobs back and end the workers. What was accepted stays."""
        await self._foreman.close(self._put_back)
        await self._tasks.close()

    async def _put_back(self, run: Running) -> None:
        run.ended_at = time.time()
        try:
            await self._jobs.put_back(run.job.id, run.attempt)
        except sqlite3.Error as error:  # the next server puts it back, as after a crash
            _log.error("Job %s can't be put back: %s", run.job.id, error)

    async def ready(self) -> None:
        """Wait until a worker has loaded its nodes."""
        await self._foreman.up.wait()

    # What clients ask for

    async def accept(self, new: NewJob) -> Accepted:
        """Take a job in; it is safe when this returns.

        One whose id is known is not taken again: `fresh` is False then, and `equal` tells whether
        it is the same prompt. Raises `sqlite3.Error` if it can't be kept (a full disk).
        """
        accepted = await self._jobs.accept(new)
        point("accept.answer")
        if accepted.fresh:
            self._foreman.add(accepted.job, Body(new.id, new.prompt, new.extra, new.targets))
            self._listener.changed()
        return accepted

    async def delete(self, ids: Iterable[str]) -> None:
        """Take waiting jobs out; what runs goes on."""
        async with self._foreman.held() as pending:
            await self._take_out([id for id in ids if id in pending], pending)
        self._listener.changed()

    async def clear(self) -> None:
        """Take all waiting jobs out."""
        async with self._foreman.held() as pending:
            await self._take_out([job.id for job in pending], pending)
        self._listener.changed()

    async def _take_out(self, ids: Sequence[str], pending: Pending) -> None:
        await self._jobs.delete(ids)  # first: what can't be written must not look as if it were
        for id in ids:
            pending.remove(id)

    async def move(self, numbers: Mapping[str, float]) -> None:
        """Give waiting jobs other numbers; the lowest runs first."""
        async with self._foreman.held() as pending:
            known = {id: number for id, number in numbers.items() if id in pending}
            await self._jobs.move(known)
            for id, number in known.items():
                pending.move(id, number)
        self._listener.changed()

    async def pause(self, paused: bool) -> None:
        """Let no further job begin, or let them begin again. A restart keeps it."""
        async with self._foreman.held():
            await self._jobs.pause(paused)
            self._foreman.paused = paused
        self._listener.changed()

    async def retry(self, ids: Iterable[str]) -> list[str]:
        """Queue failed and cancelled jobs again, behind all others; their ids."""
        again = await self._jobs.retry(ids)
        for job in again:
            self._foreman.add(job)
        self._listener.changed()
        return [job.id for job in again]

    def interrupt(self, id: str | None = None) -> None:
        """Stop the job of that id if it runs, or whatever runs."""
        self._foreman.interrupt(id)

    def free(self, *, models: bool, memory: bool) -> None:
        """Have workers let go of models, or of models and results, before their next job."""
        self._foreman.free(Free(models, memory))

    def watch(self, id: str, watched: bool) -> None:
        """Whether anybody looks at the previews of a job that runs or soon will."""
        self._foreman.watch(id, watched)

    async def ask(self, about: str, body: bytes = b"", seconds: float = 2.0) -> bytes | None:
        """What a worker answers (`protocol.CHECK`, `DEVICES`); None if none can in time."""
        return await self._foreman.ask(about, body, seconds)

    async def forget(self, ids: Iterable[str] | None) -> None:
        """Take jobs (None: all) out of the history."""
        await self._jobs.forget(ids)

    # What clients look at

    @property
    def paused(self) -> bool:
        """Whether no further job begins."""
        return self._foreman.paused

    @property
    def remaining(self) -> int:
        """Jobs that wait or run."""
        return self._foreman.load + len(self._ending)

    @property
    def hands(self) -> Sequence[Hand]:
        """The workers, each with its state."""
        return self._foreman.hands

    @property
    def known(self) -> Ready | None:
        """What a worker says of its nodes; None while none is ready."""
        return next((hand.ready for hand in self.hands if hand.ready is not None), None)

    @property
    def running(self) -> list[Running]:
        """What runs; what has ended counts until that is written."""
        return [*self._ending.values(), *self._foreman.running]

    async def listing(self) -> tuple[bytes, bytes]:
        """What runs, and what waits, as JSON arrays of queue items."""
        running, waiting = [run.job for run in self.running], self._foreman.waiting

        def work(db: sqlite3.Connection) -> tuple[bytes, bytes]:
            bodies = history.bodies(db, [job.id for job in (*running, *waiting)])
            return _items(running, bodies), _items(waiting, bodies)

        return await self._database.read(work)

    async def history(self, count: int | None = None, offset: int | None = None) -> bytes:
        """Jobs that have ended, as `GET /history` answers."""
        return await self._database.read(
            lambda db: messages.entries(history.ended(db, count, offset))
        )

    async def entry(self, id: str) -> bytes:
        """One job that has ended, as `GET /history/{prompt_id}` answers."""

        def work(db: sqlite3.Connection) -> bytes:
            found = history.entry(db, id)
            return messages.entries([found] if found and found.messages is not None else [])

        return await self._database.read(work)

    def state_for(self, client: str) -> list[Told]:
        """What a client that comes back is told of its running jobs."""
        return [told for run in self.running if run.job.client == client for told in run.catch_up()]

    # What the foreman tells

    def began(self, run: Running) -> None:
        """Write down that it runs, if that lasts; else the end says it too."""
        asyncio.get_running_loop().call_later(BRIEF, self._write_start, run)
        self._listener.changed()

    def _write_start(self, run: Running) -> None:
        if run.ended_at is None:
            point("start.write")
            started = self._jobs.start(run.job.id, run.attempt, run.started)
            started.add_done_callback(_log_failure)

    def told(self, run: Running, told: Iterable[Told]) -> None:
        """Pass on what the job's client is to hear."""
        client = run.job.client
        for type, data in told:
            if client:
                self._listener.told(client, type, data)
            elif type == "execution_interrupted":
                self._listener.told(None, type, data)

    def pictured(self, run: Running, picture: Pictured) -> None:
        """Pass on a picture."""
        if run.job.client:
            self._listener.pictured(run.job.client, picture)

    def ended(self, run: Running, end: End, told: Sequence[Told]) -> None:
        """Write down the end, then tell of it."""
        self._ending[run.job.id] = run
        point("end.write")
        self._write_end(run, end, told)

    def lost(self, run: Running, death: Death) -> None:
        """Put it back, if that may be; else write down its end."""
        self._ending[run.job.id] = run
        self._write_loss(run, death, *run.lost(death))

    def worker(self, hand: Hand) -> None:
        """Pass it on."""
        self._listener.worker(hand)

    def looks(self, job: Waiting) -> bool:
        """Ask who listens."""
        return self._listener.looks(job.id, job.client)

    async def bodies(self, ids: Sequence[str]) -> dict[str, Body]:
        """Look it up."""
        return await self._database.read(lambda db: history.bodies(db, ids))

    def _write_loss(self, run: Running, death: Death, end: End, told: Sequence[Told]) -> None:
        """Write it, as often as it takes."""

        def written(write: "asyncio.Future[Waiting | None]") -> None:
            if write.cancelled():
                return
            if (error := write.exception()) is not None:
                _log.error("That job %s was lost can't be written yet: %s", run.job.id, error)
                loop.call_later(AGAIN, self._write_loss, run, death, end, told)
            elif (job := write.result()) is None:
                self._write_end(run, end, told)
            else:
                del self._ending[job.id]
                self._tasks.spawn(self._sweep.take_all(death.written))
                self._foreman.add(job)
                self._listener.changed()

        loop = asyncio.get_running_loop()
        self._jobs.lose(run.job.id, run.attempt).add_done_callback(written)

    def _write_end(self, run: Running, end: End, told: Sequence[Told]) -> None:
        """Write it, as often as it takes."""

        def written(write: "asyncio.Future[bool]") -> None:
            if write.cancelled():
                return
            if (error := write.exception()) is not None:
                _log.error("The end of job %s can't be written yet: %s", run.job.id, error)
                loop.call_later(AGAIN, self._write_end, run, end, told)
                return
            point("end.tell")
            del self._ending[run.job.id]
            if write.result():
                self.told(run, told)
            self._listener.changed()

        loop = asyncio.get_running_loop()
        self._jobs.end(run.job.id, run.attempt, end).add_done_callback(written)


def _items(jobs: Iterable[Waiting], bodies: Mapping[str, Body]) -> bytes:
    found = ((job, bodies[job.id]) for job in jobs if job.id in bodies)
    return messages.array(
        messages.item(job.id, job.number, body.prompt, body.extra, body.targets)
        for job, body in found
    )


def _log_failure(write: "asyncio.Future[bool]") -> None:
    if not write.cancelled() and (error := write.exception()) is not None:
        _log.error("The beginning of a job can't be written: %s", error)
