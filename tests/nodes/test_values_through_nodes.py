"""Every node on pictures, masks and latents: the shape that comes out, and inputs left alone."""

import copy

import pytest
import torch

from engine.spec.context import Context
from engine.spec.registry import Registry
from nodes.image import basic as image_basic
from nodes.image import batch as image_batch
from nodes.image import effects, scale
from nodes.image import transform as image_transform
from nodes.latent import arithmetic, composite
from nodes.latent import basic as latent_basic
from nodes.latent import batch as latent_batch
from nodes.latent import scale as latent_scale
from nodes.latent import transform as latent_transform
from nodes.mask import convert, shape

torch.set_num_threads(1)
MODULES = [
    *(image_basic, image_batch, effects, scale, image_transform, convert, shape, latent_basic),
    *(latent_batch, latent_scale, latent_transform, arithmetic, composite),
]


@pytest.fixture(scope="module")
def registry():
    found = Registry()
    for module in MODULES:
        found.add_module(module)
    return found


def image(*size, channels=3):
    batch, height, width = size
    return torch.rand(batch, height, width, channels)


def latent(*size, **more):
    batch, height, width = size
    return {"samples": torch.randn(batch, 4, height, width), **more}


def case(name, expected, **inputs):
    return name, inputs, expected


IMAGES = [
    case("EmptyImage", (2, 4, 5, 3), width=5, height=4, batch_size=2, color=1056816),
    case("ImageInvert", (2, 4, 5, 3), image=image(2, 4, 5)),
    case("ImageBatch", (3, 4, 5, 3), image1=image(1, 4, 5), image2=image(2, 8, 8)),
    case("ImageFromBatch", (1, 4, 5, 3), image=image(3, 4, 5), batch_index=2, length=9),
    case("RepeatImageBatch", (6, 4, 5, 3), image=image(2, 4, 5), amount=3),
    case("ImageScaleBy", (1, 8, 10, 3), image=image(1, 4, 5), upscale_method="area", scale_by=2.0),
    case("ImageScaleBy", (1, 1, 1, 3), image=image(1, 4, 5), upscale_method="area", scale_by=0.01),
    case(
        "ImageScaleToTotalPixels",
        (1, 205, 51, 3),
        image=image(1, 40, 10),
        upscale_method="bicubic",
        megapixels=0.01,
    ),
    case(
        "ImageBlend",
        (2, 4, 5, 3),
        image1=image(2, 4, 5),
        image2=image(1, 9, 9),
        blend_factor=0.5,
        blend_mode="screen",
    ),
    case(
        "ImageBlend",
        (3, 4, 5, 4),
        image1=image(1, 4, 5),
        image2=image(3, 4, 5, channels=4),
        blend_factor=0.5,
        blend_mode="normal",
    ),
    case("ImageBlur", (2, 9, 9, 3), image=image(2, 9, 9), blur_radius=31, sigma=1.0),
    case(
        "ImageSharpen",
        (2, 9, 9, 4),
        image=image(2, 9, 9, channels=4),
        sharpen_radius=2,
        sigma=1.0,
        alpha=1.0,
    ),
    case("ImageQuantize", (2, 9, 9, 3), image=image(2, 9, 9), colors=1, dither="bayer-4"),
    case("ImageCrop", (1, 3, 4, 3), image=image(1, 8, 8), width=4, height=3, x=1, y=2),
    case("ImageCrop", (1, 1, 1, 3), image=image(1, 8, 8), width=4, height=3, x=99, y=99),
    case("ImageFlip", (1, 4, 5, 3), image=image(1, 4, 5), flip_method="x-axis: vertically"),
    case("ImageRotate", (1, 5, 4, 3), image=image(1, 4, 5), rotation="90 degrees"),
    case("ImageRotate", (1, 4, 5, 3), image=image(1, 4, 5), rotation="none"),
    case(
        "ImageCompositeMasked",
        (2, 8, 8, 3),
        destination=image(2, 8, 8),
        source=image(1, 4, 4),
        x=6,
        y=6,
        resize_source=False,
        mask=torch.rand(4, 4),
    ),
    case(
        "ImageCompositeMasked",
        (1, 8, 8, 4),
        destination=image(1, 8, 8),
        source=image(1, 4, 4, channels=4),
        x=0,
        y=0,
        resize_source=True,
        mask=None,
    ),
    case(
        "ImagePadForOutpaint",
        (1, 24, 16, 3),
        image=image(1, 8, 8),
        left=8,
        top=0,
        right=0,
        bottom=16,
        feathering=2,
    ),
    case("MaskToImage", (1, 4, 5, 3), mask=torch.rand(4, 5)),
]
MASKS = [
    case("ImageToMask", (2, 4, 5), image=image(2, 4, 5), channel="green"),
    case("ImageToMask", (2, 4, 5), image=image(2, 4, 5), channel="alpha"),
    case("ImageColorToMask", (2, 4, 5), image=image(2, 4, 5, channels=4), color=0),
    case("SolidMask", (1, 4, 5), value=1, width=5, height=4),
    case("InvertMask", (2, 4, 5), mask=torch.rand(2, 4, 5)),
    case("ThresholdMask", (2, 4, 5), mask=torch.rand(2, 4, 5), value=0.5),
    case("CropMask", (1, 4, 2), mask=torch.rand(8, 8), x=6, y=0, width=4, height=4),
    case(
        "MaskComposite",
        (2, 8, 8),
        destination=torch.rand(2, 8, 8),
        source=torch.rand(1, 4, 4),
        x=6,
        y=6,
        operation="add",
    ),
    case("FeatherMask", (1, 8, 8), mask=torch.rand(8, 8), left=2, top=2, right=2, bottom=2),
    case("GrowMask", (2, 8, 8), mask=torch.rand(2, 8, 8), expand=-3, tapered_corners=True),
]
LATENTS = [
    case("EmptyLatentImage", (2, 4, 5, 8), width=64, height=40, batch_size=2),
    case("SetLatentNoiseMask", (1, 4, 8, 8), samples=latent(1, 8, 8), mask=torch.rand(64, 64)),
    case(
        "LatentUpscale",
        (1, 4, 8, 12),
        samples=latent(1, 8, 8),
        upscale_method="bislerp",
        width=96,
        height=64,
        crop="center",
    ),
    case(
        "LatentUpscale",
        (1, 4, 16, 16),
        samples=latent(1, 8, 8),
        upscale_method="area",
        width=0,
        height=128,
        crop="disabled",
    ),
    case(
        "LatentUpscaleBy",
        (1, 4, 1, 1),
        samples=latent(1, 8, 8),
        upscale_method="bilinear",
        scale_by=0.01,
    ),
    case(
        "LatentComposite",
        (2, 4, 8, 8),
        samples_to=latent(2, 8, 8),
        samples_from=latent(1, 8, 8),
        x=32,
        y=8,
        feather=16,
    ),
    case(
        "LatentCompositeMasked",
        (2, 4, 8, 8),
        destination=latent(2, 8, 8),
        source=latent(1, 4, 4),
        x=40,
        y=48,
        resize_source=False,
        mask=torch.rand(1, 64, 64),
    ),
    case(
        "LatentBlend",
        (2, 4, 8, 8),
        samples1=latent(2, 8, 8),
        samples2=latent(1, 4, 6),
        blend_factor=0.2,
    ),
    case("LatentAdd", (2, 4, 8, 8), samples1=latent(2, 8, 8), samples2=latent(1, 4, 6)),
    case("LatentSubtract", (1, 4, 8, 8), samples1=latent(1, 8, 8), samples2=latent(2, 8, 8)),
    case("LatentMultiply", (1, 4, 8, 8), samples=latent(1, 8, 8), multiplier=-2.0),
    case(
        "LatentInterpolate",
        (1, 4, 8, 8),
        samples1=latent(1, 8, 8),
        samples2=latent(1, 8, 8),
        ratio=0.5,
    ),
    case("LatentBatch", (3, 4, 8, 8), samples1=latent(2, 8, 8), samples2=latent(1, 4, 6)),
    case("LatentFromBatch", (1, 4, 8, 8), samples=latent(4, 8, 8), batch_index=3, length=5),
    case("RepeatLatentBatch", (6, 4, 8, 8), samples=latent(2, 8, 8), amount=3),
    case("LatentFlip", (1, 4, 4, 8), samples=latent(1, 4, 8), flip_method="y-axis: horizontally"),
    case("LatentRotate", (1, 4, 8, 4), samples=latent(1, 4, 8), rotation="270 degrees"),
    case("LatentCrop", (1, 4, 12, 8), samples=latent(1, 16, 16), width=64, height=96, x=999, y=0),
    case("LatentCrop", (1, 4, 4, 4), samples=latent(1, 4, 4), width=512, height=512, x=64, y=64),
]


