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
    amount: float,
    between: tuple[float, float],
    deviation: float,
) -> Churn:
    """A function `(x, sigma, following) -> (x, sigma)` that raises the noise before each step.

    Karras et al. 2022, Algorithm 2, lines 4 to 6: by a factor 1 + min(amount / steps, √2 - 1)
    where sigma lies `between` two levels, with noise of `deviation`.
    Raises ValueError where churn is asked for without a noise source.
    """
    if amount <= 0:
        return lambda x, sigma, _: (x, sigma)
    if noise is None:
        raise ValueError(f"churn of {amount:g} needs a noise source; none was given.")
    gamma = min(amount / steps, math.sqrt(2) - 1)

    def churn(x: Tensor, sigma: Tensor, following: Tensor) -> tuple[Tensor, Tensor]:
        if not between[0] <= sigma <= between[1]:
            return x, sigma
        raised = sigma * (1 + gamma)
        fresh = noise(sigma, following) * deviation
        return x + fresh * (raised**2 - sigma**2).sqrt(), raised

    return churn
