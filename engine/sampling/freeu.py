"""FreeU: louder features from below, quieter low frequencies in the skips (Si et al. 2023).

Hooks for where a U-Net joins its two ways (`patches.SkipHook`). Knows channels, no network.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from engine.sampling.patches import SkipHook

Scales = Mapping[int, tuple[float, float]]
"""`{channels of h: (backbone scale b, skip scale s)}`: which levels of the network are changed."""


TINY = torch.finfo(torch.float32).tiny


def freeu(scales: Scales) -> SkipHook:
    """The first version: half of the backbone's channels times b (section 3.1 of the paper)."""

    def hook(h: Tensor, skip: Tensor) -> tuple[Tensor, Tensor]:
        if h.shape[1] not in scales:
            return h, skip
        backbone, damping = scales[h.shape[1]]
        return _half_scaled(h, backbone), damped(skip, damping)

    return hook


def freeu_v2(scales: Scales) -> SkipHook:
    """The second version: the scale follows the mean over channels, from 1 at its least to b."""

    def hook(h: Tensor, skip: Tensor) -> tuple[Tensor, Tensor]:
        if h.shape[1] not in scales:
            return h, skip
        backbone, damping = scales[h.shape[1]]
        mean = h.mean(dim=1, keepdim=True)
        low, high = (mean.amin(dim=(2, 3), keepdim=True), mean.amax(dim=(2, 3), keepdim=True))
        structure = (mean - low) / (high - low).clamp(min=TINY)  # 0 where all is one grey
        return _half_scaled(h, (backbone - 1) * structure + 1), damped(skip, damping)

    return hook


def _half_scaled(h: Tensor, scale: Tensor | float) -> Tensor:
    first, second = h.tensor_split([h.shape[1] // 2], dim=1)
    return torch.cat((first * scale, second), dim=1)


def damped(skip: Tensor, scale: float, radius: int = 1) -> Tensor:
    """`skip` with its lowest frequencies, a square of 2 x radius, multiplied by `scale`."""
    fft: Any = torch.fft  # its own types are unknown
    axes = (-2, -1)
    spectrum: Tensor = fft.fftshift(fft.fftn(skip.float(), dim=axes), dim=axes)
    row, column = skip.shape[-2] // 2, skip.shape[-1] // 2
    rows = slice(max(0, row - radius), row + radius)
    columns = slice(max(0, column - radius), column + radius)
    spectrum[..., rows, columns] *= scale
    back: Tensor = fft.ifftn(fft.ifftshift(spectrum, dim=axes), dim=axes)
    return back.real.to(skip.dtype)
