"""Empty latents, and which part of a latent is to change."""

from typing import Annotated, TypeAlias

import torch

from engine.spec.inputs import Number
from engine.spec.node import node
from engine.values.types import Latent, Mask

Side: TypeAlias = Annotated[int, Number(16, 16384, 8)]
CHANNELS, CELL = 4, 8  # of the Stable Diffusion families: a cell is 8 x 8 pixels


@node("EmptyLatentImage", title="Empty Latent Image", category="latent")
def empty_latent_image(
    *,
    width: Side = 512,
    height: Side = 512,
    batch_size: Annotated[int, Number(1, 4096)] = 1,
) -> Latent:
    """Make a blank latent to draw on from nothing but noise.

    Args:
        width: of the picture, in pixels; whole eighths count.
        height: of the picture, in pixels.
        batch_size: how many pictures are drawn at once.
    """
    return {"samples": torch.zeros(batch_size, CHANNELS, height // CELL, width // CELL)}


@node("SetLatentNoiseMask", title="Set Latent Noise Mask", category="latent/inpaint")
def set_latent_noise_mask(*, samples: Latent, mask: Mask) -> Latent:
    """Let a sampler change only a part of a latent (inpainting).

    Args:
        mask: 1 where the picture is drawn anew; of any size.
    """
    return {**samples, "noise_mask": mask.reshape(-1, 1, *mask.shape[-2:])}
