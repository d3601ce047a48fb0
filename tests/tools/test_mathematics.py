"""The noise, the sampler, the optimizer and the folding are what their papers say."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from tools.train_embedded import diffusion
from tools.train_embedded.muon import Muon, orthogonalised, split
from tools.train_embedded.networks import folded, new_vae
from tools.train_embedded.settings import SCALING


def test_v_gives_the_clean_latent_back() -> None:
    clean, noise = torch.randn(5, 4, 2, 2), torch.randn(5, 4, 2, 2)
    at = torch.tensor([0, 10, 500, 900, 999])
    noisy, v, _ = diffusion.noised(clean, noise, at)
    signal = diffusion.kept()[at][:, None, None, None]
    assert torch.allclose(signal.sqrt() * noisy - (1 - signal).sqrt() * v, clean, atol=1e-5)


def test_the_weight_falls_where_there_is_little_noise_only() -> None:
    zero = torch.zeros(2, 4, 1, 1)
    _, _, weight = diffusion.noised(zero, zero, torch.tensor([0, 999]))
    assert float(weight[0]) < 0.01
    assert float(weight[1]) == 1


def test_timesteps_cover_the_whole_range_in_every_batch() -> None:
    found = diffusion.spread_timesteps(10)
    assert sorted((found // 100).tolist()) == list(range(10))


def test_euler_with_the_true_velocity_of_one_picture_finds_it() -> None:
    wanted = torch.randn(1, 4, 3, 3)

    def velocity(x: Tensor, at: Tensor) -> Tensor:
        signal = diffusion.kept()[at][:, None, None, None]
        return (signal.sqrt() * x - wanted) / (1 - signal).sqrt()

    found = diffusion.drawn(velocity, torch.randn(1, 4, 3, 3), steps=10)
    assert torch.allclose(found, wanted, atol=0.05)


def test_sigmas_fall_to_zero_from_stable_diffusions_largest() -> None:
    levels = diffusion.sigmas(20)
    assert len(levels) == 21
    assert bool((levels.diff() < 0).all())
    assert float(levels[0]) == pytest.approx(14.6146, abs=1e-2)
    assert float(levels[-1]) == 0


@pytest.mark.parametrize("shape", [(16, 64), (64, 16), (32, 32)])
def test_orthogonalised_matrices_have_singular_values_near_one(shape: tuple[int, int]) -> None:
    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonalised(torch.randn(shape), rounds=6))
    assert float(values.median()) > 0.5
    assert float(values.max()) < 1.3


def test_tables_and_biases_go_to_adam_and_kernels_to_muon() -> None:
    parts = nn.ModuleList([nn.Embedding(20, 16), nn.Linear(16, 16), nn.Conv2d(16, 4, 3)])
    matrices, others = split(parts)
    assert [tuple(p.shape) for p in matrices] == [(16, 16)]
    assert len(others) == 4


def test_muon_learns_a_linear_map_and_goes_on_from_its_state() -> None:
    torch.manual_seed(0)
    layer, x, wanted = nn.Linear(16, 16), torch.randn(256, 16), torch.randn(256, 16)
    start = float((layer(x) - wanted).square().mean())

    def new() -> Muon:
        matrices, others = split(layer)
        groups = [{"params": matrices, "muon": True}, {"params": others, "muon": False}]
        return Muon(groups, 1e-3, betas=(0.9, 0.99), weight_decay=0.0)

    def trained(optimizer: Muon) -> float:
        for _ in range(20):
            optimizer.zero_grad()
            loss = (layer(x) - wanted).square().mean()
            loss.backward()
            optimizer.step()
        return float(loss)

    first = new()
    middle = trained(first)
    second = new()
    second.load_state_dict(first.state_dict())
    assert trained(second) < middle < start


def test_folding_normalises_latents_and_changes_no_picture() -> None:
    torch.manual_seed(0)
    vae, pictures = new_vae().eval(), torch.rand(2, 3, 32, 32) * 2 - 1
    with torch.no_grad():
        before = vae.encode(pictures).latent_dist
        picture = vae.decode(before.mean).sample
        mean, deviation = before.mean.mean((0, 2, 3)), before.mean.std((0, 2, 3))
        folded(vae, mean, deviation)
        after = vae.encode(pictures).latent_dist
        scaled = after.mean * SCALING
        assert torch.allclose(scaled.mean((0, 2, 3)), torch.zeros(4), atol=1e-3)
        assert torch.allclose(scaled.std((0, 2, 3)), torch.ones(4), atol=1e-3)
        assert torch.allclose(vae.decode(after.mean).sample, picture, atol=1e-3)
        spread = before.std / (deviation * SCALING)[None, :, None, None]
        assert torch.allclose(after.std, spread, rtol=1e-3)
