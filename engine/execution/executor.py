"""Runs a plan: a plain loop that calls nodes in its own thread, one after the other.

Lanes start only when there is something to gain: a node of the files' lane while another is
ready, and async nodes. Effects (saves) happen in the order of the graph. Knows no torch; a guard
for the thread (`no_grad`) is handed in. Nothing here calls itself, however long a chain is.
"""

import heapq
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Lock
from typing import Any, Final, cast

from engine.errors import Cancelled, EaselError, GraphError, NodeFailed
from engine.execution import call as calls
from engine.execution import events
from engine.execution.cache import Cache
from engine.execution.call import Called
from engine.execution.events import Event
from engine.execution.expansion import Join, expanded, joined
from engine.execution.lanes import Done, Guard, Lanes
from engine.execution.plan import DONE, IDLE, KNOWN, RUN, Plan, Step, demand
from engine.execution.reporting import Reporter
from engine.execution.store import Stored
from engine.graph.model import NodeId
from engine.spec.context import Context
from engine.spec.result import Blocked

POLL_SECONDS: Final = 0.02
"""How often a run that waits for a lane looks whether someone asked to stop."""

Emit = Callable[[Event], None]


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
    values: dict[NodeId, Stored] = field(default_factory=dict[NodeId, Stored])
    uses: dict[NodeId, int] = field(default_factory=dict[NodeId, int])
    missing: dict[NodeId, int] = field(default_factory=dict[NodeId, int])
    waiters: dict[NodeId, list[NodeId]] = field(default_factory=dict[NodeId, list[NodeId]])
    asked: dict[NodeId, set[str]] = field(default_factory=dict[NodeId, set[str]])
    joins: dict[NodeId, Join] = field(default_factory=dict[NodeId, Join])
    ready: list[tuple[tuple[int, ...], NodeId]] = field(
        default_factory=list[tuple[tuple[int, ...], NodeId]]
    )
    effects: list[tuple[tuple[int, ...], NodeId]] = field(
        default_factory=list[tuple[tuple[int, ...], NodeId]]
    )
    parked: list[tuple[tuple[int, ...], NodeId]] = field(
        default_factory=list[tuple[tuple[int, ...], NodeId]]
    )
    ran: list[NodeId] = field(default_factory=list[NodeId])
    cached: int = 0
    shown: dict[NodeId, events.Shown] = field(default_factory=dict[NodeId, events.Shown])
    effectful: set[NodeId] = field(default_factory=set[NodeId])
    lock: Lock = field(default_factory=Lock)

    def emit(self, event: Event) -> None:
        """Tell one event at a time, whatever thread it comes from."""
        with self.lock:
            self.tell(event)

    # The whole run

    def whole(self) -> Outcome:
        began = time.perf_counter()
        steps = self.plan.steps.values()
        to_run = tuple([step.id for step in steps if step.state is RUN])
        memory = self.cache.memory
        known = tuple(
            [s.id for s in steps if s.state is KNOWN or (s.state is IDLE and s.key in memory)]
        )
        self.emit(events.RunStarted(to_run, known))
        status, error = "done", None
        try:
            for target in self.plan.targets:
                self.uses[target] = self.uses.get(target, 0) + 1
            self._enter([step for step in steps if step.state is not IDLE])
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
        values = self.values
        results = {id: values[id] for id in self.plan.targets if id in values}
        return Outcome(status, error, tuple(self.ran), self.shown, results, seconds)

    def _loop(self) -> None:
        """Take what is ready in the order of the plan until nothing is left."""
        lanes, ready, steps = self.lanes, self.ready, self.plan.steps
        while True:
            while lanes.running and (done := lanes.take(0)):
                self._take(done)
            if ready:
                _, id = heapq.heappop(ready)
                if id in self.joins:
                    self._join(steps[id])
                else:
                    self._begin(steps[id])
            elif lanes.running:
                if done := lanes.take(POLL_SECONDS):
                    self._take(done)
                self.context.check_cancelled()
            elif self.parked:
                self._begin(steps[heapq.heappop(self.parked)[1]], parked=False)
            else:
                break
        if self.missing:
            stuck = ", ".join(list(self.missing)[:5])
            raise GraphError(f"nodes wait for each other in a cycle: {stuck}")

    # What waits for what

    def _enter(self, marked: Iterable[Step]) -> None:
        """Take in steps that are to run or known, in the order of their places."""
        uses, steps = self.uses, self.plan.steps
        for step in marked:
            if step.state is KNOWN:
                self._known(step)
                continue
            recipe = step.recipe
            if recipe.shape.spec.effect:
                heapq.heappush(self.effects, (step.place, recipe.id))
            missing = 0
            for _, source, _, lazy in recipe.links:
                uses[source] = uses.get(source, 0) + 1
                if not lazy and steps[source].state is RUN:
                    missing += 1
                    self._wait(source, recipe.id)
            if missing:
                self.missing[recipe.id] = missing
            else:
                heapq.heappush(self.ready, (step.place, recipe.id))

    def _wait(self, source: NodeId, id: NodeId) -> None:
        waiting = self.waiters.get(source)
        if waiting is None:
            self.waiters[source] = [id]
        else:
            waiting.append(id)

    def _known(self, step: Step) -> None:
        """Hold on to a result that is in memory, so that nothing makes room of it meanwhile."""
        self.cached += 1
        shown: events.Shown = {}
        if step.key in self.cache.memory and (stored := self.cache.get(step.key)):
            self.values[step.id] = stored
            shown = stored.shown
            if stored.effect:
                self.effectful.add(step.id)
        if shown:
            self.shown[step.id] = shown
        self.emit(events.NodeCached(step.id, step.display, step.class_type, shown))

    def _value(self, source: NodeId) -> Stored | None:
        """A source's result; None if it must be made (again), which is then on its way."""
        stored, step = self.values.get(source), self.plan.steps[source]
        while stored is None and step.state is not RUN:
            if step.state is IDLE:
                self._demand([source])
                stored = self.values.get(source)
            elif stored := self.cache.get(step.key):
                self.values[source] = stored
            else:
                self.plan.damaged.add(source)
                step.state = IDLE
        return stored

    def _demand(self, wanted: list[NodeId]) -> None:
        self._enter(demand(self.plan, wanted, self.cache))

    def _lacks(self, id: NodeId, sources: Iterable[NodeId]) -> bool:
        """Whether `id` must wait for some of `sources`; it is then called again when they are."""
        absent = [source for source in sources if self._value(source) is None]
        for source in absent:
            self._wait(source, id)
        if absent:
            self.missing[id] = len(absent)
        return bool(absent)

    # One node

    def _begin(self, step: Step, *, parked: bool = True) -> None:
        """Run a step whose inputs are there, or put it aside until its turn or its inputs come."""
        self.context.check_cancelled()
        recipe = step.recipe
        spec = recipe.shape.spec
        if spec.effect and parked and self._waits_its_turn(step):
            heapq.heappush(self.parked, (step.place, recipe.id))
            return
        links = recipe.links
        if recipe.shape.has_lazy:
            wanted = self.asked.get(recipe.id, set())
            links = [link for link in links if not link[3] or link[0] in wanted]
        if self._lacks(recipe.id, [source for _, source, _, _ in links]):
            return
        single, inputs = self._gathered(step, links)
        if recipe.shape.has_lazy and self._asks_for_more(step, single, inputs):
            return
        if recipe.shape.has_lazy:
            nothing = None if single else (None,)
            for name, _, _, lazy in recipe.links:
                if lazy:
                    inputs.setdefault(name, nothing)
        event = events.NodeStarted(recipe.id, step.display, spec.name, step.why, step.parent)
        self.emit(event)
        self._dispatch(step, single, inputs)

    def _gathered(
        self, step: Step, links: list[tuple[str, NodeId, int, bool]]
    ) -> tuple[bool, dict[str, Any]]:
        """The inputs by name: bare values where each has one item, else lists for each."""
        recipe, values = step.recipe, self.values
        inputs = dict(recipe.literals)
        single = not recipe.shape.many
        for name, source, output, _ in links:
            outputs = values[source].outputs
            if not 0 <= output < len(outputs):
                raise self._failed(
                    step, inputs, IndexError(f"node {source} has no output {output}")
                )
            items = outputs[output]
            inputs[name] = items[0] if single and len(items) == 1 else items
            if len(items) != 1 or type(items[0]) is Blocked:
                single = False
        if single:
            return True, inputs
        linked = {name: (source, output) for name, source, output, _ in links}
        return False, {
            name: values[linked[name][0]].outputs[linked[name][1]] if name in linked else (value,)
            for name, value in inputs.items()
        }

    def _asks_for_more(self, step: Step, single: bool, inputs: dict[str, Any]) -> bool:
        """Ask the node which lazy inputs it wants; True if it must wait for some."""
        shape, id = step.recipe.shape, step.id
        lazy = {name: source for name, source, _, lazy in step.recipe.links if lazy}
        asked = self.asked.setdefault(id, set())
        assert shape.spec.needs is not None
        wanted = dict[str, None]()
        try:
            for one in [inputs] if single else calls.slices(shape, inputs):
                if calls.blocked_by(shape, one) is None:
                    wanted.update(dict.fromkeys(shape.spec.needs(one)))
        except Exception as error:
            raise self._failed(step, inputs, error) from error
        new = [name for name in wanted if name in lazy and name not in asked]
        asked.update(new)
        if not new:
            return False
        if not self._lacks(id, [lazy[name] for name in new]):
            heapq.heappush(self.ready, (step.place, id))
        return True

    def _waits_its_turn(self, step: Step) -> bool:
        """Whether an effect that comes earlier in the graph has still to happen."""
        effects = self.effects
        while effects and self.plan.steps[effects[0][1]].state is not RUN:
            heapq.heappop(effects)
        return bool(effects) and effects[0][0] < step.place

    def _dispatch(self, step: Step, single: bool, inputs: dict[str, Any]) -> None:
        shape = step.recipe.shape
        context = replace(self.context, node=step.id, report=Reporter(step, self.emit))
        began = time.perf_counter()
        if shape.spec.is_async:
            tag = (step, inputs, began)
            self.lanes.put_async(tag, partial(_call_async, shape, context, single, inputs))
        elif shape.lane == "cpu" and self.ready:
            tag = (step, inputs, began)
            self.lanes.put(tag, partial(_call, shape, context, single, inputs))
        else:
            try:
                called = _call(shape, context, single, inputs)
            except (Cancelled, KeyboardInterrupt):
                raise
            except (Exception, SystemExit) as error:
                raise self._failed(step, inputs, error) from error
            self._finish(step, called, time.perf_counter() - began)

    def _take(self, done: Done) -> None:
        step, inputs, began = cast(tuple[Step, dict[str, Any], float], done.tag)
        if done.error is not None:
            if isinstance(done.error, Cancelled):
                raise done.error
            raise self._failed(step, inputs, done.error) from done.error
        self._finish(step, done.result, time.perf_counter() - began)

    def _keep_late(self, done: Done) -> None:
        """What a lane finished after the run was over still counts."""
        if done.error is None and not done.result.graphs:
            step, _, began = cast(tuple[Step, dict[str, Any], float], done.tag)
            self._settle(step, self._stored(step, done.result, time.perf_counter() - began))

    def _failed(self, step: Step, inputs: dict[str, Any], error: BaseException) -> NodeFailed:
        failed = calls.failure(step.id, step.recipe.shape, inputs, error, self.cache.codec)
        self.emit(
            events.NodeFailed(
                step.id,
                step.display,
                step.class_type,
                failed,
                failed.inputs,
                calls.traceback_of(failed),
            )
        )
        return failed

    # After a node

    def _finish(self, step: Step, called: Called, seconds: float) -> None:
        for reason in called.reasons:
            self.emit(events.NodeBlocked(step.id, step.display, step.class_type, reason))
        if called.graphs:
            self._expand(step, called, seconds)
            return
        stored = self._stored(step, called, seconds)
        if not called.skipped:
            self.cache.put(step.key, stored)
        self._settle(step, stored)

    def _stored(self, step: Step, called: Called, seconds: float) -> Stored:
        effect = step.recipe.shape.spec.effect
        if effect:
            self.effectful.add(step.id)
        return Stored(called.outputs, called.shown, called.files, seconds, effect)

    def _settle(self, step: Step, stored: Stored) -> None:
        """A step has its result: tell, let go of its sources, wake who waited."""
        recipe = step.recipe
        id = recipe.id
        step.state = DONE
        self.cache.history.note(self.plan.scope, id, recipe.text)
        self.ran.append(id)
        if stored.shown:
            self.shown[id] = stored.shown
        if self.uses.get(id):
            self.values[id] = stored
        self.emit(
            events.NodeFinished(
                id,
                step.display,
                recipe.shape.spec.name,
                step.why,
                stored.seconds,
                stored.shown,
                stored.files,
            )
        )
        self._release([source for _, source, _, _ in recipe.links])
        if recipe.shape.spec.effect and self.parked:
            for waiting in self.parked:
                heapq.heappush(self.ready, waiting)
            self.parked.clear()
        self._wake(id)

    def _release(self, sources: Iterable[NodeId]) -> None:
        uses = self.uses
        for source in sources:
            left = uses[source] = uses[source] - 1
            if not left:
                self.values.pop(source, None)

    def _wake(self, id: NodeId) -> None:
        missing = self.missing
        for waiting in self.waiters.pop(id, ()):
            left = missing[waiting] - 1
            if left:
                missing[waiting] = left
            else:
                del missing[waiting]
                heapq.heappush(self.ready, (self.plan.steps[waiting].place, waiting))

    # Expansion

    def _expand(self, step: Step, called: Called, seconds: float) -> None:
        """Put the graph that a node gave in its place; its outputs are joined at the end."""
        try:
            join = expanded(self.plan, step, called, seconds)
        except EaselError as error:
            raise self._failed(step, {}, error) from error
        self.joins[step.id] = join
        for source in join.wanted:
            self.uses[source] = self.uses.get(source, 0) + 1
        self._demand(list(join.wanted))
        self._release([source for _, source, _, _ in step.recipe.links])
        step.recipe.links.clear()
        if not self._lacks(step.id, join.wanted):
            heapq.heappush(self.ready, (step.place, step.id))

    def _join(self, step: Step) -> None:
        join = self.joins[step.id]
        if self._lacks(step.id, join.wanted):
            return
        del self.joins[step.id]
        stored, alias = joined(self.plan, join, self.values, self.effectful)
        if alias is not None:
            self.cache.put_alias(step.key, alias)
        elif not stored.effect:
            self.cache.put(step.key, stored)
        if stored.effect:
            self.effectful.add(step.id)
        self._settle(step, stored)
        self._release(join.wanted)


def _call(shape: Any, context: Context, single: bool, inputs: dict[str, Any]) -> Called:
    if single:
        return calls.one_result(shape, calls.call(shape, context, inputs))
    results = list[Any]()
    for one in calls.slices(shape, inputs):
        context.check_cancelled()
        results.append(calls.blocked_by(shape, one) or calls.call(shape, context, one))
    return calls.merged(shape, results)


async def _call_async(shape: Any, context: Context, single: bool, inputs: dict[str, Any]) -> Called:
    import asyncio

    if single:
        return calls.one_result(shape, await _awaited(calls.call(shape, context, inputs)))
    slices = list(calls.slices(shape, inputs))
    results = await asyncio.gather(
        *(
            _awaited(calls.blocked_by(shape, one) or calls.call(shape, context, one))
            for one in slices
        )
    )
    return calls.merged(shape, results)


async def _awaited(value: Any) -> Any:
    return await cast(Awaitable[Any], value) if isinstance(value, Awaitable) else value
