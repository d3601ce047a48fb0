"""Enlarge pictures with a network."""

from engine.models.residency import residency_of
from engine.models.upscaler import Upscaler
from engine.spec.context import Context
from engine.spec.node import node
from engine.values.types import Image


@node("ImageUpscaleWithModel", title="Upscale Image (using Model)", category="image/upscaling")
def image_upscale_with_model(*, upscale_model: Upscaler, image: Image, ctx: Context) -> Image:
    """Enlarge a picture with a network; how much is the network's own (mostly 2 or 4 times).

    Large pictures go through in tiles that overlap. An alpha channel is left out.
    """
    return upscale_model.enlarge(image, residency_of(ctx), ctx.progress)
