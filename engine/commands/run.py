"""`main.py run FILE`: a workflow from a file to pictures on disk, in this process.

Joins the rooms: read, set, check, plan, execute, tell. Ends with 0 done, 1 the run failed, 2 the
workflow is wrong, 130 cancelled.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from engine.commands import flags

if TYPE_CHECKING:
    from engine.commands.report import Report
    from engine.execution.cache import Cache
    from engine.execution.executor import Outcome
    from engine.execution.problems import Problem
    from engine.folders import Folders
    from engine.graph.model import Graph
    from engine.spec.context import Context
    from engine.spec.node import NodeSpec

DISK_CACHE = 10 * 10**9  # bytes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `run`."""
    parser.add_argument(
        "file", type=Path, help="easel or ComfyUI JSON, or a picture that holds one"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NODE.INPUT=VALUE",
        help="change an input; NODE is an id or a title, @FILE reads a file; may be given again",
    )
    flags.add_output(parser)
    parser.add_argument("--server", metavar="URL", help="have a running server do it")
    parser.add_argument("--token", default="", help="what that server wants to be shown")
    parser.add_argument("--json", action="store_true", help="tell events as JSON lines")
    parser.add_argument("--explain", action="store_true", help="say of each step why it runs")
    parser.add_argument("--check", action="store_true", help="only say what is wrong")
    flags.add_common(parser)


def run(args: argparse.Namespace) -> int:
    """Run the workflow that `args` name; returns the exit code."""
    from engine.commands.report import Bar, Lines
    from engine.errors import EaselError

    report: Report = Lines() if args.json else Bar()
    try:
        with _stopping() as stop:
            if args.server:
                from engine.commands import remote

                return remote.run(args, report, stop)
            return _Run(args, report, stop).whole()
    except EaselError as error:
        report.ended("wrong", [], [], str(error))
        return flags.WRONG
    except KeyboardInterrupt:
        report.ended("cancelled", [], [], "Cancelled.")
        return flags.CANCELLED


class _Run:
    """One run from the command line."""

    def __init__(self, args: argparse.Namespace, report: Report, stop: Event) -> None:
        self.args, self.report, self.stop = args, report, stop
        self.folders: Folders = flags.folders_of(args)

    def whole(self) -> int:
        from engine.commands import library, overrides
        from engine.commands.reading import library_of, read_workflow
        from engine.convert.api import runnable
        from engine.convert.opening import types_in

        known = library_of(self.folders, library.declared())
        drawn, notes = read_workflow(self.args.file, known)
        types = types_in(drawn)
        registry = library.knowing(types, self.folders, _say, run=not self.args.check)
        if any(known.layout(name) is None for name in types):
            known = library_of(self.folders, registry)
            drawn, notes = read_workflow(self.args.file, known)
        for note in notes:
            _say(note)
        graph = runnable(drawn, known)
        overrides.apply(graph, self.args.set, registry)
        context = self._context(graph, drawn)
        problems = self._problems(graph, registry, context)
        if self.args.check or problems:
            return self._checked(graph, problems)
        return self._executed(graph, registry, context)

    def _context(self, graph: Graph, drawn: Graph) -> Context:
        from engine.graph.files import api_of, easel_of
        from engine.spec.context import Context

        return Context(
            folders=self.folders,
            prompt=api_of(graph),
            extra_pnginfo={"easel": easel_of(drawn)},
            cancelled=self.stop.is_set,
        )

    def _problems(
        self, graph: Graph, registry: Mapping[str, NodeSpec], context: Context
    ) -> list[Problem]:
        from engine.execution.check import check

        found = check(graph, registry, context)
        return [one for one in found if one.feeds_output or self.args.check]

    def _checked(self, graph: Graph, problems: list[Problem]) -> int:
        stopping = [one for one in problems if one.feeds_output]
        said = "" if problems else f"{self.args.file}: {len(graph.nodes)} nodes, nothing is wrong."
        self.report.ended("wrong" if stopping else "checked", [], problems, said)
        return flags.WRONG if stopping else flags.DONE

    def _executed(self, graph: Graph, registry: Mapping[str, NodeSpec], context: Context) -> int:
        import gc
        from dataclasses import replace

        import torch

        from engine.execution.executor import execute
        from engine.execution.plan import plan
        from engine.models import devices
        from engine.models.residency import Residency

        device = devices.chosen(self.args.device)
        context = replace(context, device=device, models=Residency(device))
        cache = _cache(self.folders, disk=not self.args.no_disk_cache)
        made = plan(
            graph,
            registry,
            None,
            cache,
            context,
            scope=str(self.args.file),
            effects=False,
            policy=device.partition(":")[0],
        )
        self.report.titles = {id: node.title for id, node in graph.nodes.items()}
        if self.args.explain:
            self.report.explained(made)
        gc.freeze()
        outcome = execute(made, cache, context, self.report, guard=torch.no_grad)
        if cache.disk is not None:
            cache.history.write(_history(self.folders))
        return self._ended(outcome)

    def _ended(self, outcome: Outcome) -> int:
        images = [str(path) for path in self._images(outcome)]
        said = str(outcome.error) if outcome.error else ""
        self.report.ended(outcome.status, images, [], said)
        return {"done": flags.DONE, "cancelled": flags.CANCELLED}.get(outcome.status, flags.FAILED)

    def _images(self, outcome: Outcome) -> Iterator[Path]:
        for shown in outcome.shown.values():
            for image in shown.get("images", ()):
                folder = getattr(self.folders, image["type"])
                yield folder / image["subfolder"] / image["filename"]


def _cache(folders: Folders, *, disk: bool) -> Cache:
    from engine.execution.cache import Cache, memory_limit
    from engine.execution.disk import Disk
    from engine.execution.memory import Memory
    from engine.values.codec import Codec

    kept = Disk(folders.user / "cache" / "results", limit=DISK_CACHE) if disk else None
    cache = Cache(codec=Codec(), memory=Memory(memory_limit()), disk=kept)
    if disk:
        cache.history.read(_history(folders))
    return cache


def _history(folders: Folders) -> Path:
    """What each node's recipe was, so that the next process can say why one runs."""
    return folders.user / "cache" / "recipes.json"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def _stopping() -> Generator[Event]:
    """The first Ctrl-C asks the run to stop at its next step; a second one ends it at once."""
    stop = Event()

    def ask(_number: int, _frame: Any) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        _say("Stopping after this step. Press Ctrl-C again to stop at once.")

    before: dict[int, Callable[..., Any] | int | None] = {}
    for number in (signal.SIGINT, signal.SIGTERM):
        before[number] = signal.signal(number, ask)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
