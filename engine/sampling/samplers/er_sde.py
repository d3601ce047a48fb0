"""Extended reverse-time SDE solvers of first to third order.

Cui et al. 2023, "Elucidating the Solution Space of Extended Reverse-Time SDE for Diffusion Models"
(ER-SDE-Solvers), Algorithms 1 to 3; reckoned in lambda = sigma / signal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor

from engine.sampling.denoiser import Denoiser, NoisePath, NoiseSource, OnStep, silent

Scaler = Callable[[Tensor], Tensor]
"""phi of the paper: how fast the noise added along the way scales with lambda."""

_POINTS = 200  # of the sum that stands for an integral without a closed form


def scaler(solver_type: Literal["ER-SDE", "Reverse-time SDE", "ODE"], eta: float) -> Scaler:
    """The paper's own scaling (eq. 20, "ER-SDE 5"), the plain reverse diffusion's, or none.

    eta: how noisy the reverse diffusion is; without meaning for the other two.
    Raises ValueError for another `solver_type`.
    """
    if solver_type == "ER-SDE":
        return lambda level: level * ((level**0.3).exp() + 10)
    if solver_type == "Reverse-time SDE":
        return lambda level: level ** (eta + 1)
    if solver_type == "ODE":
        return lambda level: level
    raise ValueError(
        f"solver_type is 'ER-SDE', 'Reverse-time SDE' or 'ODE'; given {solver_type!r}."
    )


def er_sde(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Tensor,
    *,
    noise: NoiseSource,
    path: NoisePath,
    on_step: OnStep = silent,
    solver_type: Literal["ER-SDE", "Reverse-time SDE", "ODE"] = "ER-SDE",
    max_stage: int = 3,
    eta: float = 1.0,
    s_noise: float = 1.0,
) -> Tensor:
    """Multistep steps of up to `max_stage` (1 to 3) orders; the clean picture at sigma 0."""
    if solver_type == "ODE" or (solver_type == "Reverse-time SDE" and eta == 0):
        eta, s_noise = 0.0, 0.0
    phi = scaler(solver_type, eta)
    sigmas = path.softened(sigmas)
    levels = path.half_log_snr(sigmas).neg().exp()
    past: list[Tensor] = []  # clean pictures and their slopes, of the last step
    for step, (sigma, following) in enumerate(pairwise(sigmas)):
        clean = denoise(x, sigma)
        on_step(step, x, clean)
        if following == 0:
            return clean
        move = _Move(levels[step], levels[step + 1], phi)
        signal = following / move.end
        ratio = phi(move.end) / phi(move.start)
        x = (signal / (sigma / move.start) * ratio) * x + (signal * (1 - ratio)) * clean
        known = [clean]
        for order in range(1, min(max_stage, step + 1)):
            gap = (move.start - levels[step - order]) / order
            known.append((known[-1] - past[order - 1]) / gap)
            x = x + signal * move.weight(order) * known[-1]
        past = known
        if s_noise > 0:
            spread = move.end**2 - (move.start * ratio) ** 2
            deviation = torch.nan_to_num(spread.sqrt())
            x = x + noise(sigma, following) * (s_noise * signal * deviation)
    return x


@dataclass(frozen=True)
class _Move:
    """A step in lambda, from `start` down to `end`."""

    start: Tensor
    end: Tensor
    phi: Scaler

    def weight(self, order: int) -> Tensor:
        """What the clean picture's first or second derivative counts (eqs. 16 and 17)."""
        h = self.start - self.end
        points = self.end + torch.arange(_POINTS) * (h / _POINTS)
        summed = ((points - self.start) ** (order - 1) / self.phi(points)).sum() * (h / _POINTS)
        return (-h) ** order / order + summed * self.phi(self.end)
