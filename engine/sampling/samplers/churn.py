"""Churn: a little noise thrown in before a step, so that later steps mend what earlier ones bent.

For Euler's, Heun's and the second-order DPM-Solver. It knows no network.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from torch import Tensor

from engine.sampling.denoiser import NoiseSource

Churn = Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]


def churned(
    steps: int,
    noise: NoiseSource | None,
    s_churn: float,
    s_tmin: float,
    s_tmax: float,
    s_noise: float,
) -> Churn:
    """A function `(x, sigma, following) -> (x, sigma)` that raises the noise before each step.

    Karras et al. 2022, Algorithm 2, lines 4 to 6: by a factor 1 + min(s_churn / steps, √2 - 1)
    where s_tmin <= sigma <= s_tmax, with noise of deviation `s_noise`.
    Raises ValueError where churn is asked for without a noise source.
    """
    if s_churn <= 0:
        return lambda x, sigma, following: (x, sigma)
    if noise is None:
        raise ValueError(f"s_churn {s_churn:g} needs a noise source; none was given.")
    gamma = min(s_churn / steps, math.sqrt(2) - 1)

    def churn(x: Tensor, sigma: Tensor, following: Tensor) -> tuple[Tensor, Tensor]:
        if not s_tmin <= sigma <= s_tmax:
            return x, sigma
        raised = sigma * (1 + gamma)
        fresh = noise(sigma, following) * s_noise
        return x + fresh * (raised**2 - sigma**2).sqrt(), raised

    return churn
