"""Gives waiting jobs to workers, follows what they say, and keeps workers up.

A worker is given a few jobs beyond the one it runs, so that it need not wait between tiny ones;
whatever changes the order takes back first what has not begun. Knows the order and the hands; what
is true of a job is the store's, what clients hear the queue's.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, Protocol

from engine.server.affinity import traits
from engine.server.hands import Given, Hand
from engine.server.pending import Pending
from engine.server.run import Running, Told
from engine.server.tasks import Tasks
from engine.store.history import Body
from engine.store.jobs import End, Waiting
from engine.workers.protocol import (
    Begun,
    Cancel,
    Carrier,
    Death,
    Ended,
    Free,
    News,
    NodeNews,
    OfNode,
    Pictured,
    Planned,
    Ready,
    Watch,
    Written,
)

AHEAD: Final = 8  # jobs that a worker is given beyond the one it runs, while that one is young
LOADED: Final = 64  # jobs whose prompts are read together
AGAIN: Final = 1.0  # seconds until what could not be read is read again
TICK: Final = 0.05  # seconds between two looks at what runs
UNLUCKY: Final = 3  # workers that may die over a job before it has begun

_log = logging.getLogger(__name__)


class Books(Protocol):
    """Who writes down what happens."""

    def began(self, run: Running) -> None:
        """A job runs now."""
        ...

    def told(self, run: Running, told: Iterable[Told]) -> None:
        """What the client of a running job is to hear."""
        ...

    def pictured(self, run: Running, picture: Pictured) -> None:
        """A picture for the client of a running job."""
        ...

    def ended(self, run: Running, end: End, told: Sequence[Told]) -> None:
        """A job has ended; once that is written, its client is to hear `told`."""
        ...

    def lost(self, run: Running, death: Death) -> None:
        """The worker of a job was lost: the job goes back into the queue, or ends."""
        ...

    def worker(self, hand: Hand) -> None:
        """A worker came up or went down."""
        ...

    def looks(self, job: Waiting) -> bool:
        """Whether anybody would see previews of a job."""
        ...

    async def bodies(self, ids: Sequence[str]) -> dict[str, Body]:
        """What these jobs are to do."""
        ...


class Foreman:
    """The workers of one server and what waits for them.

    paused: no further job begins. take: told, on a thread, what dead workers left.
    """

    def __init__(self, carriers: Sequence[Carrier], books: Books) -> None:
        self.hands = [Hand(carrier, self) for carrier in carriers]
        self.pending = Pending()
        self.paused = False
        self.up = asyncio.Event()
        self._books = books
        self._tasks = Tasks()
        self._unlucky = dict[str, int]()
        self._one_at_a_time = asyncio.Lock()
        self._holding = 0
        self._loading = False
        self._closing = False

    def start(self, take: Callable[[Written], None]) -> None:
        """Start the workers; they come up later. take: see `Carrier.sweep`."""
        self._tasks.spawn(self._keep(take))
        self._tasks.spawn(self._tick())

    async def close(self, put_back: Callable[[Running], Awaitable[Any]]) -> None:
        """End the workers; `put_back` is called for what they ran."""
        self._closing = True
        for run in self.running:
            await put_back(run)
        for hand in self.hands:
            hand.close()
        await asyncio.gather(*(hand.ended() for hand in self.hands))
        await self._tasks.close()

    async def _keep(self, take: Callable[[Written], None]) -> None:
        for carrier in {hand.carrier.journals: hand.carrier for hand in self.hands}.values():
            await carrier.sweep(take)
        for hand in self.hands:
            self._tasks.spawn(hand.keep())

    # What others want of it

    @property
    def running(self) -> list[Running]:
        """What runs."""
        return [hand.run for hand in self.hands if hand.run is not None]

    @property
    def waiting(self) -> list[Waiting]:
        """What waits, in its order, also what was given to a worker and has not begun there."""
        given = [given.job for hand in self.hands for given in hand.given.values()]
        return sorted((*given, *self.pending), key=lambda job: job.order)

    @property
    def load(self) -> int:
        """How many jobs wait or run."""
        return len(self.pending) + sum(hand.load for hand in self.hands)

    def add(self, job: Waiting, body: Body | None = None) -> None:
        """Take a waiting job in. What has not begun and belongs behind it comes back."""
        self.pending.add(job, body)
        behind = [
            hand
            for hand in self.hands
            if any(given.job.order > job.order for given in hand.given.values())
        ]
        if behind:
            self._tasks.spawn(self._recall(behind))
        self.dispatch()

    @asynccontextmanager
    async def held(self) -> AsyncGenerator[Pending]:
        """Nothing begins meanwhile, and all that has not begun waits in what this yields."""
        async with self._one_at_a_time:
            self._holding += 1
            try:
                await self._recall(self.hands)
                yield self.pending
            finally:
                self._holding -= 1
        self.dispatch()

    def interrupt(self, id: str | None) -> None:
        """Stop the job of that id if it runs, or whatever runs."""
        for hand in self.hands:
            if hand.run is not None and id in (None, hand.run.job.id):
                hand.cancel()

    def free(self, order: Free) -> None:
        """Have all workers let go of what they hold."""
        for hand in self.hands:
            hand.send(order)
            hand.memory.forget()

    def watch(self, id: str, watched: bool) -> None:
        """Whether anybody looks at the previews of a job."""
        for hand in self.hands:
            if id in hand.given or (hand.run is not None and hand.run.job.id == id):
                hand.send(Watch(id, watched))

    async def ask(self, about: str, body: bytes, seconds: float) -> bytes | None:
        """What a worker answers; None if none can in time."""
        ready = [hand for hand in self.hands if hand.ready is not None]
        if not ready:
            return None
        return await min(ready, key=lambda hand: hand.load).ask(about, body, seconds)

    # Who runs what

    def dispatch(self) -> None:
        """Give out what can begin."""
        while not (self.paused or self._holding or self._closing):
            job = self.pending.first
            free = [hand for hand in self.hands if hand.room(AHEAD)] if job else []
            if job is None or not free:
                return
            body = self.pending.body(job.id)
            if body is None:
                self._load()
                return
            self.pending.remove(job.id)
            self._chosen(free, body).give(job, body, self._books.looks(job))

    def _chosen(self, free: list[Hand], body: Body) -> Hand:
        """The least busy; of those the one that has met most of the job."""
        if len(self.hands) == 1:
            return free[0]
        met = traits(body.prompt)
        hand = min(free, key=lambda hand: (hand.load, -hand.memory.share(met)))
        hand.memory.learn(met)
        return hand

    def _load(self) -> None:
        if not self._loading:
            self._loading = True
            self._tasks.spawn(self._loaded())

    async def _loaded(self) -> None:
        """Read what the next jobs are to do, then go on."""
        ids = self.pending.without_body(LOADED)
        found: dict[str, Body] | None = None
        try:
            found = await self._books.bodies(ids)
        except Exception:  # whatever it is, what waits must not wait for ever
            _log.exception("What the next jobs are to do can't be read yet")
            await asyncio.sleep(AGAIN)
        finally:
            self._loading = False
        if found is not None:
            self._held(ids, found)
        self.dispatch()

    def _held(self, ids: Iterable[str], found: Mapping[str, Body]) -> None:
        for id in ids:
            if id in found:
                self.pending.hold(found[id])
            else:  # only a hand in the file itself can do that
                self.pending.remove(id)

    async def _recall(self, hands: Iterable[Hand]) -> None:
        for found in await asyncio.gather(*(hand.recall() for hand in hands)):
            self._put_back(found)
        self.dispatch()

    def _put_back(self, found: Iterable[Given]) -> None:
        for given in found:
            self.pending.add(given.job, given.body)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            slow = [hand for hand in self.hands if hand.given and hand.is_slow]
            if slow:
                self._tasks.spawn(self._recall(slow))
            for run in self.running:
                if told := run.due_state():
                    self._books.told(run, [told])

    # What workers say

    def started(self, hand: Hand) -> None:
        """Have one worker more, if there may be."""
        if not self._closing and (carrier := hand.carrier.another()) is not None:
            self.hands.append(Hand(carrier, self))
            self._tasks.spawn(self.hands[-1].keep())

    def heard(self, hand: Hand, news: News) -> None:
        """Follow a worker; what belongs to no attempt that it runs is dropped."""
        if self._closing:
            return
        if isinstance(news, (OfNode, Planned, Ended)):
            run = hand.run
            if run is not None and run.attempt == news.attempt and run.job.id == news.job:
                self._followed(hand, run, news)
        elif isinstance(news, Begun):
            self._begun(hand, news)
        elif isinstance(news, Ready):
            self.up.set()
            self._books.worker(hand)
            self.dispatch()

    def _begun(self, hand: Hand, news: Begun) -> None:
        given = hand.given.pop(news.job, None)
        if given is None or given.attempt != news.attempt:
            hand.send(Cancel(news.job, news.attempt))  # it was taken back, but too late
            return
        self._unlucky.pop(news.job, None)
        hand.run = Running(given.job, given.attempt)
        self._books.began(hand.run)
        self._books.told(hand.run, hand.run.hear(news))
        self.dispatch()

    def _followed(self, hand: Hand, run: Running, news: NodeNews | Planned | Ended) -> None:
        if isinstance(news, Pictured):
            self._books.pictured(run, news)
        elif isinstance(news, Ended):
            hand.run = None
            self._books.ended(run, *run.ended(news))
            self.dispatch()
        else:
            self._books.told(run, run.hear(news))

    def lost(self, hand: Hand, death: Death) -> None:
        """Fail what a dead worker ran, or run it once more; give the rest to another."""
        if self._closing:
            return
        first = next(iter(hand.given.values()), None)
        self._put_back(hand.given.values())
        if hand.run is not None and hand.carrier.again and not hand.run.cancelled:
            self._books.lost(hand.run, death)
        elif hand.run is not None:
            self._books.ended(hand.run, *hand.run.lost(death))
        elif first is not None:
            self._count_unlucky(first, death)
        self._books.worker(hand)
        self.dispatch()

    def _count_unlucky(self, given: Given, death: Death) -> None:
        """A job over which workers die before it begins has failed at last."""
        deaths = self._unlucky.pop(given.job.id, 0) + 1
        if deaths < UNLUCKY:
            self._unlucky[given.job.id] = deaths
            return
        self.pending.remove(given.job.id)
        run = Running(given.job, given.attempt)
        self._books.ended(run, *run.lost(death))
