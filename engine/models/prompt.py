"""What a prompt says: words with weights, embeddings by name, and chunks of 77 places.

Pure text and numbers. It knows no file and no network: how words become tokens and where an
embedding's vectors are is handed in. The rules are ComfyUI's (reference/README.md, "Text").
"""

import math
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from torch import Tensor

EMPHASIS: Final = 1.1
WHOLE: Final = 8
"""A group of at least so many tokens is cut where a chunk ends; a shorter one moves on whole."""
PLACES: Final = 77
LONGEST_NUMBER: Final = 64  # letters
EMBEDDING: Final = "embedding:"

_BRACKETS: Final = {r"\(": "\0", r"\)": "\1"}
_NEXT_EMBEDDING: Final = re.compile(r"[ \n](?=embedding:)")

Find = Callable[[str], Tensor | None]
"""The vectors [n, width] of an embedding by its name, or None if there is none of that name."""


@dataclass(frozen=True, slots=True)
class Token:
    """One place of a chunk: a token's number, or a vector [width] in its stead, and its weight."""

    what: int | Tensor
    weight: float = 1.0


Chunk = list[Token]


@dataclass(frozen=True, slots=True)
class Specials:
    """The numbers of the tokens that frame a chunk."""

    start: int
    end: int
    pad: int


def weighted(text: str) -> list[tuple[str, float]]:
    """The stretches of a prompt with their weights; brackets that were escaped are text again.

    `(words)` multiplies by 1.1, `(words:1.3)` sets, nested ones count from what is around them; a
    bracket without its partner is text.
    """
    for written, hidden in _BRACKETS.items():
        text = text.replace(written, hidden)
    return [(_plain(part), weight) for part, weight in _stretches(text)]


def names_of_embeddings(text: str) -> list[str]:
    """The names that stand behind `embedding:` in a prompt, as they are written, in order."""
    names = list[str]()
    for stretch, _ in weighted(text):
        for piece in _NEXT_EMBEDDING.split(stretch):
            words = piece.removeprefix(EMBEDDING).split()
            if piece.startswith(EMBEDDING) and words:
                names.append(words[0])
    return names


def groups(text: str, numbers: Callable[[str], list[int]], find: Find) -> Iterator[Chunk]:
    """The groups of tokens of a prompt: one a stretch of equal weight, one an embedding."""
    for stretch, weight in weighted(text):
        for piece in _NEXT_EMBEDDING.split(stretch):
            words = piece
            if piece.startswith(EMBEDDING):
                vectors, words = _embedding(piece.removeprefix(EMBEDDING), find)
                if vectors is not None:
                    yield [Token(vector, weight) for vector in vectors]
            if words:
                yield [Token(number, weight) for number in numbers(words)]


def chunks(parts: Iterator[Chunk], specials: Specials) -> list[Chunk]:
    """Groups laid into chunks of 77: start, at most 75 tokens, end, then padding."""
    room = PLACES - 2
    filled: list[Chunk] = [[]]
    for part in parts:
        rest: Sequence[Token] = part
        while len(rest) > room - len(filled[-1]):
            if len(part) >= WHOLE:
                left = room - len(filled[-1])
                filled[-1].extend(rest[:left])
                rest = rest[left:]
            filled.append([])
        filled[-1].extend(rest)
    return [_framed(chunk, specials) for chunk in filled]


def _framed(tokens: Chunk, specials: Specials) -> Chunk:
    padding = [Token(specials.pad)] * (PLACES - 2 - len(tokens))
    return [Token(specials.start), *tokens, Token(specials.end), *padding]


def _plain(text: str) -> str:
    for written, hidden in _BRACKETS.items():
        text = text.replace(hidden, written[1])
    return text


def _stretches(text: str) -> Iterator[tuple[str, float]]:
    """Depth first through the brackets; linear in the text, whatever is nested how deep."""
    partners = _partners(text)
    colons = [at for at, letter in enumerate(text) if letter == ":"]
    waiting: list[tuple[int, int, float, bool]] = [(0, len(text), 1.0, False)]
    while waiting:
        start, end, weight, plain = waiting.pop()
        if plain:
            yield text[start:end], weight
            continue
        found = list[tuple[int, int, float, bool]]()
        for first, last, bracketed in _pieces(text, partners, start, end):
            if bracketed:
                until, inner = _weighed(text, colons, first + 1, last - 1, weight)
                found.append((first + 1, until, inner, False))
            else:
                found.append((first, last, weight, True))
        waiting.extend(reversed(found))


def _weighed(
    text: str, colons: Sequence[int], start: int, end: int, weight: float
) -> tuple[int, float]:
    """Where the words between two brackets end, and their weight: what follows their last colon."""
    before = bisect_left(colons, end) - 1
    colon = colons[before] if before >= 0 else -1
    if start < colon and end - colon <= LONGEST_NUMBER:
        try:
            given = float(text[colon + 1 : end])
        except ValueError:
            given = math.nan
        if math.isfinite(given):
            return colon, given
    return end, weight * EMPHASIS


def _partners(text: str) -> list[int]:
    """For each opening bracket the place of its closing one, the text's length if it has none.

    -1 for all other letters, and for an opening bracket that only makes up for a closing one too
    many before it.
    """
    found, opened, lacking = [-1] * len(text), list[int](), 0
    for at, letter in enumerate(text):
        if letter == "(":
            if lacking:
                lacking -= 1
            else:
                opened.append(at)
                found[at] = len(text)
        elif letter == ")":
            if opened:
                found[opened.pop()] = at
            else:
                lacking += 1
    return found


def _pieces(
    text: str, partners: Sequence[int], start: int, end: int
) -> Iterator[tuple[int, int, bool]]:
    """A part of the text cut at its outermost brackets: from, to, and whether in brackets.

    A bracket without a partner reaches to the end, and counts as closed if that is a bracket.
    """
    at = begun = start
    while at < end:
        if partners[at] < 0:
            at += 1
            continue
        if at > begun:
            yield begun, at, False
        until = min(partners[at] + 1, end)
        yield at, until, until - at > 1 and text[until - 1] == ")"
        at = begun = until
    if begun < end:
        yield begun, end, False


def _embedding(text: str, find: Find) -> tuple[Tensor | None, str]:
    """The vectors that a text's first word names, and the words behind it.

    `name,` finds `name` if there is no file with the comma; the comma is then text.
    """
    words = text.strip("\n").split()
    if not words:
        return None, ""
    name, rest = words[0], " ".join(words[1:])
    vectors = find(name)
    bare = name.strip(",")
    if vectors is None and len(bare) < len(name):
        return (find(bare) if bare else None), f"{name[len(bare) :]} {rest}"
    return vectors, rest
