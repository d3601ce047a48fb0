"""Between pictures and latents, whole or in tiles."""

from typing import Annotated

from torch.nn import functional

from engine.models.residency import residency_of
from engine.models.vae import Vae
from engine.sampling.inpaint import greyed
from engine.spec.context import Context
from engine.spec.inputs import Number
from engine.spec.node import node
from engine.values.types import Image, Latent, Mask

Overlap = Annotated[int, Number(0, 4096, 32)]
TemporalSize = Annotated[int, Number(8, 4096, 4)]
TemporalOverlap = Annotated[int, Number(4, 4096, 4)]


@node("VAEEncode", title="VAE Encode", category="latent")
def vae_encode(*, pixels: Image, vae: Vae, ctx: Context) -> Latent:
    """Turn pictures into latents, an eighth of their size along each side."""
    return {"samples": vae.encode(pixels, residency_of(ctx))}


@node("VAEDecode", title="VAE Decode", category="latent")
def vae_decode(*, samples: Latent, vae: Vae, ctx: Context) -> Image:
    """Turn latents into pictures."""
    return vae.decode(samples["samples"], residency_of(ctx))


@node("VAEEncodeTiled", title="VAE Encode (Tiled)", category="_for_testing")
def vae_encode_tiled(
    *,
    pixels: Image,
    vae: Vae,
    tile_size: Annotated[int, Number(64, 4096, 64)] = 512,
    overlap: Overlap = 64,
    temporal_size: TemporalSize = 64,
    temporal_overlap: TemporalOverlap = 8,
    ctx: Context,
) -> Latent:
    """Turn large pictures into latents with little memory, tile by tile.

    Args:
        tile_size: a tile's side in pixels.
        overlap: how far neighbouring tiles overlap, in pixels.
        temporal_size: frames at a time; only for models of video.
        temporal_overlap: frames that overlap; only for models of video.
    """
    del temporal_size, temporal_overlap
    samples = vae.encode_tiled(pixels, residency_of(ctx), tile_size, overlap, ctx.progress)
    return {"samples": samples}


@node("VAEDecodeTiled", title="VAE Decode (Tiled)", category="_for_testing")
def vae_decode_tiled(
    *,
    samples: Latent,
    vae: Vae,
    tile_size: Annotated[int, Number(64, 4096, 32)] = 512,
    overlap: Overlap = 64,
    temporal_size: TemporalSize = 64,
    temporal_overlap: TemporalOverlap = 8,
    ctx: Context,
) -> Image:
    """Turn large latents into pictures with little memory, tile by tile.

    Args:
        tile_size: a tile's side in pixels of the picture.
        overlap: how far neighbouring tiles overlap, in pixels; a quarter of the tile at most.
        temporal_size: frames at a time; only for models of video.
        temporal_overlap: frames that overlap; only for models of video.
    """
    del temporal_size, temporal_overlap
    cells, shared = tile_size // vae.downscale, min(overlap, tile_size // 4) // vae.downscale
    return vae.decode_tiled(samples["samples"], residency_of(ctx), cells, shared, ctx.progress)


@node("VAEEncodeForInpaint", title="VAE Encode (for Inpainting)", category="latent/inpaint")
def vae_encode_for_inpaint(
    *,
    pixels: Image,
    vae: Vae,
    mask: Mask,
    grow_mask_by: Annotated[int, Number(0, 64, 1)] = 6,
    ctx: Context,
) -> Latent:
    """Turn a picture into a latent with a grey hole that is to be drawn anew.

    Meant for full denoising: what was under the mask is gone.

    Args:
        mask: 1 where the picture is drawn anew.
        grow_mask_by: pixels by which the mask is widened, so that no seam shows.
    """
    holed, fitted = greyed(pixels, mask)
    wide = fitted.round()
    if grow_mask_by > 0:
        height, width = fitted.shape[2:]
        wide = functional.max_pool2d(wide, grow_mask_by, stride=1, padding=grow_mask_by // 2)
        wide = wide[:, :, :height, :width]
    return {"samples": vae.encode(holed, residency_of(ctx)), "noise_mask": wide}
