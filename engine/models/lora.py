"""LoRA files: small changes of a network's weights, by the names that kohya's trainer writes.

A file names a module with underscores for dots and carries two thin matrices for it, whose
product is added to the weight (Hu et al. 2021, section 4.1); for convolutions too (LoCon). Which
modules there are is told by the network. Knows no device.
"""

import logging
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from engine.errors import ModelFileError
from engine.models import sd1
from engine.models.files import TensorFile, open_tensors

UNET: Final = "lora_unet_"
TEXT: Final = "lora_te_text_model_"
DOWN: Final = ".lora_down.weight"
UP: Final = ".lora_up.weight"
MID: Final = ".lora_mid.weight"
ALPHA: Final = ".alpha"
WEIGHT: Final = ".weight"
SHOWN: Final = 3
OTHER_KINDS: Final = {
    ".hada_w1_a": "LoHa",
    ".lokr_w1": "LoKr",
    ".lokr_w1_a": "LoKr",
    ".dora_scale": "DoRA",
    ".oft_diag": "OFT",
    ".diff": "whole differences",
}
"""What a LoRA file may also hold that is not read yet, by the ending of its names."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Layer:
    """The change of one weight. factor: alpha / rank, 1 where the file gives no alpha."""

    down: str
    up: str
    mid: str = ""
    factor: float = 1.0


@dataclass(frozen=True)
class Lora:
    """A LoRA of one network at a strength; a `WeightPatch` of `residency`.

    layers: by the parameter's name, as the module has it.
    """

    file: TensorFile
    part: str
    layers: Mapping[str, Layer]
    strength: float = 1.0

    def at(self, strength: float) -> "Lora":
        """The same LoRA at another strength."""
        return replace(self, strength=strength)

    @property
    def key(self) -> Hashable:
        """Equal where file, network and strength are."""
        return ("lora", *self.file.identity, self.part, self.strength)

    @property
    def targets(self) -> frozenset[str]:
        """The parameters that it changes."""
        return frozenset(self.layers)

    def patched(self, name: str, weight: Tensor) -> Tensor:
        """`weight` and this LoRA's change of it. Raises `ModelFileError` if their sizes differ."""
        layer = self.layers[name]
        up, down = self._read(layer.up, weight), self._read(layer.down, weight)
        if layer.mid:
            mid = self._read(layer.mid, weight)
            change = torch.einsum("or,rsyx,si->oiyx", up.flatten(1), mid, down.flatten(1))
        else:
            change = up.flatten(1) @ down.flatten(1)
        if change.numel() != weight.numel():
            raise ModelFileError(
                f"{self.file.path.name}: its change of {name} has {change.numel()} numbers, the "
                f"model's weight {weight.numel()}; this LoRA was made for another model"
            )
        return weight + change.reshape(weight.shape) * (self.strength * layer.factor)

    def _read(self, name: str, beside: Tensor) -> Tensor:
        return self.file.read(name).to(beside.device, torch.float32)


def load_lora(path: Path, unet: Iterable[str] = (), text: Iterable[str] = ()) -> tuple[Lora, Lora]:
    """The LoRAs for a U-Net and for a text encoder in one file, at strength 1; either may be empty.

    unet, text: the parameters that these networks have, by their modules' names.
    Raises `ModelFileError` for a file that is no LoRA, of a kind that isn't read, or made for
    networks of which none is given.
    """
    file = open_tensors(path)
    _check_kind(file)
    targets = {UNET: _unet_targets(unet), TEXT: _targets(TEXT, text)}
    layers: dict[str, dict[str, Layer]] = {UNET: {}, TEXT: {}}
    strange = list[str]()
    for name in file.tensors:
        stem = name.removesuffix(DOWN)
        part = UNET if stem.startswith(UNET) else TEXT
        if stem == name:
            continue
        if stem in targets[part]:
            layers[part][targets[part][stem]] = _layer(file, stem)
        else:
            strange.append(stem)
    if not any(layers.values()):
        raise ModelFileError(
            f"{path.name}: none of its {len(strange)} layers is in this model "
            f"({', '.join(strange[:SHOWN])}, ...); it was made for another family"
        )
    expected = [stem for stem in strange if targets[UNET if stem.startswith(UNET) else TEXT]]
    if expected:
        log.warning("%s: %d layers are not in this model and are left out", path, len(expected))
    return Lora(file, UNET, layers[UNET]), Lora(file, TEXT, layers[TEXT])


def _check_kind(file: TensorFile) -> None:
    """Raise `ModelFileError` where the file holds anything that would have to be left out."""
    for name in file.tensors:
        for ending, kind in OTHER_KINDS.items():
            if name.endswith(ending):
                raise ModelFileError(
                    f"{file.path.name}: this is a LoRA of the kind {kind}; LoRA and LoCon in "
                    "kohya's names are read so far"
                )
    if not any(name.endswith(DOWN) for name in file.tensors):
        raise ModelFileError(
            f"{file.path.name}: this is no LoRA in kohya's names (no name ends in {DOWN}); its "
            f"tensors are {', '.join(sorted(file.tensors)[:SHOWN])}, ..."
        )


def _layer(file: TensorFile, stem: str) -> Layer:
    up, mid, alpha = stem + UP, stem + MID, stem + ALPHA
    if up not in file.tensors:
        raise ModelFileError(f"{file.path.name}: {up} is missing; fetch the file again")
    rank = file.tensors[stem + DOWN].shape[0]
    factor = float(file.read(alpha)) / rank if alpha in file.tensors else 1.0
    return Layer(stem + DOWN, up, mid if mid in file.tensors else "", factor)


def _unet_targets(names: Iterable[str]) -> dict[str, str]:
    """The weights of a U-Net by a LoRA's stem, in diffusers' names and in those of the files."""
    names, back = list(names), {ours: ldm for ldm, ours in sd1.unet_names().items()}
    original = {sd1.renamed(name, back): name for name in names}
    return {
        **{_stem(UNET, ldm): name for ldm, name in original.items() if ldm.endswith(WEIGHT)},
        **_targets(UNET, names),
    }


def _targets(prefix: str, names: Iterable[str]) -> dict[str, str]:
    return {_stem(prefix, name): name for name in names if name.endswith(WEIGHT)}


def _stem(prefix: str, name: str) -> str:
    return prefix + name.removesuffix(WEIGHT).replace(".", "_")
