"""Sockets to listen at, and what the machine has; the standard library alone."""

import errno
import os
import shutil
import socket
import subprocess
from collections.abc import Iterable, Sequence

HERE = "127.0.0.1"
EVERYWHERE = "0.0.0.0,::"
DEFAULT = 8188
TRIED = 50  # ports after the default one
BACKLOG = 1024


class PortTaken(Exception):
    """The port that was asked for can't be had."""


def opened(hosts: Sequence[str], port: int | None) -> list[socket.socket]:
    """Sockets that listen at all of `hosts`, on one port: the one given, else the first free one
    from 8188 on. Raises `PortTaken`."""
    for number in [port] if port is not None else range(DEFAULT, DEFAULT + TRIED):
        found = list[socket.socket]()
        try:
            for host in hosts:
                same = found[0].getsockname()[1] if found else number
                found += _opened(host.strip(), same, optional=len(hosts) > 1)
            if found:
                return found
        except OSError as error:
            for one in found:
                one.close()
            if error.errno != errno.EADDRINUSE or port is not None:
                raise PortTaken(_reason(hosts, number, error)) from error
    raise PortTaken(f"No port from {DEFAULT} to {DEFAULT + TRIED - 1} is free at {hosts[0]}.")


def _opened(host: str, port: int, *, optional: bool) -> list[socket.socket]:
    kind = socket.AF_INET6 if ":" in host else socket.AF_INET
    place = (socket.gethostbyname(host) if kind == socket.AF_INET else host, port)
    try:
        one = socket.socket(kind, socket.SOCK_STREAM)
    except OSError:
        if optional:  # a machine without IPv6
            return []
        raise
    try:
        if os.name == "nt":
            one.setsockopt(socket.SOL_SOCKET, ~socket.SO_REUSEADDR, 1)  # SO_EXCLUSIVEADDRUSE
        else:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if kind == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.bind(place)
        one.listen(BACKLOG)
        one.setblocking(False)
    except OSError as error:
        one.close()
        if optional and error.errno == errno.EADDRNOTAVAIL and kind == socket.AF_INET6:
            return []
        raise
    return [one]


def _reason(hosts: Sequence[str], port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program; choose another one with --port."
    reason = error.strerror or str(error)
    return f"Can't listen at {', '.join(hosts)}, port {port}: {reason}."


def names(sockets: Iterable[socket.socket]) -> list[str]:
    """How a browser may reach these sockets."""
    found = list[str]()
    for one in sockets:
        host = str(one.getsockname()[0])
        if host in ("0.0.0.0", "::"):
            found += [HERE, *_outside()]
        else:
            found.append(f"[{host}]" if ":" in host else host)
    return list(dict.fromkeys(found))


def _outside() -> list[str]:
    """The machine's address on its network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return [str(probe.getsockname()[0])]
        except OSError:
            return []


def cards() -> list[str]:
    """The NVIDIA cards as devices, asked without torch."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    try:
        told = subprocess.run(
            [program, "-L"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    lines = [line for line in told.stdout.splitlines() if line.startswith("GPU ")]
    return [f"cuda:{number}" for number in range(len(lines))]


def devices(wanted: str, workers: int | None) -> list[str]:
    """A device for each worker: what was asked for, else every NVIDIA card, else what is best."""
    chosen = wanted.split(",") if wanted != "auto" else cards() or ["auto"]
    count = workers or len(chosen)
    return [chosen[number % len(chosen)] for number in range(count)]
