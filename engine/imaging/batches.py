"""Make two pictures, masks or latents fit each other: count, channels, size."""

from collections.abc import Sequence

import torch
from torch import Tensor

from engine.imaging.resize import Method, picture_resized, resized


def repeated_to(batch: Tensor, count: int) -> Tensor:
    """`batch` [B, ...] with `count` items: the first ones, or all again from the start."""
    if batch.shape[0] >= count:
        return batch[:count]
    times = -(-count // batch.shape[0])
    return batch.repeat(times, *[1] * (batch.ndim - 1))[:count]


def with_same_channels(one: Tensor, other: Tensor) -> tuple[Tensor, Tensor]:
    """Two pictures [B, H, W, C]; the one without alpha gets an opaque one if the other has it."""
    most = max(one.shape[-1], other.shape[-1])
    return _widened(one, most), _widened(other, most)


def joined(one: Tensor, other: Tensor) -> Tensor:
    """Two batches of pictures as one; the second takes the size of the first."""
    one, other = with_same_channels(one, other)
    height, width = one.shape[1:3]
    return torch.cat([one, picture_resized(other, width, height, "bilinear", "center")])


def latent_like(samples: Tensor, shape: Sequence[int], method: Method = "bilinear") -> Tensor:
    """`samples` [B, C, h, w] at the size that `shape` ends with, cut around the centre."""
    if tuple(samples.shape[1:]) == tuple(shape[1:]):
        return samples
    return resized(samples, shape[-1], shape[-2], method, "center")


def part(batch: Tensor, start: int, length: int) -> Tensor:
    """`length` items from `start`, fewer at the end, at least one; a copy."""
    start = min(batch.shape[0] - 1, start)
    return batch[start : start + length].clone()


def _widened(image: Tensor, channels: int) -> Tensor:
    missing = channels - image.shape[-1]
    return torch.nn.functional.pad(image, (0, missing), value=1.0) if missing else image
