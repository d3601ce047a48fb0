"""How a run is told: a progress bar for people, or JSON lines for programs.

People hear on standard error, so that standard output holds nothing but the paths of pictures.
"""

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TextIO

import orjson
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from engine.execution import events
from engine.execution.plan import IDLE, KNOWN, RUN, Plan, Step
from engine.execution.problems import Problem

LATER: Final = "later"
NAMELESS: Final = "the name of a file is not known yet"


class Report(Protocol):
    """Someone who is told how a run goes."""

    titles: Mapping[str, str]
    """What people call the nodes, by id."""

    def explained(self, plan: Plan) -> None:
        """Every step, with whether it runs and why."""
        ...

    def __call__(self, event: events.Event) -> None:
        """One event of the run."""
        ...

    def ended(self, status: str, images: list[str], problems: list[Problem], said: str) -> None:
        """The end: what came of it, and one sentence where it was not done."""
        ...


@dataclass(slots=True)
class Lines:
    """One JSON object a line on standard output."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    titles: Mapping[str, str] = field(default_factory=dict[str, str])

    def explained(self, plan: Plan) -> None:
        for step in plan:
            self._write("plan", node=step.id, class_type=step.class_type, **_told(step))
        for id in plan.late:
            kind = plan.recipes.nodes[id].class_type
            self._write("plan", node=id, class_type=kind, state=LATER, why=NAMELESS)

    def __call__(self, event: events.Event) -> None:
        if isinstance(event, events.RunStarted):
            self._write("run_started", to_run=len(event.to_run), known=len(event.known))
        elif isinstance(event, events.RunEnded):
            return
        else:
            named = {"node": event.display, "class_type": event.class_type}
            self._write(_name(event), **named, **_details(event))

    def ended(self, status: str, images: list[str], problems: list[Problem], said: str) -> None:
        told = [
            {"node": one.node, "type": one.type, "input": one.input, "message": str(one)}
            for one in problems
        ]
        more = {"message": said} if said else {}
        self._write("run_ended", status=status, images=images, problems=told, **more)

    def _write(self, event: str, **fields: Any) -> None:
        line = orjson.dumps({"event": event, **fields, "time": round(time.time(), 3)})
        self.out.write(line.decode() + "\n")
        self.out.flush()


def _name(event: events.NodeEvent) -> str:
    words = {
        events.NodeCached: "node_cached",
        events.NodeStarted: "node_started",
        events.Progress: "progress",
        events.NodeFinished: "node_finished",
        events.NodeBlocked: "node_blocked",
        events.NodeFailed: "node_failed",
    }
    return words[type(event)]


def _details(event: events.NodeEvent) -> dict[str, Any]:
    if isinstance(event, events.Progress):
        left = event.seconds_left
        return {
            "value": event.value,
            "total": event.total,
            "seconds_left": None if left is None else round(left, 2),
        }
    if isinstance(event, events.NodeStarted):
        return {"why": event.why}
    if isinstance(event, events.NodeFinished):
        return {"seconds": round(event.seconds, 4), "files": list(event.files)}
    if isinstance(event, events.NodeBlocked):
        return {"reason": event.reason}
    if isinstance(event, events.NodeFailed):
        return {"message": str(event.error), "traceback": list(event.traceback)}
    return {}


def _told(step: Step) -> dict[str, str]:
    words = {RUN: "run", KNOWN: "kept", IDLE: "not needed"}
    return {"state": words[step.state], "why": step.why}


@dataclass(slots=True)
class Bar:
    """A bar for the run and one for the node at work; plain lines where there is no terminal."""

    titles: Mapping[str, str] = field(default_factory=dict[str, str])
    console: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))
    _bars: Progress | None = None
    _whole: TaskID | None = None
    _node: TaskID | None = None

    def explained(self, plan: Plan) -> None:
        for step in plan:
            told = _told(step)
            title = self.titles.get(step.id, step.class_type)
            why = f"  ({told['why']})" if told["why"] else ""
            self.console.print(f"{told['state']:>10}  {step.id}  {title}{why}", markup=False)
        for id in plan.late:
            title = self.titles.get(id, plan.recipes.nodes[id].class_type)
            self.console.print(f"{LATER:>10}  {id}  {title}  ({NAMELESS})", markup=False)

    def __call__(self, event: events.Event) -> None:
        if isinstance(event, events.RunStarted):
            self._begin(len(event.to_run))
        elif isinstance(event, events.NodeStarted):
            self._start_node(self._title(event))
        elif isinstance(event, events.Progress):
            self._move(event.value, event.total)
        elif isinstance(event, events.NodeFinished):
            self._finish_node(self._title(event), event.seconds)
        elif isinstance(event, events.NodeBlocked) and event.reason:
            self.console.print(f"{self._title(event)}: {event.reason}", markup=False)
        elif isinstance(event, events.RunEnded) and self._bars:
            self._bars.stop()

    def ended(self, status: str, images: list[str], problems: list[Problem], said: str) -> None:
        if self._bars:
            self._bars.stop()
        for problem in problems:
            self.console.print(str(problem), markup=False, style="red", soft_wrap=True)
        if said:
            style = "yellow" if status == "cancelled" else "red"
            self.console.print(said, markup=False, style=style, soft_wrap=True)
        for path in images:
            print(path, flush=True)

    def _title(self, event: events.NodeEvent) -> str:
        return self.titles.get(event.display, event.class_type)

    def _begin(self, steps: int) -> None:
        if not self.console.is_terminal:
            return
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(compact=True),
            console=self.console,
            transient=True,
        )
        self._whole = self._bars.add_task("workflow", total=steps)
        self._node = self._bars.add_task("", total=None, visible=False)
        self._bars.start()

    def _start_node(self, title: str) -> None:
        if self._bars and self._node is not None:
            self._bars.reset(self._node, description=title, total=None, visible=True)

    def _move(self, value: float, total: float) -> None:
        if self._bars and self._node is not None:
            self._bars.update(self._node, completed=value, total=total)

    def _finish_node(self, title: str, seconds: float) -> None:
        if self._bars and self._whole is not None:
            self._bars.advance(self._whole)
        elif seconds >= 0.1:
            self.console.print(f"{title}: {seconds:.1f} s", markup=False)
