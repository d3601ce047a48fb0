"""Node types that only exist in an editor: what feeds them stands in for them when a graph runs.

Knows their names and which of them hand on what; the walk itself is in `flatten.py`.
"""

from collections.abc import Mapping
from typing import Any, Final, cast

from engine.graph.model import Link, Node, NodeId

REROUTE: Final = "Reroute"
PRIMITIVE: Final = "PrimitiveNode"
SET: Final = "SetNode"
GET: Final = "GetNode"
CONSTANT: Final = "Constant"
"""The input of a Set or Get node that holds the name they meet by."""

NOTES: Final = frozenset({"Note", "MarkdownNote"})
EVERYWHERE: Final = frozenset(
    {"Anything Everywhere", "Anything Everywhere3", "Anything Everywhere?", "Prompts Everywhere"}
)
VIRTUAL: Final = frozenset(
    {
        REROUTE,
        PRIMITIVE,
        SET,
        GET,
        *NOTES,
        *EVERYWHERE,
        "Bookmark (rgthree)",
        "Fast Actions Button (rgthree)",
        "Fast Bypasser (rgthree)",
        "Fast Groups Bypasser (rgthree)",
        "Fast Groups Muter (rgthree)",
        "Fast Muter (rgthree)",
        "Label (rgthree)",
        "Mute / Bypass Relay (rgthree)",
        "Mute / Bypass Repeater (rgthree)",
        "Node Collector (rgthree)",
        "Random Unmuter (rgthree)",
        "Reroute (rgthree)",
    }
)


def is_virtual(class_type: str) -> bool:
    """Whether this type is never sent to be run."""
    return class_type in VIRTUAL


def setters(nodes: Mapping[NodeId, Node]) -> dict[str, Link | None]:
    """What each name holds that a Set node of these gives out; the first of a name counts."""
    found = dict[str, Link | None]()
    for node in nodes.values():
        if node.class_type == SET:
            name = node.inputs.get(CONSTANT)
            if isinstance(name, str):
                found.setdefault(name, next((link for _, link in node.links()), None))
    return found


def recorded(extra: Mapping[str, Any]) -> dict[str, Link]:
    """The links that a file says its Everywhere nodes make: by "NODE/INPUT"."""
    held = extra.get("everywhere")
    found = dict[str, Link]()
    if isinstance(held, Mapping):
        for place, source in cast(Mapping[str, Any], held).items():
            match source:
                case [str(node), int(output)]:
                    found[place] = Link(node, output)
                case _:
                    continue
    return found


def broadcast(nodes: Mapping[NodeId, Node]) -> list[tuple[str, Node, Link]]:
    """What the Everywhere nodes hand to open inputs: the input's name here, the node, the link.

    Those with a pattern for names are left out, but for "Prompts Everywhere", whose pattern is
    fixed: what a file recorded of the others is in `recorded`.
    """
    found = list[tuple[str, Node, Link]]()
    for node in nodes.values():
        if node.class_type in EVERYWHERE and node.state == "on":
            if node.class_type == "Anything Everywhere?":
                continue
            found.extend((name, node, link) for name, link in node.links())
    return found


def takes(sender: Node, offered: str, wanted: str) -> bool:
    """Whether an input called `wanted` may take what stands at `offered` of an Everywhere node."""
    if sender.class_type != "Prompts Everywhere":
        return True
    side = "neg" if list(sender.inputs).index(offered) else "pos"
    return side in wanted.lower()
