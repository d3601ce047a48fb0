"""Put one latent on another."""

from typing import Annotated, TypeAlias

from engine.imaging.batches import latent_like, repeated_to
from engine.imaging.composite import pasted, pasted_softly
from engine.spec.inputs import Number
from engine.spec.node import node
from engine.values.types import Latent, Mask

Length: TypeAlias = Annotated[int, Number(0, 16384, 8)]
CELL = 8  # pixels


@node("LatentComposite", title="Latent Composite", category="latent")
def latent_composite(
    *, samples_to: Latent, samples_from: Latent, x: Length = 0, y: Length = 0, feather: Length = 0
) -> Latent:
    """Put one latent on another, with a soft edge if wanted.

    Args:
        samples_to: the latent below; its size stays.
        samples_from: the latent on it; what lies outside is cut off.
        x: pixels from the left; whole eighths count.
        y: pixels from the top.
        feather: over how many pixels the edges fade that lie inside.
    """
    below, above = samples_to["samples"], samples_from["samples"]
    placed = pasted_softly(below, above, x // CELL, y // CELL, feather // CELL)
    return {**samples_to, "samples": placed}


@node("LatentCompositeMasked", title="LatentCompositeMasked", category="latent")
def latent_composite_masked(
    *,
    destination: Latent,
    source: Latent,
    x: Length = 0,
    y: Length = 0,
    resize_source: bool = False,
    mask: Mask | None = None,
) -> Latent:
    """Put one latent on another through a mask.

    Args:
        destination: the latent below; its size stays.
        source: the latent on it; what lies outside is cut off.
        x: pixels from the left; whole eighths count.
        y: pixels from the top.
        resize_source: stretch the source to the size of the destination first.
        mask: where the source counts; brought to its size. Everywhere if there is none.
    """
    below, above = destination["samples"], source["samples"]
    placed = pasted(below, above, x // CELL, y // CELL, mask, stretch=resize_source)
    return {**destination, "samples": placed}


@node("LatentBlend", title="Latent Blend", category="_for_testing")
def latent_blend(
    *,
    samples1: Latent,
    samples2: Latent,
    blend_factor: Annotated[float, Number(0, 1, 0.01)] = 0.5,
) -> Latent:
    """Mix two latents number by number.

    Args:
        samples1: its size is that of the result.
        samples2: brought to that size, cut around its centre.
        blend_factor: how much of samples1 there is; the rest is samples2.
    """
    one = samples1["samples"]
    other = repeated_to(latent_like(samples2["samples"], one.shape, "bicubic"), len(one))
    return {**samples1, "samples": one * blend_factor + other * (1 - blend_factor)}
