"""Conditionings joined and mixed with each other, or made empty."""

from typing import Annotated

from engine.sampling import mixing
from engine.spec.inputs import Number
from engine.spec.node import node
from engine.values.types import Conditioning


@node("ConditioningCombine", title="Conditioning (Combine)", category="conditioning")
def combine(*, conditioning_1: Conditioning, conditioning_2: Conditioning) -> Conditioning:
    """Draw with both conditionings at once: their predictions are averaged at every step."""
    return [*conditioning_1, *conditioning_2]


@node("ConditioningConcat", title="Conditioning (Concat)", category="conditioning")
def concat(*, conditioning_to: Conditioning, conditioning_from: Conditioning) -> Conditioning:
    """Put the words of one conditioning behind those of another, as if they were one long prompt.

    Args:
        conditioning_to: keeps its areas, masks and time ranges.
        conditioning_from: only its first entry is read.
    """
    return mixing.concatenated(conditioning_to, conditioning_from)


@node("ConditioningAverage", title="ConditioningAverage", category="conditioning")
def average(
    *,
    conditioning_to: Conditioning,
    conditioning_from: Conditioning,
    conditioning_to_strength: Annotated[float, Number(0.0, 1.0, step=0.01)] = 1.0,
) -> Conditioning:
    """Mix two conditionings number by number, for something between both texts.

    Args:
        conditioning_from: only its first entry is read; cut or filled with zeros to the length of
            the other.
        conditioning_to_strength: 1 is the first conditioning alone, 0 the second alone.
    """
    return mixing.averaged(conditioning_to, conditioning_from, conditioning_to_strength)


@node("ConditioningZeroOut", title="ConditioningZeroOut", category="advanced/conditioning")
def zero_out(*, conditioning: Conditioning) -> Conditioning:
    """Replace a text by zeros: less than an empty prompt, which still says "no words"."""
    return mixing.zeroed(conditioning)
