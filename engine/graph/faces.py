"""The sockets of nodes in a drawn graph: those of an instance are its definition's.

Node types are handed in; knows nothing of what runs.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from engine.graph.model import Node, NodeId, Subgraph
from engine.graph.sockets import ANY, Slot, Sockets, SocketsOf, Span, fits, sockets_of

BORDER: Final = "@in"
INSTANCE: Final = "subgraph/"


def definition_of(class_type: str, subgraphs: Mapping[str, Subgraph]) -> Subgraph | None:
    """The definition that a node of this type is an instance of, if there is one."""
    if not class_type.startswith(INSTANCE):
        return None
    return subgraphs.get(class_type.removeprefix(INSTANCE))


class Faces:
    """Sockets of every node, those of definitions made once."""

    def __init__(self, known: SocketsOf, subgraphs: Mapping[str, Subgraph]) -> None:
        self.known, self.subgraphs = known, subgraphs
        self._ends: dict[int, dict[int, list[tuple[NodeId, str]]]] = {}
        self._made: dict[int, Sockets] = {}
        self._places: dict[int, dict[str, int]] = {}

    def of(self, node: Node) -> Sockets:
        """The sockets of a node, sockets that only take links first, then widgets."""
        definition = definition_of(node.class_type, self.subgraphs)
        if definition is None:
            return sockets_of(node, self.known)
        key = id(definition)
        if key not in self._made:
            self._made[key] = self._instance(node, definition)
        return self._made[key]

    def span(self, node: Node, name: str) -> Span | None:
        """The range of an input; of a promoted one, that of the first widget behind it."""
        for inner, end in self._inwards(node, name):
            if definition_of(inner.class_type, self.subgraphs) is None:
                slot = sockets_of(inner, self.known).input(end)
                if slot is not None and slot.widget:
                    return slot.span
        return None

    def is_widget(self, node: Node, name: str) -> bool:
        """Whether a hand can set an input: a widget, or one that is promoted."""
        return any(
            (slot := sockets_of(inner, self.known).input(end)) is not None and slot.widget
            for inner, end in self._inwards(node, name)
            if definition_of(inner.class_type, self.subgraphs) is None
        )

    def behind(self, definition: Subgraph) -> dict[int, list[tuple[NodeId, str]]]:
        """For each input of a definition, the inner nodes and inputs that it feeds."""
        key = id(definition)
        if key not in self._ends:
            ends = self._ends.setdefault(key, {})
            for node_id, node in definition.nodes.items():
                for name, link in node.links():
                    if link.node == BORDER:
                        ends.setdefault(link.output, []).append((node_id, name))
        return self._ends[key]

    def _inwards(self, node: Node, name: str) -> Iterator[tuple[Node, str]]:
        """An input, and what it feeds inside, level by level; each input of a definition once."""
        waiting, seen = [(node, name)], set[tuple[int, int]]()
        while waiting:
            here, end = waiting.pop()
            yield here, end
            definition = definition_of(here.class_type, self.subgraphs)
            if definition is None:
                continue
            place = self._place(definition, end)
            if (id(definition), place) not in seen:
                seen.add((id(definition), place))
                fed = self.behind(definition).get(place, [])
                waiting.extend((definition.nodes[inner], n) for inner, n in reversed(fed))

    def _instance(self, node: Node, definition: Subgraph) -> Sockets:
        inputs = (
            (str(port.get("name", "")), str(port.get("type", ANY))) for port in definition.inputs
        )
        return Sockets(
            tuple(Slot(name, kind, self.is_widget(node, name)) for name, kind in inputs),
            tuple(
                Slot(str(port.get("name", "")), str(port.get("type", ANY)))
                for port in definition.outputs
            ),
        )

    def _place(self, definition: Subgraph, name: str) -> int:
        """The number of a definition's input; -1 if it has none of that name."""
        key = id(definition)
        if len(self._places.get(key, ())) != len(definition.inputs):
            numbered = enumerate(definition.inputs)
            self._places[key] = {str(port.get("name", "")): place for place, port in numbered}
        return self._places[key].get(name, -1)


def bypass(sockets: Sockets, output: int, wanted: str) -> Slot | None:
    """The input that stands in for an output of a bypassed node, asked for by type `wanted`.

    The one of the same place if it fits, else the first of exactly that type, else the first that
    fits; where any type is asked for, that of the same place or the first.
    """
    inputs = sockets.inputs
    if wanted in ("", ANY):
        return (inputs[output] if output < len(inputs) else inputs[0]) if inputs else None
    given = sockets.outputs[output].type if output < len(sockets.outputs) else ANY
    if output < len(inputs):
        opposite = inputs[output]
        if fits(opposite.type, given) and fits(opposite.type, wanted):
            return opposite
    exact = next((slot for slot in inputs if slot.type == wanted), None)
    if exact is not None:
        return exact
    both = (slot for slot in inputs if fits(slot.type, given) and fits(slot.type, wanted))
    return next(both, None)
