"""Schedules: what they visit, and the arithmetic on sigmas."""

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file

from engine.sampling import schedules
from engine.sampling.schedules import LOSES_LAST_BUT_ONE, SCHEDULES, sigmas_for
from engine.sampling.tables import Flow, scaled_linear

RECORDED = load_file(Path(__file__).parent.parent / "reference" / "samplers.safetensors")
SD, FLOW = scaled_linear(), Flow(shift=3.0)
TABLES = {"sd": SD, "flow": FLOW}
ALL = pytest.mark.parametrize("name", SCHEDULES)


def test_schedules_are_the_recorded_ones():
    assert torch.equal(schedules.normal(6, SD), RECORDED["sigmas.eps.text"])
    assert torch.equal(schedules.simple(6, FLOW), RECORDED["sigmas.flow.text"])
    part = sigmas_for("euler", "karras", 6, 0.6, SD)
    assert torch.equal(part, RECORDED["sigmas.eps.image"])


def test_the_menu_keeps_its_order():
    assert " ".join(SCHEDULES) == (
        "simple sgm_uniform karras exponential ddim_uniform beta normal linear_quadratic kl_optimal"
    )


@ALL
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("steps", [1, 2, 3, 7, 20, 100])
def test_a_schedule_falls_from_the_largest_sigma_to_zero(name, table, steps):
    sigmas = SCHEDULES[name](steps, TABLES[table])
    assert sigmas.dtype == torch.float32
    assert sigmas[-1] == 0
    assert torch.isfinite(sigmas).all()
    assert (sigmas.diff() < 0).all()
    if name != "ddim_uniform":
        assert float(sigmas[0]) == pytest.approx(TABLES[table].sigma_max, rel=1e-5)
    if name not in ("ddim_uniform", "beta"):
        assert len(sigmas) == steps + 1


@given(steps=st.integers(1, 1200), name=st.sampled_from(sorted(SCHEDULES)))
def test_any_number_of_steps_gives_a_schedule(steps, name):
    sigmas = SCHEDULES[name](steps, SD)
    assert len(sigmas) >= 2
    assert sigmas[-1] == 0
    assert (sigmas.diff() <= 0).all()


def test_ddim_uniform_counts_whole_strides_from_the_second_entry():
    assert len(schedules.ddim_uniform(20, SD)) == 21
    sigmas = schedules.ddim_uniform(7, SD)
    assert torch.equal(sigmas[:-1].flip(0), SD.sigmas[1::142])
    assert len(sigmas) == 9  # one more than asked for


def test_beta_takes_no_entry_twice():
    sigmas = schedules.beta(900, SD)
    assert len(sigmas.unique()) == len(sigmas) < 901
    assert set(sigmas[:-1].tolist()) <= set(SD.sigmas.tolist())


def test_an_even_beta_distribution_gives_even_times():
    times = [int(SD.t_at(sigma)) for sigma in schedules.beta_between(9, SD, 1.0, 1.0)[:-1]]
    assert times == [999, 888, 777, 666, 555, 444, 333, 222, 111]


def test_linear_quadratic_begins_with_even_steps_of_a_fortieth_in_all():
    falls = -schedules.linear_quadratic(20, FLOW).diff()
    assert torch.allclose(falls[:10], torch.full((10,), 0.0025), atol=1e-6)
    assert (falls[10:].diff() > 0).all()


def test_kl_optimal_is_even_in_the_angle():
    angles = schedules.kl_optimal(8, SD)[:-1].double().atan()
    assert torch.allclose(angles.diff(), angles.diff()[:1].expand(7), atol=1e-6)


def test_karras_is_even_in_its_root():
    roots = schedules.karras_between(6, 0.1, 10.0, rho=3.0)[:-1] ** (1 / 3)
    assert torch.allclose(roots.diff(), roots.diff()[:1].expand(5), atol=1e-6)


