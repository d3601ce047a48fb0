"""The U-Net: latents of the ring's pictures on ten grounds, captions, v prediction.

The text tower is frozen, so a caption's context is computed once and remembered. Each picture has
a fixed pool of captions; a new pool would only cost time.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from safetensors.torch import load_file, save_file
from torch import Tensor

from tools.train_embedded import captions, contrastive, diffusion, tokens, vae
from tools.train_embedded import pictures as artwork
from tools.train_embedded.captions import Book
from tools.train_embedded.concepts import GROUNDS
from tools.train_embedded.contrastive import Clip
from tools.train_embedded.loop import Losses, Recipe, Trainer, saved_weights
from tools.train_embedded.networks import new_unet, placed, posterior, velocity
from tools.train_embedded.pictures import Pictures, some_grounds
from tools.train_embedded.settings import SCALING, Budget, Settings
from tools.train_embedded.tokens import Reader

BATCH = 24
DROPPED = 0.12  # of the captions, so that guidance has something to step away from
POOL_WHITE, POOL_COLOURED = 24, 4  # captions of a picture on white, and on each other ground
RECIPE = Recipe(rate=8e-4, warm_up=100, ema=0.999)


class Contexts:
    """Captions to contexts [B, 77, width], remembered in half precision."""

    def __init__(self, clip: Clip, reader: Reader, device: torch.device) -> None:
        self._model = placed(clip.text_model.eval().requires_grad_(False), device)
        self._reader, self._device = reader, device
        self._known: dict[str, Tensor] = {}

    @torch.no_grad()
    def of(self, texts: list[str]) -> Tensor:
        """float32 [B, 77, width], as the text tower's last layer gives them."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            ids = self._reader.read(new).to(self._device)
            found = self._model(input_ids=ids).last_hidden_state.half().cpu()
            self._known.update(zip(new, found, strict=True))
        return torch.stack([self._known[text] for text in texts]).float().to(self._device)


@torch.no_grad()
def encoded(autoencoder: AutoencoderKL, pictures: Pictures, indices: list[int]) -> Tensor:
    """float32 [N, grounds, 4, 16, 16]: scaled latents of the pictures on every ground."""
    every = torch.arange(len(GROUNDS))
    rows = [
        posterior(autoencoder, pictures.on_grounds(torch.full_like(every, i), every)).mean.half()
        for i in indices
    ]
    return torch.stack(rows).float() * SCALING


def latents(settings: Settings, pictures: Pictures) -> tuple[Tensor, list[int]]:
    """The ring's training latents and the pictures they are of; kept in the work folder."""
    path = settings.work / f"latents-ring-{settings.ring}.safetensors"
    indices = pictures.trained(pictures.of_ring(settings.ring))
    if not path.exists():
        found = encoded(vae.frozen(settings), pictures, indices)
        save_file({"latents": found.half().contiguous()}, path)
    return load_file(path)["latents"].float(), indices


@dataclass
class Sampler:
    """Draws training samples: latents and the contexts of their captions."""

    latents: Tensor
    indices: list[int]
    pictures: Pictures
    book: Book
    contexts: Contexts
    chance: random.Random

    def batch(self, count: int) -> tuple[Tensor, Tensor]:
        """Latents [B, 4, 16, 16] and contexts [B, 77, width]."""
        rows, grounds = torch.randint(len(self.indices), (count,)), some_grounds(count, white=0.6)
        texts = [self._caption(int(r), int(g)) for r, g in zip(rows, grounds, strict=True)]
        return self.latents[rows, grounds], self.contexts.of(texts)

    def _caption(self, row: int, ground: int) -> str:
        if self.chance.random() < DROPPED:
            return captions.unwanted(random.Random(self.chance.randrange(200)))
        pair = self.pictures.pairs[self.indices[row]]
        variant = self.chance.randrange(POOL_COLOURED if ground else POOL_WHITE)
        own = random.Random(f"{pair}{ground}{variant}")
        return self.book.caption(*pair, ground, own).text


def losses_of(unet: UNet2DConditionModel, clean: Tensor, context: Tensor) -> Losses:
    """The weighted squared error of v."""
    timesteps = diffusion.spread_timesteps(len(clean)).to(clean.device)
    noisy, wanted, weight = diffusion.noised(clean, torch.randn_like(clean), timesteps)
    given = velocity(unet, noisy, timesteps, context).float()
    error = (given - wanted).square().mean(dim=(1, 2, 3))
    return {"loss": (weight * error).mean(), "v": error.mean()}


def train(settings: Settings, budget: Budget) -> None:
    """Train until the budget is spent; the weights stay in ``unet/checkpoint.pt``."""
    torch.manual_seed(3)
    device, pictures, reader = settings.torch_device, artwork.load(settings), tokens.load(settings)
    unet = placed(new_unet(), device)
    trainer = Trainer(settings.work / "unet", {"unet": unet}, budget, RECIPE, seed=3)
    contexts = Contexts(contrastive.trained(settings), reader, device)
    found, indices = latents(settings, pictures)
    chance = random.Random(trainer.step)
    sampler = Sampler(found, indices, pictures, captions.load(settings), contexts, chance)
    half = device.type == "cuda"

    def losses(_: float) -> Losses:
        clean, context = sampler.batch(BATCH * settings.batch_scale)
        with torch.autocast(device.type, torch.bfloat16, enabled=half):
            return losses_of(unet, clean.to(device), context)

    trainer.run(losses)


def trained(settings: Settings) -> UNet2DConditionModel:
    """The U-Net as the stage left it (averaged weights), on the CPU, for looking only."""
    unet = new_unet()
    unet.load_state_dict(saved_weights(settings.work / "unet", "unet"))
    return unet.eval().requires_grad_(False)
