"""Begin from what ships, where the checkpoints are gone: the work folder from the weights in git.

Stages that train after it go on from these weights with a fresh optimizer.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor

from tools.train_embedded import export
from tools.train_embedded.contrastive import JUDGE, SHIPPED, Clip, Towers
from tools.train_embedded.loop import start_file
from tools.train_embedded.settings import HERE, PROJECT, Settings
from tools.train_embedded.tokens import Reader


def read(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """A file's weights in single precision, and its metadata."""
    with safe_open(path, "pt") as file:
        weights = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
        return weights, file.metadata() or {}


def below(weights: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The weights behind a prefix, by their names without it."""
    return {n.removeprefix(prefix): t for n, t in weights.items() if n.startswith(prefix)}


def clip_of(weights: Mapping[str, Tensor], towers: Towers, reader: Reader) -> Clip:
    """A CLIP with weights under the classic names."""
    clip = Clip(towers, reader)
    clip.load_state_dict({name: _found(weights, name) for name in clip.state_dict()})
    return clip.eval().requires_grad_(False)


def _found(weights: Mapping[str, Tensor], name: str) -> Tensor:
    """A weight by its name in memory: transformers may have doubled or dropped the prefix."""
    for prefix in ("text_model.", "vision_model."):
        if name.startswith(prefix):
            return weights[prefix + name.removeprefix(prefix).removeprefix(prefix)]
    return weights[name]


def judge(path: Path = HERE / "judge.safetensors") -> tuple[Clip, Reader]:
    """The committed judge and its tokenizer."""
    weights, told = read(path)
    reader = Reader(Tokenizer.from_str(told["easel.tokenizer"]))
    return clip_of(weights, JUDGE, reader), reader


def restore(settings: Settings, root: Path = PROJECT) -> None:
    """Write the tokenizer, the frozen autoencoder and every stage's starting weights."""
    weights, told = read(root / export.CHECKPOINT)
    reader = Reader(Tokenizer.from_str(told["easel.tokenizer"]))
    reader.tokenizer.save(str(settings.work / "tokenizer.json"))
    save_file(below(weights, "vae."), settings.work / "vae.safetensors")
    _start(settings, "unet", "unet", below(weights, "unet."))
    both = below(weights, "text_encoder.") | read(root / export.VISION)[0]
    _start(settings, "clip", "clip", clip_of(both, SHIPPED, reader).state_dict())
    _start(settings, "upscaler", "compact", read(root / export.UPSCALER)[0])
    judging = judge(root / export.JUDGE_FILE)[0]
    _start(settings, "judge", "clip", judging.state_dict())


def _start(settings: Settings, stage: str, name: str, weights: Mapping[str, Tensor]) -> None:
    folder = settings.work / stage
    folder.mkdir(parents=True, exist_ok=True)
    save_file({n: t.contiguous() for n, t in weights.items()}, start_file(folder, name))
