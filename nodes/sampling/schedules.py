"""Schedules: which noise levels a run visits."""

from typing import Annotated

from engine.models.diffusion import Model
from engine.sampling import schedules
from engine.spec.inputs import Choice, Number, Text
from engine.spec.node import node
from engine.values.types import Sigmas

Steps = Annotated[int, Number(1, 10000)]
Sigma = Annotated[float, Number(0.0, 5000.0, step=0.01, round=False)]
Rho = Annotated[float, Number(0.0, 100.0, step=0.01, round=False)]
Shape = Annotated[float, Number(0.0, 50.0, step=0.01, round=False)]
Scheduler = Annotated[str, Choice(tuple(schedules.SCHEDULES))]
Denoise = Annotated[float, Number(0.0, 1.0, step=0.01)]

MENU = "sampling/custom_sampling/schedulers"
SIGMA_MAX = 14.614642  # of Stable Diffusion 1.x
SIGMA_MIN = 0.0291675


@node("BasicScheduler", title="BasicScheduler", category=MENU)
def basic(
    *, model: Model, scheduler: Scheduler, steps: Steps = 20, denoise: Denoise = 1.0
) -> Sigmas:
    """A schedule by name, cut from the noise levels that the model was trained on.

    Args:
        denoise: how much of the way is run: 0.5 is the last half of a schedule twice as long.
    """
    return schedules.basic(scheduler, steps, denoise, model.table)


@node("KarrasScheduler", title="KarrasScheduler", category=MENU)
def karras(
    *, steps: Steps = 20, sigma_max: Sigma = SIGMA_MAX, sigma_min: Sigma = SIGMA_MIN, rho: Rho = 7.0
) -> Sigmas:
    """The schedule of Karras et al.: steps that shorten towards the picture.

    Args:
        sigma_max: the first noise level, in units of the sampler's latent.
        sigma_min: the last noise level before 0.
        rho: 1 spaces the levels evenly; larger values put more of them near the picture.
    """
    return schedules.karras_between(steps, sigma_min, sigma_max, rho)


@node("ExponentialScheduler", title="ExponentialScheduler", category=MENU)
def exponential(
    *, steps: Steps = 20, sigma_max: Sigma = SIGMA_MAX, sigma_min: Sigma = SIGMA_MIN
) -> Sigmas:
    """Noise levels that fall by the same factor at every step.

    Args:
        sigma_max: the first noise level, in units of the sampler's latent.
        sigma_min: the last noise level before 0.
    """
    return schedules.exponential_between(steps, sigma_min, sigma_max)


@node("PolyexponentialScheduler", title="PolyexponentialScheduler", category=MENU)
def polyexponential(
    *, steps: Steps = 20, sigma_max: Sigma = SIGMA_MAX, sigma_min: Sigma = SIGMA_MIN, rho: Rho = 1.0
) -> Sigmas:
    """Like the exponential schedule, with its levels pushed towards one end.

    Args:
        sigma_max: the first noise level, in units of the sampler's latent.
        sigma_min: the last noise level before 0.
        rho: 1 is the exponential schedule; larger values put more levels near the picture.
    """
    return schedules.polyexponential_between(steps, sigma_min, sigma_max, rho)


@node("BetaSamplingScheduler", title="BetaSamplingScheduler", category=MENU)
def beta_sampling(
    *, model: Model, steps: Steps = 20, alpha: Shape = 0.6, beta: Shape = 0.6
) -> Sigmas:
    """Noise levels at even quantiles of a Beta distribution over the model's time.

    Args:
        alpha: below 1 puts more levels near the picture.
        beta: below 1 puts more levels near the noise.
    """
    return schedules.beta_between(steps, model.table, alpha, beta)


@node("ManualSigmas", title="Manual Sigmas", category="_for_testing/custom_sampling")
def manual(*, sigmas: Annotated[str, Text(multiline=False)] = "1, 0.5") -> Sigmas:
    """Noise levels written by hand.

    Args:
        sigmas: numbers in the order in which they are visited, with anything between them.
    """
    return schedules.listed(sigmas)
