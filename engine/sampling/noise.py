"""Noise: the start's, that of stochastic steps, and a Brownian path, each from a seed.

Drawn in the order and on the device that ComfyUI draws it, so that a seed means one picture. It
knows shapes and seeds, no sampler and no schedule. `starting_noise` and `noise_redrawn` seed
torch's *global* CPU generator, because patches go on drawing from it: run them inside
`torch.random.fork_rng`.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torchsde
from torch import Tensor

from engine.sampling.denoiser import NoiseSource

_SEEDS = 2**64


def starting_noise(
    latent: Tensor, seed: int, batch_index: Sequence[int] | None = None
) -> Tensor:
    """Noise of deviation 1 in the latent's shape, on the CPU: one draw of the whole batch.

    batch_index: which pictures of a larger batch these are; then each index from 0 to the largest
    gets a draw of its own, and those asked for are taken. seed: 0 to 2^64 - 1.
    """
    torch.manual_seed(seed % _SEEDS)
    if batch_index is None:
        return torch.randn(latent.shape, dtype=latent.dtype)
    one = (1, *latent.shape[1:])
    wanted = set(batch_index)
    drawn: dict[int, Tensor] = {}
    for index in range(max(wanted) + 1):
        noise = torch.randn(one, dtype=latent.dtype)
        if index in wanted:
            drawn[index] = noise
    return torch.cat([drawn[index] for index in batch_index])


def noise_redrawn(noise: Tensor, seed: int) -> Tensor:
    """Other noise in the shape of `noise`: what `ddim` buries the kept picture with under a mask."""
    torch.manual_seed((seed + 1) % _SEEDS)
    return torch.randn(noise.shape).to(noise)


def step_noise(x: Tensor, seed: int) -> NoiseSource:
    """A draw a call, like `x` in shape, dtype and device, from a generator of its own."""
    generator = torch.Generator(device=x.device)
    generator.manual_seed(seed % _SEEDS)

    def draw(sigma: Tensor, following: Tensor) -> Tensor:  # noqa: ARG001
        return torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=generator)

    return draw


def brownian_noise(
    x: Tensor, sigmas: Tensor, seed: int, *, on_device: bool = False
) -> NoiseSource:
    """Increments of one Brownian path over sigma, so that overlapping steps see the same noise.

    The path runs from the smallest sigma above 0 to the largest, on the CPU in float32 unless
    `on_device`. A call gives W(following) - W(sigma), scaled to deviation 1.
    """
    above = sigmas[sigmas > 0]
    home = x.device if on_device else torch.device("cpu")
    ends = [end.to(home, torch.float32) for end in (above.min(), above.max())]
    zero = torch.zeros(x.shape, dtype=x.dtype, device=home)
    tree = torchsde.BrownianTree(ends[0], zero, ends[1], entropy=seed % _SEEDS)

    def increment(sigma: Tensor, following: Tensor) -> Tensor:
        high, low = sigma.to(home, torch.float32), following.to(home, torch.float32)
        sign = 1 if high < low else -1
        if sign < 0:
            high, low = low, high
        return (tree(high, low) * sign / (low - high).sqrt()).to(x)

    return increment


def ongoing_noise(x: Tensor) -> NoiseSource:
    """A draw a call from torch's global generator, going on where the starting noise ended."""

    def draw(sigma: Tensor, following: Tensor) -> Tensor:  # noqa: ARG001
        return torch.randn_like(x)

    return draw
