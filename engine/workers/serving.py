"""The worker's side of the line: jobs on the main thread, one after the other; orders on another.

So a worker hears `Cancel`, `Recall` and questions while a node computes, and ends at once when its
server does (the end of the socket). Knows threads and messages; what a job means is the engine's.
"""

import os
import select
import socket
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Condition, Thread
from typing import Final, Protocol

from engine.execution.events import Event
from engine.workers.journal import Journal
from engine.workers.outbox import TICK, Outbox
from engine.workers.protocol import (
    Answer,
    Ask,
    Begun,
    Cancel,
    Frames,
    Free,
    Message,
    Ready,
    Recall,
    Recalled,
    Run,
    Watch,
)
from engine.workers.telling import Teller

PIECE: Final = 2**18
GRACE: Final = 0.8  # seconds that a node may still take when the server is gone
MOST_ASKED: Final = 16  # questions that may hang; further ones are not answered


class Engine(Protocol):
    """What a worker runs jobs with; made on the thread that runs them."""

    def ready(self) -> Ready:
        """What the server is told once, before any job."""
        ...

    def run(self, job: Run, cancelled: Callable[[], bool], tell: Callable[[Event], None]) -> None:
        """Run a job to its end; the last thing it tells is `RunEnded`."""
        ...

    def free(self, *, models: bool, memory: bool) -> None:
        """Let go of models, or of models and results."""
        ...

    def answer(self, about: str, body: bytes) -> bytes:
        """Answer a question, on another thread than `run`; empty if it can't."""
        ...


def serve(
    line: socket.socket, journals: str | os.PathLike[str], make: Callable[[], Engine]
) -> None:
    """Serve until the other end of `line` closes; then the process ends here."""
    from pathlib import Path

    worker = _Worker(line, Outbox(line))
    Thread(target=worker.listen, name="easel orders", daemon=True).start()
    journal = Journal(Path(journals))
    engine = make()
    worker.engine = engine
    worker.outbox.put(engine.ready(), now=True)
    worker.work(engine, journal)


@dataclass(slots=True)
class _Worker:
    line: socket.socket
    outbox: Outbox
    orders: deque[Run | Free] = field(default_factory=deque[Run | Free])
    current: Run | None = None
    cancelled: set[tuple[str, int]] = field(default_factory=set[tuple[str, int]])
    watched: set[str] = field(default_factory=set[str])
    changed: Condition = field(default_factory=Condition)
    engine: Engine | None = None
    asked: set[int] = field(default_factory=set[int])
    swift: dict[str, float] = field(default_factory=dict[str, float])

    # The thread of orders

    def listen(self) -> None:
        """Hear orders until the line ends, then end the process."""
        frames = Frames()
        try:
            while True:
                busy = self.current is not None or self.orders
                if not select.select([self.line], [], [], TICK if busy else None)[0]:
                    self.outbox.flush()
                    continue
                piece = self.line.recv(PIECE)
                if not piece:
                    break
                for message in frames.feed(piece):
                    self._hear(message)
        except OSError:
            pass  # the line broke: the same as its end
        except BaseException:
            traceback.print_exc()
        finally:
            self._end()

    def _end(self) -> None:
        """End the process, whatever it is doing; but a node that is about to be done, and may
        have written a file, gets the time to be noted in the journal."""
        with self.changed:
            self.orders.clear()
            if self.current is not None:
                self.cancelled.add((self.current.job, self.current.attempt))
            self.changed.wait_for(lambda: self.current is None, GRACE)
            os._exit(0)

    def _hear(self, message: Message) -> None:
        match message:
            case Run():
                with self.changed:
                    self.orders.append(message)
                    if message.watched:
                        self.watched.add(message.job)
                    self.changed.notify_all()
            case Free():
                with self.changed:
                    self.orders.appendleft(message)
                    self.changed.notify_all()
            case Cancel():
                with self.changed:
                    self._cancel(message)
            case Watch():
                with self.changed:
                    self._watch(message)
            case Recall():
                with self.changed:
                    back = [order for order in self.orders if isinstance(order, Run)]
                    for order in back:
                        self.orders.remove(order)
                        self._forget(order)
                    self.outbox.put(Recalled([order.job for order in back]), now=True)
            case Ask():
                self._ask(message)
            case _:
                raise ValueError(f"a worker does not take {message!r}")

    def _cancel(self, message: Cancel) -> None:
        waiting = [order for order in self.orders if isinstance(order, Run)]
        for run in (self.current, *waiting):
            if run is not None and (run.job, run.attempt) == (message.job, message.attempt):
                self.cancelled.add((run.job, run.attempt))

    def _watch(self, message: Watch) -> None:
        """Of a job that is not here any more nothing is remembered."""
        if not message.watched:
            self.watched.discard(message.job)
        elif any(isinstance(o, Run) and o.job == message.job for o in (self.current, *self.orders)):
            self.watched.add(message.job)

    def _forget(self, run: Run) -> None:
        self.cancelled.discard((run.job, run.attempt))
        self.watched.discard(run.job)

    def _ask(self, ask: Ask) -> None:
        """Answer beside: a node's own check may hang, and must hold up nothing else."""
        if len(self.asked) < MOST_ASKED:
            self.asked.add(ask.number)
            Thread(target=self._answer, args=(ask,), name="easel answer", daemon=True).start()

    def _answer(self, ask: Ask) -> None:
        try:
            body = self.engine.answer(ask.about, ask.body) if self.engine else b""
        except Exception:
            traceback.print_exc()
            body = b""
        self.outbox.put(Answer(ask.number, body), now=True)
        self.asked.discard(ask.number)

    # The thread of jobs

    def work(self, engine: Engine, journal: Journal) -> None:
        """Do what was ordered, for ever."""
        while True:
            order = self._next()
            if isinstance(order, Free):
                engine.free(models=order.models, memory=order.memory)
            else:
                self._run(order, engine, journal)

    def _next(self) -> Run | Free:
        """The next order. When it is a job, all that was told before has left, and that it begins:
        it may end this process."""
        with self.changed:
            while not self.orders:
                self.outbox.flush()
                self.changed.wait()
            order = self.orders.popleft()
            if isinstance(order, Run):
                self.current = order
                self.outbox.put(Begun(order.job, order.attempt), now=True)
        return order

    def _run(self, job: Run, engine: Engine, journal: Journal) -> None:
        mark, began = (job.job, job.attempt), time.perf_counter()
        teller = Teller(*mark, self.outbox, journal, lambda: job.job in self.watched, self.swift)
        try:
            engine.run(job, lambda: mark in self.cancelled, teller.hear)
        except BaseException as error:  # even `SystemExit`, from a node: the worker goes on
            traceback.print_exc()
            message = f"{type(error).__name__}: {error}"
            teller.ended("failed", time.perf_counter() - began, message)
        with self.changed:
            self.current = None
            self._forget(job)
            self.changed.notify_all()
