"""Picture bytes: decode within limits, encode, and the workflow text kept inside a picture.

Knows Pillow, and nothing of tensors, nodes or folders: the server needs it without torch. Numbers
are 8 bit, rows from the top. Whatever is wrong with a file becomes one `InputFileError`.
"""

import json
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, Literal, TypeAlias

from PIL import ExifTags, Image, ImageOps, PngImagePlugin

from engine.errors import InputFileError

FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
MAX_PIXELS: Final = 178_956_970  # of all frames together; one of more Pillow itself refuses
MAX_FRAMES: Final = 4096
MODES: Final[Mapping[int, str]] = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
JPEG_EXIF_LIMIT: Final = 65_000  # bytes; a segment's length is 16 bit

# The tags in which ComfyUI keeps "prompt:{...}" and "workflow:{...}" where there are no chunks.
TEXT_TAGS: Final = {
    "prompt": ExifTags.Base.Model,
    "workflow": ExifTags.Base.Make,
    "easel": ExifTags.Base.ImageDescription,
}
Format: TypeAlias = Literal["png", "jpeg", "webp"]
Channel: TypeAlias = Literal["red", "green", "blue", "alpha"]


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture as bytes. data: [height, width, channels] uint8; 1 grey, 3 RGB, 4 RGBA."""

    width: int
    height: int
    channels: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a file: its colours, and its alpha (255 is opaque) if it has one."""

    colour: Pixels
    alpha: Pixels | None


def read_frames(data: bytes, name: str = "the picture") -> list[Frame]:
    """All frames of a picture file, turned upright by their EXIF orientation.

    Frames of another size than the first are left out, and so are the further pictures of an MPO
    (a phone's depth map). Raises `InputFileError` if `data` is no picture, is damaged, or has more
    than `MAX_PIXELS` pixels; `name` is whose fault it is.
    """
    with _opened(data, name) as image:
        frames, size, used = list[Frame](), (0, 0), 0
        for index in range(1 if image.format == "MPO" else MAX_FRAMES):
            try:
                image.seek(index)
            except EOFError:
                break
            used += image.width * image.height
            if used > MAX_PIXELS:
                raise _too_large(name, image)
            upright = _upright(image)
            size = size if frames else upright.size
            if upright.size == size:
                frames.append(Frame(_pixels(upright.convert("RGB")), _alpha_of(upright)))
        return frames


def read_channel(data: bytes, channel: Channel, name: str = "the picture") -> Pixels:
    """One channel of a picture's first frame; the alpha of one that has none is opaque.

    Raises `InputFileError` as `read_frames` does.
    """
    with _opened(data, name) as image:
        return _pixels(_upright(image).convert("RGBA").getchannel(channel[0].upper()))


def encode(
    pixels: Pixels,
    format: Format = "png",
    *,
    texts: Mapping[str, str] | None = None,
    level: int = 4,
    quality: int = 90,
) -> bytes:
    """A picture file.

    texts: kept inside: as chunks of a PNG; in EXIF otherwise, where only `prompt`, `workflow` and
    `easel` have a place, as JSON in ASCII, and a JPEG goes without if they exceed its 64 kB.
    level: of a PNG's compression, 0 to 9. quality: of JPEG and WebP, 1 to 100 (WebP at 100 is
    lossless).
    """
    image = _image(pixels)
    options: dict[str, Any]
    if format == "png":
        options = {"compress_level": level, "pnginfo": _chunks(texts or {})}
    else:
        options = {"quality": quality, "lossless": quality == 100}
        exif = _exif(texts or {})
        if format == "jpeg":
            image = image.convert("L" if pixels.channels == 1 else "RGB")
            exif = exif if len(exif) <= JPEG_EXIF_LIMIT else b""
        if exif:
            options["exif"] = exif
    return _written(image, format, **options)


def read_texts(data: bytes, name: str = "the picture") -> dict[str, str]:
    """The texts inside a picture file: `prompt`, `workflow`, `easel`, `parameters` ... if any.

    PNG chunks (all of them), and the EXIF of WebP, JPEG and PNG: `key:{json}` in the tags that
    ComfyUI uses, and the user comment, in which Automatic1111 keeps its `parameters`. Raises
    `InputFileError` if `data` is no picture or is damaged.
    """
    with _opened(data, name) as image:
        found = _exif_texts(image)
        if isinstance(image, PngImagePlugin.PngImageFile):
            if not any(isinstance(value, str) for value in image.info.values()):
                image.load()  # a chunk may stand behind the pixels
            chunks = {str(key): value for key, value in image.info.items()}
            found |= {key: value for key, value in chunks.items() if isinstance(value, str)}
        return found


def thumbnail(data: bytes, side: int, name: str = "the picture", format: Format = "webp") -> bytes:
    """A small copy of a picture file, at most `side` pixels wide and high, without its texts.

    Raises `InputFileError` as `read_frames` does.
    """
    with _opened(data, name) as image:
        image.draft("RGB", (side, side))
        small = _upright(image)
        small = small.convert("RGBA" if small.has_transparency_data else "RGB")
        small.thumbnail((side, side), Image.Resampling.LANCZOS)
        return encode(_pixels(small), format, quality=80)


