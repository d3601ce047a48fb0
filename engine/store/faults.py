"""Die at a named point, so that tests can see what survives.

`EASEL_FAULT=point:n` ends this process with SIGKILL when it passes the point for the n-th time.
Nothing is set in everyday use, and passing a point then costs one comparison.
"""

import os
import signal
from dataclasses import dataclass

VARIABLE = "EASEL_FAULT"


@dataclass(slots=True)
class _Fault:
    name: str
    left: int


def _read(text: str) -> _Fault:
    name, _, number = text.partition(":")
    return _Fault(name, int(number or 1))


_fault = _read(os.environ.get(VARIABLE, ""))


def point(name: str) -> None:
    """Pass a named point."""
    if name == _fault.name:
        _fault.left -= 1
        if _fault.left <= 0:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
