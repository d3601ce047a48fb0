"""Linear multistep methods on the probability-flow ODE: one look a step, earlier slopes remembered.

The slope is (x - clean) / sigma, the noise that the network sees. They differ in where the
polynomial through the last slopes is drawn: over sigma (lms, ipndm_v), over the step's number
(ipndm), or over the time of a variance-preserving diffusion (deis).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor

from engine.sampling.denoiser import Denoiser, OnStep, silent
from engine.sampling.samplers.polynomials import adams_weights, lagrange

Weights = Callable[[Sequence[float], float], Sequence[float]]
"""`(sigmas of the slopes known, the latest first; following sigma) -> weight of each slope`."""

_EVEN = (
    (1.0,),
    (3 / 2, -1 / 2),
    (23 / 12, -16 / 12, 5 / 12),
    (55 / 24, -59 / 24, 37 / 24, -9 / 24),
)  # Adams-Bashforth for steps of one size (Hairer, Nørsett, Wanner 1993, section III.1)


def _multistep(
    denoise: Denoiser, x: Tensor, sigmas: Tensor, *, weights: Weights, order: int, on_step: OnStep
) -> Tensor:
    """Steps with the weights of the last `order` slopes; the clean picture where sigma is 0."""
    slopes: list[Tensor] = []
    levels = [float(sigma) for sigma in sigmas]
    for step, (sigma, following) in enumerate(pairwise(sigmas)):
        clean = denoise(x, sigma)
        on_step(step, x, clean)
        if following == 0:
            return clean
        slopes = [(x - clean) / sigma, *slopes[: order - 1]]
        known = levels[step - len(slopes) + 1 : step + 1][::-1]
        for slope, weight in zip(slopes, weights(known, levels[step + 1]), strict=True):
            x = x + slope * weight
    return x


def lms(
    denoise: Denoiser, x: Tensor, sigmas: Tensor, *, on_step: OnStep = silent, order: int = 4
) -> Tensor:
    """Adams-Bashforth steps over sigma (Karras et al. 2022, appendix; k-diffusion's "LMS").

    order: how many slopes are remembered, 1 or more.
    """
    return _multistep(denoise, x, sigmas, weights=_over_sigma, order=order, on_step=on_step)


def ipndm_v(
    denoise: Denoiser, x: Tensor, sigmas: Tensor, *, on_step: OnStep = silent, max_order: int = 4
) -> Tensor:
    """iPNDM for steps of any size (Zhang & Chen 2022, "DEIS", section 3). max_order: 1 to 4."""
    return _multistep(denoise, x, sigmas, weights=_as_published, order=max_order, on_step=on_step)


def ipndm(
    denoise: Denoiser, x: Tensor, sigmas: Tensor, *, on_step: OnStep = silent, max_order: int = 4
) -> Tensor:
    """Improved PNDM (Liu et al. 2022, "PNDM", eq. 12; Zhang & Chen 2022, appendix): weights as if
    all steps were equally long. max_order: 1 to 4."""

    def weights(known: Sequence[float], following: float) -> Sequence[float]:
        return [weight * (following - known[0]) for weight in _EVEN[len(known) - 1]]

    return _multistep(denoise, x, sigmas, weights=weights, order=max_order, on_step=on_step)


def deis(
    denoise: Denoiser, x: Tensor, sigmas: Tensor, *, on_step: OnStep = silent, max_order: int = 3
) -> Tensor:
    """Exponential integrator, polynomial over time (Zhang & Chen 2022, "tAB-DEIS", eq. 15)."""
    return _multistep(denoise, x, sigmas, weights=_over_time, order=max_order, on_step=on_step)


def _over_sigma(known: Sequence[float], following: float) -> Sequence[float]:
    return adams_weights(known, known[0], following)


def _as_published(known: Sequence[float], following: float) -> Sequence[float]:
    """The weights of `ipndm_v` as the code of its authors has them.

    Up to two slopes they are those of `lms`. The factors of the second and the third difference of
    slopes, and the third's last ratio, differ from an Adams-Bashforth step of that order; all
    pictures drawn under the sampler's name have them so, hence they stay. The order is two.
    """
    if len(known) < 3:
        return _over_sigma(known, following)
    h, h1, h2, *earlier = (
        end - start for start, end in zip(known, (following, *known), strict=False)
    )
    first, ratio = h / h1 / 2, h1 / h2
    second = (1 - h**2 / (3 * h1 * (h1 + h2))) / 2
    weights = [1 + first + second, -first - (1 + ratio) * second, ratio * second]
    if earlier:
        h3 = earlier[0]
        third = h * (5 * h**2 + 12 * h * h1 + 4 * h * h2 + 6 * h1 * (h1 + h2))
        third /= 12 * h1 * (h1 + h2) * (h1 + h2 + h3)
        later = h1 * (h1 + h2) / (h2 * (h2 + h3))
        bends = (1.0, -1 - ratio - later, ratio + later * (1 + h2 / h3), -later * ratio)
        weights = [w + third * b for w, b in zip((*weights, 0.0), bends, strict=True)]
    return [h * weight for weight in weights]


_POINTS = 10_000
_SMALLEST, _LARGEST, _SOONEST = 0.002, 80.0, 1e-3  # sigma at time 0.001, at time 1; Karras' range


def _over_time(known: Sequence[float], following: float) -> Sequence[float]:
    """The integral of d sigma over a polynomial in the diffusion's time, as a sum of points."""
    if len(known) == 1:
        return [following - known[0]]
    *nodes, end = (_time(sigma) for sigma in (*known, following))
    h = end - nodes[0]
    share = torch.linspace(0, 1, _POINTS, dtype=torch.float64)
    growth = _growth(nodes[0] + share * h) * (h / _POINTS)
    places = [(node - nodes[0]) / h for node in nodes]
    powers = torch.stack([share**k for k in range(len(nodes))])
    moments = [float(moment) for moment in powers @ growth]
    return [sum(c * m for c, m in zip(basis, moments, strict=True)) for basis in lagrange(places)]


def _rates() -> tuple[float, float]:
    """The linear rate of a variance-preserving diffusion with Karras' range of sigma (Karras et al.
    2022, table 1): its start, and its growth from time 0 to 1."""
    low, high = math.log(_SMALLEST**2 + 1), math.log(_LARGEST**2 + 1)
    growth = 2 * (low / _SOONEST - high) / (_SOONEST - 1)
    return high - growth / 2, growth


def _time(sigma: float) -> float:
    start, growth = _rates()
    return (math.sqrt(start**2 + 2 * growth * math.log(sigma**2 + 1)) - start) / growth


def _growth(time: Tensor) -> Tensor:
    """d sigma / d time, for sigma² + 1 = exp(start * time + growth * time² / 2)."""
    start, growth = _rates()
    ratio = (start * time + growth * time**2 / 2).exp()
    return (start + growth * time) * ratio / (2 * (ratio - 1).sqrt())
