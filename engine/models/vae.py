"""An autoencoder: pictures to latents and back, whole or in tiles.

Latents are in the autoencoder's own units (a sampler multiplies by the family's scale). Knows no
sampler and no file. Where memory runs out it goes on in tiles, ever smaller ones.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final, cast

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import Tensor

from engine.errors import OutOfMemory, RunError
from engine.models.residency import Place, Residency, Weights
from engine.models.tiles import OnTile, count, tiled, unheard

FALLBACK_TILES: Final = (64, 32, 16)
"""Sides in latent cells, tried in turn where a whole picture does not fit."""
PIXELS_AT_ONCE: Final = 4 * 2**20
"""Pictures of a batch go through an accelerator together up to so many pixels."""


@dataclass(frozen=True)
class Vae:
    """An autoencoder of pictures.

    network: None is the identity, for models that work on pixels. latent_channels: of the latent;
    downscale: pixels to a latent cell along each side.
    """

    __socket__: ClassVar[str] = "VAE"

    network: Weights[AutoencoderKL] | None
    latent_channels: int = 4
    downscale: int = 8

    def cropped(self, pixels: Tensor) -> Tensor:
        """The middle of pictures [B, H, W, C] whose sides are whole latent cells, without alpha."""
        for axis in (1, 2):
            size = pixels.shape[axis] // self.downscale * self.downscale
            if size == 0:
                raise RunError(
                    f"A picture of {pixels.shape[2]} x {pixels.shape[1]} pixels is too small: the "
                    f"autoencoder needs at least {self.downscale} x {self.downscale}."
                )
            pixels = pixels.narrow(axis, pixels.shape[axis] % self.downscale // 2, size)
        return pixels[..., :3]

    def encode(self, pixels: Tensor, residency: Residency) -> Tensor:
        """Pictures [B, H, W, 3 or 4] in 0..1 to latents [B, C, h, w], float32 on the CPU.

        The distribution's mean is taken, never a sample. Sides are cut to whole cells, centred.
        Raises `RunError` for a picture smaller than a cell, `OutOfMemory`.
        """
        return self._whole(self._signed(pixels), self._encoder, residency)

    def decode(self, latent: Tensor, residency: Residency) -> Tensor:
        """Latents [B, C, h, w] to pictures [B, H, W, 3] in 0..1, float32 on the CPU.

        Raises `RunError` for a latent of another model, `OutOfMemory`.
        """
        self._checked(latent)
        return _unsigned(self._whole(latent, self._decoder, residency))

    def encode_tiled(
        self,
        pixels: Tensor,
        residency: Residency,
        tile: int = 512,
        overlap: int = 64,
        on_tile: OnTile = unheard,
    ) -> Tensor:
        """As `encode`, in tiles of `tile` pixels; the mean of square, wide and high tiles."""
        return self._tiled(
            self._signed(pixels),
            self._encoder,
            residency,
            tile=tile,
            overlap=overlap,
            on_tile=on_tile,
        )

    def decode_tiled(
        self,
        latent: Tensor,
        residency: Residency,
        tile: int = 64,
        overlap: int = 16,
        on_tile: OnTile = unheard,
    ) -> Tensor:
        """As `decode`, in tiles of `tile` latent cells; the mean of square, wide and high tiles."""
        self._checked(latent)
        return _unsigned(
            self._tiled(
                latent, self._decoder, residency, tile=tile, overlap=overlap, on_tile=on_tile
            )
        )

    @property
    def _encoder(self) -> "_Half":
        return _Half("encoding", _encoded, 1 / self.downscale, self.latent_channels, self.downscale)

    @property
    def _decoder(self) -> "_Half":
        return _Half("decoding", _decoded, self.downscale, 3, 1)

    def _signed(self, pixels: Tensor) -> Tensor:
        """Pictures as the network has them: [B, 3, H, W] in -1..1."""
        return (self.cropped(pixels).movedim(-1, 1).float() * 2 - 1).contiguous()

    def _checked(self, latent: Tensor) -> None:
        if latent.ndim != 4 or latent.shape[1] != self.latent_channels:
            raise RunError(
                f"This autoencoder decodes latents [B, {self.latent_channels}, h, w]; it was given "
                f"{list(latent.shape)}. Use the autoencoder that belongs to the model."
            )

    def _whole(self, x: Tensor, half: "_Half", residency: Residency) -> Tensor:
        """A half of the network over all items, in ever smaller tiles where they don't fit."""
        if self.network is None:
            return x
        with residency.use(self.network) as model:
            place = residency.place(self.network)
            pixels = x.shape[2] * x.shape[3] * (self.downscale // half.unit) ** 2
            at_once = 1 if place.device.type == "cpu" else max(1, PIXELS_AT_ONCE // pixels)
            run = _sparing(model, half, residency, place)
            try:
                return torch.cat([run(part) for part in _batches(x, at_once)])
            except OutOfMemory as error:
                failure = str(error)
            for side in FALLBACK_TILES:
                tile = side * half.unit
                try:
                    return _thrice(x, run, half, tile=tile, overlap=tile // 4)
                except OutOfMemory as error:
                    failure = str(error)
        raise OutOfMemory(failure)

    def _tiled(
        self,
        x: Tensor,
        half: "_Half",
        residency: Residency,
        *,
        tile: int,
        overlap: int,
        on_tile: OnTile,
    ) -> Tensor:
        if self.network is None:
            return x
        with residency.use(self.network) as model:
            run = _sparing(model, half, residency, residency.place(self.network))
            return _thrice(x, run, half, tile=tile, overlap=overlap, on_tile=on_tile)


PIXELS: Final = Vae(None, latent_channels=3, downscale=1)
"""The autoencoder of models that work on pixels: a latent is the picture in -1..1."""


@dataclass(frozen=True, slots=True)
class _Half:
    """One half of the network. scale: cells out for a cell in, along each side; channels: out;
    unit: cells in for a latent cell."""

    verb: str
    run: Callable[[AutoencoderKL, Tensor], Tensor]
    scale: float
    channels: int
    unit: int


def _batches(x: Tensor, size: int) -> list[Tensor]:
    return [x[at : at + size] for at in range(0, len(x), size)]


def _encoded(model: AutoencoderKL, x: Tensor) -> Tensor:
    found: Any = cast(Any, model).encode(x)
    return found.latent_dist.mode()


def _decoded(model: AutoencoderKL, latent: Tensor) -> Tensor:
    found: Any = cast(Any, model).decode(latent)
    return found.sample


def _unsigned(x: Tensor) -> Tensor:
    """[B, 3, H, W] in -1..1 and beyond to pictures [B, H, W, 3] in 0..1."""
    return ((x + 1) / 2).clamp_(0, 1).movedim(1, -1)


def _sparing(
    model: AutoencoderKL, half: _Half, residency: Residency, place: Place
) -> Callable[[Tensor], Tensor]:
    """One pass of a half: moved there and back, tried twice where memory runs out."""

    def run(part: Tensor) -> Tensor:
        what = f"{half.verb} {list(part.shape)}"
        moved = part.to(place.device, place.dtype)
        return residency.sparing(lambda: half.run(model, moved), what).float().cpu().contiguous()

    return run


def _thrice(
    x: Tensor,
    run: Callable[[Tensor], Tensor],
    half: _Half,
    *,
    tile: int,
    overlap: int,
    on_tile: OnTile = unheard,
) -> Tensor:
    """The mean of three passes, so that no seam lies where another has one.

    An overlap that would leave nothing of the narrow tiles is cut to a quarter of the tile.
    """
    narrow, wide = max(tile // 2, 1), tile * 2
    overlap = overlap if overlap < narrow else tile // 4
    shapes = ((tile, tile), (narrow, wide), (wide, narrow))
    total = sum(count(x.shape[2:], shape, overlap, x.shape[0]) for shape in shapes)
    done = itertools.count(1)
    passes = [
        tiled(
            x,
            run,
            tile=shape,
            overlap=overlap,
            scale=half.scale,
            channels=half.channels,
            on_tile=lambda: on_tile(next(done), total),
        )
        for shape in shapes
    ]
    return torch.stack(passes).mean(dim=0)
