"""Sampling in parts: the sampler, schedule, noise and guidance come from nodes of their own."""

from typing import Annotated, NamedTuple, TypeAlias, cast

from engine.models.diffusion import Model
from engine.sampling import guiders
from engine.sampling.run import Guider, sample
from engine.sampling.samplers.catalogue import SAMPLERS, Sampler
from engine.sampling.starting import NoNoise, SeededNoise
from engine.spec.context import Context
from engine.spec.inputs import Choice, Number, Seed, Socket
from engine.spec.node import node
from engine.values.types import Conditioning, Latent, Noise, Sigmas
from nodes.sampling.watching import drawing

Cfg = Annotated[float, Number(0.0, 100.0, step=0.1, round=0.01)]
SamplerName = Annotated[str, Choice(tuple(SAMPLERS))]
SamplerValue: TypeAlias = Annotated[Sampler, Socket("SAMPLER")]


class Outputs(NamedTuple):
    """Where the run stopped, and the clean picture that its last step expected."""

    output: Latent
    denoised_output: Latent


@node("KSamplerSelect", title="KSamplerSelect", category="sampling/custom_sampling/samplers")
def ksampler_select(*, sampler_name: SamplerName) -> SamplerValue:
    """A sampler by its name, with its usual settings."""
    return SAMPLERS[sampler_name]


@node("SamplerCustom", title="SamplerCustom", category="sampling/custom_sampling")
def sampler_custom(
    *,
    model: Model,
    add_noise: bool = True,
    noise_seed: Seed = 0,
    cfg: Cfg = 8.0,
    positive: Conditioning,
    negative: Conditioning,
    sampler: SamplerValue,
    sigmas: Sigmas,
    latent_image: Latent,
    ctx: Context,
) -> Outputs:
    """Draw along a schedule that comes from elsewhere, with classifier-free guidance.

    Args:
        add_noise: put the latent under noise first; off where an earlier stage left some.
        noise_seed: of the noise, also of that which stochastic samplers add.
        cfg: guidance scale. 1 follows the positive alone.
        sigmas: the noise levels to visit; none at all give the latent back.
    """
    guider = guiders.cfg(model, positive, negative, cfg)
    noise = SeededNoise(noise_seed) if add_noise else NoNoise(noise_seed)
    draw = drawing(model.family)
    drawn = sample(ctx, guider, sampler, sigmas, latent_image, noise=noise, draw=draw)
    return Outputs(drawn.result, drawn.clean)


@node("SamplerCustomAdvanced", title="SamplerCustomAdvanced", category="sampling/custom_sampling")
def sampler_custom_advanced(
    *,
    noise: Noise,
    guider: Guider,
    sampler: SamplerValue,
    sigmas: Sigmas,
    latent_image: Latent,
    ctx: Context,
) -> Outputs:
    """Draw with noise, guidance, sampler and schedule that each come from a node.

    Args:
        guider: holds the model and its conditionings.
        sigmas: the noise levels to visit; none at all give the latent back.
    """
    draw = drawing(cast(Model, guider.model).family)
    drawn = sample(ctx, guider, sampler, sigmas, latent_image, noise=noise, draw=draw)
    return Outputs(drawn.result, drawn.clean)
