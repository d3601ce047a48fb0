"""The second-order DPM-Solver with its midpoint in log sigma, plain and ancestral."""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from torch import Tensor

from engine.sampling.denoiser import Denoiser, NoisePath, NoiseSource, OnStep, silent
from engine.sampling.samplers.churn import churned


def dpm_2(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Tensor,
    *,
    noise: NoiseSource | None = None,
    on_step: OnStep = silent,
    s_churn: float = 0.0,
    s_tmin: float = 0.0,
    s_tmax: float = math.inf,
    s_noise: float = 1.0,
) -> Tensor:
    """Midpoint steps, the middle taken in log sigma (Lu et al. 2022, "DPM-Solver", Algorithm 1;
    Karras et al. 2022, Algorithm 2 for the churn)."""
    churn = churned(len(sigmas) - 1, noise, s_churn, (s_tmin, s_tmax), s_noise)
    for step, (level, following) in enumerate(pairwise(sigmas)):
        x, sigma = churn(x, level, following)
        clean = denoise(x, sigma)
        on_step(step, x, clean)
        x = _midpoint(denoise, x, clean, sigma, following)
    return x


def dpm_2_ancestral(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Tensor,
    *,
    noise: NoiseSource,
    path: NoisePath,
    on_step: OnStep = silent,
    eta: float = 1.0,
    s_noise: float = 1.0,
) -> Tensor:
    """`dpm_2` to the ancestral step's lower end, then fresh noise."""
    for step, (sigma, following) in enumerate(pairwise(sigmas)):
        clean = denoise(x, sigma)
        on_step(step, x, clean)
        down, keep, up = path.ancestral(sigma, following, eta)
        x = _midpoint(denoise, x, clean, sigma, down)
        if down > 0:
            x = keep * x + noise(sigma, following) * (s_noise * up)
    return x


def _midpoint(
    denoise: Denoiser, x: Tensor, clean: Tensor, sigma: Tensor, following: Tensor
) -> Tensor:
    if following == 0:
        return clean
    middle = torch.lerp(sigma.log(), following.log(), 0.5).exp()
    halfway = x + (x - clean) / sigma * (middle - sigma)
    slope = (halfway - denoise(halfway, middle)) / middle
    return x + slope * (following - sigma)
