"""Schedules cut in two, or turned round."""

from typing import Annotated, NamedTuple

from engine.sampling import schedules
from engine.spec.inputs import Number
from engine.spec.node import node
from engine.values.types import Sigmas

MENU = "sampling/custom_sampling/sigmas"


class Halves(NamedTuple):
    """The schedule's beginning and its end; the level where they meet is in both."""

    high_sigmas: Sigmas
    low_sigmas: Sigmas


@node("SplitSigmas", title="SplitSigmas", category=MENU)
def split(*, sigmas: Sigmas, step: Annotated[int, Number(0, 10000)] = 0) -> Halves:
    """Cut a schedule after so many steps, to run its parts one after the other."""
    return Halves(*schedules.split(sigmas, step))


@node("SplitSigmasDenoise", title="SplitSigmasDenoise", category=MENU)
def split_denoise(
    *, sigmas: Sigmas, denoise: Annotated[float, Number(0.0, 1.0, step=0.01)] = 1.0
) -> Halves:
    """Cut a schedule so that its second part holds a share of the steps.

    Args:
        denoise: the share of the steps in `low_sigmas`.
    """
    return Halves(*schedules.split_denoise(sigmas, denoise))


@node("FlipSigmas", title="FlipSigmas", category=MENU)
def flip(*, sigmas: Sigmas) -> Sigmas:
    """Turn a schedule round: run along it, a sampler goes from a picture back to noise."""
    return schedules.flipped(sigmas)
