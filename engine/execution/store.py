"""What the cache keeps of one run of a node, and what it must be told of values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Items = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """One result. outputs: for each output the items that it gave (one, unless lists arrived).

    shown, files: as in `Result`. seconds: what it took to make. effect: it left something
    outside, and counts only while `files` exist.
    """

    outputs: tuple[Items, ...]
    shown: Mapping[str, Sequence[Any]] = field(default_factory=dict[str, Sequence[Any]])
    files: tuple[str, ...] = ()
    seconds: float = 0.0
    effect: bool = False


@dataclass(frozen=True, slots=True)
class Alias:
    """The result of a node that was replaced by a graph: other results' outputs.

    outputs: `(key, output)` for each. needs: keys of effects inside, which count only while known.
    """

    outputs: tuple[tuple[str, int], ...]
    needs: tuple[str, ...] = ()
    shown: Mapping[str, Sequence[Any]] = field(default_factory=dict[str, Sequence[Any]])
    seconds: float = 0.0


class Codec(Protocol):
    """What the engine, which knows no tensors, is told of the values on links."""

    def size(self, value: Any) -> int:
        """The bytes of memory that keeping `value` (any nest of containers) holds."""
        ...

    def save(self, value: Any) -> bytes:
        """`value` as bytes. Raises `TypeError` if something in it has no form on disk."""
        ...

    def load(self, data: bytes) -> Any:
        """What `save` wrote. Raises `ValueError` if the bytes are damaged."""
        ...

    def describe(self, value: Any) -> str:
        """A short text for people; keeps nothing of `value`."""
        ...
