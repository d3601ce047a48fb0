"""Tells one node's progress as events: how fast it is, and how long it will still take."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from engine.execution.events import Event, Progress
from engine.execution.plan import Step
from engine.spec.context import Preview

SMOOTHING = 0.3  # the weight of the newest interval in the rate


@dataclass(slots=True)
class Reporter:
    """What `Context.report` is for one call of a node."""

    step: Step
    emit: Callable[[Event], None]
    _value: float = 0.0
    _time: float = 0.0
    _rate: float = 0.0

    def __call__(self, value: float, total: float, preview: Preview | None) -> None:
        now = time.perf_counter()
        if value > self._value and self._time:
            rate = (value - self._value) / max(now - self._time, 1e-9)
            self._rate += (rate - self._rate) * (SMOOTHING if self._rate else 1.0)
        if value != self._value or not self._time:
            self._value, self._time = value, now
        left = max(total - value, 0.0) / self._rate if self._rate else None
        step = self.step
        self.emit(
            Progress(
                step.id, step.display, step.class_type, value, total, self._rate, left, preview
            )
        )
