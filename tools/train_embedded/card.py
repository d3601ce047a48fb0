"""The parts of the model's page that follow from data: its list of things and its scores."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools.train_embedded.concepts import RING_1, Concept

_MEASURES = (
    ("judge_first", "the judge ranks the right thing first of 100"),
    ("judge_five", "… in its first five"),
    ("nearest_first", "the nearest real picture (32 px) is the right thing"),
    ("nearest_five", "… among the first five things"),
    ("judge_style", "the judge sees the right style of five"),
    ("nearest_style", "the nearest real picture has the right style"),
)


def things(concepts: Sequence[Concept] = RING_1) -> str:
    """English and Chinese best names, wrapped."""
    listed = ", ".join(f"{c.english[0]} {c.chinese[0]}" for c in concepts)
    return textwrap.fill(listed, 90) + "."


def scores(numbers: dict[str, Any]) -> str:
    """The measures as a table, trained and held-out pairs apart, and what limits them."""
    groups = [numbers[name] for name in ("all", "trained", "held_out")]
    counts = " | ".join(str(group["pictures"]) for group in groups)
    lines = [
        f"Ring {numbers['ring']}: {numbers['concepts']} things. {numbers['steps']} steps, guidance "
        f"{numbers['guidance']}, fixed seeds, no picking.",
        "",
        "| | all | trained pairs | held-out pairs |",
        "| --- | --- | --- | --- |",
        f"| pictures | {counts} |",
    ]
    lines += [
        f"| {told} | " + " | ".join(f"{100 * group[name]:.0f} %" for group in groups) + " |"
        for name, told in _MEASURES
    ]
    real = numbers["judge_on_real_pictures"]
    decibels = numbers["autoencoder_psnr_held_out"]
    lines += [
        "",
        f"On the real pictures the judge itself names {100 * real['first']:.0f} % of the things "
        f"first and {100 * real['style']:.0f} % of the styles.",
        f"The autoencoder gives held-out pictures back at {decibels} dB.",
    ]
    if "psnr_512px_held_out" in numbers:
        large = numbers["psnr_512px_held_out"]
        lines.append(
            f"After it, at 512 px, the upscaler reaches {large['upscaler']} dB and bicubic "
            f"{large['bicubic']} dB."
        )
    return "\n".join(lines)


def filled(page: str, name: str, text: str) -> str:
    """The page with what lies between the markers of this name replaced."""
    mark = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    return mark.sub(lambda found: f"{found[1]}{text}\n{found[2]}", page)


def update(path: Path, numbers: dict[str, Any]) -> None:
    """Write list and scores into the page."""
    page = filled(path.read_text(), "things", things())
    path.write_text(filled(page, "scores", scores(numbers)))
