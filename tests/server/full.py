"""Disks without room, provoked: a small file system, or a limit on the length of files."""

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

BLOCK = 4096
SIZE = "4m"


class Disk(Protocol):
    """A place that can be filled up, and freed again."""

    place: Path

    def fill(self) -> None: ...

    def free(self) -> None: ...


@dataclass
class Small:
    """A file system of a few megabytes."""

    place: Path

    def fill(self) -> None:
        with (self.place / "filler").open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(BLOCK))
            except OSError:
                return

    def free(self) -> None:
        (self.place / "filler").unlink()


@dataclass
class Short:
    """A place where no file may grow beyond a length; what is shorter can still be written."""

    place: Path

    def fill(self) -> None:
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2**18, hard))

    def free(self) -> None:
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


@contextmanager
def disk(kind: str, place: Path) -> Iterator[Disk]:
    """One of them, freed at the end; the test is skipped where nobody may mount."""
    if kind == "short":
        short = Short(place)
        try:
            yield short
        finally:
            short.free()
        return
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "easel-test", str(place)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount a small file system")
    try:
        yield Small(place)
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
