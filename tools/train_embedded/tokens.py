"""The tokenizer: a byte-level BPE with CLIP's own settings, learnt from the captions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from tokenizers.trainers import BpeTrainer
from torch import Tensor

from tools.train_embedded import captions
from tools.train_embedded.settings import Settings

START, END = "<|startoftext|>", "<|endoftext|>"
POSITIONS = 77
VOCABULARY = 4096
# CLIP's own, but that each Chinese character is a word: 蓝苹果 shares its words with 红苹果
_SPLIT = r"'s|'t|'re|'ve|'m|'ll|'d|\p{Han}|[\p{L}&&[^\p{Han}]]+|[\p{N}]|[^\s\p{L}\p{N}]+"
_SUFFIX = "</w>"


def blank() -> Tokenizer:
    """A tokenizer that knows the bytes only."""
    tokenizer = Tokenizer(
        models.BPE(continuing_subword_prefix="", end_of_word_suffix=_SUFFIX, unk_token=END)
    )
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_SPLIT), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def learnt(lines: Sequence[str], size: int = VOCABULARY) -> Tokenizer:
    """Learn a vocabulary; every byte is in it, within a word and at a word's end."""
    tokenizer = blank()
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = BpeTrainer(
        vocab_size=size,
        min_frequency=2,
        initial_alphabet=letters,
        end_of_word_suffix=_SUFFIX,
        show_progress=False,
    )
    tokenizer.train_from_iterator(lines, trainer)
    return _completed(tokenizer, letters)


def _completed(tokenizer: Tokenizer, letters: list[str]) -> Tokenizer:
    """The same merges with every byte's end form and the two special tokens in the vocabulary."""
    state = json.loads(tokenizer.to_str())
    vocabulary = state["model"]["vocab"]
    for token in [letter + _SUFFIX for letter in letters] + [START, END]:
        vocabulary.setdefault(token, len(vocabulary))
    full = Tokenizer.from_str(json.dumps(state))
    full.add_special_tokens([START, END])
    ids = [(START, full.token_to_id(START)), (END, full.token_to_id(END))]
    full.post_processor = processors.TemplateProcessing(
        single=f"{START} $A {END}", pair=f"{START} $A {END} {START} $B {END}", special_tokens=ids
    )
    return full


def number(tokenizer: Tokenizer, token: str) -> int:
    """A token's number; ValueError when the tokenizer has no such token."""
    found = tokenizer.token_to_id(token)
    if found is None:
        raise ValueError(f"the tokenizer has no token {token}")
    return found


@dataclass(frozen=True)
class Reader:
    """Texts to token numbers: start, words, end, and the end again as padding."""

    tokenizer: Tokenizer

    @property
    def start(self) -> int:
        """The number of the first token."""
        return number(self.tokenizer, START)

    @property
    def end(self) -> int:
        """The number of the last token, which also pads."""
        return number(self.tokenizer, END)

    def read(self, texts: Sequence[str], length: int = POSITIONS) -> Tensor:
        """int64 [B, length]; longer texts lose their tail."""
        rows = torch.full((len(texts), length), self.end)
        for row, text in zip(rows, texts, strict=True):
            ids = self.tokenizer.encode(text).ids[: length - 1]
            row[: len(ids)] = torch.tensor(ids)
        return rows


def caption(settings: Settings) -> None:
    """Learn the tokenizer from the captions and write ``tokenizer.json``."""
    path = settings.work / "tokenizer.json"
    if not path.exists():
        learnt(captions.load(settings).corpus()).save(str(path))


def load(settings: Settings) -> Reader:
    """The tokenizer that `caption` wrote."""
    return Reader(Tokenizer.from_file(str(settings.work / "tokenizer.json")))
