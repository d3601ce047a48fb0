"""`/openapi.json`, made from the routes. Knows how OpenAPI 3.1 spells things."""

import re
from collections.abc import Iterable
from typing import Any, Final

from engine.server.answers import JSON
from engine.server.routes import OBJECT, Route, Schema
from engine.server.site import VERSION

MULTIPART: Final = "multipart/form-data"
ALWAYS: Final = {
    400: "what was sent is out of shape",
    401: "a token is missing",
    403: "the host, the origin or the name may not be used",
    404: "there is no such thing",
    413: "the body is too large",
    415: "the body's encoding is not known",
    500: "the server failed",
}
FORM: Final = {
    "type": "object",
    "properties": {
        "image": {"type": "string", "format": "binary"},
        "type": {"enum": ["input", "output", "temp"]},
        "subfolder": {"type": "string"},
        "overwrite": {"type": "string"},
        "original_ref": {"type": "string"},
    },
    "required": ["image"],
}


def description(routes: Iterable[Route]) -> dict[str, Any]:
    """The whole document; every path stands also under `/api`."""
    paths = dict[str, Any]()
    for route in routes:
        plain = re.sub(r"\{(\w+):[^}]*\}", r"{\1}", route.path)
        paths.setdefault(plain, {})[route.method.lower()] = _operation(route, plain)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Easel",
            "version": VERSION,
            "description": "ComfyUI's HTTP interface, with what Easel adds. Every path but `/` "
            "is also there under `/api`; `/ws` is the websocket.",
        },
        "paths": paths,
    }


def _operation(route: Route, path: str) -> dict[str, Any]:
    names = re.findall(r"\{(\w+)\}", path)
    found: dict[str, Any] = {
        "summary": route.summary,
        "tags": [route.tag],
        "parameters": [
            *(_parameter(name, "path", {"type": "string", "minLength": 1}) for name in names),
            *(_parameter(name, "query", schema) for name, schema in route.query.items()),
        ],
        "responses": {
            **{str(status): _problem(text) for status, text in ALWAYS.items()},
            **{str(status): _response(what) for status, what in route.answers.items()},
        },
    }
    if route.body is not None:
        found["requestBody"] = {"content": _content(route.body), "required": False}
    return found


def _parameter(name: str, where: str, schema: Schema) -> dict[str, Any]:
    return {"name": name, "in": where, "required": where == "path", "schema": schema}


def _content(body: Schema | str) -> dict[str, Any]:
    if isinstance(body, str):
        return {body: {"schema": FORM} if body == MULTIPART else {}}
    return {JSON: {"schema": body}}


def _response(what: Schema | str | None) -> dict[str, Any]:
    if what is None:
        return {"description": "done"}
    if isinstance(what, str):
        return {"description": "the content", "content": {what: {}}}
    return {"description": "the answer", "content": {JSON: {"schema": what}}}


def _problem(text: str) -> dict[str, Any]:
    return {"description": text, "content": {JSON: {"schema": OBJECT}}}
