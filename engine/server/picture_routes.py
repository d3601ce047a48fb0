"""Routes of pictures: look at one, send one, send a mask for one."""

import asyncio
from pathlib import Path
from typing import Any, Final, cast

import orjson
from aiohttp import web

from engine.errors import InputFileError
from engine.folders import Folders, PathError, inside
from engine.graph.atomic import write_atomically
from engine.server import inert, uploads
from engine.server.answers import Refused, answer, whole
from engine.server.routes import ANY, TEXT, WHOLE, Routes, fields
from engine.server.site import site_of

routes = Routes("Pictures")

SIGHT: Final = 512 * 2**20  # bytes of a picture file that is written anew for a look
LONGEST: Final = 8192  # pixels of a side that can be asked for
STORED: Final = fields({"name": TEXT, "subfolder": TEXT, "type": TEXT})
FORM: Final = "multipart/form-data"


@routes.on(
    "GET",
    "/view",
    "A file of the folders output, input or temp, or a picture of it in another form",
    query={
        "filename": TEXT,
        "type": TEXT,
        "subfolder": TEXT,
        "preview": TEXT,
        "channel": {"enum": ["rgba", "rgb", "a"]},
        "size": WHOLE,
    },
    answers={200: "*/*", 304: None},
)
async def get_view(request: web.Request) -> web.StreamResponse:
    path = _file_of(site_of(request).folders, request.query)
    if not await asyncio.to_thread(path.is_file):
        raise Refused(404, "There is no such file.")
    preview, channel = request.query.get("preview"), request.query.get("channel", "rgba")
    longest = whole(request.query.get("size"), "size")
    if longest is not None and not 1 <= longest <= LONGEST:
        raise Refused(400, f"size is a number of pixels, 1 to {LONGEST}")
    if preview is None and channel == "rgba" and longest is None:
        return await inert.file(path, cached="private, no-cache")
    stat = await asyncio.to_thread(path.stat)
    tag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers={"ETag": tag})
    async with site_of(request).looking:
        body, kind = await asyncio.to_thread(_seen, path, preview, channel, longest)
    shown = inert.content(body, kind, path.name)
    shown.headers["ETag"] = tag
    return shown


def _file_of(folders: Folders, query: Any) -> Path:
    """The file that a query names. Raises `Refused`: 400 a bad name, 403 a bad sub folder."""
    name, kind = str(query.get("filename", "")), str(query.get("type", "output"))
    for folder in uploads.TYPES:
        if name.endswith(f"[{folder}]"):
            name, kind = name[: -len(folder) - 2].rstrip(), folder
    if not name or kind not in uploads.TYPES:
        raise Refused(400, "filename and type say which file is meant")
    root, sub = folders.places(kind)[0], str(query.get("subfolder", "")).replace("\\", "/")
    try:
        place = inside(root, sub.rstrip("/")) if sub.rstrip("/") else root
    except PathError:
        raise Refused(403, "subfolder must stay in its folder") from None
    if sub.startswith("/"):
        raise Refused(403, "subfolder must stay in its folder")
    try:
        return inside(place, name.replace("\\", "/"))
    except PathError:
        raise Refused(400, "filename must stay in its folder") from None


def _seen(path: Path, preview: str | None, channel: str, longest: int | None) -> tuple[bytes, str]:
    """A picture written anew. Blocks."""
    from engine import pictures  # late: Pillow makes the start longer

    if channel not in ("rgba", "rgb", "a"):
        raise Refused(400, "channel is one of rgba, rgb, a")
    if path.stat().st_size > SIGHT:
        raise Refused(413, "The picture is too large to be looked at.")
    form, _, quality = (preview or "png").partition(";")
    kind: pictures.Format = "jpeg" if form == "jpeg" else "webp" if preview is not None else "png"
    share = int(quality) if quality.isdigit() else 90
    try:
        body = pictures.view(
            path.read_bytes(),
            path.name,
            format=kind,
            quality=min(max(share, 1), 100),
            channel=channel,
            longest=longest,
        )
    except InputFileError as error:
        raise Refused(400, str(error)) from None
    return body, f"image/{kind}"


@routes.on("POST", "/upload/image", "Store a file", body=FORM, answers={200: STORED, 400: ANY})
async def post_image(request: web.Request) -> web.Response:
    site = site_of(request)
    form = await uploads.form_of(request, site.folders.temp, site.options.max_upload)
    try:
        if form.file is None or not form.named:
            raise Refused(400, "The form has no file in the field image.")
        kind, place, sub = uploads.place_of(site.folders, form.fields)
        await asyncio.to_thread(uploads.check_kind, form.file, form.named)
        overwrite = form.fields.get("overwrite", "").lower() in ("true", "1")
        name = await asyncio.to_thread(
            uploads.keep, form.file, place, form.named, overwrite=overwrite
        )
    finally:
        form.drop()
    return answer({"name": name, "subfolder": sub, "type": kind})


@routes.on(
    "POST",
    "/upload/mask",
    "Store a picture with the transparency of the mask that is sent",
    body=FORM,
    answers={200: STORED, 400: ANY, 404: ANY},
)
async def post_mask(request: web.Request) -> web.Response:
    site = site_of(request)
    form = await uploads.form_of(request, site.folders.temp, site.options.max_upload)
    try:
        if form.file is None or not form.named:
            raise Refused(400, "The form has no file in the field image.")
        kind, place, sub = uploads.place_of(site.folders, form.fields)
        original = _original(site.folders, form.fields.get("original_ref", ""))
        overwrite = form.fields.get("overwrite", "").lower() in ("true", "1")
        async with site_of(request).looking:
            await asyncio.to_thread(_masked, original, form.file)
        named = f"{Path(form.named).stem}.png"
        name = await asyncio.to_thread(uploads.keep, form.file, place, named, overwrite=overwrite)
    finally:
        form.drop()
    return answer({"name": name, "subfolder": sub, "type": kind})


def _original(folders: Folders, text: str) -> Path:
    try:
        said: Any = orjson.loads(text)
    except ValueError:
        raise Refused(400, "original_ref must be JSON: filename, type, subfolder") from None
    if not isinstance(said, dict):
        raise Refused(400, "original_ref must be an object")
    path = _file_of(folders, cast("dict[str, Any]", said))
    if not path.is_file():
        raise Refused(404, "original_ref names no file that is there.")
    return path


def _masked(original: Path, mask: Path) -> None:
    """Put the picture with the mask's alpha in place of the mask. Blocks."""
    from engine import pictures

    try:
        made = pictures.with_alpha(original.read_bytes(), mask.read_bytes(), original.name)
    except InputFileError as error:
        raise Refused(400, str(error)) from None
    write_atomically(mask, made, durable=False)
