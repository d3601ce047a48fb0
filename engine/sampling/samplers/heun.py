"""Heun's method and Heun++: a step, a second look, and the mean of the slopes."""

from __future__ import annotations

import math
from itertools import pairwise

import torch
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
    """Heun's steps of second order (Karras et al. 2022, Algorithm 2); Euler's down to sigma 0."""
    churn = churned(len(sigmas) - 1, noise, s_churn, (s_tmin, s_tmax), s_noise)
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
    churn = churned(len(sigmas) - 1, noise, s_churn, (s_tmin, s_tmax), s_noise)
    for step, (level, following) in enumerate(pairwise(sigmas)):
        x, sigma = churn(x, level, following)
        clean = denoise(x, sigma)
        on_step(step, x, clean)
        looks = 0 if following == sigmas[-1] else 1 if sigmas[step + 2] == sigmas[-1] else 2
        ahead = sigmas[step + 1 : step + 1 + looks]
        slope = _mean_slope(denoise, x, clean, torch.cat((sigma.reshape(1), ahead)), sigmas[0])
        x = x + slope * (following - sigma)
    return x


def _mean_slope(
    denoise: Denoiser, x: Tensor, clean: Tensor, sigmas: Tensor, first: Tensor
) -> Tensor:
    """The slope at sigmas[0] mixed with those met when going on by Euler's steps to the others."""
    whole = len(sigmas) * first
    slope = (x - clean) / sigmas[0]
    mean = slope * (1 - sigmas[1:].sum() / whole)
    for sigma, following in pairwise(sigmas):
        x = x + slope * (following - sigma)
        slope = (x - denoise(x, following)) / following
        mean = mean + slope * (following / whole)
    return mean
