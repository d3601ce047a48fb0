"""A node's one window on the engine: where files are, how far the work is, whether to stop.

A node that needs it has a parameter `ctx: Context`, which is no socket. Everything here is handed
in by whoever runs the graph; a test makes one with `Context()` and what it wants to watch.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import Cancelled
from engine.folders import Folders


@dataclass(frozen=True, slots=True)
class Preview:
    """What a picture looks like half way: a call that makes it, only run if someone looks.

    make: returns encoded bytes of a small picture and their media type ("image/jpeg"). whole: it
    is the node's result, sent to the client instead of saved: made in any case.
    """

    make: Callable[[], tuple[bytes, str]]
    whole: bool = False


Progress = Callable[[float, float, Preview | None], None]


def _no_progress(value: float, total: float, preview: Preview | None) -> None:
    """Nobody looks."""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Context:
    """What one call of a node may ask of the engine.

    folders: every path that a user can name is resolved here.
    node: the id of the node in the graph that runs (`outer:inner` inside subgraphs).
    prompt: the graph in API form, as it is kept inside saved pictures; extra_pnginfo: further
        text chunks of such a picture (`workflow`, `easel`).
    report: told `(value, total, preview)`; cancelled: whether someone asked to stop.
    device: where tensors are computed ("cpu", "cuda:0" ...); models: what owns weights on that
        device (`engine.models.residency.Residency`); None makes one for the call.
    """

    folders: Folders = field(default_factory=Folders)
    node: str = ""
    prompt: Mapping[str, Any] | None = None
    extra_pnginfo: Mapping[str, Any] = field(default_factory=dict[str, Any])
    report: Progress = _no_progress
    cancelled: Callable[[], bool] = _never
    device: str = "cpu"
    models: Any = None
    metadata: bool = True

    def progress(self, value: float, total: float, preview: Preview | None = None) -> None:
        """Say how far the work is, and stop here if someone asked to (raises `Cancelled`)."""
        self.check_cancelled()
        self.report(value, total, preview)

    def check_cancelled(self) -> None:
        """Raise `Cancelled` if someone asked to stop; cheap enough for every block of a network."""
        if self.cancelled():
            raise Cancelled
