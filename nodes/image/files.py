"""Pictures from files, and into files."""

from functools import partial
from math import nan
from typing import Annotated, NamedTuple

import torch

from engine import outputs, pictures
from engine.spec.context import Context, Preview
from engine.spec.inputs import Choice
from engine.spec.node import node
from engine.spec.result import Result
from engine.values.pixels import from_bytes, to_bytes
from engine.values.types import Image, Mask
from nodes.file_bytes import input_bytes, workflow_texts

HIDDEN = {"prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO"}
NO_ALPHA = (1, 64, 64)  # the mask of a picture without alpha


class Loaded(NamedTuple):
    """What LoadImage gives."""

    image: Image
    mask: Mask


@node("LoadImage", title="Load Image", category="image", outputs=["IMAGE", "MASK"], lane="cpu")
def load_image(
    *, image: Annotated[str, Choice(folder="input", upload="image")], ctx: Context
) -> Loaded:
    """Read a picture from the input folder, with its transparency as a mask.

    All frames of an animation come as a batch. The mask is 1 where the picture is transparent;
    a picture without transparency gives an empty mask of 64 x 64.

    Args:
        image: a file in the input folder; `name [output]` and `name [temp]` reach the others.
    """
    frames = pictures.read_frames(input_bytes(ctx, image), image)
    colours = [_tensor(frame.colour) for frame in frames]
    masks = [
        torch.zeros(NO_ALPHA[1:]) if frame.alpha is None else 1.0 - _tensor(frame.alpha)[..., 0]
        for frame in frames
    ]
    return Loaded(torch.stack(colours), torch.stack(masks))


@node("SaveImage", title="Save Image", category="image", terminal=True, hidden=HIDDEN, lane="cpu")
def save_image(*, images: Image, filename_prefix: str = "ComfyUI", ctx: Context) -> Result:
    """Write pictures as PNG into the output folder, with the workflow inside.

    Args:
        images: each picture of the batch becomes one file.
        filename_prefix: how file names begin; a number follows. It may hold sub folders and
            %width%, %height%, %year%, %month%, %day%, %hour%, %minute%, %second%, %batch_num%.
    """
    return _written(ctx, images, "output", filename_prefix, level=4)


@node(
    "PreviewImage",
    title="Preview Image",
    category="image",
    terminal=True,
    hidden=HIDDEN,
    lane="cpu",
)
def preview_image(*, images: Image, ctx: Context) -> Result:
    """Show pictures without keeping them: they are written to the folder of temporary files.

    Args:
        images: the pictures to look at.
    """
    return _written(ctx, images, "temp", "ComfyUI_temp", level=1)


@node(
    "SaveImageWebsocket",
    title="SaveImageWebsocket",
    category="api/image",
    terminal=True,
    fingerprint=lambda _ctx, _inputs: nan,
)
def save_image_websocket(*, images: Image, ctx: Context) -> None:
    """Send pictures to whoever queued the job, as PNG over the websocket; nothing is stored.

    Args:
        images: each picture of the batch is sent, whole, in order.
    """
    for number, image in enumerate(images):
        height, width, channels = image.shape
        pixels = pictures.Pixels(width, height, channels, to_bytes(image))
        sent = Preview(partial(_as_png, pixels), whole=True)
        ctx.progress(number + 1, len(images), sent)


def _as_png(pixels: pictures.Pixels) -> tuple[bytes, str]:
    return pictures.encode(pixels, "png", level=1), "image/png"


def _written(ctx: Context, images: Image, folder: str, prefix: str, *, level: int) -> Result:
    texts, saved = workflow_texts(ctx), list[outputs.Saved]()
    for number, image in enumerate(images):
        ctx.check_cancelled()
        height, width, channels = image.shape
        pixels = pictures.Pixels(width, height, channels, to_bytes(image))
        content = pictures.encode(pixels, "png", texts=texts, level=level)
        size = {"width": width, "height": height, "batch": number}
        saved.append(outputs.save(ctx.folders, content, prefix, ".png", type=folder, **size))
    files = tuple(str(one.path) for one in saved)
    return Result(shown={"images": [one.shown for one in saved]}, files=files)


def _tensor(pixels: pictures.Pixels) -> torch.Tensor:
    return from_bytes(pixels.data, pixels.height, pixels.width, pixels.channels)
