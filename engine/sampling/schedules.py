"""Schedules: which noise levels a run visits, falling, 0 at the end.

A schedule is `(steps, table) -> Tensor`, [steps + 1] float32 on the CPU (`ddim_uniform` may have
more, `beta` fewer). Here too is the arithmetic on sigmas: how strength shortens a schedule, which
samplers lose their last but one level, how a run is cut into windows. It knows samplers by name
only, and nothing of networks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

import torch
from scipy import special  # pyright: ignore[reportMissingTypeStubs]
from torch import Tensor

from engine.sampling.tables import Table

Schedule = Callable[[int, Table], Tensor]

LOSES_LAST_BUT_ONE = frozenset(("dpm_2", "dpm_2_ancestral", "uni_pc", "uni_pc_bh2"))
"""Samplers that, by name, get a schedule of one step more without its last sigma above 0."""


def _falling_to_zero(sigmas: list[float]) -> Tensor:
    return torch.tensor([*sigmas, 0.0], dtype=torch.float32)


def _even(start: float, end: float, count: int) -> Tensor:
    return torch.linspace(start, end, count)


# Schedules made of two numbers


def karras_between(steps: int, sigma_min: float, sigma_max: float, rho: float = 7.0) -> Tensor:
    """Even steps in sigma^(1 / rho) (Karras et al. 2022, eq. 5), then 0. rho above 0."""
    if rho <= 0:
        raise ValueError(f"rho must be above 0 in a Karras schedule; given {rho:g}.")
    low, high = sigma_min ** (1 / rho), sigma_max ** (1 / rho)
    return _ended((high + _even(0, 1, steps) * (low - high)) ** rho)


def exponential_between(steps: int, sigma_min: float, sigma_max: float) -> Tensor:
    """Even steps in log sigma, then 0. Both ends must be above 0."""
    low, high = _logs(sigma_min, sigma_max)
    return _ended(_even(high, low, steps).exp())


def polyexponential_between(
    steps: int, sigma_min: float, sigma_max: float, rho: float = 1.0
) -> Tensor:
    """Steps in log sigma that follow a power `rho` of an even ramp, then 0."""
    low, high = _logs(sigma_min, sigma_max)
    return _ended((_even(1, 0, steps) ** rho * (high - low) + low).exp())


def _logs(sigma_min: float, sigma_max: float) -> tuple[float, float]:
    if sigma_min <= 0 or sigma_max <= 0:
        raise ValueError(
            "An exponential schedule needs sigma_min and sigma_max above 0; "
            f"given {sigma_min:g} and {sigma_max:g}."
        )
    return math.log(sigma_min), math.log(sigma_max)


def _ended(sigmas: Tensor) -> Tensor:
    return torch.cat((sigmas, sigmas.new_zeros(1)))


# Schedules made of a model's table


def karras(steps: int, table: Table) -> Tensor:
    """`karras_between` the ends of the table, with rho = 7."""
    return karras_between(steps, table.sigma_min, table.sigma_max)


def exponential(steps: int, table: Table) -> Tensor:
    """`exponential_between` the ends of the table."""
    return exponential_between(steps, table.sigma_min, table.sigma_max)


def normal(steps: int, table: Table) -> Tensor:
    """Even steps in the model's time, both ends of the table among them, then 0."""
    first, last = _ends_in_time(table)
    if math.isclose(float(table.sigma_at(torch.tensor(last))), 0, abs_tol=1e-5):
        return table.sigma_at(_even(first, last, steps + 1))
    return _ended(table.sigma_at(_even(first, last, steps)))


def sgm_uniform(steps: int, table: Table) -> Tensor:
    """Even steps in the model's time that would end at the table's smallest sigma; 0 instead."""
    return _ended(table.sigma_at(_even(*_ends_in_time(table), steps + 1)[:-1]))


def _ends_in_time(table: Table) -> tuple[float, float]:
    first, last = table.t_at(torch.tensor([table.sigma_max, table.sigma_min]))
    return float(first), float(last)


def simple(steps: int, table: Table) -> Tensor:
    """Entries of the table at even distances, counted from its largest sigma."""
    stride = len(table.sigmas) / steps
    return _falling_to_zero([float(table.sigmas[-1 - int(n * stride)]) for n in range(steps)])


