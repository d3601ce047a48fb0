"""Tiny random models in the forms that real files have, for tests of whatever uses a model."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from torch import Tensor, nn

from engine.models import networks, sd1

WIDTH = 32
UNET: dict[str, Any] = {
    "sample_size": 8,
    "in_channels": 4,
    "out_channels": 4,
    "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D"],
    "up_block_types": ["CrossAttnUpBlock2D", "UpBlock2D"],
    "block_out_channels": [32, 64],
    "layers_per_block": 1,
    "cross_attention_dim": WIDTH,
    "attention_head_dim": 2,
    "norm_num_groups": 8,
}
VAE: dict[str, Any] = {
    "in_channels": 3,
    "out_channels": 3,
    "down_block_types": ["DownEncoderBlock2D"] * 4,
    "up_block_types": ["UpDecoderBlock2D"] * 4,
    "block_out_channels": [8, 8, 16, 16],
    "layers_per_block": 1,
    "latent_channels": 4,
    "norm_num_groups": 4,
    "scaling_factor": 0.5,
    "mid_block_add_attention": False,
}
WORDS = "a red fox in the snow blue cat with words of many colours"


def tiny_embedded(path: Path, seed: int = 0, prediction: str = "v_prediction") -> Path:
    """A self-described model file of 0.3 M numbers, as the shipped model is one."""
    tokenizer = _tokenizer()
    start, end = (tokenizer.token_to_id(name) for name in ("<|startoftext|>", "<|endoftext|>"))
    text = {
        "vocab_size": tokenizer.get_vocab_size(),
        "hidden_size": WIDTH,
        "intermediate_size": 2 * WIDTH,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "max_position_embeddings": 77,
        "bos_token_id": start,
        "eos_token_id": end,
        "pad_token_id": end,
    }
    config = {
        "family": "sd1",
        "unet": UNET,
        "vae": VAE,
        "text_encoder": text,
        "scheduler": {
            "prediction_type": prediction,
            "beta_schedule": "scaled_linear",
            "beta_start": 0.00085,
            "beta_end": 0.012,
            "num_train_timesteps": 1000,
        },
        "native_size": 64,
    }
    tensors = {
        **_random(networks.unet(UNET), "unet.", seed),
        **_random(networks.autoencoder(VAE), "vae.", seed + 1),
        **_random(networks.text_encoder(text), "text_encoder.text_model.", seed + 2),
    }
    metadata = {
        "easel.format": "model/1",
        "easel.config": json.dumps(config),
        "easel.tokenizer": tokenizer.to_str(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.half() for name, tensor in tensors.items()}, path, metadata)
    return path


def tiny_checkpoint(
    path: Path, seed: int = 0, dtype: torch.dtype = torch.float16, **changes: Tensor | None
) -> Path:
    """A single file in Stable Diffusion 1.x's names, narrow throughout: text width 32, 4 M numbers.

    changes: tensors to put in place of those of that name; None leaves one out.
    """
    tensors: dict[str, Tensor] = {name: tensor.to(dtype) for name, tensor in tiny_ldm(seed).items()}
    for name, tensor in changes.items():
        if tensor is None:
            del tensors[name]
        else:
            tensors[name] = tensor
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".safetensors":
        save_file(tensors, path)
    else:
        torch.save({"state_dict": tensors}, path)
    return path


@cache
def tiny_ldm(seed: int = 0) -> Mapping[str, Tensor]:
    """The tensors of `tiny_checkpoint`, float32."""
    unet = {
        **UNET,
        "down_block_types": ["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"],
        "up_block_types": ["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3,
        "block_out_channels": [32, 32, 64, 64],
        "layers_per_block": 2,
        "attention_head_dim": 8,
        "norm_num_groups": 32,
    }
    vae = {**VAE, "block_out_channels": [32] * 4, "layers_per_block": 2, "norm_num_groups": 32}
    vae["mid_block_add_attention"] = True
    text = {
        "vocab_size": 49408,
        "hidden_size": WIDTH,
        "intermediate_size": 2 * WIDTH,
        "num_hidden_layers": 2,
        "num_attention_heads": 1,
    }
    found = dict[str, Tensor]()
    parts: list[tuple[nn.Module, str, dict[str, str], int]] = [
        (networks.unet(unet), sd1.UNET, sd1.unet_names(), seed),
        (networks.autoencoder(vae), sd1.VAE, sd1.vae_names(4, 2), seed + 1),
    ]
    for module, prefix, names, number in parts:
        back = {ours: ldm for ldm, ours in names.items()}
        for name, tensor in _random(module, "", number).items():
            conv = ".mid.attn_1." in (ldm := sd1.renamed(name, back)) and tensor.ndim == 2
            found[prefix + ldm] = tensor[:, :, None, None] if conv else tensor
    found.update(_random(networks.text_encoder(text), sd1.TEXT[0], seed + 2))
    return found


def _random(module: nn.Module, prefix: str, seed: int) -> dict[str, Tensor]:
    """Values for all parameters of a module, scaled so that what comes out is of order one."""
    generator = torch.Generator().manual_seed(seed)
    found = dict[str, Tensor]()
    for name, parameter in module.named_parameters():
        fan_in = parameter[0].numel() if parameter.ndim > 1 else 0
        value = torch.randn(parameter.shape, generator=generator)
        if parameter.ndim > 1:
            value = value * (0.5 if "embedding.weight" in name else fan_in**-0.5)
        elif name.endswith("weight"):
            value = 1 + 0.1 * value
        else:
            value = 0.1 * value
        found[prefix + name] = value.contiguous()
    return found


def _tokenizer() -> Tokenizer:
    """A byte-level tokenizer that knows a dozen words."""
    tokenizer = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<|startoftext|>", "<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        end_of_word_suffix="</w>",
        show_progress=False,
    )
    tokenizer.train_from_iterator([WORDS], trainer)
    return tokenizer
