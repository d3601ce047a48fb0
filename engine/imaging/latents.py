"""Arithmetic on latents [B, C, h, w]."""

import torch
from torch import Tensor

from engine.imaging.bislerp import lengths


def interpolated(one: Tensor, other: Tensor, share: float) -> Tensor:
    """`share` of `one`, the rest `other`: direction along C and length apart, so that means of
    two latents keep their contrast."""
    length_one, length_other = lengths(one), lengths(other)
    direction = _unit(one, length_one) * share + _unit(other, length_other) * (1.0 - share)
    unit = _unit(direction, lengths(direction))
    return unit * (length_one * share + length_other * (1.0 - share))


def _unit(vectors: Tensor, length: Tensor) -> Tensor:
    return torch.nan_to_num(vectors / length)
