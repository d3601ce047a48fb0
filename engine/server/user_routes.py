"""Routes of users: who there is, their settings, and files of their own. All without passwords."""

import asyncio
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import unquote

import orjson
from aiohttp import web

from engine.folders import PathError, inside
from engine.graph.atomic import set_aside, write_atomically
from engine.server import inert
from engine.server.answers import Refused, answer, done, encoded, mapping
from engine.server.bodies import json_of, read
from engine.server.routes import ANY, OBJECT, TEXT, Routes, fields, listing
from engine.server.site import Site, site_of

routes = Routes("Users")

ONLY: Final = "default"
USERS: Final = "users.json"
SETTINGS: Final = "comfy.settings.json"
OURS: Final = frozenset({"easel.db", "easel.db-wal", "easel.db-shm", "easel.db.lock"})
SWITCHES: Final = {"overwrite": TEXT, "full_info": TEXT}


def _users(site: Site) -> dict[str, str]:
    return _json(site.folders.user / USERS)


def home_of(request: web.Request) -> Path:
    """The folder of whoever asks. Raises `Refused` (401) for a user that nobody knows."""
    site = site_of(request)
    if not site.options.multi_user:
        return site.folders.user / ONLY
    name = request.headers.get("comfy-user", ONLY)
    if name != ONLY and name not in _users(site):
        raise Refused(401, "There is no such user.")
    return site.folders.user / name


@routes.on("GET", "/users", "Who there is", answers={200: OBJECT})
async def get_users(request: web.Request) -> web.Response:
    site = site_of(request)
    if not site.options.multi_user:
        return answer({"storage": "server", "migrated": (site.folders.user / ONLY).is_dir()})
    return answer({"storage": "server", "users": _users(site)})


@routes.on(
    "POST", "/users", "Make a user", body=fields({"username": TEXT}), answers={200: TEXT, 400: ANY}
)
async def post_users(request: web.Request) -> web.Response:
    site, body = site_of(request), mapping(await json_of(request))
    name = body.get("username")
    if not isinstance(name, str) or not name.strip():
        raise Refused(400, "username must be a text")
    async with site.settling:
        if name.strip() in _users(site).values():
            raise Refused(400, "Duplicate username.")
        plain = re.sub(r"[^a-zA-Z0-9_-]+", "-", name.strip())[:60]
        id = f"{plain}_{uuid.uuid4()}"
        await _change(site.folders.user / USERS, {id: name.strip()})
    return answer(id)


# Settings


@routes.on("GET", "/settings", "All settings", answers={200: OBJECT})
async def get_settings(request: web.Request) -> web.Response:
    return answer(_json(home_of(request) / SETTINGS))


@routes.on("GET", "/settings/{id}", "One setting, or null", answers={200: ANY})
async def get_setting(request: web.Request) -> web.Response:
    return answer(_json(home_of(request) / SETTINGS).get(request.match_info["id"]))


@routes.on("POST", "/settings", "Change settings", body=OBJECT, answers={200: None})
async def post_settings(request: web.Request) -> web.Response:
    await _merge(request, mapping(await json_of(request)))
    return done()


@routes.on("POST", "/settings/{id}", "Change one setting", body=ANY, answers={200: None})
async def post_setting(request: web.Request) -> web.Response:
    await _merge(request, {request.match_info["id"]: await json_of(request)})
    return done()


async def _merge(request: web.Request, changed: dict[str, Any]) -> None:
    home = home_of(request)
    async with site_of(request).settling:
        await _change(home / SETTINGS, changed)


# Files


@routes.on(
    "GET",
    "/userdata",
    "The files in a folder of the user",
    query={"dir": TEXT, "recurse": TEXT, "full_info": TEXT, "split": TEXT},
    answers={200: listing(ANY), 400: ANY},
)
async def get_userdata(request: web.Request) -> web.Response:
    name = request.query.get("dir", "")
    if not name:
        raise Refused(400, "dir must be given")
    place = _place(home_of(request), name)
    if not place.is_dir():
        raise Refused(404, "There is no such folder.")
    deep = _is_on(request, "recurse")
    found = await asyncio.to_thread(lambda: sorted(_files(place, deep)))
    if _is_on(request, "full_info"):
        return answer([_info(place / path, path) for path in found])
    if _is_on(request, "split"):
        return answer([[path, *path.split("/")] for path in found])
    return answer(found)


@routes.on(
    "GET",
    "/v2/userdata",
    "The files and folders in a folder of the user, folders first",
    query={"path": TEXT},
    answers={200: listing(OBJECT)},
)
async def get_userdata_v2(request: web.Request) -> web.Response:
    home, name = home_of(request), request.query.get("path", "").strip("/")
    place = _place(home, name) if name else home
    if not place.is_dir():
        raise Refused(404, "There is no such folder.")
    return answer(await asyncio.to_thread(_entries, place, home))


