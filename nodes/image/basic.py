"""Plain pictures, and what a picture is."""

from typing import Annotated, NamedTuple, TypeAlias

import torch

from engine.spec.inputs import Number
from engine.spec.node import node
from engine.values.types import Image

Side: TypeAlias = Annotated[int, Number(1, 16384, 1)]


@node("EmptyImage", title="EmptyImage", category="image")
def empty_image(
    *,
    width: Side = 512,
    height: Side = 512,
    batch_size: Annotated[int, Number(1, 4096)] = 1,
    color: Annotated[int, Number(0, 0xFFFFFF, 1, display="color")] = 0,
) -> Image:
    """Make a picture of one colour.

    Args:
        width: in pixels.
        height: in pixels.
        batch_size: how many pictures.
        color: 0xRRGGBB as a number.
    """
    levels = [color >> 16 & 255, color >> 8 & 255, color & 255]
    return (torch.tensor(levels) / 255.0).repeat(batch_size, height, width, 1)


@node("ImageInvert", title="Invert Image", category="image")
def image_invert(*, image: Image) -> Image:
    """Turn every value round: light becomes dark, colours become their complements."""
    return 1.0 - image


class Size(NamedTuple):
    """What GetImageSize gives."""

    width: int
    height: int
    batch_size: int


@node("GetImageSize", title="Get Image Size", category="image", hidden={"unique_id": "UNIQUE_ID"})
def get_image_size(*, image: Image) -> Size:
    """Tell a picture's width and height in pixels, and how many there are in its batch."""
    count, height, width, _ = image.shape
    return Size(width, height, count)
