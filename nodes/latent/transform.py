"""Cut, mirror and turn latents. A noise mask stays as it is."""

from typing import Annotated, Literal, TypeAlias

import torch

from engine.spec.inputs import Number
from engine.spec.node import node
from engine.values.types import Latent

Side: TypeAlias = Annotated[int, Number(64, 16384, 8)]
Place: TypeAlias = Annotated[int, Number(0, 16384, 8)]
Flip: TypeAlias = Literal["x-axis: vertically", "y-axis: horizontally"]
Turn: TypeAlias = Literal["none", "90 degrees", "180 degrees", "270 degrees"]
TURNS = ("none", "90 degrees", "180 degrees", "270 degrees")
CELL, LEAST = 8, 8  # pixels in a cell; cells that are left at the far edge


@node("LatentFlip", title="Flip Latent", category="latent/transform")
def latent_flip(*, samples: Latent, flip_method: Flip) -> Latent:
    """Mirror a latent; its noise mask stays.

    Args:
        flip_method: upside down, or left to right.
    """
    side = 2 if flip_method.startswith("x") else 3
    return {**samples, "samples": samples["samples"].flip(side)}


@node("LatentRotate", title="Rotate Latent", category="latent/transform")
def latent_rotate(*, samples: Latent, rotation: Turn) -> Latent:
    """Turn a latent clockwise by quarters.

    Args:
        rotation: how far.
    """
    turned = torch.rot90(samples["samples"], TURNS.index(rotation), (3, 2))
    return {**samples, "samples": turned}


@node("LatentCrop", title="Crop Latent", category="latent/transform")
def latent_crop(
    *, samples: Latent, width: Side = 512, height: Side = 512, x: Place = 0, y: Place = 0
) -> Latent:
    """Cut a rectangle out of a latent; what would lie outside is left away.

    Args:
        width: of the picture, in pixels; whole eighths count.
        height: of the picture, in pixels.
        x: pixels from the left; at least 64 pixels of the latent are kept.
        y: pixels from the top.
    """
    whole = samples["samples"]
    left = min(x // CELL, max(0, whole.shape[3] - LEAST))
    top = min(y // CELL, max(0, whole.shape[2] - LEAST))
    cut = whole[:, :, top : top + height // CELL, left : left + width // CELL]
    return {**samples, "samples": cut.clone()}
