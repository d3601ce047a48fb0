"""Easel's one command: `python3 main.py` serves; `run FILE`, `nodes`; `--help` tells them all.

Makes its own environment on the first start. The only file that joins the rooms of the house
together is this and what it calls, `engine/commands`.
"""

import argparse
import importlib
import os
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent
COMMANDS = {  # one without a text is not for people
    "serve": "serve the editor and the API (so does no command at all)",
    "run": "run a workflow file and write its pictures",
    "convert": "print a workflow as ComfyUI's API form, as ours, or as its editor's",
    "nodes": "list the node types, or print the documentation of one",
    "join": "lend this machine to a server elsewhere that runs with --cluster",
    "worker": "",
}
DEFAULT = "serve"
PIPE_CLOSED = 141  # what a shell says of a program that SIGPIPE ended


def parser(chosen: str) -> argparse.ArgumentParser:
    """The command line; imports nothing but the standard library and our flags.

    chosen: the command in question; only its own flags are read.
    """
    whole = argparse.ArgumentParser(
        prog="main.py",
        description="Easel draws pictures with diffusion models from graphs of nodes.",
    )
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, text in COMMANDS.items():
        if text:
            command = commands.add_parser(name, help=text, description=text)
        else:
            command = commands.add_parser(name)
        if name == chosen:
            _module(name).add_arguments(command)
    return whole


def main(arguments: list[str]) -> int:
    """Run one command; returns its exit code."""
    from engine.commands import setup

    # Threads that wait at a barrier by spinning make a step take a minute on a busy machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help")):
        arguments = [DEFAULT, *arguments]
    args = parser(arguments[0]).parse_args(arguments)
    try:
        again = [str(ROOT / "main.py"), *arguments]
        setup.ensure(ROOT / "requirements.txt", again, install=not args.no_setup)
    except setup.SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    try:
        return _module(args.command).run(args)
    except BrokenPipeError:  # whoever read our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED


def _module(command: str) -> ModuleType:
    return importlib.import_module(f"engine.commands.{command}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
