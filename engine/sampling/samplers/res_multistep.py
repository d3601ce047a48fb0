"""Refined exponential solver, multistep, second order: plain, ancestral, and with CFG++.

Zhang et al. 2023, "Improved Order Analysis and Design of Exponential Integrator for Diffusion
Models Sampling" (RES), Algorithm 2, on the path where noise is added on top.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor

from engine.sampling.denoiser import (
    Denoiser,
    Exploding,
    NoiseSource,
    OnStep,
    PairDenoiser,
    paired,
    silent,
)
from engine.sampling.samplers.exponential import Fresh, phi_2


def res_multistep(
    denoise: Denoiser, x: Tensor, sigmas: Tensor, *, on_step: OnStep = silent
) -> Tensor:
    """Steps that carry the clean picture on along the line through the last two."""
    return _solve(paired(denoise), x, sigmas, None, on_step)


def res_multistep_ancestral(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Tensor,
    *,
    noise: NoiseSource,
    on_step: OnStep = silent,
    eta: float = 1.0,
    s_noise: float = 1.0,
) -> Tensor:
    """`res_multistep` that overshoots and adds fresh noise."""
    return _solve(paired(denoise), x, sigmas, Fresh(noise, eta, s_noise), on_step)


def res_multistep_cfg_pp(
    denoise: PairDenoiser, x: Tensor, sigmas: Tensor, *, on_step: OnStep = silent
) -> Tensor:
    """`res_multistep` with CFG++ (Chung et al. 2024)."""
    return _solve(denoise, x, sigmas, None, on_step)


def res_multistep_ancestral_cfg_pp(
    denoise: PairDenoiser,
    x: Tensor,
    sigmas: Tensor,
    *,
    noise: NoiseSource,
    on_step: OnStep = silent,
    eta: float = 1.0,
    s_noise: float = 1.0,
) -> Tensor:
    """`res_multistep_ancestral` with CFG++."""
    return _solve(denoise, x, sigmas, Fresh(noise, eta, s_noise), on_step)


def _solve(
    denoise: PairDenoiser,
    x: Tensor,
    sigmas: Tensor,
    fresh: Fresh | None,
    on_step: OnStep,
) -> Tensor:
    before: tuple[Tensor, Tensor] | None = None  # the last unwanted picture, and where it led
    for step, (sigma, following) in enumerate(pairwise(sigmas)):
        clean, unwanted = denoise(x, sigma)
        on_step(step, x, clean)
        down, _, up = Exploding().ancestral(sigma, following, fresh.eta if fresh else 0.0)
        kept = down / sigma
        if before is None or down == 0:
            x = clean + kept * (x - unwanted)
        else:
            weight = _slope_weight(sigmas[step - 1], before[1], sigma, down)
            x = unwanted + kept * (x + clean - 2 * unwanted) + weight * (unwanted - before[0])
        if fresh is not None and following > 0:
            x = x + fresh.drawn(sigma, following, up)
        before = (unwanted, down)
    return x


def _slope_weight(last: Tensor, reached: Tensor, sigma: Tensor, following: Tensor) -> Tensor:
    """What the difference of the last two pictures counts; the last step went from `last` to
    `reached`, before any noise came on top. 0 for a step of no length."""
    h = (sigma / following).log()
    return torch.nan_to_num(phi_2(h) * h / (last / reached).log())
