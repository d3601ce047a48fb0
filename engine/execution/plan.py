"""What a run will do: every step with its key, which results are known, and why the others run.

Demand-driven: what only known results need isn't looked at. What depends on a file whose name is
a result still to come enters the plan later. Computes and emits nothing.
"""

import gc
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from engine.execution.cache import Cache
from engine.execution.history import EVICTED
from engine.execution.keys import Draft, Recipe, Recipes
from engine.execution.store import Stored
from engine.graph.model import Graph, NodeId
from engine.spec.context import Context
from engine.spec.node import NodeSpec

RUN: Final = "run"
KNOWN: Final = "known"
IDLE: Final = "idle"
DONE: Final = "done"


@dataclass(slots=True)
class Step:
    """One node of a run.

    state: "run"; "known", its result is in the cache; "idle", nothing asks for it (so far: a lazy
    input or an expansion may); "done", it has run. why: why it runs. place: its rank in the run.
    parent: the node whose expansion it is part of; display: the node people see it at.
    """

    recipe: Recipe
    place: tuple[int, ...]
    state: str = IDLE
    why: str = ""
    parent: NodeId = ""
    display: NodeId = ""

    @property
    def id(self) -> NodeId:
        """The node's id."""
        return self.recipe.id

    @property
    def key(self) -> str:
        """The content key of its result."""
        return self.recipe.key

    @property
    def class_type(self) -> str:
        """The node's type."""
        return self.recipe.shape.spec.name


@dataclass(slots=True)
class Plan:
    """Steps in an order in which they can run; `targets`: what was asked for.

    scope: the document, for "why". effects: False runs every effect (a save) again.
    """

    steps: dict[NodeId, Step]
    targets: tuple[NodeId, ...]
    recipes: Recipes
    scope: str = ""
    effects: bool = True
    damaged: set[NodeId] = field(default_factory=set[NodeId])
    request: "Request" = field(init=False)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps.values())

    @property
    def late(self) -> list[NodeId]:
        """What can't be planned before the names of files are known."""
        return [id for _, id in self.request.draft.late]

    def in_state(self, state: str) -> list[Step]:
        """The steps in one state, in order."""
        return [step for step in self.steps.values() if step.state == state]


@dataclass(slots=True)
class Request:
    """Results that are wanted, and what must be known before all steps to them can be planned.

    recipes, steps: of the run. step: makes a step of a recipe and its rank.
    """

    recipes: Recipes
    steps: dict[NodeId, Step]
    wanted: tuple[NodeId, ...]
    step: Callable[[int, Recipe], Step]
    draft: Draft

    @property
    def is_whole(self) -> bool:
        """Whether all is planned."""
        return not self.draft.late

    @property
    def first(self) -> tuple[NodeId, ...]:
        """What to ask for now: what is wanted, or the nodes whose results name files."""
        if self.is_whole:
            return self.wanted
        return tuple(dict.fromkeys(node for node, _ in self.draft.names))

    def learn(self, results: Mapping[NodeId, Stored]) -> None:
        """Take the names of files from the results of `first`."""
        for node, output in self.draft.names:
            outputs = results[node].outputs
            items = outputs[output] if 0 <= output < len(outputs) else ()
            self.recipes.learn((node, output), items)

    def grow(self, cache: Cache) -> None:
        """Plan as far as names are known, here or in the cache."""
        steps, step = self.steps, self.step
        while True:
            for rank, recipe in self.draft.written:
                steps[recipe.id] = step(rank, recipe)
            if self.is_whole:
                return
            known = {id: stored for id in self.first if (stored := self._kept(id, cache))}
            if len(known) == len(self.first):
                self.learn(known)
            elif not self._is_learned():
                return
            self.draft = self.recipes.go_on(self.draft.late)

    def _kept(self, id: NodeId, cache: Cache) -> Stored | None:
        """A result that is at hand; effects wait for their turn."""
        key = self.recipes.known[id].key
        return cache.get(key) if cache.knows(key, effects=False) else None

    def _is_learned(self) -> bool:
        return all(place in self.recipes.named for place in self.draft.names)


def plan(
    graph: Graph,
    registry: Mapping[str, NodeSpec],
    targets: Sequence[NodeId] | None,
    cache: Cache,
    context: Context,
    *,
    scope: str = "",
    policy: str = "",
    effects: bool = True,
) -> Plan:
    """Plan a run of a flattened graph that was checked.

    targets: ids of nodes that are wanted; None wants every terminal node, in the graph's order.
    scope: names the document, so that "why" compares with its last run. policy: the dtypes that
    models compute in, part of every key. effects: False runs known effects again (a command line
    wants its picture written).
    Raises `GraphError` where a check would have found a problem.
    """
    if targets is None:
        targets = terminals(graph, registry)
    with _no_collection():
        recipes = Recipes(dict(graph.nodes), registry, context, policy)
        made = Plan({}, tuple(targets), recipes, scope, effects)
        made.request = Request(
            recipes, made.steps, made.targets, _outermost, recipes.write(targets)
        )
        made.request.grow(cache)
        demand(made, made.request.first, cache)
    return made


def _outermost(rank: int, recipe: Recipe) -> Step:
    return Step(recipe, (rank,), IDLE, "", "", recipe.id)


@contextmanager
def _no_collection() -> Generator[None]:
    """Planning makes only what is kept: looking for garbage meanwhile costs half of it again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def terminals(graph: Graph, registry: Mapping[str, NodeSpec]) -> list[NodeId]:
    """The nodes whose effect is wanted, in the graph's order."""
    return [
        id
        for id, node in graph.nodes.items()
        if (spec := registry.get(node.class_type)) is not None and spec.terminal
    ]


def demand(made: Plan, wanted: Iterable[NodeId], cache: Cache) -> list[Step]:
    """Mark what must run, or be taken from the cache, so that `wanted` have results.

    Returns the steps that were idle until now, in the order of their places.
    """
    history, scope, effects, knows = cache.history, made.scope, made.effects, cache.knows
    steps, waiting, marked = made.steps, list(wanted), list[Step]()
    while waiting:
        step = steps[waiting.pop()]
        if step.state is not IDLE:
            continue
        marked.append(step)
        recipe = step.recipe
        if knows(recipe.key, effects=effects) and recipe.id not in made.damaged:
            step.state = KNOWN
            history.note(scope, recipe.id, recipe.text)
            continue
        step.state = RUN
        step.why = history.why(scope, recipe.id, recipe.text)
        if step.why == EVICTED and recipe.shape.spec.effect and not effects:
            step.why = "effects run every time"
        waiting.extend([source for _, source, _, lazy in recipe.links if not lazy])
    marked.sort(key=_place)
    return marked


def _place(step: Step) -> tuple[int, ...]:
    return step.place
