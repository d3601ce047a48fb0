"""JSON text within bounds: what is parsed can be walked, encoded and written again.

Size, depth, finite numbers, each key once, no half characters. Knows nothing of workflows.
"""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias, cast

from engine.errors import FileProblem

MAX_BYTES: Final = 32 * 2**20
MAX_DEPTH: Final = 100
MAX_INTEGER_BITS: Final = 1024
LINE: Final = 96
"""What fits in so many characters stays on one line when it is written."""

Json: TypeAlias = dict[str, Any]


def parsed(source: bytes | str | Mapping[str, Any], path: str = "") -> Json:
    """A JSON object within all bounds: size, depth, finite numbers, each key once, whole text.

    Raises `FileProblem` that says which bound was crossed, and where.
    """
    if isinstance(source, Mapping):
        document: Any = source
    else:
        document = _loaded(source, path)
    if not isinstance(document, Mapping):
        raise FileProblem(f"expected a JSON object, given {kind_of(document)}", path=path)
    _bounded(document, path)
    return cast(Json, document)


def _loaded(source: bytes | str, path: str) -> Any:
    if len(source) > MAX_BYTES:
        raise FileProblem(f"is larger than {MAX_BYTES // 2**20} MB", path=path)
    try:
        text = source.decode("utf-8-sig") if isinstance(source, bytes) else source
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except UnicodeDecodeError as error:
        raise FileProblem(f"is not UTF-8 text (at byte {error.start})", path=path) from None
    except RecursionError:
        raise FileProblem(f"is nested more than {MAX_DEPTH} levels deep", path=path) from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise FileProblem(f"is not JSON: {place}: {error.msg}", path=path) from None
    except FileProblem as problem:
        raise FileProblem(str(problem), path=path) from None
    except ValueError:
        raise FileProblem("holds a number with thousands of digits", path=path) from None


def _object(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen = set[str]()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))
        raise FileProblem(f"holds the key {twice!r} twice in one object; which one counts?")
    return found


def _constant(name: str) -> Any:
    raise FileProblem(f"holds {name}, which is no number in JSON")


def _bounded(document: Any, path: str) -> None:
    """Walk everything once, without recursion; what is surely sound is not looked at twice."""
    level: list[Any] = [document]
    for _ in range(MAX_DEPTH):
        inner = list[Any]()
        for value in level:
            if isinstance(value, str):
                if not value.isascii():
                    _plain(value, path)
            elif value is None or isinstance(value, (int, float)):
                if value is not None:
                    _plain(value, path)
            elif isinstance(value, (dict, Mapping)):
                found = cast(Mapping[Any, Any], value)
                for key in found:
                    if not (isinstance(key, str) and key.isascii()):
                        _plain(key, path)
                inner.extend(found.values())
            elif isinstance(value, list):
                inner.extend(cast(list[Any], value))
            else:
                _plain(value, path)
        if not inner:
            return
        level = inner
    raise FileProblem(f"is nested more than {MAX_DEPTH} levels deep", path=path)


def _plain(value: Any, path: str) -> None:
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise FileProblem("holds half a character (a lone surrogate)", path=path)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise FileProblem("holds a number that is not finite", path=path)
    elif isinstance(value, int):
        if value.bit_length() > MAX_INTEGER_BITS:
            raise FileProblem("holds an integer with hundreds of digits", path=path)
    elif value is not None:
        raise FileProblem(f"holds {kind_of(value)}, which JSON can't", path=path)


def kind_of(value: Any) -> str:
    names: dict[Any, str] = {dict: "an object", list: "a list", str: "text", bool: "a truth value"}
    if value is None:
        return "null"
    return names.get(type(value)) or f"{type(value).__name__} {value!r:.40}"


def dumps(document: Mapping[str, Any]) -> bytes:
    """JSON as people and `git diff` like it: what fits on a line stays on one. Ends in a newline.

    Raises `FileProblem` where a value can't stand in JSON.
    """
    parsed(document)
    return ("".join(_laid_out(document, "")) + "\n").encode()


def _laid_out(value: Any, indent: str) -> Iterator[str]:
    """The pieces of `value` as text; depth is bounded, so that this may call itself."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value or len(indent) + len(line) <= LINE:
        yield line
        return
    inner, opening, closing = indent + "  ", *("{}" if isinstance(value, dict) else "[]")
    found = cast(Any, value)
    items = found.items() if isinstance(value, dict) else enumerate(found)
    for index, (key, item) in enumerate(items):
        yield f",\n{inner}" if index else f"{opening}\n{inner}"
        if isinstance(value, dict):
            yield json.dumps(key, ensure_ascii=False) + ": "
        yield from _laid_out(item, inner)
    yield f"\n{indent}{closing}"
