"""Where a run's noise comes from, and a latent put under noise by hand."""

from typing import Annotated

from engine.models.diffusion import Model
from engine.sampling.starting import NoNoise, SeededNoise, put_under_noise
from engine.spec.inputs import Seed, Socket
from engine.spec.node import node
from engine.values.types import Latent, Noise, Sigmas

MENU = "sampling/custom_sampling/noise"


@node("RandomNoise", title="RandomNoise", category=MENU)
def random_noise(*, noise_seed: Seed = 0) -> Annotated[SeededNoise, Socket("NOISE")]:
    """Gaussian noise of a seed; the same seed gives the same noise on every machine."""
    return SeededNoise(noise_seed)


@node("DisableNoise", title="DisableNoise", category=MENU)
def disable_noise() -> Annotated[NoNoise, Socket("NOISE")]:
    """No noise at the start, for a latent that has some left from an earlier run."""
    return NoNoise()


@node("AddNoise", title="AddNoise", category="_for_testing/custom_sampling/noise")
def add_noise(*, model: Model, noise: Noise, sigmas: Sigmas, latent_image: Latent) -> Latent:
    """Put a latent under the noise that a run along the schedule would take away.

    Args:
        sigmas: the amount is the distance from the first to the last.
    """
    return put_under_noise(latent_image, noise, sigmas, model.table.path, model.scale)
