"""Checkpoints are recognised by their names and shapes, or refused with the reason."""

import json

import pytest
import torch
from safetensors.torch import save_file

from engine.errors import ModelFileError
from engine.models import networks, sd1
from engine.models.files import open_tensors
from engine.models.folder import load_folder
from engine.models.loading import load_checkpoint, load_clip, load_unet, load_vae
from tests.tiny import VAE, tiny_checkpoint, tiny_embedded, tiny_ldm

TO_Q = "model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn1.to_q.weight"


def drawn(unet, residency, width=32):
    x = torch.linspace(-1, 1, 256).reshape(1, 4, 8, 8)
    text = torch.linspace(-1, 1, 77 * width).reshape(1, 77, width)
    with residency.use(unet) as module:
        return module(x, torch.tensor(500), text).sample


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_all_kinds_of_numbers_are_widened(tmp_path, residency, dtype):
    found = load_checkpoint(tiny_checkpoint(tmp_path / "a.safetensors", dtype=dtype))
    with residency.use(found.unet) as module:
        assert {p.dtype for p in module.parameters()} == {torch.float32}
        weight = module.get_parameter(
            "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.weight"
        )
        assert torch.equal(weight, tiny_ldm()[TO_Q].to(dtype).float())


def test_every_tensor_of_the_three_networks_is_translated(stable, residency):
    for weights in (stable.unet, stable.vae.network, stable.clip.network):
        with residency.use(weights) as module:
            state = module.state_dict()
            assert state.keys() == weights.tensors.keys()
            assert all(tensor.device.type == "cpu" for tensor in state.values())


def test_names_are_translated_one_to_one():
    for names in (sd1.unet_names(), sd1.vae_names(4, 2)):
        assert len(set(names.values())) == len(names)


def test_a_pickled_checkpoint_is_the_same_model(tmp_path, stable, residency):
    pickled = load_checkpoint(tiny_checkpoint(tmp_path / "a.ckpt"))
    assert torch.equal(drawn(pickled.unet, residency), drawn(stable.unet, residency))


def test_a_checkpoint_in_eight_bits_is_only_widened(tmp_path, residency):
    path = tiny_checkpoint(tmp_path / "a.safetensors")
    eight = {
        name: tensor.to(torch.float8_e4m3fn) if name.startswith(sd1.UNET) else tensor
        for name, tensor in tiny_ldm().items()
    }
    save_file(eight, path)
    with residency.use(load_checkpoint(path).unet) as module:
        weight = module.get_parameter("conv_in.weight")
    assert torch.equal(weight, eight[sd1.UNET + "input_blocks.0.0.weight"].float())


def test_unet_loader_rounds_every_weight_to_eight_bits(stable_file, residency):
    plain, _ = load_unet(stable_file)
    rounded, _ = load_unet(stable_file, "fp8_e5m2")
    with residency.use(plain) as module:
        before = {name: p.clone() for name, p in module.named_parameters()}
    with residency.use(rounded) as module:
        for name, after in module.named_parameters():
            assert torch.equal(after, before[name].half().to(torch.float8_e5m2).float())


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """Each network of the tiny checkpoint in a file of its own, in the names of its prefix."""
    folder = tmp_path_factory.mktemp("parts")
    tensors = {name: tensor.half() for name, tensor in tiny_ldm().items()}
    for prefix, name in ((sd1.UNET, "unet"), (sd1.VAE, "vae"), (sd1.TEXT[1], "text")):
        alone = {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}
        save_file(alone, folder / f"{name}.safetensors")
    return folder


def test_parts_alone_are_the_parts_of_the_whole(parts, stable, residency):
    unet, family = load_unet(parts / "unet.safetensors")
    assert family is sd1.FAMILY
    assert torch.equal(drawn(unet, residency), drawn(stable.unet, residency))
    latent = torch.ones(1, 4, 4, 4)
    alone = load_vae(parts / "vae.safetensors").decode(latent, residency)
    assert torch.equal(alone, stable.vae.decode(latent, residency))
    clip = load_clip(parts / "text.safetensors")
    tokens = clip.tokenize("a fox", lambda _: None)
    assert torch.equal(clip.encode(tokens, residency)[0], stable.clip.encode(tokens, residency)[0])


@pytest.mark.parametrize("old", [True, False])
def test_an_autoencoder_in_diffusers_names_is_the_same(tmp_path, stable, residency, old):
    state = state_of(stable.vae.network)
    if old:
        back = {new: was for was, new in sd1.OLD_ATTENTION.items()}
        state = {_replaced(name, back): tensor for name, tensor in state.items()}
    save_file(state, tmp_path / "vae.safetensors")
    latent = torch.ones(1, 4, 4, 4)
    found = load_vae(tmp_path / "vae.safetensors").decode(latent, residency)
    assert torch.equal(found, stable.vae.decode(latent, residency))


def _replaced(name, table):
    for new, old in table.items():
        name = name.replace(new, old)
    return name


