"""From a model file to the networks in it: recognised by names and shapes, built when needed.

Knows which kinds of file there are, and asks the family's own file (`sd1`) or the file itself
(`embedded`) for configuration and names. Reads headers only; `residency` reads the weights.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

from engine.errors import ModelFileError
from engine.models import embedded, networks, sd1
from engine.models.clip import Clip
from engine.models.family import Family
from engine.models.files import Stored, TensorFile, open_tensors
from engine.models.residency import Weights
from engine.models.tokenizer import clip_tokenizer
from engine.models.vae import Vae

FLOAT8 = {"fp8_e4m3fn": torch.float8_e4m3fn, "fp8_e5m2": torch.float8_e5m2}


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint holds."""

    unet: Weights[UNet2DConditionModel]
    family: Family
    clip: Clip
    vae: Vae


def load_checkpoint(path: Path) -> Checkpoint:
    """The networks of a whole checkpoint: Stable Diffusion 1.x, or a self-described file.

    Raises `ModelFileError` for a file that is missing, damaged, incomplete or of another family.
    """
    file = open_tensors(path)
    if embedded.describes_itself(file):
        found = embedded.read(file)
        return Checkpoint(found.unet, found.family, found.clip, found.vae)
    if not any(name.startswith(sd1.UNET) for name in file.tensors):
        raise ModelFileError(f"{path.name}: {_unlike(file)}")
    return Checkpoint(_unet(file, sd1.UNET), sd1.FAMILY, _clip(file, sd1.TEXT), _vae(file, sd1.VAE))


def load_unet(
    path: Path, weight_dtype: str = "default"
) -> tuple[Weights[UNet2DConditionModel], Family]:
    """The U-Net of a file that holds it alone, or of a checkpoint, in LDM's or diffusers' names.

    weight_dtype: "default", or an eight-bit type that every weight is rounded to.
    Raises `ModelFileError`.
    """
    file = open_tensors(path)
    if embedded.describes_itself(file):
        found = embedded.read(file)
        weights, family = found.unet, found.family
    else:
        whole = any(name.startswith(sd1.UNET) for name in file.tensors)
        weights, family = _unet(file, sd1.UNET if whole else ""), sd1.FAMILY
    kind = FLOAT8.get(weight_dtype.removesuffix("_fast"))
    return (weights.rounded(kind) if kind else weights), family


def load_clip(path: Path, on_cpu: bool = False) -> Clip:
    """The text encoder of a file that holds it alone (or of a whole checkpoint).

    on_cpu: it stays on the CPU whatever the device is. Raises `ModelFileError`.
    """
    file = open_tensors(path)
    if embedded.describes_itself(file):
        return embedded.read(file).clip.kept_on_cpu(on_cpu)
    return _clip(file, (*sd1.TEXT, "text_model.", "transformer.text_model.", "")).kept_on_cpu(
        on_cpu
    )


def load_vae(path: Path) -> Vae:
    """The autoencoder of a file that holds it alone or of a checkpoint; or `ModelFileError`."""
    file = open_tensors(path)
    if embedded.describes_itself(file):
        return embedded.read(file).vae
    whole = any(name.startswith(sd1.VAE) for name in file.tensors)
    return _vae(file, sd1.VAE if whole else "")


def _unet(file: TensorFile, prefix: str) -> Weights[UNet2DConditionModel]:
    sd1.check_family(_below(file, prefix), file.path.name)
    names = _names(file, prefix, sd1.unet_names())
    config = sd1.unet_config(_in_ldm_names(file, names, sd1.unet_names()), file.path.name)
    return networks.weights_from(file, "U-Net", names, lambda: networks.unet(config))


def _vae(file: TensorFile, prefix: str) -> Vae:
    table = sd1.vae_names(*sd1.vae_size(_below(file, prefix)))
    names = _names(file, prefix, table)
    config = sd1.vae_config(_in_ldm_names(file, names, table), file.path.name)
    return embedded.vae_of(file, config, names)


def _clip(file: TensorFile, prefixes: Iterable[str]) -> Clip:
    token = "embeddings.token_embedding.weight"
    prefix = next((p for p in prefixes if p + token in file.tensors), None)
    if prefix is None:
        raise ModelFileError(
            f"{file.path.name}: no text encoder of Stable Diffusion 1.x (CLIP ViT-L) is in it"
        )
    shapes, tokenizer = _below(file, prefix), clip_tokenizer()
    config = sd1.text_config(shapes, file.path.name)
    if config["vocab_size"] != tokenizer.size:
        raise ModelFileError(
            f"{file.path.name}: its text encoder knows {config['vocab_size']} tokens; CLIP's "
            f"vocabulary has {tokenizer.size}"
        )
    names = {name: prefix + name for name in shapes}
    return Clip(
        networks.weights_from(file, "text encoder", names, lambda: networks.text_encoder(config)),
        tokenizer,
        layers=config["num_hidden_layers"],
        width=config["hidden_size"],
    )


def _below(file: TensorFile, prefix: str) -> dict[str, Stored]:
    return {n.removeprefix(prefix): t for n, t in file.tensors.items() if n.startswith(prefix)}


def _names(file: TensorFile, prefix: str, table: Mapping[str, str]) -> dict[str, str]:
    """The file's name of each parameter by the module's, whichever of the two spellings it has."""
    held = _below(file, prefix)
    if any(f"{ours}.weight" in held for ldm, ours in table.items() if ldm != ours):
        return {sd1.newer(name): prefix + name for name in held}
    return {new: prefix + name for name in held if (new := sd1.renamed(name, table))}


def _in_ldm_names(
    file: TensorFile, names: Mapping[str, str], table: Mapping[str, str]
) -> dict[str, Stored]:
    """The shapes of a network's tensors by LDM's names, from which the family reads its widths."""
    back = {ours: ldm for ldm, ours in table.items()}
    return {sd1.renamed(name, back): file.tensors[held] for name, held in names.items()}


def _unlike(file: TensorFile) -> str:
    """What a file seems to be that is no checkpoint known here, and what to do with it."""
    starts = (
        ("it is a LoRA; load it with LoraLoader", ("lora_unet_", "lora_te")),
        ("it is an autoencoder alone; load it with VAELoader", ("decoder.", "encoder.")),
        ("it is a U-Net alone; load it with UNETLoader", ("input_blocks.", "down_blocks.")),
        ("it is a text encoder alone; load it with CLIPLoader", ("text_model.",)),
    )
    for said, prefixes in starts:
        if any(name.startswith(prefixes) for name in file.tensors):
            return said
    some = ", ".join(sorted(file.tensors)[:3])
    return (
        "no known model: Stable Diffusion 1.x checkpoints and Easel's own files are read "
        f"(its first tensors are {some})"
    )
