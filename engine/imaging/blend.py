"""Blend two pictures of one shape, values 0..1 (W3C Compositing and Blending, section 9)."""

from collections.abc import Callable, Mapping
from typing import Final

import torch
from torch import Tensor


def blended(below: Tensor, above: Tensor, mode: str, share: float) -> Tensor:
    """`share` of what `mode` makes of both, the rest `below`; clamped to 0..1."""
    return (below * (1 - share) + MODES[mode](below, above) * share).clamp(0.0, 1.0)


def _normal(below: Tensor, above: Tensor) -> Tensor:  # noqa: ARG001 - a mode takes both
    return above


def _screen(below: Tensor, above: Tensor) -> Tensor:
    return 1 - (1 - below) * (1 - above)


def _overlay(below: Tensor, above: Tensor) -> Tensor:
    return torch.where(below <= 0.5, 2 * below * above, 1 - 2 * (1 - below) * (1 - above))


def _soft_light(below: Tensor, above: Tensor) -> Tensor:
    root = torch.where(below <= 0.25, ((16 * below - 12) * below + 4) * below, below.sqrt())
    darker = below - (1 - 2 * above) * below * (1 - below)
    return torch.where(above <= 0.5, darker, below + (2 * above - 1) * (root - below))


MODES: Final[Mapping[str, Callable[[Tensor, Tensor], Tensor]]] = {
    "normal": _normal,
    "multiply": torch.mul,
    "screen": _screen,
    "overlay": _overlay,
    "soft_light": _soft_light,
    "difference": torch.sub,  # signed, as ComfyUI has it: what is below 0 turns black
}
