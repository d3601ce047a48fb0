"""Pictures [H, W, C] to Pillow and back, for what Pillow does best."""

import numpy as np
from PIL import Image as Pillow
from torch import Tensor

from engine.values.pixels import from_bytes, to_bytes


def to_pillow(picture: Tensor) -> Pillow.Image:
    """Grey, RGB or RGBA for one, three or four channels; 8 bit."""
    height, width, channels = picture.shape
    pixels = np.frombuffer(to_bytes(picture), np.uint8).reshape(height, width, channels)
    return Pillow.fromarray(pixels[..., 0] if channels == 1 else pixels)


def from_pillow(image: Pillow.Image) -> Tensor:
    """float32 [H, W, C] in 0..1."""
    return from_bytes(image.tobytes(), image.height, image.width, len(image.getbands()))
