"""Euler's method with an estimate of how the gradient turns, plain and with CFG++.

Permenter & Yuan 2024, "Interpreting and Improving Diffusion Models from an Optimization
Perspective", Algorithm 2.
"""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor

from engine.sampling.denoiser import Denoiser, OnStep, PairDenoiser, paired, silent


def gradient_estimation(
    denoise: Denoiser, x: Tensor, sigmas: Tensor, *, on_step: OnStep = silent, ge_gamma: float = 2.0
) -> Tensor:
    """Steps along the slope leant away from the last one. ge_gamma: 1 is Euler's method."""
    return gradient_estimation_cfg_pp(
        paired(denoise), x, sigmas, on_step=on_step, ge_gamma=ge_gamma
    )


def gradient_estimation_cfg_pp(
    denoise: PairDenoiser,
    x: Tensor,
    sigmas: Tensor,
    *,
    on_step: OnStep = silent,
    ge_gamma: float = 2.0,
) -> Tensor:
    """`gradient_estimation` along the unwanted noise (Chung et al. 2024, "CFG++")."""
    before: Tensor | None = None
    for step, (sigma, following) in enumerate(pairwise(sigmas)):
        clean, unwanted = denoise(x, sigma)
        on_step(step, x, clean)
        slope = (x - unwanted) / sigma
        x = clean + following * slope
        if before is not None and following > 0:
            x = x + ((ge_gamma - 1) * (following - sigma)) * (slope - before)
        before = slope
    return x
