"""Runs a server's jobs with the execution room: text in, events out.

Knows graphs, plans and the cache. The registry, the codec and whatever owns models are handed in,
so that it runs toy nodes without torch.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, cast

import msgspec

from engine.errors import EaselError
from engine.execution import events
from engine.execution.cache import Cache
from engine.execution.check import check
from engine.execution.executor import execute
from engine.execution.lanes import Guard
from engine.execution.plan import plan
from engine.graph.files import read_api
from engine.packs.load import Pack
from engine.spec import library
from engine.spec.context import Context
from engine.spec.registry import Registry
from engine.workers.protocol import CHECK, DEVICES, Door, Ready, Run
from engine.workers.telling import json_of

OWN: Final = frozenset({"custom_validation_failed", "exception_during_validation"})
"""The types of problems that come from a node's own check."""


def _no_devices() -> list[dict[str, Any]]:
    return []


def _keep() -> None:
    """Nothing holds models."""


@dataclass(frozen=True, slots=True)
class JobEngine:
    """Runs jobs in this process; a `workers.serving.Engine`.

    packs: what the registry has of others; door: where their routes are answered, if anywhere.

    context: what every job's context is made from (folders, device, models, metadata). policy: the
    dtypes that models compute in. guard: entered on each thread that runs nodes. drop_models: lets
    go of all models; devices: as `GET /system_stats` lists them.
    """

    registry: Registry
    cache: Cache
    context: Context = field(default_factory=Context)
    policy: str = ""
    guard: Guard = nullcontext
    drop_models: Callable[[], None] = _keep
    devices: Callable[[], list[dict[str, Any]]] = _no_devices
    packs: Sequence[Pack] = ()
    door: Door | None = None

    def ready(self) -> Ready:
        """What packs bring and what failed to load."""
        packs = [spec for spec in self.registry.values() if spec.pack]
        webs = {pack.name: pack.web for pack in self.packs if pack.web}
        paths = {
            pack.name: [*dict.fromkeys(route.path for route in pack.routes)]
            for pack in self.packs
            if pack.routes
        }
        checking = [spec.name for spec in self.registry.values() if spec.check is not None]
        specs = library.write(packs).encode()
        failed, device = dict(self.registry.failed), self.context.device
        return Ready(specs, failed, checking, device, webs, paths, self.door)

    def run(self, job: Run, cancelled: Callable[[], bool], tell: Callable[[Any], None]) -> None:
        """Plan and execute. What can't be planned has failed, in the words of its error."""
        began = time.perf_counter()
        try:
            prompt, context = self._prepared(job, cancelled)
            targets = cast("list[str]", msgspec.json.decode(job.targets)) or None
            made = plan(
                read_api(prompt), self.registry, targets, self.cache, context, policy=self.policy
            )
        except EaselError as error:
            tell(events.RunEnded("failed", time.perf_counter() - began, 0, 0, str(error)))
            return
        execute(made, self.cache, context, tell, guard=self.guard)

    def free(self, *, models: bool, memory: bool) -> None:
        """Forget results first: they may hold models."""
        if memory:
            self.cache.clear()
        if models or memory:
            self.drop_models()

    def answer(self, about: str, body: bytes) -> bytes:
        """The problems of a prompt that nodes' own checks see, or the devices."""
        if about == CHECK:
            return json_of(self._own_problems(body))
        if about == DEVICES:
            return json_of(self.devices())
        return b""

    def _prepared(self, job: Run, cancelled: Callable[[], bool]) -> tuple[dict[str, Any], Context]:
        prompt: dict[str, Any] = msgspec.json.decode(job.prompt)
        extra: Any = msgspec.json.decode(job.extra)
        shown = cast("Any", extra).get("extra_pnginfo") if isinstance(extra, dict) else None
        context = replace(
            self.context,
            prompt=prompt,
            extra_pnginfo=cast("Mapping[str, Any]", shown) if isinstance(shown, dict) else {},
            cancelled=cancelled,
        )
        return prompt, context

    def _own_problems(self, body: bytes) -> list[dict[str, Any]]:
        """What nodes' own checks say, as the fields of `execution.problems.Problem`."""
        graph = read_api(msgspec.json.decode(body))
        problems = check(graph, self.registry, self.context)
        return [asdict(problem) for problem in problems if problem.type in OWN]
