"""Cut masks, join them, and change their outlines."""

from typing import Annotated, Literal, TypeAlias

from engine.imaging.masks import batched, combined, feathered, grown
from engine.spec.inputs import Number
from engine.spec.node import node
from engine.values.types import Mask

Length: TypeAlias = Annotated[int, Number(0, 16384, 1)]
Side: TypeAlias = Annotated[int, Number(1, 16384, 1)]


@node("CropMask", title="CropMask", category="mask")
def crop_mask(
    *, mask: Mask, x: Length = 0, y: Length = 0, width: Side = 512, height: Side = 512
) -> Mask:
    """Cut a rectangle out of a mask; what would lie outside is left away.

    Args:
        x: pixels from the left.
        y: pixels from the top.
        width: in pixels.
        height: in pixels.
    """
    mask = batched(mask)
    x, y = min(x, mask.shape[2] - 1), min(y, mask.shape[1] - 1)
    return mask[:, y : y + height, x : x + width].clone()


@node("MaskComposite", title="MaskComposite", category="mask")
def mask_composite(
    *,
    destination: Mask,
    source: Mask,
    x: Length = 0,
    y: Length = 0,
    operation: Literal["multiply", "add", "subtract", "and", "or", "xor"],
) -> Mask:
    """Join two masks where they overlap.

    Args:
        destination: the mask below; its size stays.
        source: the mask put on it; what lies outside is cut off.
        x: pixels from the left.
        y: pixels from the top.
        operation: how two values become one; and, or and xor first round them to 0 and 1.
    """
    return combined(destination, source, x, y, operation)


@node("FeatherMask", title="FeatherMask", category="mask")
def feather_mask(
    *, mask: Mask, left: Length = 0, top: Length = 0, right: Length = 0, bottom: Length = 0
) -> Mask:
    """Let a mask fade towards the edges of the picture.

    Args:
        left: over how many pixels.
        top: over how many pixels.
        right: over how many pixels.
        bottom: over how many pixels.
    """
    return feathered(mask, left, top, right, bottom)


@node("GrowMask", title="GrowMask", category="mask")
def grow_mask(
    *,
    mask: Mask,
    expand: Annotated[int, Number(-16384, 16384, 1)] = 0,
    tapered_corners: bool = True,
) -> Mask:
    """Grow a mask, or shrink it.

    Args:
        expand: by how many pixels; negative shrinks.
        tapered_corners: slanted corners instead of square ones.
    """
    return grown(mask, expand, tapered=tapered_corners)
