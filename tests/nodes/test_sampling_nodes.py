import io

import pytest
import torch
from PIL import Image

from engine.models.diffusion import Model
from engine.models.loading import load_checkpoint
from engine.models.residency import Residency
from engine.sampling.samplers.catalogue import SAMPLERS
from engine.sampling.schedules import SCHEDULES
from engine.spec.context import Context
from nodes.guidance.guiders import basic_guider, cfg_guider, dual_cfg_guider, perp_neg_guider
from nodes.guidance.patches import apg, freeu, freeu_v2, rescale_cfg
from nodes.sampling.custom import ksampler_select, sampler_custom, sampler_custom_advanced
from nodes.sampling.ksampler import ksampler, ksampler_advanced
from nodes.sampling.noise import add_noise, disable_noise, random_noise
from nodes.sampling.schedules import (
    basic,
    beta_sampling,
    exponential,
    karras,
    manual,
    polyexponential,
)
from nodes.sampling.sigmas import flip, split, split_denoise
from tests.tiny import tiny_embedded

torch.set_num_threads(1)
EMPTY = {"samples": torch.zeros(1, 4, 8, 8)}
GENERATOR = torch.Generator().manual_seed(4)
FOX, CAT, NONE = ([(torch.randn(1, 77, 32, generator=GENERATOR), {})] for _ in range(3))


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    found = load_checkpoint(tiny_embedded(tmp_path_factory.mktemp("t") / "t.safetensors"))
    return Model(found.unet, found.family)


@pytest.fixture(scope="module")
def ctx():
    return Context(models=Residency("cpu"))


@pytest.fixture(scope="module")
def draw(model, ctx):
    def drawn(patched=None, latent=EMPTY, **changes):
        given = {
            "seed": 7,
            "steps": 3,
            "cfg": 4.0,
            "sampler_name": "euler",
            "scheduler": "normal",
            "denoise": 1.0,
        }
        return ksampler(
            model=patched or model,
            positive=FOX,
            negative=CAT,
            latent_image=latent,
            ctx=ctx,
            **(given | changes),
        )["samples"]

    return drawn


def test_a_seed_is_a_picture(draw):
    assert torch.equal(draw(), draw())
    assert not torch.allclose(draw(), draw(seed=8), atol=0.1)


@pytest.mark.parametrize("scheduler", SCHEDULES)
def test_every_scheduler_draws(draw, scheduler):
    assert draw(scheduler=scheduler).isfinite().all()


@pytest.mark.parametrize("name", [name for name in SAMPLERS if name != "dpm_adaptive"])
def test_every_sampler_draws(draw, name):
    assert draw(sampler_name=name, steps=2).isfinite().all()


def test_denoise_0_gives_the_latent_back(draw):
    latent = {"samples": torch.rand(1, 4, 8, 8)}
    assert draw(latent=latent, denoise=0.0) is latent["samples"]


def test_little_denoising_keeps_most_of_a_picture(draw):
    latent = {"samples": torch.rand(1, 4, 8, 8) * 5}
    little, much = ((draw(latent=latent, denoise=d) - latent["samples"]).norm() for d in (0.1, 1.0))
    assert little < much / 2


def advanced(model, ctx, latent, **changes):
    given = {
        "add_noise": "enable",
        "noise_seed": 7,
        "steps": 4,
        "cfg": 4.0,
        "sampler_name": "euler",
        "scheduler": "normal",
        "start_at_step": 0,
        "end_at_step": 10000,
        "return_with_leftover_noise": "disable",
    }
    return ksampler_advanced(
        model=model, positive=FOX, negative=CAT, latent_image=latent, ctx=ctx, **(given | changes)
    )


def test_two_stages_make_the_picture_of_one(model, ctx):
    whole = advanced(model, ctx, EMPTY)["samples"]
    first = advanced(model, ctx, EMPTY, end_at_step=2, return_with_leftover_noise="enable")
    second = advanced(model, ctx, first, start_at_step=2, add_noise="disable")["samples"]
    assert torch.allclose(second, whole, atol=1e-4)


def test_a_start_behind_the_end_gives_the_latent_back(model, ctx):
    assert advanced(model, ctx, EMPTY, start_at_step=4) is EMPTY


