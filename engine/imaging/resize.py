"""Change the size of pictures, masks and latents, by the methods that ComfyUI names.

Planes are [B, C, H, W] here; `picture_resized` takes and gives [B, H, W, C].
"""

from typing import Final, Literal, TypeAlias

import torch
from PIL import Image as Pillow
from torch import Tensor
from torch.nn import functional

from engine.imaging.bislerp import bislerp
from engine.imaging.pillow import from_pillow, to_pillow

Method: TypeAlias = Literal["nearest-exact", "bilinear", "area", "bicubic", "lanczos", "bislerp"]
Crop: TypeAlias = Literal["disabled", "center"]
LANCZOS: Final = Pillow.Resampling.LANCZOS


def resized(planes: Tensor, width: int, height: int, method: Method, crop: Crop) -> Tensor:
    """[B, C, H, W] at `width` x `height`; cropped to that shape around its centre first if asked.

    bilinear and bicubic take no mean when they shrink (aliasing is ComfyUI's too). lanczos works
    on 8-bit values of pictures in 0..1.
    """
    if crop == "center":
        planes = centre_cropped(planes, width, height)
    if method == "bislerp":
        return bislerp(planes, width, height)
    if method == "lanczos":
        return torch.stack([_lanczos(plane, width, height) for plane in planes])
    return functional.interpolate(planes, size=(height, width), mode=method)


def picture_resized(
    image: Tensor, width: int, height: int, method: Method, crop: Crop = "disabled"
) -> Tensor:
    """`resized` of an IMAGE [B, H, W, C]; unchanged if it has that size."""
    if image.shape[1:3] == (height, width):
        return image
    return resized(image.movedim(-1, 1), width, height, method, crop).movedim(1, -1)


def centre_cropped(planes: Tensor, width: int, height: int) -> Tensor:
    """The middle of [..., H, W] in the proportions of `width` to `height`, never empty; a view."""
    H, W = planes.shape[-2:]
    have, wanted = W / H, width / height
    x = round((W - W * (wanted / have)) / 2) if have > wanted else 0
    y = round((H - H * (have / wanted)) / 2) if have < wanted else 0
    x, y = min(x, (W - 1) // 2), min(y, (H - 1) // 2)
    return planes[..., y : H - y, x : W - x]


def completed(width: int, height: int, W: int, H: int, least: int = 1) -> tuple[int, int]:
    """Width and height, where one of them is 0 in proportion to `W` x `H`; at least `least`.

    width, height: wanted, in pixels; W, H: those of what is resized, in any unit.
    """
    if width == 0:
        height = max(least, height)
        return max(least, round(W * height / H)), height
    width = max(least, width)
    if height == 0:
        return width, max(least, round(H * width / W))
    return width, max(least, height)


def _lanczos(planes: Tensor, width: int, height: int) -> Tensor:
    """One picture [C, H, W] by Pillow; its alpha weighs its colours, as it should."""
    picture = to_pillow(planes.movedim(0, -1)).resize((width, height), LANCZOS)
    return from_pillow(picture).movedim(-1, 0).to(planes.device)
