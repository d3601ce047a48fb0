"""SA-Solver: a stochastic Adams predictor and corrector.

Xue et al. 2023, "SA-Solver: Stochastic Adams Solver for Fast Sampling of Diffusion Models",
Algorithm 1. tau is the share of the reverse diffusion's noise; here it is `eta` while sigma lies
between two bounds, and 0 outside.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor

from engine.sampling.denoiser import Denoiser, NoisePath, NoiseSource, OnStep, silent
from engine.sampling.samplers.exponential import Fresh, sde_step
from engine.sampling.samplers.polynomials import exponential_weights


@dataclass(frozen=True)
class _Step:
    """One way from sigma to sigma, in half log signal-to-noise ratio: used twice, by the predictor
    and, once its end is known, by the corrector, with the same noise."""

    start: float
    end: float
    decay: Tensor
    signal: Tensor
    tau: float
    noise: Tensor | float

    def taken(
        self, x: Tensor, pictures: Sequence[Tensor], nodes: Sequence[float], simple: bool
    ) -> Tensor:
        """x at the end, for clean pictures known at `nodes`."""
        weights = self._weights(nodes, simple)
        x = self.decay * x
        for picture, weight in zip(pictures, weights, strict=True):
            x = x + picture * (self.signal * weight)
        return x + self.noise

    def _weights(self, nodes: Sequence[float], simple: bool) -> Sequence[float]:
        rate, h = 1 + self.tau**2, self.end - self.start
        if not simple or len(nodes) != 2:
            return exponential_weights(nodes, self.start, self.end, rate)
        # the slope's integral cut to its first term (the paper, appendix B.5)
        whole = -math.expm1(-rate * h)
        if nodes[1] == self.end:
            newest = rate * h / 2
            return whole - newest, newest
        oldest = rate * h**2 / 2 / (nodes[0] - self.start)
        return oldest, whole - oldest


def sa_solver(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Tensor,
    *,
    noise: NoiseSource,
    path: NoisePath,
    stochastic: tuple[float, float],
    on_step: OnStep = silent,
    eta: float = 1.0,
    s_noise: float = 1.0,
    predictor_order: int = 3,
    corrector_order: int = 4,
    use_pece: bool = False,
    simple_order_2: bool = False,
) -> Tensor:
    """Predict, look, correct; with `use_pece` look again after correcting.

    stochastic: (high, low) sigmas; steps that end between them have tau = eta. predictor_order: 1
    to 6, corrector_order: 0 (none) to 6. simple_order_2: shorter formulas where two pictures count.
    Orders fall towards the end of a schedule that goes to 0; the last step is the clean picture.
    """
    sigmas = path.softened(sigmas)
    levels = [float(level) for level in path.half_log_snr(sigmas)]
    steps = len(sigmas) - 1
    to_zero = steps > 0 and float(sigmas[-1]) == 0
    known: list[Tensor] = []  # clean pictures, the latest last
    base, move = x, None
    for step, (sigma, following) in enumerate(pairwise(sigmas)):
        clean = denoise(x, sigma)
        on_step(step, x, clean)
        known = [*known, clean][-max(predictor_order, corrector_order) :]
        left = steps - step if to_zero else len(known)
        order = min(corrector_order, len(known), left)
        if move is not None and order > 0 and (use_pece or following > 0):
            nodes = levels[step + 1 - order : step + 1]
            x = move.taken(base, known[-order:], nodes, simple_order_2)
            if use_pece:
                clean = known[-1] = denoise(x, sigma)
        if following == 0:
            return clean
        tau = eta if stochastic[0] >= following >= stochastic[1] else 0.0
        order = min(predictor_order, len(known), left - 1 if to_zero else left)
        base, move = x, _step(path, sigma, following, Fresh(noise, tau, s_noise))
        x = move.taken(base, known[-order:], levels[step + 1 - order : step + 1], simple_order_2)
    return x


def _step(path: NoisePath, sigma: Tensor, following: Tensor, fresh: Fresh) -> _Step:
    move = sde_step(path, sigma, following, fresh.eta**2)
    start, end = path.half_log_snr(sigma), path.half_log_snr(following)
    added = fresh.drawn(sigma, following, move.deviation)
    return _Step(float(start), float(end), move.decay, move.signal, fresh.eta, added)
