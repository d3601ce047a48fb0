"""Reduce a picture to a palette of its own, with or without dithering."""

import math
from typing import Final

import torch
from PIL import Image as Pillow
from torch import Tensor

from engine.imaging.pillow import from_pillow, to_pillow

OFFSETS: Final = ((-1.5, 0.5), (1.5, -0.5))


def quantised(image: Tensor, colours: int, dither: str) -> Tensor:
    """[B, H, W, C] with at most `colours` colours in each picture, as RGB.

    dither: "none", "floyd-steinberg", or "bayer-N" (ordered, N a power of 2).
    """
    return torch.stack([_one(picture[..., :3], colours, dither) for picture in image])


def bayer(order: int) -> Tensor:
    """The threshold matrix [order, order] (Bayer 1973), between -1/2 and 1/2, of mean 0."""
    offsets, matrix = torch.tensor(OFFSETS), torch.zeros(1, 1)
    for level in range(1, int(math.log2(order)) + 1):
        coarse = torch.kron(offsets / 4**level, torch.ones_like(matrix))
        matrix = matrix.tile(2, 2) + coarse
    return matrix


def _one(picture: Tensor, colours: int, dither: str) -> Tensor:
    source = to_pillow(picture).convert("RGB")
    palette = source.quantize(colors=colours)
    diffuse = Pillow.Dither.FLOYDSTEINBERG if dither == "floyd-steinberg" else Pillow.Dither.NONE
    if dither.startswith("bayer-"):
        used = len(palette.getpalette() or ()) // 3
        source = _ordered(source, int(dither.removeprefix("bayer-")), 512 / used)
    mapped = source.quantize(palette=palette, dither=diffuse).convert("RGB")
    return from_pillow(mapped)


def _ordered(source: Pillow.Image, order: int, spread: float) -> Pillow.Image:
    """The picture with the tiled matrix added, `spread` (in 255ths) from end to end."""
    W, H = source.size
    levels = torch.frombuffer(bytearray(source.tobytes()), dtype=torch.uint8).reshape(H, W, 3)
    matrix = bayer(order) * spread + 0.5
    tiled = matrix.tile(-(-H // order), -(-W // order))[:H, :W, None]
    return Pillow.fromarray((levels + tiled).clamp(0, 255).to(torch.uint8).numpy())
