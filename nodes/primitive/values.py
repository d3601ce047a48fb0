"""Single values that several nodes can share."""

from typing import Annotated

from engine.spec.inputs import Number, Text
from engine.spec.node import node

LARGEST = 2**63 - 1


@node("PrimitiveInt", title="Int", category="utils/primitive")
def primitive_int(*, value: Annotated[int, Number(-LARGEST, LARGEST, control=True)]) -> int:
    """Give a whole number; several nodes can share it."""
    return value


@node("PrimitiveFloat", title="Float", category="utils/primitive")
def primitive_float(*, value: Annotated[float, Number(-LARGEST, LARGEST)]) -> float:
    """Give a number; several nodes can share it."""
    return value


@node("PrimitiveBoolean", title="Boolean", category="utils/primitive")
def primitive_boolean(*, value: bool) -> bool:
    """Give yes or no; several nodes can share it."""
    return value


@node("PrimitiveString", title="String", category="utils/primitive")
def primitive_string(*, value: Annotated[str, Text(multiline=False)]) -> str:
    """Give a line of text; several nodes can share it."""
    return value


@node("PrimitiveStringMultiline", title="String (Multiline)", category="utils/primitive")
def primitive_string_multiline(*, value: Annotated[str, Text(multiline=True)]) -> str:
    """Give a text of several lines; several nodes can share it."""
    return value
