"""Routes of models and node types: what there is, and what is in a file's header."""

import asyncio
import base64
import json
from pathlib import Path
from typing import Any, Final, cast

from aiohttp import web

from engine.errors import InputFileError
from engine.folders import ALIASES, MODEL_FOLDERS, Folders, PathError, inside
from engine.server import inert
from engine.server.answers import JSON, Refused, answer, text
from engine.server.routes import ANY, OBJECT, TEXT, TEXTS, Routes, listing
from engine.server.site import site_of

routes = Routes("Models and nodes")

HEADER: Final = 64 * 2**20  # bytes of a safetensors header that is read
COVERS: Final = 2**16  # bytes at the head of a file that are searched for the name of its covers
PREVIEWS: Final = (".preview.png", ".png", ".preview.jpg", ".jpg", ".webp")
SIDE: Final = 512


@routes.on("GET", "/object_info", "Every node type", answers={200: OBJECT})
async def get_object_info(request: web.Request) -> web.Response:
    site = site_of(request)
    return await site.shelf.made(request, "object_info", await site.catalogue.info(), JSON)


@routes.on("GET", "/object_info/{node_class}", "One node type, or {}", answers={200: OBJECT})
async def get_node_info(request: web.Request) -> web.Response:
    return text(await site_of(request).catalogue.info(request.match_info["node_class"]))


@routes.on("GET", "/embeddings", "Embeddings by name", answers={200: TEXTS})
async def get_embeddings(request: web.Request) -> web.Response:
    names = await asyncio.to_thread(site_of(request).folders.names, "embeddings")
    return answer([name.rpartition(".")[0] or name for name in names])


@routes.on("GET", "/models", "The folders of models", answers={200: TEXTS})
async def get_models(request: web.Request) -> web.Response:
    return answer(_folders(site_of(request).folders))


@routes.on("GET", "/models/{folder}", "The files in a folder", answers={200: TEXTS, 404: ANY})
async def get_model_folder(request: web.Request) -> web.Response:
    folders, folder = site_of(request).folders, _known(request)
    return answer(await asyncio.to_thread(folders.names, folder))


@routes.on(
    "GET", "/experiment/models", "The folders of models and where they lie", answers={200: ANY}
)
async def get_places(request: web.Request) -> web.Response:
    folders = site_of(request).folders
    return answer(
        [
            {"name": name, "folders": [str(place) for place in folders.places(name)]}
            for name in _folders(folders)
            if name != "configs"
        ]
    )


@routes.on(
    "GET",
    "/experiment/models/{folder}",
    "The files in a folder with size and times",
    answers={200: listing(OBJECT), 404: ANY},
)
async def get_model_files(request: web.Request) -> web.Response:
    folders, folder = site_of(request).folders, _known(request)
    return answer(await asyncio.to_thread(_files, folders, folder))


def _files(folders: Folders, folder: str) -> list[dict[str, Any]]:
    places, found = folders.places(folder), list[dict[str, Any]]()
    for name in folders.names(folder):
        index = next((at for at, place in enumerate(places) if (place / name).is_file()), None)
        if index is None:
            continue
        path = places[index] / name
        stat = path.stat()
        times = {"modified": stat.st_mtime, "created": stat.st_ctime}
        file = {"name": name, "pathIndex": index, **times, "size": stat.st_size}
        found.append({**file, "preview": _has_preview(path)})
    return found


def _has_preview(path: Path) -> bool:
    """Whether there is a picture of a model: beside it, or at the head of the file. Blocks."""
    if any(path.with_name(path.stem + suffix).is_file() for suffix in PREVIEWS):
        return True
    with path.open("rb") as opened:
        return b'"ssmd_cover_images"' in opened.read(COVERS)


@routes.on(
    "GET",
    "/experiment/models/preview/{folder}/{path_index}/{filename:.+}",
    "The picture of a model, as WebP",
    answers={200: "image/webp", 404: ANY},
)
async def get_model_preview(request: web.Request) -> web.StreamResponse:
    site, folder = site_of(request), _known(request)
    places, index = site.folders.places(folder), request.match_info["path_index"]
    if not index.isascii() or not index.isdigit() or len(index) > 4 or int(index) >= len(places):
        raise Refused(404, "There is no such place.")
    name = request.match_info["filename"]
    path = _inside(places[int(index)], name)
    async with site.looking:
        picture = await asyncio.to_thread(_preview, path)
    if picture is None:
        raise Refused(404, "There is no picture of it.")
    return inert.content(picture, "image/webp", f"{path.stem}.webp")


def _preview(path: Path) -> bytes | None:
    """The picture beside a model, else in its header, made small. Blocks."""
    for suffix in PREVIEWS:
        beside = path.with_name(path.stem + suffix)
        if beside.is_file() and (made := _small(beside.read_bytes(), beside.name)):
            return made
    try:
        covers: Any = json.loads(header_of(path).get("ssmd_cover_images", "[]"))
        return _small(base64.b64decode(covers[0]), path.name) if covers else None
    except (OSError, ValueError, TypeError, KeyError, IndexError):
        return None


def _small(data: bytes, name: str) -> bytes | None:
    from engine import pictures  # late: Pillow makes the start longer

    try:
        return pictures.thumbnail(data, SIDE, name)
    except InputFileError:
        return None


@routes.on(
    "GET",
    "/view_metadata/{folder}",
    "What is written in the header of a safetensors file",
    query={"filename": TEXT},
    answers={200: OBJECT, 404: ANY},
)
async def get_metadata(request: web.Request) -> web.Response:
    folders, folder, name = site_of(request).folders, _known(request), request.query.get("filename")
    if not name or not name.endswith(".safetensors"):
        raise Refused(404, "filename names a safetensors file")
    try:
        path = folders.resolve(folder, name)
        return answer(await asyncio.to_thread(header_of, path))
    except (PathError, OSError, ValueError):
        raise Refused(404, "There is no such file, or nothing is written in it.") from None


def header_of(path: Path) -> dict[str, str]:
    """The `__metadata__` of a safetensors file. Blocks. Raises `OSError`, `ValueError`."""
    with path.open("rb") as opened:
        length = int.from_bytes(opened.read(8), "little")
        if not 2 <= length <= HEADER:
            raise ValueError("no safetensors header")
        header: Any = json.loads(opened.read(length))
    found = header.get("__metadata__")
    if not isinstance(found, dict):
        raise ValueError("no metadata")
    return cast("dict[str, str]", found)


def _folders(folders: Folders) -> list[str]:
    return [*MODEL_FOLDERS, *(name for name in folders.extra if name not in MODEL_FOLDERS)]


def _known(request: web.Request) -> str:
    """The folder that the address names. Raises `Refused` (404)."""
    name, folders = request.match_info["folder"], site_of(request).folders
    if ALIASES.get(name, name) not in _folders(folders) or name == "custom_nodes":
        raise Refused(404, "There is no such folder of models.")
    return name


def _inside(place: Path, name: str) -> Path:
    try:
        return inside(place, name.replace("\\", "/"))
    except PathError:
        raise Refused(404, "There is no such file.") from None
