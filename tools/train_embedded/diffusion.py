"""The noise of Stable Diffusion 1, v prediction, and a plain Euler sampler to look with.

The engine's own samplers draw for users; this one is here so that training can judge itself
without them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise

import torch
from torch import Tensor

STEPS = 1000
BETAS = (0.00085, 0.012)
SNR_CAP = 5.0  # min-SNR's gamma (Hang et al. 2023), here for what is nearly clean only

Velocity = Callable[[Tensor, Tensor], Tensor]  # noisy latents [B, 4, h, w], timesteps [B] -> v


@cache
def kept() -> Tensor:
    """float32 [1000]: the part of the variance that is picture at each timestep."""
    start, end = BETAS
    betas = torch.linspace(start**0.5, end**0.5, STEPS, dtype=torch.float64) ** 2
    return torch.cumprod(1 - betas, 0).float()


def spread_timesteps(count: int) -> Tensor:
    """Random timesteps [count], one in each of `count` equal strata, shuffled."""
    places = (torch.arange(count) + torch.rand(count)) / count
    return (places * STEPS).long().clamp(max=STEPS - 1)[torch.randperm(count)]


def noised(clean: Tensor, noise: Tensor, timesteps: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(noisy latents, the v to predict, the loss weight [B]) (Salimans & Ho 2022).

    The weight is 1 but where there is little noise, min-SNR's way. At the noisy end, where words
    decide what will be drawn, min-SNR itself leaves nearly none: too slow for a short training.
    """
    signal = kept().to(clean.device)[timesteps]
    a, b = signal.sqrt()[:, None, None, None], (1 - signal).sqrt()[:, None, None, None]
    snr = signal / (1 - signal)
    return a * clean + b * noise, a * noise - b * clean, (SNR_CAP / (snr + 1)).clamp(max=1)


def sigmas(steps: int) -> Tensor:
    """[steps + 1]: noise levels at evenly spaced timesteps, the last 0."""
    at = torch.linspace(STEPS - 1, 0, steps)
    table = ((1 - kept()) / kept()).sqrt()
    low = at.floor().long()
    high = (low + 1).clamp(max=STEPS - 1)
    levels = torch.lerp(table[low].log(), table[high].log(), at - low).exp()
    return torch.cat([levels, torch.zeros(1)])


def timestep_of(sigma: Tensor) -> Tensor:
    """The nearest timestep of a noise level."""
    table = ((1 - kept()) / kept()).sqrt()
    return (table - sigma).abs().argmin()


@torch.no_grad()
def drawn(velocity: Velocity, noise: Tensor, steps: int = 20) -> Tensor:
    """Euler down the probability-flow ODE from unit noise [B, 4, h, w] to clean latents."""
    levels = sigmas(steps)
    x = noise * levels[0]
    for sigma, following in pairwise(levels):
        scale = (sigma**2 + 1) ** -0.5
        timesteps = timestep_of(sigma).expand(len(x)).to(x.device)
        v = velocity(x * scale, timesteps)
        clean = x * scale**2 - v * sigma * scale
        x = clean + (following / sigma) * (x - clean)
    return x
