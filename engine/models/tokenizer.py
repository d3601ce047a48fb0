"""Words to token numbers: CLIP's own vocabulary, or the one that a model file brings along.

CLIP's vocabulary (OpenAI, MIT) is kept in the project as the list of its merges; the rest of it
follows from them. The work is done by transformers' CLIPTokenizer, and by the `tokenizers` library.
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from tokenizers import Tokenizer as Backend

from engine.errors import ModelFileError

MERGES: Final = Path(__file__).parent / "data" / "clip-merges.txt.gz"
START: Final = "<|startoftext|>"
END: Final = "<|endoftext|>"
WORD_END: Final = "</w>"


@dataclass(frozen=True)
class Tokenizer:
    """A vocabulary, and the numbers of its special tokens.

    size: how many tokens there are. pad: what fills a chunk up behind its end token.
    """

    backend: Backend
    start: int
    end: int
    pad: int
    size: int

    def numbers(self, text: str) -> list[int]:
        """The tokens of a text, without start and end."""
        return list(self.backend.encode(text, add_special_tokens=False).ids)


@cache
def clip_tokenizer() -> Tokenizer:
    """The tokenizer of CLIP ViT-L, 49408 tokens (Radford et al. 2021, section 2.4)."""
    from transformers.models.clip.tokenization_clip import CLIPTokenizer

    merges = gzip.decompress(MERGES.read_bytes()).decode("utf-8").split("\n")
    pairs = [tuple(line.split(" ")) for line in merges]
    vocabulary = {token: number for number, token in enumerate(_tokens(pairs))}
    built = cast(Any, CLIPTokenizer(vocab=vocabulary, merges=cast(Any, pairs)))
    end = vocabulary[END]
    return Tokenizer(built.backend_tokenizer, vocabulary[START], end, end, len(vocabulary))


def tokenizer_from(text: str, where: str, *, start: int, end: int, pad: int) -> Tokenizer:
    """The tokenizer described by a `tokenizer.json`. Raises `ModelFileError` if it is none."""
    try:
        backend = Backend.from_str(text)
    except Exception as error:  # the library raises bare `Exception`
        raise ModelFileError(f"{where}: its tokenizer can't be read: {error}") from error
    return Tokenizer(backend, start, end, pad, backend.get_vocab_size())


def _tokens(pairs: list[tuple[str, ...]]) -> Iterator[str]:
    """CLIP's tokens by their numbers: bytes, bytes that end a word, merges, specials."""
    letters = list(_byte_letters())
    yield from letters
    yield from (letter + WORD_END for letter in letters)
    yield from ("".join(pair) for pair in pairs)
    yield from (START, END)


def _byte_letters() -> Iterator[str]:
    """A visible character for each byte, as byte-level BPE has it: those that print come first."""
    printing = [*range(33, 127), *range(161, 173), *range(174, 256)]
    yield from map(chr, printing)
    yield from (chr(256 + number) for number in range(256 - len(printing)))
