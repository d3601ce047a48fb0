"""Why a node runs: what its recipe was the last time, and what of it has changed.

Remembers one recipe for each node id (of one document, `scope`); keys and results are elsewhere.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

from engine.graph.atomic import write_atomically

EVICTED: Final = "evicted"
LIMIT: Final = 50_000
WRITTEN: Final = 5_000  # recipes that a file keeps, a few hundred bytes each
SHOWN_NAMES: Final = 4


@dataclass(slots=True)
class History:
    """The recipe of each node when it was last known or run; the oldest are forgotten."""

    limit: int = LIMIT
    _recipes: dict[tuple[str, str], bytes] = field(default_factory=dict[tuple[str, str], bytes])

    def note(self, scope: str, node: str, recipe: bytes) -> None:
        """Node `node` has a result by this recipe now."""
        self._recipes.pop((scope, node), None)
        self._recipes[scope, node] = recipe
        if len(self._recipes) > self.limit:
            for old in list(self._recipes)[: self.limit // 2]:
                del self._recipes[old]

    def write(self, path: Path) -> None:
        """Keep what is remembered, for the next process. Losing it only costs "why"."""
        latest = list(self._recipes.items())[-WRITTEN:]
        rows = [[scope, node, recipe.decode()] for (scope, node), recipe in latest]
        with contextlib.suppress(OSError):
            write_atomically(path, orjson.dumps(rows), durable=False)

    def read(self, path: Path) -> None:
        """Remember what `write` kept; a file that is missing or damaged counts as empty."""
        with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
            for scope, node, recipe in orjson.loads(path.read_bytes()):
                self.note(str(scope), str(node), recipe.encode())

    def why(self, scope: str, node: str, recipe: bytes) -> str:
        """Why a node that has this recipe now, and no result, must run; a few words."""
        before = self._recipes.get((scope, node))
        if before is None:
            return "new"
        return EVICTED if before == recipe else difference(before, recipe)


def difference(before: bytes, now: bytes) -> str:
    """What changed between two recipes (of `keys.py`), in a few words."""
    try:
        old, new = orjson.loads(before), orjson.loads(now)
        return _told(old, new)
    except (ValueError, LookupError, TypeError, AttributeError):
        return "changed"


def _told(old: Any, new: Any) -> str:
    if old[0] != new[0]:
        return "new"
    if old[1] != new[1]:
        return "node edited"
    if old[2] != new[2]:
        return "device changed"
    if changed := _changed(old[3], new[3]):
        names = ", ".join(changed[:SHOWN_NAMES]) + (" ..." if len(changed) > SHOWN_NAMES else "")
        return f"input{'s' if len(changed) > 1 else ''} {names} changed"
    return "file changed"


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return [name for name in {**new, **old} if old.get(name) != new.get(name)]
