"""One attempt of a job as its client sees it: worker's news in, ComfyUI's messages out.

Keeps what a history entry needs (outputs, meta, messages) and what a client that comes back wants
to know. Knows no socket, no worker and no store.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, cast

import orjson

from engine.store.jobs import End, Waiting
from engine.workers.protocol import (
    Barred,
    Begun,
    Cached,
    Death,
    Ended,
    Entered,
    Failed,
    JobNews,
    Left,
    OfNode,
    Planned,
    Progressed,
)

Data: TypeAlias = dict[str, Any]
Told: TypeAlias = tuple[str, Data]

STATE_EVERY: Final = 0.1  # seconds between two `progress_state` of a job
WORTH_A_LINE: Final = 0.5  # seconds of a job whose good end is written into the log
ENDS: Final = {"done": "is done", "failed": "has failed", "cancelled": "was stopped"}
FEW: Final = 200  # up to so many nodes it lists all, above only what runs or has changed
CRASH: Final = "Fatal Python error"

_log = logging.getLogger(__name__)


def milliseconds() -> int:
    """The time as messages carry it."""
    return int(time.time() * 1000)


@dataclass(slots=True)
class Running:
    """An attempt from its beginning to its end. started: seconds since 1970; began: the same
    moment by the monotonic clock."""

    job: Waiting
    attempt: int
    started: float = field(default_factory=time.time)
    began: float = field(default_factory=time.monotonic)
    ended_at: float | None = None
    cancelled: bool = False
    now: dict[str, OfNode] = field(default_factory=dict[str, OfNode])
    executed: list[str] = field(default_factory=list[str])
    outputs: dict[str, orjson.Fragment] = field(default_factory=dict[str, orjson.Fragment])
    meta: dict[str, Data] = field(default_factory=dict[str, Data])
    messages: list[Told] = field(default_factory=list[Told])
    states: dict[str, Data] = field(default_factory=dict[str, Data])
    parents: dict[str, str] = field(default_factory=dict[str, str])
    changed: set[str] = field(default_factory=set[str])
    failure: Failed | None = None
    state_sent: float = 0.0

    def hear(self, news: JobNews) -> Sequence[Told]:
        """What the client is told of it; what comes most often is asked for first."""
        if isinstance(news, Entered):
            return self._entered(news)
        if isinstance(news, Left):
            return self._left(news)
        if isinstance(news, Progressed):
            return self._progressed(news)
        if isinstance(news, Begun):
            return [self._keep("execution_start", {})]
        if isinstance(news, Planned):
            nodes = {"nodes": list(news.known), "to_run": list(news.to_run)}
            return [self._keep("execution_cached", nodes)]
        if isinstance(news, Cached):
            return self._cached(news)
        return self._seldom(news)

    def ended(self, news: Ended) -> tuple[End, list[Told]]:
        """How the run enters the history, and what the client is told once it is there."""
        match news.status:
            case "done":
                last = self._keep("execution_success", {})
            case "cancelled":
                last = self._keep("execution_interrupted", self._where())
            case _:
                last = self._keep("execution_error", self._error(news.message))
        return self._closed(news.status, last)

    def lost(self, death: Death) -> tuple[End, list[Told]]:
        """The same for a run whose worker died."""
        if self.cancelled:
            last = self._keep("execution_interrupted", self._where())
            return self._closed("cancelled", last)
        message = (
            f"The worker {death.how} while {self._doing()}. Only this job has failed; a new worker "
            "takes the next one. `retry` queues it again."
        )
        data: Data = {
            **self._where(),
            "exception_message": message,
            "exception_type": "WorkerDied",
        }
        data |= {"traceback": _last_words(death), "current_inputs": {}, "current_outputs": []}
        return self._closed("failed", self._keep("execution_error", data))

    def catch_up(self) -> list[Told]:
        """What a client hears that comes back in the middle of it."""
        told = [self._executing(self.now[node]) for node in list(self.now)[-1:]]
        return [*told, self._progress_state(self.states)] if self.states else told

    def due_state(self) -> Told | None:
        """`progress_state`, if something has changed and the last one is long enough ago."""
        if self.changed and time.monotonic() - self.state_sent >= STATE_EVERY:
            return self._take_state()
        return None

    def _take_state(self) -> Told:
        self.state_sent = time.monotonic()
        wanted = self.states
        if len(wanted) > FEW:
            wanted = {node: self.states[node] for node in self.changed | self.now.keys()}
        self.changed.clear()
        return self._progress_state(wanted)

    def _entered(self, news: Entered) -> Sequence[Told]:
        self.now[news.node] = news
        if news.parent:
            self.parents[news.node] = news.parent
        self._state(news, "running", 0, 1)
        return [self._executing(news)]

    def _left(self, news: Left) -> Sequence[Told]:
        self.now.pop(news.node, None)
        self.executed.append(news.node)
        last = self.states.get(news.node)
        total = last["max"] if last else 1
        self._state(news, "finished", total, total)
        self.states[news.node]["seconds"] = round(news.seconds, 3)
        return [self._shown(news, news.shown)] if news.shown else ()

    def _cached(self, news: Cached) -> Sequence[Told]:
        self._state(news, "finished", 1, 1)
        return [self._shown(news, news.shown)] if news.shown else ()

    def _progressed(self, news: Progressed) -> Sequence[Told]:
        value, total = _whole(news.value), _whole(news.total)
        self._state(news, "running", value, total)
        data: Data = {"value": value, "max": total, "prompt_id": self.job.id, "node": news.node}
        data |= {"rate": round(news.rate, 3), "seconds_left": news.left and round(news.left, 1)}
        return [("progress", data)]

    def _seldom(self, news: JobNews) -> Sequence[Told]:
        if isinstance(news, Barred):
            return self._barred(news)
        if isinstance(news, Failed):
            self.failure = news
            self._state(news, "error", 0, 1)
        return ()

    def _shown(self, news: OfNode, shown: bytes) -> Told:
        output = orjson.Fragment(shown)
        self.outputs[news.node] = output
        self.meta[news.node] = self._identity(news)
        names = {"node": news.node, "display_node": news.display}
        return ("executed", {**names, "output": output, "prompt_id": self.job.id})

    def _barred(self, news: Barred) -> Sequence[Told]:
        data: Data = {
            **self._where(news),
            "exception_message": f"Execution Blocked: {news.reason}",
            "exception_type": "ExecutionBlocked",
            "traceback": [],
            "current_inputs": {},
            "current_outputs": [],
        }
        whole = {"prompt_id": self.job.id, **data, "timestamp": milliseconds()}
        return [("execution_error", whole)]

    def _error(self, message: str) -> Data:
        failed = self.failure
        said = failed.message if failed and failed.message else message
        return {
            **self._where(failed),
            "exception_message": said,
            "exception_type": failed.kind if failed else "RunError",
            "traceback": list(failed.traceback) if failed else [],
            "current_inputs": {n: [text] for n, text in failed.inputs.items()} if failed else {},
            "current_outputs": list(self.outputs),
        }

    def _where(self, news: OfNode | None = None) -> Data:
        """The node in question (else the one that runs), and what had run before."""
        node = news or next(iter(reversed(self.now.values())), None)
        names = {"node_id": node.node if node else "", "node_type": node.class_type if node else ""}
        return {**names, "executed": list(self.executed)}

    def _doing(self) -> str:
        nodes = [f"{node.class_type} (node {node.node})" for node in self.now.values()]
        return f"{' and '.join(nodes)} ran" if nodes else "this job ran"

    def _closed(self, state: str, last: Told) -> tuple[End, list[Told]]:
        told = [self._take_state(), last] if self.states else [last]
        told.append(("executing", {"node": None, "prompt_id": self.job.id}))
        messages = orjson.dumps(self.messages)
        outputs, meta = orjson.dumps(self.outputs), orjson.dumps(self.meta)
        self.ended_at = time.time()
        seconds = self.ended_at - self.started
        if state != "done" or seconds > WORTH_A_LINE:
            _log.info("Job %s %s after %.1f s.", self.job.id, ENDS[state], seconds)
        return End(state, self.started, self.ended_at, outputs, meta, messages), told

    def _keep(self, type: str, data: Data) -> Told:
        """A message that stays in the history."""
        message = (type, {"prompt_id": self.job.id, **data, "timestamp": milliseconds()})
        self.messages.append(message)
        return message

    def _executing(self, news: OfNode) -> Told:
        names = {"node": news.node, "display_node": news.display}
        return ("executing", {**names, "prompt_id": self.job.id})

    def _identity(self, news: OfNode) -> Data:
        return {
            "node_id": news.node,
            "display_node": news.display,
            "parent_node": self.parents.get(news.node),
            "real_node_id": news.node.rpartition(".")[2]
            if news.node in self.parents
            else news.node,
        }

    def _state(self, news: OfNode, state: str, value: float, total: float) -> None:
        self.states[news.node] = {
            "value": value,
            "max": total,
            "state": state,
            "node_id": news.node,
            "prompt_id": self.job.id,
            "display_node_id": news.display,
            "parent_node_id": self.parents.get(news.node),
            "real_node_id": news.node,
        }
        self.changed.add(news.node)

    def _progress_state(self, states: dict[str, Data]) -> Told:
        return ("progress_state", {"prompt_id": self.job.id, "nodes": dict(states)})


def died_with_servers(id: str) -> bytes:
    """The messages (JSON) of a job during which the server has died too often."""
    data: Data = {
        "prompt_id": id,
        "node_id": "",
        "node_type": "",
        "executed": [],
        "exception_message": "The server died three times while this job ran, so it is not started "
        "again by itself. `retry` queues it again.",
        "exception_type": "ServerDied",
        "traceback": [],
        "current_inputs": {},
        "current_outputs": [],
        "timestamp": milliseconds(),
    }
    return orjson.dumps([("execution_error", data)])


def _last_words(death: Death) -> list[str]:
    """What a crash wrote about itself, as lines."""
    lines = list(death.lines)
    starts = [number for number, line in enumerate(lines) if line.startswith(CRASH)]
    return [line + "\n" for line in lines[starts[-1] :]] if starts else []


def _whole(number: float) -> float:
    return cast(float, int(number)) if number == int(number) else number
