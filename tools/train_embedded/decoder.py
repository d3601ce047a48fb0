"""The decoder alone, taught on: the latent space stays as it is, the pictures become better.

Latents are what the frozen encoder gives, with a little noise, as sampled latents are not exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import Tensor, nn
from torch.nn import functional

from tools.train_embedded import pictures as artwork
from tools.train_embedded import unet, vae
from tools.train_embedded.loop import Losses, Recipe, Trainer, has_weights, saved_weights
from tools.train_embedded.networks import decoded, placed
from tools.train_embedded.pictures import Pictures, some_grounds
from tools.train_embedded.settings import NATIVE_SIZE, SCALING, Budget, Settings
from tools.train_embedded.vae import gradient_l1

WINDOW = 8  # latent units: a window of 64 px
WHOLE_FROM = 0.85
BATCH = 16
NOISE = 0.05  # of a latent's unit deviation, at most
RECIPE = Recipe(rate=5e-4, warm_up=50, weight_decay=0.0, ema=0.999)


@dataclass(frozen=True)
class Sampler:
    """The ring's pictures on random grounds and their latents, which the U-Net's stage keeps."""

    pictures: Pictures
    latents: Tensor
    indices: Tensor

    def batch(self, count: int) -> tuple[Tensor, Tensor]:
        """Latents [count, 4, h, w] (as the encoder gives them) and pictures [count, 3, S, S]."""
        rows, grounds = torch.randint(len(self.indices), (count,)), some_grounds(count)
        wanted = self.pictures.on_grounds(self.indices[rows], grounds)
        return self.latents[rows, grounds] / SCALING, wanted


def windowed(latents: Tensor, pictures: Tensor, window: int) -> tuple[Tensor, Tensor]:
    """The same random window of both; `window` in latent units."""
    scale = pictures.shape[-1] // latents.shape[-1]
    top, left = torch.randint(0, latents.shape[-1] - window + 1, (2,)).tolist()
    return (
        latents[:, :, top : top + window, left : left + window].contiguous(),
        pictures[
            :,
            :,
            top * scale : (top + window) * scale,
            left * scale : (left + window) * scale,
        ].contiguous(),
    )


def losses_of(decoder: AutoencoderKL, latents: Tensor, wanted: Tensor) -> Losses:
    """L1 on values and on differences."""
    noise = NOISE / SCALING * torch.rand(len(latents), 1, 1, 1, device=latents.device)
    given = decoded(decoder, latents + noise * torch.randn_like(latents))
    l1 = functional.l1_loss(given, wanted)
    return {
        "loss": l1 + 0.5 * gradient_l1(given, wanted),
        "l1": l1,
        "mse": functional.mse_loss(given, wanted),
    }


def train(settings: Settings, budget: Budget) -> None:
    """Train until the budget is spent; the weights stay in ``decoder/checkpoint.pt``."""
    torch.manual_seed(6)
    device, pictures = settings.torch_device, artwork.load(settings)
    learning = placed(vae.frozen(settings), device).train()
    learning.decoder.requires_grad_(True)
    cast(nn.Module, learning.post_quant_conv).requires_grad_(True)
    trainer = Trainer(settings.work / "decoder", {"vae": learning}, budget, RECIPE, seed=6)
    latents, indices = unet.latents(settings, pictures)
    sampler = Sampler(pictures, latents, torch.tensor(indices))
    whole = NATIVE_SIZE // 8

    def losses(progress: float) -> Losses:
        late = progress >= WHOLE_FROM
        count = BATCH * settings.batch_scale // (4 if late else 1)
        pair = windowed(*sampler.batch(count), whole if late else WINDOW)
        return losses_of(learning, *(part.to(device) for part in pair))

    trainer.run(losses)


def latest(settings: Settings) -> AutoencoderKL:
    """The autoencoder with the best decoder there is, on the CPU, for looking only."""
    best = vae.frozen(settings)
    if has_weights(settings.work / "decoder", "vae"):
        best.load_state_dict(saved_weights(settings.work / "decoder", "vae"))
    return best.eval().requires_grad_(False)
