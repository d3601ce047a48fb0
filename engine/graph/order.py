"""The order in which nodes can run, and the cycles that forbid one. No recursion, linear.

Takes bare adjacency (`sources`: for each node the nodes that it takes from), so that whoever has
other edges than a graph's links can use it too.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

Id = TypeVar("Id")


def ordered(
    sources: Mapping[Id, Iterable[Id]], targets: Iterable[Id] | None = None
) -> tuple[list[Id], bool]:
    """Everything that `targets` need (all, if None), each after its sources; and if all is sound.

    Depth first, in the order of the mapping and of each node's sources: what belongs together
    stays together, so that results are used soon after they are made. Names that `sources`
    doesn't have are left out. Where there is a cycle the second value is False, and the order
    holds every node, those of the cycle in some order.
    """
    done, found, sound = set[Id](), list[Id](), True
    open_nodes = set[Id]()
    for target in sources if targets is None else targets:
        if target in done or target not in sources:
            continue
        open_nodes.add(target)
        stack = [(target, iter(sources[target]))]
        while stack:
            here, waiting = stack[-1]
            for source in waiting:
                if source in open_nodes:
                    sound = False
                elif source not in done and source in sources:
                    open_nodes.add(source)
                    stack.append((source, iter(sources[source])))
                    break
            else:
                stack.pop()
                open_nodes.discard(here)
                done.add(here)
                found.append(here)
    return found, sound


def cycles(sources: Mapping[Id, Iterable[Id]]) -> list[list[Id]]:
    """Every group of nodes that wait for each other, in the direction of the links.

    A group that is one ring is listed along the ring, beginning with its first node in the order
    of the mapping; larger tangles are listed in that order.
    """
    import networkx

    graph = cast(Any, networkx).DiGraph()
    graph.add_nodes_from(sources)
    graph.add_edges_from(
        (source, id) for id, found in sources.items() for source in found if source in sources
    )
    place = {id: index for index, id in enumerate(sources)}
    groups = list[list[Id]]()
    for component in networkx.strongly_connected_components(graph):
        group = sorted(cast(set[Id], component), key=place.__getitem__)
        if len(group) > 1 or graph.has_edge(group[0], group[0]):
            groups.append(_along_the_ring(graph, group))
    return sorted(groups, key=lambda group: place[group[0]])


def _along_the_ring(graph: Any, group: Sequence[Id]) -> list[Id]:
    members, ring = set(group), [group[0]]
    while len(ring) < len(group):
        following = [id for id in graph.successors(ring[-1]) if id in members]
        if len(following) != 1 or following[0] == ring[0]:
            return list(group)
        ring.append(following[0])
    return ring


def users(sources: Mapping[Id, Iterable[Id]]) -> dict[Id, list[Id]]:
    """For each node, the nodes that take something from it; once for each link."""
    found: dict[Id, list[Id]] = {id: [] for id in sources}
    for id, taken in sources.items():
        for source in taken:
            if source in found:
                found[source].append(id)
    return found
