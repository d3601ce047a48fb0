"""SEEDS: exponential solvers of the reverse diffusion with one or two looks within a step.

Gonzalez et al. 2023, "SEEDS: Exponential SDE Solvers for Fast High-Quality Sampling from Diffusion
Models", Algorithms 2 and 3. Every look gets its own noise; what was added on the way to an earlier
look decays on to the later ones.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor

from engine.sampling.denoiser import Denoiser, NoisePath, NoiseSource, OnStep, silent
from engine.sampling.samplers.exponential import Fresh, phi_2, sde_step


def seeds_2(
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
    """Two looks a step, the second at share `r` of it in half log signal-to-noise ratio."""
    fresh = Fresh(noise, eta, s_noise)
    for step, (sigma, following) in enumerate(pairwise(path.softened(sigmas))):
        clean = denoise(x, sigma)
        on_step(step, x, clean)
        if following == 0:
            return clean
        way = _Way(path, sigma, following, fresh, (r,))
        second = denoise(way.moved(x, clean, 0), way.stops[0])
        x = way.moved(x, clean + (second - clean) / (2 * r), 1)
    return x


def seeds_3(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Tensor,
    *,
    noise: NoiseSource,
    path: NoisePath,
    on_step: OnStep = silent,
    eta: float = 1.0,
    s_noise: float = 1.0,
    r_1: float = 1 / 3,
    r_2: float = 2 / 3,
) -> Tensor:
    """Three looks a step, at shares `r_1` and `r_2` of it, weighted for third order."""
    fresh = Fresh(noise, eta, s_noise)
    for step, (sigma, following) in enumerate(pairwise(path.softened(sigmas))):
        clean = denoise(x, sigma)
        on_step(step, x, clean)
        if following == 0:
            return clean
        way = _Way(path, sigma, following, fresh, (r_1, r_2))
        second = denoise(way.moved(x, clean, 0), way.stops[0])
        bent = way.moved(x, clean, 1, (second - clean) * (r_2 / r_1))
        third = denoise(bent, way.stops[1])
        x = way.moved(x, clean, 2, (third - clean) / r_2)
    return x


class _Way:
    """The stops of one step and the noise that gathers from stop to stop."""

    def __init__(
        self,
        path: NoisePath,
        sigma: Tensor,
        following: Tensor,
        fresh: Fresh,
        shares: tuple[float, ...],
    ) -> None:
        start, end = path.half_log_snr(sigma), path.half_log_snr(following)
        between = [path.sigma_at(torch.lerp(start, end, share)) for share in shares]
        self.stops = [*between, following]
        self._path, self._sigma, self._eta = path, sigma, fresh.eta
        self._gathered: list[Tensor | float] = []  # for each stop all noise up to it
        before: Tensor | float = 0.0
        for here, there in pairwise([sigma, *self.stops]):
            move = sde_step(path, here, there, fresh.eta)
            before = move.decay * before + fresh.drawn(here, there, move.deviation)
            self._gathered.append(before)

    def moved(self, x: Tensor, clean: Tensor, stop: int, slope: Tensor | float = 0.0) -> Tensor:
        """x carried from the step's start to a stop, for a clean picture with a slope."""
        move = sde_step(self._path, self._sigma, self.stops[stop], self._eta)
        x = move.decay * x + move.towards * clean + (move.signal * phi_2(move.h)) * slope
        return x + self._gathered[stop]
