"""The x4 upscaler: what the shipped decoder gives at 128 px, back to the artwork at 512 px.

A compact SRVGG (Wang et al. 2021, Real-ESRGAN's small network) under its usual state-dict keys.
Two thirds of what it sees went through the autoencoder, the rest is plain artwork made worse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import Tensor, nn
from torch.nn import functional

from tools.train_embedded import decoder
from tools.train_embedded.concepts import HELD_OUT
from tools.train_embedded.loop import Losses, Recipe, Trainer, saved_weights
from tools.train_embedded.networks import decoded, placed, posterior
from tools.train_embedded.pictures import laid_on, some_grounds
from tools.train_embedded.rasterise import rasterise_large
from tools.train_embedded.settings import SCALING, Budget, Settings
from tools.train_embedded.vae import gradient_l1

SCALE = 4
CHANNELS, CONVOLUTIONS = 48, 8
CROP = 32  # pixels of the small picture
BATCH = 16
GROUNDS_KEPT = 3  # autoencoded variants of each picture that are kept
PLAIN = 1 / 3  # of the crops, not autoencoded
LATENT_NOISE = 0.15  # unit deviations, at most: sampled latents are not exact
RECIPE = Recipe(rate=5e-4, warm_up=50, weight_decay=0.0, ema=0.999)


class Compact(nn.Module):
    """Convolutions at the small size, a pixel shuffle, and the nearest-enlarged input added."""

    def __init__(self, channels: int = CHANNELS, convolutions: int = CONVOLUTIONS) -> None:
        super().__init__()
        body: list[nn.Module] = [nn.Conv2d(3, channels, 3, padding=1), nn.PReLU(channels)]
        for _ in range(convolutions):
            body += [nn.Conv2d(channels, channels, 3, padding=1), nn.PReLU(channels)]
        body.append(nn.Conv2d(channels, 3 * SCALE**2, 3, padding=1))
        self.body = nn.ModuleList(body)
        nn.init.zeros_(cast(nn.Conv2d, body[-1]).weight)
        nn.init.zeros_(cast(Tensor, body[-1].bias))

    def forward(self, x: Tensor) -> Tensor:
        """[B, 3, H, W] in 0..1 to [B, 3, 4H, 4W]."""
        found = x
        for layer in self.body:
            found = layer(found)
        return functional.pixel_shuffle(found, SCALE) + functional.interpolate(
            x, scale_factor=SCALE, mode="nearest"
        )


@dataclass(frozen=True)
class Couples:
    """Small pictures and their truths. `small`: uint8 [N, K, S, S, 3] autoencoded on `grounds`
    [N, K]; `art`: uint8 [N, 4S, 4S, 4], premultiplied."""

    small: Tensor
    grounds: Tensor
    art: np.ndarray

    def __len__(self) -> int:
        return len(self.small)

    def truth(self, row: int, ground: int, window: tuple[slice, slice]) -> Tensor:
        """float32 [3, h, w] in 0..1: a window of the large picture on a ground."""
        art = torch.from_numpy(np.ascontiguousarray(self.art[row][window]))[None]
        return (laid_on(art, torch.tensor([ground]))[0] + 1) / 2

    def crop(self, row: int) -> tuple[Tensor, Tensor]:
        """One window: small [3, C, C] and its truth [3, 4C, 4C], both 0..1."""
        variant = int(torch.randint(self.small.shape[1], ()))
        small = self.small[row, variant].permute(2, 0, 1).float() / 255
        top, left = _busy_place(small)
        large = (_span(SCALE * top, SCALE * CROP), _span(SCALE * left, SCALE * CROP))
        truth = self.truth(row, int(self.grounds[row, variant]), large)
        if float(torch.rand(())) < PLAIN:
            return worsened(functional.avg_pool2d(truth[None], SCALE))[0], truth
        return small[:, _span(top, CROP), _span(left, CROP)], truth


def _span(start: int, length: int) -> slice:
    return slice(start, start + length)


def _busy_place(small: Tensor, tries: int = 2) -> tuple[int, int]:
    """Of a few random windows the top left of the one with the most in it."""
    places = torch.randint(0, small.shape[-1] - CROP + 1, (tries, 2)).tolist()
    spread = [float(small[:, _span(t, CROP), _span(left, CROP)].var()) for t, left in places]
    top, left = places[spread.index(max(spread))]
    return top, left


def worsened(small: Tensor) -> Tensor:
    """A little blur and noise on [1, 3, H, W] in 0..1, as pictures from elsewhere have."""
    soft = functional.avg_pool2d(functional.pad(small, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    mixed = torch.lerp(small, soft, 0.7 * float(torch.rand(())))
    return (mixed + 0.02 * float(torch.rand(())) * torch.randn_like(mixed)).clamp(0, 1)


@torch.no_grad()
def autoencoded(vae: AutoencoderKL, pictures: Tensor) -> Tensor:
    """uint8 [B, S, S, 3]: [B, 3, S, S] in -1..1 through the autoencoder, latents a little noisy."""
    latents = posterior(vae, pictures).mean
    amount = LATENT_NOISE / SCALING * torch.rand(len(latents), 1, 1, 1)
    given = decoded(vae, latents + amount * torch.randn_like(latents)).clamp(-1, 1)
    return ((given + 1) * 127.5).round().byte().permute(0, 2, 3, 1)


def couples(settings: Settings, held_out: bool = False) -> Couples:
    """The ring's training couples, or those that are held out, through the decoder as it is now."""
    art, pairs = rasterise_large(settings)
    rows = [i for i, pair in enumerate(pairs) if (pair in HELD_OUT) == held_out]
    vae = decoder.latest(settings)
    torch.manual_seed(8)
    grounds = torch.stack([some_grounds(GROUNDS_KEPT) for _ in rows])
    grounds[:, 0] = 0
    small = []
    for row, numbers in zip(rows, grounds, strict=True):
        one = torch.from_numpy(np.array(art[row]))[None].expand(len(numbers), -1, -1, -1)
        small.append(autoencoded(vae, functional.avg_pool2d(laid_on(one, numbers), SCALE)))
    return Couples(torch.stack(small), grounds, art[rows] if rows else art[:0])


def losses_of(network: nn.Module, small: Tensor, truth: Tensor) -> Losses:
    """L1 on values and on differences."""
    given = network(small)
    l1 = functional.l1_loss(given, truth)
    return {
        "loss": l1 + gradient_l1(given, truth),
        "l1": l1,
        "mse": functional.mse_loss(given, truth),
    }


def train(settings: Settings, budget: Budget) -> None:
    """Train until the budget is spent; the weights stay in ``upscaler/checkpoint.pt``."""
    torch.manual_seed(7)
    device = settings.torch_device
    network = placed(Compact(), device)
    trainer = Trainer(settings.work / "upscaler", {"compact": network}, budget, RECIPE, seed=7)
    found = couples(settings)

    def losses(_: float) -> Losses:
        rows = torch.randint(len(found), (BATCH * settings.batch_scale,)).tolist()
        crops = [found.crop(row) for row in rows]
        small = torch.stack([small for small, _ in crops]).to(device)
        truth = torch.stack([truth for _, truth in crops]).to(device)
        return losses_of(network, small.contiguous(memory_format=torch.channels_last), truth)

    trainer.run(losses)


def trained(settings: Settings) -> Compact:
    """The upscaler as the stage left it, on the CPU, for looking only."""
    network = Compact()
    network.load_state_dict(saved_weights(settings.work / "upscaler", "compact"))
    return network.eval().requires_grad_(False)
