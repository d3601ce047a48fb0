"""What a node is called with: its literals and its sources' results, and what else it asks for.

Knows one node and the results around it; calls nothing but its `needs`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.execution.call import blocked_by, slices
from engine.execution.keys import Recipe, SourceLink
from engine.execution.store import Items, Stored
from engine.graph.model import NodeId
from engine.spec.result import Blocked


def gathered(
    recipe: Recipe, links: Sequence[SourceLink], values: Mapping[NodeId, Stored]
) -> tuple[bool, dict[str, Any]]:
    """The inputs by name, and whether they are bare values (each has one item, none is blocked).

    Where they are not, all are lists. Raises `IndexError` for an output that a source hasn't.
    """
    inputs = dict(recipe.literals)
    single = not recipe.shape.many
    lists = dict[str, Items]()
    for name, source, output, _ in links:
        outputs = values[source].outputs
        if not 0 <= output < len(outputs):
            raise IndexError(f"node {source} has no output {output}")
        items = lists[name] = outputs[output]
        if len(items) != 1 or type(items[0]) is Blocked:
            single = False
        else:
            inputs[name] = items[0]
    if single:
        return True, inputs
    return False, {**{name: (value,) for name, value in inputs.items()}, **lists}


def asked_for(recipe: Recipe, single: bool, inputs: Mapping[str, Any]) -> dict[str, NodeId]:
    """The lazy inputs that the node wants, seeing `inputs`, with their sources.

    Over lists: what any item wants. Passes on what the node's `needs` raises.
    """
    needs = recipe.shape.spec.needs
    assert needs is not None
    wanted = set[str]()
    for one in [inputs] if single else slices(recipe.shape, inputs):
        if blocked_by(recipe.shape, one) is None:
            wanted.update(needs(one))
    return {name: source for name, source, _, lazy in recipe.links if lazy and name in wanted}
