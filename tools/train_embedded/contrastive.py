"""A small CLIP: a text tower and a picture tower taught to agree (Radford et al. 2021, section 2).

Two are trained: the one that ships (its text tower steers the U-Net) and, with another seed and
narrower, the judge. Besides the contrastive loss each tower must name concept, style and ground
with a linear head of its own; the heads only speed the learning up and are thrown away.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPTextConfig, CLIPTextModel, CLIPVisionConfig, CLIPVisionModel

from tools.train_embedded import captions, tokens
from tools.train_embedded import pictures as artwork
from tools.train_embedded.captions import Book, Caption
from tools.train_embedded.concepts import GROUNDS, STYLES
from tools.train_embedded.loop import Losses, Recipe, Trainer, saved_weights
from tools.train_embedded.pictures import Pictures, some_grounds
from tools.train_embedded.settings import Budget, Settings
from tools.train_embedded.tokens import POSITIONS, Reader

VIEW = 64  # pixels, the side of what the picture tower sees
LENGTH = 28  # tokens while training; the longest caption has fewer


@dataclass(frozen=True)
class Towers:
    """The sizes of one CLIP and how its training draws pictures."""

    name: str
    text_width: int
    text_layers: int
    view_width: int
    view_layers: int
    joint: int
    seed: int
    ring_part: float  # of the concepts in a batch, from the ring that is judged
    held_out_too: bool  # the judge knows every picture; the model must not


SHIPPED = Towers("clip", 256, 4, 128, 4, 128, seed=2, ring_part=0.5, held_out_too=False)
JUDGE = Towers("judge", 96, 2, 128, 3, 96, seed=77, ring_part=0.6, held_out_too=True)
CONCEPTS, VARIANTS = 24, 3  # a batch: this many concepts, each in this many pictures
RECIPE = Recipe(rate=1e-3, warm_up=50, weight_decay=0.02, ema=0.998)


def text_config(towers: Towers, reader: Reader) -> CLIPTextConfig:
    """The text tower's configuration, with the tokenizer's real special tokens."""
    return CLIPTextConfig(
        vocab_size=reader.tokenizer.get_vocab_size(),
        hidden_size=towers.text_width,
        intermediate_size=4 * towers.text_width,
        num_hidden_layers=towers.text_layers,
        num_attention_heads=max(1, towers.text_width // 64),
        max_position_embeddings=POSITIONS,
        projection_dim=towers.joint,
        bos_token_id=reader.start,
        eos_token_id=reader.end,
        pad_token_id=reader.end,
    )


def vision_config(towers: Towers) -> CLIPVisionConfig:
    """The picture tower's configuration."""
    return CLIPVisionConfig(
        hidden_size=towers.view_width,
        intermediate_size=4 * towers.view_width,
        num_hidden_layers=towers.view_layers,
        num_attention_heads=max(1, towers.view_width // 32),
        image_size=VIEW,
        patch_size=8,
        projection_dim=towers.joint,
    )


class Clip(nn.Module):
    """Both towers and their projections into the joint space."""

    def __init__(self, towers: Towers, reader: Reader) -> None:
        super().__init__()
        self.text_model = CLIPTextModel(text_config(towers, reader))
        self.vision_model = CLIPVisionModel(vision_config(towers))
        self.text_projection = nn.Linear(towers.text_width, towers.joint, bias=False)
        self.visual_projection = nn.Linear(towers.view_width, towers.joint, bias=False)
        self.logit_scale = nn.Parameter(torch.tensor(2.5))

    def of_texts(self, ids: Tensor) -> Tensor:
        """Unit vectors [B, joint] of token numbers [B, L]."""
        pooled = self.text_model(input_ids=ids).pooler_output
        return functional.normalize(self.text_projection(pooled), dim=-1)

    def of_pictures(self, views: Tensor) -> Tensor:
        """Unit vectors [B, joint] of pictures [B, 3, 64, 64] in -1..1."""
        pooled = self.vision_model(pixel_values=views).pooler_output
        return functional.normalize(self.visual_projection(pooled), dim=-1)


class Heads(nn.Module):
    """Linear classifiers of concept, style and ground on both towers' joint vectors."""

    def __init__(self, joint: int, concepts: int) -> None:
        super().__init__()
        sizes = {"concept": concepts, "style": len(STYLES), "ground": len(GROUNDS)}
        self.text = nn.ModuleDict({k: nn.Linear(joint, n) for k, n in sizes.items()})
        self.view = nn.ModuleDict({k: nn.Linear(joint, n) for k, n in sizes.items()})


@dataclass(frozen=True)
class Batch:
    """Pictures, their captions, and what each shows. Unsaid styles are -100 in `said_style`."""

    views: Tensor
    ids: Tensor
    concept: Tensor
    style: Tensor
    ground: Tensor
    said_style: Tensor

    def agreeing(self) -> Tensor:
        """bool [B, B]: caption i is true of picture j as well."""
        same = self.concept[:, None] == self.concept[None]
        style = (self.said_style[:, None] < 0) | (self.said_style[:, None] == self.style[None])
        return same & style & (self.ground[:, None] == self.ground[None])


class Sampler:
    """Draws batches in which each concept comes several times, so that style and ground count."""

    def __init__(self, towers: Towers, settings: Settings, pictures: Pictures, book: Book) -> None:
        self._pictures, self._book, self._towers = pictures, book, towers
        self._reader = tokens.load(settings)
        self._chance = random.Random(towers.seed)
        self._number = {code: i for i, code in enumerate(pictures.codes)}
        self._style = {style.key: i for i, style in enumerate(STYLES)}
        self._ring = self._grouped(pictures.of_ring(settings.ring))
        self._all = self._grouped(list(range(len(pictures))))

    def _grouped(self, indices: list[int]) -> list[list[int]]:
        groups: dict[str, list[int]] = {}
        chosen = indices if self._towers.held_out_too else self._pictures.trained(indices)
        for i in chosen:
            groups.setdefault(self._pictures.pairs[i][0], []).append(i)
        return list(groups.values())

    def batch(self, concepts: int) -> Batch:
        """One batch of `concepts` concepts, `VARIANTS` pictures each."""
        chosen: list[int] = []
        for _ in range(concepts):
            groups = self._ring if self._chance.random() < self._towers.ring_part else self._all
            chosen += self._chance.choices(self._chance.choice(groups), k=VARIANTS)
        indices, grounds = torch.tensor(chosen), some_grounds(len(chosen))
        written = [
            self._book.caption(*self._pictures.pairs[i], int(g), self._chance)
            for i, g in zip(chosen, grounds, strict=True)
        ]
        views = functional.avg_pool2d(self._pictures.on_grounds(indices, grounds), 2)
        return self._batch(chosen, jittered(views), grounds, written)

    def _batch(
        self, chosen: list[int], views: Tensor, grounds: Tensor, written: list[Caption]
    ) -> Batch:
        pairs = [self._pictures.pairs[i] for i in chosen]
        said = [-100 if c.style is None else self._style[c.style] for c in written]
        return Batch(
            views,
            trimmed(self._reader.read([c.text for c in written], LENGTH), self._reader.end),
            torch.tensor([self._number[code] for code, _ in pairs]),
            torch.tensor([self._style[style] for _, style in pairs]),
            grounds,
            torch.tensor(said),
        )


def trimmed(ids: Tensor, end: int) -> Tensor:
    """Without the columns that are padding in every row, but one."""
    words = int((ids != end).any(dim=0).sum())
    return ids[:, : words + 1]


def jittered(views: Tensor) -> Tensor:
    """Small shifts and scalings, a little noise and blur: drawn pictures are not exact either."""
    count = len(views)
    scale = 1 + 0.12 * (torch.rand(count) - 0.5)
    shift = 0.12 * (torch.rand(count, 2) - 0.5)
    theta = torch.zeros(count, 2, 3)
    theta[:, 0, 0], theta[:, 1, 1], theta[:, :, 2] = scale, scale, shift
    grid = functional.affine_grid(theta, list(views.shape), align_corners=False)
    moved = functional.grid_sample(views, grid, padding_mode="border", align_corners=False)
    soft = functional.avg_pool2d(functional.pad(moved, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    moved = torch.lerp(moved, soft, torch.rand(count, 1, 1, 1) * 0.8)
    return moved + 0.06 * torch.rand(count, 1, 1, 1) * torch.randn_like(moved)


def losses_of(clip: Clip, heads: Heads, batch: Batch) -> Losses:
    """The contrastive loss (other true captions left out) and the heads' cross entropies."""
    text, view = clip.of_texts(batch.ids), clip.of_pictures(batch.views)
    eye = torch.eye(len(text), dtype=torch.bool, device=text.device)
    also_true = batch.agreeing() & ~eye
    logits = clip.logit_scale.clamp(max=4.0).exp() * text @ view.T
    logits = logits.masked_fill(also_true, float("-inf"))
    target = torch.arange(len(text), device=text.device)
    pull = (
        functional.cross_entropy(logits, target) + functional.cross_entropy(logits.T, target)
    ) / 2
    named = _named(heads.text, text, batch, batch.said_style)
    shown = _named(heads.view, view, batch, batch.style)
    right = (logits.argmax(1) == target).float().mean()
    return {"loss": pull + 0.5 * (named + shown), "pull": pull, "text": named, "view": shown,
            "right": right}  # fmt: skip


def _named(heads: nn.ModuleDict, joint: Tensor, batch: Batch, style: Tensor) -> Tensor:
    scaled = 10 * joint  # unit vectors are too short for a softmax over a thousand concepts
    return (
        functional.cross_entropy(heads["concept"](scaled), batch.concept)
        + functional.cross_entropy(heads["style"](scaled), style)
        + functional.cross_entropy(heads["ground"](scaled), batch.ground)
    )


def train(settings: Settings, budget: Budget, towers: Towers = SHIPPED) -> None:
    """Train until the budget is spent; the weights stay in ``<name>/checkpoint.pt``."""
    torch.manual_seed(towers.seed)
    pictures, book = artwork.load(settings), captions.load(settings)
    clip = Clip(towers, tokens.load(settings)).to(settings.torch_device)
    heads = Heads(towers.joint, len(pictures.codes)).to(settings.torch_device)
    parts: dict[str, nn.Module] = {"clip": clip, "heads": heads}
    trainer = Trainer(settings.work / towers.name, parts, budget, RECIPE, seed=towers.seed)
    sampler = Sampler(towers, settings, pictures, book)
    trainer.run(lambda _: losses_of(clip, heads, _moved(sampler.batch(_size(settings)), settings)))


def _size(settings: Settings) -> int:
    return CONCEPTS * settings.batch_scale


def _moved(batch: Batch, settings: Settings) -> Batch:
    moved: dict[str, Any] = {k: v.to(settings.torch_device) for k, v in vars(batch).items()}
    return Batch(**moved)


def trained(settings: Settings, towers: Towers = SHIPPED) -> Clip:
    """The CLIP as the stage left it, on the CPU, for looking only."""
    clip = Clip(towers, tokens.load(settings))
    clip.load_state_dict(saved_weights(settings.work / towers.name, "clip"))
    return clip.eval().requires_grad_(False)
