"""A codec for values that JSON can hold: enough for toy nodes, scripts and tests without torch."""

from dataclasses import dataclass
from typing import Any, Final, cast

import orjson

SMALL: Final = 32  # bytes that a number is taken to hold
LONGEST: Final = 200  # letters of a description


@dataclass(frozen=True, slots=True)
class PlainCodec:
    """Sizes, bytes and descriptions of plain data; other things are never written."""

    def size(self, value: Any) -> int:
        total, waiting = 0, [value]
        while waiting:
            item: Any = waiting.pop()
            if isinstance(item, tuple | list):
                waiting.extend(cast(Any, item))
            elif isinstance(item, dict):
                waiting.extend(cast(Any, item).values())
            elif isinstance(item, str | bytes):
                total += SMALL + len(item)
            else:
                total += SMALL
        return total

    def save(self, value: Any) -> bytes:
        return orjson.dumps(_lists(value), option=orjson.OPT_PASSTHROUGH_SUBCLASS)

    def load(self, data: bytes) -> Any:
        return orjson.loads(data)

    def describe(self, value: Any) -> str:
        plain = value is None or isinstance(value, bool | int | float | str | list | dict | tuple)
        text = repr(cast(object, value)) if plain else type(cast(object, value)).__name__
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _lists(value: Any) -> Any:
    """The outer tuples of a result as lists: JSON has no others. A tuple as a value is refused."""
    return [list(items) for items in cast(Any, value)] if isinstance(value, tuple) else value
