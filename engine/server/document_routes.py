"""Routes of documents: list, read, rename, copy, remove, and look at earlier states."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import orjson
from aiohttp import web

from engine.graph.files import easel_of
from engine.server import bodies, inert
from engine.server.answers import Refused, answer, done, encoded, mapping, text, whole
from engine.server.document_files import name_of, texts_of
from engine.server.documents import NONE
from engine.server.routes import ANY, OBJECT, TEXT, Routes, fields, listing
from engine.server.site import site_of
from engine.store import documents as store

if TYPE_CHECKING:
    from engine.convert.library import Library

routes = Routes("Documents")

PICTURE: Final = 512 * 2**20  # bytes of a picture that may carry a workflow
TO: Final = fields({"to": TEXT})
NAMED: Final = fields({"name": TEXT})
FAILS: Final = {400: ANY, 404: ANY}


@routes.on("GET", "/documents", "All documents", answers={200: listing(OBJECT)})
async def get_documents(request: web.Request) -> web.Response:
    site = site_of(request)
    pictures = await site.database.read(store.pictures)
    found = await asyncio.to_thread(lambda: list(site.documents.files.listing()))
    return answer(
        [
            {
                "name": one.name,
                "time": int(one.time * 1000),
                "size": one.size,
                "thumbnail": _thumbnail(pictures.get(one.name, "")),
            }
            for one in found
        ]
    )


def _thumbnail(picture: str) -> str | None:
    if not picture:
        return None
    said: dict[str, Any] = orjson.loads(picture)
    names = {key: str(said.get(key) or "") for key in ("filename", "subfolder", "type")}
    return "/view?" + urlencode({**names, "preview": "webp"})


@routes.on("GET", "/templates", "Example workflows", answers={200: listing(OBJECT)})
async def get_examples(request: web.Request) -> web.Response:
    place = site_of(request).options.workflows
    found = sorted(place.glob("*.json")) if place.is_dir() else []
    return answer([{"name": path.stem, "size": path.stat().st_size} for path in found])


@routes.on("GET", "/documents/{name}", "A document as it is now", answers={200: OBJECT, **FAILS})
async def get_document(request: web.Request) -> web.Response:
    site, name = site_of(request), _name(request)
    if not await site.documents.names.exists(name):
        raise Refused(404, NONE)
    document = await site.documents.steady(name)
    if not await document.written():
        await asyncio.sleep(0)  # that it failed is noticed in the next turn
        document = await site.documents.steady(name)
    return text(encoded(document.content))


@routes.on(
    "GET",
    "/documents/{name}/free",
    "A name like this one that no document has",
    answers={200: NAMED, 400: ANY},
)
async def get_free(request: web.Request) -> web.Response:
    return answer({"name": await site_of(request).documents.names.free(_name(request))})


@routes.on(
    "POST",
    "/documents/{name}/save",
    "Write a document's file now, edited or not",
    answers={200: NAMED, 500: ANY, **FAILS},
)
async def save(request: web.Request) -> web.Response:
    name = _name(request)
    await site_of(request).documents.keep(name)
    return answer({"name": name})


@routes.on(
    "POST",
    "/documents/{name}/rename",
    "Give a document another name",
    body=TO,
    answers={200: OBJECT, 409: ANY, **FAILS},
)
async def rename(request: web.Request) -> web.Response:
    site, name = site_of(request), _name(request)
    to = name_of(mapping(await bodies.json_of(request)).get("to"))
    await site.documents.rename(name, to)
    site.origins.rename(name, to)
    return answer({"name": to})


@routes.on(
    "POST",
    "/documents/{name}/duplicate",
    "Copy a document",
    body=TO,
    answers={200: OBJECT, 409: ANY, **FAILS},
)
async def duplicate(request: web.Request) -> web.Response:
    to = name_of(mapping(await bodies.json_of(request)).get("to"))
    await site_of(request).documents.duplicate(_name(request), to)
    return answer({"name": to})


@routes.on("DELETE", "/documents/{name}", "Remove a document", answers={204: None, **FAILS})
async def remove(request: web.Request) -> web.Response:
    await site_of(request).documents.remove(_name(request))
    return done(204)


@routes.on(
    "GET",
    "/documents/{name}/versions",
    "Earlier states, the latest first",
    answers={200: listing(OBJECT), **FAILS},
)
async def get_versions(request: web.Request) -> web.Response:
    name = _name(request)
    found = await site_of(request).database.read(partial(store.versions, name=name))
    return answer(
        [
            {"version": one.number, "rev": one.rev, "time": int(one.at * 1000), "size": one.size}
            for one in found
        ]
    )


@routes.on(
    "GET",
    "/documents/{name}/versions/{version}",
    "One earlier state",
    answers={200: OBJECT, **FAILS},
)
async def get_version(request: web.Request) -> web.Response:
    name, number = _name(request), whole(request.match_info["version"], "version") or 0
    found = await site_of(request).database.read(partial(store.version, name=name, number=number))
    if found is None:
        raise Refused(404, "There is no such version.")
    return text(found)


def _name(request: web.Request) -> str:
    return name_of(request.match_info["name"])


# Workflows of any form


@routes.on(
    "POST",
    "/convert",
    "Read a workflow of any form (JSON, or a picture that carries one)",
    query={"to": {"enum": ["easel", "api", "ui"]}, "name": TEXT},
    body=inert.BYTES,
    answers={
        200: fields({"form": TEXT, "workflow": OBJECT, "notes": listing(TEXT)}),
        400: ANY,
    },
)
async def convert(request: web.Request) -> web.Response:
    site, to = site_of(request), request.query.get("to", "easel")
    if to not in ("easel", "api", "ui"):
        raise Refused(400, "to is one of easel, api, ui")
    data = await bodies.read(request, min(PICTURE, max(site.options.max_upload, 2**25)))
    name = request.query.get("name", "the workflow")[:200]
    library = await site.catalogue.library()
    return text(await asyncio.to_thread(_converted, data, name, to, library))


def _converted(data: bytes, name: str, to: str, library: Library) -> bytes:
    from engine.convert.api import to_api
    from engine.convert.opening import AS_DRAWN, AS_RUN, read_any, types_in
    from engine.convert.writing import to_ui

    order = AS_RUN if to == "api" else AS_DRAWN
    graph, notes = read_any(data, name, library, texts_of, order)
    missing = [kind for kind in types_in(graph) if library.layout(kind) is None]
    if to == "easel":
        workflow = easel_of(graph)
    else:
        workflow = to_api(graph, library) if to == "api" else to_ui(graph, library)
    said = {"notes": [str(note) for note in notes], "missing": missing}
    return encoded({"form": to, "workflow": workflow, **said})
