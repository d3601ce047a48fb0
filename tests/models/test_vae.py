"""Pictures become latents and back, whole, in tiles, and where memory runs out."""

import pytest
import torch

from engine.errors import OutOfMemory, RunError
from engine.models.vae import PIXELS


@pytest.fixture
def picture():
    return torch.rand(2, 40, 64, 3, generator=torch.Generator().manual_seed(1))


def test_a_latent_has_an_eighth_of_the_pictures_sides(own, residency, picture):
    latent = own.vae.encode(picture, residency)
    assert latent.shape == (2, 4, 5, 8)
    image = own.vae.decode(latent, residency)
    assert image.shape == picture.shape
    assert 0 <= image.min() < image.max() <= 1


def test_encoding_takes_the_mean_of_the_distribution(own, residency, picture):
    with residency.use(own.vae.network) as module:
        mean = module.encode(picture.movedim(-1, 1) * 2 - 1).latent_dist.mean
    assert torch.allclose(own.vae.encode(picture, residency), mean, atol=1e-6)


def test_odd_sizes_are_cut_around_the_middle_and_alpha_is_left_out(own, residency):
    large = torch.rand(1, 45, 50, 4)
    middle = large[:, 2:42, 1:49, :3]
    found, expected = own.vae.encode(large, residency), own.vae.encode(middle, residency)
    assert torch.equal(found, expected)


@pytest.mark.parametrize("shape", [(1, 7, 64, 3), (1, 64, 7, 3)])
def test_a_picture_smaller_than_a_cell_is_refused(own, residency, shape):
    with pytest.raises(RunError, match="too small"):
        own.vae.encode(torch.zeros(shape), residency)


@pytest.mark.parametrize("shape", [(1, 16, 8, 8), (1, 4, 2, 8, 8)])
def test_a_latent_of_another_model_is_refused(own, residency, shape):
    with pytest.raises(RunError, match="belongs to the model"):
        own.vae.decode(torch.zeros(shape), residency)


def test_tiles_give_nearly_the_whole(own, residency):
    latent = torch.randn(1, 4, 24, 24, generator=torch.Generator().manual_seed(1))
    seen = []
    whole = own.vae.decode(latent, residency)
    tiles = own.vae.decode_tiled(latent, residency, 16, 4, lambda *done: seen.append(done))
    assert (whole - tiles).abs().mean() < 0.1
    assert seen[-1] == (len(seen), len(seen))
    image = own.vae.encode_tiled(whole, residency, 128, 32)
    assert (image - own.vae.encode(whole, residency)).abs().mean() < 0.1


def test_an_overlap_wider_than_the_tile_is_cut(own, residency):
    image = torch.rand(1, 192, 64, 3)
    assert own.vae.encode_tiled(image, residency, 64, 512).isfinite().all()


class Full:
    """A module whose passes fail above a number of pixels, as a full device does."""

    def __init__(self, module, most):
        self.module, self.most, self.asked = module, most, []

    def __call__(self, x):
        self.asked.append(tuple(x.shape[2:]))
        if x.shape[2] * x.shape[3] > self.most:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return self.module(x)


def test_where_memory_runs_out_tiles_grow_smaller_until_they_fit(own, residency, monkeypatch):
    latent = torch.randn(1, 4, 24, 24)
    with residency.use(own.vae.network) as module:
        full = Full(module.decoder.forward, 300)
        monkeypatch.setattr(module.decoder, "forward", full)
        image = own.vae.decode(latent, residency)
    assert image.shape == (1, 192, 192, 3)
    assert full.asked[:6] == [(24, 24)] * 6
    assert (16, 16) in full.asked


def test_where_nothing_fits_the_missing_memory_is_said(own, residency, monkeypatch):
    with residency.use(own.vae.network) as module:
        monkeypatch.setattr(module.decoder, "forward", Full(module.decoder.forward, 0))
        with pytest.raises(OutOfMemory, match=r"2\.0 GiB more"):
            own.vae.decode(torch.randn(1, 4, 8, 8), residency)


def test_pixel_space_is_the_picture_itself(residency, picture):
    latent = PIXELS.encode(picture, residency)
    assert latent.shape == (2, 3, 40, 64)
    assert torch.allclose(PIXELS.decode(latent, residency), picture, atol=1e-6)
