"""Masks from files, pictures and numbers, and back."""

from typing import Annotated, Literal, TypeAlias

import torch

from engine import pictures
from engine.imaging.masks import batched, of_colour
from engine.spec.context import Context
from engine.spec.inputs import Choice, Number
from engine.spec.node import node
from engine.values.pixels import from_bytes
from engine.values.types import Image, Mask
from nodes.file_bytes import input_bytes

Side: TypeAlias = Annotated[int, Number(1, 16384, 1)]
CHANNELS = ("red", "green", "blue", "alpha")
RGB = 3


@node("LoadImageMask", title="Load Image (as Mask)", category="mask", lane="cpu")
def load_image_mask(
    *,
    image: Annotated[str, Choice(folder="input", upload="image")],
    channel: Literal["alpha", "red", "green", "blue"],
    ctx: Context,
) -> Mask:
    """Read one channel of a picture as a mask.

    Args:
        image: a file in the input folder; `name [output]` and `name [temp]` reach the others.
        channel: alpha is turned round (transparent is masked); a colour is taken as it is.
    """
    pixels = pictures.read_channel(input_bytes(ctx, image), channel, image)
    mask = from_bytes(pixels.data, 1, pixels.height, pixels.width)
    return 1.0 - mask if channel == "alpha" else mask


@node("MaskToImage", title="Convert Mask to Image", category="mask")
def mask_to_image(*, mask: Mask) -> Image:
    """Show a mask as a grey picture: masked is white."""
    return batched(mask)[..., None].expand(-1, -1, -1, RGB)


@node("ImageToMask", title="Convert Image to Mask", category="mask")
def image_to_mask(*, image: Image, channel: Literal["red", "green", "blue", "alpha"]) -> Mask:
    """Take one channel of a picture as a mask.

    Args:
        channel: alpha of a picture that has none is 1 everywhere.
    """
    index = CHANNELS.index(channel)
    if index >= image.shape[-1]:
        return torch.ones(image.shape[:-1])
    return image[..., index].clone()


@node("ImageColorToMask", title="ImageColorToMask", category="mask")
def image_color_to_mask(
    *, image: Image, color: Annotated[int, Number(0, 0xFFFFFF, 1, display="color")] = 0
) -> Mask:
    """Mask the pixels that have exactly one colour.

    Args:
        color: 0xRRGGBB as a number.
    """
    return of_colour(image, color)


@node("SolidMask", title="SolidMask", category="mask")
def solid_mask(
    *,
    value: Annotated[float, Number(0.0, 1.0, 0.01)] = 1.0,
    width: Side = 512,
    height: Side = 512,
) -> Mask:
    """Make a mask of one value.

    Args:
        value: 0 masks nothing, 1 everything.
        width: in pixels.
        height: in pixels.
    """
    return torch.full((1, height, width), float(value))


@node("InvertMask", title="InvertMask", category="mask")
def invert_mask(*, mask: Mask) -> Mask:
    """Mask what was not masked."""
    return 1.0 - mask


@node("ThresholdMask", title="ThresholdMask", category="mask")
def threshold_mask(*, mask: Mask, value: Annotated[float, Number(0.0, 1.0, 0.01)] = 0.5) -> Mask:
    """Make a soft mask hard.

    Args:
        value: what is above it becomes 1, the rest 0.
    """
    return (mask > value).float()
