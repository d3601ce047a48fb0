"""The autoencoder: pictures to latents and back, taught on crops, finished on whole pictures."""

from __future__ import annotations

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional

from tools.train_embedded import pictures as artwork
from tools.train_embedded.loop import Losses, Recipe, Trainer, saved_weights
from tools.train_embedded.networks import decoded, folded, new_vae, placed, posterior
from tools.train_embedded.pictures import Pictures, some_grounds
from tools.train_embedded.settings import Budget, Settings

CROP = 64  # pixels
WHOLE_FROM = 0.9  # part of the budget after which whole pictures are shown
BATCH = 16
KL_WEIGHT = 3e-4
MEASURED = 16  # batches from which the latents' mean and deviation are taken
RECIPE = Recipe(rate=1e-3, weight_decay=0.0, ema=0.999)


def gradient_l1(given: Tensor, wanted: Tensor) -> Tensor:
    """Mean absolute error of the differences between neighbours in x and in y."""
    error = given - wanted
    return error.diff(dim=-1).abs().mean() + error.diff(dim=-2).abs().mean()


def cropped(batch: Tensor, size: int) -> Tensor:
    """A random window of `size` pixels, the same place in each picture of the batch."""
    top, left = torch.randint(0, batch.shape[-1] - size + 1, (2,)).tolist()
    return batch[:, :, top : top + size, left : left + size].contiguous()


class Sampler:
    """Draws training pictures: a third from the first ring, which is judged, the rest from all."""

    def __init__(self, pictures: Pictures, settings: Settings) -> None:
        self._pictures = pictures
        self._all = torch.tensor(pictures.trained(list(range(len(pictures)))))
        self._ring = torch.tensor(pictures.trained(pictures.of_ring(settings.ring)))

    def batch(self, count: int) -> Tensor:
        """float32 [count, 3, S, S] in -1..1, on random grounds."""
        ring = self._ring[torch.randint(len(self._ring), (count,))]
        every = self._all[torch.randint(len(self._all), (count,))]
        chosen = torch.where(torch.rand(count) < 1 / 3, ring, every)
        return self._pictures.on_grounds(chosen, some_grounds(count))


def losses_of(vae: AutoencoderKL, batch: Tensor) -> Losses:
    """L1 on values and on differences, and the KL divergence a latent number."""
    found = posterior(vae, batch)
    given = decoded(vae, found.sample())
    l1 = functional.l1_loss(given, batch)
    kl = 0.5 * (found.mean**2 + found.var - 1.0 - found.logvar).mean()
    loss = l1 + 0.5 * gradient_l1(given, batch) + KL_WEIGHT * kl
    return {"loss": loss, "l1": l1, "kl": kl, "mse": functional.mse_loss(given, batch)}


def train(settings: Settings, budget: Budget) -> None:
    """Train until the budget is spent; the weights stay in ``vae/checkpoint.pt``."""
    torch.manual_seed(1)
    vae = placed(new_vae(), settings.torch_device)
    trainer = Trainer(settings.work / "vae", {"vae": vae}, budget, RECIPE, seed=1)
    sampler = Sampler(artwork.load(settings), settings)

    def losses(progress: float) -> Losses:
        whole = progress >= WHOLE_FROM
        count = BATCH * settings.batch_scale // (4 if whole else 1)
        batch = sampler.batch(count)
        batch = batch if whole else cropped(batch, CROP)
        batch = batch.to(settings.torch_device, memory_format=torch.channels_last)
        return losses_of(vae, batch)

    trainer.run(losses)


def freeze(settings: Settings) -> None:
    """Fix the latent space for good: write ``vae.safetensors``, normalisation folded in.

    What comes later (the U-Net, the decoder's fine tuning) rests on this encoder.
    """
    path = settings.work / "vae.safetensors"
    if path.exists():
        return
    vae = new_vae().eval().requires_grad_(False)
    vae.load_state_dict(saved_weights(settings.work / "vae", "vae"))
    sampler = Sampler(artwork.load(settings), settings)
    torch.manual_seed(5)
    latents = torch.cat([posterior(vae, sampler.batch(16)).mean for _ in range(MEASURED)])
    folded(vae, latents.mean(dim=(0, 2, 3)), latents.std(dim=(0, 2, 3)))
    save_file({k: v.contiguous() for k, v in vae.state_dict().items()}, path)


def frozen(settings: Settings) -> AutoencoderKL:
    """The autoencoder that `freeze` wrote, on the CPU, for looking only."""
    vae = new_vae()
    vae.load_state_dict(load_file(settings.work / "vae.safetensors"))
    return vae.eval().requires_grad_(False)
