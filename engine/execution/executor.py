"""Runs a plan: a plain loop that calls nodes in its own thread, one after the other.

Lanes start only when there is something to gain: a node of the files' lane while another is
ready, and async nodes. Effects (saves) happen in the order of the graph. Knows no torch; a guard
for the thread (`no_grad`) is handed in. Nothing here calls itself, however long a chain is.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, fields
from functools import partial
from threading import Lock
from typing import Any, Final, TypeAlias, cast

from engine.errors import Cancelled, EaselError, GraphError, NodeFailed
from engine.execution import call as calls
from engine.execution import events
from engine.execution.cache import Cache
from engine.execution.call import Called
from engine.execution.events import Event
from engine.execution.expansion import Join, expanded, joined
from engine.execution.gather import asked_for, gathered
from engine.execution.keys import SourceLink
from engine.execution.lanes import Done, Guard, Lanes
from engine.execution.plan import IDLE, KNOWN, RUN, Plan, Request, Step
from engine.execution.reporting import Reporter
from engine.execution.schedule import Schedule
from engine.execution.store import Stored
from engine.graph.model import NodeId
from engine.spec.context import Context

POLL_SECONDS: Final = 0.02
"""How often a run that waits for a lane looks whether someone asked to stop."""

FILES: Final = "cpu"
"""The lane, as a node's declaration names it, of work on files and pictures."""

