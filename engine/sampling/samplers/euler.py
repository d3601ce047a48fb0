"""Euler's method, plain, ancestral, and with CFG++. One look at the network a step."""

from __future__ import annotations

import math
from itertools import pairwise

from torch import Tensor

from engine.sampling.denoiser import (
    Denoiser,
    Exploding,
    NoisePath,
    NoiseSource,
    OnStep,
    PairDenoiser,
    silent,
)
from engine.sampling.samplers.churn import churned
from engine.sampling.samplers.exponential import Fresh


def euler(
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
    """Euler steps down the probability-flow ODE (Karras et al. 2022, Algorithm 2 without its
    correction; Algorithm 1 while `s_churn` is 0).

    x: [B, C, h, w], its noise of deviation sigmas[0]. sigmas: [steps + 1], falling; the last may
    be 0. noise: needed only for churn.
    """
    churn = churned(len(sigmas) - 1, noise, s_churn, (s_tmin, s_tmax), s_noise)
    for step, (level, following) in enumerate(pairwise(sigmas)):
        x, sigma = churn(x, level, following)
        clean = denoise(x, sigma)
        on_step(step, x, clean)
        x = clean + (following / sigma) * (x - clean)
    return x


def euler_ancestral(
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
    """Euler steps that overshoot and add fresh noise (Song et al. 2021, eq. 16).

    eta: share of the reverse diffusion's noise, 0 to 1; s_noise: its deviation.
    """
    for step, (sigma, following) in enumerate(pairwise(sigmas)):
        clean = denoise(x, sigma)
        on_step(step, x, clean)
        down, keep, up = path.ancestral(sigma, following, eta)
        if down == 0:
            x = clean
            continue
        x = keep * (clean + (down / sigma) * (x - clean))
        x = x + noise(sigma, following) * (s_noise * up)
    return x


def ddpm(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Tensor,
    *,
    noise: NoiseSource,
    on_step: OnStep = silent,
) -> Tensor:
    """The reverse diffusion's posterior, step by step (Ho et al. 2020, eqs. 7 and 11).

    In Karras' units it is the ancestral Euler step of a picture under noise added on top, which is
    what it takes every model's path to be. `kept` is the paper's running product of alphas.
    """
    for step, (sigma, following) in enumerate(pairwise(sigmas)):
        clean = denoise(x, sigma)
        on_step(step, x, clean)
        kept, later = 1 / (sigma**2 + 1), 1 / (following**2 + 1)
        alpha = kept / later
        x = x - (1 - alpha) / ((1 - kept) * kept).sqrt() * ((x - clean) / sigma)
        if following > 0:
            spread = ((1 - alpha) * (1 - later) / (1 - kept)).sqrt()
            x = x + noise(sigma, following) * (spread / later.sqrt())
    return x


def euler_cfg_pp(
    denoise: PairDenoiser, x: Tensor, sigmas: Tensor, *, path: NoisePath, on_step: OnStep = silent
) -> Tensor:
    """Euler steps from the guided picture along the *unwanted* noise (Chung et al. 2024, "CFG++",
    Algorithm 2)."""
    for step, (sigma, following) in enumerate(pairwise(sigmas)):
        clean, unwanted = denoise(x, sigma)
        on_step(step, x, clean)
        direction = (x - path.signal(sigma) * unwanted) / sigma
        x = path.signal(following) * clean + following * direction
    return x


def euler_ancestral_cfg_pp(
    denoise: PairDenoiser,
    x: Tensor,
    sigmas: Tensor,
    *,
    noise: NoiseSource,
    path: NoisePath,
    on_step: OnStep = silent,
    eta: float = 1.0,
    s_noise: float = 1.0,
) -> Tensor:
    """`euler_cfg_pp` with the fresh noise of `euler_ancestral`.

    The overshoot is reckoned in sigma / signal, the noise level of a picture at full strength, so
    that one rule serves both paths.
    """
    fresh = Fresh(noise, eta, s_noise)
    for step, (sigma, following) in enumerate(pairwise(sigmas)):
        clean, unwanted = denoise(x, sigma)
        on_step(step, x, clean)
        if following == 0:
            x = clean
            continue
        start, signal = path.signal(sigma), path.signal(following)
        down, _, up = Exploding().ancestral(sigma / start, following / signal, eta)
        x = signal * (clean + down * ((x - start * unwanted) / sigma))
        x = x + fresh.drawn(sigma, following, signal * up)
    return x
