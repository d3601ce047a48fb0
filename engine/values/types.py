"""The values that travel on links, with their shapes; exactly ComfyUI's, so that packs fit.

Torch tensors and plain containers: nothing here computes. MODEL, CLIP and VAE are defined beside
the code that makes them (`engine.models`), SAMPLER, GUIDER and NOISE in `engine.sampling`: such a
class names its socket by a class attribute `__socket__`.
"""

from typing import Annotated, Any, NotRequired, Protocol, TypeAlias, TypedDict

from torch import Tensor

from engine.spec.inputs import Socket

Image: TypeAlias = Annotated[Tensor, Socket("IMAGE")]
"""float32 [B, H, W, C], 0..1, C = 3 (RGB) or 4 (RGBA); on the CPU."""

Mask: TypeAlias = Annotated[Tensor, Socket("MASK")]
"""float32 [B, H, W], 0..1; 1 is masked (to be drawn anew). Some nodes also take [H, W]."""


class LatentValue(TypedDict):
    """What LATENT is. samples: float32 [B, C, h, w], an eighth of the picture's size, in the
    VAE's own units (a sampler multiplies by the family's scale on the way in)."""

    samples: Tensor
    noise_mask: NotRequired[Tensor]
    """[B, H, W] or [B, 1, H, W], any size: 1 where noise is put and the picture changes."""
    batch_index: NotRequired[list[int]]
    """Which draws of the noise the items take, where they are part of a larger batch."""


Latent: TypeAlias = Annotated[LatentValue, Socket("LATENT")]

ConditioningValue: TypeAlias = list[tuple[Tensor, dict[str, Any]]]
"""Entries [tensor [1, tokens, width], options]; options: `pooled_output`, `area`, `mask`,
`mask_strength`, `set_area_to_bounds`, `strength`, `start_percent`, `end_percent`,
`concat_latent_image`, `concat_mask` ... Lists of two are read like tuples."""

Conditioning: TypeAlias = Annotated[ConditioningValue, Socket("CONDITIONING")]

Sigmas: TypeAlias = Annotated[Tensor, Socket("SIGMAS")]
"""float32 [steps + 1], falling; the last may be 0."""


class NoiseValue(Protocol):
    """What NOISE is: something that draws the starting noise of a latent."""

    @property
    def seed(self) -> int:
        """Of the noise, 0 to 2^64 - 1; stochastic samplers seed their steps' noise with it."""
        ...

    def generate_noise(self, latent: LatentValue) -> Tensor:
        """Noise of deviation 1 in the shape of `latent["samples"]`, on the CPU."""
        ...


Noise: TypeAlias = Annotated[NoiseValue, Socket("NOISE")]
