"""One thing that is wrong with a graph, said for people and for programs."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

SUGGESTIONS: Final = 40
"""How many near misses one check looks for: each costs a millisecond."""

MOST_OPTIONS: Final = 2000


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, and how to mend it.

    type: ComfyUI's name for it, or one of ours. message, details, extra_info: as its wire has
    them. hint: how to mend it. feeds_output: False where nothing that will run depends on it.
    """

    node: str
    class_type: str
    type: str
    message: str
    details: str = ""
    extra_info: Mapping[str, Any] = field(default_factory=dict[str, Any])
    input: str = ""
    hint: str = ""
    feeds_output: bool = True

    def __str__(self) -> str:
        """One sentence: what, where, expected, given, how to mend."""
        where = f"{self.class_type} (node {self.node}): " if self.node else ""
        about = f" {self.details}" if self.details and not self.input else ""
        hint = f" {self.hint}" if self.hint else ""
        aside = "" if self.feeds_output or not self.node else " (It feeds no output.)"
        return f"{where}{self.message}{about}{hint}{aside}"


@dataclass(slots=True)
class Suggestions:
    """Near misses, as many as one check can afford."""

    left: int = SUGGESTIONS
    _found: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    def near(self, kind: str, given: Any, options: Iterable[Any]) -> str:
        """ "Did you mean ...?", or "" where nothing is near. kind: names the list of options."""
        if not isinstance(given, str):
            return ""
        if (kind, given) not in self._found:
            if self.left <= 0:
                return ""
            self.left -= 1
            self._found[kind, given] = _nearest(given[:200], options)
        return self._found[kind, given]


def _nearest(given: str, options: Iterable[Any]) -> str:
    texts = [option for option in options if isinstance(option, str)][:MOST_OPTIONS]
    lowered = {text.lower(): text for text in reversed(texts)}
    found = difflib.get_close_matches(given.lower(), list(lowered), n=1, cutoff=0.6)
    return f"Did you mean {lowered[found[0]]!r}?" if found else ""
