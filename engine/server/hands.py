"""The server's view of its workers: which one is up, what it has been given, what it runs.

A `Hand` keeps one worker going: when it dies, the next is started. Knows the messages; which job
goes where, and what becomes of it, is the queue's.
"""

import asyncio
import logging
import time
from dataclasses import dataclass, field
from typing import Final, Protocol

from engine.server.affinity import Memory
from engine.server.run import Running
from engine.store.faults import point
from engine.store.history import Body
from engine.store.jobs import Waiting
from engine.workers.protocol import (
    Answer,
    Ask,
    Cancel,
    Carrier,
    Death,
    Line,
    News,
    Order,
    Ready,
    Recall,
    Recalled,
    Run,
)

PATIENCE: Final = 5.0  # seconds from cancelling to killing
REPLY: Final = 2.0  # seconds that a worker's thread of orders may take to answer
YOUNG: Final = 0.05  # seconds; behind a job that runs longer, none is held back
LONGEST_PAUSE: Final = 30.0  # seconds between two tries to start a worker that won't come up

STARTING: Final = "starting"
READY: Final = "ready"
DOWN: Final = "down"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Given:
    """A job that a worker was given and that has not begun there."""

    job: Waiting
    attempt: int
    body: Body


class Owner(Protocol):
    """Who hears of it."""

    def started(self, hand: "Hand") -> None:
        """A worker was started; it is not ready yet."""
        ...

    def heard(self, hand: "Hand", news: News) -> None:
        """A worker said something (but for answers to `ask` and `recall`)."""
        ...

    def lost(self, hand: "Hand", death: Death) -> None:
        """A worker died; `hand.run` and `hand.given` still tell what it had."""
        ...


@dataclass(eq=False)
class Hand:
    """One place for a worker.

    given: in the order in which it will take them; run: what it runs. why: while it is not ready,
    what is the matter, in a sentence.
    """

    carrier: Carrier
    owner: Owner
    state: str = STARTING
    why: str = ""
    given: dict[str, Given] = field(default_factory=dict[str, Given])
    run: Running | None = None
    ready: Ready | None = None
    memory: Memory = field(default_factory=Memory)
    _line: Line | None = None
    _gone: asyncio.Event = field(default_factory=asyncio.Event)
    _closing: bool = False
    _serial: int = 0
    _vain: int = 0  # workers in a row that died before they were ready
    _answers: dict[int, "asyncio.Future[bytes]"] = field(
        default_factory=dict[int, "asyncio.Future[bytes]"]
    )
    _recall: "asyncio.Future[list[str]] | None" = None

    # The worker's life

    async def keep(self) -> None:
        """Have a worker, and another when it dies, until `close`."""
        while not self._closing:
            self.state, self._gone = STARTING, asyncio.Event()
            try:
                self._line = await self.carrier.start(self._hear, self._lost)
                self.owner.started(self)
            except OSError as error:
                self._lost(Death(f"can't be started: {error}"))
            if self._closing:
                self.kill()
            await self._gone.wait()
            if self._vain and not self._closing:
                self.state = DOWN
                await asyncio.sleep(min(2.0 ** (self._vain - 2), LONGEST_PAUSE))

    def close(self) -> None:
        """End the worker and start no other."""
        self._closing = True
        self.kill()

    async def ended(self) -> None:
        """Wait until the worker is gone, after `close`."""
        if self._line is not None:
            await self._gone.wait()

    def kill(self) -> None:
        """End the worker now; `owner.lost` follows."""
        if self._line is not None:
            self._line.kill()

    def _hear(self, news: News) -> None:
        if isinstance(news, Recalled):
            if self._recall is not None and not self._recall.done():
                self._recall.set_result(news.jobs)
        elif isinstance(news, Answer):
            waiting = self._answers.pop(news.number, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(news.body)
        else:
            if isinstance(news, Ready):
                self.state, self.why, self.ready = READY, "", news
            self.owner.heard(self, news)

    def _lost(self, death: Death) -> None:
        self.why = f"The worker {death.how}."
        self.state = DOWN if self._closing else STARTING
        if not self._closing:
            last = "".join(f"\n  {line}" for line in death.lines[-8:]) if not self.ready else ""
            _log.warning("The worker for %s %s.%s", self.carrier.device, death.how, last)
        self._vain = 0 if self.ready is not None else self._vain + 1
        self.ready, self._line = None, None
        try:
            self.owner.lost(self, death)
        except Exception:  # the next worker comes, whatever becomes of what this one had
            _log.exception("That a worker was lost can't be taken in")
        self.given.clear()
        self.run = None
        self.memory.forget()
        for waiting in (*self._answers.values(), self._recall):
            if waiting is not None:
                waiting.cancel()
        self._answers.clear()
        self._gone.set()

    # What it is told

    def give(self, job: Waiting, body: Body, watched: bool) -> None:
        """Send a job; it begins when what was given before has ended."""
        point("give.send")
        attempt = job.attempt + 1
        self.given[job.id] = Given(job, attempt, body)
        self.send(Run(job.id, attempt, body.prompt, body.extra, body.targets, watched))
        point("give.sent")

    def send(self, order: Order) -> None:
        """Send an order, if there is a worker."""
        if self._line is not None:
            self._line.send(order)

    def cancel(self) -> None:
        """Have the running job stop; kill the worker if it doesn't."""
        run = self.run
        if run is None:
            return
        if not run.cancelled:
            run.cancelled = True
            asyncio.get_running_loop().call_later(PATIENCE, self._kill_if_still, run)
        self.send(Cancel(run.job.id, run.attempt))

    def _kill_if_still(self, run: Running) -> None:
        if self.run is run:
            _log.warning("Job %s does not stop; its worker is killed.", run.job.id)
            self.kill()

    async def recall(self) -> list[Given]:
        """What was given, had not begun, and now will not."""
        if not self.given:
            return []
        recall = self._recall
        if recall is None or recall.done():
            recall = self._recall = asyncio.get_running_loop().create_future()
            self.send(Recall())
        try:
            ids = await asyncio.wait_for(asyncio.shield(recall), REPLY)
        except TimeoutError:  # stuck: what it has not begun it won't begin unnoticed
            ids = list(self.given)
        except asyncio.CancelledError:
            if recall.cancelled():  # it died, and its owner has all that it was given
                return []
            raise
        return [given for id in ids if (given := self.given.pop(id, None)) is not None]

    async def ask(self, about: str, body: bytes, seconds: float) -> bytes | None:
        """An answer; None if there is none in time."""
        self._serial += 1
        number = self._serial
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        self.send(Ask(number, about, body))
        try:
            return await asyncio.wait_for(asyncio.shield(answer), seconds)
        except TimeoutError:
            return None
        except asyncio.CancelledError:
            if answer.cancelled():
                return None
            raise
        finally:
            self._answers.pop(number, None)

    # What it can take

    def room(self, ahead: int) -> bool:
        """Whether it may be given one job more: the first at once, `ahead` behind a young one."""
        if self.state != READY or (self._recall is not None and not self._recall.done()):
            return False
        if not self.given and self.run is None:
            return True
        return len(self.given) < ahead and not self.is_slow

    @property
    def is_slow(self) -> bool:
        """Whether its job has run so long that none should wait behind it."""
        run = self.run
        return run is not None and (run.cancelled or time.monotonic() - run.began > YOUNG)

    @property
    def load(self) -> int:
        """Jobs that it has."""
        return len(self.given) + (self.run is not None)
