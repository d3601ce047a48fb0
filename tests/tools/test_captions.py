"""Captions say what the picture shows, in words that users type; tokens keep them apart."""

from __future__ import annotations

import random

from tools.train_embedded import captions, tokens
from tools.train_embedded.captions import Book, Names
from tools.train_embedded.concepts import GROUNDS, HELD_OUT, RING_1, STYLES
from tools.train_embedded.settings import Settings

BOOK = Book({"1F34E": Names(("red apple",), (), ("红苹果",), ())})


def written(style: str, ground: int, count: int = 400) -> list[captions.Caption]:
    """Many captions of one picture."""
    return [BOOK.caption("1F34E", style, ground, random.Random(seed)) for seed in range(count)]


def test_every_caption_names_the_concept() -> None:
    assert all("red apple" in c.text or "红苹果" in c.text for c in written("noto", 3))


def test_a_colour_is_always_said_and_white_only_sometimes() -> None:
    coloured, white = written("noto", 5), written("noto", 0)
    assert all("blue" in c.text or "蓝色" in c.text for c in coloured)
    said = sum("white" in c.text or "白色" in c.text for c in white)
    assert 0.2 * len(white) < said < 0.4 * len(white)


def test_what_a_caption_says_is_what_it_claims_to_say() -> None:
    for caption in written("twemoji", 0):
        assert (caption.style is not None) == ("twemoji" in caption.text or "推特" in caption.text)
        assert (caption.ground is not None) == (
            "background" in caption.text or "背景" in caption.text
        )


def test_each_style_is_written_in_all_its_words() -> None:
    for style in STYLES:
        text = " ".join(c.text for c in written(style.key, 0))
        assert all(word in text for word in style.english + style.chinese)


def test_equal_chance_writes_equal_captions() -> None:
    assert written("blob", 2, 20) == written("blob", 2, 20)


def test_negative_words_are_often_none() -> None:
    found = [captions.unwanted(random.Random(seed)) for seed in range(200)]
    assert 0.5 < found.count("") / len(found) < 0.9
    assert any("blurry" in text for text in found)


def test_the_first_ring_is_a_hundred_different_things_and_its_held_out_pairs_belong_to_it() -> None:
    codes = {concept.code for concept in RING_1}
    assert len(codes) == len(RING_1) == 100
    assert {code for code, _ in HELD_OUT} <= codes
    assert {style for _, style in HELD_OUT} <= {style.key for style in STYLES}
    assert len({concept.english[0] for concept in RING_1}) == 100


def test_tokens_start_end_and_pad_as_clip_expects(work: Settings) -> None:
    reader = tokens.load(work)
    row = reader.read(["a red apple"])[0].tolist()
    assert row[0] == reader.start
    assert row[4:] == [reader.end] * 73
    assert len(row) == 77


def test_any_text_comes_back_from_its_tokens(work: Settings) -> None:
    tokenizer = tokens.load(work).tokenizer
    for text in ("a photo of zebras", "émile λ 龙", "12 % off!"):
        ids = tokenizer.encode(text).ids[1:-1]
        assert tokenizer.decode(ids).replace("</w>", " ").split() != []
        assert tokenizer.token_to_id("<|endoftext|>") not in ids


def test_a_long_text_loses_its_tail_and_keeps_its_length(work: Settings) -> None:
    assert tokens.load(work).read(["apple " * 200]).shape == (1, 77)


def test_chinese_words_share_their_characters(work: Settings) -> None:
    tokenizer = tokens.load(work).tokenizer
    red, green = tokenizer.encode("红苹果").ids, tokenizer.encode("绿苹果").ids
    assert red[2:] == green[2:]
    assert red[1] != green[1]


def test_grounds_have_different_colours() -> None:
    assert len({ground.colour for ground in GROUNDS}) == len(GROUNDS)
