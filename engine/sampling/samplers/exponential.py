"""One exact step of the reverse diffusion towards a clean picture that does not move.

What the exponential integrators (DPM-Solver++ SDE, SEEDS) share. With lambda the half log
signal-to-noise ratio and h its growth over the step:
`x' = decay * x + signal * (1 - exp(-(1 + eta) h)) * clean + deviation * noise`
(Gonzalez et al. 2023, "SEEDS", eq. 12; Lu et al. 2022, "DPM-Solver++", eq. 18, eta = 1).
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from engine.sampling.denoiser import NoisePath, NoiseSource


@dataclass(frozen=True)
class Fresh:
    """The fresh noise of a stochastic sampler: where from, how much of the reverse diffusion's
    (eta: 0 to 1), and of what deviation. With either 0 nothing is drawn."""

    source: NoiseSource
    eta: float
    s_noise: float

    def drawn(self, sigma: Tensor, following: Tensor, deviation: Tensor) -> Tensor | float:
        """Noise of `deviation` for the way between two sigmas; 0 where there is none."""
        if self.eta <= 0 or self.s_noise <= 0:
            return 0.0
        return self.source(sigma, following) * (self.s_noise * deviation)


@dataclass(frozen=True)
class SdeStep:
    """The numbers of a step. `h` is (1 + eta) times the growth of lambda; `signal` its end's."""

    h: Tensor
    signal: Tensor
    decay: Tensor
    deviation: Tensor

    @property
    def towards(self) -> Tensor:
        """How much of a constant clean picture enters."""
        return -self.signal * self.h.neg().expm1()


def sde_step(path: NoisePath, sigma: Tensor, following: Tensor, eta: float) -> SdeStep:
    """The step from `sigma` to `following`, both with a finite half log signal-to-noise ratio.

    eta: 0 is the deterministic flow, 1 the reverse diffusion.
    """
    h = path.half_log_snr(following) - path.half_log_snr(sigma)
    return SdeStep(
        h=h * (1 + eta),
        signal=path.signal(following),
        decay=following / sigma * (-h * eta).exp(),
        deviation=following * (-2 * h * eta).expm1().neg().sqrt(),
    )


def phi_2(h: Tensor) -> Tensor:
    """(exp(-h) - 1 + h) / h: what the clean picture's slope adds (Hochbruck & Ostermann 2010)."""
    return h.neg().expm1() / h + 1


def phi_3(h: Tensor) -> Tensor:
    """phi_2(h) / h - 1/2: what its curvature takes away."""
    return phi_2(h) / h - 0.5
