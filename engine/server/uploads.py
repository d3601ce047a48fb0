"""Files that are sent to the server: bounded, looked at, and put under a safe name, whole.

Knows bytes and folders; nothing of HTTP but the parts of a multipart body.
"""

import asyncio
import hashlib
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import BodyPartReader, web

from engine import outputs
from engine.folders import PICTURE_SUFFIXES, Folders, PathError, inside, safe_name
from engine.server.answers import Refused
from engine.server.inert import kind_of

PART: Final = ".easel-upload-"
TYPES: Final = ("input", "output", "temp")
FIELD: Final = 2**20  # bytes of a field that is no file
MOST_FIELDS: Final = 20
PIECE: Final = 2**18


@dataclass(slots=True)
class Form:
    """What a form held. file: where its file lies for now; named: what the sender calls it."""

    fields: dict[str, str]
    file: Path | None = None
    named: str = ""

    def drop(self) -> None:
        """Let go of what was not kept."""
        if self.file is not None:
            self.file.unlink(missing_ok=True)


async def form_of(request: web.Request, place: Path, limit: int) -> Form:
    """Read a multipart body; its file (the field `image`) goes to a hidden file in `place`.

    Raises `Refused` (400, 413); nothing is left behind then.
    """
    if not request.content_type.startswith("multipart/"):
        raise Refused(400, "A file is sent as multipart/form-data.")
    if (request.content_length or 0) > limit + FIELD:
        raise Refused(413, f"The file is larger than {limit / 2**20:.0f} MB")
    form = Form({})
    try:
        await _read(request, form, place, limit)
    except BaseException as error:
        form.drop()
        if isinstance(error, Refused | OSError) or not isinstance(error, Exception):
            raise
        raise Refused(400, "The form can't be read.") from error  # its reader may raise anything
    return form


async def _read(request: web.Request, form: Form, place: Path, limit: int) -> None:
    reader = await request.multipart()
    count = 0
    while (part := await reader.next()) is not None:
        count += 1
        if count > MOST_FIELDS or not isinstance(part, BodyPartReader):
            raise Refused(400, "The form has too many fields, or one inside another.")
        if part.name == "image" and part.filename is not None and form.file is None:
            form.named = part.filename
            form.file = place / f"{PART}{secrets.token_hex(8)}"
            await _stored(part, form.file, limit)
        else:
            form.fields[part.name or ""] = await _field(part)


async def _field(part: BodyPartReader) -> str:
    found = bytearray()
    while piece := await part.read_chunk():
        found += piece
        if len(found) > FIELD:
            raise Refused(413, "A field of the form is too large.")
    return found.decode("utf-8", "replace")


async def _stored(part: BodyPartReader, path: Path, limit: int) -> None:
    await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
    size = 0
    try:
        with path.open("xb") as opened:
            while piece := await part.read_chunk(PIECE):
                size += len(piece)
                if size > limit:
                    raise Refused(413, f"The file is larger than {limit / 2**20:.0f} MB")
                await asyncio.to_thread(opened.write, piece)
    except OSError as error:
        raise Refused(500, f"The file can't be stored: {error.strerror}") from error


def place_of(folders: Folders, fields: dict[str, str]) -> tuple[str, Path, str]:
    """Folder type, directory and sub folder that a form names. Raises `Refused`."""
    kind = fields.get("type") or "input"
    if kind not in TYPES:
        raise Refused(400, f"type is one of {', '.join(TYPES)}")
    root = folders.places(kind)[0]
    given = (fields.get("subfolder") or "").replace("\\", "/")
    sub = "/".join(part for part in given.split("/") if part not in ("", "."))
    if given.startswith("/"):
        raise Refused(400, "subfolder must be relative")
    try:
        return kind, inside(root, sub) if sub else root, sub
    except PathError as error:
        raise Refused(400, str(error)) from None


def check_kind(path: Path, name: str) -> None:
    """Refuse (400) what calls itself a picture and is none. Blocks."""
    if Path(name).suffix.lower() in PICTURE_SUFFIXES:
        with path.open("rb") as opened:
            kind = kind_of(opened.read(64))
        if not kind.startswith("image/"):
            raise Refused(400, f"{name} is called a picture, but its content is none")


def keep(part: Path, place: Path, named: str, *, overwrite: bool) -> str:
    """Give an upload its name in `place`; the name. Blocks. Raises `Refused` (500).

    A name that is taken by another content gets a number; by the same content, it is used again.
    """
    name = safe_name(named.replace("\\", "/").rpartition("/")[2])
    near = place / f"{PART}{secrets.token_hex(8)}"
    try:
        place.mkdir(parents=True, exist_ok=True)
        shutil.move(part, near)  # the folders may lie on different disks
        if not overwrite:
            return _named(near, place, name)
        near.replace(place / name)
        return name
    except OSError as error:
        raise Refused(500, f"The file can't be stored: {error.strerror}") from error
    finally:
        with suppress(OSError):
            near.unlink()


def _named(part: Path, place: Path, name: str) -> str:
    stem, suffix = Path(name).stem, Path(name).suffix
    number, digest = 0, _digest(part)
    while not _claimed(part, place / name, digest):
        number += 1
        name = f"{stem} ({number}){suffix}"
    return name


def _claimed(part: Path, path: Path, digest: bytes) -> bool:
    """Take the name, or find the same content there; False if another file has it."""
    if outputs.published(part, path):
        return True
    if not path.is_file() or path.stat().st_size != part.stat().st_size:
        return False
    return _digest(path) == digest


def _digest(path: Path) -> bytes:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "blake2b").digest()
