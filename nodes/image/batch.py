"""Several pictures as one batch."""

from typing import Annotated

from engine.imaging.batches import joined, part
from engine.spec.inputs import Number
from engine.spec.node import node
from engine.values.types import Image


@node("ImageBatch", title="Batch Images", category="image")
def image_batch(*, image1: Image, image2: Image) -> Image:
    """Put two pictures or batches behind each other.

    Args:
        image1: its size is that of the batch.
        image2: brought to that size, cut around its centre.
    """
    return joined(image1, image2)


@node("ImageFromBatch", title="ImageFromBatch", category="image/batch")
def image_from_batch(
    *,
    image: Image,
    batch_index: Annotated[int, Number(0, 4095)] = 0,
    length: Annotated[int, Number(1, 4096)] = 1,
) -> Image:
    """Take some pictures out of a batch.

    Args:
        batch_index: the first one, counted from 0; past the end it is the last one.
        length: how many; fewer where the batch ends.
    """
    return part(image, batch_index, length)


@node("RepeatImageBatch", title="RepeatImageBatch", category="image/batch")
def repeat_image_batch(*, image: Image, amount: Annotated[int, Number(1, 4096)] = 1) -> Image:
    """Repeat a whole batch.

    Args:
        amount: how many times it stands in the result.
    """
    return image.repeat(amount, 1, 1, 1)
