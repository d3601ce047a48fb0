"""Previews while sampling: the clean latent that a step expects, as a small picture."""

from torch import Tensor

from engine.models.family import Family
from engine.models.preview import rgb
from engine.pictures import Pixels, encode
from engine.sampling.run import Draw

QUALITY = 80  # of the JPEG


def drawing(family: Family) -> Draw | None:
    """How latents of this family are drawn in previews; None where no map to colours is known."""
    if not family.latent_rgb:
        return None

    def draw(clean: Tensor) -> tuple[bytes, str]:
        picture = rgb(clean, family)
        assert picture is not None
        height, width, channels = picture.shape
        pixels = Pixels(width, height, channels, picture.numpy().tobytes())
        return encode(pixels, "jpeg", quality=QUALITY), "image/jpeg"

    return draw
