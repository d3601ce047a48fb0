"""What a node can say about one input: its socket type, its widget, its range.

Knows nothing of nodes, graphs or tensors. The markers here go into `Annotated[...]` in a node's
signature; `node.py` reads them into `Input`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Any, Final, TypeAlias


class Missing(Enum):
    """The type of `MISSING`: no default was given (None is a value)."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING

MAX_SEED: Final = 2**64 - 1
ANY: Final = "*"


@dataclass(frozen=True, slots=True)
class Socket:
    """The name of a type that travels on links, such as LATENT; `"A,B"` is a union, `"*"` any."""

    type: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number's widget. `min`, `max`, `step` and `round` are in the input's own unit.

    control: the widget offers what happens to the value after a run (fixed, next, random).
    display: "number", "slider" or "knob"; None leaves it to the editor.
    """

    min: float | None = None
    max: float | None = None
    step: float | None = None
    round: float | bool | None = None
    control: bool = False
    display: str | None = None


def Slider(  # noqa: N802 - reads as a type in a signature
    minimum: float, maximum: float, step: float | None = None, round: float | None = None
) -> Number:
    """A number that is set by a slider."""
    return Number(minimum, maximum, step, round, display="slider")


@dataclass(frozen=True, slots=True)
class Text:
    """A string's widget. `dynamic_prompts`: `{a|b}` in it is chosen from when a run is queued."""

    multiline: bool | None = None
    dynamic_prompts: bool = False
    placeholder: str = ""


@dataclass(frozen=True, slots=True)
class Toggle:
    """A boolean's widget, with the words shown when it is on and off."""

    on: str = ""
    off: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a list. With `folder` the list is that of the files in a model or data folder.

    options: the choices, in order; after those of the folder if both are given.
    folder: a folder's name as `folders` knows it ("loras", "input"); listed when asked.
    upload: the widget takes a picture ("image"); such a value may also be an annotated name,
        `name.png [output]`.
    """

    options: tuple[str | int | float | bool, ...] = ()
    folder: str = ""
    upload: str = ""
    control: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A type variable: all sockets of a node with one `template` carry the same type."""

    template: str
    allowed: str = ANY


@dataclass(frozen=True, slots=True)
class Grows:
    """A group of sockets that grows while it is used; inputs are named `group.name`.

    names: the names in order; type: of each socket; minimum: how many are always shown. The
    function receives a dict of those that are given, by name.
    """

    names: tuple[str, ...]
    type: str
    minimum: int = 1


@dataclass(frozen=True, slots=True)
class LazyMarker:
    """Marks an input that is computed only if the node's `needs` asks for it."""


@dataclass(frozen=True, slots=True)
class Options:
    """Further options of an input that only an editor reads (`forceInput`, `advanced` ...)."""

    values: Mapping[str, Any] = field(default_factory=dict[str, Any])


Widget: TypeAlias = Number | Text | Toggle | Choice
Seed: TypeAlias = Annotated[int, Number(0, MAX_SEED, control=True)]


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a node.

    name: as in files; type: "INT", "FLOAT", "STRING", "BOOLEAN", "COMBO", or a socket's type.
    required: an input with a default may still be required (the file must hold it or it is
        filled in); `| None` makes it optional.
    many: the node takes the whole list that arrives, not one item a call.
    """

    name: str
    type: str
    required: bool = True
    default: Any = MISSING
    widget: Widget | None = None
    tooltip: str = ""
    lazy: bool = False
    many: bool = False
    match: Match | None = None
    grows: Grows | None = None
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a node; `many` when the list that it returns is spread over calls."""

    name: str
    type: str
    tooltip: str = ""
    many: bool = False
    match: Match | None = None


def fits(given: str, wanted: str) -> bool:
    """Whether a link may join an output of type `given` to an input of type `wanted`."""
    if ANY in (given, wanted) or given == wanted:
        return True
    return not _types(given).isdisjoint(_types(wanted))


def _types(union: str) -> set[str]:
    return {name.strip() for name in union.split(",")}


SCALARS: Final[Mapping[type, str]] = {int: "INT", float: "FLOAT", str: "STRING", bool: "BOOLEAN"}
WIDGET_TYPES: Final[Sequence[str]] = ("INT", "FLOAT", "STRING", "BOOLEAN", "COMBO")
