"""Put LoRAs on: small files that teach a model a style or a subject."""

from typing import Annotated, NamedTuple

from engine.models.clip import Clip
from engine.models.diffusion import Model
from engine.models.lora import load_lora
from engine.spec.context import Context
from engine.spec.inputs import Choice, Number
from engine.spec.node import node

Strength = Annotated[float, Number(-100.0, 100.0, 0.01)]
LoraName = Annotated[str, Choice(folder="loras")]


class Changed(NamedTuple):
    """Both networks with the LoRA on."""

    MODEL: Model
    CLIP: Clip


@node("LoraLoader", title="Load LoRA", category="loaders")
def lora_loader(
    *,
    model: Model,
    clip: Clip,
    lora_name: LoraName,
    strength_model: Strength = 1.0,
    strength_clip: Strength = 1.0,
    ctx: Context,
) -> Changed:
    """Put a LoRA on a diffusion model and its text encoder; several can follow one another.

    The loaded weights stay as they are: the change is on only while such a model runs.

    Args:
        lora_name: a file in models/loras.
        strength_model: how much of the change the diffusion model takes; negative takes away.
        strength_clip: how much of it the text encoder takes.
    """
    if strength_model == 0 and strength_clip == 0:
        return Changed(model, clip)
    path = ctx.folders.resolve("loras", lora_name)
    unet, text = load_lora(path, model.network.tensors, clip.network.tensors)
    if strength_model != 0 and unet.layers:
        model = model.with_lora(unet.at(strength_model))
    if strength_clip != 0 and text.layers:
        clip = clip.with_lora(text.at(strength_clip))
    return Changed(model, clip)


@node("LoraLoaderModelOnly", title="LoraLoaderModelOnly", category="loaders")
def lora_loader_model_only(
    *, model: Model, lora_name: LoraName, strength_model: Strength = 1.0, ctx: Context
) -> Model:
    """Put a LoRA on a diffusion model and leave the text encoder as it is.

    Args:
        lora_name: a file in models/loras.
        strength_model: how much of the change the model takes; negative takes away.
    """
    if strength_model == 0:
        return model
    unet, _ = load_lora(ctx.folders.resolve("loras", lora_name), model.network.tensors)
    return model.with_lora(unet.at(strength_model))
