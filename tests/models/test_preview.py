"""Previews: a small picture of a latent, by a linear map."""

import pytest
import torch

from engine.models.family import Family
from engine.models.preview import fitted, rgb
from engine.models.sd1 import FAMILY


def test_a_preview_is_a_picture_of_at_most_256_pixels():
    picture = rgb(torch.randn(2, 4, 32, 64), FAMILY)
    assert picture.shape == (128, 256, 3)
    assert picture.dtype == torch.uint8


def test_an_empty_latent_is_grey():
    assert set(rgb(torch.zeros(1, 4, 8, 8), FAMILY).unique().tolist()) <= {127, 128}


@pytest.mark.parametrize("channels", [3, 16])
def test_a_latent_without_a_map_has_no_preview(channels):
    assert rgb(torch.zeros(1, channels, 8, 8), FAMILY) is None
    assert rgb(torch.zeros(1, 4, 8, 8), Family("bare", latent_rgb=())) is None


def test_a_map_is_found_again_from_what_the_decoder_makes():
    rows = torch.rand(5, 3) - 0.5
    latents = torch.randn(3, 4, 6, 6)
    pictures = torch.einsum("bchw,cr->bhwr", latents, rows[:4]) + rows[4]
    large = ((pictures + 1) / 2).repeat_interleave(8, 1).repeat_interleave(8, 2)
    assert torch.allclose(torch.tensor(fitted(latents, large)), rows, atol=1e-4)
