"""Texts, and any value as text."""

import json
from typing import Annotated, Any

from engine.spec.inputs import Text
from engine.spec.node import node
from engine.spec.result import Result
from engine.spec.signature import AnyValue
from engine.values.codec import Codec


@node("StringConcatenate", title="Concatenate", category="utils/string")
def string_concatenate(
    *,
    string_a: Annotated[str, Text(multiline=True)],
    string_b: Annotated[str, Text(multiline=True)],
    delimiter: Annotated[str, Text(multiline=False)] = "",
) -> str:
    """Put two texts behind each other.

    Args:
        delimiter: what stands between them.
    """
    return f"{string_a}{delimiter}{string_b}"


@node("PreviewAny", title="Preview Any", category="utils", terminal=True)
def preview_any(*, source: AnyValue) -> Result:
    """Show any value as text.

    Args:
        source: a text as it is, plain values as JSON, everything else by its kind and shape.
    """
    return Result(shown={"text": [_as_text(source)]})


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool | int | float):
        return str(value)
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return Codec().describe(value)
