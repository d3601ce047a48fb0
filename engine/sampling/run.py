"""One run of a sampler: from a latent and noise down a schedule to a new latent.

Here the pieces meet: a model, a guidance, masks, a sampler, progress and cancelling. It knows a
model only as `Runnable`, and neither nodes nor the format of a picture.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, TypeAlias

import torch
from torch import Tensor

from engine.errors import RunError
from engine.sampling.areas import resized
from engine.sampling.conditioning import (
    Forward,
    Ground,
    Inputs,
    Predict,
    Resolved,
    cycled,
    predictor,
    resolve,
)
from engine.sampling.denoiser import OnStep, PairDenoiser
from engine.sampling.guidance import guided_alone
from engine.sampling.masking import masked, masked_pair, start
from engine.sampling.noise import noise_redrawn
from engine.sampling.patches import Patches, Running
from engine.sampling.samplers.catalogue import Sampler
from engine.sampling.starting import generator_kept, into_sampler
from engine.sampling.tables import Table
from engine.spec.context import Context, Preview
from engine.values.types import ConditioningValue, LatentValue, NoiseValue

PREVIEW_PAUSE = 0.1  # seconds between two previews, at least
PREVIEW_SHARE = 0.008  # of the elapsed time, at most; telling them has to fit into a hundredth too


class Runnable(Protocol):
    """A model as a run sees it (`engine.models.diffusion.Model`)."""

    @property
    def table(self) -> Table: ...

    @property
    def scale(self) -> float: ...

    @property
    def channels(self) -> int: ...

    @property
    def patches(self) -> Patches: ...

    def inputs(self, text: Tensor, options: Mapping[str, Any]) -> Inputs: ...

    def device(self, ctx: Context) -> torch.device: ...

    def opened(self, ctx: Context) -> AbstractContextManager[Forward]: ...


Guide: TypeAlias = Callable[[Predict, Mapping[str, Resolved], Running, bool], PairDenoiser]
"""`(predict, sides by name, patches, both_sides) -> denoiser`; both_sides: a sampler steps with the
unwanted picture, so it is computed at any scale."""

Draw: TypeAlias = Callable[[Tensor], tuple[bytes, str]]
"""`(clean [B, C, h, w]) -> encoded picture and its media type`, for previews."""


@dataclass(frozen=True, eq=False)
class Guider:
    """What GUIDER is: a model, conditionings by the name of their side, and how they are joined."""

    __socket__: ClassVar[str] = "GUIDER"

    model: Runnable
    sides: Mapping[str, ConditioningValue]
    guide: Guide


@dataclass(frozen=True, slots=True)
class Sampled:
    """What a run gives. result: where it stopped; clean: the last clean picture it expected."""

    result: LatentValue
    clean: LatentValue


def sample(
    ctx: Context,
    guider: Guider,
    sampler: Sampler,
    sigmas: Tensor,
    latent: LatentValue,
    *,
    noise: NoiseValue,
    draw: Draw | None = None,
) -> Sampled:
    """Run `sampler` down `sigmas` [steps + 1] from `latent` under `noise`.

    No sigmas at all give the latent back. Latents are in the VAE's units, on the CPU; a
    `noise_mask` in the latent keeps what it leaves out. Steps are told to `ctx`, with previews made
    by `draw`. Raises `Cancelled`, `OutOfMemory`, and `RunError` for what does not fit the model.
    """
    if len(sigmas) == 0:
        return Sampled(latent, latent)
    model = guider.model
    with torch.no_grad(), generator_kept():
        latent = {**latent, "samples": with_channels(latent["samples"], model.channels)}
        drawn = noise.generate_noise(latent)
        watch = _Watch(ctx, len(sigmas) - 1, draw)
        with model.opened(ctx) as forward:
            device = model.device(ctx)
            run = _Run(guider, sampler, device, noise.seed, *_placed(latent, drawn, model, device))
            samples = run.down(sigmas.float().cpu(), forward, watch.on_step)
    result: LatentValue = {**latent, "samples": samples.float().cpu() / model.scale}
    if watch.clean is None:
        return Sampled(result, result)
    return Sampled(result, {**latent, "samples": watch.clean.float().cpu() / model.scale})


def with_channels(samples: Tensor, channels: int) -> Tensor:
    """An empty latent in a model's number of channels; a picture keeps those that it has.

    Raises `RunError` for a picture of another number of channels: it is of another family.
    """
    if samples.shape[1] == channels:
        return samples
    if samples.any():
        raise RunError(
            f"The latent has {samples.shape[1]} channels, but this model draws in {channels}: "
            "encode the picture with the VAE of the model's own family."
        )
    return samples.new_zeros(samples.shape[0], channels, *samples.shape[2:])


def _placed(
    latent: LatentValue, noise: Tensor, model: Runnable, device: torch.device
) -> tuple[Tensor, Tensor, Tensor | None]:
    """The latent in the sampler's units, the noise, and the mask [B, 1, h, w], on the device."""
    samples = into_sampler(latent["samples"].to(device), model.scale)
    mask = latent.get("noise_mask")
    if mask is not None:
        mask = cycled(resized(mask, samples.shape), samples.shape[0]).to(device)
    return samples, noise.to(device), mask


