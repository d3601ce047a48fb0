"""What a latent looks like half way: a small picture by a linear map, without any network.

Cheap enough to be made while sampling. Knows the family's map, nothing of jobs or sockets.
"""

from typing import Any, cast

import torch
from torch import Tensor, nn

from engine.models.family import Family, Rgb

SIDE = 256


def rgb(latent: Tensor, family: Family, side: int = SIDE) -> Tensor | None:
    """The first item of a latent [B, C, h, w] in the sampler's units as uint8 [H, W, 3].

    The longer side has `side` pixels. None for a family (or a latent) without a map.
    """
    rows = torch.tensor(family.latent_rgb)
    channels = latent.shape[1]
    if latent.ndim != 4 or channels != family.channels or len(rows) not in (channels, channels + 1):
        return None
    first = latent[0].detach().float().cpu()
    height, width = first.shape[1:]
    flat = rows[:channels].T @ first.reshape(channels, -1)
    if len(rows) > channels:
        flat += rows[channels][:, None]
    picture = flat.reshape(3, height, width)
    longest = max(height, width)
    size = [max(1, round(s * side / longest)) for s in (height, width)]
    large = nn.functional.interpolate(picture[None], size=size, mode="bilinear")[0]
    return ((large + 1) * 127.5).clamp(0, 255).byte().movedim(0, -1).contiguous()


def fitted(latents: Tensor, pictures: Tensor) -> tuple[Rgb, ...]:
    """The map of a family whose decoder is known: least squares, one row more than channels.

    latents: [B, C, h, w] in the sampler's units; pictures: [B, H, W, 3] in 0..1, what the decoder
    makes of them, H and W whole multiples of h and w.
    """
    h, w = latents.shape[2:]
    wanted = nn.functional.adaptive_avg_pool2d(pictures.movedim(-1, 1), (h, w)) * 2 - 1
    given = latents.float().movedim(1, -1).reshape(-1, latents.shape[1])
    given = torch.cat((given, torch.ones(len(given), 1)), dim=1)
    solved = cast(Any, torch.linalg).lstsq(given, wanted.movedim(1, -1).reshape(-1, 3))
    rows: list[Rgb] = solved.solution.tolist()
    return tuple((r, g, b) for r, g, b in rows)
