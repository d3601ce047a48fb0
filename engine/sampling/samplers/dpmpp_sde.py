"""DPM-Solver++ for the reverse diffusion's stochastic equation, with noise along a Brownian path.

Lu et al. 2022, "DPM-Solver++", section 5 and appendix; written in half log signal-to-noise ratio
(lambda), so that both noise paths take the same step. Each ends with the clean picture at sigma 0.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor

from engine.sampling.denoiser import Denoiser, Exploding, NoisePath, NoiseSource, OnStep, silent
from engine.sampling.samplers.exponential import Fresh, phi_2, phi_3, sde_step


def dpmpp_sde(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Tensor,
    *,
    noise: NoiseSource,
    path: NoisePath,
    on_step: OnStep = silent,
    eta: float = 1.0,
    s_noise: float = 1.0,
    r: float = 0.5,
) -> Tensor:
    """Two looks a step, the second at share `r` of the way in lambda, each reached ancestrally.

    The noise to the second look and that of the whole step lie on one Brownian path.
    """
    fresh = Fresh(noise, eta, s_noise)
    for step, (sigma, following) in enumerate(pairwise(path.softened(sigmas))):
        clean = denoise(x, sigma)
        on_step(step, x, clean)
        if following == 0:
            x = clean
            continue
        start, end = path.half_log_snr(sigma), path.half_log_snr(following)
        middle = path.sigma_at(torch.lerp(start, end, r))
        second = denoise(_ancestral(x, clean, sigma, middle, path=path, fresh=fresh), middle)
        mixed = clean + (second - clean) / (2 * r)
        x = _ancestral(x, mixed, sigma, following, path=path, fresh=fresh)
    return x


def _ancestral(
    x: Tensor, clean: Tensor, sigma: Tensor, following: Tensor, *, path: NoisePath, fresh: Fresh
) -> Tensor:
    """x moved from `sigma` to `following`, reckoned in sigma / signal, then at the end's signal.

    Near pure noise the signal is a difference of two like numbers; it is taken from lambda at both
    ends, so that its rounding cancels.
    """
    start, end = path.half_log_snr(sigma), path.half_log_snr(following)
    down, _, up = Exploding().ancestral(start.neg().exp(), end.neg().exp(), fresh.eta)
    signal = following * end.exp()
    kept = down * start.exp()
    x = (signal / (sigma * start.exp()) * kept) * x + (signal * (1 - kept)) * clean
    return x + fresh.drawn(sigma, following, signal * up)


def dpmpp_2m_sde(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Tensor,
    *,
    noise: NoiseSource,
    path: NoisePath,
    on_step: OnStep = silent,
    eta: float = 1.0,
    s_noise: float = 1.0,
    solver_type: Literal["midpoint", "heun"] = "midpoint",
) -> Tensor:
    """Second-order multistep: one look a step, the picture carried on from the last two.

    solver_type: how the slope between them enters, "heun" (exactly) or "midpoint" (halved).
    Raises ValueError for another.
    """
    if solver_type not in ("midpoint", "heun"):
        raise ValueError(f"solver_type is 'midpoint' or 'heun'; given {solver_type!r}.")
    fresh = Fresh(noise, eta, s_noise)
    past: list[tuple[Tensor, Tensor]] = []  # (h, clean) of the last step
    for step, (sigma, following) in enumerate(pairwise(path.softened(sigmas))):
        clean = denoise(x, sigma)
        on_step(step, x, clean)
        if following == 0:
            return clean
        move = sde_step(path, sigma, following, eta)
        x = move.decay * x + move.towards * clean
        if past:
            share = move.signal * phi_2(move.h) if solver_type == "heun" else move.towards / 2
            x = x + share * (clean - past[0][1]) / (past[0][0] / move.h)
        x = x + fresh.drawn(sigma, following, move.deviation)
        past = [(move.h, clean)]
    return x


def dpmpp_3m_sde(
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
    """Third-order multistep: the picture carried on along a parabola through the last three."""
    fresh = Fresh(noise, eta, s_noise)
    past: list[tuple[Tensor, Tensor]] = []  # (h, clean) of earlier steps, the latest first
    for step, (sigma, following) in enumerate(pairwise(path.softened(sigmas))):
        clean = denoise(x, sigma)
        on_step(step, x, clean)
        if following == 0:
            return clean
        move = sde_step(path, sigma, following, eta)
        slope, curvature = _bent(move.h, clean, past)
        x = move.decay * x + move.towards * clean
        x = x + move.signal * (phi_2(move.h) * slope - phi_3(move.h) * curvature)
        x = x + fresh.drawn(sigma, following, move.deviation)
        past = [(move.h, clean), *past[:1]]
    return x


def _bent(
    h: Tensor, clean: Tensor, past: list[tuple[Tensor, Tensor]]
) -> tuple[Tensor | float, Tensor | float]:
    """Slope and curvature of the clean picture, per step of `h`, from what is remembered."""
    if not past:
        return 0.0, 0.0
    near, before = past[0][0] / h, past[0][1]
    slope = (clean - before) / near
    if len(past) == 1:
        return slope, 0.0
    far = past[1][0] / h
    bend = (slope - (before - past[1][1]) / far) / (near + far)
    return slope + bend * near, bend
