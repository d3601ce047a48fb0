"""Problems as ComfyUI's `POST /prompt` answers them: one error, errors by node, what may run.

Knows the shape of that answer and nothing of HTTP. A node's problems are told only if an output
depends on it; outputs behind no problem may still run.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from engine.execution.problems import Problem
from engine.execution.shapes import Shape, shape_of
from engine.graph.model import Graph, NodeId
from engine.graph.order import ordered, users
from engine.spec.node import NodeSpec

Json = dict[str, Any]
MOST_OUTPUTS: Final = 100
"""Dependent outputs that are listed for one node, so that an answer stays linear in the graph."""

MOST_LINES: Final = 1000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to answer. error: None if something can run (then `targets` are good).

    node_errors: by node id; may be filled although something can run.
    """

    error: Json | None
    node_errors: dict[NodeId, Json] = field(default_factory=dict[NodeId, Json])
    targets: tuple[NodeId, ...] = ()


def verdict(
    graph: Graph,
    registry: Mapping[str, NodeSpec],
    problems: Sequence[Problem],
    targets: Iterable[NodeId] | None = None,
    *,
    any_node: bool = False,
) -> Verdict:
    """The answer to a prompt whose problems `check` found.

    targets: ids that were asked for (`partial_execution_targets`); those that are no output nodes
    of the graph don't count, unless any_node. None asks for every output.
    """
    for problem in problems:
        if problem.type == "missing_node_type":
            return Verdict(_missing_type(problem))
    outputs = [id for id, node in graph.nodes.items() if registry[node.class_type].terminal]
    if targets is not None:
        asked = set(targets)
        outputs = [id for id in (graph.nodes if any_node else outputs) if id in asked]
    if not outputs:
        return Verdict(error("prompt_no_outputs", "The prompt has no outputs to run."))
    sources = _sources(graph, registry)
    told = [one for one in problems if one.node and one.feeds_output]
    wrong = {one.node for one in told}
    good = _good(sources, outputs, wrong)
    errors = _node_errors(sources, outputs, told)
    if good:
        return Verdict(None, errors, tuple(good))
    lines = "\n".join(f"{one.message}: {_details(one)}" for one in told[:MOST_LINES])
    return Verdict(
        error("prompt_outputs_failed_validation", "No output of the prompt can run.", lines), errors
    )


def error(kind: str, message: str, details: str = "", **extra_info: Any) -> Json:
    """An error in the shape that ComfyUI's clients read."""
    return {"type": kind, "message": message, "details": details, "extra_info": extra_info}


def node_error(problem: Problem) -> Json:
    """One problem as an entry of `node_errors`."""
    return error(problem.type, problem.message, _details(problem), **problem.extra_info)


def _details(problem: Problem) -> str:
    return f"{problem.details} {problem.hint}".strip()


def _missing_type(problem: Problem) -> Json:
    title = problem.extra_info.get("node_title") or problem.class_type
    message = f"Node '{title}' not found. {problem.hint}".strip()
    where = f"Node ID '#{problem.node}'"
    return error(problem.type, message, where, **problem.extra_info)


def _sources(graph: Graph, registry: Mapping[str, NodeSpec]) -> dict[NodeId, list[NodeId]]:
    shapes = dict[str, Shape]()
    for node in graph.nodes.values():
        if node.class_type not in shapes:
            shapes[node.class_type] = shape_of(registry[node.class_type])
    return {
        id: [link.node for _, link in shapes[node.class_type].links(node)]
        for id, node in graph.nodes.items()
    }


def _good(
    sources: Mapping[NodeId, Sequence[NodeId]], outputs: Iterable[NodeId], wrong: set[NodeId]
) -> list[NodeId]:
    """The outputs that depend on nothing wrong."""
    tainted = set(wrong)
    for id in ordered(sources)[0]:
        if any(source in tainted for source in sources[id]):
            tainted.add(id)
    return [id for id in outputs if id not in tainted]


def _node_errors(
    sources: Mapping[NodeId, Sequence[NodeId]],
    outputs: Sequence[NodeId],
    told: Iterable[Problem],
) -> dict[NodeId, Json]:
    reached = _outputs_behind(sources, outputs)
    found = dict[NodeId, Json]()
    for problem in told:
        behind = reached.get(problem.node)
        if not behind:
            continue
        entry = found.setdefault(
            problem.node,
            {"errors": [], "dependent_outputs": list(behind), "class_type": problem.class_type},
        )
        entry["errors"].append(node_error(problem))
    return found


def _outputs_behind(
    sources: Mapping[NodeId, Sequence[NodeId]], outputs: Sequence[NodeId]
) -> dict[NodeId, dict[NodeId, None]]:
    """For each node the outputs that depend on it, at most `MOST_OUTPUTS`; around cycles too."""
    taken_by = users(sources)
    reached: dict[NodeId, dict[NodeId, None]] = {id: {} for id in sources}
    for id in outputs:
        reached[id][id] = None
    order, sound = ordered(sources, outputs)
    for _ in range(1 if sound else 2):
        for id in reversed(order):
            mine = reached[id]
            for user in taken_by[id]:
                if len(mine) >= MOST_OUTPUTS:
                    break
                mine.update(dict.fromkeys(list(reached[user])[: MOST_OUTPUTS - len(mine)]))
    return reached
