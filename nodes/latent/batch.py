"""Several latents as one batch; each keeps its place in the noise (`batch_index`)."""

from typing import Annotated

import torch

from engine.imaging.batches import latent_like, part, repeated_to
from engine.spec.inputs import Number
from engine.spec.node import node
from engine.values.types import Latent


def _places(latent: Latent) -> list[int]:
    """Which draws of the noise the items of a batch take."""
    return latent.get("batch_index", list(range(len(latent["samples"]))))


@node("LatentBatch", title="Batch Latents", category="latent/batch")
def latent_batch(*, samples1: Latent, samples2: Latent) -> Latent:
    """Put two latents or batches behind each other.

    Args:
        samples1: its size is that of the batch.
        samples2: brought to that size, cut around its centre.
    """
    one = samples1["samples"]
    joined = torch.cat([one, latent_like(samples2["samples"], one.shape)])
    places = _places(samples1) + _places(samples2)
    return {**samples1, "samples": joined, "batch_index": places}


@node("LatentFromBatch", title="Latent From Batch", category="latent/batch")
def latent_from_batch(
    *,
    samples: Latent,
    batch_index: Annotated[int, Number(0, 63)] = 0,
    length: Annotated[int, Number(1, 64)] = 1,
) -> Latent:
    """Take some latents out of a batch; each is drawn as it would have been within it.

    Args:
        batch_index: the first one, counted from 0; past the end it is the last one.
        length: how many; fewer where the batch ends.
    """
    whole = samples["samples"]
    start = min(len(whole) - 1, batch_index)
    places = _places(samples)[start : start + length]
    taken: Latent = {**samples, "samples": part(whole, start, length), "batch_index": places}
    mask = samples.get("noise_mask")
    if mask is not None and len(mask) > 1:
        taken["noise_mask"] = part(repeated_to(mask, len(whole)), start, length)
    return taken


@node("RepeatLatentBatch", title="Repeat Latent Batch", category="latent/batch")
def repeat_latent_batch(*, samples: Latent, amount: Annotated[int, Number(1, 64)] = 1) -> Latent:
    """Repeat a whole batch; each repetition gets noise of its own.

    Args:
        amount: how many times it stands in the result.
    """
    whole = samples["samples"]
    repeated: Latent = {**samples, "samples": repeated_to(whole, len(whole) * amount).clone()}
    mask = samples.get("noise_mask")
    if mask is not None and len(mask) > 1:
        mask = repeated_to(mask, len(whole))
        repeated["noise_mask"] = repeated_to(mask, len(whole) * amount)
    places = samples.get("batch_index")
    if places is not None:
        span = max(places) - min(places) + 1
        repeated["batch_index"] = [x + turn * span for turn in range(amount) for x in places]
    return repeated
