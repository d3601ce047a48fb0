"""The contact sheet: a picture a concept with its words, and rows that show styles and grounds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from tools.train_embedded.concepts import GROUNDS, STYLES
from tools.train_embedded.painter import Painter, Prompt

COLUMNS, CELL, LINE = 15, 96, 13  # pictures in a row; pixels

EXTRA = (
    "a red apple", "a cat", "red apple, fluent 3d style, blue background", "红苹果",
    "猫，果冻风格", "a photo of a dog", "a rocket on a black background",
    "披萨，推特风格，黄色背景", "a cute panda",
    "red rose, noto style, pink background", "汽车", "a drawing of a tree", "sunflower, 3d",
    "绿色背景上的狐狸", "blue heart, blob style, gray background",
)  # fmt: skip


SPOKEN = {  # what the Chinese prompts say; the font at hand has no Chinese
    "红苹果": "zh: red apple",
    "猫，果冻风格": "zh: cat, blob",
    "披萨，推特风格，黄色背景": "zh: pizza, twemoji",
    "汽车": "zh: car",
    "绿色背景上的狐狸": "zh: fox on green",
}


def prompts() -> list[Prompt]:
    """The rows under the concepts: everyday prompts, then things in every style and ground."""
    texts = list(EXTRA)
    texts += [
        f"{thing}, {s.english[0]} style" for thing in ("cat", "car", "banana") for s in STYLES
    ]
    texts += [f"{thing}, {g.english[0]} background" for thing in ("panda",) for g in GROUNDS]
    texts += [f"pizza, {s.english[0]} style, blue background" for s in STYLES]
    return [Prompt(text, 50 + i) for i, text in enumerate(texts)]


def picture(pixels: Tensor, side: int) -> Image.Image:
    """A PIL picture of [3, H, W] in -1..1."""
    array = ((pixels.clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 0).numpy()
    return Image.fromarray(array).resize((side, side), Image.Resampling.LANCZOS)


def laid_out(pictures: Tensor, labels: Sequence[str]) -> Image.Image:
    """Rows of pictures, each over its label."""
    rows = -(-len(labels) // COLUMNS)
    canvas = Image.new("RGB", (COLUMNS * CELL, rows * (CELL + LINE)), "white")
    pen, font = ImageDraw.Draw(canvas), ImageFont.load_default(9)
    for place, (pixels, label) in enumerate(zip(pictures, labels, strict=True)):
        left, top = place % COLUMNS * CELL, place // COLUMNS * (CELL + LINE)
        canvas.paste(picture(pixels, CELL - 2), (left + 1, top))
        pen.text((left + 2, top + CELL), _short(label), fill="black", font=font)
    return canvas


def _short(label: str) -> str:
    plain = label.replace(" background", "").replace(" style", "")
    return SPOKEN.get(label, plain)[:19]


def write(path: Path, draws: Painter, first: Sequence[Prompt], drawn: Tensor) -> None:
    """Write the sheet: of the judged pictures the first of each concept, then the extra rows.

    `first` and `drawn` are the judged prompts and their pictures, two a concept in order.
    """
    labels = [prompt.text for prompt in first[::2]]
    pad = -len(labels) % COLUMNS
    more = prompts()
    blank = torch.ones(pad, *drawn.shape[1:])
    every = torch.cat([drawn[::2], blank, draws.pictures(more)])
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = laid_out(every, labels + [""] * pad + [prompt.text for prompt in more])
    whole.save(path, quality=85, method=6)
