"""The server's end of a line to an agent on another machine, with the files that go along it.

What a job names goes there before it; what it wrote comes before the news that name it, and is
called here by its name here. Each file travels only if its content is not there yet. Knows how to
call an agent's methods, whoever carries the calls, and no nodes.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from engine.errors import EaselError
from engine.folders import Folders
from engine.workers.agent import WRITES, Heard
from engine.workers.parcels import Name, Parcel, Shelf, named, piece
from engine.workers.protocol import (
    CHECK,
    Ask,
    Begun,
    Cached,
    Cancel,
    Death,
    Ended,
    Failed,
    Left,
    News,
    Order,
    Ready,
    Run,
    Written,
    frame,
)

GRACE: Final = 2.0  # seconds that an agent has for ending

_log = logging.getLogger("engine.worker")


def reason(error: BaseException) -> str:
    """The first line of what went wrong; what carries calls tells whole stories."""
    cause = getattr(error, "cause", None) or error
    return (str(cause).strip() or type(cause).__name__).splitlines()[0].rstrip(".")


@dataclass(slots=True)
class FarLine:
    """The line to one worker.

    agent: whose methods are called by `agent.name.remote(...)`; what that returns is awaited, and
    raises what went wrong on the way. host: its machine's name; near: whether that is ours too.
    folders: the server's. say: gets printed lines; note: told, on a thread, of each file that was
    stored; kill_agent: ends an agent that doesn't answer.
    """

    agent: Any
    host: str
    near: bool
    folders: Folders
    hear: Callable[[News], None]
    say: Callable[[str], None]
    note: Callable[[Written], None]
    kill_agent: Callable[[], None]
    shelf: Shelf = field(init=False)
    there: dict[Name, str] = field(default_factory=dict[Name, str])
    attempt: tuple[str, int] = ("", 0)
    spoiled: str = ""  # why this attempt fails though the worker knows of nothing
    blamed: bool = False
    orders: list[Order] = field(default_factory=list[Order])
    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    watching: "asyncio.Task[None] | None" = None
    ending: "asyncio.Task[None] | None" = None

    def __post_init__(self) -> None:
        self.shelf = Shelf(self.folders)

    def send(self, order: Order) -> None:
        self.orders.append(order)
        self.waiting.set()

    def kill(self) -> None:
        if self.ending is None:
            self.ending = asyncio.create_task(self._end())

    async def _end(self) -> None:
        try:
            await asyncio.wait_for(self.agent.end.remote(), GRACE)
        except Exception:  # it does not answer
            self.kill_agent()

    async def watch(self, lost: Callable[[Death], None]) -> None:
        """Pass on all that is said until the end, then tell how it ended."""
        sending = asyncio.create_task(self._send())
        death = Death("was lost")
        try:
            async for ref in self.agent.listen.remote():
                for heard in await ref:
                    if isinstance(heard, Death):
                        death = heard
                    else:
                        await self._take(heard)
            with suppress(Exception):
                await asyncio.wait_for(self.agent.close.remote(), GRACE)
        except Exception as error:  # of the carrier: the agent or its machine is gone
            _log.warning("A worker on %s is lost: %s", self.host, reason(error))
            death = Death(f"was lost: its process on {self.host}, or the machine, is gone")
        finally:
            sending.cancel()
        lost(Death(death.how, death.lines, tuple(self.shelf.written)))

    # To the worker

    async def _send(self) -> None:
        """Send what waits, each job after the files that it names."""
        while True:
            await self.waiting.wait()
            self.waiting.clear()
            orders, self.orders = self.orders, []
            try:
                for prompt in _prompts(orders):
                    await self._supply(prompt)
                await self.agent.order.remote(frame(orders))
            except Exception as error:  # of the carrier; whoever listens hears of the end as well
                _log.info("Orders to %s can't be sent: %s", self.host, reason(error))
                return

    async def _supply(self, prompt: bytes) -> None:
        for parcel in await asyncio.to_thread(named, self.folders, prompt):
            if self.there.get(parcel.where) != parcel.digest:
                path = self.folders.places(parcel.folder)[0] / parcel.name
                try:
                    await self._carry(parcel, path)
                except OSError as error:  # the job says that it isn't there
                    _log.warning("%s can't be sent to %s: %s", parcel.name, self.host, error)
                else:
                    self.there[parcel.where] = parcel.digest

    async def _carry(self, parcel: Parcel, path: Path) -> None:
        at, more = 0, True
        while more:
            content = await asyncio.to_thread(piece, path, at)
            await self.agent.place.remote(parcel, at, content)
            at += len(content)
            more = at < parcel.size and bool(content)

    # From the worker

    async def _take(self, heard: Heard) -> None:
        if isinstance(heard, str):
            self.say(heard)
        elif isinstance(heard, Parcel):
            await self._fetch(heard)
        elif not isinstance(heard, Death):
            try:
                self.hear(self._ours(heard))
            except Exception:  # the line must outlive a mistake in what listens to it
                _log.exception("A worker's message can't be taken in")

    async def _fetch(self, parcel: Parcel) -> None:
        """Store a file that the worker wrote, unless it is here."""
        if parcel.folder not in WRITES or self.shelf.has(parcel):
            return
        content = bytearray()
        while len(content) < parcel.size:
            got: bytes = await self.agent.read.remote(parcel, len(content))
            if not got:
                return
            content += got
        try:
            await asyncio.to_thread(self._store, parcel, bytes(content))
        except EaselError as error:
            self.spoiled = str(error)
            self.send(Cancel(*self.attempt))

    def _store(self, parcel: Parcel, content: bytes) -> None:
        self.note(self.shelf.take(parcel, content, *self.attempt))

    def _ours(self, news: News) -> News:
        """News as they are true on this machine."""
        replace = msgspec.structs.replace
        match news:
            case Ready():
                door = news.door if self.near else None  # it opens at loopback
                return replace(news, device=f"{news.device} of {self.host}", door=door)
            case Begun():
                self.attempt, self.spoiled, self.blamed = (news.job, news.attempt), "", False
                self.shelf.written.clear()
            case Left() if self.spoiled and not self.blamed:
                self.blamed = True
                of = (news.job, news.attempt, news.node, news.display, news.class_type)
                return Failed(*of, "OutputError", self.spoiled, (), {})
            case Left() | Cached():
                return replace(news, shown=self.shelf.renamed(news.shown))
            case Ended() if self.spoiled:
                return replace(news, status="failed", message=self.spoiled)
            case _:
                pass
        return news


def _prompts(orders: list[Order]) -> Iterator[bytes]:
    """The graphs among orders whose files must be there before them."""
    for order in orders:
        if isinstance(order, Run):
            yield order.prompt
        elif isinstance(order, Ask) and order.about == CHECK:
            yield order.body
