"""Which value of a node's widget list belongs to which widget, and the list for given values.

The list goes by position alone. Numbers in brackets are the rules of tests/convert/README.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from engine.convert.library import DYNAMIC, SEEDS, Layout, Widget

MODES: Final = ("fixed", "increment", "decrement", "randomize", "increment-wrap")
OLD_MODES: Final[Mapping[bool, str]] = {True: "randomize", False: "fixed"}


@dataclass(slots=True)
class Values:
    """What a list said. rest: values behind the last widget."""

    inputs: dict[str, Any] = field(default_factory=dict[str, Any])
    after_run: dict[str, str] = field(default_factory=dict[str, str])
    rest: list[Any] = field(default_factory=list[Any])


def listed(values: Any) -> list[Any] | None:
    """A widget list, also one that was saved as an object with a length [16]; else None."""
    if isinstance(values, list):
        return cast(list[Any], values)
    if isinstance(values, Mapping):
        found = cast(Mapping[str, Any], values)
        length = found.get("length")
        if isinstance(length, int) and not isinstance(length, bool) and 0 <= length <= 100_000:
            return [found.get(str(index)) for index in range(length)]
    return None


def placed(layout: Layout, values: Any) -> Values:
    """The values of a node whose type is known, by name; defaults where there are none [15]."""
    found = listed(values)
    if found is None and isinstance(values, Mapping):
        return _by_name(layout, cast(Mapping[str, Any], values))
    line = _Line(_without_forced(layout, found or []))
    result = Values()
    for widget in layout.widgets:
        _take(widget, line, result)
        chosen = str(result.inputs.get(widget.name))
        for inner in widget.branches.get(chosen, ()):
            _take(inner, line, result)
    result.rest = line.rest()
    return result


@dataclass(slots=True)
class _Line:
    values: Sequence[Any]
    place: int = 0

    def left(self) -> bool:
        return self.place < len(self.values)

    def next(self) -> Any:
        self.place += 1
        return self.values[self.place - 1]

    def rest(self) -> list[Any]:
        return list(self.values[self.place :])


def _take(widget: Widget, line: _Line, result: Values) -> None:
    if line.left():
        result.inputs[widget.name] = as_held(widget, line.next())
    elif widget.has_default:
        result.inputs[widget.name] = widget.default
    if widget.control and line.left():
        mode = line.next()
        if isinstance(mode, bool):
            mode = OLD_MODES[mode]
        if isinstance(mode, str):
            result.after_run[widget.name] = mode


def as_held(widget: Widget, value: Any) -> Any:
    """A value as its widget holds it: nothing is checked, but a text area makes text [14]."""
    if not widget.multiline:
        return value
    text = "" if value is None else text_of(value)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def text_of(value: Any) -> str:
    """A JSON value as JavaScript writes it into text."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    if isinstance(value, list):
        items = cast(list[Any], value)
        return ",".join("" if item is None else text_of(item) for item in items)
    return "[object Object]" if isinstance(value, Mapping) else str(value)


def _by_name(layout: Layout, values: Mapping[str, Any]) -> Values:
    result = Values()
    for widget in layout.widgets:
        for part in (widget, *widget.branches.get(str(values.get(widget.name)), ())):
            if part.name in values:
                result.inputs[part.name] = as_held(part, values[part.name])
            elif part.has_default:
                result.inputs[part.name] = part.default
    return result


def _without_forced(layout: Layout, values: list[Any]) -> list[Any]:
    """Drop the placeholders of old files, known by their count alone [22]."""
    count = sum(1 + widget.control for widget in layout.widgets) + len(layout.forced)
    if not layout.forced or len(values) != count:
        return values
    return [value for place, value in enumerate(values) if place not in layout.forced]


def written(layout: Layout, inputs: Mapping[str, Any], after_run: Mapping[str, str]) -> list[Any]:
    """The widget list for values by name, in the order that `placed` reads."""
    values = list[Any]()
    for widget in layout.widgets:
        values.extend(_given(widget, inputs, after_run))
        if widget.type == DYNAMIC:
            for inner in widget.branches.get(str(inputs.get(widget.name)), ()):
                values.extend(_given(inner, inputs, after_run))
    values.extend(["image"] * layout.uploads)
    return values


def _given(
    widget: Widget, inputs: Mapping[str, Any], after_run: Mapping[str, str]
) -> Iterator[Any]:
    yield inputs.get(widget.name, widget.default)
    if widget.control:
        yield after_run.get(widget.name, "fixed")


def guessed(slots: Sequence[Mapping[str, Any]], values: Any, named: Any) -> Values | None:
    """The values of an unknown type as far as its file tells; None where it doesn't.

    slots: the node's inputs as saved. Names come from `named` (values by name), an object of
    values, or the widgets among the inputs, in order, if the list is as long as they say.
    """
    if isinstance(named, Mapping):
        return Values(dict(cast(Mapping[str, Any], named)))
    line = listed(values)
    if line is None:
        if not isinstance(values, Mapping):
            return Values() if values is None else None
        return Values(dict(cast(Mapping[str, Any], values)))
    names = [_widget_name(slot) for slot in slots if "widget" in slot]
    controls = [name in SEEDS for name in names]
    if len(line) == len(names):
        controls = [False] * len(names)
    elif len(line) != len(names) + sum(controls):
        return None
    result, rest = Values(), iter(line)
    for name, control in zip(names, controls, strict=True):
        result.inputs[name] = next(rest)
        if control:
            mode = next(rest)
            if mode in MODES:
                result.after_run[name] = mode
    return result


def _widget_name(slot: Mapping[str, Any]) -> str:
    widget = slot.get("widget")
    name = cast(Mapping[str, Any], widget).get("name") if isinstance(widget, Mapping) else None
    return name if isinstance(name, str) else str(slot.get("name", ""))
