"""What a prompt says: weights, brackets, embeddings, chunks."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.models.prompt import Specials, Token, chunks, groups, names_of_embeddings, weighted

SPECIALS = Specials(start=-1, end=-2, pad=-3)


def letters(text):
    return [ord(letter) for letter in text if letter != " "]


@pytest.mark.parametrize(
    ("text", "stretches"),
    [
        ("a fox", [("a fox", 1.0)]),
        ("", []),
        ("a (fox)", [("a ", 1.0), ("fox", 1.1)]),
        ("((fox))", [("fox", 1.1 * 1.1)]),
        ("(fox:1.3)", [("fox", 1.3)]),
        ("(a (fox:0.5) b:2)", [("a ", 2.0), ("fox", 0.5), (" b", 2.0)]),
        ("(a (fox) b:2)", [("a ", 2.0), ("fox", 2.2), (" b", 2.0)]),
        ("(fox: 1.25)", [("fox", 1.25)]),
        ("(fox:1e0)", [("fox", 1.0)]),
        ("(fox:+1.2)", [("fox", 1.2)]),
        ("(fox:-0.5)", [("fox", -0.5)]),
        ("(fox:)", [("fox:", 1.1)]),
        ("(fox:abc)", [("fox:abc", 1.1)]),
        ("(fox:nan)", [("fox:nan", 1.1)]),
        ("(fox:inf)", [("fox:inf", 1.1)]),
        ("(:1.2)", [(":1.2", 1.1)]),
        ("(a:b:1.2)", [("a:b", 1.2)]),
        (r"\(fox\)", [("(fox)", 1.0)]),
        (r"(\(fox\):1.2)", [("(fox)", 1.2)]),
        ("a (fox", [("a ", 1.0), ("(fox", 1.0)]),
        ("(a (b)", [("a ", 1.1), ("(b", 1.1)]),
        ("a) ((b)) c", [("a) (", 1.0), ("b", 1.1), (") c", 1.0)]),
        ("a) b", [("a) b", 1.0)]),
        ("a) (b) c", [("a) (b) c", 1.0)]),
        ("()", []),
        ("[fox] {a|b}", [("[fox] {a|b}", 1.0)]),
    ],
)
def test_brackets_weigh_what_they_hold(text, stretches):
    found = weighted(text)
    assert [words for words, _ in found] == [words for words, _ in stretches]
    assert [w for _, w in found] == pytest.approx([w for _, w in stretches])


def test_brackets_may_be_nested_a_hundred_thousand_deep():
    found = weighted("(" * 100_000 + "fox" + ":0.5)" * 100_000)
    assert next(words for words, _ in found) == "fox"
    assert found[0][1] == 0.5


def test_an_embedding_stands_where_its_name_is():
    vectors = torch.eye(3)
    found = list(groups("a embedding:fox b", letters, {"fox": vectors}.get))
    assert [len(group) for group in found] == [1, 3, 1]
    assert torch.equal(found[1][2].what, vectors[2])


def test_the_comma_behind_an_embedding_is_text_unless_its_file_has_one():
    found = list(groups("embedding:fox, snow", letters, {"fox": torch.ones(1, 2)}.get))
    assert [token.what for token in found[1]] == letters(", snow")
    found = list(groups("embedding:fox, snow", letters, {"fox,": torch.ones(1, 2)}.get))
    assert [token.what for token in found[1]] == letters("snow")


def test_an_embedding_without_a_file_is_left_out():
    found = list(groups("a embedding:none b", letters, lambda name: None))
    assert [[t.what for t in group] for group in found] == [letters("a"), letters("b")]


def test_an_embedding_has_the_weight_of_its_brackets():
    found = list(groups("(embedding:fox:1.3)", letters, {"fox": torch.ones(2, 2)}.get))
    assert [token.weight for token in found[0]] == [1.3, 1.3]


def test_the_names_of_embeddings_are_found_as_they_are_written():
    text = "embedding:a, b (embedding:c:1.2)\nembedding:d/e f embedding:"
    assert names_of_embeddings(text) == ["a,", "c", "d/e"]


def filled(lengths):
    parts = [[Token(100 * n + i) for i in range(length)] for n, length in enumerate(lengths)]
    return chunks(iter(parts), SPECIALS)


def test_an_empty_prompt_is_one_chunk_of_padding():
    (chunk,) = filled([])
    assert [token.what for token in chunk] == [-1, -2, *[-3] * 75]


def test_a_short_group_that_does_not_fit_moves_on_whole():
    first, second = filled([72, 7])
    assert [token.what for token in first[73:]] == [-2, -3, -3, -3]
    assert [token.what for token in second[1:9]] == [*range(100, 107), -2]


def test_a_long_group_is_cut_where_the_chunk_ends():
    first, second = filled([70, 8])
    assert [token.what for token in first[71:]] == [*range(100, 105), -2]
    assert [token.what for token in second[1:5]] == [105, 106, 107, -2]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(1, 200), max_size=8))
def test_chunks_hold_every_token_once_and_in_order(lengths):
    found = filled(lengths)
    assert all(len(chunk) == 77 and chunk[0].what == -1 for chunk in found)
    kept = [token.what for chunk in found for token in chunk if token.what >= 0]
    assert kept == [100 * n + i for n, length in enumerate(lengths) for i in range(length)]


@settings(deadline=None)
@given(st.text(alphabet="ab ():1.2\\,\n", max_size=60))
def test_any_text_is_read_and_no_letter_but_syntax_is_lost(text):
    words = "".join(words for words, _ in weighted(text))
    assert words.count("a") == text.count("a")
    assert words.count("b") == text.count("b")
