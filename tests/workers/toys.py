"""Toy nodes for workers: quick ones, slow ones, and every way to take a process down. No torch."""

import ctypes
import hashlib
import os
import re
import signal
import sys
import time
from typing import Annotated

from engine.folders import Folders
from engine.outputs import save
from engine.spec.context import Context, Preview
from engine.spec.inputs import Choice
from engine.spec.node import node
from engine.spec.registry import Registry
from engine.spec.result import Result
from engine.spec.signature import AnyValue


@node("Number", title="Number", category="toys")
def number(*, value: int = 0) -> int:
    """A number."""
    return value


@node("Double", title="Double", category="toys")
def double(*, value: int) -> int:
    """Twice as much."""
    return 2 * value


@node("Show", title="Show", category="toys", terminal=True)
def show(*, value: AnyValue) -> Result:
    """Shows a value."""
    return Result(shown={"text": [str(value)]})


@node("Save", title="Save", category="toys", terminal=True)
def save_text(*, value: AnyValue, prefix: str = "toy", ctx: Context) -> Result:
    """Writes a value to a file in the folder output."""
    saved = save(ctx.folders, str(value).encode(), prefix, ".txt")
    return Result(shown={"files": [saved.shown]}, files=(str(saved.path),))


@node("Hush", title="Hush", category="toys", terminal=True)
def hush(*, name: str, ctx: Context) -> Result:
    """Writes a file into the folder output and does not say so."""
    ctx.folders.output.joinpath(name).write_text(name, "utf-8")
    return Result()


@node("Read", title="Read", category="toys", terminal=True)
def read(*, name: Annotated[str, Choice(folder="input")], ctx: Context) -> Result:
    """Reads a file of the folder input, and shows a digest of it."""
    content = ctx.folders.annotated(name).read_bytes()
    return Result(shown={"text": [hashlib.sha256(content).hexdigest()]})


@node("Sleep", title="Sleep", category="toys", terminal=True)
def sleep(*, seconds: float = 1.0, tag: int = 0, ctx: Context) -> Result:
    """Waits, and hears when it is cancelled."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        ctx.progress(seconds - (end - time.monotonic()), seconds, Preview(_picture))
        time.sleep(0.005)
    return Result(shown={"text": [str(tag)]})


def _picture() -> tuple[bytes, str]:
    return b"a picture", "image/jpeg"


@node("Deaf", title="Deaf", category="toys", terminal=True)
def deaf(*, tag: int = 0) -> Result:
    """Runs for ever and asks nobody whether to stop."""
    while True:
        tag += 1


@node("Stuck", title="Stuck", category="toys", terminal=True)
def stuck(*, seconds: int = 60) -> Result:
    """Computes in native code with the interpreter's lock, so that no thread of the worker runs."""
    re.match("(a+)+$", "a" * (seconds // 2) + "b")
    return Result()


@node("Crash", title="Crash", category="toys", terminal=True)
def crash(*, tag: int = 0) -> Result:
    """A segmentation fault."""
    ctypes.string_at(tag)
    return Result()


@node("Leave", title="Leave", category="toys", terminal=True)
def leave(*, code: int = 3) -> Result:
    """Ends the process."""
    os._exit(code)


@node("Die", title="Die", category="toys", terminal=True)
def die(*, tag: int = 0) -> Result:
    """Is killed as `kill -9` kills."""
    os.kill(os.getpid(), signal.SIGKILL)
    return Result()


@node("Quit", title="Quit", category="toys", terminal=True)
def quit_politely(*, tag: int = 0) -> Result:
    """Raises SystemExit."""
    sys.exit(tag)


@node("Hog", title="Hog", category="toys", terminal=True)
def hog(*, megabytes: int = 10_000) -> Result:
    """Takes more memory than the process may have."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (2**29, before[1]))
    try:
        return Result(shown={"text": [str(len(bytearray(megabytes * 2**20)))]})
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


@node("Devour", title="Devour", category="toys", terminal=True)
def devour(*, tag: int = 0) -> Result:
    """Takes memory, and uses it, until the system ends the process."""
    held = list[bytes]()
    while True:
        held.append(bytes([tag + 1]) * 2**20)


@node("Garble", title="Garble", category="toys", terminal=True)
def garble(*, raises: bool = False) -> Result:
    """Says half a letter, as names of files may hold it."""
    if raises:
        raise ValueError("half a letter: \udcff")
    return Result(shown={"text": ["half a letter: \udcff"]})


@node("Fail", title="Fail", category="toys", terminal=True)
def fail(*, value: int = 0) -> Result:
    """Raises."""
    raise ValueError(f"no {value}")


def _no_odd(context: Context, inputs: object) -> list[str]:
    value = inputs["value"] if isinstance(inputs, dict) else 0
    if value == 99:
        time.sleep(30)
    return ["an odd value"] if value % 2 else []


@node("Even", title="Even", category="toys", terminal=True, check=_no_odd)
def even(*, value: int = 0) -> Result:
    """Takes even numbers only."""
    return Result(shown={"text": [str(value)]})


def registry(folders: Folders) -> Registry:
    """All of these."""
    found = Registry()
    found.add_module(sys.modules[__name__])
    return found
