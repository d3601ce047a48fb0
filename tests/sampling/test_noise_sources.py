"""Noise: one seed, one picture, whatever the batch and the steps."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from engine.sampling.noise import (
    brownian_noise,
    noise_redrawn,
    ongoing_noise,
    starting_noise,
    step_noise,
)

RECORDED = load_file(Path(__file__).parent.parent / "reference" / "samplers.safetensors")
LATENT = torch.zeros(2, 4, 8, 8)
LEVELS = torch.tensor([14.6, 5.1, 2.3, 0.03, 0.0])


@pytest.fixture(autouse=True)
def _kept_generator():
    with torch.random.fork_rng():
        yield


def test_the_start_is_the_recorded_noise():
    assert torch.equal(starting_noise(LATENT, 7), RECORDED["noise"])


@pytest.mark.parametrize("seed", [0, 2**63, 2**64 - 1])
def test_seeds_reach_to_the_end_of_their_range(seed):
    assert torch.equal(starting_noise(LATENT, seed), starting_noise(LATENT, seed))
    assert torch.isfinite(noise_redrawn(LATENT, seed)).all()
    assert torch.isfinite(step_noise(LATENT, seed)(LEVELS[0], LEVELS[1])).all()


def test_pictures_of_a_batch_keep_their_noise_when_taken_out():
    whole = starting_noise(torch.zeros(4, 4, 8, 8), 3, [0, 1, 2, 3])
    taken = starting_noise(LATENT, 3, [2, 0])
    assert torch.equal(taken, whole[[2, 0]])
    assert torch.equal(starting_noise(LATENT, 3, [1, 1]), whole[[1, 1]])


def test_the_first_step_on_a_cpu_draws_the_start_again():
    assert torch.equal(step_noise(LATENT, 7)(LEVELS[0], LEVELS[1]), RECORDED["noise"])


def test_steps_draw_on_without_touching_the_global_generator():
    torch.manual_seed(1)
    expected = torch.randn(3)
    torch.manual_seed(1)
    source = step_noise(LATENT, 7)
    first, second = (source(LEVELS[0], LEVELS[1]) for _ in range(2))
    assert not torch.equal(first, second)
    assert torch.equal(torch.randn(3), expected)


def test_the_global_generator_goes_on_behind_the_start():
    starting_noise(LATENT, 7)
    first = ongoing_noise(LATENT)(LEVELS[0], LEVELS[1])
    torch.manual_seed(7)
    torch.randn(LATENT.shape)
    assert torch.equal(first, torch.randn(LATENT.shape))


def test_noise_drawn_again_is_that_of_the_next_seed():
    assert torch.equal(noise_redrawn(LATENT, 6), RECORDED["noise"])


def test_a_brownian_path_is_the_same_from_both_sides_and_in_any_order():
    one, other = (brownian_noise(LATENT, LEVELS, 5) for _ in range(2))
    assert torch.equal(one(LEVELS[0], LEVELS[1]), -one(LEVELS[1], LEVELS[0]))
    later = other(LEVELS[1], LEVELS[2])
    assert torch.equal(one(LEVELS[1], LEVELS[2]), later)


def test_parts_of_a_brownian_path_add_up():
    source = brownian_noise(LATENT, LEVELS, 5)
    high, middle, low = LEVELS[:3]
    parts = (
        source(high, middle) * (high - middle).sqrt() + source(middle, low) * (middle - low).sqrt()
    )
    assert torch.allclose(source(high, low) * (high - low).sqrt(), parts, atol=1e-4)


def test_brownian_noise_has_deviation_one_at_any_distance(recwarn):
    source = brownian_noise(torch.zeros(1, 4, 64, 64), LEVELS, 5)
    for high, low in ((LEVELS[0], LEVELS[3]), (LEVELS[1], LEVELS[1] - 0.01)):
        assert float(source(high, low).std()) == pytest.approx(1, abs=0.03)
    assert not recwarn.list


def test_another_seed_is_another_path():
    here, there = (brownian_noise(LATENT, LEVELS, seed)(LEVELS[0], LEVELS[1]) for seed in (1, 2))
    assert not torch.equal(here, there)


def test_noise_takes_the_latents_dtype():
    assert step_noise(LATENT.half(), 1)(LEVELS[0], LEVELS[1]).dtype == torch.float16
    assert brownian_noise(LATENT.double(), LEVELS, 1)(LEVELS[0], LEVELS[1]).dtype == torch.float64