def test_custom_sampling_in_parts_is_the_ksampler(model, ctx, draw):
    sigmas = basic(model=model, scheduler="normal", steps=3, denoise=1.0)
    sampler = ksampler_select(sampler_name="euler")
    whole = sampler_custom(
        model=model,
        add_noise=True,
        noise_seed=7,
        cfg=4.0,
        positive=FOX,
        negative=CAT,
        sampler=sampler,
        sigmas=sigmas,
        latent_image=EMPTY,
        ctx=ctx,
    )
    guider = cfg_guider(model=model, positive=FOX, negative=CAT, cfg=4.0)
    parts = sampler_custom_advanced(
        noise=random_noise(noise_seed=7),
        guider=guider,
        sampler=sampler,
        sigmas=sigmas,
        latent_image=EMPTY,
        ctx=ctx,
    )
    assert torch.equal(whole.output["samples"], draw())
    assert torch.equal(parts.output["samples"], draw())
    assert torch.allclose(parts.denoised_output["samples"], draw(), atol=1e-5)


def guided(model, ctx, guider):
    return sampler_custom_advanced(
        noise=random_noise(noise_seed=7),
        guider=guider,
        sampler=ksampler_select(sampler_name="euler"),
        sigmas=basic(model=model, scheduler="normal", steps=3, denoise=1.0),
        latent_image=EMPTY,
        ctx=ctx,
    ).output["samples"]


def test_no_guidance_is_guidance_of_scale_1(model, ctx, draw):
    alone = guided(model, ctx, basic_guider(model=model, conditioning=FOX))
    assert torch.allclose(alone, draw(cfg=1.0), atol=1e-5)


@pytest.mark.parametrize("style", ["regular", "nested"])
def test_dual_guidance_of_one_text_is_guidance(model, ctx, draw, style):
    guider = dual_cfg_guider(
        model=model,
        cond1=FOX,
        cond2=FOX,
        negative=CAT,
        cfg_conds=3.0,
        cfg_cond2_negative=4.0,
        style=style,
    )
    assert torch.allclose(guided(model, ctx, guider), draw(), atol=1e-3)


def test_perp_neg_without_its_negative_is_guidance_from_the_empty_text(model, ctx):
    perp = perp_neg_guider(
        model=model, positive=FOX, negative=CAT, empty_conditioning=NONE, cfg=4.0, neg_scale=0.0
    )
    plain = cfg_guider(model=model, positive=FOX, negative=NONE, cfg=4.0)
    assert torch.allclose(guided(model, ctx, perp), guided(model, ctx, plain), atol=1e-3)


@pytest.mark.parametrize("patch", [rescale_cfg, apg, freeu, freeu_v2])
def test_a_patch_changes_the_picture_and_not_the_model(draw, model, patch):
    plain = draw()
    patched = draw(patch(model=model))
    assert patched.isfinite().all()
    assert not torch.allclose(patched, plain, atol=1e-3)
    assert torch.equal(draw(), plain)


def test_noise_that_was_added_by_hand_starts_a_run_without_any(model, ctx):
    latent = {"samples": torch.rand(1, 4, 8, 8)}
    sigmas = split_denoise(
        sigmas=basic(model=model, scheduler="karras", steps=4, denoise=1.0), denoise=0.5
    ).low_sigmas
    guider = cfg_guider(model=model, positive=FOX, negative=CAT, cfg=4.0)
    noise = random_noise(noise_seed=3)
    noisy = add_noise(model=model, noise=noise, sigmas=sigmas, latent_image=latent)
    sampler = ksampler_select(sampler_name="euler")
    by_hand, at_once = (
        sampler_custom_advanced(
            noise=source, guider=guider, sampler=sampler, sigmas=sigmas, latent_image=start, ctx=ctx
        ).output["samples"]
        for source, start in ((disable_noise(), noisy), (noise, latent))
    )
    assert torch.allclose(by_hand, at_once, atol=1e-3)


def test_schedules_fall_to_0(model):
    made = [
        karras(steps=5),
        exponential(steps=5),
        polyexponential(steps=5),
        beta_sampling(model=model, steps=5),
    ]
    for sigmas in made:
        assert sigmas.shape == (6,)
        assert (sigmas.diff() < 0).all()
        assert sigmas[-1] == 0


def test_sigmas_are_split_flipped_and_written_by_hand():
    sigmas = manual(sigmas="4, 3 2;1 and 0")
    assert sigmas.tolist() == [4, 3, 2, 1, 0]
    assert [half.tolist() for half in split(sigmas=sigmas, step=1)] == [[4, 3], [3, 2, 1, 0]]
    assert split_denoise(sigmas=sigmas, denoise=0.5).low_sigmas.tolist() == [2, 1, 0]
    assert torch.allclose(flip(sigmas=sigmas), torch.tensor([0.0001, 1, 2, 3, 4]))


def test_a_preview_is_a_small_jpeg(model, ctx):
    told = []
    watched = Context(models=ctx.models, report=lambda *what: told.append(what[2]))
    advanced(model, watched, EMPTY, steps=1)
    data, kind = told[0].make()
    assert kind == "image/jpeg"
    assert max(Image.open(io.BytesIO(data)).size) <= 256
