"""Every stage runs for two steps on blocks for artwork, and what is exported loads elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors import safe_open
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import CLIPTextConfig, CLIPTextModel

from tools.train_embedded import (
    contrastive,
    decoder,
    evaluate,
    export,
    painter,
    restore,
    sheet,
    tokens,
    unet,
    upscaler,
    vae,
)
from tools.train_embedded import pictures as artwork
from tools.train_embedded.contrastive import JUDGE
from tools.train_embedded.painter import Prompt
from tools.train_embedded.settings import Budget, Settings

from .conftest import CONCEPTS

TWO = Budget(10, 2)


@pytest.fixture(scope="module")
def done(work: Settings) -> Settings:
    """The work folder after two steps of every stage."""
    with pytest.MonkeyPatch.context() as patch:
        torch.set_num_threads(1)
        for module in (vae, unet, decoder, upscaler):
            patch.setattr(module, "BATCH", 4)
        patch.setattr(contrastive, "CONCEPTS", 3)
        patch.setattr(vae, "MEASURED", 1)
        patch.setattr(upscaler, "GROUNDS_KEPT", 1)
        vae.train(work, TWO)
        vae.freeze(work)
        contrastive.train(work, TWO)
        contrastive.train(work, TWO, JUDGE)
        unet.train(work, TWO)
        decoder.train(work, TWO)
        upscaler.train(work, TWO)
    return work


@pytest.fixture(scope="module")
def shipped(done: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root folder with the exported files."""
    root = tmp_path_factory.mktemp("root")
    export.export(done, root)
    return root


def test_held_out_pairs_are_never_trained_on(done: Settings) -> None:
    pictures = artwork.load(done)
    indices = pictures.trained(list(range(len(pictures))))
    assert len(indices) == len(pictures) - sum(p in artwork.HELD_OUT for p in pictures.pairs)
    assert not any(pictures.pairs[i] in artwork.HELD_OUT for i in indices)


def test_the_decoder_learns_and_the_encoder_stays(done: Settings) -> None:
    before, after = vae.frozen(done).state_dict(), decoder.latest(done).state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed
    assert all(name.startswith(("decoder.", "post_quant_conv.")) for name in changed)


def test_latents_are_kept_and_of_unit_size(done: Settings) -> None:
    found, indices = unet.latents(done, artwork.load(done))
    assert found.shape == (len(indices), 10, 4, 16, 16)
    assert 0.3 < float(found.std()) < 3


def test_the_checkpoint_tells_all_that_loading_it_needs(shipped: Path) -> None:
    path = shipped / export.CHECKPOINT
    with safe_open(path, "pt") as file:
        told = file.metadata()
        weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    config = json.loads(told["easel.config"])
    assert told["easel.format"] == "model/1"
    assert all(tensor.dtype == torch.float16 for tensor in weights.values())
    own = {"unet": UNet2DConditionModel, "vae": AutoencoderKL}
    for part, kind in own.items():
        model = kind.from_config(config[part])
        model.load_state_dict(
            {n.removeprefix(f"{part}."): t for n, t in weights.items() if n.startswith(f"{part}.")}
        )
    text = CLIPTextModel(CLIPTextConfig(**config["text_encoder"]))
    names = {n for n in weights if n.startswith("text_encoder.text_model.")}
    assert len(names) == len([n for n in text.state_dict() if not n.endswith("position_ids")])
    tokenizer = Tokenizer.from_str(told["easel.tokenizer"])
    assert tokenizer.token_to_id("<|endoftext|>") == config["text_encoder"]["eos_token_id"]
    assert config["scheduler"]["prediction_type"] == "v_prediction"


def test_the_upscaler_ships_under_srvgg_keys(shipped: Path) -> None:
    weights = load_file(shipped / export.UPSCALER)
    assert weights["body.0.weight"].shape == (48, 3, 3, 3)
    assert weights["body.1.weight"].shape == (48,)
    assert set(weights) == {n for n in weights if n.startswith("body.")}


def test_the_judge_reads_back_as_it_was(done: Settings, shipped: Path) -> None:
    clip, reader = restore.judge(shipped / export.JUDGE_FILE)
    ids = reader.read(["a red apple", "红苹果"], 20)
    own = contrastive.trained(done, JUDGE).of_texts(tokens.load(done).read(["a red apple"], 20))
    assert torch.allclose(clip.of_texts(ids)[:1], own, atol=2e-3)
    assert (shipped / export.JUDGE_FILE).stat().st_size < 3_000_000


def test_the_picture_tower_has_both_projections(shipped: Path) -> None:
    weights = load_file(shipped / export.VISION)
    assert {"visual_projection.weight", "text_projection.weight"} <= set(weights)
    assert any(n.startswith("vision_model.encoder.layers.0.") for n in weights)


def test_equal_seeds_draw_equal_pictures_and_a_sheet_can_be_laid(
    done: Settings, tmp_path: Path
) -> None:
    draws = painter.load(done)
    draws.steps = 2
    prompts = [Prompt("a red apple", 3), Prompt("a red apple", 3), Prompt("a red apple", 4)]
    found = draws.pictures(prompts, batch=3)
    assert found.shape == (3, 3, 128, 128)
    assert torch.allclose(found[0], found[1], atol=1e-4)
    assert not torch.allclose(found[0], found[2], atol=1e-2)
    whole = sheet.laid_out(found, [prompt.text for prompt in prompts])
    whole.save(tmp_path / "sheet.webp")
    assert whole.width == sheet.COLUMNS * sheet.CELL


def test_real_pictures_are_nearest_to_themselves(done: Settings) -> None:
    pictures = artwork.load(done)
    nearest = evaluate.Nearest(pictures, CONCEPTS)
    rows = torch.arange(len(pictures))
    ranked, style = nearest.ranked(pictures.on_grounds(rows, torch.zeros_like(rows)))
    assert ranked[:, 0].tolist() == [i // 3 for i in range(len(pictures))]
    assert style.tolist() == [i % 3 for i in range(len(pictures))]


def test_the_judged_prompts_are_fixed_and_hold_every_held_out_pair() -> None:
    found = evaluate.tasks()
    assert len(found) == 200
    assert sum(task.held_out for task in found) == len(artwork.HELD_OUT)
    assert len({task.prompt.seed for task in found}) == 200
    assert found == evaluate.tasks()


def test_crops_for_the_upscaler_fit_their_truth(done: Settings) -> None:
    torch.manual_seed(0)
    small, truth = upscaler.couples(done).crop(1)
    assert small.shape == (3, 32, 32)
    assert truth.shape == (3, 128, 128)
    assert float(truth.min()) >= 0
    assert float(truth.max()) <= 1


def test_a_work_folder_restored_from_what_ships_draws_the_same(
    done: Settings, shipped: Path, tmp_path: Path
) -> None:
    again = Settings(tmp_path)
    restore.restore(again, shipped)
    prompts = [Prompt("红苹果", 3)]
    pictures = []
    for settings in (done, again):
        draws = painter.load(settings)
        draws.steps = 2
        pictures.append(draws.pictures(prompts))
    assert torch.allclose(pictures[0], pictures[1], atol=0.02)
    start = upscaler.trained(again).state_dict()
    assert all(
        torch.allclose(t, start[n], atol=1e-3)
        for n, t in upscaler.trained(done).state_dict().items()
    )
