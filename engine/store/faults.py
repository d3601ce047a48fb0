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
    name: str = ""
    left: int = 0


_fault = _Fault()


def arm(text: str) -> None:
    """Choose the point, as `point:n`; empty for none."""
    name, _, number = text.partition(":")
    _fault.name, _fault.left = name, int(number or 1)


def point(name: str) -> None:
    """Pass a named point."""
    if name == _fault.name:
        _fault.left -= 1
        if _fault.left <= 0:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


arm(os.environ.get(VARIABLE, ""))
