"""The sockets of a node type as `flatten` needs them: names, types, and ranges of numbers.

Bare data that whoever knows node types hands in; knows no specs and no files.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import floor, isfinite, log10
from typing import Any, TypeAlias, cast

from engine.graph.model import Node

ANY = "*"


@dataclass(frozen=True, slots=True)
class Span:
    """The numbers that a widget takes, in the input's own unit.

    whole: an integer's widget. round: 0 leaves the digits alone, None means those of `step`.
    """

    min: float
    max: float
    step: float
    whole: bool
    round: float | None = None

    def common(self, other: "Span") -> "Span":
        """This span, narrowed to what `other` takes too."""
        low, high = max(self.min, other.min), min(self.max, other.max)
        return Span(low, high, self.step, self.whole, self.round)

    def clamped(self, value: Any) -> Any:
        """The nearest number inside; what is no number stays as it is."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            return value
        return max(self.min, min(self.max, value))

    def rounded(self, value: Any) -> Any:
        """The number as this widget shows it, halves up; what is no number stays as it is."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            return value
        return self._whole(value) if self.whole else self._decimal(value)

    def _whole(self, value: float) -> float:
        step = int(self.step) or 1
        shift = int(self.min) % step
        if isinstance(value, int):
            return (2 * (value - shift) + step) // (2 * step) * step + shift
        return floor((value - shift) / step + 0.5) * step + shift

    def _decimal(self, value: float) -> float:
        digits = max(-floor(log10(self.step)), 0) if self.step > 0 else 0
        grain = round(10.0 ** (6 - digits)) / 1e6 if self.round is None else self.round
        if grain <= 0:
            return value
        nearest = Decimal(floor(value / grain + 0.5) * grain)
        places = Decimal(1).scaleb(-min(digits, 20))
        return self.clamped(float(nearest.quantize(places, ROUND_HALF_UP)))


@dataclass(frozen=True, slots=True)
class Slot:
    """One socket. widget: a hand can set it, so that a link only lies over its value."""

    name: str
    type: str
    widget: bool = False
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Sockets:
    """All sockets of a node type, in order: those that only take links first, then widgets."""

    inputs: tuple[Slot, ...] = ()
    outputs: tuple[Slot, ...] = ()

    def input(self, name: str) -> Slot | None:
        return next((slot for slot in self.inputs if slot.name == name), None)


SocketsOf: TypeAlias = Callable[[str], Sockets | None]


def sockets_of(node: Node, known: SocketsOf) -> Sockets:
    """The sockets of one node: its type's, then inputs that only this node's file has."""
    found = known(node.class_type)
    kept = node.extra.get("sockets")
    if not isinstance(kept, Mapping):
        return found or Sockets(tuple(Slot(name, ANY) for name in node.inputs))
    said = cast(Mapping[str, Any], kept)
    inputs, outputs = _slots(said.get("inputs")), _slots(said.get("outputs"))
    if found is None:
        return Sockets(inputs, outputs)
    names = {slot.name for slot in found.inputs}
    more = tuple(slot for slot in inputs if slot.name not in names and not slot.widget)
    outputs = found.outputs + outputs[len(found.outputs) :]
    return Sockets(found.inputs + more, outputs)


def _slots(listed: Any) -> tuple[Slot, ...]:
    entries = cast(Sequence[Any], listed) if isinstance(listed, list) else ()
    said = [cast(Mapping[str, Any], entry) for entry in entries if isinstance(entry, Mapping)]
    return tuple(
        Slot(str(slot.get("name", "")), str(slot.get("type", ANY)), "widget" in slot)
        for slot in said
    )


def fits(given: str, wanted: str) -> bool:
    """Whether a link may join these types: equal in any case, any, or unions that meet."""
    if given == wanted or given in ("", ANY) or wanted in ("", ANY):
        return True
    parts, others = ({name.strip().lower() for name in t.split(",")} for t in (given, wanted))
    return ANY in parts or ANY in others or not parts.isdisjoint(others)
