"""Every sampler against what ComfyUI makes of a denoiser in closed form."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from engine.sampling.masking import masked, masked_pair, start
from engine.sampling.noise import noise_redrawn
from engine.sampling.samplers.catalogue import SAMPLERS, Sampler
from engine.sampling.tables import Flow, scaled_linear

torch.set_num_threads(1)
RECORDED = load_file(Path(__file__).parent.parent / "reference" / "samplers.safetensors")
ROWS = ("eps.text", "eps.image", "eps.mask", "flow.text")
SCALE, SEED = 3.0, 7
ENDING_ABOVE_ZERO = {"dpm_fast", "dpm_adaptive", "uni_pc", "uni_pc_bh2"}


def _expected(x: Tensor, sigma: Tensor, centre: Tensor, width: float) -> Tensor:
    """The clean picture of numbers that are centre - 1 or centre + 1, each with deviation width."""
    y, v = x - centre, width**2 + sigma**2
    return centre + (width**2 * y + sigma**2 * torch.tanh(y / v)) / v


def _pair(x: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
    wanted = _expected(x, sigma, RECORDED["wanted_centre"], 0.6)
    unwanted = _expected(x, sigma, RECORDED["unwanted_centre"], 0.9)
    return unwanted + (wanted - unwanted) * SCALE, unwanted


def _flow_pair(x: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
    signal = (1 - sigma).clamp(min=1e-6)
    return _pair(x / signal, sigma / signal)


def _drawn(sampler: Sampler, row: str) -> Tensor:
    flow = row.startswith("flow")
    table = Flow(shift=3.0) if flow else scaled_linear()
    sigmas, noise, mask = RECORDED[f"sigmas.{row}"], RECORDED["noise"], RECORDED["mask"]
    latent = RECORDED["latent"] * (not row.endswith("text"))
    pair = _flow_pair if flow else _pair
    denoise: Callable = pair if sampler.pair else lambda x, sigma: pair(x, sigma)[0]
    if row == "eps.mask":
        kept = noise_redrawn(noise, SEED) if sampler.redraws else noise
        wrap = masked_pair if sampler.pair else masked
        denoise = wrap(denoise, mask, latent, kept, table.path)
    x = start(latent, noise, sigmas[0], table.path)
    x = sampler.run(denoise, x, sigmas, seed=SEED, table=table)
    return table.path.finished(x, sigmas[-1])


def _run(name: str, x: Tensor, sigmas: Tensor, **told) -> Tensor:
    sampler = SAMPLERS[name]
    denoise = _pair if sampler.pair else lambda x, sigma: _pair(x, sigma)[0]
    return sampler.run(denoise, x, sigmas, seed=SEED, table=scaled_linear(), **told)


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("name", SAMPLERS)
def test_a_sampler_draws_the_recorded_numbers(name, row):
    recorded = RECORDED[f"{row}.{name}"]
    error = (_drawn(SAMPLERS[name], row) - recorded).abs().max() / recorded.abs().max()
    assert error < (1e-3 if name == "dpm_adaptive" else 1e-5)


def test_all_that_is_recorded_is_drawn():
    names = {key.removeprefix(f"{ROWS[0]}.") for key in RECORDED if key.startswith(ROWS[0])}
    assert names == set(SAMPLERS)
    assert len(names) == 42


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_sampler_leaves_what_it_is_given_untouched(name):
    x, sigmas = RECORDED["noise"] * 3, RECORDED["sigmas.eps.image"]
    kept = x.clone(), sigmas.clone()
    _run(name, x, sigmas)
    assert torch.equal(x, kept[0])
    assert torch.equal(sigmas, kept[1])


@pytest.mark.parametrize("name", SAMPLERS)
@pytest.mark.parametrize("count", [0, 1])
def test_without_a_step_to_take_x_comes_back(name, count):
    x = RECORDED["noise"]
    sigmas = RECORDED["sigmas.eps.text"][:count]
    assert _run(name, x, sigmas) is x


@pytest.mark.parametrize("name", sorted(set(SAMPLERS) - ENDING_ABOVE_ZERO))
def test_one_step_to_zero_is_the_clean_picture(name):
    x, sigmas = RECORDED["noise"] * 9, torch.tensor([9.0, 0.0])
    drawn = _run(name, x, sigmas)
    assert torch.allclose(drawn, _pair(x, sigmas[0])[0], atol=1e-5)


@pytest.mark.parametrize("name", SAMPLERS)
def test_each_step_is_told_once_and_in_order(name):
    told = []
    shape, sigmas = RECORDED["noise"].shape, RECORDED["sigmas.eps.image"]
    _run(name, RECORDED["noise"] * 2, sigmas, on_step=lambda *step: told.append(step))
    assert [step for step, _, _ in told] == list(range(len(told)))
    assert all(x.shape == clean.shape == shape for _, x, clean in told)
    if name not in ("dpm_fast", "dpm_adaptive"):
        assert len(told) == len(sigmas) - 1


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_step_of_no_length_is_borne_or_refused_but_never_gives_rubbish(name):
    sigmas = torch.tensor([5.0, 2.0, 2.0, 1.0, 0.0])
    if not SAMPLERS[name].divides:
        assert torch.isfinite(_run(name, RECORDED["noise"] * 5, sigmas)).all()
        return
    with pytest.raises(ValueError, match="number 2 and 3 of the schedule are both 2"):
        _run(name, RECORDED["noise"] * 5, sigmas)


def test_a_setting_that_a_sampler_does_not_have_is_refused_at_once():
    with pytest.raises(TypeError, match="eta"):
        SAMPLERS["euler"].with_settings(eta=1.0)


def test_settings_stay_with_the_sampler_that_they_were_given_to():
    still = SAMPLERS["sa_solver_pece"].with_settings(eta=0.5, window=(0.0, 1.0))
    assert dict(still.settings) == {"use_pece": True, "eta": 0.5}
    assert still.window == (0.0, 1.0)
    assert dict(SAMPLERS["sa_solver_pece"].settings) == {"use_pece": True}
    assert SAMPLERS["sa_solver_pece"].window == (0.2, 0.8)