def called(registry, name, inputs):
    """What the node gives, sure that it changed nothing of what it was given."""
    before = copy.deepcopy(inputs)
    given = {declared.name for declared in registry[name].inputs}
    assert given == set(inputs), given
    values = registry[name].call(Context(), inputs).values
    assert all(_equal(before[key], inputs[key]) for key in before)
    return values


def _equal(one, other):
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    return torch.equal(one, other) if isinstance(one, torch.Tensor) else one == other


@pytest.mark.parametrize(("name", "inputs", "expected"), IMAGES + MASKS)
def test_pictures_and_masks_have_their_shape_and_range(registry, name, inputs, expected):
    out = called(registry, name, inputs)[0]
    assert out.shape == expected
    assert out.dtype == torch.float32
    assert out.min() >= -1e-5 or name == "ImageScaleToTotalPixels"  # bicubic goes beyond
    assert out.max() <= 1 + 1e-5 or name == "ImageScaleToTotalPixels"


@pytest.mark.parametrize(("name", "inputs", "expected"), LATENTS)
def test_latents_have_their_shape(registry, name, inputs, expected):
    out = called(registry, name, inputs)[0]
    assert out["samples"].shape == expected
    assert torch.isfinite(out["samples"]).all()


def test_every_node_here_was_called(registry):
    named = {name for name, _, _ in IMAGES + MASKS + LATENTS}
    assert set(registry) - named == {"GetImageSize", "ImageScale", "LoadImageMask"}
