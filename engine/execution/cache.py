"""Results by content key, in memory and on disk, and what each node's recipe was last time.

Knows nothing of graphs or nodes. Effects (a saved picture) are kept in memory only, and are known
only while the files they left exist.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from engine.execution.disk import Disk
from engine.execution.history import History
from engine.execution.memory import Memory
from engine.execution.plain import PlainCodec
from engine.execution.store import Alias, Codec, Items, Stored

DISK_SECONDS: Final = 0.2
MOST_MEMORY: Final = 4 * 10**9
SHARE_OF_MEMORY: Final = 0.15


@dataclass(slots=True)
class Cache:
    """Both tiers behind one face. disk: None keeps everything in memory.

    disk_seconds: results that took longer are written to disk.
    """

    codec: Codec = field(default_factory=PlainCodec)
    memory: Memory = field(default_factory=lambda: Memory(memory_limit()))
    disk: Disk | None = None
    disk_seconds: float = DISK_SECONDS
    history: History = field(default_factory=History)

    def knows(self, key: str, *, effects: bool = True) -> bool:
        """Whether `get` will have it (unless the disk lies). effects: False: as if none were."""
        kept = self.memory.get(key)
        if kept is None:
            return self.disk is not None and key in self.disk
        if type(kept) is Stored:
            return not kept.effect or (effects and _files_exist(kept))
        return self._knows_alias(key, effects)

    def _knows_alias(self, key: str, effects: bool) -> bool:
        """An alias is known if all that it stands for is; aliases of aliases are walked."""
        waiting, seen = [key], set[str]()
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            kept = self.memory.get(here)
            if isinstance(kept, Alias):
                waiting.extend(source for source, _ in kept.outputs)
                waiting.extend(kept.needs)
            elif not self.knows(here, effects=effects):
                return False
        return True

    def get(self, key: str) -> Stored | None:
        """The result under `key`, from memory or disk; None if there is none (any more)."""
        kept = self.memory.get(key)
        if type(kept) is Stored:
            return kept
        if isinstance(kept, Alias):
            return self._resolved(kept)
        if self.disk is None:
            return None
        stored = self.disk.get(key, self.codec)
        if stored is not None:
            self.memory.put(key, stored, self.codec.size(stored.outputs))
        return stored

    def _resolved(self, alias: Alias) -> Stored | None:
        outputs = list[Items]()
        for key, output in alias.outputs:
            stored = self.get(key)
            if stored is None or output >= len(stored.outputs):
                return None
            outputs.append(stored.outputs[output])
        return Stored(tuple(outputs), alias.shown, seconds=alias.seconds, effect=bool(alias.needs))

    def put(self, key: str, stored: Stored) -> None:
        """Keep a result in memory, and on disk if it was dear and is no effect."""
        self.memory.put(key, stored, self.codec.size(stored.outputs))
        if self.disk is not None and stored.seconds > self.disk_seconds and not stored.effect:
            self.disk.put(key, stored, self.codec)

    def put_alias(self, key: str, alias: Alias) -> None:
        """Keep, in memory, that a result is other results'; never an alias of an alias."""
        outputs = tuple(self._origin(source, output) for source, output in alias.outputs)
        self.memory.put(key, replace(alias, outputs=outputs), 0)

    def _origin(self, key: str, output: int) -> tuple[str, int]:
        kept = self.memory.get(key)
        if isinstance(kept, Alias) and output < len(kept.outputs):
            return kept.outputs[output]
        return key, output

    def clear(self) -> None:
        """Forget what is in memory; the disk keeps what it has."""
        self.memory.clear()


def _files_exist(stored: Stored) -> bool:
    exists: Callable[[str], bool] = os.path.exists
    return all(map(exists, stored.files))


def memory_limit() -> int:
    """The lesser of 4 GB and 15 % of the machine's memory, in bytes."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return MOST_MEMORY // 2
    return min(MOST_MEMORY, int(total * SHARE_OF_MEMORY))
