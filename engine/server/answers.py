"""How the server answers: JSON bodies, and one way to say what is wrong. Knows no routes."""

import json
from typing import Any, Final, cast

import orjson
from aiohttp import web

JSON: Final = "application/json"


class Refused(Exception):
    """A request that is answered with a status and a sentence instead of what it asked for."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def encoded(value: Any) -> bytes:
    """JSON text; integers may have any size."""
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:  # an integer of more than 64 bits
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def answer(value: Any, status: int = 200) -> web.Response:
    """A value as JSON."""
    return text(encoded(value), status)


def text(body: bytes, status: int = 200) -> web.Response:
    """JSON that is text already."""
    return web.Response(body=body, status=status, content_type=JSON)


def done(status: int = 200) -> web.Response:
    """Nothing to say."""
    return web.Response(status=status)


def wrong(status: int, message: str) -> web.Response:
    """What is wrong, in a sentence."""
    return answer({"error": message}, status)


def mapping(value: Any, what: str = "the body") -> dict[str, Any]:
    """`value` if it is a JSON object. Raises `Refused` (400)."""
    if not isinstance(value, dict):
        raise Refused(400, f"{what} must be a JSON object")
    return cast("dict[str, Any]", value)


def texts(value: Any, what: str) -> list[str]:
    """`value` if it is a list of texts. Raises `Refused` (400)."""
    found = cast("list[str]", value) if isinstance(value, list) else None
    if found is None or any(type(item) is not str for item in found):
        raise Refused(400, f"{what} must be a list of texts")
    return found


def whole(value: str | None, what: str) -> int | None:
    """A number out of a query, None where it isn't given. Raises `Refused` (400)."""
    if value is None:
        return None
    try:
        found = int(value)
    except ValueError:
        raise Refused(400, f"{what} must be a whole number") from None
    if abs(found) >= 2**53:
        raise Refused(400, f"{what} is out of range")
    return found
