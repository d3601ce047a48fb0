"""Reckon with numbers. An expression can neither reach the machine nor keep it busy."""

import ast
import math
import operator
import string
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, NamedTuple

import simpleeval

from engine.spec.context import Context
from engine.spec.inputs import Grows, Text
from engine.spec.node import node

LONGEST: Final = 4000  # letters of an expression
LARGEST_BITS: Final = 4096  # of a whole number on the way to a result


class Computed(NamedTuple):
    """One number in three forms: as it is, cut off to a whole one, and whether it isn't 0."""

    FLOAT: float
    INT: int
    BOOL: bool


def _problems(_: Context, inputs: Mapping[str, Any]) -> list[str]:
    expression = inputs.get("expression")
    if not isinstance(expression, str):
        return []
    try:
        _parsed(expression)
    except ValueError as error:
        return [str(error)]
    return []


@node("ComfyMathExpression", title="Math Expression", category="math", check=_problems)
def math_expression(
    *,
    expression: Annotated[str, Text(multiline=True)] = "a + b",
    values: Annotated[
        Mapping[str, float], Grows(tuple(string.ascii_lowercase), "FLOAT,INT,BOOLEAN")
    ],
) -> Computed:
    """Compute a number from others.

    Known are + - * / // % **, comparisons, `x if y else z`, and or not, pi, and the functions abs
    ceil cos exp float floor int log log2 log10 max min pow round sin sqrt sum tan.

    Args:
        expression: such as `a * 2 + b`; the inputs are a, b, c ..., and `values` all of them.
        values: the numbers; another socket appears when the last is used.
    """
    value = evaluated(expression, values)
    return Computed(float(value), int(value), bool(value))


def evaluated(expression: str, values: Mapping[str, float]) -> float:
    """The number that `expression` means. Raises `ValueError` saying what is wrong with it."""
    names = {"pi": math.pi, **values, "values": [*values.values()]}
    reckoner: Any = simpleeval.SimpleEval(OPERATORS, FUNCTIONS, names)
    reckoner.nodes = {kind: reckoner.nodes[kind] for kind in PARTS}
    try:
        value = reckoner.eval(expression, _parsed(expression))
        finite = isinstance(value, bool | int | float) and math.isfinite(value)
    except simpleeval.NameNotDefined as error:
        known = ", ".join(values) or "no inputs"
        raise ValueError(f"{error}; known here: {known}") from error
    except RecursionError as error:
        raise ValueError("the expression is nested too deeply") from error
    except (simpleeval.InvalidExpression, ArithmeticError, LookupError, TypeError) as error:
        raise ValueError(f"{expression!r} can't be computed: {error}") from error
    if not finite:
        raise ValueError(f"{expression!r} must give a finite number, not {value!r}")
    return value


def _parsed(expression: str) -> ast.AST:
    """The one expression that the text holds. Raises `ValueError` if it holds none."""
    if len(expression) > LONGEST:
        raise ValueError(f"the expression has {len(expression)} letters; at most {LONGEST} fit")
    try:
        return ast.parse(f"(\n{expression}\n)", mode="eval").body  # may go over several lines
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise ValueError(f"{expression!r} is not an expression: {error}") from error


def _power(base: float, exponent: float) -> float:
    if isinstance(base, int) and isinstance(exponent, int) and exponent > 0:
        _small((base.bit_length() - 1) * exponent)
    return base**exponent


def _product(one: Any, other: Any) -> Any:
    if isinstance(one, int) and isinstance(other, int):
        _small(one.bit_length() + other.bit_length())
        return one * other
    return _numbers(operator.mul)(one, other)


def _rounded(number: float, digits: int = 0) -> float:
    if abs(digits) > 400:  # a number has not so many, and Python would write them all out
        raise OverflowError("a number can't be rounded to so many digits")
    return round(number, digits) if digits else round(number)


def _small(bits: int) -> None:
    if bits > LARGEST_BITS:
        raise OverflowError("a number on the way would be too large")


def _numbers(operation: Callable[..., Any]) -> Callable[..., Any]:
    """Texts and lists can't be added or multiplied: they would only grow."""

    def checked(*operands: Any) -> Any:
        if not all(isinstance(operand, int | float) for operand in operands):
            raise TypeError("only numbers can be reckoned with")
        return operation(*operands)

    return checked


PARTS: Final = (
    ast.Name,
    ast.Constant,
    ast.UnaryOp,
    ast.BinOp,
    ast.BoolOp,
    ast.Compare,
    ast.IfExp,
    ast.Call,
    ast.Subscript,
)
OPERATORS: Final[Mapping[type[ast.AST], Callable[..., Any]]] = {
    ast.Add: _numbers(operator.add),
    ast.Sub: _numbers(operator.sub),
    ast.Mult: _product,
    ast.Div: _numbers(operator.truediv),
    ast.FloorDiv: _numbers(operator.floordiv),
    ast.Mod: _numbers(operator.mod),
    ast.Pow: _numbers(_power),
    ast.USub: _numbers(operator.neg),
    ast.UAdd: _numbers(operator.pos),
    ast.Not: operator.not_,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "abs": abs,
    "ceil": math.ceil,
    "cos": math.cos,
    "exp": math.exp,
    "float": float,
    "floor": math.floor,
    "int": int,
    "log": math.log,
    "log2": math.log2,
    "log10": math.log10,
    "max": max,
    "min": min,
    "pow": _numbers(_power),
    "round": _rounded,
    "sin": math.sin,
    "sqrt": math.sqrt,
    "sum": sum,
    "tan": math.tan,
}
