"""The networks' shapes: what is built, at which size. Nothing here trains."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.autoencoders.vae import DiagonalGaussianDistribution
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor, nn

from tools.train_embedded.settings import LATENT_SIZE, NATIVE_SIZE, SCALING

TEXT_WIDTH = 256
Net = TypeVar("Net", bound=nn.Module)

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


def placed(network: Net, device: torch.device) -> Net:
    """The network on a device, its kernels laid out with channels last."""
    cast(Any, network).to(device=device, memory_format=torch.channels_last)
    return network


def posterior(vae: AutoencoderKL, pictures: Tensor) -> DiagonalGaussianDistribution:
    """What the encoder says of pictures [B, 3, H, W] in -1..1."""
    return cast(Any, vae).encode(pictures).latent_dist


def decoded(vae: AutoencoderKL, latents: Tensor) -> Tensor:
    """Pictures [B, 3, 8h, 8w], about -1..1, of latents as the encoder gives them (not scaled)."""
    return cast(Any, vae).decode(latents).sample


def velocity(unet: UNet2DConditionModel, x: Tensor, timesteps: Tensor, context: Tensor) -> Tensor:
    """The v that the U-Net predicts for noisy latents [B, 4, h, w]."""
    x = x.contiguous(memory_format=torch.channels_last)
    return cast(Any, unet)(x, timesteps, encoder_hidden_states=context).sample


def folded(vae: AutoencoderKL, mean: Tensor, deviation: Tensor) -> AutoencoderKL:
    """Put the normalisation of latents [4] into the 1x1 convolutions around them, in place.

    After it, encoded latents times 0.18215 have mean 0 and deviation 1 in every channel.
    """
    spread = deviation * SCALING
    quant, back = cast(Any, vae.quant_conv), cast(Any, vae.post_quant_conv)
    with torch.no_grad():
        quant.weight[:4] /= spread[:, None, None, None]
        quant.bias[:4] = (quant.bias[:4] - mean) / spread
        quant.bias[4:] -= 2 * spread.log()
        back.bias += back.weight[:, :, 0, 0] @ mean
        back.weight *= spread[None, :, None, None]
    return vae
