"""Blur and sharpen pictures [B, H, W, C] by a square kernel; the border is mirrored."""

import torch
from torch import Tensor
from torch.nn import functional


def blurred(image: Tensor, radius: int, sigma: float) -> Tensor:
    """The Gaussian blur whose kernel reaches `radius` pixels; see `gaussian` for `sigma`."""
    return _convolved(image, gaussian(radius, sigma))


def sharpened(image: Tensor, radius: int, sigma: float, alpha: float) -> Tensor:
    """Unsharp masking: ten times `alpha` of what a blur takes away is added; clamped to 0..1."""
    kernel = gaussian(radius, sigma) * -(alpha * 10)
    kernel[radius, radius] += 1.0 - kernel.sum()
    return _convolved(image, kernel).clamp(0.0, 1.0)


def gaussian(radius: int, sigma: float) -> Tensor:
    """[2 radius + 1] squared, of sum 1. sigma: the deviation as a share of the radius."""
    offsets = torch.linspace(-1, 1, 2 * radius + 1)
    distance = torch.sqrt(offsets[:, None] ** 2 + offsets[None, :] ** 2)
    bell = torch.exp(-(distance**2) / (2.0 * sigma**2))
    return bell / bell.sum()


def _convolved(image: Tensor, kernel: Tensor) -> Tensor:
    """Each channel with `kernel` [k, k], k odd."""
    planes, radius = image.movedim(-1, 1), kernel.shape[0] // 2
    channels = planes.shape[1]
    # A mirror needs as many pixels as it shows; a smaller picture repeats its edge.
    mode = "reflect" if radius < min(planes.shape[-2:]) else "replicate"
    padded = functional.pad(planes, (radius,) * 4, mode)
    weights = kernel.to(planes).expand(channels, 1, *kernel.shape)
    return functional.conv2d(padded, weights, groups=channels).movedim(1, -1)
