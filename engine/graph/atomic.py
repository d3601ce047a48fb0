"""Write a file whole or not at all, so that whoever reads or dies never sees half of one; and keep
what can't be read."""

import os
import secrets
import time
from pathlib import Path


def write_atomically(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Put `data` at `path`, making its folder; what stood there stays until all is written.

    durable: wait until the disk has it (it then survives a loss of power too). A symbolic link
    is followed, not replaced. Raises `OSError`, with nothing left behind.
    """
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.part")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        _keep_mode(target, part)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def set_aside(path: Path) -> Path:
    """Give a file that can't be read another name beside it, which is returned: what is to stand in
    its place must not cost it. Raises `OSError`."""
    aside = path.with_name(f"{path.name}.damaged-{time.time_ns()}")
    path.replace(aside)
    return aside


def _keep_mode(target: Path, part: Path) -> None:
    """A file that is replaced keeps who may read it."""
    if target.exists():
        part.chmod(target.stat().st_mode & 0o777)
