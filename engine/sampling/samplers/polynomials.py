"""Weights of multistep methods: polynomials through known values, integrated exactly.

A method that remembers earlier values draws the polynomial through them and integrates it over the
next step; what a value counts follows from where the values lie. Plain numbers, no tensors.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def lagrange(nodes: Sequence[float]) -> list[list[float]]:
    """For each node the coefficients, lowest power first, of the polynomial that is 1 there and 0
    at the others."""
    return [_one_at(node, [*nodes[:at], *nodes[at + 1 :]]) for at, node in enumerate(nodes)]


def _one_at(node: float, others: Sequence[float]) -> list[float]:
    coefficients = [1.0]
    for other in others:  # times (u - other) / (node - other)
        raised, kept = [0.0, *coefficients], [*coefficients, 0.0]
        scale = node - other
        coefficients = [(up - other * low) / scale for up, low in zip(raised, kept, strict=True)]
    return coefficients


def adams_weights(nodes: Sequence[float], start: float, end: float) -> list[float]:
    """Weights of an Adams-Bashforth step from `start` to `end` for slopes known at `nodes`.

    Hairer, Nørsett, Wanner 1993, section III.5 (variable step sizes); they add up to end - start.
    """
    h = end - start
    places = [(node - start) / h for node in nodes]
    return [h * sum(c / (k + 1) for k, c in enumerate(basis)) for basis in lagrange(places)]


def exponential_weights(
    nodes: Sequence[float], start: float, end: float, rate: float
) -> list[float]:
    """Weights of clean pictures known at `nodes` in a step of an exponential integrator.

    All in half log signal-to-noise ratio. The integral of rate * exp(rate * (u - end)) times the
    polynomial, from `start` to `end` (Xue et al. 2023, "SA-Solver", eqs. 13 to 15; rate = 1 + tau²;
    without noise Zhao et al. 2023, "UniPC", eq. 5). They add up to 1 - exp(-rate * (end - start)).
    """
    h = end - start
    places = [(node - end) / h for node in nodes]
    moments = _moments(rate * h, len(nodes))
    return [
        sum(c * moment for c, moment in zip(basis, moments, strict=True))
        for basis in lagrange(places)
    ]


def _moments(rate: float, count: int) -> list[float]:
    """The integrals of rate * exp(rate * u) * u^k over -1 to 0, by parts from one k to the next."""
    left = math.exp(-rate)
    moments = [-math.expm1(-rate)]
    for k in range(1, count):
        moments.append(-((-1) ** k) * left - k / rate * moments[-1])
    return moments
