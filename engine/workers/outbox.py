"""The worker's end of the line: what is said soon after another thing travels with it.

A frame costs more than what is in it. Messages wait, `TICK` at most (whoever reads the socket
flushes in that rhythm), unless they must be known even if the next instruction kills the process:
that a job begins, that it ended, and which node is entered where that may take long.
"""

import socket
from contextlib import suppress
from threading import Lock
from typing import Final

from engine.workers.protocol import News, Progressed, frame

TICK: Final = 0.01  # seconds


class Outbox:
    """Sends on a socket; any thread may put."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._lock = Lock()
        self._waiting = list[News]()

    def put(self, news: News, *, now: bool = False) -> None:
        """Send it after all that was put before; `now`: it has left when this returns."""
        with self._lock:
            waiting = self._waiting
            if waiting and _outdates(news, waiting[-1]):
                waiting[-1] = news
            else:
                waiting.append(news)
            if now:
                self._flush()

    def flush(self) -> None:
        """Send what waits."""
        if self._waiting:
            with self._lock:
                self._flush()

    def _flush(self) -> None:
        news, self._waiting = self._waiting, []
        if news:
            with suppress(OSError):  # the server is gone: whoever reads the line ends the process
                self._line.sendall(frame(news))


def _outdates(news: News, last: News) -> bool:
    """Whether only the later one of two successive messages is of interest."""
    return (
        isinstance(news, Progressed)
        and isinstance(last, Progressed)
        and news.node == last.node
        and news.job == last.job
    )
