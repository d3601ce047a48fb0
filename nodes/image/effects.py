"""Blend, blur, sharpen and reduce pictures."""

from typing import Annotated, Literal, TypeAlias

from engine.imaging.batches import repeated_to, with_same_channels
from engine.imaging.blend import blended
from engine.imaging.filters import blurred, sharpened
from engine.imaging.quantise import quantised
from engine.imaging.resize import picture_resized
from engine.spec.inputs import Number
from engine.spec.node import node
from engine.values.types import Image

Radius: TypeAlias = Annotated[int, Number(1, 31, 1)]


@node("ImageBlend", title="Blend Images", category="image/postprocessing")
def image_blend(
    *,
    image1: Image,
    image2: Image,
    blend_factor: Annotated[float, Number(0.0, 1.0, 0.01)] = 0.5,
    blend_mode: Literal["normal", "multiply", "screen", "overlay", "soft_light", "difference"],
) -> Image:
    """Lay one picture over another.

    Args:
        image1: the picture below; its size is that of the result.
        image2: the picture above; brought to that size, cut around its centre.
        blend_factor: how much of the blend there is; at 0 the result is image1.
        blend_mode: how two pixels become one.
    """
    below, above = with_same_channels(image1, image2)
    height, width = below.shape[1:3]
    above = picture_resized(above, width, height, "bicubic", "center")
    count = max(len(below), len(above))
    return blended(repeated_to(below, count), repeated_to(above, count), blend_mode, blend_factor)


@node("ImageBlur", title="Blur Image", category="image/postprocessing")
def image_blur(
    *,
    image: Image,
    blur_radius: Radius = 1,
    sigma: Annotated[float, Number(0.1, 10.0, 0.1)] = 1.0,
) -> Image:
    """Blur a picture with a Gaussian bell.

    Args:
        blur_radius: how far the blur reaches, in pixels.
        sigma: the width of the bell as a share of the radius.
    """
    return blurred(image, blur_radius, sigma)


@node("ImageSharpen", title="Sharpen Image", category="image/postprocessing")
def image_sharpen(
    *,
    image: Image,
    sharpen_radius: Radius = 1,
    sigma: Annotated[float, Number(0.1, 10.0, 0.01)] = 1.0,
    alpha: Annotated[float, Number(0.0, 5.0, 0.01)] = 1.0,
) -> Image:
    """Sharpen a picture by adding what a blur takes away.

    Args:
        sharpen_radius: how far the blur reaches, in pixels.
        sigma: the width of its bell as a share of the radius.
        alpha: the strength; 0 changes nothing.
    """
    return sharpened(image, sharpen_radius, sigma, alpha)


@node("ImageQuantize", title="Reduce Colours", category="image/postprocessing")
def image_quantize(
    *,
    image: Image,
    colors: Annotated[int, Number(1, 256, 1)] = 256,
    dither: Literal["none", "floyd-steinberg", "bayer-2", "bayer-4", "bayer-8", "bayer-16"],
) -> Image:
    """Reduce a picture to few colours, chosen from its own.

    Args:
        colors: how many colours each picture of the batch may have.
        dither: how colours in between are imitated: not at all, by spreading the error to
            neighbours, or by a regular pattern of that size.
    """
    return quantised(image, colors, dither)
