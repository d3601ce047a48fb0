"""Captions in English and Chinese: every word that users type must appear in some of them.

A caption names the concept always, the style mostly, the background whenever it is not white
(then seldom): so "a cat" means any style on white.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from tools.train_embedded.concepts import GROUNDS, RING_1, STYLES, Ground, style_named
from tools.train_embedded.settings import Settings, read_json

CHINESE = 0.3  # part of the captions
STYLE_NAMED = 0.75
WHITE_NAMED = 0.3
TAGS_INSTEAD = 0.2  # of the label, beyond the first ring
COMMON_TAG = 40  # a tag of more concepts than this says nothing

_PLAIN = ("{c}", "{a} {c}", "{a} {c}", "{c} emoji")
_FRAMED = (
    "a photo of {a} {c}", "a picture of {a} {c}", "a drawing of {a} {c}", "an emoji of {a} {c}",
    "an icon of {a} {c}", "an illustration of {a} {c}", "an image of {a} {c}", "{a} cute {c}",
    "the {c}", "one {c}", "{a} beautiful {c}", "draw {a} {c}", "a painting of {a} {c}",
)  # fmt: skip
_STYLED = ("{x}, {s} style", "{x}, {s} style", "{x} in {s} style", "{x}, {s}", "{s} {x}")
_GROUNDED = ("{x}, {g} background", "{x}, {g} background", "{x} on a {g} background")
_PRAISE = (", high quality", ", best quality", ", highly detailed", ", masterpiece", ", simple")
_PLAIN_ZH = ("{c}", "{c}", "一个{c}", "{c}表情")
_FRAMED_ZH = (
    "{c}的图片", "{c}的照片", "{c}图标", "画一个{c}", "一只{c}", "可爱的{c}", "{c}的插画",
    "一幅{c}的画",
)  # fmt: skip
_STYLED_ZH = ("{x}，{s}风格", "{x}，{s}风格", "{s}风格的{x}")
_GROUNDED_ZH = ("{x}，{g}背景", "{x}，{g}背景", "{g}背景上的{x}")
_UNWANTED = (
    "blurry", "low quality", "worst quality", "bad quality", "ugly", "deformed", "text",
    "watermark", "noise", "distorted", "bad", "messy", "dark",
    "模糊", "低质量", "丑陋", "变形", "水印",
)  # fmt: skip


@dataclass(frozen=True)
class Names:
    """What a concept is called, best name first, and looser tags."""

    english: tuple[str, ...]
    english_tags: tuple[str, ...]
    chinese: tuple[str, ...]
    chinese_tags: tuple[str, ...]


@dataclass(frozen=True)
class Caption:
    """A caption and what it tells: the style's key and the ground's number, None where unsaid."""

    text: str
    style: str | None
    ground: int | None


class Book:
    """The names of all concepts; writes captions."""

    def __init__(self, names: dict[str, Names]) -> None:
        self.names = names

    def caption(self, code: str, style: str, ground: int, chance: random.Random) -> Caption:
        """One random caption for a concept in a style on a ground."""
        named = style if chance.random() < STYLE_NAMED else None
        grounded = ground if ground or chance.random() < WHITE_NAMED else None
        chinese = bool(self.names[code].chinese) and chance.random() < CHINESE
        write = _written_chinese if chinese else _written_english
        text = write(self.names[code], named, grounded, chance)
        return Caption(text, named, grounded)

    def name(self, code: str) -> str:
        """The best English name."""
        return self.names[code].english[0]

    def corpus(self) -> list[str]:
        """Every word of every caption, for the tokenizer: all names, tags and templates."""
        chance = random.Random(0)
        lines = [
            self.caption(code, style.key, chance.randrange(len(GROUNDS)), chance).text
            for code in self.names
            for style in STYLES
            for _ in range(2)
        ]
        for names in self.names.values():
            lines += [*names.english, *names.english_tags, *names.chinese, *names.chinese_tags]
        return [*lines, *_UNWANTED, *_PRAISE]


def unwanted(chance: random.Random) -> str:
    """What people write into a negative prompt: taught as no caption at all."""
    if chance.random() < 0.7:
        return ""
    return ", ".join(chance.sample(_UNWANTED, chance.randint(1, 5)))


def _picked(names: tuple[str, ...], tags: tuple[str, ...], chance: random.Random) -> str:
    if tags and chance.random() < TAGS_INSTEAD:
        return chance.choice(tags)
    return names[0] if chance.random() < 0.6 else chance.choice(names)


def _article(word: str) -> str:
    return "an" if word[:1].lower() in "aeiou" else "a"


def _written_english(
    names: Names, style: str | None, ground: int | None, chance: random.Random
) -> str:
    noun = _picked(names.english, names.english_tags, chance)
    frame = chance.choice(_PLAIN if chance.random() < 0.65 else _FRAMED)
    text = frame.format(c=noun, a=_article(noun))
    parts = []
    if style is not None:
        parts.append((_STYLED, {"s": chance.choice(style_named(style).english)}))
    if ground is not None:
        parts.append((_GROUNDED, {"g": chance.choice(GROUNDS[ground].english)}))
    text = _joined(text, parts, chance)
    return text + chance.choice(_PRAISE) if chance.random() < 0.06 else text


def _written_chinese(
    names: Names, style: str | None, ground: int | None, chance: random.Random
) -> str:
    noun = _picked(names.chinese, names.chinese_tags, chance)
    text = chance.choice(_PLAIN_ZH if chance.random() < 0.65 else _FRAMED_ZH).format(c=noun)
    parts = []
    if style is not None:
        parts.append((_STYLED_ZH, {"s": chance.choice(style_named(style).chinese)}))
    if ground is not None:
        parts.append((_GROUNDED_ZH, {"g": chance.choice(GROUNDS[ground].chinese)}))
    return _joined(text, parts, chance)


def _joined(
    text: str, parts: list[tuple[tuple[str, ...], dict[str, str]]], chance: random.Random
) -> str:
    if chance.random() < 0.15:
        parts.reverse()
    for templates, filling in parts:
        text = chance.choice(templates).format(x=text, **filling)
    return text


def _usable(tags: list[str], counts: dict[str, int]) -> tuple[str, ...]:
    return tuple(
        tag for tag in tags if counts[tag] <= COMMON_TAG and not any(c.isdigit() for c in tag)
    )


def _counted(entries: list[dict[str, list[str]]], field: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for entry in entries:
        for tag in entry[field]:
            counts[tag] = counts.get(tag, 0) + 1
    return counts


def load(settings: Settings) -> Book:
    """Read ``words.json``; the first ring's names are its own, tags serve the others only."""
    entries = read_json(Path(settings.work) / "words.json")
    english, chinese = _counted(entries, "english_tags"), _counted(entries, "chinese_tags")
    book = {
        e["code"]: Names(
            (e["english"].lower(),),
            _usable(e["english_tags"], english),
            (e["chinese"],) if e["chinese"] else (),
            _usable(e["chinese_tags"], chinese),
        )
        for e in entries
    }
    book |= {c.code: Names(c.english, (), c.chinese, ()) for c in RING_1 if c.code in book}
    return Book(book)


def ground_number(word: str) -> int:
    """The number of the ground that a word names; KeyError when none."""
    return {w: i for i, g in enumerate(GROUNDS) for w in _words(g)}[word]


def _words(ground: Ground) -> tuple[str, ...]:
    return ground.english + ground.chinese
