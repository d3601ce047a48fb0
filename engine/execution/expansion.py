"""A node that gave a graph instead of values: the graph takes its place in the run.

Its nodes get ids below the node's own (`parent.n`, or `parent.call.n` where several calls gave
one), so that nothing collides; links to ids that the graph doesn't have mean the outer graph.
Keys don't know of any of this: a body that ran before is known, whatever loop it stands in.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from engine.errors import GraphError
from engine.execution.cache import Cache
from engine.execution.call import Called, Promised
from engine.execution.keys import Recipe
from engine.execution.plan import Plan, Request, Step
from engine.execution.store import Alias, Items, Stored
from engine.graph.model import Graph, Link, Node, NodeId

LONGEST_ID: Final = 200
"""Letters of an id; a loop that goes deeper has the digest of its parent's id in place of it."""


@dataclass(slots=True)
class Join:
    """What is left to do of a node that expanded: `request` is what it waits for.

    outputs: as the calls gave them, with a `Link` into the run where a value was promised.
    """

    called: Called
    outputs: tuple[Items, ...]
    request: Request
    seconds: float


def expanded(plan: Plan, step: Step, called: Called, seconds: float, cache: Cache) -> Join:
    """Take the graphs that a step gave into the plan. Raises `GraphError` if they can't run."""
    names = dict[int, dict[NodeId, NodeId]]()
    new = dict[NodeId, None]()
    for index, graph in called.graphs.items():
        prefix = _prefix(step, index if len(called.graphs) > 1 else None)
        names[index] = _take_in(plan, step, index, graph, prefix)
        new.update(dict.fromkeys(names[index].values()))
    outputs = tuple([[_linked(item, names) for item in items] for items in called.outputs])
    wanted = dict.fromkeys(item.node for items in outputs for item in items if type(item) is Link)
    wanted.update(dict.fromkeys(id for id in new if plan.recipes.shape(id).spec.terminal))

    def within(rank: int, recipe: Recipe) -> Step:
        inside = recipe.id in new
        return Step(
            recipe,
            (*step.place, rank),
            parent=step.id if inside else "",
            display=step.display if inside else recipe.id,
        )

    draft = plan.recipes.write(wanted)
    request = Request(plan.recipes, plan.steps, tuple(wanted), within, draft)
    request.grow(cache)
    return Join(called, outputs, request, seconds)


def _prefix(step: Step, index: int | None) -> str:
    prefix = step.id if index is None else f"{step.id}.{index}"
    if len(prefix) <= LONGEST_ID:
        return prefix
    digest = hashlib.blake2b(prefix.encode(errors="replace"), digest_size=8).hexdigest()
    return f"{step.display}.~{digest}"


def _take_in(plan: Plan, step: Step, index: int, graph: Graph, prefix: str) -> dict[NodeId, NodeId]:
    """Add a graph's nodes under their new ids; returns these by the old ones."""
    nodes, origins = plan.recipes.nodes, plan.recipes.origins
    names = {id: id if id.startswith(f"{prefix}.") else f"{prefix}.{id}" for id in graph.nodes}
    for id, node in graph.nodes.items():
        name = names[id]
        if name in nodes:
            raise GraphError(f"the expansion holds a second node {name}; ids must differ")
        inputs = {
            key: Link(names.get(value.node, value.node), value.output)
            if type(value) is Link
            else value
            for key, value in node.inputs.items()
        }
        nodes[name] = Node(node.class_type, inputs, look=node.look)
        origins[name] = f"{step.key}/{index}/{id}"
    return names


def _linked(item: Any, names: Mapping[int, Mapping[NodeId, NodeId]]) -> Any:
    if type(item) is not Promised:
        return item
    link = item.link
    return Link(names[item.call].get(link.node, link.node), link.output)


def joined(
    plan: Plan,
    join: Join,
    values: Mapping[NodeId, Stored],
    effectful: set[NodeId],
) -> tuple[Stored, Alias | None]:
    """The result of a node whose expansion has run; as an alias, where it is nothing but that."""
    outputs = tuple([_filled(items, values) for items in join.outputs])
    needs = tuple([plan.steps[id].key for id in join.request.wanted if id in effectful])
    called = join.called
    stored = Stored(outputs, called.shown, called.files, join.seconds, bool(needs))
    if not all(len(items) == 1 and type(items[0]) is Link for items in join.outputs):
        return stored, None
    links = tuple([(plan.steps[items[0].node].key, items[0].output) for items in join.outputs])
    return stored, Alias(links, needs, called.shown, join.seconds)


def _filled(items: Items, values: Mapping[NodeId, Stored]) -> Items:
    """The items of an output, those of a link in the place of the link."""
    found = list[Any]()
    for item in items:
        if type(item) is not Link:
            found.append(item)
            continue
        outputs = values[item.node].outputs
        if not 0 <= item.output < len(outputs):
            raise GraphError(f"node {item.node} has no output {item.output}")
        found.extend(outputs[item.output])
    return found
