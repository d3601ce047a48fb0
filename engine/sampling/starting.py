"""NOISE: what draws the noise that a run starts from, and a latent put under noise by hand.

Knows seeds and latents; no sampler, no network.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from engine.sampling.denoiser import NoisePath
from engine.sampling.noise import starting_noise
from engine.values.types import LatentValue, NoiseValue


@dataclass(frozen=True, slots=True)
class SeededNoise:
    """Gaussian noise of one seed, 0 to 2^64 - 1, on the CPU; the steps' noise is seeded alike.

    Seeds torch's global CPU generator and leaves it there, since patches draw on: whoever calls it
    keeps the generator's state (`generator_kept`).
    """

    __socket__: ClassVar[str] = "NOISE"

    seed: int

    def generate_noise(self, latent: LatentValue) -> Tensor:
        """Noise of deviation 1 in the latent's shape, for its places in a larger batch if any."""
        return starting_noise(latent["samples"], self.seed, latent.get("batch_index"))


@dataclass(frozen=True, slots=True)
class NoNoise:
    """No noise at the start. seed: of the steps' noise."""

    __socket__: ClassVar[str] = "NOISE"

    seed: int = 0

    def generate_noise(self, latent: LatentValue) -> Tensor:
        """Zeros in the latent's shape, on the CPU."""
        return torch.zeros(latent["samples"].shape)


@contextmanager
def generator_kept() -> Generator[None]:
    """Leave torch's global CPU generator as it was, whatever is drawn or seeded inside."""
    state = torch.get_rng_state()
    try:
        yield
    finally:
        torch.set_rng_state(state)


def into_sampler(samples: Tensor, scale: float) -> Tensor:
    """A latent in the sampler's units: any number in it that is not 0 is taken times `scale`.

    An empty latent means "nothing yet" and stays 0, whatever a family's units are.
    """
    return samples * scale if samples.any() else samples


def put_under_noise(
    latent: LatentValue, noise: NoiseValue, sigmas: Tensor, path: NoisePath, scale: float
) -> LatentValue:
    """The latent under as much noise as a run down `sigmas` takes away; as it is for no sigmas.

    Numbers that come out infinite or undefined become 0.
    """
    if len(sigmas) == 0:
        return latent
    with generator_kept():
        drawn = noise.generate_noise(latent)
    amount = (sigmas[0] - sigmas[-1]).abs() if len(sigmas) > 1 else sigmas[0]
    samples = path.started(into_sampler(latent["samples"], scale), drawn, amount) / scale
    return {**latent, "samples": samples.nan_to_num(nan=0.0, posinf=0.0, neginf=0.0)}
