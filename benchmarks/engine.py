"""What the engine costs a node, beside the floor: the bare functions called in a Python loop.

    python -m benchmarks.engine [--repeat N] [--wall]

Graphs of integer nodes, deep (one chain) and wide (many short branches that are joined pairwise),
from 10 to 10,000 nodes. From a checked graph, planning included: *run* computes every node into an
empty cache, *known* finds the result of the same graph in memory. Seconds are those of this
thread's processor, best of N, so that neighbours count little; `--wall` takes the clock's. The
last lines say whether the promises hold (60 and 20 microseconds; growth from 100 to 10,000).
"""

import argparse
import gc
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if not __package__:  # run as a file: `engine` is the package at the root, not this module
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from engine.execution.cache import Cache
from engine.execution.events import Event
from engine.execution.executor import execute
from engine.execution.memory import Memory
from engine.execution.plan import plan
from engine.graph.model import Graph, Link, Node
from engine.spec.context import Context
from engine.spec.node import NodeSpec, node
from engine.spec.registry import Registry

SIZES = (10, 100, 1000, 10_000)
RUN_LIMIT, KNOWN_LIMIT = 60.0, 20.0  # microseconds a node
GROWTH = 1.3


@node("Number", title="Number", category="bench")
def number(*, value: int = 0) -> int:
    """A number."""
    return value


@node("Add", title="Add", category="bench")
def add(*, a: int, b: int = 1) -> int:
    """A sum."""
    return a + b


@node("End", title="End", category="bench", terminal=True)
def end(*, a: int) -> None:
    """The end of a graph."""
    del a


FUNCTIONS: dict[str, Callable[..., Any]] = {"Number": number, "Add": add, "End": end}


def deep(count: int) -> Graph:
    """A chain: a number, additions, an end."""
    nodes = {"0": Node("Number", {"value": 1})}
    for index in range(1, count - 1):
        nodes[str(index)] = Node("Add", {"a": Link(str(index - 1), 0), "b": index})
    nodes[str(count - 1)] = Node("End", {"a": Link(str(count - 2), 0)})
    return Graph(nodes)


def wide(count: int) -> Graph:
    """Numbers, each different, added pairwise like a tournament, then an end."""
    leaves = count // 2
    nodes = {str(index): Node("Number", {"value": index}) for index in range(leaves)}
    level = list(nodes)
    while len(level) > 1:
        joined = list[str]()
        for left, right in zip(level[::2], level[1::2], strict=False):
            name = str(len(nodes))
            nodes[name] = Node("Add", {"a": Link(left, 0), "b": Link(right, 0)})
            joined.append(name)
        level = joined + ([level[-1]] if len(level) % 2 else [])
    nodes["end"] = Node("End", {"a": Link(level[0], 0)})
    return Graph(nodes)


@dataclass(frozen=True, slots=True)
class Figures:
    """Microseconds a node."""

    floor: float
    run: float
    known: float


def floor_of(graph: Graph) -> Callable[[], None]:
    """The same calls in a loop, each value handed on in a dict."""
    calls = [
        (id, FUNCTIONS[one.class_type], list(one.inputs.items())) for id, one in graph.nodes.items()
    ]

    def loop() -> None:
        values = dict[str, Any]()
        for id, function, inputs in calls:
            given = {
                name: values[value.node] if type(value) is Link else value for name, value in inputs
            }
            values[id] = function(**given)

    return loop


def ignore(event: Event) -> None:
    """A listener that does nothing."""
    del event


def measure(
    graph: Graph, specs: dict[str, NodeSpec], repeat: int, clock: Callable[[], float]
) -> Figures:
    """The best of `repeat` rounds, each with an empty cache; the three are taken in turn."""
    registry, context, loop = Registry(specs), Context(), floor_of(graph)
    best = [float("inf")] * 3
    for _ in range(repeat):
        cache = Cache(memory=Memory(10**9))

        def engine(cache: Cache = cache) -> None:
            made = plan(graph, registry, None, cache, context)
            assert execute(made, cache, context, ignore).status == "done"

        for index, work in enumerate((loop, engine, engine)):
            began = clock()
            work()
            best[index] = min(best[index], clock() - began)
        del cache, engine
    return Figures(*(seconds / len(graph.nodes) * 1e6 for seconds in best))


def rows(repeat: int, clock: Callable[[], float]) -> Iterator[tuple[str, int, Figures]]:
    """Each graph with its figures."""
    specs: dict[str, NodeSpec] = {name: one.spec for name, one in FUNCTIONS.items()}  # pyright: ignore[reportFunctionMemberAccess]
    for shape in (deep, wide):
        for size in SIZES:
            rounds = max(repeat, repeat * 1000 // size)
            yield shape.__name__, size, measure(shape(size), specs, rounds, clock)


def main() -> int:
    """Print the table; 0 if every promise holds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=7, help="rounds of the largest graph")
    parser.add_argument("--wall", action="store_true", help="measure by the clock on the wall")
    chosen = parser.parse_args()
    clock = time.perf_counter if chosen.wall else time.thread_time
    gc.collect()
    gc.freeze()
    print(f"{'graph':8}{'nodes':>8}{'floor':>9}{'run':>9}{'known':>9}   microseconds a node")
    found = dict[tuple[str, int], Figures]()
    for shape, size, figures in rows(chosen.repeat, clock):
        found[shape, size] = figures
        print(
            f"{shape:8}{size:8}{figures.floor:9.2f}{figures.run:9.1f}{figures.known:9.1f}",
            flush=True,
        )
    return verdict(found)


def verdict(found: dict[tuple[str, int], Figures]) -> int:
    """Say which promises hold; 0 if all do."""
    held = True
    for shape in ("deep", "wide"):
        small, large = found[shape, 100], found[shape, 10_000]
        worst_run = max(found[shape, size].run for size in SIZES)
        worst_known = max(found[shape, size].known for size in SIZES)
        floor = max(large.floor / small.floor, 1.0)
        checks = {
            f"run at most {RUN_LIMIT:.0f} us": (worst_run, RUN_LIMIT),
            f"known at most {KNOWN_LIMIT:.0f} us": (worst_known, KNOWN_LIMIT),
            f"run grows at most {GROWTH}": (large.run / small.run, GROWTH),
            f"known grows at most {GROWTH} x the floor's": (
                large.known / small.known,
                GROWTH * floor,
            ),
        }
        for text, (value, limit) in checks.items():
            held &= value <= limit
            missed = "" if value <= limit else "  MISSED"
            print(f"{shape}: {text}: {value:.2f} (limit {limit:.2f}){missed}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
