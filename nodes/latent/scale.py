"""The size of latents."""

from typing import Annotated, Literal, TypeAlias

from engine.imaging.resize import Crop, completed, resized
from engine.spec.inputs import Number
from engine.spec.node import node
from engine.values.types import Latent

Method: TypeAlias = Literal["nearest-exact", "bilinear", "area", "bicubic", "bislerp"]
Side: TypeAlias = Annotated[int, Number(0, 16384, 8)]
CELL, LEAST = 8, 64  # pixels


@node("LatentUpscale", title="Upscale Latent", category="latent")
def latent_upscale(
    *, samples: Latent, upscale_method: Method, width: Side = 512, height: Side = 512, crop: Crop
) -> Latent:
    """Give a latent a new size; a second pass of a sampler then adds the details.

    Args:
        upscale_method: how new cells are made of old ones; bislerp keeps their contrast.
        width: of the picture, in pixels. 0 keeps the proportions, two of them the size.
        height: of the picture, in pixels. 0 keeps the proportions.
        crop: center cuts to the new proportions instead of stretching.
    """
    if width == height == 0:
        return samples
    old = samples["samples"]
    width, height = completed(width, height, old.shape[-1], old.shape[-2], LEAST)
    new = resized(old, width // CELL, height // CELL, upscale_method, crop)
    return {**samples, "samples": new}


@node("LatentUpscaleBy", title="Upscale Latent By", category="latent")
def latent_upscale_by(
    *,
    samples: Latent,
    upscale_method: Method,
    scale_by: Annotated[float, Number(0.01, 8.0, 0.01)] = 1.5,
) -> Latent:
    """Make a latent larger or smaller by a factor.

    Args:
        upscale_method: how new cells are made of old ones; bislerp keeps their contrast.
        scale_by: the factor for width and height.
    """
    old = samples["samples"]
    width, height = (max(1, round(side * scale_by)) for side in (old.shape[-1], old.shape[-2]))
    return {**samples, "samples": resized(old, width, height, upscale_method, "disabled")}
