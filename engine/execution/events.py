"""What a run tells while it goes: plain values, the same for a server, a terminal and a test.

Every node event has `node` (the id that ran; `parent.n` inside an expansion), `display` (the node
of the graph that people see it at) and `class_type`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from engine.spec.context import Preview

Shown: TypeAlias = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The plan stands. to_run: ids in the order they will run (lazy ones may still join, and
    those that wait for the name of a file); known: ids whose results are at hand, also those that
    nothing asks for."""

    to_run: tuple[str, ...]
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NodeCached:
    """A result was taken from the cache. shown: what the node showed when it ran."""

    node: str
    display: str
    class_type: str
    shown: Shown = field(default_factory=dict[str, Sequence[Any]])


@dataclass(frozen=True, slots=True)
class NodeStarted:
    """A node begins. why: "new", "input seed changed", "file changed", "node edited" ..."""

    node: str
    display: str
    class_type: str
    why: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a node is: `value` of `total`, in its own unit; `rate` of it a second.

    seconds_left: None until it can be guessed. preview: made only if someone looks.
    """

    node: str
    display: str
    class_type: str
    value: float
    total: float
    rate: float = 0.0
    seconds_left: float | None = None
    preview: Preview | None = None


@dataclass(frozen=True, slots=True)
class NodeFinished:
    """A node is done. seconds: its own time; shown: what clients see of it; files: it wrote."""

    node: str
    display: str
    class_type: str
    why: str
    seconds: float
    shown: Shown = field(default_factory=dict[str, Sequence[Any]])
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeBlocked:
    """A node did not run since an input was blocked, with a reason that people should see."""

    node: str
    display: str
    class_type: str
    reason: str


@dataclass(frozen=True, slots=True)
class NodeFailed:
    """A node raised. The run ends after this; `error` is an `engine.errors.RunError`."""

    node: str
    display: str
    class_type: str
    error: Exception
    inputs: Mapping[str, str] = field(default_factory=dict[str, str])
    traceback: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The run is over. status: "done", "failed" or "cancelled".

    ran, cached: how many nodes. message: one sentence where it was not done.
    """

    status: str
    seconds: float
    ran: int
    cached: int
    message: str = ""


NodeEvent: TypeAlias = NodeCached | NodeStarted | Progress | NodeFinished | NodeBlocked | NodeFailed
Event: TypeAlias = RunStarted | NodeEvent | RunEnded
