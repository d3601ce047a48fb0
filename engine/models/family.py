"""What a family of diffusion models has in common: its latent, its noise levels, what it predicts.

Plain facts, read by loaders, samplers and previews. Knows no network and no file.
"""

from dataclasses import dataclass, field
from typing import Final, Literal

from engine.sampling.tables import Table, scaled_linear

Prediction = Literal["eps", "v", "flow"]
Rgb = tuple[float, float, float]

SD1_RGB: Final[tuple[Rgb, ...]] = (
    (0.298, 0.207, 0.208),
    (0.187, 0.286, 0.173),
    (-0.158, 0.189, 0.264),
    (-0.184, -0.271, -0.473),
)
"""A linear fit of Stable Diffusion 1.x's decoder, measured by keturn (huggingface.co, 2022)."""


@dataclass(frozen=True, eq=False)
class Family:
    """The facts of one family.

    name: for people ("Stable Diffusion 1.x"). prediction: what the network's output means (the
    noise, the velocity, the flow). table: the noise levels it was trained on. latent_scale: the
    sampler's latent is the VAE's times this. channels: of the latent. downscale: pixels to a
    latent cell, along each side. size: the picture's side it draws best, in pixels.
    latent_rgb: a row (r, g, b) for each channel of the sampler's latent, their weighted sum being
    a picture in -1..1; one row more is added to the sum. Empty where no such map is known.
    """

    name: str
    prediction: Prediction = "eps"
    table: Table = field(default_factory=scaled_linear)
    latent_scale: float = 0.18215
    channels: int = 4
    downscale: int = 8
    size: int = 512
    latent_rgb: tuple[Rgb, ...] = SD1_RGB
