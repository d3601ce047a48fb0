"""A network run over a picture tile by tile, the tiles blended where they overlap.

Knows shapes and ramps, nothing of what is run. Used by autoencoders and upscalers.
"""

import itertools
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

OnTile = Callable[[int, int], None]
"""Told `(tiles done, tiles in all)`."""


def unheard(done: int, total: int) -> None:
    """The `OnTile` of whoever does not listen."""


def positions(size: int, tile: int, overlap: int) -> list[int]:
    """Where tiles begin along a side: `overlap` short of where the one before ends."""
    if size <= tile:
        return [0]
    return list(range(0, size - overlap, tile - overlap))


def count(size: Sequence[int], tile: Sequence[int], overlap: int, batch: int = 1) -> int:
    """How many tiles `tiled` will run."""
    rows, columns = (len(positions(s, t, overlap)) for s, t in zip(size, tile, strict=True))
    return batch * rows * columns


def tiled(
    x: Tensor,
    run: Callable[[Tensor], Tensor],
    *,
    tile: tuple[int, int],
    overlap: int,
    scale: float,
    channels: int,
    on_tile: Callable[[], None] = lambda: None,
) -> Tensor:
    """`run` over all of `x` [B, C, H, W]: float32 [B, channels, H * scale, W * scale] on the CPU.

    tile: height and width of a tile, overlap: how much of it the next one shares, less than either;
    both in cells of `x`. Each tile's weight rises and falls linearly within the overlap; the sum
    is divided by the summed weights, so that borders are not darkened.
    """
    if overlap >= min(tile):
        raise ValueError(f"an overlap of {overlap} leaves nothing of tiles of {tile}")
    size = [round(side * scale) for side in x.shape[2:]]
    whole = torch.empty((x.shape[0], channels, *size))
    places = [positions(s, t, overlap) for s, t in zip(x.shape[2:], tile, strict=True)]
    for item in range(x.shape[0]):
        total, weight = torch.zeros((channels, *size)), torch.zeros(size)
        for top, left in itertools.product(*places):
            part = x[item : item + 1, :, top : top + tile[0], left : left + tile[1]]
            done = run(part).float().cpu()[0]
            ramp = _ramp(done.shape[1:], round(overlap * scale), len(places[0]), len(places[1]))
            y0, x0 = round(top * scale), round(left * scale)
            area = (slice(y0, y0 + done.shape[1]), slice(x0, x0 + done.shape[2]))
            total[(slice(None), *area)] += done * ramp
            weight[area] += ramp
            on_tile()
        whole[item] = total / weight
    return whole


def _ramp(shape: Sequence[int], feather: int, rows: int, columns: int) -> Tensor:
    """The weights of a tile [h, w]; 1 throughout where it is the only one."""
    if rows == columns == 1:
        return torch.ones(tuple(shape))
    return _edge(shape[0], feather)[:, None] * _edge(shape[1], feather)[None, :]


def _edge(length: int, feather: int) -> Tensor:
    """1 in the middle, (t + 1) / feather at the t-th cell from either end."""
    if feather == 0 or feather >= length:
        return torch.ones(length)
    place = torch.arange(length)
    from_end = torch.minimum(place, length - 1 - place)
    rising = ((place + 1) / feather).clamp(max=1) * ((length - place) / feather).clamp(max=1)
    return torch.where(from_end < feather, rising, torch.ones(length))
