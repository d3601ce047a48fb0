"""Sums and mixtures of latents. Where two meet, the second takes the size of the first."""

from typing import Annotated

from torch import Tensor

from engine.imaging.batches import latent_like, repeated_to
from engine.imaging.latents import interpolated
from engine.spec.inputs import Number
from engine.spec.node import node
from engine.values.types import Latent


def _pair(samples1: Latent, samples2: Latent) -> tuple[Tensor, Tensor]:
    one = samples1["samples"]
    return one, repeated_to(latent_like(samples2["samples"], one.shape), len(one))


@node("LatentAdd", title="Add Latents", category="latent/advanced")
def latent_add(*, samples1: Latent, samples2: Latent) -> Latent:
    """Add two latents number by number."""
    one, other = _pair(samples1, samples2)
    return {**samples1, "samples": one + other}


@node("LatentSubtract", title="Subtract Latents", category="latent/advanced")
def latent_subtract(*, samples1: Latent, samples2: Latent) -> Latent:
    """Take the second latent from the first, number by number."""
    one, other = _pair(samples1, samples2)
    return {**samples1, "samples": one - other}


@node("LatentMultiply", title="Multiply Latent", category="latent/advanced")
def latent_multiply(
    *, samples: Latent, multiplier: Annotated[float, Number(-10.0, 10.0, 0.01)] = 1.0
) -> Latent:
    """Multiply every number of a latent.

    Args:
        multiplier: above 1 contrast grows, below it shrinks.
    """
    return {**samples, "samples": samples["samples"] * multiplier}


@node("LatentInterpolate", title="Interpolate Latents", category="latent/advanced")
def latent_interpolate(
    *,
    samples1: Latent,
    samples2: Latent,
    ratio: Annotated[float, Number(0.0, 1.0, 0.01)] = 1.0,
) -> Latent:
    """Go from one latent to another without the greyness that a plain mean has.

    Args:
        ratio: how much of samples1 there is; the rest is samples2.
    """
    return {**samples1, "samples": interpolated(*_pair(samples1, samples2), ratio)}