Emit: TypeAlias = Callable[[Event], None]
_Tag: TypeAlias = tuple[Step, dict[str, Any], float]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. status: "done", "failed" or "cancelled".

    error: what failed it. ran: ids in the order they finished; shown: what each node that showed
    something showed, those from the cache too; results: of the targets that have one.
    """

    status: str
    error: EaselError | None = None
    ran: tuple[NodeId, ...] = ()
    shown: dict[NodeId, events.Shown] = field(default_factory=dict[NodeId, events.Shown])
    results: dict[NodeId, Stored] = field(default_factory=dict[NodeId, Stored])
    seconds: float = 0.0


def execute(
    plan: Plan,
    cache: Cache,
    context: Context,
    emit: Emit,
    *,
    guard: Guard = nullcontext,
) -> Outcome:
    """Run a plan to its end, to the first failure, or until `context.cancelled()`.

    emit: told everything, one event at a time, from whatever thread it happens on. guard: makes
    a context manager that is entered on each thread that runs nodes. Never raises for what a node
    or a person does: the outcome tells.
    """
    run = _Run(plan, cache, context, emit, Lanes(guard))
    with guard():
        return run.whole()


@dataclass(slots=True)
class _Run:
    plan: Plan
    cache: Cache
    context: Context
    tell: Emit
    lanes: Lanes
    schedule: Schedule = field(init=False)
    common: dict[str, Any] = field(init=False)
    asked: dict[NodeId, set[str]] = field(default_factory=dict[NodeId, set[str]])
    joins: dict[NodeId, Join] = field(default_factory=dict[NodeId, Join])
    effectful: set[NodeId] = field(default_factory=set[NodeId])
    ran: list[NodeId] = field(default_factory=list[NodeId])
    shown: dict[NodeId, events.Shown] = field(default_factory=dict[NodeId, events.Shown])
    cached: int = 0
    lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.schedule = Schedule(self.plan, self.cache, self._known)
        names = [one.name for one in fields(self.context) if one.name not in ("node", "report")]
        self.common = {name: getattr(self.context, name) for name in names}

    def emit(self, event: Event) -> None:
        """Tell one event at a time, whatever thread it comes from."""
        with self.lock:
            self.tell(event)

    def whole(self) -> Outcome:
        """The run from its first event to its last."""
        began = time.perf_counter()
        self.emit(self._started())
        status, error = "done", None
        try:
            self.schedule.begin()
            self._loop()
        except (Cancelled, KeyboardInterrupt):
            status, error = "cancelled", Cancelled()
        except EaselError as failed:
            status, error = "failed", failed
        finally:
            for done in self.lanes.close():
                self._keep_late(done)
        seconds = time.perf_counter() - began
        message = str(error) if error else ""
        self.emit(events.RunEnded(status, seconds, len(self.ran), self.cached, message))
        return Outcome(status, error, tuple(self.ran), self.shown, self._results(), seconds)

    def _results(self) -> dict[NodeId, Stored]:
        """What the targets gave, those that nobody looked at out of the cache."""
        steps, values = self.plan.steps, self.schedule.values
        found = {
            id: values.get(id) or self.cache.get(steps[id].key)
            for id in self.plan.targets
            if id in values or (id in steps and steps[id].state is KNOWN)
        }
        return {id: stored for id, stored in found.items() if stored is not None}

    def _started(self) -> events.RunStarted:
        memory, steps = self.cache.memory, self.plan.steps.values()
        known = [s.id for s in steps if s.state is KNOWN or (s.state is IDLE and s.key in memory)]
        return events.RunStarted(tuple([s.id for s in steps if s.state is RUN]), tuple(known))

    def _loop(self) -> None:
        """Take what is ready in the order of the plan until nothing is left."""
        lanes, schedule, joins = self.lanes, self.schedule, self.joins
        while True:
            while lanes.running and (done := lanes.take(0)):
                self._take(done)
            if schedule:
                step = schedule.next()
                if joins and step.recipe.id in joins:
                    self._join(step)
                elif not (step.recipe.shape.spec.effect and schedule.park(step)):
                    self._begin(step)
            elif lanes.running:
                if done := lanes.take(POLL_SECONDS):
                    self._take(done)
                self.context.check_cancelled()
            elif step := schedule.unparked():
                self._begin(step)
            elif self.plan.request.is_whole or schedule.stuck():
                break
            elif schedule.has(self.plan.request.first):
                self._go_on(self.plan.request)
        if stuck := schedule.stuck():
            error = GraphError(f"it waits for its own result, in a cycle: {', '.join(stuck[:5])}")
            raise self._failed(self.plan.steps[stuck[0]], {}, error)

    def _go_on(self, request: Request) -> None:
        """Plan what had to wait for the names of files, now that these are there."""
        sources = request.first
        request.learn(self.schedule.values)
        request.grow(self.cache)
        self.schedule.hold(request.first)
        self.schedule.demand(request.first)
        self.schedule.release(sources)

    def _known(self, step: Step, stored: Stored | None) -> None:
        self.cached += 1
        shown: events.Shown = stored.shown if stored is not None else {}
        if stored is not None and stored.effect:
            self.effectful.add(step.id)
        if shown:
            self.shown[step.id] = shown
        self.emit(events.NodeCached(step.id, step.display, step.class_type, shown))

    # One node

    def _begin(self, step: Step) -> None:
        """Run a step if all its inputs are there; else it comes back when they are."""
        self.context.check_cancelled()
        recipe = step.recipe
        if recipe.key in self.cache.memory and self._twin(step):
            return
        links = recipe.links
        if recipe.shape.has_lazy:
            wanted = self.asked.setdefault(recipe.id, set())
            links = [link for link in links if not link[3] or link[0] in wanted]
        if self.schedule.lacks(step, [source for _, source, _, _ in links]):
            return
        single, inputs = self._gathered(step, links)
        if recipe.shape.has_lazy:
            if self._asks_for_more(step, single, inputs):
                return
            for name, _, _, lazy in recipe.links:
                if lazy:
                    inputs.setdefault(name, None if single else (None,))
        name = recipe.shape.spec.name
        self.emit(events.NodeStarted(recipe.id, step.display, name, step.why, step.parent))
        self._dispatch(step, single, inputs)

    def _twin(self, step: Step) -> bool:
        """Take the result of an equal node, if one ran since the plan was made."""
        if not self.cache.knows(step.key, effects=self.plan.effects):
            return False
        stored = self.cache.get(step.key)
        if stored is None:
            return False
        self._known(step, stored)
        self.cache.history.note(self.plan.scope, step.id, step.recipe.text)
        self.schedule.settle(step, stored)
        return True

    def _gathered(self, step: Step, links: Sequence[SourceLink]) -> tuple[bool, dict[str, Any]]:
        try:
            return gathered(step.recipe, links, self.schedule.values)
        except IndexError as error:
            raise self._failed(step, dict(step.recipe.literals), error) from error

    def _asks_for_more(self, step: Step, single: bool, inputs: dict[str, Any]) -> bool:
        """Ask the node which lazy inputs it wants; True if it has to be begun again for some."""
        asked = self.asked[step.id]
        try:
            new = asked_for(step.recipe, single, inputs)
        except Exception as error:
            raise self._failed(step, inputs, error) from error
        sources = [source for name, source in new.items() if name not in asked]
        if not sources:
            return False
        asked.update(new)
        if not self.schedule.lacks(step, sources):
            self.schedule.make_ready(step)
        return True

    def _dispatch(self, step: Step, single: bool, inputs: dict[str, Any]) -> None:
        """Call the node, here or on a lane if something else can go on meanwhile."""
        shape = step.recipe.shape
        context = Context(**self.common, node=step.recipe.id, report=Reporter(step, self.emit))
        began = time.perf_counter()
        if shape.spec.is_async:
            work = partial(calls.whole_async, shape, context, single, inputs)
            self.lanes.put_async((step, inputs, began), work)
        elif shape.lane == FILES and self.schedule:
            work = partial(calls.whole, shape, context, single, inputs)
            self.lanes.put((step, inputs, began), work)
        else:
            try:
                called = calls.whole(shape, context, single, inputs)
            except (Cancelled, KeyboardInterrupt):
                raise
            except (Exception, SystemExit) as error:
                raise self._failed(step, inputs, error) from error
            self._finish(step, called, time.perf_counter() - began)

    def _take(self, done: Done) -> None:
        step, inputs, began = cast(_Tag, done.tag)
        if isinstance(done.error, Cancelled):
            raise done.error
        if done.error is not None:
            raise self._failed(step, inputs, done.error) from done.error
        self._finish(step, done.result, time.perf_counter() - began)

    def _keep_late(self, done: Done) -> None:
        """What a lane finished after the run was over still counts."""
        if done.error is None and not done.result.graphs:
            step, _, began = cast(_Tag, done.tag)
            self._finish(step, done.result, time.perf_counter() - began)

    def _failed(self, step: Step, inputs: dict[str, Any], error: BaseException) -> NodeFailed:
        failed = calls.failure(step.id, step.recipe.shape, inputs, error, self.cache.codec)
        lines = calls.traceback_of(error)
        name = step.class_type
        self.emit(events.NodeFailed(step.id, step.display, name, failed, failed.inputs, lines))
        return failed

    # After a node

    def _finish(self, step: Step, called: Called, seconds: float) -> None:
        for reason in called.reasons:
            self.emit(events.NodeBlocked(step.id, step.display, step.class_type, reason))
        if called.graphs:
            self._expand(step, called, seconds)
            return
        effect = step.recipe.shape.spec.effect
        if effect:
            self.effectful.add(step.id)
        stored = Stored(called.outputs, called.shown, called.files, seconds, effect)
        if not called.skipped:
            self.cache.put(step.recipe.key, stored)
        self._settle(step, stored)

    def _settle(self, step: Step, stored: Stored) -> None:
        recipe = step.recipe
        self.cache.history.note(self.plan.scope, recipe.id, recipe.text)
        self.ran.append(recipe.id)
        if stored.shown:
            self.shown[recipe.id] = stored.shown
        self.emit(
            events.NodeFinished(
                recipe.id,
                step.display,
                recipe.shape.spec.name,
                step.why,
                stored.seconds,
                stored.shown,
                stored.files,
            )
        )
        self.schedule.settle(step, stored)

    def _expand(self, step: Step, called: Called, seconds: float) -> None:
        """Put the graph that a node gave in its place; its outputs are joined at the end."""
        try:
            join = expanded(self.plan, step, called, seconds, self.cache)
        except EaselError as error:
            raise self._failed(step, {}, error) from error
        self.joins[step.id] = join
        wanted = join.request.first
        self.schedule.hold(wanted)
        self.schedule.demand(wanted)
        self.schedule.release([source for _, source, _, _ in step.recipe.links])
        step.recipe.links.clear()
        if not self.schedule.lacks(step, wanted):
            self.schedule.make_ready(step)

    def _join(self, step: Step) -> None:
        join = self.joins[step.id]
        if self.schedule.lacks(step, join.request.first):
            return
        if not join.request.is_whole:
            self._go_on(join.request)
            self.schedule.make_ready(step)
            return
        del self.joins[step.id]
        try:
            stored, alias = joined(self.plan, join, self.schedule.values, self.effectful)
        except EaselError as error:
            raise self._failed(step, {}, error) from error
        if alias is not None:
            self.cache.put_alias(step.key, alias)
        elif not stored.effect:
            self.cache.put(step.key, stored)
        if stored.effect:
            self.effectful.add(step.id)
        self._settle(step, stored)
        self.schedule.release(join.request.wanted)
