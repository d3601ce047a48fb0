"""Guiders: how what the model says for several texts is joined into one picture."""

from typing import Annotated, Literal

from engine.models.diffusion import Model
from engine.sampling import guiders
from engine.sampling.run import Guider
from engine.spec.inputs import Number
from engine.spec.node import node
from engine.values.types import Conditioning

MENU = "sampling/custom_sampling/guiders"
Cfg = Annotated[float, Number(0.0, 100.0, step=0.1, round=0.01)]


@node("BasicGuider", title="BasicGuider", category=MENU)
def basic_guider(*, model: Model, conditioning: Conditioning) -> Guider:
    """No guidance: one text, followed as the model sees it, at half the cost."""
    return guiders.unguided(model, conditioning)


@node("CFGGuider", title="CFGGuider", category=MENU)
def cfg_guider(
    *, model: Model, positive: Conditioning, negative: Conditioning, cfg: Cfg = 8.0
) -> Guider:
    """Classifier-free guidance: from the negative through the positive, and on.

    Args:
        cfg: guidance scale. 1 follows the positive alone.
    """
    return guiders.cfg(model, positive, negative, cfg)


@node("DualCFGGuider", title="DualCFGGuider", category=MENU)
def dual_cfg_guider(
    *,
    model: Model,
    cond1: Conditioning,
    cond2: Conditioning,
    negative: Conditioning,
    cfg_conds: Cfg = 8.0,
    cfg_cond2_negative: Cfg = 8.0,
    style: Literal["regular", "nested"],
) -> Guider:
    """Guidance with two texts and a negative, each step with a scale of its own.

    Args:
        cond1: the text that is reached last.
        cond2: the text in between.
        cfg_conds: scale from the second text to the first.
        cfg_cond2_negative: scale from the negative to the second text.
        style: "regular" adds both steps; "nested" guides between the texts first and puts the
            negative around the outcome.
    """
    scales = (cfg_conds, cfg_cond2_negative)
    return guiders.dual(model, (cond1, cond2), negative, scales, nested=style == "nested")


@node("PerpNegGuider", title="Perp-Neg Guider", category="_for_testing", experimental=True)
def perp_neg_guider(
    *,
    model: Model,
    positive: Conditioning,
    negative: Conditioning,
    empty_conditioning: Conditioning,
    cfg: Cfg = 8.0,
    neg_scale: Annotated[float, Number(0.0, 100.0, step=0.01)] = 1.0,
) -> Guider:
    """Guidance in which the negative pushes only across the positive, never against it.

    Args:
        empty_conditioning: an empty prompt; both texts are measured from it.
        cfg: guidance scale.
        neg_scale: how strongly the negative pushes.
    """
    scales = (cfg, neg_scale)
    return guiders.perp_neg(model, positive, negative, empty_conditioning, scales)
