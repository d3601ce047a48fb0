"""Networks that enlarge a picture: the compact one of Real-ESRGAN, and ESRGAN's own.

Which one a file holds, and how large it is, is read off its names and shapes, so that files made
for other programs load: SRVGGNetCompact ("body.0.weight"; Wang et al. 2021, Real-ESRGAN) and
RRDBNet in ESRGAN's and Real-ESRGAN's names ("model.0.weight", "conv_first.weight"; Wang et al.
2018, ESRGAN, section 3.1). Pictures run in tiles; where memory runs out, in smaller ones.
"""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

import torch
from torch import Tensor, nn

from engine.errors import ModelFileError, OutOfMemory
from engine.models.files import Stored, TensorFile, open_tensors
from engine.models.networks import weights_from
from engine.models.residency import Residency, Weights
from engine.models.tiles import OnTile, count, tiled, unheard

TILES: Final = (512, 256, 128)
"""Sides in pixels, tried in turn."""
OVERLAP: Final = 32
DENSE: Final = 5  # convolutions in a residual dense block
FIRST_AND_LAST: Final = 3  # layers of ESRGAN outside of its trunk that do not enlarge
SPELLINGS: Final = (
    (r"^module\.", ""),
    (r"^(?:RRDB_trunk|model\.1\.sub)\.(\d+)\.RDB", r"body.\1.rdb"),
    (r"^body\.(\d+)\.RDB", r"body.\1.rdb"),
    (r"(\.rdb\d\.conv\d)\.0\.", r"\1."),
    (r"^(?:trunk_conv|model\.1\.sub\.\d+)\.(\w+)$", r"conv_body.\1"),
    (r"^HRconv\.", "conv_hr."),
    (r"^(?:conv_up|upconv)(\d)\.", r"ups.\1."),
)
"""Other programs' names of ESRGAN's layers, to ours; upsampling layers are counted from 1 there."""


class Compact(nn.Module):
    """Convolutions at the small size and one pixel shuffle, added to the enlarged input.

    [B, 3, H, W] to [B, 3, H * scale, W * scale].
    """

    def __init__(self, width: int, layers: int, scale: int) -> None:
        super().__init__()
        self.scale = scale
        parts: list[nn.Module] = [nn.Conv2d(3, width, 3, 1, 1), nn.PReLU(width)]
        for _ in range(layers):
            parts += [nn.Conv2d(width, width, 3, 1, 1), nn.PReLU(width)]
        parts.append(nn.Conv2d(width, 3 * scale**2, 3, 1, 1))
        self.body = nn.ModuleList(parts)

    def forward(self, x: Tensor) -> Tensor:
        out = x
        for part in self.body:
            out = part(out)
        large = nn.functional.pixel_shuffle(out, self.scale)
        return large + nn.functional.interpolate(x, scale_factor=self.scale, mode="nearest")


class DenseBlock(nn.Module):
    """Five convolutions, each seeing all before it; a fifth of the last is added to the input."""

    def __init__(self, width: int, growth: int) -> None:
        super().__init__()
        for number in range(1, DENSE + 1):
            out = width if number == DENSE else growth
            conv = nn.Conv2d(width + (number - 1) * growth, out, 3, 1, 1)
            self.add_module(f"conv{number}", conv)

    def forward(self, x: Tensor) -> Tensor:
        seen = [x]
        for number, conv in enumerate(self.children(), 1):
            out: Tensor = conv(torch.cat(seen, dim=1))
            if number < DENSE:
                seen.append(nn.functional.leaky_relu(out, 0.2))
            else:
                x = x + out * 0.2
        return x


class ResidualInResidual(nn.Module):
    """Three dense blocks, a fifth of whose outcome is added to the input ("RRDB")."""

    def __init__(self, width: int, growth: int) -> None:
        super().__init__()
        self.rdb1 = DenseBlock(width, growth)
        self.rdb2 = DenseBlock(width, growth)
        self.rdb3 = DenseBlock(width, growth)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.rdb3(self.rdb2(self.rdb1(x))) * 0.2


