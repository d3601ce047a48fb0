"""A codec for values that JSON can hold: enough for toy nodes, scripts and tests without torch."""

from dataclasses import dataclass
from math import isfinite
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
        outputs = [list(items) for items in value]
        _refuse_others(outputs)
        return orjson.dumps(outputs)

    def load(self, data: bytes) -> Any:
        return orjson.loads(data)

    def describe(self, value: Any) -> str:
        plain = value is None or isinstance(value, bool | int | float | str | list | dict | tuple)
        text = repr(cast(object, value)) if plain else type(cast(object, value)).__name__
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _refuse_others(value: Any) -> None:
    """Raise `TypeError` for what would come back as something else than it was."""
    waiting: list[Any] = [value]
    while waiting:
        item: Any = waiting.pop()
        kind = type(cast(object, item))
        if kind is list:
            waiting.extend(item)
        elif kind is dict:
            waiting.extend(item)
            waiting.extend(item.values())
        elif kind not in (str, int, bool, type(None)) and not (kind is float and isfinite(item)):
            raise TypeError(f"{kind.__name__} has no form on disk")
