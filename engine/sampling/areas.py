"""Where in a picture an entry of a conditioning counts, and how much: areas, masks, fading borders.

Geometry on the cells of a latent. Knows no network, no text and no time.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

import torch
from torch import Tensor
from torch.nn import functional

from engine.errors import RunError

Area: TypeAlias = tuple[int, int, int, int]
"""Height, width, y, x in cells of the latent."""

Shape: TypeAlias = tuple[int, ...]
"""Of the latent: B, C, h, w."""

SMALLEST_BOX = 8
"""Cells: the least side of an area that is the box around a mask."""

WIDEST_BORDER = 8
"""Cells over which an area fades towards its neighbours, at most."""


def mask_of(options: Mapping[str, Any], shape: Shape) -> Tensor | None:
    """The entry's mask at the latent's size: [B or 1, 1, h, w], or None."""
    mask = options.get("mask")
    if mask is None:
        return None
    return resized(mask, shape)


def resized(mask: Tensor, shape: Shape) -> Tensor:
    """A mask [h', w'], [B, h', w'] or [B, 1, h', w'], scaled bilinearly: [B, 1, h, w]."""
    mask = mask.float().reshape(-1, 1, *mask.shape[-2:])
    if mask.shape[-2:] == tuple(shape[-2:]):
        return mask
    return functional.interpolate(mask, size=tuple(shape[-2:]), mode="bilinear")


def area_of(options: Mapping[str, Any], shape: Shape, mask: Tensor | None) -> Area | None:
    """The entry's area, which may reach over the border; None is all of the picture.

    `area` is (height, width, y, x) in cells, or ("percentage", ...) in shares of the sides. With
    `set_area_to_bounds` it is the box around the mask.
    """
    height, width = shape[-2:]
    area = options.get("area")
    if area is not None and area[0] == "percentage":
        tall, wide, top, left = area[1:]
        area = (
            max(1, round(tall * height)),
            max(1, round(wide * width)),
            round(top * height),
            round(left * width),
        )
    if mask is not None and options.get("set_area_to_bounds", False):
        area = box_of(mask)
    return area


def cut(area: Area, shape: Shape) -> Area:
    """What of an area lies in the picture. Raises `RunError` if nothing does."""
    height, width = shape[-2:]
    tall, wide, top, left = area
    if top >= height or left >= width:
        raise RunError(
            f"A conditioning's area begins at row {top}, column {left} of the latent, outside of "
            f"its {height} rows and {width} columns (a cell is 8 pixels); move it inside."
        )
    return min(tall, height - top), min(wide, width - left), top, left


def box_of(mask: Tensor) -> Area:
    """The box around all numbers of a mask [B, 1, h, w] that are not 0, at least 8 x 8 cells."""
    rows, columns = mask.abs().amax(dim=(0, 1)).nonzero(as_tuple=True)
    if len(rows) == 0:
        return SMALLEST_BOX, SMALLEST_BOX, 0, 0
    top, left = int(rows.min()), int(columns.min())
    tall, wide = int(rows.max()) - top + 1, int(columns.max()) - left + 1
    return max(SMALLEST_BOX, tall), max(SMALLEST_BOX, wide), top, left


def contains(outer: Area, inner: Area) -> bool:
    """Whether `inner` lies wholly in `outer`."""
    return all(
        inner[at] >= outer[at] and inner[at] + inner[side] <= outer[at] + outer[side]
        for side, at in ((0, 2), (1, 3))
    )


def fading(area: Area, shape: Shape) -> Tensor:
    """Weights of an area without a mask: 1, falling towards each side inside the picture.

    The t-th row or column (t = 0 ...) from such a side counts (t + 1) / n, n the lesser of 8 and a
    quarter of the side's length; both directions multiply. [1, 1, height, width].
    """
    tall, wide, top, left = area
    down = _ramp(tall, begins=top > 0, ends=top + tall < shape[-2])
    across = _ramp(wide, begins=left > 0, ends=left + wide < shape[-1])
    return (down[:, None] * across[None, :])[None, None]


def _ramp(length: int, *, begins: bool, ends: bool) -> Tensor:
    border = min(WIDEST_BORDER, length // 4)
    rise = torch.arange(1, border + 1) / max(border, 1)
    ramp = torch.ones(length)
    if begins:
        ramp[:border] *= rise
    if ends:
        ramp[length - border :] *= rise.flip(0)
    return ramp
