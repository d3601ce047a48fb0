"""The cache's memory tier: bounded in bytes, forgets first what is cheap to make for its size.

GreedyDual-Size (Cao & Irani 1997, section 3): an entry's worth is the clock plus its seconds for
each byte; the clock is the worth of what was forgotten last, so that age counts too.
"""

import heapq
from dataclasses import dataclass, field
from itertools import count
from threading import Lock
from typing import Final

from engine.execution.store import Alias, Stored

OVERHEAD: Final = 1024  # bytes that an entry itself holds, about
LEAST_SECONDS: Final = 20e-6  # what running the cheapest node costs the engine


@dataclass(slots=True)
class _Entry:
    kept: Stored | Alias
    size: int
    gain: float
    worth: float


@dataclass(slots=True)
class Memory:
    """Results by key. limit: bytes; what alone is larger isn't kept. Safe to use from threads."""

    limit: int
    held: int = 0
    _entries: dict[str, _Entry] = field(default_factory=dict[str, _Entry])
    _heap: list[tuple[float, int, str]] = field(default_factory=list[tuple[float, int, str]])
    _clock: float = 0.0
    _serial: "count[int]" = field(default_factory=count)
    _lock: Lock = field(default_factory=Lock)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def get(self, key: str) -> Stored | Alias | None:
        """What was kept under `key`, which is now worth more."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        entry.worth = self._clock + entry.gain
        return entry.kept

    def put(self, key: str, kept: Stored | Alias, size: int) -> None:
        """Keep a result of `size` bytes, forgetting others to make room."""
        size += OVERHEAD
        gain = max(kept.seconds, LEAST_SECONDS) / size
        with self._lock:
            self._drop(key)
            if size > self.limit:
                return
            self._entries[key] = _Entry(kept, size, gain, self._clock + gain)
            heapq.heappush(self._heap, (self._clock + gain, next(self._serial), key))
            self.held += size
            while self.held > self.limit:
                self._forget_one()

    def drop(self, key: str) -> None:
        """Forget one result."""
        with self._lock:
            self._drop(key)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._heap.clear()
            self.held = 0

    def _drop(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.held -= entry.size

    def _forget_one(self) -> None:
        """Drop what is worth least; entries that were used since get their new place first."""
        while True:
            worth, _, key = heapq.heappop(self._heap)
            entry = self._entries.get(key)
            if entry is None:
                continue
            if entry.worth > worth:
                heapq.heappush(self._heap, (entry.worth, next(self._serial), key))
                continue
            self._clock = worth
            self._drop(key)
            return
