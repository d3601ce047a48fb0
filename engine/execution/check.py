"""Everything that is wrong with a graph, at once, before anything runs.

Works from declarations alone (a spec's `call` may be None), in time linear in the graph. A node's
own `check` is asked where it is there. Says nothing of what only running can show.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from engine.execution.inputs import At, Inputs
from engine.execution.problems import Problem, Suggestions
from engine.execution.shapes import Shape, coerced_or_same, shape_of
from engine.graph.files import BrokenLink
from engine.graph.model import Graph, Link, Node, NodeId
from engine.graph.order import cycles, ordered
from engine.spec.context import Context
from engine.spec.inputs import MISSING
from engine.spec.node import NodeSpec

SHOWN_CYCLE: Final = 50
ALWAYS: Final = frozenset({"missing_node_type", "prompt_no_outputs"})
"""Problems that forbid every run, whatever depends on them (ComfyUI's wire demands it)."""

_ABSENT: Final = object()


def check(
    graph: Graph,
    registry: Mapping[str, NodeSpec],
    context: Context,
    targets: Sequence[NodeId] | None = None,
) -> list[Problem]:
    """All problems of a flattened graph, in its order; empty if it can run.

    targets: the nodes whose results are wanted, None for every terminal one. Problems of nodes
    that none of them depends on come too, marked `feeds_output=False`.
    """
    return _Check(graph, registry, context).all(targets)


@dataclass(slots=True)
class _Check:
    graph: Graph
    registry: Mapping[str, NodeSpec]
    context: Context
    shapes: dict[str, Shape] = field(default_factory=dict[str, Shape])
    types: dict[NodeId, list[str]] = field(default_factory=dict[NodeId, list[str]])
    suggestions: Suggestions = field(default_factory=Suggestions)
    inputs: Inputs = field(init=False)

    def __post_init__(self) -> None:
        self.inputs = Inputs(self.graph.nodes, self.context, self.types, self.suggestions)

    def all(self, targets: Sequence[NodeId] | None) -> list[Problem]:
        nodes = self.graph.nodes
        shaped = {id: shape for id, node in nodes.items() if (shape := self.shape(node))}
        sources = {
            id: [link.node for _, link in shaped[id].links(node)] if id in shaped else []
            for id, node in nodes.items()
        }
        if targets is None:
            targets = [id for id, shape in shaped.items() if shape.spec.terminal]
        order, sound = ordered(sources)
        for id in order:
            if id in shaped:
                self.types[id] = self.resolved_types(nodes[id], shaped[id])
        found = [] if any(id in nodes for id in targets) else [_no_outputs(nodes)]
        for id, node in nodes.items():
            if id in shaped:
                found.extend(self.of_node(id, node, shaped[id]))
            else:
                found.append(self.unknown_type(id, node))
        if not sound:
            found.extend(self.of_cycles(sources))
        fed = set(ordered(sources, targets)[0])
        return [
            one if one.node in fed or one.type in ALWAYS else replace(one, feeds_output=False)
            for one in found
        ]

    def shape(self, node: Node) -> Shape | None:
        """The shape of a node's type; None if nobody knows it."""
        shape = self.shapes.get(node.class_type)
        if shape is None and (spec := self.registry.get(node.class_type)) is not None:
            shape = self.shapes[node.class_type] = shape_of(spec)
        return shape

    def resolved_types(self, node: Node, shape: Shape) -> list[str]:
        """What each output carries; a type variable is what its linked input brings."""
        bound = dict[str, str]()
        for name, link in shape.links(node):
            one = shape.field(name)
            given = self.types.get(link.node, [])
            if one and one.declared.match and 0 <= link.output < len(given):
                bound.setdefault(one.declared.match.template, given[link.output])
        return [
            bound.get(output.match.template, output.match.allowed) if output.match else output.type
            for output in shape.spec.outputs
        ]

    # Whole nodes

    def unknown_type(self, id: NodeId, node: Node) -> Problem:
        kind = node.class_type
        hint = self.suggestions.near("", kind, self.registry) if kind else ""
        if not hint and kind:
            hint = "Install the pack that it comes from, or take the node out."
        return Problem(
            id,
            kind or "?",
            "missing_node_type",
            f"there is no node type {kind!r:.200}." if kind else "it has no class_type.",
            extra_info={"node_id": id, "class_type": kind or None, "node_title": node.title},
            hint=hint,
        )

    def of_node(self, id: NodeId, node: Node, shape: Shape) -> Iterator[Problem]:
        literals, sound = dict[str, Any](), True
        given = node.inputs
        for one in shape.fields:
            value, at = given.get(one.name, _ABSENT), At(id, shape, one)
            if value is _ABSENT:
                if one.declared.required:
                    sound = False
                    yield self.inputs.absent(at)
                elif one.default is not MISSING:
                    literals[one.name] = one.default
                continue
            if value is None and one.optional:
                continue
            if type(value) not in (Link, BrokenLink):
                literals[one.name] = coerced_or_same(one.coerce, value)
            if (problem := self.inputs.problem(at, value)) is not None:
                sound = False
                yield problem
        if sound and shape.spec.check is not None:
            yield from self.of_own_check(id, shape, literals)

    def of_own_check(self, id: NodeId, shape: Shape, literals: dict[str, Any]) -> Iterator[Problem]:
        assert shape.spec.check is not None
        try:
            told = shape.spec.check(self.context, literals)
        except Exception as error:
            kind = f"{type(error).__module__}.{type(error).__qualname__}"
            yield Problem(
                id,
                shape.spec.name,
                "exception_during_validation",
                "its own check of the inputs failed:",
                str(error) or kind,
                {"exception_type": kind, "traceback": []},
            )
            return
        for text in [told] if isinstance(told, str) else told:
            if text:
                yield Problem(
                    id,
                    shape.spec.name,
                    "custom_validation_failed",
                    text,
                    extra_info={"input_name": ""},
                )

    def of_cycles(self, sources: Mapping[NodeId, Iterable[NodeId]]) -> Iterator[Problem]:
        for ring in cycles(sources):
            shown = ring[:SHOWN_CYCLE]
            more = f" and {len(ring) - len(shown)} more" if len(ring) > len(shown) else ""
            text = " -> ".join([*shown, shown[0]]) if not more else " -> ".join(shown) + more
            for id in shown:
                yield Problem(
                    id,
                    self.graph.nodes[id].class_type,
                    "dependency_cycle",
                    "it waits for its own result, in the cycle",
                    text,
                    {"cycle": list(shown)},
                    hint="Take out one of these links.",
                )


def _no_outputs(nodes: Mapping[NodeId, Node]) -> Problem:
    text = "the workflow has no output" if nodes else "the workflow is empty"
    return Problem(
        "", "", "prompt_no_outputs", f"{text}: add a node that saves or shows something."
    )
