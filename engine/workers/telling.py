"""Turns what a run tells into messages for the server. Knows both forms, and no job's purpose."""

import json
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from engine.execution import events
from engine.spec.context import Preview
from engine.workers.journal import Journal
from engine.workers.outbox import Outbox
from engine.workers.protocol import (
    Barred,
    Cached,
    Ended,
    Entered,
    Failed,
    Left,
    Pictured,
    Planned,
    Progressed,
)

SWIFT: Final = 0.002  # seconds; a node that took longer is announced before it begins


@dataclass(slots=True)
class Teller:
    """Tells of one attempt. swift: seconds that each node type took last, over all jobs."""

    job: str
    attempt: int
    outbox: Outbox
    journal: Journal
    watched: Callable[[], bool]
    swift: dict[str, float] = field(default_factory=dict[str, float])

    def hear(self, event: events.Event) -> None:
        """Pass an event of the run on."""
        match event:
            case events.NodeStarted():
                slow = self.swift.get(event.class_type, SWIFT) >= SWIFT
                news = Entered(*self._of(event), event.parent, event.why)
                self.outbox.put(news, now=slow)
            case events.NodeFinished():
                if event.files:
                    self.journal.note(self.job, self.attempt, event.files)
                self.swift[event.class_type] = event.seconds
                shown = _shown(event.shown)
                self.outbox.put(Left(*self._of(event), event.seconds, shown, event.files))
            case events.NodeCached():
                self.outbox.put(Cached(*self._of(event), _shown(event.shown)))
            case events.Progress():
                self._progress(event)
            case events.NodeBlocked():
                self.outbox.put(Barred(*self._of(event), event.reason))
            case events.NodeFailed():
                self.outbox.put(self._failed(event))
            case events.RunStarted():
                self.outbox.put(Planned(self.job, self.attempt, event.to_run, event.known))
            case events.RunEnded():
                self.ended(event.status, event.seconds, event.message)

    def ended(self, status: str, seconds: float, message: str) -> None:
        """The attempt is over. It leaves with what follows, or when there is nothing to do."""
        self.outbox.put(Ended(self.job, self.attempt, status, seconds, message))

    def _of(self, event: Any) -> tuple[str, int, str, str, str]:
        return (self.job, self.attempt, event.node, event.display, event.class_type)

    def _progress(self, event: events.Progress) -> None:
        of = self._of(event)
        self.outbox.put(Progressed(*of, event.value, event.total, event.rate, event.seconds_left))
        if event.preview is not None:
            self._picture(of, event.preview)

    def _picture(self, of: tuple[str, int, str, str, str], preview: Preview) -> None:
        if preview.whole or self.watched():
            picture, media = preview.make()
            self.outbox.put(Pictured(*of, media, picture, preview.whole), now=True)

    def _failed(self, event: events.NodeFailed) -> Failed:
        cause = event.error.__cause__ or event.error
        lines = event.traceback or tuple(traceback.format_exception(cause))
        return Failed(*self._of(event), kind_of(cause), _said(cause), lines, dict(event.inputs))


def kind_of(error: BaseException) -> str:
    """An exception's name as ComfyUI writes it: with its module, unless it is built in."""
    kind = type(error)
    return (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else (f"{kind.__module__}.{kind.__qualname__}")
    )


def _said(error: BaseException) -> str:
    """An exception's own words; Python has none for the end of memory."""
    if isinstance(error, MemoryError):
        more = f" ({error})" if str(error) else ""
        return f"Out of memory: the system gave this process no more{more}."
    return str(error)


def _shown(shown: Mapping[str, Sequence[Any]]) -> bytes:
    return json_of(shown) if shown else b""


def json_of(value: Any) -> bytes:
    """JSON of whatever a node shows; what JSON has no word for is written as text."""
    try:
        return msgspec.json.encode(value, enc_hook=str)
    except (OverflowError, TypeError, ValueError):  # large integers, odd keys, half letters
        text = json.dumps(value, default=str, skipkeys=True, ensure_ascii=False)
        return text.encode("utf-8", "replace")
