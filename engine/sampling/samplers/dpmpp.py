"""DPM-Solver++ without noise between steps: single-step ancestral (2S) and multistep (2M).

Lu et al. 2022, "DPM-Solver++". The `_cfg_pp` ones keep the guided picture apart from the unwanted
noise (Chung et al. 2024, "CFG++").
"""

from __future__ import annotations

from itertools import pairwise

import torch
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


def dpmpp_2s_ancestral(
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
    """Second-order steps with one look halfway in log SNR (Algorithm 1, r = 1/2), ancestral."""
    for step, (sigma, following) in enumerate(pairwise(sigmas)):
        clean = denoise(x, sigma)
        on_step(step, x, clean)
        down, keep, up = path.ancestral(sigma, following, eta)
        if down > 0:
            middle = _halfway(sigma, down, path)
            clean = denoise(clean + (middle / sigma) * (x - clean), middle)
        x = clean + (down / sigma) * (x - clean)
        if following > 0:
            x = keep * x + noise(sigma, following) * (s_noise * up)
    return x


def dpmpp_2s_ancestral_cfg_pp(
    denoise: PairDenoiser,
    x: Tensor,
    sigmas: Tensor,
    *,
    noise: NoiseSource,
    on_step: OnStep = silent,
    eta: float = 1.0,
    s_noise: float = 1.0,
) -> Tensor:
    """`dpmpp_2s_ancestral` with CFG++: x is moved by the guidance, seen from the latest look's
    unwanted picture, before it is scaled down.

    It takes every path to be one where noise is added on top.
    """
    path = Exploding()
    for step, (sigma, following) in enumerate(pairwise(sigmas)):
        clean, unwanted = denoise(x, sigma)
        on_step(step, x, clean)
        down, _, up = path.ancestral(sigma, following, eta)
        expected = clean
        if down > 0:
            middle = _halfway(sigma, down, path)
            ahead = clean + (middle / sigma) * (x - unwanted)
            expected, unwanted = denoise(ahead, middle)
        x = expected + (down / sigma) * (x + clean - unwanted - expected)
        if following > 0:
            x = x + noise(sigma, following) * (s_noise * up)
    return x


def _halfway(sigma: Tensor, following: Tensor, path: NoisePath) -> Tensor:
    """The sigma in the middle of two in log SNR; just below `sigma` where that is pure noise."""
    start = path.half_log_snr(sigma)
    if torch.isinf(start):
        return sigma * 0.9999
    return path.sigma_at((start + path.half_log_snr(following)) / 2)


def dpmpp_2m(denoise: Denoiser, x: Tensor, sigmas: Tensor, *, on_step: OnStep = silent) -> Tensor:
    """Second-order multistep: the clean picture is carried on from the last two (Algorithm 2)."""
    before: Tensor | None = None
    for step, (sigma, following) in enumerate(pairwise(sigmas)):
        clean = denoise(x, sigma)
        on_step(step, x, clean)
        expected = clean
        if before is not None and following > 0:
            expected = clean + _carried(sigmas, step) * (clean - before)
        x = expected + (following / sigma) * (x - expected)
        before = clean
    return x


def dpmpp_2m_cfg_pp(
    denoise: PairDenoiser, x: Tensor, sigmas: Tensor, *, on_step: OnStep = silent
) -> Tensor:
    """`dpmpp_2m` with CFG++: x is renoised along the unwanted picture, which is also what the
    carrying-on looks back to."""
    before: Tensor | None = None
    for step, (sigma, following) in enumerate(pairwise(sigmas)):
        clean, unwanted = denoise(x, sigma)
        on_step(step, x, clean)
        kept = following / sigma
        x = clean + kept * (x - unwanted)
        if before is not None and following > 0:
            x = x + ((1 - kept) * _carried(sigmas, step)) * (clean - before)
        before = unwanted
    return x


def _carried(sigmas: Tensor, step: int) -> Tensor:
    """1 / 2r, r the ratio of the last step to this one in log sigma."""
    before, sigma, following = sigmas[step - 1 : step + 2].log()
    return (following - sigma) / (sigma - before) / 2
