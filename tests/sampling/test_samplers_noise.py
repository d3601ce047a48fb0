"""Stochastic samplers on Gaussian data: what they draw must be spread as the data is."""

import math

import pytest
import torch
from torch import Tensor

from engine.sampling.noise import brownian_noise, step_noise
from engine.sampling.samplers.catalogue import SAMPLERS, Sampler
from engine.sampling.schedules import karras_between
from engine.sampling.tables import Flow, scaled_linear
from tests.sampling.gaussian import (
    ADDED,
    FLOW,
    MEAN,
    SPREAD,
    START,
    both,
    perfect,
    sigmas_of,
    variance,
)

COUNT = (1, 1, 96, 160)
STOCHASTIC = {
    # name: (steps, error of the deviation allowed); Euler's steps lose variance with their length
    "euler_ancestral": (200, 0.03),
    "euler_ancestral_cfg_pp": (200, 0.03),
    "ddpm": (200, 0.03),
    "dpm_2_ancestral": (40, 0.03),
    "dpmpp_2s_ancestral": (40, 0.03),
    "res_multistep_ancestral": (40, 0.03),
    "res_multistep_ancestral_cfg_pp": (40, 0.03),
    "dpm_fast": (40, 0.03),
    "dpm_adaptive": (2, 0.03),
    "dpmpp_sde": (40, 0.03),
    "dpmpp_2m_sde": (40, 0.03),
    "dpmpp_2m_sde_heun": (40, 0.03),
    "dpmpp_3m_sde": (40, 0.03),
    "er_sde": (40, 0.03),
    "seeds_2": (40, 0.03),
    "seeds_3": (40, 0.03),
    "sa_solver": (40, 0.03),
    "sa_solver_pece": (40, 0.03),
}


def _noisy(name: str) -> Sampler:
    sampler = SAMPLERS[name]
    if name in ("dpm_fast", "dpm_adaptive"):
        return sampler.with_settings(eta=1.0)
    return sampler.with_settings(window=(0.0, 1.0)) if sampler.window else sampler


def _assert_spread_as_the_data(drawn: Tensor, allowed: float) -> None:
    assert float(drawn.mean()) == pytest.approx(MEAN, abs=0.015)
    assert float(drawn.std()) == pytest.approx(SPREAD, rel=allowed)


@pytest.mark.parametrize("name", STOCHASTIC)
def test_a_stochastic_sampler_keeps_mean_and_variance(name):
    steps, allowed = STOCHASTIC[name]
    sampler = _noisy(name)
    unit = torch.randn(COUNT, generator=torch.Generator().manual_seed(5))
    x = MEAN + unit * math.sqrt(SPREAD**2 + 64)
    denoise = both(ADDED) if sampler.pair else perfect(ADDED)
    sigmas = karras_between(steps, 0.01, 8.0)
    drawn = sampler.run(denoise, x, sigmas, seed=99, table=scaled_linear())
    _assert_spread_as_the_data(drawn, allowed)


FLOWING = {
    # those that know rectified flow's own step
    "euler_ancestral": 200,
    "euler_ancestral_cfg_pp": 200,
    "dpm_2_ancestral": 40,
    "dpmpp_2s_ancestral": 40,
    "dpmpp_sde": 40,
    "dpmpp_2m_sde": 60,
    "dpmpp_3m_sde": 60,
    "er_sde": 40,
    "seeds_2": 40,
    "seeds_3": 40,
    "sa_solver": 40,
}


@pytest.mark.parametrize("name", FLOWING)
def test_a_stochastic_sampler_keeps_mean_and_variance_in_rectified_flow(name):
    sampler = _noisy(name)
    x = torch.randn(COUNT, generator=torch.Generator().manual_seed(5))
    denoise = both(FLOW) if sampler.pair else perfect(FLOW)
    sigmas = torch.cat((torch.linspace(1, 0.01, FLOWING[name]), torch.zeros(1)))
    drawn = sampler.run(denoise, x, sigmas, seed=99, table=Flow())
    _assert_spread_as_the_data(drawn, 0.04)


@pytest.mark.parametrize("path", [ADDED, FLOW])
def test_a_consistency_sampler_renoises_what_it_expects(path):
    x = torch.randn(COUNT, generator=torch.Generator().manual_seed(5))
    sigmas = torch.tensor([0.9, 0.4, 0.0])
    drawn = SAMPLERS["lcm"].call(perfect(path), x, sigmas, noise=step_noise(x, 3), path=path)
    shrunk = [SPREAD**2 * path.signal(s) / variance(s, path) for s in sigmas[:2]]
    middle = (path.signal(sigmas[1]) * shrunk[0] * x.std()) ** 2 + sigmas[1] ** 2
    assert float(drawn.std()) == pytest.approx(float(shrunk[1] * middle.sqrt()), rel=0.02)


@pytest.mark.parametrize("name", ["euler", "heun", "dpm_2"])
def test_churn_adds_noise_and_takes_it_away_again(name):
    x = torch.randn(COUNT, generator=torch.Generator().manual_seed(5))
    x = MEAN + x * math.sqrt(SPREAD**2 + 64)
    sigmas = karras_between(100, 0.01, 8.0)
    source, drawn = step_noise(x, 4), []
    for noise, churn in ((source, 30.0), (None, 0.0)):
        call = SAMPLERS[name].call
        drawn.append(call(perfect(ADDED), x, sigmas, noise=noise, s_churn=churn))
        _assert_spread_as_the_data(drawn[-1], 0.1)
    assert float((drawn[0] - drawn[1]).abs().mean()) > 0.1


def test_churn_without_noise_is_refused():
    with pytest.raises(ValueError, match="needs a noise source"):
        SAMPLERS["euler"].call(perfect(ADDED), START, sigmas_of(4, ADDED), s_churn=5.0)


def test_a_brownian_path_makes_fine_and_coarse_steps_meet():
    x = torch.randn((1, 1, 16, 16), generator=torch.Generator().manual_seed(5)) * 8
    ends = torch.tensor([8.0, 0.01])
    source = brownian_noise(x, ends, 3)
    drawn = [
        SAMPLERS["dpmpp_sde"].call(
            perfect(ADDED), x, karras_between(n, 0.01, 8.0), noise=source, path=ADDED
        )
        for n in (30, 60)
    ]
    others = SAMPLERS["dpmpp_sde"].call(
        perfect(ADDED),
        x,
        karras_between(30, 0.01, 8.0),
        noise=brownian_noise(x, ends, 4),
        path=ADDED,
    )
    apart = [float((other - drawn[0]).abs().mean()) for other in (drawn[1], others)]
    assert apart[0] < apart[1] / 4