def ddim_uniform(steps: int, table: Table) -> Tensor:
    """Every so-manieth entry of the table, counted from its second smallest sigma.

    The stride is rounded down (Song et al. 2021, section 4.2), so there may be more than `steps`.
    """
    starts_at_zero = math.isclose(float(table.sigmas[1]), 0, abs_tol=1e-5)
    stride = max(len(table.sigmas) // (steps + starts_at_zero), 1)
    falling = table.sigmas[1::stride].flip(0)
    return falling if starts_at_zero else _ended(falling)


def beta_between(steps: int, table: Table, alpha: float = 0.6, beta: float = 0.6) -> Tensor:
    """Times at even quantiles of a Beta distribution (Lee et al. 2024, "Beta Sampling is All You
    Need", section 3.2), each entry of the table once. Both parameters above 0."""
    if alpha <= 0 or beta <= 0:
        raise ValueError(
            f"A beta schedule needs alpha and beta above 0; given {alpha:g} and {beta:g}."
        )
    last = len(table.sigmas) - 1
    times = [round(special.betaincinv(alpha, beta, 1 - n / steps) * last) for n in range(steps)]
    return _falling_to_zero([float(table.sigmas[t]) for t in dict.fromkeys(times)])


def beta(steps: int, table: Table) -> Tensor:
    """`beta_between` with both parameters 0.6, as the paper advises."""
    return beta_between(steps, table)


def linear_quadratic(steps: int, table: Table, threshold: float = 0.025) -> Tensor:
    """Half the steps are tiny and even, the other half widen quadratically.

    Polyak et al. 2024 ("Movie Gen", section 3.4.2). threshold: the share of the largest sigma that
    the first half covers. The two halves meet with one slope.
    """
    if steps == 1:
        return _falling_to_zero([table.sigma_max])
    even = steps // 2
    wide = steps - even
    slope = threshold / even
    curve = (1 - threshold - slope * wide) / wide**2
    gone = [slope * n + curve * max(n - even, 0) ** 2 for n in range(steps)]
    return _falling_to_zero([1 - share for share in gone]) * table.sigma_max


def kl_optimal(steps: int, table: Table) -> Tensor:
    """Even steps in arctan sigma: best for Gaussian data (Sabour et al. 2024, "AYS", sec. 3)."""
    angles = _even(math.atan(table.sigma_max), math.atan(table.sigma_min), steps)
    return _ended(angles.tan())


SCHEDULES: Mapping[str, Schedule] = {
    "simple": simple,
    "sgm_uniform": sgm_uniform,
    "karras": karras,
    "exponential": exponential,
    "ddim_uniform": ddim_uniform,
    "beta": beta,
    "normal": normal,
    "linear_quadratic": linear_quadratic,
    "kl_optimal": kl_optimal,
}
"""Every schedule by the name that files say, in the order that menus show."""


# Strength, windows and cuts


def basic(scheduler: str, steps: int, denoise: float, table: Table) -> Tensor:
    """What a scheduler node gives: the last `steps` steps of a schedule `1 / denoise` as long.

    denoise: 1 is the whole schedule; 0 gives no sigmas at all, which means "leave the latent".
    """
    return _tail(SCHEDULES[scheduler], steps, denoise, table, whole=1.0)


def sigmas_for(name: str, scheduler: str, steps: int, denoise: float, table: Table) -> Tensor:
    """The sigmas of a KSampler for the sampler `name`: as `basic`, with what the name asks for.

    The four names of `LOSES_LAST_BUT_ONE` get one step more, less the last sigma above 0, which is
    where their midpoint would hardly differ from the end. Strengths above 0.9999 count as 1.
    """

    def schedule(count: int, table: Table) -> Tensor:
        if name not in LOSES_LAST_BUT_ONE:
            return SCHEDULES[scheduler](count, table)
        sigmas = SCHEDULES[scheduler](count + 1, table)
        return torch.cat((sigmas[:-2], sigmas[-1:]))

    return _tail(schedule, steps, denoise, table, whole=0.9999)


def _tail(schedule: Schedule, steps: int, denoise: float, table: Table, whole: float) -> Tensor:
    if denoise <= 0:
        return torch.empty(0)
    if denoise > whole or denoise == 1:
        return schedule(steps, table)
    return schedule(int(steps / denoise), table)[-(steps + 1) :]


def window(sigmas: Tensor, start: int, end: int, *, leftover: bool) -> Tensor:
    """The steps `start` to `end` of a schedule, as KSamplerAdvanced counts them.

    leftover: keep the noise of an early end; else its sigma becomes 0. Empty where nothing is left
    to do, which means "leave the latent".
    """
    if end < len(sigmas) - 1:
        sigmas = sigmas[: end + 1].clone()
        if not leftover:
            sigmas[-1] = 0
    return sigmas[start:] if start < len(sigmas) - 1 else sigmas[:0]


def split(sigmas: Tensor, step: int) -> tuple[Tensor, Tensor]:
    """Two schedules that meet at `step`."""
    return sigmas[: step + 1], sigmas[step:]


def split_denoise(sigmas: Tensor, denoise: float) -> tuple[Tensor, Tensor]:
    """Two schedules, the second with the last share `denoise` of the steps.

    At a share of 0 the first is empty and the second has one sigma, as in ComfyUI.
    """
    steps = round(max(len(sigmas) - 1, 0) * denoise)
    return sigmas[:-steps] if steps else sigmas[:0], sigmas[-(steps + 1) :]


def flipped(sigmas: Tensor) -> Tensor:
    """A schedule turned round, from picture to noise; it starts just above 0, never at 0."""
    sigmas = sigmas.flip(0)
    if len(sigmas) and float(sigmas[0]) == 0:
        sigmas[0] = 0.0001
    return sigmas


def listed(text: str) -> Tensor:
    """The numbers in a text, whatever stands between them, as a schedule."""
    found = re.findall(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", text)
    return torch.tensor([float(number) for number in found], dtype=torch.float32)
