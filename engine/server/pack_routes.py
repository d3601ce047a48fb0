"""What packs bring along, out of their folders: JavaScript, translations, examples, subgraphs.

Imports nothing of a pack; which folder holds its JavaScript a worker has told.
"""

import asyncio
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import orjson
from aiohttp import web

from engine.folders import Folders, PathError, inside
from engine.server import inert
from engine.server.answers import Refused, answer
from engine.server.routes import ANY, OBJECT, TEXTS, Routes
from engine.server.site import site_of

routes = Routes("Packs")

TEMPLATES: Final = ("example_workflows", "example", "examples", "workflow", "workflows")
LOCALES: Final = ("main", "nodeDefs", "commands", "settings")
SCRIPTS: Final = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".map": "application/json",
    ".wasm": "application/wasm",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
    ".html": "text/html",
    ".svg": "image/svg+xml",
}
"""What a page may use under its own name; all else goes out as `inert` has it."""


@routes.on(
    "GET", "/packs", "Packs, with their node types and why one is left out", answers={200: OBJECT}
)
async def get_packs(request: web.Request) -> web.Response:
    catalogue = site_of(request).catalogue
    specs = await catalogue.specs()
    brought, nodes = catalogue.packs, dict[str, list[str]]()
    for spec in specs.values():
        if spec.pack:
            nodes.setdefault(spec.pack, []).append(spec.name)
    names = {*nodes, *brought.failed, *brought.webs, *brought.paths}
    return answer(
        {
            name: {
                "nodes": nodes.get(name, []),
                "paths": brought.paths.get(name, []),
                "web": name in brought.webs,
                "failed": brought.failed.get(name),
            }
            for name in sorted(names)
        }
    )


@routes.on("GET", "/extensions", "JavaScript of packs, as addresses", answers={200: TEXTS})
async def get_extensions(request: web.Request) -> web.Response:
    places = await site_of(request).catalogue.webs()
    return answer(await asyncio.to_thread(lambda: list(_scripts(places))))


def _scripts(places: Mapping[str, Path]) -> Iterator[str]:
    for pack, place in places.items():
        for path in sorted(place.rglob("*.js")):
            name = path.relative_to(place).as_posix()
            if path.is_file() and not _is_hidden(name):
                yield f"/extensions/{quote(pack)}/{quote(name)}"


@routes.on(
    "GET",
    "/extensions/{pack}/{file:.+}",
    "A file of a pack's folder of JavaScript",
    answers={200: "*/*", 404: ANY},
)
async def get_extension(request: web.Request) -> web.StreamResponse:
    place = (await site_of(request).catalogue.webs()).get(request.match_info["pack"])
    path = place and await asyncio.to_thread(_within, place, request.match_info["file"])
    if not path:
        raise Refused(404, "There is no such file.")
    kind = SCRIPTS.get(path.suffix.lower())
    if kind is None:
        return await inert.file(path)
    return inert.script(path, kind)


def _within(place: Path, name: str) -> Path | None:
    """The file of that name in a pack's web folder. A link in it leads nowhere else."""
    name = name.replace("\\", "/")
    try:
        path = inside(place, name)
        if _is_hidden(name) or not path.is_file():
            return None
        return path if path.resolve().is_relative_to(place.resolve()) else None
    except (PathError, OSError, ValueError):
        return None


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__")) for part in name.split("/"))


@routes.on("GET", "/i18n", "Translations of nodes and packs", answers={200: OBJECT})
async def get_translations(request: web.Request) -> web.Response:
    site = site_of(request)
    return answer(await asyncio.to_thread(_translations, site.folders, site.options.texts))


def _translations(folders: Folders, texts: Path) -> dict[str, Any]:
    found: dict[str, Any] = {path.stem: _json(path) or {} for path in sorted(texts.glob("*.json"))}
    for pack in _packs(folders):
        places = sorted(pack.glob("locales/*")) if (pack / "locales").is_dir() else []
        for place in places:
            language = found.setdefault(place.name, {})
            for part in LOCALES:
                said = _json(place / f"{part}.json")
                if isinstance(said, dict):
                    into = language if part == "main" else language.setdefault(part, {})
                    into.update(said)
    return found


@routes.on("GET", "/workflow_templates", "Example workflows of packs", answers={200: OBJECT})
async def get_templates(request: web.Request) -> web.Response:
    return answer(await asyncio.to_thread(_templates, site_of(request).folders))


def _templates(folders: Folders) -> dict[str, list[str]]:
    found = dict[str, list[str]]()
    for pack in _packs(folders):
        for name in TEMPLATES:
            files = sorted((pack / name).glob("*.json")) if (pack / name).is_dir() else []
            if files:
                found.setdefault(pack.name, []).extend(file.stem for file in files)
    return found


@routes.on(
    "GET",
    "/workflow_templates/{pack}/{name}",
    "An example workflow of a pack, or its picture",
    answers={200: "*/*", 404: ANY},
)
async def get_template(request: web.Request) -> web.StreamResponse:
    folders, wanted = site_of(request).folders, request.match_info
    path = await asyncio.to_thread(_template, folders, wanted["pack"], wanted["name"])
    if path is None:
        raise Refused(404, "There is no such template.")
    return await inert.file(path)


def _template(folders: Folders, wanted: str, name: str) -> Path | None:
    for pack in _packs(folders):
        for folder in TEMPLATES if pack.name == wanted else ():
            try:
                path = inside(pack / folder, name)
            except PathError:
                continue
            if path.is_file() and path.suffix in (".json", ".jpg", ".png", ".webp"):
                return path
    return None


@routes.on("GET", "/global_subgraphs", "Subgraphs of packs", answers={200: OBJECT})
async def get_subgraphs(request: web.Request) -> web.Response:
    found = await asyncio.to_thread(lambda: dict(_subgraphs(site_of(request).folders)))
    return answer({id: entry for id, (entry, _) in found.items()})


@routes.on("GET", "/global_subgraphs/{id}", "One subgraph", answers={200: OBJECT, 404: ANY})
async def get_subgraph(request: web.Request) -> web.Response:
    found = await asyncio.to_thread(lambda: dict(_subgraphs(site_of(request).folders)))
    entry, path = found.get(request.match_info["id"], (None, None))
    if entry is None or path is None:
        raise Refused(404, "There is no such subgraph.")
    data = await asyncio.to_thread(path.read_text, "utf-8", "replace")
    return answer({**entry, "data": data})


def _subgraphs(folders: Folders) -> Iterator[tuple[str, tuple[dict[str, Any], Path]]]:
    for pack in _packs(folders):
        for path in sorted((pack / "subgraphs").glob("*.json")):
            id = hashlib.sha256(f"{pack.name}/{path.name}".encode()).hexdigest()
            info = {"node_pack": f"custom_nodes.{pack.name}"}
            yield id, ({"source": "custom_node", "name": path.stem, "info": info}, path)


def _packs(folders: Folders) -> Iterator[Path]:
    return (path for _, path in folders.packs() if path.is_dir())


def _json(path: Path) -> Any:
    try:
        return orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
