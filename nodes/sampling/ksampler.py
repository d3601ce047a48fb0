"""The samplers that hold everything: model, texts, schedule and seed in one node."""

from typing import Annotated, Literal

from engine.models.diffusion import Model
from engine.sampling import guiders, schedules
from engine.sampling.run import sample
from engine.sampling.samplers.catalogue import SAMPLERS
from engine.sampling.starting import NoNoise, SeededNoise
from engine.spec.context import Context
from engine.spec.inputs import Choice, Number, Seed
from engine.spec.node import node
from engine.values.types import Conditioning, Latent
from nodes.sampling.watching import drawing

Steps = Annotated[int, Number(1, 10000)]
Step = Annotated[int, Number(0, 10000)]
Cfg = Annotated[float, Number(0.0, 100.0, step=0.1, round=0.01)]
SamplerName = Annotated[str, Choice(tuple(SAMPLERS))]
Scheduler = Annotated[str, Choice(tuple(schedules.SCHEDULES))]
Denoise = Annotated[float, Number(0.0, 1.0, step=0.01)]


@node("KSampler", title="KSampler", category="sampling")
def ksampler(
    *,
    model: Model,
    seed: Seed = 0,
    steps: Steps = 20,
    cfg: Cfg = 8.0,
    sampler_name: SamplerName,
    scheduler: Scheduler,
    positive: Conditioning,
    negative: Conditioning,
    latent_image: Latent,
    denoise: Denoise = 1.0,
    ctx: Context,
) -> Latent:
    """Draw: turn noise into a latent picture of what the positive conditioning says.

    Args:
        seed: of the noise; the same seed and settings give the same picture.
        steps: how many times the model looks; more is slower and, up to a point, finer.
        cfg: guidance scale. 1 follows the positive alone; larger values push away from the
            negative, at last with harsh colours.
        positive: what the picture is to show.
        negative: what it is to keep away from.
        latent_image: an empty latent, or a picture to start from.
        denoise: how much of the picture is drawn anew: 1 is all, small values keep most of it.
    """
    sigmas = schedules.sigmas_for(sampler_name, scheduler, steps, denoise, model.table)
    guider = guiders.cfg(model, positive, negative, cfg)
    noise, sampler = SeededNoise(seed), SAMPLERS[sampler_name]
    draw = drawing(model.family)
    return sample(ctx, guider, sampler, sigmas, latent_image, noise=noise, draw=draw).result


@node("KSamplerAdvanced", title="KSampler (Advanced)", category="sampling")
def ksampler_advanced(
    *,
    model: Model,
    add_noise: Literal["enable", "disable"],
    noise_seed: Seed = 0,
    steps: Steps = 20,
    cfg: Cfg = 8.0,
    sampler_name: SamplerName,
    scheduler: Scheduler,
    positive: Conditioning,
    negative: Conditioning,
    latent_image: Latent,
    start_at_step: Step = 0,
    end_at_step: Step = 10000,
    return_with_leftover_noise: Literal["disable", "enable"],
    ctx: Context,
) -> Latent:
    """Run a window of a schedule's steps, so that several samplers can share the way.

    Args:
        add_noise: put the latent under noise first; disable it where an earlier stage left some.
        noise_seed: of the noise, also of that which stochastic samplers add.
        steps: of the whole schedule, of which this node runs a part.
        cfg: guidance scale. 1 follows the positive alone.
        start_at_step: the first step to run; at or behind the end nothing is done.
        end_at_step: where to stop; anything above `steps` runs to the end.
        return_with_leftover_noise: stop with the noise that is left there, for a next stage;
            disabled, the last step goes all the way to a clean picture.
    """
    leftover = return_with_leftover_noise == "enable"
    sigmas = schedules.sigmas_for(sampler_name, scheduler, steps, 1.0, model.table)
    sigmas = schedules.window(sigmas, start_at_step, end_at_step, leftover=leftover)
    guider = guiders.cfg(model, positive, negative, cfg)
    noise = SeededNoise(noise_seed) if add_noise == "enable" else NoNoise(noise_seed)
    sampler = SAMPLERS[sampler_name]
    draw = drawing(model.family)
    return sample(ctx, guider, sampler, sigmas, latent_image, noise=noise, draw=draw).result
