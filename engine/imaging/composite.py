"""Put one picture or latent on another, at a place, through a mask or with a soft edge."""

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from engine.imaging.batches import repeated_to


def pasted(
    below: Tensor, above: Tensor, x: int, y: int, mask: Tensor | None, *, stretch: bool
) -> Tensor:
    """`above` on `below`, both [B, C, H, W]; what lies outside is cut off. A new tensor.

    x, y: the place of the left upper corner, in cells; it may lie outside. mask: [B, H, W] of any
    size, 1 shows `above`; scaled to `above` bilinearly. stretch: `above` first takes the size of
    `below`.
    """
    if stretch:
        above = interpolate(above, size=below.shape[-2:], mode="bilinear")
    above = repeated_to(above, below.shape[0])
    weight = _weight(mask, above)
    H, W = below.shape[-2:]
    h, w = above.shape[-2:]
    rows, columns = slice(max(0, y), min(H, y + h)), slice(max(0, x), min(W, x + w))
    out = below.clone()
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return out
    inner = (
        ...,
        slice(rows.start - y, rows.stop - y),
        slice(columns.start - x, columns.stop - x),
    )
    outer = (..., rows, columns)
    out[outer] = weight[inner] * above[inner] + (1 - weight[inner]) * below[outer]
    return out


def pasted_softly(below: Tensor, above: Tensor, x: int, y: int, feather: int) -> Tensor:
    """`above` on `below`, both [B, C, H, W], fading over `feather` cells from each inner edge.

    A side that lies on the border of `below` does not fade. A new tensor.
    """
    H, W = below.shape[-2:]
    h, w = above.shape[-2:]
    above = repeated_to(above, below.shape[0])[..., : max(0, H - y), : max(0, W - x)]
    across = _fade(above.shape[-1], w, feather, start=x != 0, end=x + w < W)
    down = _fade(above.shape[-2], h, feather, start=y != 0, end=y + h < H)
    mask = (down[:, None] * across[None, :]).to(above)
    out = below.clone()
    place = (..., slice(y, y + above.shape[-2]), slice(x, x + above.shape[-1]))
    out[place] = above * mask + below[place] * (1 - mask)
    return out


def _weight(mask: Tensor | None, above: Tensor) -> Tensor:
    """The mask as [B, 1, h, w] of `above`."""
    if mask is None:
        return torch.ones_like(above[:, :1])
    planes = mask.reshape(-1, 1, *mask.shape[-2:]).to(above)
    return repeated_to(interpolate(planes, size=above.shape[-2:], mode="bilinear"), len(above))


def _fade(visible: int, length: int, feather: int, *, start: bool, end: bool) -> Tensor:
    """[visible]: rising over the first `feather` of `length` cells, falling over the last."""
    weights = torch.ones(length)
    ramp = (torch.arange(min(feather, length)) + 1) / max(feather, 1)
    if start:
        weights[: len(ramp)] *= ramp
    if end:
        weights[length - len(ramp) :] *= ramp.flip(0)
    return weights[:visible]
