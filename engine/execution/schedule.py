"""What can run now: who waits for whom, which results are still needed, whose turn an effect is.

Bookkeeping alone: calls no node, tells no event. Used by one thread. Every operation costs what it
touches, however large the plan is.
"""

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from engine.execution.cache import Cache
from engine.execution.plan import DONE, IDLE, KNOWN, RUN, Plan, Step, demand
from engine.execution.store import Stored
from engine.graph.model import NodeId

_Heap: TypeAlias = list[tuple[tuple[int, ...], NodeId]]


@dataclass(slots=True)
class Schedule:
    """The state of one run between its nodes.

    on_known: told of each step whose result is taken from the cache, with the result if it is in
    memory. values: the results that something may still need.
    """

    plan: Plan
    cache: Cache
    on_known: Callable[[Step, Stored | None], None]
    values: dict[NodeId, Stored] = field(default_factory=dict[NodeId, Stored])
    _uses: dict[NodeId, int] = field(default_factory=dict[NodeId, int])
    _missing: dict[NodeId, int] = field(default_factory=dict[NodeId, int])
    _waiters: dict[NodeId, list[NodeId]] = field(default_factory=dict[NodeId, list[NodeId]])
    _ready: _Heap = field(default_factory=_Heap)
    _early: _Heap = field(default_factory=_Heap)
    _effects: _Heap = field(default_factory=_Heap)
    _parked: _Heap = field(default_factory=_Heap)

    def begin(self) -> None:
        """Take in the plan as it stands."""
        self.hold(self.plan.targets)
        self.hold(self.plan.request.first)
        self._enter([step for step in self.plan.steps.values() if step.state is not IDLE])

    # What is next

    def __bool__(self) -> bool:
        """Whether some step is ready."""
        return bool(self._ready or self._early)

    def next(self) -> Step:
        """The first step that is ready, async ones before others: they take no time here."""
        _, id = heapq.heappop(self._early or self._ready)
        return self.plan.steps[id]

    def make_ready(self, step: Step) -> None:
        """Say that nothing is missing for a step."""
        heap = self._early if step.recipe.shape.spec.is_async else self._ready
        heapq.heappush(heap, (step.place, step.recipe.id))

    def park(self, step: Step) -> bool:
        """Put an effect aside if one that comes before it has still to happen."""
        effects, steps = self._effects, self.plan.steps
        while effects and steps[effects[0][1]].state is not RUN:
            heapq.heappop(effects)
        if not effects or effects[0][0] >= step.place:
            return False
        heapq.heappush(self._parked, (step.place, step.id))
        return True

    def unparked(self) -> Step | None:
        """The first effect that was put aside, now that nothing else can go on."""
        return self.plan.steps[heapq.heappop(self._parked)[1]] if self._parked else None

    def stuck(self) -> list[NodeId]:
        """Steps that still wait for something."""
        return list(self._missing)

    # What is needed

    def hold(self, ids: Iterable[NodeId]) -> None:
        """Keep the results of `ids` until `release` was said as often."""
        uses = self._uses
        for id in ids:
            uses[id] = uses.get(id, 0) + 1

    def release(self, ids: Iterable[NodeId]) -> None:
        """Say that one use of each of these results is over."""
        uses = self._uses
        for id in ids:
            left = uses[id] = uses[id] - 1
            if not left:
                self.values.pop(id, None)

    def lacks(self, step: Step, sources: Iterable[NodeId]) -> bool:
        """Whether a step must wait for some of `sources`, which are then on their way."""
        absent = [source for source in sources if self._value(source) is None]
        for source in absent:
            self._waiters.setdefault(source, []).append(step.id)
        if absent:
            self._missing[step.id] = len(absent)
        return bool(absent)

    def has(self, sources: Iterable[NodeId]) -> bool:
        """Whether all these results are there; those that aren't are then on their way."""
        return all(self._value(source) is not None for source in sources)

    def demand(self, wanted: Iterable[NodeId]) -> None:
        """See to it that `wanted` come to have results."""
        self._enter(demand(self.plan, wanted, self.cache))

    def settle(self, step: Step, stored: Stored) -> None:
        """A step has its result: let go of its sources, wake who waited for it."""
        id, steps, missing = step.recipe.id, self.plan.steps, self._missing
        step.state = DONE
        if self._uses.get(id):
            self.values[id] = stored
        self.release([source for _, source, _, _ in step.recipe.links])
        if step.recipe.shape.spec.effect:
            for _, parked in self._parked:
                self.make_ready(steps[parked])
            self._parked.clear()
        for waiting in self._waiters.pop(id, ()):
            left = missing[waiting] - 1
            if left:
                missing[waiting] = left
            else:
                del missing[waiting]
                self.make_ready(steps[waiting])

    def _value(self, source: NodeId) -> Stored | None:
        """A result, from here or from the cache; None if it must be made (again)."""
        stored, step = self.values.get(source), self.plan.steps[source]
        while stored is None and step.state is not RUN:
            if step.state is IDLE:
                self.demand([source])
                stored = self.values.get(source)
            elif stored := self.cache.get(step.key):
                self.values[source] = stored
            else:
                self.plan.damaged.add(source)
                step.state = IDLE
        return stored

    def _enter(self, marked: Iterable[Step]) -> None:
        """Take in steps that are to run or known, in the order of their places."""
        steps, uses, waiters = self.plan.steps, self._uses, self._waiters
        for step in marked:
            recipe = step.recipe
            if step.state is KNOWN:
                self._take_known(step)
                continue
            if recipe.shape.spec.effect:
                heapq.heappush(self._effects, (step.place, recipe.id))
            missing = 0
            for _, source, _, lazy in recipe.links:
                uses[source] = uses.get(source, 0) + 1
                if not lazy and steps[source].state is RUN:
                    missing += 1
                    waiting = waiters.get(source)
                    if waiting is None:
                        waiters[source] = [recipe.id]
                    else:
                        waiting.append(recipe.id)
            if missing:
                self._missing[recipe.id] = missing
            else:
                self.make_ready(step)

    def _take_known(self, step: Step) -> None:
        """Hold on to a result that is in memory, so that nothing makes room of it meanwhile."""
        stored = self.cache.get(step.key) if step.key in self.cache.memory else None
        if stored is not None:
            self.values[step.id] = stored
        self.on_known(step, stored)
