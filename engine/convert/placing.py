"""Places for nodes that have none: columns by how far they are from the first, top to bottom.

Pure arithmetic in the editor's pixels; knows no node types.
"""

from collections.abc import Mapping
from typing import Final

from engine.graph.model import Node, NodeId, sources
from engine.graph.order import ordered

COLUMN: Final = 360
GAP: Final = 40
TITLE: Final = 30


def places(
    nodes: Mapping[NodeId, Node], sizes: Mapping[NodeId, list[float]]
) -> dict[NodeId, list[float]]:
    """Where each node stands, [x, y]; what has a place keeps it, the rest stands below."""
    fixed = {id: node.look["place"] for id, node in nodes.items() if "place" in node.look}
    takes = sources(nodes)
    depth = dict[NodeId, int]()
    for id in ordered(takes)[0]:
        depth[id] = 1 + max((depth.get(source, -1) for source in takes[id]), default=-1)
    top = max((place[1] + sizes[id][1] + 2 * TITLE for id, place in fixed.items()), default=0)
    heights = dict[int, float]()
    found = dict[NodeId, list[float]]()
    for id in nodes:
        if id in fixed:
            found[id] = list(fixed[id])
            continue
        column = depth[id]
        y = heights.get(column, top)
        found[id] = [column * COLUMN, y]
        heights[column] = y + sizes[id][1] + TITLE + GAP
    return found
