"""The size of pictures."""

import math
from typing import Annotated, Literal, TypeAlias

from engine.imaging.resize import Crop, completed, picture_resized
from engine.spec.inputs import Number
from engine.spec.node import node
from engine.values.types import Image

Method: TypeAlias = Literal["nearest-exact", "bilinear", "area", "bicubic", "lanczos"]
Side: TypeAlias = Annotated[int, Number(0, 16384, 1)]
MEGAPIXEL = 1024 * 1024


@node("ImageScale", title="Upscale Image", category="image/upscaling")
def image_scale(
    *, image: Image, upscale_method: Method, width: Side = 512, height: Side = 512, crop: Crop
) -> Image:
    """Give a picture a new size in pixels.

    Args:
        upscale_method: how the new pixels are made of the old ones. lanczos is the sharpest;
            area is good for shrinking; nearest-exact keeps hard pixels.
        width: 0 keeps the proportions; if both are 0, the picture stays as it is.
        height: 0 keeps the proportions.
        crop: center cuts the picture to the new proportions instead of stretching it.
    """
    if width == height == 0:
        return image
    width, height = completed(width, height, image.shape[2], image.shape[1])
    return picture_resized(image, width, height, upscale_method, crop)


@node("ImageScaleBy", title="Upscale Image By", category="image/upscaling")
def image_scale_by(
    *,
    image: Image,
    upscale_method: Method,
    scale_by: Annotated[float, Number(0.01, 8.0, 0.01)] = 1.0,
) -> Image:
    """Make a picture larger or smaller by a factor.

    Args:
        upscale_method: how the new pixels are made of the old ones.
        scale_by: the factor for width and height; below 1 the picture shrinks.
    """
    return _scaled(image, upscale_method, scale_by)


@node("ImageScaleToTotalPixels", title="Scale Image to Total Pixels", category="image/upscaling")
def image_scale_to_total_pixels(
    *,
    image: Image,
    upscale_method: Method,
    megapixels: Annotated[float, Number(0.01, 16.0, 0.01)] = 1.0,
) -> Image:
    """Bring a picture to a number of pixels and keep its proportions.

    Args:
        upscale_method: how the new pixels are made of the old ones.
        megapixels: in units of 1024 x 1024 pixels.
    """
    _, height, width, _ = image.shape
    return _scaled(image, upscale_method, math.sqrt(int(megapixels * MEGAPIXEL) / (width * height)))


def _scaled(image: Image, method: Method, factor: float) -> Image:
    _, height, width, _ = image.shape
    new_width, new_height = max(1, round(width * factor)), max(1, round(height * factor))
    return picture_resized(image, new_width, new_height, method)
