"""Tables of noise levels, and the two paths from picture to noise."""

import math

import pytest
import torch

from engine.sampling.denoiser import Exploding, Straight
from engine.sampling.tables import BEYOND, Flow, scaled_linear

SD = scaled_linear()


def test_stable_diffusions_ends_are_the_known_ones():
    assert SD.sigma_min == pytest.approx(0.0291672, abs=1e-7)
    assert SD.sigma_max == pytest.approx(14.6146412, abs=1e-6)
    assert len(SD.sigmas) == 1000
    assert SD.path == Exploding(SD.sigma_max)


def test_sigma_between_entries_is_interpolated_in_its_logarithm():
    between = SD.sigma_at(torch.tensor([499.0, 499.5, 500.0]))
    assert float(between[1]) == pytest.approx(math.sqrt(between[0] * between[2]), rel=1e-6)
    assert torch.allclose(between[::2], SD.sigmas[499:501])


def test_times_beyond_the_table_stay_at_its_ends():
    ends = SD.sigma_at(torch.tensor([-5.0, 2000.0]))
    assert ends.tolist() == pytest.approx([SD.sigma_min, SD.sigma_max], rel=1e-6)


def test_every_entry_finds_its_own_index():
    assert torch.equal(SD.t_at(SD.sigmas), torch.arange(1000))
    assert SD.t_at(torch.tensor(1000.0)) == 999
    assert SD.t_at(torch.tensor(1e-9)) == 0


def test_the_nearest_entry_is_nearest_in_the_logarithm():
    low, high = SD.sigmas[10].double(), SD.sigmas[11].double()
    middle = (low * high).sqrt()
    assert SD.t_at((middle * 0.99999).float()) == 10
    assert SD.t_at((middle * 1.00001).float()) == 11


def test_a_share_of_the_time_has_its_sigma():
    assert SD.sigma_at_percent(0.0) == BEYOND
    assert SD.sigma_at_percent(1.0) == 0.0
    assert SD.sigma_at_percent(0.2) == pytest.approx(5.0924082, abs=1e-6)
    assert [Flow(3.0).sigma_at_percent(p) for p in (-1, 0.2, 2)] == [1.0, pytest.approx(12 / 13), 0]


def test_a_shift_moves_flow_towards_noise():
    plain, shifted = Flow(), Flow(shift=3.0)
    assert plain.sigmas[499] == 0.5
    assert float(shifted.sigmas[499]) == pytest.approx(0.75)
    assert (plain.sigma_max, shifted.sigma_max) == (1.0, 1.0)
    assert plain.t_at(torch.tensor(0.25)) == 250


@pytest.mark.parametrize("path", [Exploding(), Straight()])
def test_lambda_and_sigma_lead_to_each_other(path):
    sigmas = torch.tensor([0.9, 0.5, 0.01])
    assert torch.allclose(path.sigma_at(path.half_log_snr(sigmas)), sigmas, rtol=1e-5)
    snr = path.signal(sigmas) / sigmas
    assert torch.allclose(path.half_log_snr(sigmas), snr.log(), atol=1e-5)


@pytest.mark.parametrize("path", [Exploding(), Straight()])
@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
def test_an_ancestral_step_ends_with_the_right_noise_and_signal(path, eta):
    sigma, following = torch.tensor(0.8), torch.tensor(0.6)
    down, keep, up = path.ancestral(sigma, following, eta)
    assert float((keep * down) ** 2 + up**2) == pytest.approx(0.36, rel=1e-5)
    assert float(keep * path.signal(down)) == pytest.approx(float(path.signal(following)))
    assert (float(up) > 0) is (eta > 0)


def test_noise_stands_in_for_the_picture_only_at_the_largest_sigma():
    latent, noise = torch.ones(2), torch.full((2,), 2.0)
    path = Exploding(sigma_max=3.0)
    for sigma, scale in ((2.9, 2.9), (3.0, 10**0.5), (3.00001, 10**0.5), (4.0, 17**0.5)):
        started = path.started(latent, noise, torch.tensor(sigma))
        assert started.tolist() == pytest.approx([1 + 2 * scale] * 2, rel=1e-5)


def test_flow_starts_from_a_mixture_and_gives_back_what_it_can():
    path, latent, noise = Straight(), torch.ones(2), torch.full((2,), 2.0)
    started = path.started(latent, noise, torch.tensor(0.25))
    assert started.tolist() == [1.25, 1.25]
    assert path.finished(started, torch.tensor(0.75)).tolist() == [5.0, 5.0]
    assert path.finished(latent, torch.tensor(0.0)).tolist() == [1.0, 1.0]


def test_only_pure_noise_is_softened():
    path = Flow(3.0).path
    sigmas = torch.tensor([1.0, 0.5, 0.0])
    assert path.softened(sigmas).tolist() == pytest.approx([0.99996667, 0.5, 0.0])
    assert torch.equal(path.softened(sigmas[1:]), sigmas[1:])
    assert sigmas[0] == 1
