"""Arithmetic on masks [B, H, W], 0..1."""

from collections.abc import Callable, Mapping
from typing import Final

import torch
from torch import Tensor
from torch.nn.functional import pad

from engine.imaging.batches import repeated_to


def batched(mask: Tensor) -> Tensor:
    """[B, H, W], also of a single [H, W]."""
    return mask.reshape(-1, *mask.shape[-2:])


def grown(mask: Tensor, cells: int, *, tapered: bool) -> Tensor:
    """Grown by `cells` pixels, or shrunk if negative; nothing comes in from outside.

    tapered: step by step to the four neighbours, so that corners become slanted; else squares.
    """
    mask = batched(mask)
    turned = mask if cells > 0 else -mask
    # Past the far side nothing changes any more.
    reach = min(abs(cells), mask.shape[-1] + mask.shape[-2])
    out = _grown_tapered(turned, reach) if tapered else _grown_square(turned, reach)
    return out if cells > 0 else -out


def feathered(mask: Tensor, left: int, top: int, right: int, bottom: int) -> Tensor:
    """Faded towards its edges, over as many pixels as each side says."""
    mask = batched(mask)
    H, W = mask.shape[-2:]
    across = _ramp(W, left) * _wrapped_ramp(W, right)
    down = _ramp(H, top) * _wrapped_ramp(H, bottom)
    return mask * across.to(mask) * down.to(mask)[:, None]


def combined(below: Tensor, above: Tensor, x: int, y: int, operation: str) -> Tensor:
    """`above` put into `below` at x, y by one of `OPERATIONS`; clamped to 0..1. A new tensor."""
    out = batched(below).clone()
    above = repeated_to(batched(above), len(out)).to(out)
    place = (..., slice(y, y + above.shape[-2]), slice(x, x + above.shape[-1]))
    height, width = out[place].shape[-2:]
    out[place] = OPERATIONS[operation](out[place], above[..., :height, :width])
    return out.clamp(0.0, 1.0)


def of_colour(image: Tensor, colour: int) -> Tensor:
    """1 where a picture [B, H, W, C] has exactly the 8-bit colour 0xRRGGBB."""
    levels = (image[..., :3].clamp(0, 1.0) * 255.0).round().long()
    wanted = [colour >> 16 & 255, colour >> 8 & 255, colour & 255]
    return (levels == torch.tensor(wanted, device=image.device)).all(dim=-1).float()


def _grown_square(mask: Tensor, reach: int) -> Tensor:
    """The highest within `reach` in both directions: a window that triples with each step."""
    for _ in range(2):  # along rows, then along columns
        near, covered = min(reach, mask.shape[-1] - 1), 0
        mask = pad(mask, (near, near), value=-torch.inf)  # windows begin outside, too
        while covered < near:
            step = min(2 * covered + 1, near - covered)
            mask = _highest(mask, mask, 2, step)
            covered += step
        mask = mask[..., near : mask.shape[-1] - near].mT
    return mask.contiguous()


def _grown_tapered(mask: Tensor, reach: int) -> Tensor:
    for _ in range(reach):
        mask = _highest(_highest(mask, mask, 1, 1), mask, 2, 1)
    return mask


def _highest(mask: Tensor, moved: Tensor, dim: int, step: int) -> Tensor:
    """The higher of `mask` and of `moved` shifted by `step` both ways along `dim`."""
    out, left = mask.clone(), mask.shape[dim] - step
    if left > 0:
        for to, start in ((step, 0), (0, step)):
            part = out.narrow(dim, to, left)
            torch.maximum(part, moved.narrow(dim, start, left), out=part)
    return out


def _ramp(length: int, count: int) -> Tensor:
    """[length]: 1/n, 2/n ... 1 over the first n = `count`, then 1."""
    count = min(count, length)
    weights = torch.ones(length)
    weights[:count] = (torch.arange(count) + 1) / max(count, 1)
    return weights


def _wrapped_ramp(length: int, count: int) -> Tensor:
    """The same from the other end; ComfyUI starts one too far, at the first place of all."""
    return _ramp(length, count).flip(0).roll(1)


def _logical(decide: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    """On masks rounded to 0 and 1."""
    return lambda below, above: decide(below.round().bool(), above.round().bool()).float()


OPERATIONS: Final[Mapping[str, Callable[[Tensor, Tensor], Tensor]]] = {
    "multiply": torch.mul,
    "add": torch.add,
    "subtract": torch.sub,
    "and": _logical(torch.logical_and),
    "or": _logical(torch.logical_or),
    "xor": _logical(torch.logical_xor),
}
