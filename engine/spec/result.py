"""What a node gives back: values, what an editor shows of them, or a graph to run instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.graph.model import Graph


@dataclass(frozen=True, slots=True)
class Blocked:
    """In place of a value: whatever depends on it does not run.

    reason: shown at the node that would have used it; empty blocks silently.
    """

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that one call of a node can say.

    values: one for each output, in order (Link objects into `graph` where that is given).
    shown: what a client sees of it, such as `{"images": [{"filename", "subfolder", "type"}]}`.
    graph: nodes to run in this node's place; the values are then links into it.
    files: paths of files that the call wrote; a cached effect counts while all exist.
    """

    values: tuple[Any, ...] = ()
    shown: Mapping[str, Sequence[Any]] = field(default_factory=dict[str, Sequence[Any]])
    graph: Graph | None = None
    files: tuple[str, ...] = ()
