"""LATENT files as ComfyUI's SaveLatent writes them: safetensors with one tensor and texts."""

from collections.abc import Mapping

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from engine.errors import InputFileError

CURRENT = "latent_format_version_0"  # present: the numbers are in the VAE's units
OLD_SCALE = 0.18215  # of files from before that mark, which hold the sampler's units


def write_latent(samples: Tensor, texts: Mapping[str, str]) -> bytes:
    """A latent file of `samples` [B, C, h, w]; `texts` (such as `prompt`) go into its header."""
    held = {"latent_tensor": samples.detach().cpu().contiguous(), CURRENT: torch.tensor([])}
    return save(held, dict(texts))


def read_latent(data: bytes, name: str = "the latent") -> Tensor:
    """The samples [B, C, h, w], float32, in the VAE's units.

    Raises `InputFileError` if `data` is no latent file or is damaged.
    """
    try:
        held = load(data)
    except (SafetensorError, ValueError, KeyError, RuntimeError) as error:
        raise InputFileError(f"{name} is not a latent file, or is damaged ({error})") from error
    samples = held.get("latent_tensor")
    if samples is None or samples.ndim < 4 or not samples.is_floating_point():
        given = ", ".join(f"{key} {list(value.shape)}" for key, value in held.items())
        raise InputFileError(
            f"{name} is not a latent file: expected latent_tensor of shape [B, C, h, w], "
            f"it holds {given or 'nothing'}"
        )
    return samples.float() * (1.0 if CURRENT in held else 1.0 / OLD_SCALE)
