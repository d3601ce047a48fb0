from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import torch

from engine.errors import Cancelled, RunError
from engine.sampling import guiders
from engine.sampling.conditioning import plain_inputs
from engine.sampling.noise import starting_noise
from engine.sampling.patches import Patches
from engine.sampling.run import sample
from engine.sampling.samplers.catalogue import SAMPLERS
from engine.sampling.schedules import SCHEDULES
from engine.sampling.starting import NoNoise, SeededNoise, into_sampler, put_under_noise
from engine.sampling.tables import scaled_linear
from engine.spec.context import Context

SCALE = 0.5
TEXT = [(torch.full((1, 4, 8), 3.0), {})]
NOTHING = [(torch.zeros(1, 4, 8), {})]
EMPTY = {"samples": torch.zeros(1, 4, 8, 8)}
SIGMAS = SCHEDULES["normal"](4, scaled_linear())
EULER = SAMPLERS["euler"]
QUIET = NoNoise()


@dataclass
class Toy:
    """A model whose clean picture is the mean of the text, whatever x is."""

    table = scaled_linear()
    scale = SCALE
    channels = 4
    patches: Patches = field(default_factory=Patches)
    seen: list = field(default_factory=list)

    def inputs(self, text, options):
        return plain_inputs(text, options)

    def device(self, _):
        return torch.device("cpu")

    @contextmanager
    def opened(self, _):
        def forward(x, sigma, inputs):
            self.seen.append(x)
            return inputs.text.mean(dim=(1, 2)).reshape(-1, 1, 1, 1).expand_as(x)

        yield forward


def run(latent=EMPTY, *, model=None, noise=QUIET, sampler=EULER, ctx=None, sigmas=SIGMAS, **o):
    guider = guiders.cfg(model or Toy(), TEXT, NOTHING, o.pop("scale", 1.0))
    return sample(ctx or Context(), guider, sampler, sigmas, latent, noise=noise, **o)


def test_the_result_is_in_the_autoencoders_units():
    assert torch.allclose(run(noise=SeededNoise(1)).result["samples"], torch.tensor(3 / SCALE))


def test_a_latent_is_taken_in_in_the_samplers_units_and_an_empty_one_stays_empty():
    picture = {"samples": torch.ones(1, 4, 8, 8)}
    for latent, first in ((picture, SCALE), (EMPTY, 0.0)):
        model = Toy()
        run(latent, model=model)
        assert (model.seen[0] == first).all()
    assert into_sampler(torch.tensor([0.0, -1.0]), 2.0).tolist() == [0.0, -2.0]


def test_a_run_starts_from_the_seeds_noise():
    model = Toy()
    run(noise=SeededNoise(5), model=model)
    expected = starting_noise(EMPTY["samples"], 5) * (1 + SIGMAS[0] ** 2).sqrt()
    assert torch.allclose(model.seen[0], expected)


def test_sampling_leaves_torchs_generator_as_it_was():
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    run(noise=SeededNoise(5), sampler=SAMPLERS["ddim"])
    assert torch.equal(torch.rand(2), expected)


def test_no_sigmas_give_the_latent_back():
    sampled = run(sigmas=torch.empty(0))
    assert sampled.result is EMPTY
    assert sampled.clean is EMPTY


def test_what_else_a_latent_holds_stays_in_it_and_it_is_not_changed():
    latent = {**EMPTY, "batch_index": [2], "noise_mask": torch.ones(1, 16, 16)}
    before = dict(latent)
    result = run(latent, noise=SeededNoise(1)).result
    assert latent == before
    assert result["batch_index"] == [2]
    assert result["noise_mask"] is latent["noise_mask"]


def test_outside_of_a_noise_mask_the_latent_is_kept():
    mask = torch.zeros(1, 16, 16)
    mask[..., 8:] = 1
    latent = {"samples": torch.full((2, 4, 8, 8), 7.0), "noise_mask": mask}
    drawn = run(latent, noise=SeededNoise(1)).result["samples"]
    assert torch.allclose(drawn[..., :4], torch.tensor(7.0), atol=1e-4)
    assert torch.allclose(drawn[..., 4:], torch.tensor(3 / SCALE), atol=1e-4)


def test_the_clean_picture_is_the_last_one_expected():
    sampled = run(sigmas=SIGMAS[:3], noise=SeededNoise(1))
    assert torch.allclose(sampled.clean["samples"], torch.tensor(3 / SCALE))
    assert (sampled.result["samples"] - sampled.clean["samples"]).abs().max() > 1


@pytest.mark.parametrize("name", ["euler_cfg_pp", "dpmpp_2m_cfg_pp"])
def test_samplers_that_step_with_the_negative_get_it_at_scale_1(name):
    model = Toy()
    run(sampler=SAMPLERS[name], model=model, scale=1.0)
    assert model.seen[0].shape[0] == 2


def test_an_empty_latent_gets_the_models_channels():
    latent = {"samples": torch.zeros(1, 16, 8, 8)}
    assert run(latent, noise=SeededNoise(1)).result["samples"].shape == (1, 4, 8, 8)


def test_every_step_is_told_and_previews_are_rare():
    told = []
    ctx = Context(report=lambda *what: told.append(what))
    run(ctx=ctx, draw=lambda clean: (b"picture", "image/jpeg"))
    assert [(value, total) for value, total, _ in told] == [(n, 4) for n in (1, 2, 3, 4)]
    previews = [preview for *_, preview in told if preview]
    assert len(previews) == 1
    assert previews[0].make() == (b"picture", "image/jpeg")


def test_a_cancel_ends_the_run_at_the_next_step():
    model = Toy()
    ctx = Context(cancelled=lambda: len(model.seen) == 2)
    with pytest.raises(Cancelled):
        run(ctx=ctx, model=model)
    assert len(model.seen) == 2


def test_a_patch_that_remembers_starts_afresh_with_every_run():
    calls = []

    def make():
        calls.append([])
        return lambda look: calls[-1].append(float(look.sigma)) or look

    model = Toy(patches=Patches().with_before(make))
    run(model=model)
    run(model=model)
    assert calls[0] == calls[1]
    assert len(calls[0]) == 4


def test_adding_noise_by_hand_adds_as_much_as_the_schedule_takes_away():
    latent = {"samples": torch.ones(1, 4, 8, 8)}
    path = scaled_linear().path
    sigmas = torch.tensor([5.0, 3.0])
    noisy = put_under_noise(latent, SeededNoise(2), sigmas, path, SCALE)["samples"]
    noise = starting_noise(latent["samples"], 2)
    assert torch.allclose(noisy, (latent["samples"] * SCALE + noise * 2) / SCALE)
    assert put_under_noise(latent, SeededNoise(2), sigmas[:0], path, SCALE) is latent


def test_noise_for_a_part_of_a_batch_is_that_of_its_place():
    whole = {"samples": torch.zeros(3, 4, 8, 8), "batch_index": [0, 1, 2]}
    part = {"samples": torch.zeros(1, 4, 8, 8), "batch_index": [2]}
    noise = SeededNoise(9)
    assert torch.equal(noise.generate_noise(whole)[2:], noise.generate_noise(part))


def test_a_picture_of_another_family_is_refused():
    with pytest.raises(RunError, match="16 channels, but this model draws in 4"):
        run({"samples": torch.ones(1, 16, 8, 8)})
