"""Guidance: denoisers made of what a model predicts for several conditionings.

Each guidance takes `Predict` and resolved sides, and gives a denoiser that returns the guided
picture and that of the unwanted side (samplers of the `_cfg_pp` kind step with the latter). It
knows no sampler, no network and no node. The patches in the second half are what nodes hang onto a
model (`patches.Patches`).
"""

import math
from collections.abc import Callable
from dataclasses import replace

from torch import Tensor

from engine.sampling.conditioning import Predict, Resolved
from engine.sampling.denoiser import Denoiser, PairDenoiser
from engine.sampling.patches import UNPATCHED, BeforeGuidance, Guidance, Look, Running

_PICTURE = (-3, -2, -1)


def guided_alone(pair: PairDenoiser) -> Denoiser:
    """The guided picture only, for samplers that don't ask for the unwanted one."""
    return lambda x, sigma: pair(x, sigma)[0]


def classifier_free(
    predict: Predict,
    positive: Resolved,
    negative: Resolved,
    scale: float,
    patches: Running = UNPATCHED,
    *,
    both_sides: bool = False,
) -> PairDenoiser:
    """Step from the negative prediction through the positive (Ho & Salimans 2022, eq. 6).

    scale is their 1 + w. At scale 1 the negative is not computed, and is 0 for whoever looks,
    unless `both_sides` or a patch asks for it.
    """
    if not (both_sides or patches.both_sides) and math.isclose(scale, 1.0):
        negative = ()

    def guided(x: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
        wanted, unwanted = predict(x, sigma, [positive, negative])
        look = Look(x, sigma, wanted, unwanted, scale)
        for patch in patches.before_guidance:
            look = patch(look)
        return finished(look, patches), look.unwanted

    return guided


def joined(look: Look, patches: Running) -> Tensor:
    """The two sides as one clean picture: by the patch that takes guidance's place, if any."""
    if patches.guidance is not None:
        return patches.guidance(look)
    return look.unwanted + (look.wanted - look.unwanted) * look.scale


def finished(look: Look, patches: Running) -> Tensor:
    """The two sides as one clean picture, after all patches that come after guidance."""
    return after(look, joined(look, patches), patches)


def after(look: Look, clean: Tensor, patches: Running) -> Tensor:
    """A guided picture after all patches that change it."""
    for patch in patches.after_guidance:
        clean = patch(look, clean)
    return clean


def dual(
    predict: Predict,
    texts: tuple[Resolved, Resolved],
    negative: Resolved,
    scales: tuple[float, float],
    patches: Running = UNPATCHED,
    *,
    both_sides: bool = False,
) -> PairDenoiser:
    """Two conditionings above one negative (Brooks et al. 2023, "InstructPix2Pix", eq. 3).

    scales: from the second to the first, and from the negative to the second.
    """
    first, second = texts
    between_texts, above_negative = scales
    if not (both_sides or patches.both_sides) and math.isclose(above_negative, 1.0):
        negative = ()
        if math.isclose(between_texts, 1.0):
            second = ()

    def guided(x: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
        unwanted, middle, wanted = predict(x, sigma, [negative, second, first])
        look = Look(x, sigma, middle, unwanted, above_negative)
        return finished(look, patches) + (wanted - middle) * between_texts, unwanted

    return guided


def dual_nested(
    predict: Predict,
    texts: tuple[Resolved, Resolved],
    negative: Resolved,
    scales: tuple[float, float],
    patches: Running = UNPATCHED,
) -> PairDenoiser:
    """As `dual`, but the pair of conditionings is guided first, and the negative around both."""
    first, second = texts
    between_texts, above_negative = scales

    def guided(x: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
        unwanted, middle, wanted = predict(x, sigma, [negative, second, first])
        look = Look(x, sigma, wanted, middle, between_texts)
        inner = finished(look, patches)
        return unwanted + above_negative * (inner - unwanted), middle

    return guided


def perpendicular_negative(
    predict: Predict,
    texts: tuple[Resolved, Resolved],
    empty: Resolved,
    scales: tuple[float, float],
    patches: Running = UNPATCHED,
) -> PairDenoiser:
    """Only what of the negative is perpendicular to the positive pushes (Armandpour et al. 2023,
    "Perp-Neg", section 4); both are measured from the empty text's prediction.

    texts: positive and negative. scales: of guidance, and of the negative in it.
    """
    positive, negative = texts
    scale, negative_scale = scales

    def guided(x: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
        wanted, unwanted, nothing = predict(x, sigma, [positive, negative, empty])
        towards, away = wanted - nothing, unwanted - nothing
        perpendicular = away - (away * towards).sum() / (towards**2).sum() * towards
        clean = nothing + scale * (towards - negative_scale * perpendicular)
        look = Look(x, sigma, wanted, unwanted, scale)
        return after(look, clean, patches), unwanted

    return guided


def between(start: float, end: float, guided: Denoiser, otherwise: Denoiser) -> Denoiser:
    """`guided` while start >= sigma >= end, else the other (Kynkäänniemi et al. 2024, eq. 5)."""

    def denoise(x: Tensor, sigma: Tensor) -> Tensor:
        inside = start >= float(sigma.flatten()[0]) >= end
        return (guided if inside else otherwise)(x, sigma)

    return denoise


# Patches


def rescaled(share: float) -> Guidance:
    """Classifier-free guidance whose v-prediction keeps the deviation of the positive's.

    Lin et al. 2024, "Common Diffusion Noise Schedules", section 3.4. share: 0 leaves guidance as it
    is, 1 brings all of the deviation back.
    """

    def guide(look: Look) -> Tensor:
        sigma = look.sigma.reshape(-1, 1, 1, 1)
        kept = look.x / (sigma**2 + 1)
        size = (sigma**2 + 1).sqrt() / sigma
        wanted, unwanted = ((kept - clean) * size for clean in (look.wanted, look.unwanted))
        guided = unwanted + look.scale * (wanted - unwanted)
        ratio = wanted.std(dim=(1, 2, 3), keepdim=True) / guided.std(dim=(1, 2, 3), keepdim=True)
        return kept - guided * (share * ratio + 1 - share) / size

    return guide


def projected(eta: float, norm_threshold: float, momentum: float) -> Callable[[], BeforeGuidance]:
    """Adaptive projected guidance (Sadat et al. 2024, "Eliminating Oversaturation", algorithm 1).

    eta: what is kept of the part parallel to the positive's picture, 1 keeps all.
    norm_threshold: the guidance's greatest length for each picture, 0 for no bound.
    momentum: how much of earlier steps' guidance is added, usually below 0; forgotten when sigma
    rises, that is, when a new run begins.
    """

    def make() -> BeforeGuidance:
        running: Tensor | None = None
        last = math.inf

        def patch(look: Look) -> Look:
            nonlocal running, last
            level = float(look.sigma.flatten()[0])
            running = None if level > last else running
            last = level
            towards = look.wanted - look.unwanted
            if momentum != 0 and running is not None:
                towards = momentum * running + towards
            running = towards
            if norm_threshold > 0:
                towards = towards * (norm_threshold / _length(towards)).clamp(max=1)
            along = look.wanted / _length(look.wanted).clamp(min=1e-12)
            parallel = (towards * along).sum(dim=_PICTURE, keepdim=True) * along
            towards = towards - parallel + eta * parallel
            step = (look.wanted - look.unwanted) / look.scale
            wanted = look.unwanted + towards + step
            return replace(look, wanted=wanted)

        return patch

    return make


def _length(picture: Tensor) -> Tensor:
    """The Euclidean length of each picture of a batch: [B, 1, 1, 1]."""
    return (picture**2).sum(dim=_PICTURE, keepdim=True).sqrt()
