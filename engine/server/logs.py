"""The last lines of the log, for `/internal/logs` and those who subscribe."""

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

KEPT: Final = 300
LONGEST: Final = 4000  # letters of a line
SIZE: Final = {"cols": 120, "rows": 50}


@dataclass(slots=True)
class Logs:
    """Lines with their times. hear: told of each new one; a subscriber's sender."""

    hear: Callable[[dict[str, Any]], None] = lambda _: None
    _entries: deque[dict[str, Any]] = field(
        default_factory=lambda: deque[dict[str, Any]](maxlen=KEPT)
    )

    def add(self, line: str) -> None:
        """Take a line."""
        now = time.time()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
        entry = {"t": f"{stamp}.{int(now % 1 * 1e6):06}", "m": line[:LONGEST].rstrip() + "\n"}
        self._entries.append(entry)
        self.hear(entry)

    @property
    def entries(self) -> list[dict[str, Any]]:
        """The lines, the oldest first."""
        return list(self._entries)

    @property
    def text(self) -> str:
        """All in one."""
        return "".join(f"{entry['t']} - {entry['m']}" for entry in self._entries)


class Handler(logging.Handler):
    """Feeds the log into `Logs`, without tracebacks (they may name paths); from any thread."""

    def __init__(self, add: Callable[[str], None]) -> None:
        super().__init__()
        self._add = add

    def emit(self, record: logging.LogRecord) -> None:
        """Take one record."""
        self._add(record.getMessage())
