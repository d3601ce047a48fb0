"""Conditionings for checkpoints that were trained to fill in a part of a picture."""

from typing import NamedTuple

from engine.models.residency import residency_of
from engine.models.vae import Vae
from engine.sampling.inpaint import greyed
from engine.sampling.mixing import with_options
from engine.spec.context import Context
from engine.spec.node import node
from engine.values.types import Conditioning, Image, Latent, LatentValue, Mask


class Prepared(NamedTuple):
    """Both conditionings with the picture and its mask, and the latent to start from."""

    positive: Conditioning
    negative: Conditioning
    latent: Latent


@node("InpaintModelConditioning", title="InpaintModelConditioning", category="conditioning/inpaint")
def inpaint_model_conditioning(
    *,
    positive: Conditioning,
    negative: Conditioning,
    vae: Vae,
    pixels: Image,
    mask: Mask,
    noise_mask: bool = True,
    ctx: Context,
) -> Prepared:
    """Show an inpainting model the picture with a grey hole, and where the hole is.

    Args:
        pixels: the picture to be mended.
        mask: 1 where it is to be drawn anew; rounded to 0 or 1 for the hole.
        noise_mask: also keep everything outside of the mask exactly as it is; off, the model may
            change a little everywhere, which hides the seam.
    """
    holed, fitted = greyed(pixels, mask)
    residency = residency_of(ctx)
    shown = {"concat_latent_image": vae.encode(holed, residency), "concat_mask": fitted}
    latent: LatentValue = {"samples": vae.encode(pixels, residency)}
    if noise_mask:
        latent["noise_mask"] = fitted
    return Prepared(with_options(positive, shown), with_options(negative, shown), latent)
