"""The networks' shapes: what is built, at which size. Nothing here trains."""

from __future__ import annotations

from typing import Any

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from torch import Tensor

from tools.train_embedded.settings import LATENT_SIZE, NATIVE_SIZE, SCALING

TEXT_WIDTH = 256

VAE_CONFIG: dict[str, Any] = {
    "in_channels": 3,
    "out_channels": 3,
    "down_block_types": ["DownEncoderBlock2D"] * 4,
    "up_block_types": ["UpDecoderBlock2D"] * 4,
    "block_out_channels": [16, 32, 64, 128],
    "layers_per_block": 1,
    "norm_num_groups": 4,  # four channels a group: one a group is instance norm, which loses colour
    "latent_channels": 4,
    "mid_block_add_attention": False,  # so that it holds at any size
    "sample_size": NATIVE_SIZE,
    "scaling_factor": SCALING,
}

UNET_CONFIG: dict[str, Any] = {
    "sample_size": LATENT_SIZE,
    "in_channels": 4,
    "out_channels": 4,
    "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
    "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
    "block_out_channels": [64, 128, 192],
    "layers_per_block": 1,
    "cross_attention_dim": TEXT_WIDTH,
    "attention_head_dim": [
        2,
        4,
        6,
    ],  # heads, not their width: diffusers' name, Stable Diffusion's habit
    "norm_num_groups": 16,
}


def new_vae() -> AutoencoderKL:
    """The autoencoder: eight times smaller, four channels."""
    return AutoencoderKL(**VAE_CONFIG)


def new_unet() -> UNet2DConditionModel:
    """The denoising network."""
    return UNet2DConditionModel(**UNET_CONFIG)


def folded(vae: AutoencoderKL, mean: Tensor, deviation: Tensor) -> AutoencoderKL:
    """Put the normalisation of latents [4] into the 1x1 convolutions around them, in place.

    After it, encoded latents times 0.18215 have mean 0 and deviation 1 in every channel.
    """
    spread = deviation * SCALING
    quant, back = vae.quant_conv, vae.post_quant_conv
    with torch.no_grad():
        quant.weight[:4] /= spread[:, None, None, None]
        quant.bias[:4] = (quant.bias[:4] - mean) / spread
        quant.bias[4:] -= 2 * spread.log()
        back.bias += back.weight[:, :, 0, 0] @ mean
        back.weight *= spread[None, :, None, None]
    return vae
