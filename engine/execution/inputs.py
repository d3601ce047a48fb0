"""What is wrong with single inputs of nodes: missing, badly linked, out of range, not a choice.

Knows one input at a time, and of the graph only who gives what to whom.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from engine.errors import EaselError
from engine.execution.problems import Problem, Suggestions
from engine.execution.shapes import Field, Shape
from engine.graph.files import BrokenLink
from engine.graph.model import Link, Node, NodeId
from engine.spec.context import Context
from engine.spec.info import choices, object_info
from engine.spec.inputs import ANY, WIDGET_TYPES, Choice, Number, fits

SHOWN_OPTIONS: Final = 20
SHOWN_VALUE: Final = 200  # letters of a value that a problem repeats


@dataclass(frozen=True, slots=True)
class At:
    """Which input of which node is looked at."""

    id: NodeId
    shape: Shape
    one: Field


@dataclass(slots=True)
class Inputs:
    """Looks at inputs. types: what each node's outputs carry; choices are listed once."""

    nodes: Mapping[NodeId, Node]
    context: Context
    types: Mapping[NodeId, list[str]]
    suggestions: Suggestions
    _options: dict[str, tuple[list[Any], set[Any]]] = field(
        default_factory=dict[str, tuple[list[Any], set[Any]]]
    )
    _configs: dict[tuple[str, str], Any] = field(default_factory=dict[tuple[str, str], Any])

    def problem(self, at: At, value: Any) -> Problem | None:
        """What is wrong with an input that holds `value`, if anything is."""
        if type(value) is Link:
            return self._of_link(at, value)
        if type(value) is BrokenLink:
            return self._of_broken_link(at, value)
        return self._of_value(at, value)

    def absent(self, at: At) -> Problem:
        """A required input that the file doesn't hold."""
        return Problem(
            at.id,
            at.shape.spec.name,
            "required_input_missing",
            f"the input {at.one.name} ({at.one.declared.type}) is missing.",
            at.one.name,
            {"input_name": at.one.name},
            at.one.name,
            hint="Link it." if at.one.declared.widget is None else "Set it, or link it.",
        )

    def _of_broken_link(self, at: At, value: list[Any]) -> Problem:
        return self._told(
            at,
            "bad_linked_input",
            f"the input {at.one.name} holds {list(value)!r:.80}, which is no link.",
            received_value=value,
            hint='A link is ["node id", output]; a list as a value is {"__value__": [...]}.',
        )

    def _of_link(self, at: At, link: Link) -> Problem | None:
        source = self.nodes.get(link.node)
        where = f"the input {at.one.name} is linked to node {link.node:.80}"
        tell = self._told
        if source is None:
            gone = f"{where}, which is not there."
            return tell(at, "bad_linked_input", gone, received_value=[link.node, link.output])
        given = self.types.get(link.node)
        if given is None:
            return None
        if not 0 <= link.output < len(given):
            pair = [link.node, link.output]
            return tell(
                at,
                "bad_linked_input",
                f"{where}, output {link.output}; {source.class_type} has {len(given)} "
                f"(counted from 0).",
                received_value=pair,
            )
        carried, wanted = given[link.output], wanted_type(at.one)
        if fits(carried, wanted):
            return None
        return tell(
            at,
            "return_type_mismatch",
            f"it wants {wanted} at {at.one.name}; {source.class_type} (node {link.node}) "
            f"gives {carried}.",
            f"{at.one.name}, received_type({carried}) mismatch input_type({wanted})",
            received_type=carried,
            linked_node=[link.node, link.output],
        )

    def _of_value(self, at: At, value: Any) -> Problem | None:
        declared = at.one.declared
        try:
            coerced = at.one.coerce(value)
        except (ValueError, TypeError, OverflowError) as error:
            return self._wrong_type(at, value, str(error))
        if isinstance(coerced, float) and not math.isfinite(coerced):
            return self._wrong_type(at, value, "not a finite number")
        widget = declared.widget
        if isinstance(widget, Choice):
            return self._of_choice(at, widget, coerced)
        if isinstance(widget, Number):
            return self._of_number(at, widget, coerced)
        if widget is None and coerced is not None and _is_socket_only(at.shape, declared.type):
            return self._wrong_type(at, value, "it takes a link only")
        return None

    def _of_number(self, at: At, widget: Number, value: Any) -> Problem | None:
        if widget.min is not None and value < widget.min:
            kind, limit = "value_smaller_than_min", f"at least {widget.min}"
        elif widget.max is not None and value > widget.max:
            kind, limit = "value_bigger_than_max", f"at most {widget.max}"
        else:
            return None
        text = f"the input {at.one.name} must be {limit}; it is {_short(value)}."
        return self._told(at, kind, text, received_value=value)

    def _of_choice(self, at: At, widget: Choice, value: Any) -> Problem | None:
        listed, allowed = self._listed(at, widget)
        try:
            if value in allowed or (widget.upload and self._is_file(value)):
                return None
        except TypeError:
            pass  # a list or an object is none of the choices
        few = len(listed) <= SHOWN_OPTIONS
        near = self.suggestions.near(f"{at.shape.spec.name}.{at.one.name}", value, listed)
        shown = listed if few else f"(list of length {len(listed)})"
        return self._told(
            at,
            "value_not_in_list",
            f"{at.one.name} is {_short(value)}, which is not {_among(widget, listed)}.",
            f"{at.one.name}: '{value!s:.{SHOWN_VALUE}}' not in {shown}",
            hint=near or ("Put it there, or choose another." if widget.folder else ""),
            listed=few,
            received_value=value,
        )

    def _listed(self, at: At, widget: Choice) -> tuple[list[Any], set[Any]]:
        """The choices in order, and as a set; listed once for a folder, once for other inputs."""
        name = widget.folder if widget.folder and not widget.options else ""
        name = name or f"{at.shape.spec.name}\0{at.one.name}"
        found = self._options.get(name)
        if found is None:
            listed = choices(widget, self.context.folders)
            found = self._options[name] = (listed, set(listed))
        return found

    def _is_file(self, value: Any) -> bool:
        """Whether an upload's value, perhaps annotated (`a.png [output]`), is a file there."""
        try:
            return isinstance(value, str) and self.context.folders.annotated(value).is_file()
        except (EaselError, OSError, ValueError):
            return False

    def _wrong_type(self, at: At, value: Any, reason: str) -> Problem:
        text = f"the input {at.one.name} must be {at.one.declared.type}; it is {_short(value)}."
        return self._told(
            at,
            "invalid_input_type",
            text,
            f"{at.one.name}, {_short(value)}, {reason}",
            received_value=value,
            exception_message=reason,
        )

    def _told(
        self,
        at: At,
        kind: str,
        text: str,
        details: str = "",
        *,
        hint: str = "",
        listed: bool = True,
        **extra: Any,
    ) -> Problem:
        config = self._config(at) if listed else None
        info = {"input_name": at.one.name, "input_config": config, **extra}
        name = at.shape.spec.name
        return Problem(at.id, name, kind, text, details or at.one.name, info, at.one.name, hint)

    def _config(self, at: At) -> Any:
        """`[type, options]` as ComfyUI's node definitions have it."""
        key = (at.shape.spec.name, at.one.name)
        if key not in self._configs:
            sections = object_info(at.shape.spec, self.context.folders)["input"]
            names = (at.one.name, at.one.name.partition(".")[0])
            found = [held[name] for held in sections.values() for name in names if name in held]
            self._configs[key] = found[0] if found else None
        return self._configs[key]


def wanted_type(one: Field) -> str:
    """The type that a link to this input must carry."""
    return one.declared.match.allowed if one.declared.match else one.declared.type


def _is_socket_only(shape: Shape, kind: str) -> bool:
    """Whether one of our own inputs has no widget at all (a pack's page may have its own)."""
    if shape.spec.pack or kind == ANY or kind.startswith("COMFY_"):
        return False
    return not any(name in kind.split(",") for name in WIDGET_TYPES)


def _among(widget: Choice, listed: list[Any]) -> str:
    """The choices in words: all of them if they are few."""
    few = ", ".join(map(str, listed)) if len(listed) <= SHOWN_OPTIONS else ""
    if widget.folder:
        held = f"holds: {few}" if few else f"holds {len(listed)} files"
        return f"in the folder {widget.folder}, which {held if listed else 'is empty'}"
    return f"one of: {few}" if few else f"one of the {len(listed)} choices"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN_VALUE else text[: SHOWN_VALUE - 1] + "…"
