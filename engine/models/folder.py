"""Models kept as folders, the way diffusers saves a pipeline: a configuration beside each network.

Reads what has Stable Diffusion 1.x's parts (one CLIP text encoder, a U-Net of 4 channels, an
autoencoder). Knows the folder's layout; configuration and names are the libraries' own.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

from engine.errors import ModelFileError
from engine.models import embedded, networks, sd1
from engine.models.clip import Clip
from engine.models.files import TensorFile, open_tensors
from engine.models.loading import Checkpoint
from engine.models.tokenizer import clip_tokenizer

NETWORK_FILES: Final = (
    "diffusion_pytorch_model.safetensors",
    "diffusion_pytorch_model.fp16.safetensors",
    "diffusion_pytorch_model.bin",
    "model.safetensors",
    "model.fp16.safetensors",
    "pytorch_model.bin",
)
TEXT_PREFIX: Final = "text_model."


def load_folder(path: Path) -> Checkpoint:
    """The networks of a diffusers folder.

    Raises `ModelFileError` where a part is missing or belongs to another family.
    """
    parts = ("unet", "vae", "text_encoder")
    configs = {part: _config(path / part / "config.json") for part in parts}
    configs["scheduler"] = _config(path / "scheduler" / "scheduler_config.json")
    _check_family(path.name, configs)
    files = {part: _weights(path / part) for part in parts}
    unet, vae = configs["unet"], configs["vae"]
    try:
        family = embedded.family_of(configs, path.name)
        return Checkpoint(
            networks.weights_from(
                files["unet"], "U-Net", _same(files["unet"]), lambda: networks.unet(unet)
            ),
            family,
            _clip(path, files["text_encoder"], configs["text_encoder"]),
            embedded.vae_of(files["vae"], vae, _same(files["vae"])),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFileError(f"{path.name}: its configuration can't be used: {error!r}") from error


def _clip(path: Path, file: TensorFile, config: dict[str, Any]) -> Clip:
    names = {name.removeprefix(TEXT_PREFIX): name for name in file.tensors}
    tokenizer = clip_tokenizer()
    if config.get("vocab_size", tokenizer.size) != tokenizer.size:
        return embedded.clip_of(file, config, names, _text(path / "tokenizer" / "tokenizer.json"))
    return Clip(
        networks.weights_from(file, "text encoder", names, lambda: networks.text_encoder(config)),
        tokenizer,
        layers=int(config["num_hidden_layers"]),
        width=int(config["hidden_size"]),
    )


def _check_family(name: str, configs: Mapping[str, Mapping[str, Any]]) -> None:
    unet, text = configs["unet"], configs["text_encoder"]
    clip = text.get("vocab_size") == clip_tokenizer().size
    wrong = {
        "it has size embeddings (Stable Diffusion XL)": bool(unet.get("addition_embed_type")),
        f"its U-Net takes {unet.get('in_channels')} channels, not 4": unet.get("in_channels") != 4,
        "its text encoder is OpenCLIP's (Stable Diffusion 2.x)": clip
        and text.get("hidden_act", "quick_gelu") != "quick_gelu",
    }
    for reason, holds in wrong.items():
        if holds:
            raise ModelFileError(f"{name}: not Stable Diffusion 1.x: {reason}; not read yet")


def _weights(path: Path) -> TensorFile:
    """The file with a part's weights; its old names are given as today's."""
    for name in NETWORK_FILES:
        if (path / name).is_file():
            return open_tensors(path / name)
    raise ModelFileError(
        f"{path.parent.name}/{path.name}: no weights are there; expected {NETWORK_FILES[0]} or "
        f"{NETWORK_FILES[3]} (a file in several shards is not read)"
    )


def _same(file: TensorFile) -> dict[str, str]:
    return {sd1.newer(name): name for name in file.tensors}


def _config(path: Path) -> dict[str, Any]:
    try:
        found: Any = json.loads(_text(path))
    except ValueError as error:
        raise ModelFileError(f"{path.parent.name}/{path.name}: not JSON: {error}") from error
    if not isinstance(found, dict):
        raise ModelFileError(f"{path.parent.name}/{path.name}: no configuration is in it")
    return cast("dict[str, Any]", found)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelFileError(
            f"{path.parent.parent.name}/{path.parent.name}/{path.name} can't be read: {error}; is "
            "this the folder of a diffusers model?"
        ) from error
