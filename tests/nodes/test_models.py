"""The nodes that load, encode and decode, on tiny models in folders of their own."""

import pytest
import torch
from safetensors.torch import save_file

from engine.errors import EaselError, RunError
from engine.folders import Folders, PathError
from engine.models.residency import Residency
from engine.models.upscaler import Compact
from engine.spec.context import Context
from engine.spec.fingerprint import fingerprint_of
from nodes.conditioning.text import clip_set_last_layer, clip_text_encode
from nodes.image.upscale_model import image_upscale_with_model
from nodes.loaders.loras import lora_loader, lora_loader_model_only
from nodes.loaders.networks import (
    checkpoint_loader_simple,
    clip_loader,
    diffusers_loader,
    unet_loader,
    vae_loader,
)
from nodes.loaders.upscalers import upscale_model_loader
from nodes.vae.coding import (
    vae_decode,
    vae_decode_tiled,
    vae_encode,
    vae_encode_for_inpaint,
    vae_encode_tiled,
)
from tests.tiny import tiny_embedded

Q = "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_q"
FC = "lora_te_text_model_encoder_layers_0_mlp_fc1"


@pytest.fixture(autouse=True)
def one_thread_without_gradients():
    torch.set_num_threads(1)
    with torch.no_grad():
        yield


@pytest.fixture(scope="module")
def ctx(tmp_path_factory):
    models = tmp_path_factory.mktemp("models")
    for folder in ("checkpoints", "vae", "text_encoders", "diffusion_models"):
        tiny_embedded(models / folder / "tiny.safetensors")
    for folder in ("loras", "embeddings", "upscale_models"):
        (models / folder).mkdir()
    torch.manual_seed(1)
    save_file(
        {
            f"{Q}.lora_down.weight": torch.randn(2, 64),
            f"{Q}.lora_up.weight": torch.randn(64, 2),
            f"{FC}.lora_down.weight": torch.randn(2, 32),
            f"{FC}.lora_up.weight": torch.randn(64, 2),
        },
        models / "loras" / "both.safetensors",
    )
    save_file({"emb_params": torch.randn(2, 32)}, models / "embeddings" / "style.safetensors")
    save_file(Compact(4, 1, 2).state_dict(), models / "upscale_models" / "x2.safetensors")
    return Context(Folders(models=models), models=Residency())


@pytest.fixture(scope="module")
def loaded(ctx):
    return checkpoint_loader_simple(ckpt_name="tiny.safetensors", ctx=ctx)


def test_a_checkpoint_gives_three_networks_and_reads_none_yet(ctx):
    fresh = Context(ctx.folders, models=Residency())
    model, clip, vae = checkpoint_loader_simple(ckpt_name="tiny.safetensors", ctx=fresh)
    assert model.family.prediction == "v"
    assert clip.width == 32
    assert vae.latent_channels == 4
    assert fresh.models.held == 0


@pytest.mark.parametrize("name", ["gone.safetensors", "../tiny.safetensors"])
def test_a_name_that_leads_nowhere_is_refused(ctx, name):
    with pytest.raises(PathError):
        checkpoint_loader_simple(ckpt_name=name, ctx=ctx)


def test_parts_are_loaded_alone(ctx, loaded):
    model = unet_loader(unet_name="tiny.safetensors", weight_dtype="default", ctx=ctx)
    assert model.network.tensors.keys() == loaded.MODEL.network.tensors.keys()
    assert vae_loader(vae_name="tiny.safetensors", ctx=ctx).latent_channels == 4
    assert vae_loader(vae_name="pixel_space", ctx=ctx).downscale == 1
    clip = clip_loader(clip_name="tiny.safetensors", type="stable_diffusion", ctx=ctx)
    assert clip.network.on_cpu is False
    kept = clip_loader(clip_name="tiny.safetensors", type="stable_diffusion", device="cpu", ctx=ctx)
    assert kept.network.on_cpu is True


def test_text_encoders_of_other_families_are_refused(ctx):
    with pytest.raises(RunError, match="stable_diffusion so far, not sd3"):
        clip_loader(clip_name="tiny.safetensors", type="sd3", ctx=ctx)


def test_a_folder_that_is_not_there_is_refused(ctx):
    with pytest.raises(EaselError):
        diffusers_loader(model_path="none", ctx=ctx)


def encoded(clip, ctx, text="a red fox"):
    return clip_text_encode(text=text, clip=clip, ctx=ctx)[0][0]


def test_a_text_becomes_a_conditioning_with_its_pooled_vector(ctx, loaded):
    ((vectors, options),) = clip_text_encode(text="a fox", clip=loaded.CLIP, ctx=ctx)
    assert vectors.shape == (1, 77, 32)
    assert options["pooled_output"].shape == (1, 32)


def test_an_embedding_of_the_folder_is_read_by_its_name(ctx, loaded):
    plain = encoded(loaded.CLIP, ctx, "a , fox")
    named = encoded(loaded.CLIP, ctx, "a embedding:style, fox")
    assert torch.equal(named, encoded(loaded.CLIP, ctx, "a embedding:style.safetensors, fox"))
    assert not torch.allclose(plain, named, atol=1e-2)


def test_an_embedding_that_is_missing_is_said_and_left_out(ctx, loaded, caplog):
    found = encoded(loaded.CLIP, ctx, "a embedding:none fox")
    assert torch.equal(found, encoded(loaded.CLIP, ctx, "a embedding:other fox"))
    assert "no embedding called 'none'" in caplog.text


