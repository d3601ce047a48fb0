"""Words become the same token numbers as in the programs that CLIP's models were trained with."""

import pytest

from engine.errors import ModelFileError
from engine.models.tokenizer import clip_tokenizer, tokenizer_from

CHINESE = (
    "19759 222 34517 103 163 118 95 164 231 110 163 248 226 163 233 238 163 233 116 37746 101 165 "
    "249 103 37746 108 38283 490 171 120 490 165 119 226 42891 493 171 120 490 163 119 228 164 232 "
    "224 19759 108 161 107 490"
)


def test_clips_vocabulary_is_whole():
    clip = clip_tokenizer()
    assert (clip.size, clip.start, clip.end, clip.pad) == (49408, 49406, 49407, 49407)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("blurry, low quality, text", "21977 267 1042 3027 267 4160"),
        ("  Blurry,\n\n LOW quality, text ", "21977 267 1042 3027 267 4160"),
        ("", ""),
        ("一只红色的狐狸在雪地里，黄昏，细节丰富", CHINESE),
        ("<|endoftext|>", "49407"),
    ],
)
def test_texts_have_clips_numbers(text, numbers):
    assert clip_tokenizer().numbers(text) == [int(number) for number in numbers.split()]


@pytest.mark.parametrize("text", ["", "{}", "[1, 2", '{"model": 3}'])
def test_a_broken_tokenizer_is_said_to_be_the_files_fault(text):
    with pytest.raises(ModelFileError, match=r"a\.safetensors"):
        tokenizer_from(text, "a.safetensors", start=0, end=1, pad=1)
