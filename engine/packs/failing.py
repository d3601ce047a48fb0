"""What is said of a pack that failed: a sentence for people, a traceback for its author."""

import traceback
from pathlib import Path

from engine.errors import EaselError

_HERE = Path(__file__).parent


def reason_of(error: BaseException, pack: str = "") -> str:
    """One sentence: what went wrong and in which file and line of the pack; no path."""
    if isinstance(error, EaselError):
        return str(error).removeprefix(f"pack {pack}: ")
    last = next(reversed(_frames(error)), None)
    where = f" ({Path(last.filename).name}, line {last.lineno})" if last else ""
    return f"{type(error).__name__}: {error}{where}"


def trace_of(error: BaseException) -> str:
    """The traceback from the pack's first line on; empty for what the sentence says already."""
    if isinstance(error, EaselError):
        return ""
    lines = [*traceback.format_list(_frames(error)), *traceback.format_exception_only(error)]
    return "".join(["\n", *lines]).rstrip()


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    """Where it went wrong, without the lines of ours and of the import system."""
    return [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).parent != _HERE and not frame.filename.startswith("<frozen ")
    ]
