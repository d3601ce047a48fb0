"""A node spec made ready for many nodes: what to read, how to coerce it, what is special.

Coercion follows ComfyUI: numbers from text and from each other, anything to text, truth as Python
has it. Knows one node at a time; links are passed on as they are.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from engine.graph.model import Link, Node
from engine.spec.fingerprint import is_file, is_volatile
from engine.spec.inputs import MISSING, Choice, Input
from engine.spec.node import NodeSpec

Coerce = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One input, with all that a run must know of it."""

    name: str
    declared: Input
    coerce: Coerce
    default: Any
    lazy: bool
    many: bool
    raw: bool
    optional: bool = False
    """Null in a file says no more than leaving it out."""


@dataclass(slots=True)
class Shape:
    """One spec. volatile: the world outside enters the key; files: inputs that name one there."""

    spec: NodeSpec
    fields: tuple[Field, ...]
    revision: str
    by_name: dict[str, Field] = field(default_factory=dict[str, Field])
    groups: dict[str, Input] = field(default_factory=dict[str, Input])
    many: frozenset[str] = frozenset()
    spread: tuple[bool, ...] = ()
    has_lazy: bool = False
    volatile: bool = False
    files: frozenset[str] = frozenset()
    lane: str = ""

    def field(self, name: str) -> Field | None:
        """What is known of an input of that name; None if the node has none."""
        found = self.by_name.get(name)
        if found is None and self.spec.open_inputs:
            return Field(name, Input(name, "*"), plain, MISSING, False, False, False)
        return found

    def links(self, node: Node) -> Iterator[tuple[str, Link]]:
        """The links that count: those at inputs the node has."""
        names, is_open = self.by_name, self.spec.open_inputs
        for name, value in node.inputs.items():
            if type(value) is Link and (name in names or is_open):
                yield name, value


def shape_of(spec: NodeSpec) -> Shape:
    """A spec made ready: once, since tiny jobs would notice."""
    found: Shape | None = spec.derived.get(Shape)
    if found is None:
        found = spec.derived[Shape] = _made(spec)
    return found


def _made(spec: NodeSpec) -> Shape:
    fields = tuple(_field(spec, one) for declared in spec.inputs for one in _members(declared))
    return Shape(
        spec=spec,
        fields=fields,
        revision=spec.revision(),
        by_name={one.name: one for one in fields},
        groups={one.name: one for one in spec.inputs if one.grows is not None},
        many=frozenset(one.name for one in fields if one.many),
        spread=tuple(output.many for output in spec.outputs),
        has_lazy=any(one.lazy for one in fields),
        volatile=is_volatile(spec),
        files=frozenset(one.name for one in spec.inputs if is_file(one)),
        lane=str(spec.extra.get("lane", "")),
    )


def _members(declared: Input) -> Iterator[Input]:
    """The input itself, or those of a group that grows, the first `minimum` required."""
    if declared.grows is None:
        yield declared
        return
    for index, name in enumerate(declared.grows.names):
        yield Input(
            name=f"{declared.name}.{name}",
            type=declared.grows.type,
            required=declared.required and index < declared.grows.minimum,
            lazy=declared.lazy,
            match=declared.match,
        )


def _field(spec: NodeSpec, declared: Input) -> Field:
    coerce = coercion(declared)
    default = declared.default
    if default is not MISSING:
        default = coerced_or_same(coerce, default)
    lazy = declared.lazy and spec.needs is not None
    raw = bool(declared.options.get("rawLink"))
    optional = not declared.required and default is MISSING
    return Field(declared.name, declared, coerce, default, lazy, declared.many, raw, optional)


def coercion(declared: Input) -> Coerce:
    """How a literal becomes this input's value; raises `ValueError` or `TypeError` if it can't."""
    if isinstance(declared.widget, Choice):
        return slashes if declared.widget.folder else plain
    return _COERCIONS.get(declared.type, plain)


def coerced_or_same(coerce: Coerce, value: Any) -> Any:
    """The coerced value, or the value itself where that fails (a check has told of it)."""
    try:
        return coerce(value)
    except (ValueError, TypeError, OverflowError):
        return value


def plain(value: Any) -> Any:
    """The value itself, out of the object `{"__value__": ...}` that it may be wrapped in."""
    if isinstance(value, Mapping) and "__value__" in value:
        return cast(Mapping[str, Any], value)["__value__"]
    return cast(Any, value)


def slashes(value: Any) -> Any:
    """A file's name with the slashes of this house, wherever the workflow was saved."""
    value = plain(value)
    return value.replace("\\", "/") if isinstance(value, str) else value


def _integer(value: Any) -> int:
    return value if type(value) is int else int(plain(value))


def _number(value: Any) -> float:
    if type(value) is not float:
        value = float(plain(value))
    if not math.isfinite(value):
        raise ValueError(f"{value} is not a finite number")
    return value


def _text(value: Any) -> str:
    return value if type(value) is str else str(plain(value))


def _truth(value: Any) -> bool:
    return value if type(value) is bool else bool(plain(value))


_COERCIONS: Final[Mapping[str, Coerce]] = {
    "INT": _integer,
    "FLOAT": _number,
    "STRING": _text,
    "BOOLEAN": _truth,
}