@pytest.fixture(scope="module")
def library_folder(tmp_path_factory, stable_file, stable):
    """The tiny checkpoint as diffusers would have saved it."""
    folder = tmp_path_factory.mktemp("folder")
    file = open_tensors(stable_file)
    text = {n.removeprefix(sd1.TEXT[1]): t for n, t in tiny_ldm().items() if "cond_stage" in n}
    configs = {
        "unet": sd1.unet_config(below(file, sd1.UNET), "x"),
        "vae": sd1.vae_config(below(file, sd1.VAE), "x"),
        "text_encoder": sd1.text_config(below(file, sd1.TEXT[0]), "x") | {"eos_token_id": 2},
    }
    states = {
        "unet": state_of(stable.unet),
        "vae": state_of(stable.vae.network),
        "text_encoder": {name: tensor.half() for name, tensor in text.items()},
    }
    for part, config in configs.items():
        (folder / part).mkdir()
        (folder / part / "config.json").write_text(json.dumps(config))
        name = "model" if part == "text_encoder" else "diffusion_pytorch_model"
        save_file(states[part], folder / part / f"{name}.safetensors")
    (folder / "scheduler").mkdir()
    (folder / "scheduler" / "scheduler_config.json").write_text('{"prediction_type": "epsilon"}')
    return folder


def below(file, prefix):
    return {n.removeprefix(prefix): t for n, t in file.tensors.items() if n.startswith(prefix)}


def state_of(weights):
    return {name: weights.read(name).contiguous() for name in weights.tensors}


def test_a_diffusers_folder_is_the_same_model(library_folder, stable, residency):
    found = load_folder(library_folder)
    assert found.family.prediction == "eps"
    assert torch.equal(drawn(found.unet, residency), drawn(stable.unet, residency))
    tokens = found.clip.tokenize("a (fox:1.2)", lambda _: None)
    ours, theirs = (c.encode(tokens, residency) for c in (found.clip, stable.clip))
    assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("part", ["unet", "vae", "text_encoder", "scheduler"])
def test_a_folder_without_a_part_says_which(library_folder, part):
    (library_folder / part).rename(library_folder / "away")
    try:
        with pytest.raises(ModelFileError, match=part):
            load_folder(library_folder)
    finally:
        (library_folder / "away").rename(library_folder / part)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({TO_Q: None}, "1 of .* tensors are missing"),
        ({TO_Q: torch.zeros(8, 32)}, r"should have the shape \[32, 32\], not \[8, 32\]"),
        ({sd1.UNET + "label_emb.0.0.weight": torch.zeros(2, 2)}, "Stable Diffusion XL"),
        ({sd1.UNET + "input_blocks.1.1.proj_in.weight": torch.zeros(32, 32)}, "2.x"),
        ({sd1.UNET + "input_blocks.0.0.weight": torch.zeros(32, 9, 3, 3)}, "inpainting"),
        ({sd1.UNET + "input_blocks.0.0.weight": None}, "only a part of one"),
        ({sd1.VAE + "decoder.conv_in.weight": None}, "decoder.conv_in.weight is missing"),
        ({sd1.TEXT[0] + "embeddings.token_embedding.weight": None}, "no text encoder"),
        ({sd1.TEXT[0] + "embeddings.token_embedding.weight": torch.zeros(9, 32)}, "9 tokens"),
    ],
)
def test_what_can_not_be_drawn_with_is_refused_with_its_reason(tmp_path, changes, said):
    with pytest.raises(ModelFileError, match=said):
        load_checkpoint(tiny_checkpoint(tmp_path / "a.safetensors", **changes))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lora_unet_mid_block.lora_up.weight", "LoraLoader"),
        ("decoder.conv_in.weight", "VAELoader"),
        ("down_blocks.0.resnets.0.conv1.weight", "UNETLoader"),
        ("text_model.final_layer_norm.weight", "CLIPLoader"),
        ("something.else", "no known model"),
    ],
)
def test_a_file_of_another_kind_names_the_loader_that_reads_it(tmp_path, name, said):
    save_file({name: torch.zeros(1)}, tmp_path / "a.safetensors")
    with pytest.raises(ModelFileError, match=said):
        load_checkpoint(tmp_path / "a.safetensors")


def test_a_self_described_file_says_what_it_is(own):
    assert own.family.prediction == "v"
    assert own.family.latent_scale == VAE["scaling_factor"]
    assert own.family.size == 64
    assert own.clip.tokenizer.size < 1000
    assert own.vae.downscale == 8


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("easel.format", "model/9", "model/9"),
        ("easel.config", "{", "easel.config"),
        ("easel.config", "[]", "easel.config"),
        ("easel.config", '{"unet": {}, "vae": 3}', "easel.config"),
        ("easel.tokenizer", "{}", "tokenizer"),
    ],
)
def test_a_broken_header_is_refused(tmp_path, embedded_file, key, value, said):
    file = open_tensors(embedded_file)
    tensors = {name: file.read(name) for name in file.tensors}
    save_file(tensors, tmp_path / "a.safetensors", {**file.metadata, key: value})
    with pytest.raises(ModelFileError, match=said):
        load_checkpoint(tmp_path / "a.safetensors")


def test_an_unknown_prediction_is_refused(tmp_path):
    path = tiny_embedded(tmp_path / "a.safetensors", prediction="sample")
    with pytest.raises(ModelFileError, match="prediction_type is 'sample'"):
        load_checkpoint(path)


def test_building_a_network_costs_no_memory():
    module = networks.unet({"sample_size": 64, "cross_attention_dim": 768})
    assert all(parameter.is_meta for parameter in module.parameters())