def test_polyexponential_of_power_one_is_exponential():
    ours = schedules.polyexponential_between(9, 0.03, 14.6, rho=1.0)
    assert torch.allclose(ours, schedules.exponential_between(9, 0.03, 14.6))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: schedules.karras_between(5, 0.1, 10.0, rho=0.0), "rho must be above 0"),
        (lambda: schedules.exponential_between(5, 0.0, 10.0), "above 0; given 0 and 10"),
        (lambda: schedules.polyexponential_between(5, 0.1, 0.0), "above 0; given 0.1 and 0"),
        (lambda: schedules.beta_between(5, SD, 0.0, 0.6), "above 0; given 0 and 0.6"),
    ],
)
def test_numbers_that_give_no_schedule_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@ALL
def test_strength_runs_the_last_steps_of_a_longer_schedule(name):
    longer = SCHEDULES[name](25, SD)
    assert torch.equal(sigmas_for("euler", name, 10, 0.4, SD), longer[-11:])
    assert torch.equal(schedules.basic(name, 10, 0.4, SD), longer[-11:])


def test_no_strength_gives_no_sigmas():
    assert len(sigmas_for("euler", "normal", 10, 0.0, SD)) == 0
    assert len(schedules.basic("normal", 10, 0.0, SD)) == 0


def test_almost_full_strength_is_full():
    full = schedules.normal(10, SD)
    assert torch.equal(sigmas_for("euler", "normal", 10, 0.99995, SD), full)
    assert torch.equal(schedules.basic("normal", 10, 0.99995, SD), full)
    assert not torch.equal(schedules.basic("normal", 20, 0.9, SD), schedules.normal(20, SD))


@pytest.mark.parametrize("name", sorted(LOSES_LAST_BUT_ONE))
def test_four_names_get_a_step_more_and_lose_the_smallest_sigma(name):
    longer = schedules.karras(11, SD)
    sigmas = sigmas_for(name, "karras", 10, 1.0, SD)
    assert torch.equal(sigmas, torch.cat((longer[:-2], longer[-1:])))
    part = sigmas_for(name, "karras", 5, 0.5, SD)
    assert torch.equal(part, sigmas[-6:])


# Windows and cuts

TEN = torch.arange(10, -1, -1).float()


def test_a_window_ends_at_zero_unless_noise_is_to_be_left():
    assert schedules.window(TEN, 2, 5, leftover=True).tolist() == [8, 7, 6, 5]
    assert schedules.window(TEN, 2, 5, leftover=False).tolist() == [8, 7, 6, 0]
    assert TEN[5] == 5  # what was given is untouched


def test_a_window_past_the_end_is_the_rest():
    assert schedules.window(TEN, 7, 10000, leftover=False).tolist() == [3, 2, 1, 0]


@pytest.mark.parametrize(("start", "end"), [(10, 10000), (99, 10000), (5, 5), (6, 5), (3, 0)])
def test_a_window_without_a_step_is_empty(start, end):
    assert len(schedules.window(TEN, start, end, leftover=True)) == 0


@given(step=st.integers(0, 10))
def test_two_halves_meet_at_one_sigma(step):
    high, low = schedules.split(TEN, step)
    assert torch.equal(torch.cat((high, low[1:])), TEN)
    assert high[-1] == low[0]


def test_split_by_strength_takes_the_last_share_of_the_steps():
    high, low = schedules.split_denoise(TEN, 0.3)
    assert low.tolist() == [3, 2, 1, 0]
    assert high.tolist() == [10, 9, 8, 7, 6, 5, 4, 3]


def test_split_by_no_strength_leaves_one_sigma():
    high, low = schedules.split_denoise(TEN, 0.0)
    assert len(high) == 0
    assert low.tolist() == [0]


def test_a_flipped_schedule_starts_just_above_zero():
    assert schedules.flipped(TEN)[:3].tolist() == pytest.approx([0.0001, 1, 2])
    assert torch.equal(schedules.flipped(TEN[:5]), TEN[:5].flip(0))
    assert len(schedules.flipped(TEN[:0])) == 0
    assert TEN[-1] == 0


def test_numbers_are_read_out_of_a_text():
    assert schedules.listed("14.6, 3; 1.5e-1\n.5 0").tolist() == pytest.approx(
        [14.6, 3, 0.15, 0.5, 0]
    )
    assert len(schedules.listed("nothing")) == 0
