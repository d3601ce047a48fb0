"""Which worker has most of a job's work behind it, judged by recipes alone.

A node's trait is a digest of its type, its literal inputs and the traits of what it is linked to:
much like a cache key, but known to a server that has neither the nodes' code nor their files.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final, TypeAlias, cast

import orjson

from engine.graph.order import ordered

Trait: TypeAlias = bytes

REMEMBERED: Final = 20_000  # traits of each worker


def traits(prompt: bytes) -> list[Trait]:
    """The traits of a prompt's nodes, whose graph (in API form) was checked."""
    nodes: dict[str, Any] = orjson.loads(prompt)
    found = dict[str, Trait]()
    order, _ = ordered({id: _sources(nodes, id) for id in nodes})
    for id in order:
        found[id] = _trait(nodes[id], found)
    return list(found.values())


def _sources(nodes: dict[str, Any], id: str) -> list[str]:
    values = _inputs(nodes[id]).values()
    return [value[0] for value in values if _is_link(value) and value[0] in nodes]


def _inputs(node: Any) -> dict[str, Any]:
    found: Any = cast(Any, node).get("inputs") if isinstance(node, dict) else None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _is_link(value: Any) -> bool:
    return (
        isinstance(value, list) and len(cast("list[Any]", value)) == 2 and isinstance(value[0], str)
    )


def _trait(node: Any, found: dict[str, Trait]) -> Trait:
    recipe = {
        name: [found[value[0]].hex(), value[1]] if _is_link(value) and value[0] in found else value
        for name, value in _inputs(node).items()
    }
    text = orjson.dumps([node.get("class_type"), recipe], option=orjson.OPT_SORT_KEYS)
    return blake2b(text, digest_size=8).digest()


@dataclass(slots=True)
class Memory:
    """The traits that a worker has met, the latest last."""

    known: OrderedDict[Trait, None] = field(default_factory=OrderedDict[Trait, None])

    def share(self, wanted: list[Trait]) -> int:
        """How many of these it has met."""
        return sum(trait in self.known for trait in wanted)

    def learn(self, met: list[Trait]) -> None:
        """It has met these now."""
        for trait in met:
            self.known[trait] = None
            self.known.move_to_end(trait)
        while len(self.known) > REMEMBERED:
            self.known.popitem(last=False)

    def forget(self) -> None:
        """It is another worker now, or has let go of all."""
        self.known.clear()
