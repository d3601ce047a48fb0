"""Heun's method and Heun++: a step, a second look, and the mean of the slopes."""

from __future__ import annotations

import math
from itertools import pairwise

from torch import Tensor

from engine.sampling.denoiser import Denoiser, NoiseSource, OnStep, silent
from engine.sampling.samplers.churn import churned


def heun(
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
    """Heun's second-order steps (Karras et al. 2022, Algorithm 2); Euler's where sigma ends at 0."""
    churn = churned(len(sigmas) - 1, noise, s_churn, s_tmin, s_tmax, s_noise)
    for step, (level, following) in enumerate(pairwise(sigmas)):
        x, sigma = churn(x, level, following)
        clean = denoise(x, sigma)
        on_step(step, x, clean)
        if following == 0:
            x = clean
            continue
        slope = (x - clean) / sigma
        ahead = x + slope * (following - sigma)
        slope = (slope + (ahead - denoise(ahead, following)) / following) / 2
        x = x + slope * (following - sigma)
    return x


def heunpp2(
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
    """Heun++ (Wang et al. 2023, "Improved Order Analysis and Design of Exponential Integrator for
    Diffusion Models Sampling"): slopes looked up one and two levels ahead, where there are any.

    The weights of the later slopes are their sigmas' shares of the schedule's first sigma; the
    last step is Euler's, the last but one has two slopes.
    """
    churn = churned(len(sigmas) - 1, noise, s_churn, s_tmin, s_tmax, s_noise)
    for step, (level, following) in enumerate(pairwise(sigmas)):
        x, sigma = churn(x, level, following)
        clean = denoise(x, sigma)
        on_step(step, x, clean)
        slope = (x - clean) / sigma
        looks = 0 if following == sigmas[-1] else 1 if sigmas[step + 2] == sigmas[-1] else 2
        slope = _mean_slope(denoise, x, slope, sigma, sigmas[step + 1 : step + 1 + looks], sigmas[0])
        x = x + slope * (following - sigma)
    return x


def _mean_slope(
    denoise: Denoiser, x: Tensor, slope: Tensor, sigma: Tensor, ahead: Tensor, first: Tensor
) -> Tensor:
    """`slope` mixed with those met when going on by Euler's steps to each sigma of `ahead`."""
    whole = (len(ahead) + 1) * first
    mean = slope * (1 - ahead.sum() / whole)
    for following in ahead:
        x = x + slope * (following - sigma)
        sigma = following
        slope = (x - denoise(x, sigma)) / sigma
        mean = mean + slope * (sigma / whole)
    return mean
