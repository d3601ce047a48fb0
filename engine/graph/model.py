"""What a workflow is: nodes, links and what an editor draws around them.

Plain data. Knows nothing of what a node type declares, of files, or of how a graph runs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

NodeId: TypeAlias = str


@dataclass(frozen=True, slots=True)
class Link:
    """The value of an input that comes from another node's output (counted from 0)."""

    node: NodeId
    output: int


@dataclass(slots=True)
class Node:
    """One node.

    inputs: values by name: JSON values (a list stays a list) or a `Link`.
    state: "on", "muted" or "bypassed". after_run: what an input does after a run, by its name
    ("fixed", "increment", "decrement", "randomize").
    look: place, size, title, colours; never changes a picture. under: values that lie under links,
    by input; one counts again where its link is gone or comes to nothing. extra: fields of the
    file that we have no room for, kept as they are.
    """

    class_type: str
    inputs: dict[str, Any] = field(default_factory=dict[str, Any])
    state: str = "on"
    after_run: dict[str, str] = field(default_factory=dict[str, str])
    look: dict[str, Any] = field(default_factory=dict[str, Any])
    under: dict[str, Any] = field(default_factory=dict[str, Any])
    extra: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def title(self) -> str:
        """What people call this node: its own title, else its type."""
        title = self.look.get("title")
        return title if isinstance(title, str) and title else self.class_type

    def links(self) -> Iterator[tuple[str, Link]]:
        """The inputs that are links, by name."""
        return ((name, value) for name, value in self.inputs.items() if isinstance(value, Link))


@dataclass(slots=True)
class Subgraph:
    """A definition that instances refer to as `subgraph/ID`.

    inputs: `{"name", "type"}` each; outputs: `{"name", "type", "from": Link}` each. A link to
    `@in` inside is the border: its output is the number of the definition's input.
    """

    name: str
    inputs: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    outputs: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    nodes: dict[NodeId, Node] = field(default_factory=dict[NodeId, Node])
    groups: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    notes: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    reroutes: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    extra: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(slots=True)
class Graph:
    """A whole workflow, as the format `easel/1` holds it (design of the file: `files.py`)."""

    nodes: dict[NodeId, Node] = field(default_factory=dict[NodeId, Node])
    groups: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    notes: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    subgraphs: dict[str, Subgraph] = field(default_factory=dict[str, Subgraph])
    reroutes: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    extra: dict[str, Any] = field(default_factory=dict[str, Any])


def sources(nodes: Mapping[NodeId, Node]) -> dict[NodeId, list[NodeId]]:
    """For each node, the nodes that it takes something from (also those that are not there)."""
    return {id: [link.node for _, link in node.links()] for id, node in nodes.items()}
