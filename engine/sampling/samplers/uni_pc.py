"""UniPC: one predictor and corrector of any order, from the same few looks.

Zhao et al. 2023, "UniPC: A Unified Predictor-Corrector Framework for Fast Sampling of Diffusion
Models", Algorithms 1 and 2, for networks that predict the clean picture. Reckoned in
lambda = -log sigma, on the path where noise is added on top.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from engine.sampling.denoiser import Denoiser, NoisePath, OnStep, silent
from engine.sampling.samplers.polynomials import exponential_weights

_LAST = 0.001  # stands for a last sigma of 0, whose lambda would be infinite
_ORDER = 3


def uni_pc(
    denoise: Denoiser, x: Tensor, sigmas: Tensor, *, path: NoisePath, on_step: OnStep = silent
) -> Tensor:
    """UniPC with B1(h) = h (eq. 6).

    Where the schedule ends at 0 it goes to 0.001 instead, and hands out what `path` makes of that;
    for all else it takes every path to be one where noise is added on top.
    """
    return _to_zero(denoise, x, sigmas, path, scale=lambda h: h, on_step=on_step)


def uni_pc_bh2(
    denoise: Denoiser, x: Tensor, sigmas: Tensor, *, path: NoisePath, on_step: OnStep = silent
) -> Tensor:
    """`uni_pc` with B2(h) = exp(h) - 1, which for clean pictures is 1 - exp(-h) (eq. 6)."""
    return _to_zero(denoise, x, sigmas, path, scale=lambda h: -math.expm1(-h), on_step=on_step)


def _to_zero(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Tensor,
    path: NoisePath,
    *,
    scale: Callable[[float], float],
    on_step: OnStep,
) -> Tensor:
    if len(sigmas) < 2:
        return x
    if sigmas[-1] > 0:
        return _solve(denoise, x, sigmas, scale, on_step)
    sigmas = torch.cat((sigmas[:-1], sigmas.new_tensor([_LAST])))
    return path.finished(_solve(denoise, x, sigmas, scale, on_step), sigmas[-1])


def _solve(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Tensor,
    scale: Callable[[float], float],
    on_step: OnStep,
) -> Tensor:
    """Predict to the next sigma, look there, correct with what was seen; the last is not corrected.

    The order rises from 1 to 3 (less for few steps) and falls to 1 at the end.
    """
    steps = len(sigmas) - 1
    highest = max(1, min(_ORDER, steps - 1))
    spread, levels = _preserving(sigmas)

    def look(x: Tensor, step: int) -> Tensor:
        clean = denoise(x, sigmas[step])
        on_step(step, x, clean)
        return x - (spread[step] / sigmas[step]) * (x - clean)

    known = [look(x, 0)]  # clean pictures, the latest first
    for step in range(1, steps + 1):
        order = min(step, highest, steps + 1 - step)
        nodes, end = levels[step - 1 :: -1][:order], levels[step]
        h = end - levels[step - 1]
        base = (spread[step] / spread[step - 1]) * x - math.expm1(-h) * known[0]
        x = base + _bend(known[:order], nodes, end, scale(h))
        if step < steps:
            clean = look(x, step)
            x = base + _bend([*known[:order], clean], [*nodes, end], end, scale(h))
            known = [clean, *known[: highest - 1]]
    return x


def _preserving(sigmas: Tensor) -> tuple[Tensor, list[float]]:
    """Sigma and lambda by way of the variance-preserving scaling, in the precision of `sigmas`.

    In exact arithmetic these are sigma and -log sigma. In float32, 1 - alpha² keeps few digits of
    a small sigma (0.001 comes out 2 % smaller); recorded pictures have it so, and it is a matter of
    the last step alone.
    """
    log_alpha = (1 / (sigmas**2 + 1)).log() / 2
    left = 1 - (2 * log_alpha).exp()
    return left.sqrt() / log_alpha.exp(), [float(level) for level in log_alpha - left.log() / 2]


def _bend(
    pictures: Sequence[Tensor],
    nodes: Sequence[float],
    end: float,
    scale: float,
) -> Tensor | float:
    """What the differences from the latest picture add to a step with that one alone.

    Two pictures count half the `scale`, as the paper has it (section 3.4); from three on the
    weights follow from the orders' conditions and are those of the polynomial through all.
    """
    start = nodes[0]
    if len(nodes) == 1:
        return 0.0
    if len(nodes) == 2:
        place = (nodes[1] - start) / (end - start)
        return (pictures[1] - pictures[0]) * (scale / 2 / place)
    weights = exponential_weights(nodes, start, end, 1.0)
    bends = zip(pictures[1:], weights[1:], strict=True)
    return sum((picture - pictures[0]) * weight for picture, weight in bends)
