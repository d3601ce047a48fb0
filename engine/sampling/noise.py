"""Noise: the start's, that of stochastic steps, and a Brownian path, each from a seed.

Drawn in the order and on the device that ComfyUI draws it, so that a seed means one picture. It
knows shapes and seeds, no sampler and no schedule. `starting_noise` and `noise_redrawn` seed
torch's *global* CPU generator, because patches go on drawing from it: run them inside
`torch.random.fork_rng`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import cast

import torch
import torchsde  # pyright: ignore[reportMissingTypeStubs]
from torch import Tensor

from engine.sampling.denoiser import NoiseSource

_SEEDS = 2**64


@cache
def _alone() -> bool:
    """Whether the CPU is the only device here."""
    return not torch.accelerator.is_available()


def _seed_all(seed: int) -> None:
    """Seed every device's generator; kinds that are absent are slow to look for."""
    if _alone():
        torch.default_generator.manual_seed(seed % _SEEDS)
    else:
        torch.manual_seed(seed % _SEEDS)  # pyright: ignore[reportUnknownMemberType]


def starting_noise(latent: Tensor, seed: int, batch_index: Sequence[int] | None = None) -> Tensor:
    """Noise of deviation 1 in the latent's shape, on the CPU: one draw of the whole batch.

    batch_index: which pictures of a larger batch these are; then each index from 0 to the largest
    gets a draw of its own, and those asked for are taken. seed: 0 to 2^64 - 1.
    """
    _seed_all(seed)
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
    """Other noise, shaped like `noise`: what `ddim` buries the kept picture with under a mask."""
    _seed_all(seed + 1)
    return torch.randn(noise.shape).to(noise)


def step_noise(x: Tensor, seed: int) -> NoiseSource:
    """A draw a call, like `x` in shape, dtype and device, from a generator of its own."""
    generator = torch.Generator(device=x.device)
    generator.manual_seed(seed % _SEEDS)

    def draw(sigma: Tensor, following: Tensor) -> Tensor:  # noqa: ARG001
        return torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=generator)

    return draw


def brownian_noise(x: Tensor, sigmas: Tensor, seed: int, *, on_device: bool = False) -> NoiseSource:
    """Increments of one Brownian path over sigma, so that overlapping steps see the same noise.

    The path runs from the smallest sigma above 0 to the largest, on the CPU in float32 unless
    `on_device`. A call gives W(following) - W(sigma), scaled to deviation 1.
    """
    above = sigmas[sigmas > 0]
    zero = torch.zeros(x.shape, dtype=x.dtype, device=x.device if on_device else "cpu")
    first, last = _place(above.min()), _place(above.max())
    tree = torchsde.BrownianTree(first, zero, last, entropy=seed % _SEEDS)
    between = cast("Callable[[float, float], Tensor]", tree)

    def increment(sigma: Tensor, following: Tensor) -> Tensor:
        here, there = _place(sigma), _place(following)
        path = between(here, there) if here < there else -between(there, here)
        return (path / (following - sigma).abs().sqrt()).to(x)

    return increment


def _place(sigma: Tensor) -> float:
    """Where on the path a sigma lies: the tree tells places apart to six decimals."""
    return round(float(sigma), 6)


def ongoing_noise(x: Tensor) -> NoiseSource:
    """A draw a call from torch's global generator, going on where the starting noise ended."""

    def draw(sigma: Tensor, following: Tensor) -> Tensor:  # noqa: ARG001
        return torch.randn_like(x)

    return draw
