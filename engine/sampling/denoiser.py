"""What sampling speaks in: denoisers, noise sources, and the path from picture to noise.

Types and the two paths, nothing else. It knows no model, no conditioning, no graph and no device:
everything a network needs hides behind `Denoiser`.

Sigmas are tensors throughout, and best kept on the CPU: a number in a tensor without dimensions
mixes with a tensor on any device without waiting for it, so a loop never stalls an accelerator.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

Denoiser = Callable[[Tensor, Tensor], Tensor]
"""`(x [B, C, h, w], sigma: scalar or [B]) -> clean [B, C, h, w]`, the clean picture expected."""

PairDenoiser = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
"""As `Denoiser`, but `(clean, unwanted)`: guided, and what the negative side alone expects."""

OnStep = Callable[[int, Tensor, Tensor], None]
"""Told `(step, x, clean)` once a step, after the step's first look at the network."""

NoiseSource = Callable[[Tensor, Tensor], Tensor]
"""`(sigma, following) -> noise` of deviation 1, shaped like x, for the way between the two."""


def silent(step: int, x: Tensor, clean: Tensor) -> None:
    """Say nothing: the `OnStep` of whoever does not listen."""


def paired(denoise: Denoiser) -> PairDenoiser:
    """A pair with nothing to tell apart: with it a CFG++ method is its plain one."""

    def both(x: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
        clean = denoise(x, sigma)
        return clean, clean

    return both


class NoisePath(Protocol):
    """How a picture is buried: `x = signal(sigma) * clean + sigma * noise`.

    `half_log_snr` is log(signal / sigma), the "lambda" of DPM-Solver (Lu et al. 2022, section 3.1);
    `sigma_at` is its inverse.
    """

    def signal(self, sigma: Tensor) -> Tensor:
        """How much of the clean picture is left at `sigma`, 0 to 1."""
        ...

    def half_log_snr(self, sigma: Tensor) -> Tensor:
        """log(signal / sigma); infinite where one of the two is 0."""
        ...

    def sigma_at(self, half_log_snr: Tensor) -> Tensor:
        """The sigma whose half log signal-to-noise ratio this is."""
        ...

    def noised(self, clean: Tensor, noise: Tensor, sigma: Tensor) -> Tensor:
        """A clean picture buried to `sigma`."""
        ...

    def started(self, latent: Tensor, noise: Tensor, sigma: Tensor) -> Tensor:
        """What sampling starts from: as `noised`, but aware of the model's largest sigma."""
        ...

    def finished(self, x: Tensor, sigma: Tensor) -> Tensor:
        """What sampling hands out when it stops at `sigma`; undoes `started` for a next run."""
        ...

    def softened(self, sigmas: Tensor) -> Tensor:
        """A schedule whose first sigma has a finite half log signal-to-noise ratio."""
        ...

    def ancestral(
        self, sigma: Tensor, following: Tensor, eta: float
    ) -> tuple[Tensor, Tensor, Tensor]:
        """A step that goes too far down and comes back up with fresh noise: `(down, keep, up)`.

        The step ends at `down`, below `following`; then `keep * x + up * noise` is at `following`.
        eta: 0 is no noise, 1 as much as the reverse diffusion has.
        """
        ...


@dataclass(frozen=True)
class Exploding:
    """Noise is added on top: `x = clean + sigma * noise` (Karras et al. 2022, table 1, "VE").

    The path of all models that predict eps or v. `sigma_max` is the model's largest sigma, where
    nothing of the picture is left and the noise has deviation sqrt(1 + sigma²).
    """

    sigma_max: float = math.inf

    def signal(self, sigma: Tensor) -> Tensor:
        return torch.ones_like(sigma)

    def half_log_snr(self, sigma: Tensor) -> Tensor:
        return -sigma.log()

    def sigma_at(self, half_log_snr: Tensor) -> Tensor:
        return half_log_snr.neg().exp()

    def noised(self, clean: Tensor, noise: Tensor, sigma: Tensor) -> Tensor:
        return clean + noise * sigma

    def started(self, latent: Tensor, noise: Tensor, sigma: Tensor) -> Tensor:
        first = float(sigma)
        whole = first > self.sigma_max or math.isclose(first, self.sigma_max, rel_tol=1e-5)
        return latent + noise * ((1 + sigma**2).sqrt() if whole else sigma)

    def finished(self, x: Tensor, sigma: Tensor) -> Tensor:  # noqa: ARG002
        return x

    def softened(self, sigmas: Tensor) -> Tensor:
        return sigmas

    def ancestral(
        self, sigma: Tensor, following: Tensor, eta: float
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The posterior of Ho et al. 2020, eq. 7, in Karras' units; eta as in Song et al. 2021.

        `down` is a difference of like numbers after a long step; its rounding shows in pictures, so
        the sums are done in the order that k-diffusion made known.
        """
        one = torch.ones_like(following)
        if not eta:
            return following, one, torch.zeros_like(following)
        up = eta * (following**2 * (sigma**2 - following**2) / sigma**2).sqrt()
        up = torch.where(up < following, up, following)  # also where sigma is infinite
        return (following**2 - up**2).sqrt(), one, up


@dataclass(frozen=True)
class Straight:
    """Rectified flow: `x = (1 - sigma) * clean + sigma * noise`, sigma from 1 to 0.

    Liu et al. 2022, eq. 1; Esser et al. 2024, section 2. `nearly_all` is the sigma a ten-thousandth
    of the way down the model's table: exponential integrators start there instead of at 1, where
    the signal-to-noise ratio is 0.
    """

    nearly_all: float = 0.9999

    def signal(self, sigma: Tensor) -> Tensor:
        return 1 - sigma

    def half_log_snr(self, sigma: Tensor) -> Tensor:
        return -sigma.logit()

    def sigma_at(self, half_log_snr: Tensor) -> Tensor:
        return half_log_snr.neg().sigmoid()

    def noised(self, clean: Tensor, noise: Tensor, sigma: Tensor) -> Tensor:
        return sigma * noise + (1 - sigma) * clean

    def started(self, latent: Tensor, noise: Tensor, sigma: Tensor) -> Tensor:
        return self.noised(latent, noise, sigma)

    def finished(self, x: Tensor, sigma: Tensor) -> Tensor:
        return x / (1 - sigma)

    def softened(self, sigmas: Tensor) -> Tensor:
        if len(sigmas) < 2 or float(sigmas[0]) < 1:
            return sigmas
        return torch.cat((sigmas.new_tensor([self.nearly_all]), sigmas[1:]))

    def ancestral(
        self, sigma: Tensor, following: Tensor, eta: float
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Down by a share eta of the step's own ratio; the signal is restored, then the noise."""
        down = following * (1 + (following / sigma - 1) * eta)
        keep = (1 - following) / (1 - down)
        return down, keep, (following**2 - (keep * down) ** 2).clamp(min=0).sqrt()
