"""Model files that describe themselves: configuration and tokenizer stand in the file's header.

The shipped model is such a file. Its tensors carry diffusers' names behind `unet.` and `vae.`, and
the text encoder's behind `text_encoder.text_model.`; `easel.config` is JSON with a configuration
for each, the noise schedule and the native size. Knows the header's form and nothing else.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from transformers.models.clip.modeling_clip import CLIPTextModel

from engine.errors import ModelFileError
from engine.models import networks
from engine.models.clip import Clip
from engine.models.family import SD1_RGB, Family, Prediction, Rgb
from engine.models.files import TensorFile
from engine.models.residency import Weights
from engine.models.tokenizer import tokenizer_from
from engine.models.vae import Vae
from engine.sampling.tables import Discrete, scaled_linear

FORMAT: Final = "easel.format"
CONFIG: Final = "easel.config"
TOKENIZER: Final = "easel.tokenizer"
KNOWN: Final = "model/1"
PREDICTIONS: Final[Mapping[str, Prediction]] = {"epsilon": "eps", "v_prediction": "v"}


@dataclass(frozen=True)
class Described:
    """The networks of a self-described file."""

    unet: Weights[UNet2DConditionModel]
    family: Family
    clip: Clip
    vae: Vae


def describes_itself(file: TensorFile) -> bool:
    """Whether the file carries its own configuration."""
    return FORMAT in file.metadata


def read(file: TensorFile) -> Described:
    """The networks of the file. Raises `ModelFileError` where the header can't be used."""
    where = file.path.name
    if file.metadata[FORMAT] != KNOWN:
        raise ModelFileError(
            f"{where}: its format is {file.metadata[FORMAT]!r}; this version reads {KNOWN!r}"
        )
    try:
        return _described(file, json.loads(file.metadata[CONFIG]))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise ModelFileError(f"{where}: {CONFIG} in its header can't be used: {error!r}") from error


def _described(file: TensorFile, config: Mapping[str, Any]) -> Described:
    unet, vae, text = (dict(config[part]) for part in ("unet", "vae", "text_encoder"))
    names, words = _below(file, "text_encoder.text_model."), file.metadata.get(TOKENIZER, "")
    return Described(
        networks.weights_from(file, "U-Net", _below(file, "unet."), lambda: networks.unet(unet)),
        family_of(config, file.path.stem),
        clip_of(file, text, names, words),
        vae_of(file, vae, _below(file, "vae.")),
    )


def family_of(config: Mapping[str, Any], name: str) -> Family:
    """The family that a configuration's `scheduler` (as diffusers writes it) and `vae` describe.

    Raises `ValueError`, `KeyError` or `TypeError` for what is not known.
    """
    scheduler: Mapping[str, Any] = config["scheduler"]
    prediction = str(scheduler.get("prediction_type", "epsilon"))
    if prediction not in PREDICTIONS:
        raise ValueError(f"prediction_type is {prediction!r}; known are {', '.join(PREDICTIONS)}")
    levels = len(config["vae"]["block_out_channels"])
    rgb = cast("list[Rgb] | None", config.get("latent_rgb"))
    return Family(
        name=name,
        prediction=PREDICTIONS[prediction],
        table=_table(scheduler),
        latent_scale=float(config["vae"].get("scaling_factor", 0.18215)),
        channels=int(config["unet"]["in_channels"]),
        downscale=2 ** (levels - 1),
        size=int(config.get("native_size", 512)),
        latent_rgb=SD1_RGB if rgb is None else tuple((r, g, b) for r, g, b in rgb),
    )


def clip_of(
    file: TensorFile, config: dict[str, Any], names: Mapping[str, str], tokenizer: str
) -> Clip:
    """A text encoder with its own tokenizer (the text of a `tokenizer.json`)."""
    where = file.path.name
    weights: Weights[CLIPTextModel] = networks.weights_from(
        file, "text encoder", names, lambda: networks.text_encoder(config)
    )
    try:
        start, end = int(config["bos_token_id"]), int(config["eos_token_id"])
        layers, width = int(config["num_hidden_layers"]), int(config["hidden_size"])
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFileError(f"{where}: its text encoder's configuration lacks {error}") from error
    pad = config.get("pad_token_id")
    words = tokenizer_from(
        tokenizer, where, start=start, end=end, pad=end if pad is None else int(pad)
    )
    return Clip(weights, words, layers=layers, width=width)


def vae_of(file: TensorFile, config: dict[str, Any], names: Mapping[str, str]) -> Vae:
    """An autoencoder with diffusers' configuration and names."""
    weights: Weights[AutoencoderKL] = networks.weights_from(
        file, "VAE", names, lambda: networks.autoencoder(config), wide=True
    )
    levels = len(config["block_out_channels"])
    return Vae(
        weights, latent_channels=int(config.get("latent_channels", 4)), downscale=2 ** (levels - 1)
    )


def _table(scheduler: Mapping[str, Any]) -> Discrete:
    """The noise levels of a diffusers scheduler's configuration."""
    start, end = (
        float(scheduler.get("beta_start", 0.00085)),
        float(scheduler.get("beta_end", 0.012)),
    )
    steps, kind = int(scheduler.get("num_train_timesteps", 1000)), scheduler.get("beta_schedule")
    if kind in (None, "scaled_linear"):
        return scaled_linear(start, end, steps)
    if kind != "linear":
        raise ValueError(f"beta_schedule is {kind!r}; known are scaled_linear and linear")
    kept = (1 - torch.linspace(start, end, steps, dtype=torch.float64)).cumprod(dim=0)
    return Discrete(((1 - kept) / kept).sqrt())


def _below(file: TensorFile, prefix: str) -> dict[str, str]:
    """The file's name of each tensor behind a prefix, by its name without."""
    return {n.removeprefix(prefix): n for n in file.tensors if n.startswith(prefix)}
