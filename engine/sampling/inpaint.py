"""The picture that an inpainting model is shown: what is to be drawn anew is grey.

Arithmetic on pictures and masks. Knows no network.
"""

from torch import Tensor
from torch.nn import functional

CELL = 8  # pixels along each side of a latent's cell
GREY = 0.5


def greyed(pixels: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """The picture with grey under the rounded mask, and the mask at its size.

    pixels: [B, H, W, C]; mask: any size, scaled bilinearly. Both are cut to whole cells of the
    latent, around the middle: [B, H', W', C] and [M, 1, H', W'].
    """
    mask = mask.reshape(-1, 1, *mask.shape[-2:])
    mask = functional.interpolate(mask, size=pixels.shape[1:3], mode="bilinear")
    rows, columns = (_whole_cells(side) for side in pixels.shape[1:3])
    pixels, mask = pixels[:, rows, columns], mask[:, :, rows, columns]
    kept = (1 - mask.round()).movedim(1, -1)
    return (pixels - GREY) * kept + GREY, mask


def _whole_cells(side: int) -> slice:
    left_over = side % CELL
    return slice(left_over // 2, left_over // 2 + side - left_over)
