"""Judge the model: 200 prompts with fixed seeds, scored by two measures, and a contact sheet.

The measures: the nearest real picture at 32 px, and the judge, a CLIP that had no part in the
training. Trained and held-out pairs are told apart. The judge knows the real pictures only.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from tools.train_embedded import card, contrastive, painter, sheet, tokens, upscaler
from tools.train_embedded import pictures as artwork
from tools.train_embedded.concepts import HELD_OUT, RING_1, STYLES, Concept
from tools.train_embedded.contrastive import JUDGE, Clip
from tools.train_embedded.loop import has_weights
from tools.train_embedded.networks import decoded, posterior
from tools.train_embedded.painter import Painter, Prompt
from tools.train_embedded.pictures import Pictures
from tools.train_embedded.settings import PROJECT, Settings, write_json
from tools.train_embedded.tokens import Reader

FIRST_SEED = 1000


@dataclass(frozen=True)
class Task:
    """One judged prompt: the pair it asks for, and whether that pair was held out."""

    concept: int
    style: int
    prompt: Prompt
    held_out: bool


@dataclass(frozen=True)
class Score:
    """What one drawn picture achieved."""

    nearest_first: bool
    nearest_five: bool
    judge_first: bool
    judge_five: bool
    judge_style: bool
    nearest_style: bool


def tasks(concepts: Sequence[Concept] = RING_1) -> list[Task]:
    """Two styles of each concept: its held-out one where it has one, and others in turn."""
    found = []
    for number, concept in enumerate(concepts):
        out = [i for i, s in enumerate(STYLES) if (concept.code, s.key) in HELD_OUT]
        turn = [(number + k) % len(STYLES) for k in (0, 2, 1)]
        for style in (out + [i for i in turn if i not in out])[:2]:
            text = f"{concept.english[0]}, {STYLES[style].english[0]} style"
            prompt = Prompt(text, FIRST_SEED + len(found))
            found.append(Task(number, style, prompt, style in out))
    return found


class Nearest:
    """The real pictures on white at 32 px, every style of every concept."""

    def __init__(self, pictures: Pictures, concepts: Sequence[Concept]) -> None:
        number = {concept.code: i for i, concept in enumerate(concepts)}
        style = {s.key: i for i, s in enumerate(STYLES)}
        rows = [i for i, (code, _) in enumerate(pictures.pairs) if code in number]
        real = pictures.on_grounds(torch.tensor(rows), torch.zeros(len(rows), dtype=torch.long))
        self._real = _thumbnails(real)
        self._concept = torch.tensor([number[pictures.pairs[i][0]] for i in rows])
        self._style = torch.tensor([style[pictures.pairs[i][1]] for i in rows])
        self._concepts = len(concepts)

    def ranked(self, drawn: Tensor) -> tuple[Tensor, Tensor]:
        """Concepts [B, concepts], nearest first; and the nearest picture's style [B]."""
        distance = torch.cdist(_thumbnails(drawn), self._real)
        best = torch.full((len(drawn), self._concepts), float("inf"))
        best = best.scatter_reduce(1, self._concept.expand(len(drawn), -1), distance, "amin")
        return best.argsort(dim=1), self._style[distance.argmin(dim=1)]


def _thumbnails(pictures: Tensor) -> Tensor:
    return functional.adaptive_avg_pool2d(pictures, 32).flatten(1)


class Judge:
    """Ranks concepts and styles by the judge's CLIP."""

    def __init__(self, clip: Clip, reader: Reader, concepts: Sequence[Concept]) -> None:
        self._clip = clip
        rows = [self._texts(reader, concept) for concept in concepts]
        self._styles = torch.stack(rows)  # [concepts, styles, joint]
        self._concepts = functional.normalize(self._styles.mean(dim=1), dim=-1)

    @torch.no_grad()
    def _texts(self, reader: Reader, concept: Concept) -> Tensor:
        texts = [f"{concept.english[0]}, {style.english[0]} style" for style in STYLES]
        return self._clip.of_texts(reader.read(texts, contrastive.LENGTH))

    @torch.no_grad()
    def ranked(self, drawn: Tensor, asked: Tensor) -> tuple[Tensor, Tensor]:
        """Concepts [B, concepts], likeliest first; and the likeliest style of the asked one [B]."""
        view = self._clip.of_pictures(functional.adaptive_avg_pool2d(drawn, contrastive.VIEW))
        style = torch.einsum("bj,bsj->bs", view, self._styles[asked]).argmax(dim=1)
        return (view @ self._concepts.T).argsort(dim=1, descending=True), style


def scores(drawn: Tensor, found: Sequence[Task], nearest: Nearest, judge: Judge) -> list[Score]:
    """One score a picture."""
    asked = torch.tensor([task.concept for task in found])
    near, near_style = nearest.ranked(drawn)
    judged, judged_style = judge.ranked(drawn, asked)
    return [
        Score(
            bool(near[i, 0] == task.concept),
            bool((near[i, :5] == task.concept).any()),
            bool(judged[i, 0] == task.concept),
            bool((judged[i, :5] == task.concept).any()),
            bool(judged_style[i] == task.style),
            bool(near_style[i] == task.style),
        )
        for i, task in enumerate(found)
    ]


