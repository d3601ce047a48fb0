"""Primitives, texts, the switch and the expression."""

import math
import time

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.spec.context import Context
from nodes.logic.expression import evaluated, math_expression
from nodes.logic.switch import switch
from nodes.primitive import values
from nodes.text.basic import preview_any, string_concatenate

torch.set_num_threads(1)


@pytest.mark.parametrize(
    ("primitive", "value"),
    [
        (values.primitive_int, -(2**63) + 1),
        (values.primitive_float, 0.1),
        (values.primitive_boolean, False),
        (values.primitive_string, "é"),
        (values.primitive_string_multiline, "a\nb"),
    ],
)
def test_a_primitive_gives_its_value(primitive, value):
    assert primitive(value=value) is value


def test_texts_are_joined_by_what_stands_between_them():
    assert string_concatenate(string_a="a", string_b="b", delimiter=", ") == "a, b"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("as it is", "as it is"),
        (2**64, str(2**64)),
        (True, "True"),
        (None, "None"),
        ({"a": [1, "é"]}, '{"a": [1, "é"]}'),
        (torch.zeros(1, 2), "float32[1,2] cpu"),
        ({"samples": torch.zeros(1)}, "{samples: float32[1] cpu}"),
    ],
)
def test_anything_is_shown_as_text(value, text):
    assert preview_any(source=value).shown == {"text": [text]}


def test_a_switch_asks_only_for_what_it_passes_on():
    needs = switch.spec.needs
    assert needs({"switch": True}) == ["on_true"]
    assert needs({"switch": False}) == ["on_false"]
    assert switch(switch=True, on_false=None, on_true="x") == "x"
    assert switch(switch=False, on_false="y", on_true=None) == "y"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("a + b", 5),
        ("a * b ** 2 - -1", 19),
        ("a / b", 2 / 3),
        ("a // b + a % b", 2),
        ("max(values) if a < b and not a == 3 else 0", 3),
        ("round(a / b, 2)", 0.67),
        ("sqrt(abs(-16)) + floor(1.5) + ceil(1.5)", 7),
        ("sum(values) + values[0]", 7),
        ("a +\n  b", 5),
        ("sin(pi / 2) + cos(0) + log(exp(1))", 3),
        ("18446744073709551615 + 0 * a", 2**64 - 1),
        ("1 ** 1000000000", 1),
        ("2 ** -1", 0.5),
    ],
)
def test_an_expression_is_reckoned(expression, value):
    assert evaluated(expression, {"a": 2, "b": 3}) == pytest.approx(value)


def test_one_number_comes_in_three_forms():
    assert tuple(math_expression(expression="a / 2", values={"a": 5})) == (2.5, 2, True)
    assert tuple(math_expression(expression="a > 7", values={"a": 5})) == (0.0, 0, False)
    assert math_expression(expression="a", values={"a": 2**64 - 1}).INT == 2**64 - 1


BAD = [
    "", "  ", "a +", "a b", "x", "a; b", "a = 1", "import os", "__import__('os')", "open('x')",
    "a.__class__", "values.__class__", "().__class__", "[i for i in values]", "lambda: 1",
    "'a' * 1000", "'text'", "f'{a:>999999999}'", "'%999999999d' % 1", "values * 1000000000",
    "values", "9 ** 9 ** 9", "2 ** 100000", "10 ** 400 * 1.0", "pow(9, 99999999)", "1 / 0",
    "a % 0", "log(0)", "sqrt(-1)", "(-8) ** 0.5", "exp(1000)", "1e999", "round(5, -1000000000)",
    "round(a, 1e9)", "values[99]", "values['a']", "min()", "sin(1, 2)", "nope(1)", "1 << 9999",
    "a)+(b:", "\0", "(" * 500 + ")" * 500, "-" * 3000 + "1", "1" * 5000, "a" + "+a" * 1500,
]  # fmt: skip


@pytest.mark.parametrize("expression", BAD)
def test_a_bad_expression_is_refused_at_once(expression):
    began = time.perf_counter()
    with pytest.raises(ValueError, match=r"."):
        evaluated(expression, {"a": 2, "b": 3})
    assert time.perf_counter() - began < 1


@settings(max_examples=200, deadline=None)
@given(st.text("ab12()+-*/%.<>=, [],'\nvaluesminround", max_size=40))
def test_any_text_is_a_finite_number_or_a_value_error(expression):
    try:
        assert math.isfinite(evaluated(expression, {"a": 2, "b": 3.5}))
    except ValueError as error:
        assert str(error)  # noqa: PT017 - either is right


def test_a_wrong_expression_is_told_before_the_run():
    check = math_expression.spec.check
    assert not any(check(Context(), {"expression": "a + b"}))
    assert "not an expression" in check(Context(), {"expression": "a +"})[0]
    assert not any(check(Context(), {}))


def test_a_name_that_is_unknown_is_told_with_the_known_ones():
    with pytest.raises(ValueError, match="known here: a, b"):
        evaluated("c + 1", {"a": 1, "b": 2})
