"""The artwork in memory: pictures by index, laid on plain grounds, as tensors in -1..1."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from tools.train_embedded.concepts import GROUNDS, HELD_OUT, RING_1
from tools.train_embedded.settings import Settings, read_json

_RINGS = {1: len(RING_1), 2: 450, 3: 10**9}


@dataclass(frozen=True)
class Pictures:
    """All pictures. `art`: uint8 [N, S, S, 4], premultiplied; `pairs`: N of (code, style key)."""

    art: np.ndarray
    pairs: list[tuple[str, str]]

    def __len__(self) -> int:
        return len(self.pairs)

    @cached_property
    def codes(self) -> list[str]:
        """The concepts, in the order of the rings."""
        return list(dict.fromkeys(code for code, _ in self.pairs))

    def of_ring(self, ring: int) -> list[int]:
        """Indices of the pictures of the concepts of this ring and those before."""
        wanted = set(self.codes[: _RINGS[ring]])
        return [i for i, (code, _) in enumerate(self.pairs) if code in wanted]

    def trained(self, indices: list[int]) -> list[int]:
        """Those of `indices` that are not held out."""
        return [i for i in indices if self.pairs[i] not in HELD_OUT]

    def on_grounds(self, indices: Tensor, grounds: Tensor) -> Tensor:
        """float32 [B, 3, S, S] in -1..1: each picture on the plain ground of its number."""
        art = torch.from_numpy(np.ascontiguousarray(self.art[indices.numpy()]))
        return laid_on(art, grounds)


def laid_on(art: Tensor, grounds: Tensor) -> Tensor:
    """Composite premultiplied uint8 [B, H, W, 4] on grounds [B]: float32 [B, 3, H, W] in -1..1."""
    colours = torch.tensor([ground.colour for ground in GROUNDS], dtype=torch.float32)
    scaled = art.permute(0, 3, 1, 2).float() / 127.5
    clear = 1 - scaled[:, 3:] / 2
    return scaled[:, :3] + colours[grounds][:, :, None, None] / 127.5 * clear - 1


def some_grounds(count: int, white: float = 0.5) -> Tensor:
    """Random ground numbers [count]: white in the given part, else one of the nine colours."""
    coloured = torch.randint(1, len(GROUNDS), (count,))
    return torch.where(torch.rand(count) < white, torch.zeros_like(coloured), coloured)


def load(settings: Settings) -> Pictures:
    """Read what `rasterise` wrote."""
    pairs = [(code, style) for code, style in read_json(settings.work / "pictures.json")]
    return Pictures(np.load(settings.work / "pictures.npy"), pairs)
