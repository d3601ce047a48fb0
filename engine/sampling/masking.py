"""Denoising under a mask: some of the picture is kept, the rest is drawn to fit it.

Wrappers around denoisers; samplers never hear of masks. It knows no network and no node.
"""

from __future__ import annotations

from torch import Tensor

from engine.sampling.denoiser import Denoiser, NoisePath, PairDenoiser


def masked(
    denoise: Denoiser, mask: Tensor, latent: Tensor, noise: Tensor, path: NoisePath
) -> Denoiser:
    """Keep `latent` where `mask` is 0 and draw where it is 1; between them, mix.

    Before each look at the network what is kept is buried afresh to the step's sigma with `noise`,
    the starting noise; afterwards the clean picture is set back to the latent there (Lugmayr et al.
    2022, "RePaint", eq. 8, without its repetitions).
    mask: [B, 1 or C, h, w] or what broadcasts to x, 0 to 1.
    """

    def kept(x: Tensor, sigma: Tensor) -> Tensor:
        clean = denoise(_mixed(x, path.noised(latent, noise, _spread(sigma, x)), mask), sigma)
        return _mixed(clean, latent, mask)

    return kept


def masked_pair(
    denoise: PairDenoiser, mask: Tensor, latent: Tensor, noise: Tensor, path: NoisePath
) -> PairDenoiser:
    """As `masked`, for a denoiser that also gives the unwanted picture, which stays as it is."""

    def kept(x: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
        clean, unwanted = denoise(
            _mixed(x, path.noised(latent, noise, _spread(sigma, x)), mask), sigma
        )
        return _mixed(clean, latent, mask), unwanted

    return kept


def _mixed(drawn: Tensor, kept: Tensor, mask: Tensor) -> Tensor:
    return drawn * mask + kept * (1 - mask)


def _spread(sigma: Tensor, x: Tensor) -> Tensor:
    """One sigma a picture, [B], made to broadcast over x; a single one as it is."""
    return sigma.reshape(-1, *(1,) * (x.ndim - 1)) if sigma.ndim else sigma


def start(latent: Tensor, noise: Tensor, sigma: Tensor, path: NoisePath) -> Tensor:
    """What a run at `sigma` begins with: the latent under its noise (`NoisePath.started`)."""
    return path.started(latent, noise, sigma)
