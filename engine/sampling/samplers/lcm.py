"""Consistency sampling: jump to the clean picture, bury it again, less deeply."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor

from engine.sampling.denoiser import Denoiser, NoisePath, NoiseSource, OnStep, silent


def lcm(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Tensor,
    *,
    noise: NoiseSource,
    path: NoisePath,
    on_step: OnStep = silent,
) -> Tensor:
    """Multistep consistency sampling (Song et al. 2023, Algorithm 1; Luo et al. 2023, "LCM")."""
    for step, (sigma, following) in enumerate(pairwise(sigmas)):
        clean = denoise(x, sigma)
        on_step(step, x, clean)
        x = clean
        if following > 0:
            x = path.noised(clean, noise(sigma, following), following)
    return x
