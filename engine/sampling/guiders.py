"""The guiders that nodes make: which sides there are, and which guidance joins them."""

from collections.abc import Mapping

from engine.sampling import guidance
from engine.sampling.conditioning import Predict, Resolved
from engine.sampling.denoiser import PairDenoiser
from engine.sampling.patches import Running
from engine.sampling.run import Guider, Runnable
from engine.values.types import ConditioningValue

Sides = Mapping[str, Resolved]


def unguided(model: Runnable, conditioning: ConditioningValue) -> Guider:
    """One conditioning alone."""
    return cfg(model, conditioning, [], 1.0)


def cfg(
    model: Runnable, positive: ConditioningValue, negative: ConditioningValue, scale: float
) -> Guider:
    """Classifier-free guidance."""

    def guide(predict: Predict, sides: Sides, patches: Running, both_sides: bool) -> PairDenoiser:
        pair = sides["positive"], sides["negative"]
        return guidance.classifier_free(predict, *pair, scale, patches, both_sides=both_sides)

    return Guider(model, {"positive": positive, "negative": negative}, guide)


def dual(
    model: Runnable,
    texts: tuple[ConditioningValue, ConditioningValue],
    negative: ConditioningValue,
    scales: tuple[float, float],
    *,
    nested: bool = False,
) -> Guider:
    """Two texts above one negative; scales as `guidance.dual` has them."""

    def guide(predict: Predict, sides: Sides, patches: Running, both_sides: bool) -> PairDenoiser:
        pair, below = (sides["positive"], sides["middle"]), sides["negative"]
        if nested:
            return guidance.dual_nested(predict, pair, below, scales, patches)
        return guidance.dual(predict, pair, below, scales, patches, both_sides=both_sides)

    sides = {"positive": texts[0], "middle": texts[1], "negative": negative}
    return Guider(model, sides, guide)


def perp_neg(
    model: Runnable,
    positive: ConditioningValue,
    negative: ConditioningValue,
    empty: ConditioningValue,
    scales: tuple[float, float],
) -> Guider:
    """Perpendicular negative guidance; scales: of guidance, and of the negative in it."""

    def guide(predict: Predict, sides: Sides, patches: Running, _: bool) -> PairDenoiser:
        pair, empty = (sides["positive"], sides["negative"]), sides["empty"]
        return guidance.perpendicular_negative(predict, pair, empty, scales, patches)

    return Guider(model, {"positive": positive, "empty": empty, "negative": negative}, guide)
