"""Workers as processes of this machine, started and watched from the server's event loop.

Knows how a process is started, spoken to and how it died; nothing of jobs or nodes.
"""

import asyncio
import logging
import signal
import socket
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

from engine.workers import handover, journal
from engine.workers.protocol import Death, Frames, Line, News, Order, Written, frame

DRAIN: Final = 1.0  # seconds that a dead worker's last words may take to arrive
LINES: Final = 40  # of a worker's output that are remembered
LONGEST_LINE: Final = 2**16

_log = logging.getLogger("engine.worker")


@dataclass(frozen=True, slots=True)
class Local:
    """Starts `command` (with `--socket`) for each worker.

    device: where its workers compute, for people and for choosing. journals: the folder where
    workers note what they write.
    """

    command: Sequence[str]
    device: str = "cpu"
    journals: Path = Path("attempts")
    environment: dict[str, str] | None = None
    say: Callable[[str], None] = _log.info
    again: bool = False

    def another(self) -> None:
        """There are as many as there were at the start."""

    async def start(self, hear: Callable[[News], None], lost: Callable[[Death], None]) -> Line:
        ours, theirs = socket.socketpair()
        kills = handover.memory_kills()
        try:
            process = await handover.started(
                list(self.command), theirs,
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
                env=self.environment, limit=LONGEST_LINE,
            )  # fmt: skip
        except BaseException:
            ours.close()
            raise
        wire = _Wire(hear)
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: wire, sock=ours)
        line = _Process(process, wire, self.say, kills)
        line.watching = loop.create_task(line.watch(lost))
        return line

    async def sweep(self, take: Callable[[Written], None]) -> None:
        await asyncio.to_thread(journal.sweep, self.journals, take)


class _Wire(asyncio.Protocol):
    """Our end of the socket."""

    def __init__(self, hear: Callable[[News], None]) -> None:
        self._hear = hear
        self._frames = Frames()
        self._transport: asyncio.Transport | None = None
        self.ended = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        try:
            messages = self._frames.feed(data)
        except ValueError:
            _log.exception("A worker speaks in tongues; it is left.")
            self.close()
            return
        for message in messages:
            try:
                self._hear(cast(News, message))
            except Exception:  # the line must outlive a mistake in what listens to it
                _log.exception("A worker's message can't be taken in")

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.ended.set()

    def write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()


@dataclass(slots=True)
class _Process:
    """A worker's process and the line to it."""

    process: asyncio.subprocess.Process
    wire: _Wire
    say: Callable[[str], None]
    kills: int
    ordered: bool = False
    lines: deque[str] = field(default_factory=lambda: deque[str](maxlen=LINES))
    watching: "asyncio.Task[None] | None" = None

    def send(self, order: Order) -> None:
        self.wire.write(frame([order]))

    def kill(self) -> None:
        self.ordered = True
        if self.process.returncode is None:
            self.process.kill()

    async def watch(self, lost: Callable[[Death], None]) -> None:
        """Wait for the end, hear all that was said before it, and tell how it ended."""
        reading = asyncio.create_task(self._read_output())
        ended = asyncio.create_task(self.wire.ended.wait())
        exited = asyncio.create_task(self.process.wait())
        await asyncio.wait((ended, exited), return_when=asyncio.FIRST_COMPLETED)
        if not exited.done():  # a worker without its line is of no use
            await asyncio.wait((exited,), timeout=DRAIN)
            if not exited.done():
                self.kill()
        code = await exited
        await asyncio.wait((reading, ended), timeout=DRAIN)
        reading.cancel()
        ended.cancel()
        self.wire.close()
        lost(Death(self._how(code), tuple(self.lines)))

    async def _read_output(self) -> None:
        output = self.process.stdout
        assert output is not None
        while True:
            try:
                piece = await output.readline()
            except ValueError:  # a line without an end: what is held of it was dropped
                continue
            if not piece:
                return
            text = piece.decode("utf-8", "replace").rstrip()
            self.lines.append(text)
            self.say(text)

    def _how(self, code: int) -> str:
        if code < 0:
            return f"was killed ({_signal_name(-code)}){self._why(-code)}"
        if code > 2**31:  # how Windows tells of a crash
            return f"crashed (0x{code:08X})"
        return f"ended by itself (exit code {code})"

    def _why(self, number: int) -> str:
        if number == signal.SIGSEGV:
            return ", a segmentation fault in native code"
        if number != getattr(signal, "SIGKILL", 9) or self.ordered:
            return ""
        if handover.memory_kills() > self.kills:
            return " by the system, which had run out of memory"
        return " by someone, or by the system for lack of memory"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
