"""Changes of guidance and of the network that a model carries along."""

from typing import Annotated

from engine.models.diffusion import Model
from engine.sampling import freeu as freelunch
from engine.sampling import guidance
from engine.spec.inputs import Number
from engine.spec.node import node

Scale = Annotated[float, Number(0.0, 10.0, step=0.01)]


@node("RescaleCFG", title="RescaleCFG", category="advanced/model")
def rescale_cfg(
    *, model: Model, multiplier: Annotated[float, Number(0.0, 1.0, step=0.01)] = 0.7
) -> Model:
    """Bring the contrast that high guidance adds back to that of the positive alone.

    Args:
        multiplier: 0 changes nothing, 1 brings all of it back.
    """
    return model.with_patches(model.patches.with_guidance(guidance.rescaled(multiplier)))


@node("APG", title="Adaptive Projected Guidance", category="sampling/custom_sampling")
def apg(
    *,
    model: Model,
    eta: Annotated[float, Number(-10.0, 10.0, step=0.01)] = 1.0,
    norm_threshold: Annotated[float, Number(0.0, 50.0, step=0.1)] = 5.0,
    momentum: Annotated[float, Number(-5.0, 1.0, step=0.01)] = 0.0,
) -> Model:
    """Guidance that can be strong without burnt colours.

    Args:
        eta: how much of the part that only makes colours stronger is kept; 1 keeps all.
        norm_threshold: the longest step that guidance may take in a picture; 0 is no bound.
        momentum: how much of earlier steps is added; below 0 pushes away from them.
    """
    make = guidance.projected(eta, norm_threshold, momentum)
    return model.with_patches(model.patches.with_before(make))


@node("FreeU", title="FreeU", category="model_patches/unet")
def freeu(
    *, model: Model, b1: Scale = 1.1, b2: Scale = 1.2, s1: Scale = 0.9, s2: Scale = 0.2
) -> Model:
    """Listen more to the network's depth and less to what skips it: calmer, cleaner pictures.

    Args:
        b1: scale of the features from the deepest levels.
        b2: scale of the features one level up.
        s1: scale of the low frequencies in the deepest skips.
        s2: scale of the low frequencies in the skips one level up.
    """
    hook = freelunch.freeu({4 * model.width: (b1, s1), 2 * model.width: (b2, s2)})
    return model.with_patches(model.patches.with_skip(hook))


@node("FreeU_V2", title="FreeU_V2", category="model_patches/unet")
def freeu_v2(
    *, model: Model, b1: Scale = 1.3, b2: Scale = 1.4, s1: Scale = 0.9, s2: Scale = 0.2
) -> Model:
    """FreeU whose scale follows the picture: strong where there is structure, none where not.

    Args:
        b1: scale of the features from the deepest levels.
        b2: scale of the features one level up.
        s1: scale of the low frequencies in the deepest skips.
        s2: scale of the low frequencies in the skips one level up.
    """
    hook = freelunch.freeu_v2({4 * model.width: (b1, s1), 2 * model.width: (b2, s2)})
    return model.with_patches(model.patches.with_skip(hook))
