"""How a route is declared: once, with what `/openapi.json` says of it. Knows no handler."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from aiohttp import web

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
Schema: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path.

    query, body: JSON schemas of what may be sent; a body that is no JSON names its media type.
    answers: by status, a schema, or the media type of what is no JSON, or None for nothing.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    tag: str
    query: Mapping[str, Schema] = field(default_factory=dict[str, Schema])
    body: Schema | str | None = None
    answers: Mapping[int, Schema | str | None] = field(
        default_factory=dict[int, "Schema | str | None"]
    )


@dataclass(slots=True)
class Routes:
    """The routes of one module, under the heading `tag`."""

    tag: str
    found: list[Route] = field(default_factory=list[Route])

    def on(
        self,
        method: str,
        path: str,
        summary: str,
        *,
        query: Mapping[str, Schema] | None = None,
        body: Schema | str | None = None,
        answers: Mapping[int, Schema | str | None] | None = None,
    ) -> Callable[[Handler], Handler]:
        """Declare a handler."""

        def declare(handler: Handler) -> Handler:
            told = answers if answers is not None else {200: ANY}
            self.found.append(
                Route(method, path, handler, summary, self.tag, query or {}, body, told)
            )
            return handler

        return declare


ANY: Schema = {}
TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
TRUTH: Schema = {"type": "boolean"}
OBJECT: Schema = {"type": "object"}
TEXTS: Schema = {"type": "array", "items": TEXT}


def listing(of: Schema) -> Schema:
    """A list of such."""
    return {"type": "array", "items": of}


def fields(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    """An object with these fields."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
    }
