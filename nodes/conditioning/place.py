"""Where in the picture, and when on its way, a conditioning counts."""

from typing import Annotated, Literal

from engine.sampling import mixing
from engine.spec.inputs import Number
from engine.spec.node import node
from engine.values.types import Conditioning, Mask

CELL = 8  # pixels along each side of a latent's cell

Side = Annotated[int, Number(64, 16384, step=8)]
Offset = Annotated[int, Number(0, 16384, step=8)]
Share = Annotated[float, Number(0, 1.0, step=0.01)]
Strength = Annotated[float, Number(0.0, 10.0, step=0.01)]
Moment = Annotated[float, Number(0.0, 1.0, step=0.001)]


@node("ConditioningSetArea", title="Conditioning (Set Area)", category="conditioning")
def set_area(
    *,
    conditioning: Conditioning,
    width: Side = 64,
    height: Side = 64,
    x: Offset = 0,
    y: Offset = 0,
    strength: Strength = 1.0,
) -> Conditioning:
    """Let a conditioning count only inside a rectangle, which fades towards its neighbours.

    Args:
        width: of the rectangle, in pixels; cut at the picture's border.
        height: of the rectangle, in pixels; cut at the picture's border.
        x: pixels from the picture's left side.
        y: pixels from the picture's top.
        strength: its weight against other conditionings that count at the same place.
    """
    area = (height // CELL, width // CELL, y // CELL, x // CELL)
    return mixing.over_area(conditioning, area, strength)


@node(
    "ConditioningSetAreaPercentage",
    title="Conditioning (Set Area with Percentage)",
    category="conditioning",
)
def set_area_percentage(
    *,
    conditioning: Conditioning,
    width: Share = 1.0,
    height: Share = 1.0,
    x: Share = 0,
    y: Share = 0,
    strength: Strength = 1.0,
) -> Conditioning:
    """Let a conditioning count only inside a rectangle given as shares of the picture's sides.

    Args:
        width: of the rectangle; 0.5 is half of the picture.
        height: of the rectangle; 0.5 is half of the picture.
        x: its left side's distance from that of the picture.
        y: its top's distance from that of the picture.
        strength: its weight against other conditionings that count at the same place.
    """
    return mixing.over_area(conditioning, ("percentage", height, width, y, x), strength)


@node("ConditioningSetMask", title="Conditioning (Set Mask)", category="conditioning")
def set_mask(
    *,
    conditioning: Conditioning,
    mask: Mask,
    strength: Strength = 1.0,
    set_cond_area: Literal["default", "mask bounds"],
) -> Conditioning:
    """Let a conditioning count where a mask is white.

    Args:
        mask: of any size; scaled to the latent.
        strength: its weight against other conditionings that count at the same place.
        set_cond_area: "default" looks at the whole picture, "mask bounds" only at the box around
            the mask, which is faster and draws the text as a picture of its own in there.
    """
    bounds = set_cond_area != "default"
    return mixing.over_mask(conditioning, mask, strength, to_bounds=bounds)


@node(
    "ConditioningSetTimestepRange",
    title="ConditioningSetTimestepRange",
    category="advanced/conditioning",
)
def set_timestep_range(
    *, conditioning: Conditioning, start: Moment = 0.0, end: Moment = 1.0
) -> Conditioning:
    """Let a conditioning count only for a part of the way from noise to picture.

    Args:
        start: share of the model's time at which it begins; 0 is pure noise.
        end: share of the model's time at which it ends; 1 is the finished picture.
    """
    return mixing.with_options(conditioning, {"start_percent": start, "end_percent": end})
