"""Content keys: the digest of the recipe by which a result is made.

A recipe is the node type and its revision, the literal inputs (defaults filled in, coerced,
undeclared ones left out), and for each link the key of its source with the output's number. Ids,
places and titles don't enter, so equal work has an equal key. A file enters by its content; where
its name is another node's result, the recipe, and all that follow from it, are written when that
is there. Nothing here keeps a result.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import orjson

from engine.errors import GraphError
from engine.execution.shapes import Shape, coerced_or_same, shape_of
from engine.graph.model import Link, Node, NodeId
from engine.graph.order import ordered
from engine.spec.context import Context
from engine.spec.fingerprint import fingerprint_of
from engine.spec.inputs import MISSING
from engine.spec.node import NodeSpec

Key: TypeAlias = str
SourceLink: TypeAlias = tuple[str, NodeId, int, bool]
"""A link as a run sees it: the input, the source, its output, whether the input is lazy."""

Place: TypeAlias = tuple[NodeId, int]
"""One output of one node."""

DIGEST_BYTES: Final = 16


@dataclass(slots=True)
class Recipe:
    """One node with everything that a run of it needs.

    literals: the values that don't come by a link. links: `(input, source, output, lazy)`.
    text: the encoded recipe, whose digest is `key`.
    """

    id: NodeId
    node: Node
    shape: Shape
    key: Key
    text: bytes
    literals: dict[str, Any]
    links: list[SourceLink]


@dataclass(slots=True)
class Draft:
    """Recipes under some targets, sources first, as far as they can be written; all with ranks.

    late: the nodes of the others. names: the outputs whose values must be learned before any more
    can be written.
    """

    written: list[tuple[int, Recipe]] = field(default_factory=list[tuple[int, Recipe]])
    late: list[tuple[int, NodeId]] = field(default_factory=list[tuple[int, NodeId]])
    names: dict[Place, None] = field(default_factory=dict[Place, None])


def digest(text: bytes) -> Key:
    """32 hexadecimal digits."""
    return hashlib.blake2b(text, digest_size=DIGEST_BYTES).hexdigest()


@dataclass(slots=True)
class Recipes:
    """The recipes of the nodes of one run, each written once; expansions add nodes to it.

    world: what every key depends on: the kind of device, the policy of dtypes.
    """

    nodes: dict[NodeId, Node]
    registry: Mapping[str, NodeSpec]
    context: Context
    policy: str = ""
    shapes: dict[str, Shape] = field(default_factory=dict[str, Shape])
    known: dict[NodeId, Recipe] = field(default_factory=dict[NodeId, Recipe])
    origins: dict[NodeId, str] = field(default_factory=dict[NodeId, str])
    named: dict[Place, list[str]] = field(default_factory=dict[Place, list[str]])
    _world: str = ""
    _folders: str = ""

    def __post_init__(self) -> None:
        self._world = f"{self.context.device.partition(':')[0]}/{self.policy}"
        self._folders = f"{self.context.folders.output}|{self.context.folders.temp}"

    def shape(self, id: NodeId) -> Shape:
        """The shape of a node's type. Raises `GraphError` if there is no such node or type."""
        node = self.nodes.get(id)
        if node is None:
            raise GraphError(f"node {id} is not there")
        shape = self.shapes.get(node.class_type)
        if shape is None:
            spec = self.registry.get(node.class_type)
            if spec is None:
                raise GraphError(f"node {id} is of the unknown type {node.class_type!r}")
            shape = self.shapes[node.class_type] = shape_of(spec)
        return shape

    def write(self, targets: Iterable[NodeId]) -> Draft:
        """The recipes of `targets` and of all they depend on; new ones only.

        Raises `GraphError` for a cycle, a missing node or an unknown type.
        """
        sources = self._sources(targets)
        order, sound = ordered(sources)
        if not sound:
            raise GraphError("the nodes wait for each other in a cycle")
        return self.go_on(enumerate(order))

    def learn(self, place: Place, items: Sequence[Any]) -> None:
        """Take in what an output gave that names files."""
        self.named[place] = [item for item in items if isinstance(item, str)]

    def go_on(self, ranked: Iterable[tuple[int, NodeId]]) -> Draft:
        """Write recipes in that order: what is late of a draft, when its names were learned."""
        draft, known = Draft(), self.known
        written, late, names = draft.written, draft.late, draft.names
        for rank, id in ranked:
            if id in known:
                continue
            recipe = self._write(id, names)
            if recipe is None:
                late.append((rank, id))
            else:
                written.append((rank, recipe))
        return draft

    def _sources(self, targets: Iterable[NodeId]) -> dict[NodeId, list[NodeId]]:
        """What is new under `targets`, found without recursion, in the order of the targets."""
        found = dict[NodeId, list[NodeId]]()
        waiting = [id for id in targets if id not in self.known]
        waiting.reverse()
        while waiting:
            id = waiting.pop()
            if id in found:
                continue
            links = self.shape(id).links(self.nodes[id])
            taken = found[id] = [link.node for _, link in links]
            for source in reversed(taken):
                if source not in self.known and source not in found:
                    waiting.append(source)
        return found

    def _write(self, id: NodeId, names: dict[Place, None]) -> Recipe | None:
        """None if it is too early; the outputs that are wanting, if only these are, in `names`."""
        node, shape, known = self.nodes[id], self.shape(id), self.known
        spec, given = shape.spec, node.inputs
        literals, links = dict[str, Any](), list[SourceLink]()
        parts: dict[str, Any] = {}
        fields = shape.fields
        if spec.open_inputs:
            extra = (shape.field(name) for name in given if name not in shape.by_name)
            fields = (*fields, *(one for one in extra if one is not None))
        for one in fields:
            name = one.name
            value = given.get(name, MISSING)
            if type(value) is Link:
                source = known.get(value.node)
                if source is None:
                    return None
                parts[name] = [source.key, value.output]
                if one.raw:
                    literals[name] = value
                else:
                    links.append((name, value.node, value.output, one.lazy))
                continue
            if value is None and one.optional:
                continue
            if value is not MISSING:
                value = coerced_or_same(one.coerce, value)
            elif one.default is MISSING:
                continue
            else:
                value = one.default
            literals[name] = value
            parts[name] = [value]
        recipe: list[Any] = [spec.name, shape.revision, self._world, parts]
        if shape.volatile:
            linked = [link for link in links if link[0] in shape.files]
            wanting = [link[1:3] for link in linked if link[1:3] not in self.named]
            if wanting:
                names.update(dict.fromkeys(wanting))
                return None
            recipe.append(self._fingerprint(shape, literals, linked))
        if spec.effect:
            recipe.append(self._folders)
        if spec.reads_id:
            recipe.append({"id": id})
        text = self._encoded(id, recipe, parts)
        written = Recipe(id, node, shape, digest(text), text, literals, links)
        known[id] = written
        return written

    def _fingerprint(
        self, shape: Shape, literals: Mapping[str, Any], linked: Iterable[SourceLink]
    ) -> str:
        """The world outside; a node that can't tell runs, and says itself what is wrong."""
        names = {
            name: [shape.by_name[name].coerce(one) for one in self.named[source, output]]
            for name, source, output, _ in linked
        }
        try:
            return fingerprint_of(shape.spec, literals, self.context, names)
        except Exception:
            return secrets.token_hex(DIGEST_BYTES)

    def _encoded(self, id: NodeId, recipe: list[Any], parts: dict[str, Any]) -> bytes:
        try:
            return orjson.dumps(recipe, option=orjson.OPT_SORT_KEYS)
        except TypeError:
            origin = self.origins.get(id)
            for name, part in parts.items():
                if len(part) == 1:
                    parts[name] = [_told(part[0], origin, name)]
            return orjson.dumps(recipe, option=orjson.OPT_SORT_KEYS)


def _told(value: Any, origin: str | None, name: str) -> Any:
    """A literal that orjson can't hold: an integer of more than 64 bits, or an object.

    An object that an expansion put there follows from the key of the node that expanded; any
    other is like nothing that ever was.
    """
    try:
        orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        try:
            return {"json": json.dumps(value, sort_keys=True)}
        except (TypeError, ValueError, RecursionError):
            return {"within": origin or secrets.token_hex(DIGEST_BYTES), "input": name}
    return value
