"""`main.py serve`, or no command at all: the server, from its sockets to the last worker's end.

Listens before anything is imported that takes time, so that nobody who calls early is turned away.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import logging.handlers
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.commands import cluster, flags, listening, theirs

if TYPE_CHECKING:
    from engine.folders import Folders
    from engine.server.hands import Hand
    from engine.server.site import Options
    from engine.workers.protocol import Carrier

ROOT = Path(__file__).resolve().parent.parent.parent
LOG_BYTES = 2 * 2**20

_log = logging.getLogger("engine.serve")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of the server, and ComfyUI's beside them."""
    parser.allow_abbrev = False
    group = parser.add_argument_group("the server")
    group.add_argument(
        "--listen",
        nargs="?",
        const=listening.EVERYWHERE,
        default=listening.HERE,
        metavar="IP,...",
        help="addresses to listen at; without one, all (default: this machine only)",
    )
    group.add_argument("--port", type=int, help="default: 8188, or the next free one")
    group.add_argument("--token", help="what callers must show; made up if others can call")
    group.add_argument("--workers", type=int, help="how many (default: one a device)")
    group.add_argument(
        "--cluster",
        nargs="?",
        const="",
        metavar="ADDRESS",
        help="run jobs on the machines of the Ray cluster at ADDRESS, which is begun here if the "
        "address is this machine's (default: one of this machine alone)",
    )
    group.add_argument("--durable", action="store_true", help="jobs survive a loss of power too")
    group.add_argument("--kept", type=int, default=10_000, help="jobs that are remembered")
    flags.add_output(parser)
    flags.add_common(parser)
    theirs.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C; returns the exit code."""
    from engine.errors import EaselError
    from engine.server.early import import_aiohttp

    import_aiohttp()
    try:
        theirs.apply(args)
        if args.cluster is not None:
            cluster.demand_ray()
        sockets = listening.opened(args.listen.split(","), args.port)
        asyncio.run(_Serving(args, sockets).whole())
    except EaselError as error:
        print(error, file=sys.stderr)
        return flags.FAILED
    except listening.PortTaken as error:
        print(error, file=sys.stderr)
        return flags.FAILED
    except KeyboardInterrupt:
        return flags.CANCELLED
    return flags.DONE


class _Serving:
    """One server of the command line."""

    def __init__(self, args: argparse.Namespace, sockets: Sequence[socket.socket]) -> None:
        self.args, self.sockets = args, sockets
        self.folders: Folders = flags.folders_of(args)
        self.began = time.monotonic()
        self.stop = asyncio.Event()
        self.cluster: cluster.Membership | None = None
        if args.cluster is not None:
            self.cluster = cluster.Membership(args.cluster, self.folders.user)

    async def whole(self) -> None:
        from engine.commands import library
        from engine.server.serving import Plan, running

        self._listen_to_signals()
        log = _log_into(self.folders.user)
        options = self._options()
        plan = Plan(
            self.folders,
            library.declared,
            self._carriers,
            options,
            durable=self.args.durable,
            kept=self.args.kept,
            worker=self._worker,
        )
        try:
            async with running(plan, self.sockets, theirs.tls(self.args)):
                self._greet(options)
                await self.stop.wait()
                print("Stopping; a running job goes back into the queue.", flush=True)
        finally:
            if self.cluster is not None:
                await self.cluster.close()
            log.close()

    def _options(self) -> Options:
        from engine.server.guard import is_loopback
        from engine.server.site import Options

        hosts = tuple(dict.fromkeys(str(one.getsockname()[0]) for one in self.sockets))
        token = self.args.token or ""
        if not token and not all(is_loopback(host) for host in hosts):
            token = secrets.token_urlsafe(18)
        return Options(
            token=token,
            hosts=(*hosts, *self.args.listen.split(",")),
            origins=tuple(theirs.origins(self.args)),
            max_upload=int(self.args.max_upload_size * 2**20),
            multi_user=self.args.multi_user,
            argv=_without_secrets(sys.argv),
        )

    def _greet(self, options: Options) -> None:
        query = f"?token={options.token}" if options.token else ""
        scheme = "https" if self.args.tls_certfile else "http"
        port = self.sockets[0].getsockname()[1]
        if self.args.port is None and port != listening.DEFAULT:
            print(f"Port {listening.DEFAULT} is taken; this is {port}.")
        for host in listening.names(self.sockets):
            print(f"Easel is at {scheme}://{host}:{port}/{query}")
        print("The worker is starting; jobs may be queued already.", flush=True)
        if self.cluster is not None and self.cluster.invitation:
            print(f"Other machines join with: {self.cluster.invitation}", flush=True)
        for name in theirs.without_meaning(self.args):
            _log.info("--%s of ComfyUI has no meaning here and changes nothing.", name)
        if self.args.auto_launch:
            import webbrowser

            webbrowser.open(f"{scheme}://127.0.0.1:{port}/{query}")

    def _worker(self, hand: Hand) -> None:
        if hand.ready is None:
            print(f"{hand.why} Another one is started.", file=sys.stderr, flush=True)
            return
        seconds = time.monotonic() - self.began
        print(f"The worker for {hand.ready.device} is ready ({seconds:.1f} s).", flush=True)
        _log.info("The worker for %s is ready (%.1f s).", hand.ready.device, seconds)
        for pack, reason in hand.ready.failed.items():
            print(f"The pack {pack} is left out: {reason}", file=sys.stderr, flush=True)

    def _carriers(self, say: Callable[[str], None]) -> Sequence[Carrier]:
        from engine.workers.journal import JOURNALS
        from engine.workers.local import Local

        if self.cluster is not None:
            return self.cluster.carriers(self.args, self.folders, self._said(), say)

        def carrier(device: str) -> Carrier:
            command = [sys.executable, "-u", str(ROOT / "main.py"), "worker", *self._for_workers()]
            journals = self.folders.user / JOURNALS
            return Local([*command, "--device", device], device, journals, say=say)

        return [
            carrier(device) for device in listening.devices(self.args.device, self.args.workers)
        ]

    def _for_workers(self) -> list[str]:
        """What a worker must be told."""
        named = ("models", "input", "output", "temp", "user", "custom_nodes")
        return [*flags.for_workers(self.args, self.folders, named), *self._said()]

    def _said(self) -> list[str]:
        """What a worker must be told wherever it is."""
        return ["--disable-metadata"] if self.args.disable_metadata else []

    def _listen_to_signals(self) -> None:
        """Ctrl-C asks to stop; the second one ends the process."""
        loop = asyncio.get_running_loop()

        def ask(*_: Any) -> None:
            if self.stop.is_set():
                raise KeyboardInterrupt
            loop.call_soon_threadsafe(self.stop.set)

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, ask)


def _without_secrets(argv: Sequence[str]) -> tuple[str, ...]:
    kept, hidden = list[str](), False
    for word in argv:
        kept.append("--token=..." if word.startswith("--token=") else "..." if hidden else word)
        hidden = word == "--token"
    return tuple(kept)


def _log_into(user: Path) -> logging.Handler:
    """Log into a rotating file under `user`."""
    user.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        user / "easel.log", maxBytes=LOG_BYTES, backupCount=3, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    return handler
