"""What a run will do: every step with its key, which results are known, and why the others run.

Demand-driven: what only known results need isn't looked at. Computes and emits nothing.
"""

import gc
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from engine.execution.cache import Cache
from engine.execution.history import EVICTED
from engine.execution.keys import Recipe, Recipes
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

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps.values())

    def in_state(self, state: str) -> list[Step]:
        """The steps in one state, in order."""
        return [step for step in self.steps.values() if step.state == state]


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
        steps = made.steps
        for place, recipe in enumerate(recipes.write(targets)):
            steps[recipe.id] = Step(recipe, (place,), IDLE, "", "", recipe.id)
        demand(made, targets, cache)
    return made


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
