"""LoRA files change the weights they name, by as much as they are asked to."""

import pytest
import torch
from safetensors.torch import save_file

from engine.errors import ModelFileError
from engine.models.lora import load_lora
from engine.models.residency import Residency

Q = "down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q"
Q_LDM = "input_blocks_1_1_transformer_blocks_0_attn1_to_q"
WEIGHT = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.weight"
CONV = "down_blocks.0.resnets.0.conv1.weight"
TEXT = "encoder.layers.0.self_attn.q_proj.weight"
NAMES = {"unet": [WEIGHT, CONV, "conv_in.bias"], "text": [TEXT]}


def written(path, **tensors):
    save_file({name.replace("__", "."): t for name, t in tensors.items()}, path)
    return path


def pair(stem, out, into, *, rank=2, alpha=None, size=()):
    generator = torch.Generator().manual_seed(len(stem))
    found = {
        f"{stem}.lora_down.weight": torch.randn(rank, into, *size, generator=generator),
        f"{stem}.lora_up.weight": torch.randn(out, rank, *(1 for _ in size), generator=generator),
    }
    return found if alpha is None else {**found, f"{stem}.alpha": torch.tensor(float(alpha))}


@pytest.mark.parametrize("stem", [Q, Q_LDM])
@pytest.mark.parametrize(("alpha", "factor"), [(None, 1.0), (2, 1.0), (1, 0.5), (8, 4.0)])
def test_the_product_of_the_two_matrices_is_added(tmp_path, stem, alpha, factor):
    tensors = pair(f"lora_unet_{stem}", 6, 5, alpha=alpha)
    unet, text = load_lora(written(tmp_path / "a.safetensors", **tensors), **NAMES)
    down, up = list(tensors.values())[:2]
    old = torch.randn(6, 5)
    kept = old.clone()
    new = unet.at(0.5).patched(WEIGHT, old)
    assert torch.allclose(new, old + 0.5 * factor * up @ down, atol=1e-6)
    assert torch.equal(old, kept)
    assert unet.targets == {WEIGHT}
    assert not text.layers


def test_convolutions_are_changed_too_with_and_without_a_middle(tmp_path):
    stem = "lora_unet_down_blocks_0_resnets_0_conv1"
    tensors = pair(stem, 6, 5, size=(3, 3))
    unet, _ = load_lora(written(tmp_path / "a.safetensors", **tensors), **NAMES)
    down, up = tensors.values()
    expected = torch.einsum("or,riyx->oiyx", up[:, :, 0, 0], down)
    assert torch.allclose(unet.patched(CONV, torch.zeros(6, 5, 3, 3)), expected, atol=1e-5)

    tensors = pair(stem, 6, 5, size=(1, 1)) | {f"{stem}.lora_mid.weight": torch.randn(2, 2, 3, 3)}
    unet, _ = load_lora(written(tmp_path / "b.safetensors", **tensors), **NAMES)
    down, up, mid = tensors.values()
    inner = torch.einsum("rsyx,si->riyx", mid, down[:, :, 0, 0])
    expected = torch.einsum("or,riyx->oiyx", up[:, :, 0, 0], inner)
    assert torch.allclose(unet.patched(CONV, torch.zeros(6, 5, 3, 3)), expected, atol=1e-5)


def test_the_text_encoders_layers_are_told_apart(tmp_path):
    tensors = pair("lora_te_text_model_encoder_layers_0_self_attn_q_proj", 4, 4)
    unet, text = load_lora(written(tmp_path / "a.safetensors", **tensors), **NAMES)
    assert text.targets == {TEXT}
    assert not unet.layers


def test_keys_tell_files_and_strengths_apart(tmp_path):
    path = written(tmp_path / "a.safetensors", **pair(f"lora_unet_{Q}", 4, 4))
    one, _ = load_lora(path, **NAMES)
    again, _ = load_lora(path, **NAMES)
    assert one.key == again.key
    assert one.key != one.at(0.5).key


def test_layers_that_the_model_lacks_are_left_out_and_said(tmp_path, caplog):
    tensors = pair(f"lora_unet_{Q}", 4, 4) | pair("lora_unet_other", 4, 4)
    unet, _ = load_lora(written(tmp_path / "a.safetensors", **tensors), **NAMES)
    assert unet.targets == {WEIGHT}
    assert "1 layers are not in this model" in caplog.text


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        (pair("lora_unet_other", 4, 4), "another family"),
        ({"a.weight": torch.zeros(1)}, "no LoRA in kohya's names"),
        ({"lora_unet_x.hada_w1_a": torch.zeros(1)}, "LoHa"),
        ({f"lora_unet_{Q}.lora_down.weight": torch.zeros(2, 4)}, "lora_up.weight is missing"),
        (pair(f"lora_unet_{Q}", 4, 4) | {f"lora_unet_{Q}.dora_scale": torch.zeros(1)}, "DoRA"),
    ],
)
def test_what_would_be_left_out_in_silence_is_refused(tmp_path, tensors, said):
    path = written(tmp_path / "a.safetensors", **tensors)
    with pytest.raises(ModelFileError, match=said):
        load_lora(path, **NAMES)


def test_a_lora_of_another_size_is_refused(tmp_path):
    path = written(tmp_path / "a.safetensors", **pair(f"lora_unet_{Q}", 4, 4))
    unet, _ = load_lora(path, **NAMES)
    with pytest.raises(ModelFileError, match="made for another model"):
        unet.patched(WEIGHT, torch.zeros(8, 8))


def test_a_lora_on_the_text_encoder_changes_texts_while_it_is_on(tmp_path, own):
    residency = Residency()
    tensors = pair("lora_te_text_model_encoder_layers_0_mlp_fc1", 64, 32, size=())
    path = written(tmp_path / "a.safetensors", **tensors)
    _, lora = load_lora(path, own.unet.tensors, own.clip.network.tensors)
    tokens = own.clip.tokenize("a fox", lambda _: None)
    before, _ = own.clip.encode(tokens, residency)
    changed, _ = own.clip.with_lora(lora).encode(tokens, residency)
    after, _ = own.clip.encode(tokens, residency)
    assert not torch.allclose(before, changed, atol=1e-2)
    assert torch.equal(before, after)
