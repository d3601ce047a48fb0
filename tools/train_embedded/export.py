"""Write what ships: self-describing safetensors in half precision.

Three networks, tokenizer, card and licences go into one checkpoint under the names that diffusers
and transformers give them; picture tower, upscaler and judge into a file each.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from engine.models import preview
from tools.train_embedded import contrastive, decoder, diffusion, tokens, unet, upscaler
from tools.train_embedded import pictures as artwork
from tools.train_embedded.concepts import GROUNDS
from tools.train_embedded.contrastive import JUDGE, SHIPPED, Clip, Towers
from tools.train_embedded.loop import has_weights
from tools.train_embedded.networks import UNET_CONFIG, VAE_CONFIG
from tools.train_embedded.settings import NATIVE_SIZE, PROJECT, Settings
from tools.train_embedded.tokens import Reader

FORMAT = "model/1"
CHECKPOINT = "models/checkpoints/easel-emoji.safetensors"
VISION = "models/clip_vision/easel-emoji-vision.safetensors"
UPSCALER = "models/upscale_models/easel-x4.safetensors"
JUDGE_FILE = "tools/train_embedded/judge.safetensors"
SCHEDULER: dict[str, Any] = {
    "prediction_type": "v_prediction",
    "beta_schedule": "scaled_linear",
    "beta_start": diffusion.BETAS[0],
    "beta_end": diffusion.BETAS[1],
    "num_train_timesteps": diffusion.STEPS,
}


def prefixed(weights: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Half precision, under a prefix; positions that transformers counts by itself left out."""
    return {
        prefix + name: tensor.detach().to(torch.float16).contiguous()
        for name, tensor in weights.items()
        if not name.endswith("position_ids")
    }


def tower(module: torch.nn.Module, prefix: str) -> dict[str, Tensor]:
    """A CLIP tower's weights under its classic prefix, whatever transformers calls it in memory."""
    bare = {name.removeprefix(prefix): tensor for name, tensor in module.state_dict().items()}
    return prefixed(bare, prefix)


def _text_config(towers: Towers, reader: Reader) -> dict[str, Any]:
    config = contrastive.text_config(towers, reader).to_dict()
    return {**config, "architectures": ["CLIPTextModel"], "model_type": "clip_text_model"}


def _metadata(title: str, architecture: str, config: dict[str, Any]) -> dict[str, str]:
    return {
        "easel.format": FORMAT,
        "easel.config": json.dumps(config, sort_keys=True),
        "easel.licences": (PROJECT / "NOTICE").read_text(),
        "modelspec.sai_model_spec": "1.0.0",
        "modelspec.title": title,
        "modelspec.architecture": architecture,
        "modelspec.implementation": "diffusers",
        "modelspec.license": "Apache-2.0; artwork: see easel.licences",
        "format": "pt",
    }


def preview_map(settings: Settings) -> list[list[float]]:
    """A linear map from latents to colours, so that a picture can be shown while it is drawn."""
    pictures = artwork.load(settings)
    latents, indices = unet.latents(settings, pictures)
    rows = torch.arange(0, len(indices), max(1, len(indices) // 64))
    grounds = rows % len(GROUNDS)
    shown = pictures.on_grounds(torch.tensor(indices)[rows], grounds)
    found = preview.fitted(latents[rows, grounds], (shown.movedim(1, -1) + 1) / 2)
    return [[round(value, 4) for value in row] for row in found]


def checkpoint(settings: Settings, to: Path) -> None:
    """U-Net, autoencoder, text tower, tokenizer and card in one file."""
    reader, clip = tokens.load(settings), contrastive.trained(settings)
    config = {
        "family": "sd1",
        "unet": {"_class_name": "UNet2DConditionModel", **UNET_CONFIG},
        "vae": {"_class_name": "AutoencoderKL", **VAE_CONFIG},
        "text_encoder": _text_config(SHIPPED, reader),
        "scheduler": SCHEDULER,
        "native_size": NATIVE_SIZE,
        "latent_rgb": preview_map(settings),
    }
    weights = prefixed(unet.trained(settings).state_dict(), "unet.")
    weights |= prefixed(decoder.latest(settings).state_dict(), "vae.")
    text = tower(clip.text_model, "text_model.")
    weights |= {f"text_encoder.{name}": tensor for name, tensor in text.items()}
    metadata = _metadata("Easel emoji", "stable-diffusion-v1", config)
    metadata |= {
        "modelspec.resolution": f"{NATIVE_SIZE}x{NATIVE_SIZE}",
        "modelspec.prediction_type": "v",
        "easel.tokenizer": reader.tokenizer.to_str(),
        "easel.card": (PROJECT / "docs" / "shipped-model.md").read_text(),
    }
    _write(weights, to, metadata)


def _clip_weights(clip: Clip) -> dict[str, Tensor]:
    weights = tower(clip.vision_model, "vision_model.")
    for name in ("visual_projection", "text_projection"):
        weights |= prefixed(getattr(clip, name).state_dict(), f"{name}.")
    return weights | {"logit_scale": clip.logit_scale.detach().half()}


def vision(settings: Settings, to: Path) -> None:
    """The picture tower with both projections."""
    config = {
        "family": "clip_vision",
        "vision": contrastive.vision_config(SHIPPED).to_dict(),
        "projection_dim": SHIPPED.joint,
        "mean": [0.5] * 3,  # pictures go in as -1..1
        "std": [0.5] * 3,
    }
    metadata = _metadata("Easel emoji, picture tower", "clip-vision", config)
    _write(_clip_weights(contrastive.trained(settings)), to, metadata)


def enlarger(settings: Settings, to: Path) -> None:
    """The upscaler under SRVGG's own keys."""
    config = {"family": "srvgg_compact", "scale": upscaler.SCALE}
    metadata = _metadata("Easel x4", "srvgg-compact", config)
    _write(prefixed(upscaler.trained(settings).state_dict(), ""), to, metadata)


def judge(settings: Settings, to: Path) -> None:
    """The whole judge, with its tokenizer: enough to judge again anywhere."""
    reader, clip = tokens.load(settings), contrastive.trained(settings, JUDGE)
    config = {
        "family": "clip",
        "text": _text_config(JUDGE, reader),
        "vision": contrastive.vision_config(JUDGE).to_dict(),
    }
    weights = tower(clip.text_model, "text_model.") | _clip_weights(clip)
    metadata = _metadata("Easel judge", "clip", config)
    metadata["easel.tokenizer"] = reader.tokenizer.to_str()
    _write(weights, to, metadata)


def _write(weights: dict[str, Tensor], to: Path, metadata: dict[str, str]) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    partial = to.with_suffix(".part")
    save_file(weights, partial, metadata=metadata)
    partial.chmod(0o644)  # safetensors keeps its files to their owner
    partial.replace(to)
    print(f"export: {to.relative_to(PROJECT) if to.is_relative_to(PROJECT) else to}", end=" ")
    print(f"{to.stat().st_size / 1e6:.1f} MB")


def export(settings: Settings, root: Path = PROJECT) -> None:
    """Write every file whose stage has been trained."""
    stages = {
        ("unet", "unet"): (checkpoint, CHECKPOINT),
        ("clip", "clip"): (vision, VISION),
        ("upscaler", "compact"): (enlarger, UPSCALER),
        ("judge", "clip"): (judge, JUDGE_FILE),
    }
    for (stage, name), (write, path) in stages.items():
        if has_weights(settings.work / stage, name):
            write(settings, root / path)