class Esrgan(nn.Module):
    """RRDBNet: a trunk of residual-in-residual dense blocks, then doublings by nearest neighbour.

    [B, 3, H, W] to [B, 3, H * scale, W * scale]. shuffle: pixels along a side that are first
    folded into channels (2 for x2, 4 for x1 models, whose trunk enlarges by four).
    """

    def __init__(self, width: int, growth: int, blocks: int, doublings: int, shuffle: int) -> None:
        super().__init__()
        self.shuffle = shuffle
        self.conv_first = nn.Conv2d(3 * shuffle**2, width, 3, 1, 1)
        self.body = nn.ModuleList(ResidualInResidual(width, growth) for _ in range(blocks))
        self.conv_body = nn.Conv2d(width, width, 3, 1, 1)
        self.ups = nn.ModuleList(nn.Conv2d(width, width, 3, 1, 1) for _ in range(doublings))
        self.conv_hr = nn.Conv2d(width, width, 3, 1, 1)
        self.conv_last = nn.Conv2d(width, 3, 3, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[2:]
        if self.shuffle > 1:
            more = (0, -width % self.shuffle, 0, -height % self.shuffle)
            mode = "reflect" if min(height, width) > self.shuffle else "replicate"
            x = nn.functional.pixel_unshuffle(nn.functional.pad(x, more, mode), self.shuffle)
        first = self.conv_first(x)
        out = first
        for block in self.body:
            out = block(out)
        out = first + self.conv_body(out)
        for up in self.ups:
            large = nn.functional.interpolate(out, scale_factor=2, mode="nearest")
            out = nn.functional.leaky_relu(up(large), 0.2)
        out = self.conv_last(nn.functional.leaky_relu(self.conv_hr(out), 0.2))
        scale = 2 ** len(self.ups) // self.shuffle
        return out[:, :, : height * scale, : width * scale]


@dataclass(frozen=True)
class Upscaler:
    """A network that enlarges pictures by `scale` along each side."""

    __socket__: ClassVar[str] = "UPSCALE_MODEL"

    network: Weights[nn.Module]
    scale: int

    def enlarge(self, image: Tensor, residency: Residency, on_tile: OnTile = unheard) -> Tensor:
        """Pictures [B, H, W, 3 or 4] in 0..1, enlarged: float32 [B, H * scale, W * scale, 3].

        Alpha is left out. Tiles of 512 pixels, halved where memory runs out; raises `OutOfMemory`
        where even tiles of 128 are too large.
        """
        x = image[..., :3].movedim(-1, 1).float().contiguous()
        place = residency.place(self.network)
        with residency.use(self.network) as model:

            def run(part: Tensor) -> Tensor:
                moved = part.to(place.device, place.dtype)
                what = f"enlarging a tile of {part.shape[3]} x {part.shape[2]} pixels"
                return residency.sparing(lambda: model(moved), what).float().clamp_(0, 1)

            failure = ""
            for tile in TILES:
                try:
                    return self._in_tiles(x, run, tile, on_tile).movedim(1, -1)
                except OutOfMemory as error:
                    failure = str(error)
            raise OutOfMemory(failure)

    def _in_tiles(
        self, x: Tensor, run: Callable[[Tensor], Tensor], tile: int, on_tile: OnTile
    ) -> Tensor:
        total, done = count(x.shape[2:], (tile, tile), OVERLAP, x.shape[0]), 0

        def heard() -> None:
            nonlocal done
            done += 1
            on_tile(done, total)

        return tiled(
            x, run, tile=(tile, tile), overlap=OVERLAP, scale=self.scale, channels=3, on_tile=heard
        )


def load_upscaler(path: Path) -> Upscaler:
    """The upscaler in a file. Raises `ModelFileError` for a kind of network that isn't known."""
    file = open_tensors(path)
    names = _modern(file.tensors)
    shapes = {new: file.tensors[old] for new, old in names.items()}
    if "body.0.weight" in shapes and "body.1.weight" in shapes:
        return _compact(file, names, shapes)
    if "conv_first.weight" in shapes and "body.0.rdb1.conv1.weight" in shapes:
        return _esrgan(file, names, shapes)
    raise ModelFileError(
        f"{path.name}: no upscaler that is known here; ESRGAN, Real-ESRGAN and its compact kind "
        f"are read (its first tensors are {', '.join(sorted(file.tensors)[:3])})"
    )


def _compact(file: TensorFile, names: dict[str, str], shapes: dict[str, Stored]) -> Upscaler:
    last = max(int(name.split(".")[1]) for name in shapes if name.startswith("body."))
    width = shapes["body.0.weight"].shape[0]
    scale = math.isqrt(shapes[f"body.{last}.weight"].shape[0] // 3)
    layers = (last - 2) // 2
    weights: Weights[nn.Module] = weights_from(
        file, "upscaler", names, _on_meta(lambda: Compact(width, layers, scale))
    )
    return Upscaler(weights, scale)


def _esrgan(file: TensorFile, names: dict[str, str], shapes: dict[str, Stored]) -> Upscaler:
    width, channels = shapes["conv_first.weight"].shape[:2]
    growth = shapes["body.0.rdb1.conv1.weight"].shape[0]
    blocks = 1 + max(int(name.split(".")[1]) for name in shapes if name.startswith("body."))
    doublings = sum(1 for name in shapes if re.fullmatch(r"ups\.\d+\.weight", name))
    shuffle = math.isqrt(channels // 3)
    if shuffle**2 * 3 != channels:
        raise ModelFileError(f"{file.path.name}: it takes {channels} channels; pictures have 3")
    weights: Weights[nn.Module] = weights_from(
        file,
        "upscaler",
        names,
        _on_meta(lambda: Esrgan(width, growth, blocks, doublings, shuffle)),
    )
    return Upscaler(weights, 2**doublings // shuffle)


def _on_meta(build: Callable[[], nn.Module]) -> Callable[[], nn.Module]:
    def empty() -> nn.Module:
        with torch.device("meta"):
            return build()

    return empty


def _modern(names: Iterable[str]) -> dict[str, str]:
    """The file's names by ours, for any of the three spellings of ESRGAN.

    In the first generation's the trunk is `model.1.sub`, whose last member is the trunk's own
    convolution; of the other numbered layers the first is the first, the last two are the last,
    and those between double the size.
    """
    renamed = {_plain(name): name for name in names}
    numbers = sorted({int(m[1]) for n in renamed if (m := re.match(r"model\.(\d+)\.\w+$", n))})
    if len(numbers) < FIRST_AND_LAST:
        return renamed
    roles = ["conv_first", *(f"ups.{n}" for n in range(len(numbers) - 3)), "conv_hr", "conv_last"]
    for number, role in zip(numbers, roles, strict=True):
        for kind in (".weight", ".bias"):
            renamed[role + kind] = renamed.pop(f"model.{number}{kind}", "")
    return renamed


def _plain(name: str) -> str:
    for pattern, ours in SPELLINGS:
        name = re.sub(pattern, ours, name)
    number = re.match(r"ups\.(\d)\.", name)
    return f"ups.{int(number[1]) - 1}{name[5:]}" if number else name