def test_the_content_of_an_embedding_enters_the_key(tmp_path):
    ctx = Context(Folders(models=tmp_path))
    (tmp_path / "embeddings").mkdir()
    spec = clip_text_encode.spec

    def keys():
        texts = [{"text": "a fox"}, {"text": "embedding:style, fox"}, {}]
        return [fingerprint_of(spec, inputs, ctx) for inputs in texts]

    seen = [keys()]
    for fill in (1.0, 2.0):
        save_file(
            {"emb_params": torch.full((2, 32), fill)},
            tmp_path / "embeddings" / "style.safetensors",
        )
        seen.append(keys())
    plain, named, linked = (set(column) for column in zip(*seen, strict=True))
    assert len(plain) == 1
    assert len(named) == len(linked) == 3


def test_clip_skip_changes_the_text_and_not_the_encoder_it_came_from(ctx, loaded):
    before = encoded(loaded.CLIP, ctx)
    skipped = encoded(clip_set_last_layer(clip=loaded.CLIP, stop_at_clip_layer=-2), ctx)
    assert not torch.allclose(before, skipped, atol=1e-3)
    assert torch.equal(before, encoded(loaded.CLIP, ctx))


def test_a_lora_is_on_both_networks_as_strongly_as_asked(ctx, loaded):
    model, clip, _ = loaded
    strong = lora_loader(model=model, clip=clip, lora_name="both.safetensors", ctx=ctx)
    assert [lora.strength for lora in (*strong.MODEL.loras, *strong.CLIP.loras)] == [1.0, 1.0]
    assert not torch.allclose(encoded(strong.CLIP, ctx), encoded(clip, ctx), atol=1e-3)
    twice = lora_loader_model_only(
        model=strong.MODEL, lora_name="both.safetensors", strength_model=-0.5, ctx=ctx
    )
    assert [lora.strength for lora in twice.loras] == [1.0, -0.5]
    assert model.loras == ()


def test_a_lora_without_strength_is_not_even_read(ctx, loaded):
    model, clip, _ = loaded
    none = lora_loader(
        model=model, clip=clip, lora_name="gone", strength_model=0, strength_clip=0, ctx=ctx
    )
    assert none == (model, clip)
    assert lora_loader_model_only(model=model, lora_name="gone", strength_model=0, ctx=ctx) is model


def test_pictures_become_latents_and_pictures_again(ctx, loaded):
    pixels = torch.rand(1, 64, 96, 3)
    kept = pixels.clone()
    latent = vae_encode(pixels=pixels, vae=loaded.VAE, ctx=ctx)
    assert latent["samples"].shape == (1, 4, 8, 12)
    image = vae_decode(samples=latent, vae=loaded.VAE, ctx=ctx)
    assert image.shape == pixels.shape
    assert torch.equal(pixels, kept)


def test_tiles_report_how_far_they_are(ctx, loaded):
    seen = []
    watching = Context(ctx.folders, models=ctx.models, report=lambda *what: seen.append(what[:2]))
    image = torch.rand(1, 128, 96, 3)
    latent = vae_encode_tiled(pixels=image, vae=loaded.VAE, tile_size=64, ctx=watching)
    assert latent["samples"].shape == (1, 4, 16, 12)
    back = vae_decode_tiled(samples=latent, vae=loaded.VAE, tile_size=64, ctx=watching)
    assert back.shape == image.shape
    ends = [now for now in seen if now[0] == now[1]]
    assert len(ends) == 2


def masked(ctx, loaded, grow):
    pixels, mask = torch.full((1, 64, 64, 3), 0.5), torch.zeros(1, 64, 64)
    mask[:, 32:40, 32:40] = 1
    latent = vae_encode_for_inpaint(
        pixels=pixels, vae=loaded.VAE, mask=mask, grow_mask_by=grow, ctx=ctx
    )
    return latent["noise_mask"]


@pytest.mark.parametrize(
    ("grow", "first", "last"), [(0, 32, 39), (1, 32, 39), (2, 32, 40), (5, 30, 41), (6, 30, 42)]
)
def test_the_mask_is_widened_by_as_many_pixels_as_asked(ctx, loaded, grow, first, last):
    rows = masked(ctx, loaded, grow)[0, 0].amax(dim=1).nonzero().flatten()
    assert (int(rows[0]), int(rows[-1])) == (first, last)


def test_what_is_masked_is_grey_before_it_is_encoded(ctx, loaded):
    pixels, mask = torch.rand(1, 64, 64, 3), torch.ones(1, 32, 32)
    hole = vae_encode_for_inpaint(pixels=pixels, vae=loaded.VAE, mask=mask, ctx=ctx)
    grey = vae_encode(pixels=torch.full((1, 64, 64, 3), 0.5), vae=loaded.VAE, ctx=ctx)
    assert torch.equal(hole["samples"], grey["samples"])


def test_a_picture_is_enlarged_by_a_network(ctx):
    upscaler = upscale_model_loader(model_name="x2.safetensors", ctx=ctx)
    large = image_upscale_with_model(
        upscale_model=upscaler, image=torch.rand(2, 20, 30, 4), ctx=ctx
    )
    assert large.shape == (2, 40, 60, 3)