def view(
    data: bytes,
    name: str = "the picture",
    *,
    format: Format = "png",
    quality: int = 90,
    channel: Literal["rgba", "rgb", "a"] = "rgba",
    longest: int | None = None,
) -> bytes:
    """A picture file written anew, whole, without its alpha, or as its alpha alone.

    Of a picture without alpha, the alpha is opaque. longest: pixels that neither side exceeds.
    Raises `InputFileError` as `read_frames` does.
    """
    with _opened(data, name) as image:
        if longest is not None:
            image.draft(None, (longest, longest))
        if channel == "rgb" or (channel == "rgba" and not image.has_transparency_data):
            shown = image.convert("RGB")
        else:
            shown = image.convert("RGBA")
        if channel == "a":
            alpha = shown.getchannel("A")
            shown = Image.new("RGBA", shown.size, (0, 0, 0, 0))
            shown.putalpha(alpha)
        if longest is not None:
            shown.thumbnail((longest, longest), Image.Resampling.LANCZOS)
        return encode(_pixels(shown), format, quality=quality)


def with_alpha(original: bytes, mask: bytes, name: str = "the picture") -> bytes:
    """A PNG: the colours and texts of `original`, the alpha of `mask` (resized to it).

    Raises `InputFileError` as `read_frames` does.
    """
    texts = read_texts(original, name)
    with _opened(original, name) as image, _opened(mask, "the mask") as drawn:
        colours = _upright(image).convert("RGB")
        alpha = drawn.convert("RGBA").getchannel("A").resize(colours.size)
        colours.putalpha(alpha)
        return encode(_pixels(colours), "png", texts=texts)


@contextmanager
def _opened(data: bytes, name: str) -> Generator[Image.Image]:
    """The picture in `data`, its size checked before anything is decoded.

    A decoder that is given a damaged file may raise anything; all of it means the same here.
    """
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise _too_large(name, image)
            yield image
    except InputFileError:
        raise
    except Image.DecompressionBombError as error:
        raise InputFileError(f"{name}: {error}; this is more than Easel reads") from error
    except Image.UnidentifiedImageError as error:
        wanted = ", ".join(FORMATS)
        raise InputFileError(f"{name} is not a picture; it must be one of {wanted}") from error
    except Exception as error:
        raise InputFileError(
            f"{name} is damaged and can't be read as a picture ({error}); save it anew"
        ) from error


def _too_large(name: str, image: Image.Image) -> InputFileError:
    return InputFileError(
        f"{name} has {image.width} x {image.height} pixels in a frame; Easel reads at most "
        f"{MAX_PIXELS:,} pixels in all"
    )


def _upright(image: Image.Image) -> Image.Image:
    turned = ImageOps.exif_transpose(image)
    if turned.mode == "I":  # 32 bit of which 16 are used
        return turned.point(lambda value: value * (1 / 255))
    return turned


def _alpha_of(image: Image.Image) -> Pixels | None:
    if "A" in image.getbands():
        return _pixels(image.getchannel("A"))
    if image.mode == "P" and "transparency" in image.info:
        return _pixels(image.convert("RGBA").getchannel("A"))
    return None


def _pixels(image: Image.Image) -> Pixels:
    return Pixels(image.width, image.height, len(image.getbands()), image.tobytes())


def _image(pixels: Pixels) -> Image.Image:
    return Image.frombytes(MODES[pixels.channels], (pixels.width, pixels.height), pixels.data)


def _written(image: Image.Image, format: Format, **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, format.upper(), **options)
    return buffer.getvalue()


def _chunks(texts: Mapping[str, str]) -> PngImagePlugin.PngInfo:
    chunks = PngImagePlugin.PngInfo()
    for key, text in texts.items():
        chunks.add_text(key, text)
    return chunks


def _exif(texts: Mapping[str, str]) -> bytes:
    exif = Image.Exif()
    for key in TEXT_TAGS.keys() & texts.keys():
        escaped = re.sub(r"[^\x00-\x7f]", lambda found: json.dumps(found[0])[1:-1], texts[key])
        exif[TEXT_TAGS[key]] = f"{key}:{escaped}"
    return exif.tobytes() if len(exif) else b""


def _exif_texts(image: Image.Image) -> dict[str, str]:
    exif, found = image.getexif(), dict[str, str]()
    for tag in TEXT_TAGS.values():
        key, colon, text = str(exif.get(tag, "")).partition(":")
        if colon and key in TEXT_TAGS:
            found[key] = text.rstrip("\0")
    comment = _comment(exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment))
    if comment:
        found.update(_unfolded(comment))
    return found


def _comment(value: Any) -> str:
    """An EXIF user comment: eight bytes name its encoding, the rest is text."""
    if not isinstance(value, bytes):
        return value if isinstance(value, str) else ""
    head, body = value[:8], value[8:]
    if head == b"UNICODE\0":
        # Automatic1111 writes big endian; others write the machine's own order.
        order = "utf-16-le" if body[1:2] == b"\0" else "utf-16-be"
        return body.decode(order, "replace").strip("\0")
    if head in (b"ASCII\0\0\0", b"\0" * 8):
        value = body
    return value.decode("utf-8", "replace").strip("\0")


def _unfolded(comment: str) -> dict[str, str]:
    """A comment that is JSON holds the texts by key (some packs do so); else it is parameters."""
    try:
        held = json.loads(comment)
    except (ValueError, RecursionError):
        return {"parameters": comment}
    if not isinstance(held, dict):
        return {"parameters": comment}
    kept: dict[str, Any] = {key: held[key] for key in TEXT_TAGS if key in held}
    return {k: v if isinstance(v, str) else json.dumps(v) for k, v in kept.items()}
