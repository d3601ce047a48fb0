"""Toy nodes that count in integers and write down that they ran."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from engine.execution import events
from engine.execution.cache import Cache
from engine.execution.executor import Outcome, execute
from engine.execution.memory import Memory
from engine.execution.plan import Plan, plan
from engine.graph.model import Graph, Link, Node
from engine.spec.context import Context
from engine.spec.inputs import Choice, Number, Socket
from engine.spec.node import node
from engine.spec.registry import Registry
from engine.spec.result import Blocked, Result
from engine.spec.signature import AnyValue, Lazy

RAN: list[Any] = []


class Both(NamedTuple):
    half: int
    rest: int


@node("Number", title="Number", category="toys")
def number(*, value: int = 0) -> int:
    """A number."""
    RAN.append(value)
    return value


@node("Add", title="Add", category="toys")
def add(*, a: int, b: Annotated[int, Number(-1000, 1000)] = 1) -> int:
    """The sum."""
    RAN.append(f"{a}+{b}")
    return a + b


@node("Halve", title="Halve", category="toys")
def halve(*, a: int) -> Both:
    """Two parts."""
    RAN.append(f"{a}/2")
    return Both(a // 2, a % 2)


@node("Show", title="Show", category="toys", terminal=True)
def show(*, a: AnyValue) -> Result:
    """Shows a value."""
    RAN.append(f"show {a}")
    return Result(shown={"text": [a]})


@node("Fail", title="Fail", category="toys")
def fail(*, a: int) -> int:
    """Raises."""
    RAN.append("fail")
    raise ValueError(f"no {a}")


@node("Items", title="Items", category="toys")
def items(*, count: int = 3) -> list[Annotated[int, Number()]]:
    """0, 1, 2 ... as a list."""
    RAN.append(f"items {count}")
    return list(range(min(count, 50)))


@node("Sum", title="Sum", category="toys")
def total(*, a: list[int], scale: int = 1) -> int:
    """The sum of a whole list."""
    RAN.append(f"sum {a} {scale}")
    return sum(a) * scale if isinstance(scale, int) else sum(a)


@node(
    "Either",
    title="Either",
    category="toys",
    needs=lambda known: ["yes"] if known["which"] else ["no"],
)
def either(*, which: bool, yes: Lazy[int], no: Lazy[int]) -> int:
    """One of two; the other isn't computed."""
    RAN.append("either")
    return yes if which else no


@node("Gate", title="Gate", category="toys")
def gate(*, a: int, open: bool = True, reason: str = "") -> Annotated[int, Socket("INT")]:
    """Lets a value through, or blocks it."""
    RAN.append("gate")
    return a if open else Blocked(reason)


@node("Countdown", title="Countdown", category="toys")
def countdown(*, n: int, sum: int = 0) -> Annotated[Result, Socket("INT")]:
    """n + (n - 1) + ... + sum, as a loop that expands its own tail."""
    RAN.append(f"loop {n}")
    if n == 0:
        return Result((sum,))
    inner = Graph(
        {
            "add": Node("Add", {"a": sum, "b": n}),
            "next": Node("Countdown", {"n": n - 1, "sum": Link("add", 0)}),
        }
    )
    return Result((Link("next", 0),), graph=inner)


@node("Pick", title="Pick", category="toys")
def pick(*, name: Annotated[str, Choice(("euler", "dpmpp_2m", "dpmpp_sde"))] = "euler") -> str:
    """One of a list."""
    return name


ALL = [number, add, halve, show, fail, items, total, either, gate, countdown, pick]


def registry(*more: Any) -> Registry:
    """The toys, and what else a test declares."""
    found = Registry()
    for function in [*ALL, *more]:
        found.add(function.spec)
    return found


TOYS = registry()


def cache(**fields: Any) -> Cache:
    """An empty cache of a megabyte."""
    return Cache(**{"memory": Memory(10**6), **fields})


def graph(**nodes: Any) -> Graph:
    """Nodes as `name=("Type", {inputs})`; a text beginning with `@` links to a node's output."""
    return Graph(
        {
            id: Node(kind, {k: linked(v) for k, v in inputs.items()})
            for id, (kind, inputs) in nodes.items()
        }
    )


def linked(value: Any) -> Any:
    """`@a` is output 0 of a, `@a:1` its output 1."""
    if not (isinstance(value, str) and value.startswith("@")):
        return value
    name, _, output = value[1:].partition(":")
    return Link(name, int(output or 0))


def planned(made: Graph, held: Cache, targets: Any = None, **more: Any) -> Plan:
    """The plan of a toy graph."""
    known = more.pop("registry", TOYS)
    context = more.pop("context", Context())
    return plan(made, known, targets, held, context, **more)


def run(made: Graph, held: Cache | None = None, targets: Any = None, **more: Any) -> Outcome:
    """Run a toy graph; its events are in `EVENTS`, what ran in `RAN`."""
    held = held or cache()
    context = more.pop("context", Context())
    RAN.clear()
    EVENTS.clear()
    return execute(
        planned(made, held, targets, context=context, **more), held, context, EVENTS.append
    )


EVENTS: list[events.Event] = []


def told(kind: type[Any]) -> list[Any]:
    """The events of one kind of the last run."""
    return [event for event in EVENTS if isinstance(event, kind)]


def value(outcome: Outcome, node: str, output: int = 0) -> Any:
    """What a target gave: its items."""
    return list(outcome.results[node].outputs[output])
