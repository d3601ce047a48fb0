"""DPM-Solver of orders one to three: a fixed number of looks, or steps as long as an error allows.

Lu et al. 2022, "DPM-Solver". Everything is reckoned in t = -log sigma, on the path where noise is
added on top. Neither sampler goes to sigma 0: they end at the schedule's smallest sigma above it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor

from engine.sampling.denoiser import Denoiser, Exploding, NoiseSource, OnStep, silent


class _Looks:
    """The network's noise estimates from one point on, each made once."""

    def __init__(self, denoise: Denoiser, x: Tensor, t: Tensor) -> None:
        self.denoise, self.x, self.t = denoise, x, t
        self.clean = denoise(x, t.neg().exp())
        self.eps = (x - self.clean) / t.neg().exp()
        self._ahead: dict[float, Tensor] = {}

    def step(self, ahead: Tensor, order: int, share: float | None = None) -> Tensor:
        """x at t = `ahead`, by the solver of `order` 1, 2 or 3 (Algorithms 1, 4 and 5).

        share: where the first look between lies, 0 to 1; the paper's own place if None.
        """
        h = ahead - self.t
        start = self.x - ahead.neg().exp() * h.expm1() * self.eps
        if order == 1:
            return start
        if order == 2:
            share = share or 1 / 2
            bend = self._look(share, h) - self.eps
            return start - ahead.neg().exp() / (2 * share) * h.expm1() * bend
        bend = self._second_look(h, share or 1 / 3, 2 / 3) - self.eps
        return start - ahead.neg().exp() / (2 / 3) * (h.expm1() / h - 1) * bend

    def _look(self, share: float, h: Tensor) -> Tensor:
        if share not in self._ahead:
            sigma = (self.t + share * h).neg().exp()
            x = self.x - sigma * (share * h).expm1() * self.eps
            self._ahead[share] = (x - self.denoise(x, sigma)) / sigma
        return self._ahead[share]

    def _second_look(self, h: Tensor, share: float, later: float) -> Tensor:
        sigma = (self.t + later * h).neg().exp()
        bend = self._look(share, h) - self.eps
        part = (later * h).expm1()
        x = self.x - sigma * part * self.eps
        x = x - sigma * (later / share) * (part / (later * h) - 1) * bend
        return (x - self.denoise(x, sigma)) / sigma


def dpm_fast(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Tensor,
    *,
    noise: NoiseSource,
    on_step: OnStep = silent,
    eta: float = 0.0,
    s_noise: float = 1.0,
) -> Tensor:
    """As many looks as the schedule has steps, in even steps of t (DPM-Solver-fast, section 3.4).

    Of the schedule only its ends and its length count. Third-order steps as long as looks are
    left, then what the rest allows.
    """
    looks, start, end = len(sigmas) - 1, *_ends(sigmas)
    spare = looks % 3
    orders = [3] * (looks // 3) + [spare] if spare else [3] * (looks // 3 - 1) + [2, 1]
    times = torch.linspace(float(start), float(end), len(orders) + 1)
    for step, order in enumerate(orders):
        ahead, up = _with_noise(times[step], times[step + 1], end, eta)
        look = _Looks(denoise, x, times[step])
        on_step(step, x, look.clean)
        x = look.step(ahead, order)
        if eta:
            x = x + noise(times[step].neg().exp(), times[step + 1].neg().exp()) * (s_noise * up)
    return x


def dpm_adaptive(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Tensor,
    *,
    noise: NoiseSource,
    on_step: OnStep = silent,
    order: int = 3,
    rtol: float = 0.05,
    atol: float = 0.0078,
    h_init: float = 0.05,
    pcoeff: float = 0.0,
    icoeff: float = 1.0,
    dcoeff: float = 0.0,
    accept_safety: float = 0.81,
    eta: float = 0.0,
    s_noise: float = 1.0,
) -> Tensor:
    """Steps as long as two solvers of neighbouring order agree (DPM-Solver-adaptive, appendix C).

    order: 2 or 3, the better solver's. rtol, atol: the error allowed, relative and absolute.
    h_init: the first step in log sigma. pcoeff, icoeff, dcoeff: see `_Controller`. Only the ends
    of the schedule count; how many looks it takes is the picture's affair.
    Raises ValueError for another order.
    """
    if order not in (2, 3):
        raise ValueError(f"dpm_adaptive has order 2 or 3; given {order}.")
    t, end = _ends(sigmas)
    control = _Controller(
        abs(h_init), (pcoeff, icoeff, dcoeff), 1.5 if eta else order, accept_safety
    )
    kept, step = x, 0
    while t < end - 1e-5:
        following = torch.minimum(end, t + control.h)
        ahead, up = _with_noise(t, following, end, eta)
        look = _Looks(denoise, x, t)
        on_step(step, x, look.clean)
        worse = look.step(ahead, 1) if order == 2 else look.step(ahead, 2, 1 / 3)
        better = look.step(ahead, order)
        allowed = torch.maximum(worse.abs(), kept.abs()).mul(rtol).clamp(min=atol)
        error = ((worse - better) / allowed).square().sum().sqrt() / x.numel() ** 0.5
        if control.accepts(float(error)):
            kept, x = worse, better
            if eta:
                x = x + noise(t.neg().exp(), following.neg().exp()) * (s_noise * up)
            t = following
        step += 1
    return x


def _ends(sigmas: Tensor) -> tuple[Tensor, Tensor]:
    last = sigmas[-2] if sigmas[-1] == 0 else sigmas[-1]
    return -sigmas[0].log(), -last.log()


def _with_noise(t: Tensor, following: Tensor, end: Tensor, eta: float) -> tuple[Tensor, Tensor]:
    """Where a noisy step from t turns back to come to `following`, and the noise it comes with."""
    sigma = following.neg().exp()
    down, _, _ = Exploding().ancestral(t.neg().exp(), sigma, eta)
    if not eta:
        return following, torch.zeros_like(sigma)
    ahead = torch.minimum(end, -down.log())
    return ahead, (sigma**2 - ahead.neg().exp() ** 2).sqrt()


@dataclass
class _Controller:
    """Chooses the next step from the last three errors (Söderlind 2003, digital filters).

    gains: how much the proportional, integral and differential parts of the error count.
    """

    h: float
    gains: tuple[float, float, float]
    order: float
    safety: float
    inverses: list[float] = field(default_factory=list[float])

    def accepts(self, error: float) -> bool:
        """Whether a step of this error is taken; `h` is changed either way."""
        inverse = 1 / (error + 1e-8)
        self.inverses = [inverse, *(self.inverses[1:] or (inverse, inverse))]
        p, i, d = self.gains
        powers = (p + i + d, -(p + 2 * d), d)
        pairs = zip(self.inverses, powers, strict=True)
        factor = math.prod(e ** (power / self.order) for e, power in pairs)
        factor = 1 + math.atan(factor - 1)
        taken = factor >= self.safety
        if taken:
            self.inverses = [inverse, inverse, self.inverses[1]]
        self.h *= factor
        return taken
