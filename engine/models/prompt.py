"""What a prompt says: words with weights, embeddings by name, and chunks of 77 places.

Pure text and numbers. It knows no file and no network: how words become tokens and where an
embedding's vectors are is handed in. The rules are ComfyUI's (reference/README.md, "Text").
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from torch import Tensor

EMPHASIS: Final = 1.1
WHOLE: Final = 8
"""A group of at least so many tokens is cut where a chunk ends; a shorter one moves on whole."""
PLACES: Final = 77
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
    """Depth first through the brackets, with a stack of its own: nesting may be of any depth."""
    waiting: list[tuple[str, float, bool]] = [(text, 1.0, False)]
    while waiting:
        part, weight, leaf = waiting.pop()
        if leaf:
            yield part, weight
            continue
        found = list[tuple[str, float, bool]]()
        for piece in _pieces(part):
            if len(piece) > 1 and piece[0] == "(" and piece[-1] == ")":
                found.append((*_opened(piece[1:-1], weight), False))
            else:
                found.append((piece, weight, True))
        waiting.extend(reversed(found))


def _opened(inner: str, weight: float) -> tuple[str, float]:
    """What stands inside a pair of brackets, and its weight."""
    words, colon, number = inner.rpartition(":")
    if colon and words:
        try:
            given = float(number)
        except ValueError:
            given = math.nan
        if math.isfinite(given):
            return words, given
    return inner, weight * EMPHASIS


def _pieces(text: str) -> Iterator[str]:
    """The text cut at its outermost brackets; a piece in brackets keeps them.

    A closing bracket too many lowers the depth below 0, and an opening one then only restores it.
    """
    piece, depth = list[str](), 0
    for letter in text:
        if letter == "(":
            if depth == 0 and piece:
                yield "".join(piece)
                piece = []
            depth += 1
        piece.append(letter)
        if letter == ")":
            depth -= 1
            if depth == 0:
                yield "".join(piece)
                piece = []
    if piece:
        yield "".join(piece)


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
