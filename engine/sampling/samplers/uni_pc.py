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

from engine.sampling.denoiser import Denoiser, OnStep, silent
from engine.sampling.samplers.polynomials import exponential_weights

_LAST = 0.001  # stands for a last sigma of 0, whose lambda would be infinite
_ORDER = 3


def uni_pc(denoise: Denoiser, x: Tensor, sigmas: Tensor, *, on_step: OnStep = silent) -> Tensor:
    """UniPC with B1(h) = h (eq. 6)."""
    return _solve(denoise, x, sigmas, lambda h: h, on_step)


def uni_pc_bh2(denoise: Denoiser, x: Tensor, sigmas: Tensor, *, on_step: OnStep = silent) -> Tensor:
    """UniPC with B2(h) = exp(h) - 1, for clean pictures 1 - exp(-h) (eq. 6)."""
    return _solve(denoise, x, sigmas, lambda h: -math.expm1(-h), on_step)


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
    if len(sigmas) < 2:
        return x
    if sigmas[-1] == 0:
        sigmas = torch.cat((sigmas[:-1], sigmas.new_tensor([_LAST])))
    steps = len(sigmas) - 1
    highest = max(1, min(_ORDER, steps - 1))
    levels = [-math.log(sigma) for sigma in sigmas.tolist()]
    known = [denoise(x, sigmas[0])]  # clean pictures, the latest first
    on_step(0, x, known[0])
    for step in range(1, steps + 1):
        order = min(step, highest, steps + 1 - step)
        nodes = levels[step - 1 :: -1][:order]
        end, h = levels[step], levels[step] - levels[step - 1]
        ratio = sigmas[step] / sigmas[step - 1]
        base = ratio * x + (1 - ratio) * known[0]
        x = base + _bend(known[:order], nodes, end, scale(h))
        if step < steps:
            clean = denoise(x, sigmas[step])
            x = base + _bend([*known[:order], clean], [*nodes, end], end, scale(h))
            known = [clean, *known[: highest - 1]]
            on_step(step, x, clean)
    return x


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
