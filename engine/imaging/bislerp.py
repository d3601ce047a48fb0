"""Resize latents by interpolating direction and length apart, so that contrast is kept.

Between two neighbours the vector of channels turns along the great circle (Shoemake 1985, "slerp")
while its length changes linearly; first along rows, then along columns.
"""

from typing import Final

import torch
from torch import Tensor

PARALLEL: Final = 1e-5  # cosines nearer to 1 or -1 than this have no usable arc between them


def bislerp(planes: Tensor, width: int, height: int) -> Tensor:
    """[B, C, H, W] at `width` x `height`, in the dtype of `planes`."""
    rows = _along_last(planes.float(), width)
    return _along_last(rows.mT, height).mT.contiguous().to(planes.dtype)


def lengths(vectors: Tensor) -> Tensor:
    """[B, 1, H, W]: the length of each vector along C."""
    return vectors.square().sum(dim=1, keepdim=True).sqrt()


def _along_last(planes: Tensor, length: int) -> Tensor:
    """Resize the last side of [B, C, H, W] to `length`."""
    lower, upper, ratio = _neighbours(planes.shape[-1], length)
    lower, upper, ratio = (part.to(planes.device) for part in (lower, upper, ratio))
    return _slerp(planes[..., lower], planes[..., upper], ratio)


def _neighbours(old: int, new: int) -> tuple[Tensor, Tensor, Tensor]:
    """For each new place the two old ones around it and how far it is from the first (0..1)."""
    centres = (torch.arange(new, dtype=torch.float32) + 0.5) * (old / new) - 0.5
    places = centres.clamp(0, old - 1)
    lower = places.floor().long()
    return lower, (lower + 1).clamp(max=old - 1), places - lower


def _slerp(one: Tensor, other: Tensor, ratio: Tensor) -> Tensor:
    """Between vectors [B, C, H, W] along C; ratio [W]. A vector of zeros has no direction."""
    length_one, length_other = lengths(one), lengths(other)
    unit_one = torch.where(length_one == 0, 0.0, one / length_one)
    unit_other = torch.where(length_other == 0, 0.0, other / length_other)
    cosine = (unit_one * unit_other).sum(dim=1, keepdim=True)
    angle = cosine.clamp(-1, 1).acos()
    turned = (1 - ratio).mul(angle).sin() * unit_one + ratio.mul(angle).sin() * unit_other
    arc = turned / angle.sin() * torch.lerp(length_one, length_other, ratio)
    straight = torch.lerp(one, other, ratio)
    arc = torch.where(cosine > 1 - PARALLEL, one, arc)
    return torch.where(cosine < PARALLEL - 1, straight, arc)