def summary(found: Sequence[Score]) -> dict[str, float]:
    """The mean of each measure, with the number of pictures."""
    means = {
        name: round(sum(getattr(score, name) for score in found) / max(1, len(found)), 3)
        for name in Score.__dataclass_fields__
    }
    return {"pictures": len(found), **means}


def judged_real(pictures: Pictures, judge: Judge, concepts: Sequence[Concept]) -> dict[str, float]:
    """How well the judge does on the real pictures: no drawn score can be read without it."""
    number = {concept.code: i for i, concept in enumerate(concepts)}
    style = {s.key: i for i, s in enumerate(STYLES)}
    rows = [i for i, (code, _) in enumerate(pictures.pairs) if code in number]
    real = pictures.on_grounds(torch.tensor(rows), torch.zeros(len(rows), dtype=torch.long))
    asked = torch.tensor([number[pictures.pairs[i][0]] for i in rows])
    styles = torch.tensor([style[pictures.pairs[i][1]] for i in rows])
    ranked, guessed = judge.ranked(real, asked)
    return {
        "first": round(float((ranked[:, 0] == asked).float().mean()), 3),
        "in_five": round(float((ranked[:, :5] == asked[:, None]).any(1).float().mean()), 3),
        "style": round(float((guessed == styles).float().mean()), 3),
    }


def psnr(given: Tensor, wanted: Tensor) -> float:
    """Decibels, for values in -1..1."""
    return float(10 * torch.log10(4 / functional.mse_loss(given, wanted)))


@torch.no_grad()
def decoder_psnr(pictures: Pictures, draws: Painter) -> float:
    """Of the autoencoder on the held-out pictures, on white, in decibels."""
    rows = torch.tensor([i for i, pair in enumerate(pictures.pairs) if pair in HELD_OUT])
    real = pictures.on_grounds(rows, torch.zeros_like(rows))
    given = decoded(draws.vae, posterior(draws.vae, real).mean)
    return round(psnr(given.clamp(-1, 1), real), 2)


@torch.no_grad()
def upscaler_psnr(settings: Settings) -> dict[str, float]:
    """The upscaler and bicubic on held-out artwork through the autoencoder, in decibels."""
    network, held = upscaler.trained(settings), upscaler.couples(settings, held_out=True)
    whole = slice(None)
    results: dict[str, list[float]] = {"upscaler": [], "bicubic": []}
    for row in range(len(held)):
        small = held.small[row, :1].permute(0, 3, 1, 2).float() / 255
        truth = held.truth(row, int(held.grounds[row, 0]), (whole, whole))[None]
        plain = functional.interpolate(small, scale_factor=4, mode="bicubic").clamp(0, 1)
        results["upscaler"].append(psnr(2 * network(small).clamp(0, 1), 2 * truth))
        results["bicubic"].append(psnr(2 * plain, 2 * truth))
    return {name: round(sum(v) / max(1, len(v)), 2) for name, v in results.items()}


def report(settings: Settings, draws: Painter) -> tuple[dict[str, Any], Tensor]:
    """All numbers, and the 200 pictures."""
    pictures, reader = artwork.load(settings), tokens.load(settings)
    found = tasks()
    started = time.monotonic()
    drawn = draws.pictures([task.prompt for task in found])
    seconds = time.monotonic() - started
    judge = Judge(contrastive.trained(settings, JUDGE), reader, RING_1)
    each = scores(drawn, found, Nearest(pictures, RING_1), judge)
    held = [s for s, task in zip(each, found, strict=True) if task.held_out]
    known = [s for s, task in zip(each, found, strict=True) if not task.held_out]
    numbers: dict[str, Any] = {
        "ring": settings.ring,
        "concepts": len(RING_1),
        "steps": draws.steps,
        "guidance": draws.guidance,
        "all": summary(each),
        "trained": summary(known),
        "held_out": summary(held),
        "judge_on_real_pictures": judged_real(pictures, judge, RING_1),
        "autoencoder_psnr_held_out": decoder_psnr(pictures, draws),
        "seconds_per_picture_128px_batched": round(seconds / len(found), 2),
        "wrong": [
            task.prompt.text
            for s, task in zip(each, found, strict=True)
            if not (s.judge_first or s.nearest_first)
        ],
    }
    if has_weights(settings.work / "upscaler", "compact"):
        numbers["psnr_512px_held_out"] = upscaler_psnr(settings)
    return numbers, drawn


def evaluate(settings: Settings) -> None:
    """Write ``metrics.json`` beside this file and the contact sheet into the docs."""
    draws = painter.load(settings)
    numbers, drawn = report(settings, draws)
    write_json(PROJECT / "tools" / "train_embedded" / "metrics.json", numbers)
    judged = [task.prompt for task in tasks()]
    card.update(PROJECT / "docs" / "shipped-model.md", numbers)
    sheet.write(PROJECT / "docs" / "pictures" / "contact-sheet.webp", draws, judged, drawn)
    print({name: numbers[name] for name in ("all", "trained", "held_out")})