@dataclass(frozen=True, slots=True)
class _Run:
    """One run's parts, its tensors on the model's device."""

    guider: Guider
    sampler: Sampler
    device: torch.device
    seed: int
    latent: Tensor
    noise: Tensor
    mask: Tensor | None

    @property
    def model(self) -> Runnable:
        return self.guider.model

    def down(self, sigmas: Tensor, forward: Forward, on_step: OnStep) -> Tensor:
        """The sampler's latent where `sigmas` end."""
        table = self.model.table
        x = start(self.latent, self.noise, sigmas[0], table.path)
        pair = self._denoiser(forward)
        x = self._sampled(pair, x, sigmas, on_step)
        return table.path.finished(x, sigmas[-1])

    def _denoiser(self, forward: Forward) -> PairDenoiser:
        model = self.model
        ground = Ground(tuple(self.latent.shape), model.table, self.device, model.inputs)
        sides = resolve(self.guider.sides, ground)
        running = model.patches.started()
        return self.guider.guide(predictor(forward), sides, running, self.sampler.pair)

    def _sampled(self, pair: PairDenoiser, x: Tensor, sigmas: Tensor, on_step: OnStep) -> Tensor:
        path = self.model.table.path
        denoise: Any = pair if self.sampler.pair else guided_alone(pair)
        if self.mask is not None:
            noise = self.noise
            if self.sampler.redraws:
                noise = noise_redrawn(noise, self.seed)
            wrap: Any = masked_pair if self.sampler.pair else masked
            denoise = wrap(denoise, self.mask, self.latent, noise, path)
        return self.sampler.run(
            denoise, x, sigmas, seed=self.seed, table=self.model.table, on_step=on_step
        )


@dataclass(slots=True)
class _Watch:
    """Tells each step, with a preview if one is due: at most ten a second and 1 % of the time.

    spent: seconds that previews took so far; cost: that the last one took.
    """

    ctx: Context
    total: int
    draw: Draw | None
    clean: Tensor | None = None
    began: float = field(default_factory=time.perf_counter)
    last: float = float("-inf")
    spent: float = 0.0
    cost: float = 0.0

    def on_step(self, step: int, _: Tensor, clean: Tensor) -> None:
        """Remember the clean picture, say how far the work is, and stop if asked to."""
        self.clean = clean
        preview = self._preview(clean) if self._due() else None
        self.ctx.progress(min(step + 1, self.total), self.total, preview)

    def _due(self) -> bool:
        now = time.perf_counter()
        rested = now - self.last >= PREVIEW_PAUSE
        return rested and self.spent + self.cost <= PREVIEW_SHARE * (now - self.began)

    def _preview(self, clean: Tensor) -> Preview | None:
        draw = self.draw
        if draw is None:
            return None
        self.last = time.perf_counter()

        def make() -> tuple[bytes, str]:
            began = time.perf_counter()
            made = draw(clean)
            self.cost = time.perf_counter() - began
            self.spent += self.cost
            return made

        return Preview(make)
