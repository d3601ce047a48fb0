"""What nodes make of CONDITIONING: joined, mixed, placed, timed. Never changes what it is given.

Text embeddings are [1, tokens, width]. Knows no latent and no network: what areas and masks mean
is decided when a run begins (`conditioning`).
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from engine.values.types import ConditioningValue


def with_options(conditioning: ConditioningValue, options: Mapping[str, Any]) -> ConditioningValue:
    """Every entry with further options, which win over those it has."""
    return [(text, {**own, **options}) for text, own in conditioning]


def concatenated(to: ConditioningValue, source: ConditioningValue) -> ConditioningValue:
    """Every entry of `to` with the tokens of the first entry of `source` behind its own."""
    behind = source[0][0]
    return [(torch.cat((text, behind), dim=1), {**options}) for text, options in to]


def averaged(to: ConditioningValue, source: ConditioningValue, share: float) -> ConditioningValue:
    """Every entry of `to` times `share`, plus the first entry of `source` times the rest.

    The source is cut to the entry's length, or filled up with zeros. Pooled vectors are mixed too;
    an entry that has none takes the source's.
    """
    other, other_pooled = source[0][0], source[0][1].get("pooled_output")

    def mixed(text: Tensor, options: Mapping[str, Any]) -> tuple[Tensor, dict[str, Any]]:
        length = text.shape[1]
        fitted = other[:, :length]
        if fitted.shape[1] < length:
            missing = length - fitted.shape[1]
            fitted = torch.nn.functional.pad(fitted, (0, 0, 0, missing))
        made = {**options}
        if other_pooled is not None:
            pooled = options.get("pooled_output", other_pooled)
            made["pooled_output"] = pooled * share + other_pooled * (1 - share)
        return text * share + fitted * (1 - share), made

    return [mixed(text, options) for text, options in to]


def zeroed(conditioning: ConditioningValue) -> ConditioningValue:
    """Every entry with zeros in place of its text and its pooled vector."""

    def nothing(options: Mapping[str, Any]) -> dict[str, Any]:
        pooled = options.get("pooled_output")
        return {**options} if pooled is None else {**options, "pooled_output": pooled * 0}

    return [(torch.zeros_like(text), nothing(options)) for text, options in conditioning]


def over_area(
    conditioning: ConditioningValue, area: tuple[Any, ...], strength: float
) -> ConditioningValue:
    """Every entry inside an area: (height, width, y, x) in cells, or ("percentage", ...)."""
    options = {"area": area, "strength": strength, "set_area_to_bounds": False}
    return with_options(conditioning, options)


def over_mask(
    conditioning: ConditioningValue, mask: Tensor, strength: float, *, to_bounds: bool
) -> ConditioningValue:
    """Every entry under a mask [B, H, W] or [H, W]; `to_bounds`: only the box around it is seen."""
    mask = mask[None] if mask.ndim < 3 else mask
    options = {"mask": mask, "mask_strength": strength, "set_area_to_bounds": to_bounds}
    return with_options(conditioning, options)
