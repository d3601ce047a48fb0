"""Which node types of many workflows the library lacks."""

from collections.abc import Container, Iterable
from dataclasses import dataclass

from engine.convert.opening import types_in
from engine.graph.model import Graph


@dataclass(frozen=True, slots=True)
class Lack:
    """A type that isn't known: how many nodes have it, in how many files."""

    class_type: str
    nodes: int
    files: int


def lacking(graphs: Iterable[Graph], known: Container[str]) -> list[Lack]:
    """The types that `known` lacks, those of most nodes first."""
    nodes, files = dict[str, int](), dict[str, int]()
    for graph in graphs:
        for kind, count in types_in(graph).items():
            if kind not in known:
                nodes[kind] = nodes.get(kind, 0) + count
                files[kind] = files.get(kind, 0) + 1
    found = (Lack(kind, count, files[kind]) for kind, count in nodes.items())
    return sorted(found, key=lambda lack: (-lack.nodes, -lack.files, lack.class_type))
