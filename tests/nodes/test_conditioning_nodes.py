import pytest
import torch

from engine.models.loading import load_checkpoint
from engine.models.residency import Residency
from engine.spec.context import Context
from nodes.conditioning.inpaint import inpaint_model_conditioning
from nodes.conditioning.mix import average, combine, concat, zero_out
from nodes.conditioning.place import set_area, set_area_percentage, set_mask, set_timestep_range
from tests.tiny import tiny_embedded

torch.set_num_threads(1)
FOX = [(torch.ones(1, 77, 8), {"pooled_output": torch.ones(1, 8)})]
CAT = [(torch.full((1, 77, 8), 2.0), {})]


def only(conditioning):
    ((text, options),) = conditioning
    return text, options


def test_combining_keeps_both_as_they_are():
    assert combine(conditioning_1=FOX, conditioning_2=CAT) == [*FOX, *CAT]


def test_concatenating_makes_one_longer_text():
    text, options = only(concat(conditioning_to=FOX, conditioning_from=CAT))
    assert text.shape == (1, 154, 8)
    assert options["pooled_output"] is FOX[0][1]["pooled_output"]


def test_averaging_at_1_is_the_first_alone():
    mixed = average(conditioning_to=FOX, conditioning_from=CAT, conditioning_to_strength=1.0)
    assert torch.equal(only(mixed)[0], FOX[0][0])


def test_zeroing_out_leaves_no_text():
    assert not only(zero_out(conditioning=FOX))[0].any()


def test_an_area_is_told_in_cells():
    area = only(set_area(conditioning=FOX, width=128, height=64, x=16, y=8, strength=2.0))[1]
    assert area["area"] == (8, 16, 1, 2)
    assert area["strength"] == 2.0


def test_an_area_in_shares_stays_in_shares():
    placed = set_area_percentage(conditioning=FOX, width=0.5, height=0.25, x=0.1, y=0.2)
    assert only(placed)[1]["area"] == ("percentage", 0.25, 0.5, 0.2, 0.1)


@pytest.mark.parametrize(("choice", "bounds"), [("default", False), ("mask bounds", True)])
def test_a_mask_says_whether_only_its_box_is_seen(choice, bounds):
    masked = set_mask(conditioning=FOX, mask=torch.ones(8, 8), strength=0.5, set_cond_area=choice)
    assert only(masked)[1]["set_area_to_bounds"] is bounds


def test_a_time_range_is_told_in_shares():
    ranged = only(set_timestep_range(conditioning=FOX, start=0.2, end=0.7))[1]
    assert (ranged["start_percent"], ranged["end_percent"]) == (0.2, 0.7)


def test_no_node_changes_what_it_is_given():
    set_timestep_range(conditioning=FOX)
    set_area(conditioning=FOX)
    zero_out(conditioning=FOX)
    assert only(FOX)[1].keys() == {"pooled_output"}
    assert only(FOX)[0].all()


@pytest.fixture(scope="module")
def vae(tmp_path_factory):
    return load_checkpoint(tiny_embedded(tmp_path_factory.mktemp("t") / "t.safetensors")).vae


@pytest.mark.parametrize("noise_mask", [True, False])
def test_an_inpainting_model_is_shown_the_picture_with_a_hole(vae, noise_mask):
    pixels = torch.rand(1, 36, 32, 3, generator=torch.Generator().manual_seed(1))
    mask = torch.zeros(1, 18, 16)
    mask[:, :9] = 1
    ctx = Context(models=Residency("cpu"))
    prepared = inpaint_model_conditioning(
        positive=FOX,
        negative=CAT,
        vae=vae,
        pixels=pixels,
        mask=mask,
        noise_mask=noise_mask,
        ctx=ctx,
    )
    assert prepared.latent["samples"].shape == (1, 4, 4, 4)
    assert ("noise_mask" in prepared.latent) is noise_mask
    shown = only(prepared.positive)[1]
    assert shown["concat_mask"].shape == (1, 1, 32, 32)
    assert shown["concat_latent_image"].shape == (1, 4, 4, 4)
    assert not torch.equal(shown["concat_latent_image"], prepared.latent["samples"])
    assert only(prepared.negative)[1]["concat_mask"] is shown["concat_mask"]
    assert "pooled_output" in shown
