"""`main.py join ADDRESS`: lend this machine to a server that runs elsewhere with `--cluster`."""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from typing import Any, Final

from engine.commands import cluster, flags
from engine.errors import EaselError

AGAIN: Final = 10.0  # seconds between two tries to reach the server
PATIENCE: Final = 20.0  # seconds that Ray may take for ending
WRONG_TOKEN: Final = "InvalidAuthToken"  # a word of Ray's, if it is that


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, and what is lent."""
    parser.add_argument("address", help="the server's machine, such as 192.168.1.5:6379")
    parser.add_argument("--token", default="", help="what the server printed")
    parser.add_argument("--workers", type=int, help="how many (default: one a device)")
    flags.add_common(parser)


def run(args: argparse.Namespace) -> int:
    """Lend until Ctrl-C; while the server is away, try again now and then."""
    # Set in any case: a shell's background jobs ignore it, and so would Ray.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        cluster.demand_ray()
        address = cluster.whole(args.address)
        machine = cluster.lent(args, flags.folders_of(args))
        command, environment = _command(address, args.token, machine)
        while True:
            count = len(machine.devices)
            print(f"Lending {count} worker(s) to {address}; Ctrl-C takes them back.", flush=True)
            why = _lend(command, environment)
            if WRONG_TOKEN in why:
                raise cluster.ClusterError(f"The token is not the one that {address} printed.")
            print(f"{address} can't be reached; trying again.", file=sys.stderr, flush=True)
            time.sleep(AGAIN)
    except EaselError as error:
        print(error, file=sys.stderr)
        return flags.FAILED
    except KeyboardInterrupt:
        return flags.CANCELLED


def _command(address: str, token: str, machine: Any) -> tuple[list[str], dict[str, str]]:
    """Ray's own command, and the environment it needs."""
    from engine.workers import ray

    options = {
        "address": address,
        "num-cpus": 0,
        "num-gpus": 0,
        "object-store-memory": ray.OBJECTS,
        "resources": json.dumps({ray.RESOURCE: len(machine.devices)}),
        "include-log-monitor": "false",
    }
    said = [f"--{name}={value}" for name, value in options.items()]
    own = {**ray.environment(token, alone=False), **machine.announced()}
    return (
        [sys.executable, "-m", "ray.scripts.scripts", "start", *said, "--block"],
        {**os.environ, **own},
    )


def _lend(command: list[str], environment: dict[str, str]) -> str:
    """Run it until it ends by itself, and return what it wrote; whatever ends us ends it."""
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=said)
        try:
            process.wait()
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    process.kill()
        said.seek(0)
        return said.read()
