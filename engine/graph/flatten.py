"""Make the graph that runs of the graph that is drawn.

Subgraph instances become their nodes (`outer:inner`), muted nodes go, bypassed ones and those
that only an editor knows are replaced by what feeds them. Follows what ComfyUI's front end does
when it queues (release 1.58; where it differs from 1.27, the newer). Knows no node types:
their sockets are handed in.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from engine.errors import GraphError
from engine.graph.faces import BORDER, Faces, bypass, definition_of
from engine.graph.model import Graph, Link, Node, NodeId, Subgraph
from engine.graph.sockets import ANY, Slot, SocketsOf, Span
from engine.graph.virtual import (
    GET,
    PRIMITIVE,
    broadcast,
    is_virtual,
    recorded,
    setters,
    takes,
)

MAX_NODES: Final = 100_000
"""More nodes than this after subgraphs are opened is a mistake, or meant to hurt."""
MAX_LEVELS: Final = 1000

DRAWN: Final = frozenset({"comfy", "sockets", "values"})
"""What `Node.extra` holds for an editor alone."""

Spoken: TypeAlias = Callable[[Node, str, Any], Any]
"""What becomes of a literal when it is queued, such as a text with `{a|b}` in it."""


def _as_it_is(_node: Node, _name: str, value: Any) -> Any:
    return value


def flatten(graph: Graph, sockets: SocketsOf, spoken: Spoken = _as_it_is) -> Graph:
    """The nodes of `graph` that run, with links to nodes that run only.

    A link to a node that is not in the graph stays, for `check` to name it. A value that lay
    under a link counts again where the link came to nothing. Takes linear time. Raises
    `GraphError` where a subgraph contains itself, where links go round in a circle through nodes
    that only hand on, and where more than `MAX_NODES` nodes would come out.
    """
    return _Flattening(graph, sockets, spoken).graph()


class _Level:
    """The nodes of the root, or those of one instance. ids here begin with `prefix`."""

    def __init__(
        self,
        nodes: Mapping[NodeId, Node],
        extra: Mapping[str, Any],
        outer: "_Level | None" = None,
        id: NodeId = "",
        definition: Subgraph | None = None,
    ) -> None:
        self.nodes, self.outer, self.id, self.definition = nodes, outer, id, definition
        self.prefix = f"{outer.prefix}{id}:" if outer else ""
        self.depth: int = outer.depth + 1 if outer else 0
        self.inner: dict[NodeId, _Level] = {}
        self.sets = setters(nodes)
        self.everywhere = recorded(extra)
        self.offers = broadcast(nodes)
        self.wired: dict[NodeId, list[tuple[NodeId, str]]] | None = None
        self.typed: dict[str, list[tuple[str, Node, Link]]] | None = None

    def instance(self) -> Node | None:
        return self.outer.nodes[self.id] if self.outer else None

    def fed_by(self, primitive: NodeId) -> list[tuple[NodeId, str]]:
        """Nodes here and their inputs that a primitive is linked to."""
        if self.wired is None:
            self.wired = {}
            for id, node in self.nodes.items():
                for name, link in node.links():
                    source = self.nodes.get(link.node)
                    if source is not None and source.class_type == PRIMITIVE:
                        self.wired.setdefault(link.node, []).append((id, name))
        return self.wired.get(primitive, [])


class _Value(NamedTuple):
    value: Any


class _At(NamedTuple):
    """An output that is asked for, by an input of this type."""

    level: _Level
    node: NodeId
    output: int
    type: str


_Found: TypeAlias = Link | _Value | None


class _Flattening:
    def __init__(self, graph: Graph, sockets: SocketsOf, spoken: Spoken) -> None:
        self.subgraphs, self.spoken = graph.subgraphs, spoken
        self.memo: dict[tuple[int, NodeId, int, str], _Found] = {}
        self.asking: Node | None = None
        self.types: dict[str, str] = {}
        self.faces = Faces(sockets, graph.subgraphs)
        self.spans: dict[tuple[int, NodeId], Span | None] = {}
        self.root = _Level(graph.nodes, graph.extra)
        self._open()

    def _open(self) -> None:
        """Make a level for each instance that runs."""
        waiting, count = [self.root], len(self.root.nodes)
        while waiting:
            level = waiting.pop()
            for id, node in level.nodes.items():
                definition = definition_of(node.class_type, self.subgraphs)
                if definition is None or node.state != "on":
                    continue
                self._guard(level, node, definition)
                count += len(definition.nodes)
                if count > MAX_NODES:
                    raise GraphError(
                        f"the graph has more than {MAX_NODES:,} nodes once its subgraphs are opened"
                    )
                level.inner[id] = _Level(definition.nodes, definition.extra, level, id, definition)
                waiting.append(level.inner[id])

    @staticmethod
    def _guard(level: _Level, node: Node, definition: Subgraph) -> None:
        outer: _Level | None = level
        while outer is not None:
            if outer.definition is definition:
                raise GraphError(f"the subgraph {definition.name!r} ({node.title}) contains itself")
            outer = outer.outer
        if level.depth >= MAX_LEVELS:
            raise GraphError(f"subgraphs are nested more than {MAX_LEVELS} levels deep")

    def graph(self) -> Graph:
        found = dict[NodeId, Node]()
        for level, id, node in self._running():
            extra = {key: value for key, value in node.extra.items() if key not in DRAWN}
            found[level.prefix + id] = Node(
                class_type=node.class_type,
                inputs=self._inputs(level, id, node),
                after_run=node.after_run,
                look=node.look,
                extra=extra,
            )
        return Graph(nodes=found)

    def _running(self) -> Iterator[tuple[_Level, NodeId, Node]]:
        """Every node that is sent, in the order of the file, instances in place."""
        stack = [(self.root, iter(self.root.nodes.items()))]
        while stack:
            level, waiting = stack[-1]
            for id, node in waiting:
                if id in level.inner:
                    inner = level.inner[id]
                    stack.append((inner, iter(inner.nodes.items())))
                    break
                if node.state == "on" and not is_virtual(node.class_type):
                    yield level, id, node
            else:
                stack.pop()

    def _inputs(self, level: _Level, id: NodeId, node: Node) -> dict[str, Any]:
        inputs = dict[str, Any]()
        for name, value in node.inputs.items():
            if not isinstance(value, Link):
                inputs[name] = self.spoken(node, name, value)
                continue
            found = self._plain(level, value) or self._followed(level, id, name, value)
            if isinstance(found, _Value):
                inputs[name] = found.value
            elif found is not None:
                inputs[name] = found
            elif name in node.under:
                inputs[name] = self.spoken(node, name, node.under[name])
        if level.offers or level.everywhere:
            self._open_inputs(level, id, node, inputs)
        return inputs

    @staticmethod
    def _plain(level: _Level, link: Link) -> Link | None:
        """The link as it stands, where nothing has to be followed."""
        source = level.nodes.get(link.node)
        if source is None or source.state != "on" or link.node in level.inner:
            return None
        if is_virtual(source.class_type):
            return None
        return Link(level.prefix + link.node, link.output) if level.prefix else link

    def _followed(self, level: _Level, id: NodeId, name: str, link: Link) -> _Found:
        source, node = level.nodes.get(link.node), level.nodes[id]
        if source is not None and source.class_type == PRIMITIVE:
            written = self._written(level, link.node, node, name)
            return written and _Value(self.spoken(node, name, written.value))
        if self.asking is not node:
            slots = self.faces.of(node).inputs
            self.asking, self.types = node, {slot.name: slot.type for slot in slots}
        asked = _At(level, link.node, link.output, self.types.get(name, ANY))
        return self._resolved(asked, f"{node.title} (node {level.prefix}{id})", name)

    # Following a link

    def _resolved(self, at: _At, who: str, name: str) -> _Found:
        """What an output comes to: a link to a node that runs, a value, or nothing."""
        passed, below = dict[tuple[int, NodeId, int, str], None](), list[_Value]()
        here: _At | _Found = at
        while isinstance(here, _At):
            key = (id(here.level), here.node, here.output, here.type)
            if key in self.memo:
                here = self.memo[key]
                break
            if key in passed:
                ring = ", ".join(dict.fromkeys(node for _, node, _, _ in passed))
                raise GraphError(f"{who}: {name} comes from nodes that feed each other ({ring})")
            passed[key] = None
            here = self._step(here, below)
        if here is None and below:
            return below[-1]
        if not below:
            self.memo.update(dict.fromkeys(passed, here))
        return here

    def _step(self, at: _At, below: list[_Value]) -> "_At | _Found":
        level, id, output, _ = at
        if id == BORDER:
            return self._outside(at, below)
        below.clear()
        node = level.nodes.get(id)
        if node is None:
            return Link(level.prefix + id, output)
        if node.state == "muted":
            return None
        if node.state == "bypassed":
            return self._bypassed(at, node)
        if id in level.inner:
            return self._inside(at)
        if not is_virtual(node.class_type):
            return Link(level.prefix + id, output)
        return self._handed_on(at, node)

    def _outside(self, at: _At, below: list[_Value]) -> "_At | _Found":
        """A link from the border: what the instance has at that input."""
        level, instance = at.level, at.level.instance()
        if instance is None or level.outer is None or level.definition is None:
            return Link(BORDER, at.output)
        if not 0 <= at.output < len(level.definition.inputs):
            return None
        slot = self.faces.of(instance).inputs[at.output]
        if slot.name not in instance.inputs:
            return None
        value = instance.inputs[slot.name]
        if not isinstance(value, Link):
            below.clear()
            return _Value(value)
        source = level.outer.nodes.get(value.node)
        if source is not None and source.class_type == PRIMITIVE:
            return self._written(level.outer, value.node, instance, slot.name)
        if value.node == BORDER and slot.name in instance.under:
            below.append(_Value(instance.under[slot.name]))
        return _At(level.outer, value.node, value.output, slot.type)

    @staticmethod
    def _inside(at: _At) -> "_At | _Found":
        """A link from an instance: what its definition gives out there."""
        inner = at.level.inner[at.node]
        outputs = inner.definition.outputs if inner.definition else []
        source = outputs[at.output].get("from") if 0 <= at.output < len(outputs) else None
        if not isinstance(source, Link):
            return None
        return _At(inner, source.node, source.output, at.type)

    def _bypassed(self, at: _At, node: Node) -> "_At | _Found":
        """What feeds the input that stands in for this output; an open one gives nothing."""
        slot = bypass(self.faces.of(node), at.output, at.type)
        link = node.inputs.get(slot.name) if slot else None
        if slot is None or not isinstance(link, Link):
            return None
        return _At(at.level, link.node, link.output, slot.type)

    def _handed_on(self, at: _At, node: Node) -> "_At | _Found":
        """What an editor's own node passes on."""
        if node.class_type == GET:
            return self._got(at, node)
        links = list(node.links())
        if node.class_type == PRIMITIVE or not 0 <= at.output < len(links):
            return None
        link = links[at.output][1]
        return _At(at.level, link.node, link.output, at.type)

    @staticmethod
    def _got(at: _At, node: Node) -> "_At | _Found":
        """What the Set node of the same name takes, here or further out."""
        names = [value for value in node.inputs.values() if isinstance(value, str)]
        level: _Level | None = at.level
        while level is not None and names:
            link = level.sets.get(names[0])
            if link is not None:
                return _At(level, link.node, link.output, at.type)
            level = level.outer
        return None

    # What primitives write

    def _written(self, level: _Level, primitive: NodeId, target: Node, name: str) -> _Value | None:
        """What a primitive writes into a widget: within all its targets' ranges, rounded."""
        source = level.nodes[primitive]
        slot = self.faces.of(target).input(name)
        if "value" not in source.inputs or (slot is not None and not slot.widget):
            return None
        value = self.spoken(source, "value", source.inputs["value"])
        common, own = self._common(level, primitive), self.faces.span(target, name)
        value = common.clamped(value) if common else value
        return _Value(own.rounded(value) if own else value)

    def _common(self, level: _Level, primitive: NodeId) -> Span | None:
        key = (id(level), primitive)
        if key not in self.spans:
            common: Span | None = None
            for target, name in level.fed_by(primitive):
                span = self.faces.span(level.nodes[target], name)
                common = common.common(span) if common and span else common or span
            self.spans[key] = common
        return self.spans[key]

    def _open_inputs(self, level: _Level, id: NodeId, node: Node, inputs: dict[str, Any]) -> None:
        """Give open sockets what Everywhere nodes hand out."""
        for slot in self.faces.of(node).inputs:
            if slot.name in inputs or slot.widget:
                continue
            link = level.everywhere.get(f"{id}/{slot.name}") or self._offered(level, slot)
            if link is None:
                continue
            found = self._resolved(
                _At(level, link.node, link.output, slot.type), f"node {level.prefix}{id}", slot.name
            )
            if isinstance(found, Link):
                inputs[slot.name] = found

    def _offered(self, level: _Level, slot: Slot) -> Link | None:
        if level.typed is None:
            level.typed = {}
            for name, sender, link in level.offers:
                source = level.nodes.get(link.node)
                outputs = self.faces.of(source).outputs if source else ()
                if 0 <= link.output < len(outputs):
                    offer = (name, sender, link)
                    level.typed.setdefault(outputs[link.output].type, []).append(offer)
        offers = level.typed.get(slot.type, [])
        fitting = (link for name, sender, link in offers if takes(sender, name, slot.name))
        return next(fitting, None)
