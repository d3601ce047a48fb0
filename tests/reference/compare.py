"""How far a result is from the recorded one: relative error of a latent, PSNR of a picture."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy
from PIL import Image
from safetensors.numpy import load_file

LATENT_PASSES = 0.01
LATENT_GOOD = 0.001
PICTURE_PASSES = 40.0  # dB
PICTURE_GOOD = 60.0


@dataclass(frozen=True, slots=True)
class Distance:
    """latent: relative error, None where a case saves none; psnr: of the worst picture, in dB.

    fault: why no distance could be told, in one sentence.
    """

    latent: float | None = None
    psnr: float | None = None
    fault: str = ""

    @property
    def passes(self) -> bool:
        """Within the tolerance: every latent under 1 %, every picture above 40 dB."""
        return self._within(LATENT_PASSES, PICTURE_PASSES)

    @property
    def good(self) -> bool:
        """Near the noise floor: under 0.1 %, above 60 dB."""
        return self._within(LATENT_GOOD, PICTURE_GOOD)

    @property
    def badness(self) -> float:
        """For sorting, the worst first: a relative error, a picture's counted as one."""
        if self.fault:
            return math.inf
        picture = 0.0 if self.psnr is None else 10 ** (-self.psnr / 20)
        return max(self.latent or 0.0, picture)

    def _within(self, latent: float, psnr: float) -> bool:
        near = self.latent is None or self.latent < latent
        return not self.fault and near and (self.psnr is None or self.psnr > psnr)


def distance(folder: Path, files: Sequence[str], written: Sequence[Path]) -> Distance:
    """How far the files that a run wrote are from a case's, the pictures in order."""
    latents = [path for path in written if path.suffix != ".png"]
    pictures = [path for path in written if path.suffix == ".png"]
    wanted = [folder / "expected" / name for name in files]
    wanted_latents = [path for path in wanted if path.suffix != ".png"]
    wanted_pictures = [path for path in wanted if path.suffix == ".png"]
    if len(latents) < len(wanted_latents) or len(pictures) != len(wanted_pictures):
        return Distance(fault=f"wrote {len(latents)} latents and {len(pictures)} pictures")
    try:
        errors = [_latent(*pair) for pair in zip(latents, wanted_latents, strict=False)]
        ratios = [_picture(*pair) for pair in zip(pictures, wanted_pictures, strict=True)]
    except ValueError as error:
        return Distance(fault=str(error))
    return Distance(max(errors, default=None), min(ratios, default=None))


def _latent(got: Path, wanted: Path) -> float:
    mine, theirs = (load_file(path)["latent_tensor"].astype("float64") for path in (got, wanted))
    if mine.shape != theirs.shape:
        raise ValueError(f"latent is {mine.shape}, expected {theirs.shape}")
    gap, size = numpy.linalg.norm(mine - theirs), numpy.linalg.norm(theirs)
    if gap == 0:
        return 0.0
    return float(gap / size) if size and math.isfinite(gap) else math.inf


def _picture(got: Path, wanted: Path) -> float:
    mine, theirs = (numpy.asarray(Image.open(path)).astype("float64") for path in (got, wanted))
    if mine.shape != theirs.shape:
        raise ValueError(f"picture is {mine.shape}, expected {theirs.shape}")
    error = float(numpy.mean((mine - theirs) ** 2))
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)
