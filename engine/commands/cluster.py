"""More than one machine: what `--cluster` means for a server, and how a machine joins.

Ray is an optional requirement; nothing of it is imported before it is asked for.
"""

from __future__ import annotations

import argparse
import secrets
import socket
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands import flags, listening
from engine.errors import EaselError

if TYPE_CHECKING:
    from engine.folders import Folders
    from engine.workers.agent import Machine
    from engine.workers.protocol import Carrier
    from engine.workers.ray import Cluster

ROOT = Path(__file__).resolve().parent.parent.parent
REQUIREMENTS = "requirements-cluster.txt"
PORT = 6379  # Ray's own default
TOKEN = "cluster-token"
OF_A_MACHINE = ("models", "user", "custom_nodes")
"""The folders that are each machine's own; the others' files travel."""


class ClusterError(EaselError):
    """The cluster can't be had; the sentence says how to mend it."""


def demand_ray() -> None:
    """Raise `ClusterError` if Ray is not installed."""
    if find_spec("ray") is None:
        raise ClusterError(
            "More than one machine needs Ray, which is not installed here; install it with: "
            f"{sys.executable} -m pip install -r {REQUIREMENTS}"
        )


def whole(address: str) -> str:
    """An address as `host:port`, the host as a number; Ray's default port if there is none.

    Raises `ClusterError` for what is none.
    """
    host, colon, port = address.rpartition(":")
    if not colon:
        host, port = address, str(PORT)
    try:
        return f"{socket.gethostbyname(host)}:{int(port)}"
    except (OSError, ValueError) as error:
        raise ClusterError(f"{address!r} is no address such as 192.168.1.5:{PORT}") from error


def is_free(address: str) -> bool:
    """Whether an address (`host:port`) is one of this machine's at which nobody listens."""
    host, _, port = address.rpartition(":")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError:
            return False
    return True


def lent(args: argparse.Namespace, folders: Folders) -> Machine:
    """What this machine lends, by the flags."""
    from engine.workers.agent import Machine

    told = flags.for_workers(args, folders, OF_A_MACHINE)
    command = [sys.executable, "-u", str(ROOT / "main.py"), "worker", *told]
    devices = listening.devices(args.device, args.workers)
    return Machine(command, devices, str(folders.user))


class Membership:
    """A server's part in a cluster. address: as it was given; empty for this machine alone.

    invitation: what is typed on another machine to join, if this is where they join.
    """

    def __init__(self, address: str, user: Path) -> None:
        self.address = whole(address) if address else ""
        self.head = not address or is_free(self.address)
        self.token = ""
        self.invitation = ""
        self._cluster: Cluster | None = None
        if self.head:
            self.token = _token(user / TOKEN) if address else secrets.token_urlsafe(24)
        if self.head and address:
            self.invitation = f"python3 main.py join {self.address} --token {self.token}"

    def carriers(
        self,
        args: argparse.Namespace,
        folders: Folders,
        said: Sequence[str],
        say: Callable[[str], None],
    ) -> Sequence[Carrier]:
        """One that has more follow. said: what workers anywhere are told."""
        from engine.workers.journal import JOURNALS
        from engine.workers.ray import Cluster, Ray

        self._cluster = Cluster(
            self.address,
            lent(args, folders),
            folders,
            folders.user / JOURNALS,
            head=self.head,
            alone=not self.address or is_loopback(self.address),
            token=self.token,
            said=said,
            say=say,
        )
        return [Ray(self._cluster)]

    async def close(self) -> None:
        """Leave, and end what was started here."""
        if self._cluster is not None:
            await self._cluster.close()


def is_loopback(address: str) -> bool:
    """Whether nobody else can reach an address (`host:port`)."""
    import ipaddress

    return ipaddress.ip_address(address.rpartition(":")[0]).is_loopback


def _token(file: Path) -> str:
    """The token of a cluster that begins here; a restart keeps it, so that machines come back."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(24), "utf-8")
    return file.read_text("utf-8").strip()
