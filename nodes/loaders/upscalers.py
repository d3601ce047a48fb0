"""Load networks that enlarge pictures."""

from typing import Annotated

from engine.models.upscaler import Upscaler, load_upscaler
from engine.spec.context import Context
from engine.spec.inputs import Choice
from engine.spec.node import node


@node("UpscaleModelLoader", title="Load Upscale Model", category="loaders")
def upscale_model_loader(
    *, model_name: Annotated[str, Choice(folder="upscale_models")], ctx: Context
) -> Upscaler:
    """Load a network that enlarges pictures: ESRGAN, Real-ESRGAN or its compact kind.

    Args:
        model_name: a file in models/upscale_models.
    """
    return load_upscaler(ctx.folders.resolve("upscale_models", model_name))
