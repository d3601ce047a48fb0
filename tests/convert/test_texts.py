"""Dynamic prompts, dates and other nodes' values in texts."""

import random
from datetime import datetime

import pytest

from engine.convert.texts import dated, dynamic, replaced

NOW = datetime(2026, 3, 7, 5, 9, 1)


def first(alternatives):
    return alternatives[0]


def last(alternatives):
    return alternatives[-1]


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("a {red|blue} kite", "a red kite"),
        ("{{a|b} one|two}", "a one"),
        ("{one}", "one"),
        (r"\{a\|b\} \x {c\|d|e}", r"{a|b} \x c|d"),
        ("a | b }", "a | b }"),
        ("open {a|b", "open a"),
        ("x /* gone {a|b} */ y // and this\nz", "x  y \nz"),
        ("see https://example.org\n{a}", "see https:\na"),
        ("{|a}b", "b"),
        ("a /* open {x} // gone\nb", "a /* open x \nb"),
        ("/*/ */a/**/b", "ab"),
    ],
)
def test_a_choice_is_taken_and_comments_go(text, made):
    assert dynamic(text, first) == made


def test_the_last_choice_is_processed_again():
    assert dynamic("{a|{b|{c|d}}}", last) == "d"


def test_every_choice_comes_up():
    dice = random.Random(1)
    assert {dynamic("{a|b|c}", dice.choice) for _ in range(100)} == {"a", "b", "c"}


def test_a_deep_prompt_needs_no_recursion_and_no_square():
    assert dynamic("{" * 200_000 + "x", first) == "x"


def test_a_date_is_written_in_its_pattern():
    assert dated("yyyy-MM-dd_hhmmss yy M d h", NOW) == "2026-03-07_050901 26 3 7 5"


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("%KSampler.seed%/x", "7/x"),
        ("%Nobody.seed%", "%Nobody.seed%"),
        ("%width%x%height%", "%width%x%height%"),
        ("%date:yyyy%", "2026"),
        ("%date:yyyy.MM%", "%date:yyyy.MM%"),
        ("%Path.text%", "a_b_c"),
        ("100%", "100%"),
    ],
)
def test_names_between_percent_signs_are_put_in(text, made):
    values = {("KSampler", "seed"): "7", ("Path", "text"): "a/b:c"}
    assert replaced(text, lambda node, widget: values.get((node, widget)), NOW) == made
