"""Cut, turn and widen pictures, and put one on another."""

from typing import Annotated, Literal, NamedTuple, TypeAlias

import torch

from engine.imaging.batches import with_same_channels
from engine.imaging.composite import pasted
from engine.imaging.outpaint import padded
from engine.spec.inputs import Number
from engine.spec.node import node
from engine.values.types import Image, Mask

Side: TypeAlias = Annotated[int, Number(1, 16384, 1)]
Place: TypeAlias = Annotated[int, Number(0, 16384, 1)]
Border: TypeAlias = Annotated[int, Number(0, 16384, 8)]
Flip: TypeAlias = Literal["x-axis: vertically", "y-axis: horizontally"]
Turn: TypeAlias = Literal["none", "90 degrees", "180 degrees", "270 degrees"]
TURNS = ("none", "90 degrees", "180 degrees", "270 degrees")


@node("ImageCrop", title="Image Crop", category="image/transform")
def image_crop(
    *, image: Image, width: Side = 512, height: Side = 512, x: Place = 0, y: Place = 0
) -> Image:
    """Cut a rectangle out of a picture; what would lie outside is left away.

    Args:
        width: in pixels.
        height: in pixels.
        x: pixels from the left.
        y: pixels from the top.
    """
    x, y = min(x, image.shape[2] - 1), min(y, image.shape[1] - 1)
    return image[:, y : y + height, x : x + width].clone()


@node("ImageFlip", title="ImageFlip", category="image/transform")
def image_flip(*, image: Image, flip_method: Flip) -> Image:
    """Mirror a picture or a batch.

    Args:
        flip_method: upside down, or left to right.
    """
    return image.flip(1 if flip_method.startswith("x") else 2)


@node("ImageRotate", title="ImageRotate", category="image/transform")
def image_rotate(*, image: Image, rotation: Turn) -> Image:
    """Turn a picture clockwise by quarters.

    Args:
        rotation: how far.
    """
    return torch.rot90(image, TURNS.index(rotation), (2, 1))


class Widened(NamedTuple):
    """What ImagePadForOutpaint gives."""

    image: Image
    mask: Mask


@node(
    "ImagePadForOutpaint",
    title="Pad Image for Outpainting",
    category="image",
    outputs=["IMAGE", "MASK"],
)
def image_pad_for_outpaint(
    *,
    image: Image,
    left: Border = 0,
    top: Border = 0,
    right: Border = 0,
    bottom: Border = 0,
    feathering: Annotated[int, Number(0, 16384, 1)] = 40,
) -> Widened:
    """Make room around a picture, with a mask of what is to be drawn there.

    Args:
        left: pixels added.
        top: pixels added.
        right: pixels added.
        bottom: pixels added.
        feathering: over how many pixels the mask reaches softly into the picture.
    """
    return Widened(*padded(image, left, top, right, bottom, feathering=feathering))


@node("ImageCompositeMasked", title="ImageCompositeMasked", category="image")
def image_composite_masked(
    *,
    destination: Image,
    source: Image,
    x: Place = 0,
    y: Place = 0,
    resize_source: bool = False,
    mask: Mask | None = None,
) -> Image:
    """Put one picture on another.

    Args:
        destination: the picture below; its size stays.
        source: the picture on it; what lies outside is cut off.
        x: pixels from the left.
        y: pixels from the top.
        resize_source: stretch the source to the size of the destination first.
        mask: where the source is seen; brought to its size. Everywhere if there is none.
    """
    below, above = (part.movedim(-1, 1) for part in with_same_channels(destination, source))
    return pasted(below, above, x, y, mask, stretch=resize_source).movedim(1, -1)
