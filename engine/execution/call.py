"""One node is called: over lists, past blocked inputs, its failures wrapped once.

Lists as ComfyUI maps them: a node is called once for each index up to the longest list, shorter
ones repeat their last item; an input that is `many` gets its whole list; an empty list means no
call. Knows nothing of graphs, keys or threads.
"""

import asyncio
import traceback
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from engine.errors import EaselError, NodeFailed
from engine.execution.shapes import Shape
from engine.execution.store import Codec, Items
from engine.graph.model import Graph, Link
from engine.spec.context import Context
from engine.spec.result import Blocked, Result

SILENT = Blocked()


@dataclass(frozen=True, slots=True)
class Promised:
    """In place of an item: an output of the graph that call number `call` gave."""

    call: int
    link: Link


@dataclass(slots=True)
class Called:
    """What all calls of one node gave. graphs: those to run in its place, by number of the call.

    skipped: some call did not happen, since an input was blocked; reasons: why, for people.
    """

    outputs: tuple[Items, ...]
    shown: Mapping[str, Sequence[Any]] = field(default_factory=dict[str, Sequence[Any]])
    files: tuple[str, ...] = ()
    graphs: dict[int, Graph] = field(default_factory=dict[int, Graph])
    skipped: bool = False
    reasons: tuple[str, ...] = ()


def slices(shape: Shape, lists: Mapping[str, Items]) -> Iterator[dict[str, Any]]:
    """The inputs of each call."""
    many = shape.many
    lengths = [len(items) for name, items in lists.items() if name not in many]
    longest = 0 if 0 in lengths else max(lengths, default=1)
    for index in range(longest):
        yield {
            name: list(items) if name in many else items[min(index, len(items) - 1)]
            for name, items in lists.items()
        }


def blocked_by(shape: Shape, inputs: Mapping[str, Any]) -> Blocked | None:
    """The first input that is blocked, if any; inside the lists of `many` inputs too."""
    for name, value in inputs.items():
        if type(value) is Blocked:
            return value
        if name in shape.many:
            for item in value:
                if type(item) is Blocked:
                    return item
    return None


def call(shape: Shape, context: Context, inputs: Mapping[str, Any]) -> Result | Awaitable[Result]:
    """Call the node once with these inputs."""
    function = shape.spec.call
    assert function is not None, f"{shape.spec.name} is only a declaration here"
    return function(context, _grouped(shape, inputs) if shape.groups else dict(inputs))


def _grouped(shape: Shape, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """`group.name` inputs gathered into a dict under `group`."""
    found: dict[str, Any] = {group: {} for group in shape.groups}
    for name, value in inputs.items():
        group, dot, member = name.partition(".")
        if dot and group in shape.groups:
            found[group][member] = value
        else:
            found[name] = value
    return found


def whole(shape: Shape, context: Context, single: bool, inputs: Mapping[str, Any]) -> Called:
    """Call the node as often as its inputs say. single: they are bare values, not lists."""
    if single:
        return one_result(shape, call(shape, context, inputs))
    results = list[Any]()
    for one in slices(shape, inputs):
        context.check_cancelled()
        results.append(blocked_by(shape, one) or call(shape, context, one))
    return merged(shape, results)


async def whole_async(
    shape: Shape, context: Context, single: bool, inputs: Mapping[str, Any]
) -> Called:
    """The same for an async node; the calls overlap."""
    if single:
        return one_result(shape, await _awaited(call(shape, context, inputs)))
    each = list(slices(shape, inputs))
    waiting = [_awaited(blocked_by(shape, one) or call(shape, context, one)) for one in each]
    return merged(shape, await asyncio.gather(*waiting))


async def _awaited(value: Any) -> Any:
    return await cast(Awaitable[Any], value) if isinstance(value, Awaitable) else value


def one_result(shape: Shape, result: Any, index: int = 0) -> Called:
    """What a single call gave, its outputs as lists. Raises `TypeError` if it isn't as declared."""
    values = checked(shape, result).values
    if result.graph is not None:
        values = [Promised(index, one) if type(one) is Link else one for one in values]
    if True in shape.spread:
        pairs = zip(values, shape.spread, strict=True)
        outputs = tuple([_items(value, many) for value, many in pairs])
    else:
        outputs = tuple([(value,) for value in values])
    graphs = {} if result.graph is None else {index: result.graph}
    return Called(outputs, result.shown, result.files, graphs)


def _items(value: Any, many: bool) -> Items:
    """The items of one output; a blocked or promised list counts as one item for now."""
    if not many or type(value) is Blocked or type(value) is Promised:
        return (value,)
    return tuple(cast(Sequence[Any], value))


def merged(shape: Shape, results: Sequence[Any]) -> Called:
    """What several calls gave (or the `Blocked` that kept one from happening), joined in order."""
    outputs = tuple([list[Any]() for _ in shape.spread])
    shown, files, graphs = dict[str, list[Any]](), list[str](), dict[int, Graph]()
    reasons, skipped = list[str](), False
    for index, result in enumerate(results):
        if type(result) is Blocked:
            skipped = True
            reasons.extend([result.reason] if result.reason else [])
            for items in outputs:
                items.append(SILENT)
            continue
        called = one_result(shape, result, index)
        for items, given in zip(outputs, called.outputs, strict=True):
            items.extend(given)
        for name, entries in called.shown.items():
            shown.setdefault(name, []).extend(entries)
        files.extend(called.files)
        graphs.update(called.graphs)
    return Called(outputs, shown, tuple(files), graphs, skipped, tuple(reasons))


def checked(shape: Shape, result: Any) -> Result:
    """The result, if it is one and has a value for each output. Raises `TypeError` if not."""
    if type(result) is not Result:
        raise TypeError(f"expected a Result, got {type(result).__name__}")
    if len(result.values) != len(shape.spread):
        if not result.values and result.graph is None and not result.shown:
            raise TypeError(f"declares {len(shape.spread)} outputs and returned nothing")
        raise TypeError(f"declares {len(shape.spread)} outputs, returned {len(result.values)}")
    return result


def failure(
    node: str, shape: Shape, inputs: Mapping[str, Any], error: BaseException, codec: Codec
) -> NodeFailed:
    """`error` as the one that names the node and describes what it was given."""
    described = {name: codec.describe(value) for name, value in inputs.items()}
    text = str(error).strip() or type(error).__name__
    if not isinstance(error, EaselError):
        text = f"{type(error).__name__}: {text}"
    failed = NodeFailed(node, shape.spec.name, described, text)
    failed.__cause__ = error
    return failed


def traceback_of(error: BaseException) -> tuple[str, ...]:
    """The lines of an error; its frames, which hold tensors, let go of what they hold."""
    lines = tuple(traceback.format_exception(error))
    if error.__traceback__ is not None:
        traceback.clear_frames(error.__traceback__)
    return lines
