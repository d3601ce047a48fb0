"""Denoising under a mask: what is kept stays the latent, what is drawn sees it under its noise."""

import pytest
import torch

from engine.sampling.denoiser import Exploding, Straight
from engine.sampling.masking import masked, masked_pair, start

LATENT, NOISE, X = torch.full((2, 1, 2, 2), 3.0), torch.ones(2, 1, 2, 2), torch.zeros(2, 1, 2, 2)
MASK = torch.tensor([[[[1.0, 0.0], [0.5, 1.0]]]])


def test_the_network_sees_the_kept_part_under_the_steps_noise():
    seen = []

    def denoise(x, sigma):
        seen.append(x)
        return torch.full_like(x, 9.0)

    clean = masked(denoise, MASK, LATENT, NOISE, Exploding())(X, torch.tensor(2.0))
    assert seen[0][0, 0].tolist() == [[0, 5], [2.5, 0]]
    assert clean[1, 0].tolist() == [[9, 3], [6, 9]]


def test_flow_mixes_the_kept_part_with_its_noise():
    echo = masked(lambda x, sigma: x, MASK * 0, LATENT, NOISE, Straight())
    seen = []
    masked(lambda x, s: seen.append(x) or x, MASK * 0, LATENT, NOISE, Straight())(
        X, torch.tensor(0.25)
    )
    assert torch.equal(seen[0], torch.full_like(X, 2.5))
    assert torch.equal(echo(X, torch.tensor(0.25)), LATENT)


def test_a_sigma_for_each_picture_is_heard():
    seen = []
    denoise = masked(lambda x, s: seen.append(x) or x, MASK * 0, LATENT, NOISE, Exploding())
    denoise(X, torch.tensor([1.0, 2.0]))
    assert seen[0].flatten(1).mean(dim=1).tolist() == [4.0, 5.0]


def test_the_unwanted_picture_of_a_pair_is_left_alone():
    denoise = masked_pair(lambda x, s: (x + 1, x - 1), MASK * 0, LATENT, NOISE, Exploding())
    clean, unwanted = denoise(X, torch.tensor(2.0))
    assert torch.equal(clean, LATENT)
    assert torch.equal(unwanted, torch.full_like(X, 4.0))


@pytest.mark.parametrize("path", [Exploding(), Straight()])
def test_a_mask_of_ones_changes_nothing(path):
    x = torch.randn(2, 1, 2, 2, generator=torch.Generator().manual_seed(0))
    kept = masked(lambda x, s: x * 0.5, torch.ones_like(MASK), LATENT, NOISE, path)
    assert torch.equal(kept(x, torch.tensor(0.5)), x * 0.5)


def test_a_run_starts_from_the_latent_under_its_noise():
    assert torch.equal(start(LATENT, NOISE, torch.tensor(2.0), Exploding()), LATENT + 2)
