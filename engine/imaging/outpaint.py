"""Make room around a picture, and a mask of what is to be drawn there."""

import torch
from torch import Tensor
from torch.nn.functional import pad

GREY = 0.5


def padded(
    image: Tensor, left: int, top: int, right: int, bottom: int, *, feathering: int
) -> tuple[Tensor, Tensor]:
    """A picture [B, H, W, C] with grey around it, and the mask [1, H', W'] of the new parts.

    The mask is 1 outside and falls to 0 inside the picture over `feathering` pixels, by a square,
    from the sides that were widened; it has a hard edge if that would reach the middle.
    """
    _, H, W, _ = image.shape
    wide = pad(image, (0, 0, left, right, top, bottom), value=GREY)
    mask = torch.ones(1, H + top + bottom, W + left + right)
    inside = torch.zeros(H, W)
    if 0 < feathering * 2 < min(H, W):
        nearest = torch.minimum(_distance(H, top, bottom)[:, None], _distance(W, left, right))
        inside = ((feathering - nearest) / feathering).clamp(min=0) ** 2
    mask[:, top : top + H, left : left + W] = inside
    return wide, mask


def _distance(length: int, before: int, behind: int) -> Tensor:
    """[length]: how far each place is from the nearest of the two ends that were widened."""
    places = torch.arange(length, dtype=torch.float32)
    far = torch.full((length,), float(length))
    return torch.minimum(places if before else far, length - places if behind else far)
