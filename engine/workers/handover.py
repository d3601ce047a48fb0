"""Hand a socket to a child process, and take it there. The systems differ; both ways stand here.

POSIX: the child inherits the file descriptor. Windows: the socket is duplicated for the child,
which reads the duplicate's description from its standard input.
"""

import os
import signal
import socket
import subprocess
import sys
from asyncio import subprocess as processes
from typing import Any, Final

WINDOWS: Final = os.name == "nt"
FROM_INPUT: Final = "stdin"


async def started(command: list[str], theirs: socket.socket, **options: Any) -> processes.Process:
    """The process of `command --socket WHICH`, holding the socket `theirs`; ours of it is closed.

    options: of `asyncio.create_subprocess_exec`. Raises `OSError`.
    """
    with theirs:
        if not WINDOWS:
            handle = theirs.fileno()
            return await processes.create_subprocess_exec(
                *command, "--socket", str(handle),
                stdin=subprocess.DEVNULL, pass_fds=(handle,), **options,
            )  # fmt: skip
        process = await processes.create_subprocess_exec(
            *command, "--socket", FROM_INPUT, stdin=subprocess.PIPE, **options
        )
        assert process.stdin is not None
        share: Any = getattr(theirs, "share")  # noqa: B009
        shared: bytes = share(process.pid)
        process.stdin.write(len(shared).to_bytes(4, "big") + shared)
        await process.stdin.drain()
        return process


def taken(which: str) -> socket.socket:
    """The socket that the parent handed over; children of this process won't have it."""
    if which == FROM_INPUT:
        length = int.from_bytes(sys.stdin.buffer.read(4), "big")
        from_share: Any = getattr(socket, "fromshare")  # noqa: B009
        return from_share(sys.stdin.buffer.read(length))
    handle = int(which)
    os.set_inheritable(handle, False)
    return socket.socket(fileno=handle)


def settle() -> None:
    """Make this process a good child: it leaves Ctrl-C to its parent, dies with it even while
    stuck, and goes first where the system runs out of memory."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not sys.platform.startswith("linux"):
        return
    _die_with_parent()
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write("500")
    except OSError:  # a container may forbid it; then the system chooses
        return


def _die_with_parent() -> None:
    """Linux: a second after the parent has died this process dies too.

    The end of the socket tells a worker the same, but not while native code keeps the
    interpreter's lock. So the kernel is asked for SIGHUP, and its handler is libc's `alarm`, which
    takes the signal's number, 1, for seconds; SIGALRM then ends the process.
    """
    import ctypes

    libc, set_death_signal = ctypes.CDLL(None), 1
    libc.signal(signal.SIGHUP, libc.alarm)
    libc.prctl(set_death_signal, signal.SIGHUP, 0, 0, 0)


def memory_kills() -> int:
    """How many processes this system has killed for lack of memory since it was started."""
    try:
        with open("/proc/vmstat", encoding="ascii") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("oom_kill")), 0)
    except OSError:
        return 0