def _entries(place: Path, home: Path) -> list[dict[str, Any]]:
    found = list[dict[str, Any]]()
    for path in sorted(place.iterdir(), key=lambda one: (one.is_file(), one.name)):
        if path.name.startswith("."):
            continue
        entry: dict[str, Any] = {"name": path.name, "path": path.relative_to(home).as_posix()}
        if path.is_dir():
            found.append({**entry, "type": "directory"})
        else:
            stat = path.stat()
            sizes = {"size": stat.st_size, "modified": int(stat.st_mtime * 1000)}
            found.append({**entry, "type": "file", **sizes})
    return found


@routes.on("GET", "/userdata/{file}", "A file of the user", answers={200: "*/*", 404: ANY})
async def get_userfile(request: web.Request) -> web.StreamResponse:
    path = _file(request, "file")
    if not path.is_file():
        raise Refused(404, "There is no such file.")
    return await inert.file(path)


@routes.on(
    "POST",
    "/userdata/{file}",
    "Write a file of the user",
    query=SWITCHES,
    body=inert.BYTES,
    answers={200: ANY, 409: ANY},
)
async def post_userfile(request: web.Request) -> web.Response:
    path = _file(request, "file")
    if not _is_on(request, "overwrite", default=True) and path.exists():
        raise Refused(409, "The file exists.")
    await _write(path, await read(request, site_of(request).options.max_upload))
    return _written(request, path)


@routes.on("DELETE", "/userdata/{file}", "Remove a file of the user", answers={204: None, 404: ANY})
async def delete_userfile(request: web.Request) -> web.Response:
    path = _file(request, "file")
    if not path.is_file():
        raise Refused(404, "There is no such file.")
    await asyncio.to_thread(path.unlink)
    return done(204)


@routes.on(
    "POST",
    "/userdata/{file}/move/{dest}",
    "Rename a file of the user",
    query=SWITCHES,
    answers={200: ANY, 404: ANY, 409: ANY},
)
async def move_userfile(request: web.Request) -> web.Response:
    source, target = _file(request, "file"), _file(request, "dest")
    if not source.is_file():
        raise Refused(404, "There is no such file.")
    if not _is_on(request, "overwrite", default=True) and target.exists():
        raise Refused(409, "The file exists.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(shutil.move, source, target)
    except OSError as error:
        raise Refused(400, f"It can't be moved there: {error.strerror}") from None
    return _written(request, target)


def _written(request: web.Request, path: Path) -> web.Response:
    shown = path.relative_to(home_of(request)).as_posix()
    return answer(_info(path, shown) if _is_on(request, "full_info") else shown)


def _file(request: web.Request, name: str) -> Path:
    """The file that a part of the address names; it may be encoded once more."""
    given = unquote(request.match_info[name])
    path = _place(home_of(request), given)
    if path.name in OURS or path.is_dir():
        raise Refused(403, "That is no file of the user.")
    return path


def _place(home: Path, name: str) -> Path:
    name = name.replace("\\", "/")
    clean = "/".join(part for part in name.split("/") if part not in ("", "."))
    try:
        if name.startswith("/"):
            raise PathError("it begins with a slash")
        path = inside(home, clean)
    except PathError:
        raise Refused(403, "A name must stay in the user's folder.") from None
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(home)):
        raise Refused(403, "A name must stay in the user's folder.")
    return path


def _files(place: Path, deep: bool) -> Iterator[str]:
    for path in place.rglob("*") if deep else place.iterdir():
        relative = path.relative_to(place)
        if path.is_file() and not any(part.startswith(".") for part in relative.parts):
            yield relative.as_posix()


def _info(path: Path, shown: str) -> dict[str, Any]:
    stat = path.stat()
    times = {"modified": int(stat.st_mtime * 1000), "created": int(stat.st_ctime * 1000)}
    return {"path": shown, "size": stat.st_size, **times}


def _is_on(request: web.Request, name: str, *, default: bool = False) -> bool:
    given = request.query.get(name)
    return default if given is None else given.lower() not in ("false", "0", "")


def _json(path: Path) -> dict[str, Any]:
    """A JSON object in a file; empty where there is none."""
    return _object(path) or {}


def _object(path: Path) -> dict[str, Any] | None:
    """None: there is something in it that can't be read."""
    try:
        found: Any = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        return None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None


async def _change(path: Path, changed: dict[str, Any]) -> None:
    """Put values into an object in a file. What can't be read there is kept: it may be a hand's
    edit with a comma too many."""
    found = _object(path)
    await _write(path, encoded({**(found or {}), **changed}), fresh=found is None)


async def _write(path: Path, data: bytes, *, fresh: bool = False) -> None:
    """fresh: what stands there is no earlier state of it."""
    try:
        if fresh:
            await asyncio.to_thread(set_aside, path)
        await asyncio.to_thread(write_atomically, path, data)
    except OSError as error:
        raise Refused(400, f"It can't be written: {error.strerror}") from None
