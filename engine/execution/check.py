"""Everything that is wrong with a graph, at once, before anything runs.

Works from declarations alone (a spec's `call` may be None), in time linear in the graph. A node's
own `check` is asked where it is there. Says nothing of what only running can show.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from engine.errors import EaselError
from engine.execution.problems import Problem, Suggestions
from engine.execution.shapes import Field, Shape, coerced_or_same, shape_of
from engine.graph.files import BrokenLink
from engine.graph.model import Graph, Link, Node, NodeId
from engine.graph.order import cycles, ordered
from engine.spec.context import Context
from engine.spec.info import choices, object_info
from engine.spec.inputs import ANY, MISSING, WIDGET_TYPES, Choice, Number, fits
from engine.spec.node import NodeSpec

SHOWN_OPTIONS: Final = 20
SHOWN_VALUE: Final = 200  # letters of a value that a problem repeats
SHOWN_CYCLE: Final = 50
ALWAYS: Final = ("missing_node_type", "prompt_no_outputs")
"""Problems that forbid a run wherever they are, as ComfyUI has it."""
_ABSENT: Final = object()


def check(
    graph: Graph,
    registry: Mapping[str, NodeSpec],
    context: Context,
    targets: Sequence[NodeId] | None = None,
) -> list[Problem]:
    """All problems of a flattened graph, in its order; empty if it can run.

    targets: the nodes whose results are wanted, None for every terminal one. Problems of nodes
    that none of them depends on come too, marked `feeds_output=False`.
    """
    return _Check(graph, registry, context).all(targets)


@dataclass(frozen=True, slots=True)
class _At:
    """Which input of which node is looked at."""

    id: NodeId
    shape: Shape
    one: Field


@dataclass(slots=True)
class _Check:
    graph: Graph
    registry: Mapping[str, NodeSpec]
    context: Context
    shapes: dict[str, Shape] = field(default_factory=dict[str, Shape])
    types: dict[NodeId, list[str]] = field(default_factory=dict[NodeId, list[str]])
    options: dict[str, tuple[list[Any], set[Any]]] = field(
        default_factory=dict[str, tuple[list[Any], set[Any]]]
    )
    configs: dict[tuple[str, str], Any] = field(default_factory=dict[tuple[str, str], Any])
    suggestions: Suggestions = field(default_factory=Suggestions)

    def all(self, targets: Sequence[NodeId] | None) -> list[Problem]:
        nodes = self.graph.nodes
        shaped = {id: shape for id, node in nodes.items() if (shape := self.shape(node))}
        sources = {
            id: [link.node for _, link in shaped[id].links(node)] if id in shaped else []
            for id, node in nodes.items()
        }
        if targets is None:
            targets = [id for id, shape in shaped.items() if shape.spec.terminal]
        order, sound = ordered(sources)
        for id in order:
            if id in shaped:
                self.types[id] = self.resolved_types(nodes[id], shaped[id])
        found = [] if any(id in nodes for id in targets) else [_no_outputs(nodes)]
        for id, node in nodes.items():
            if id in shaped:
                found.extend(self.of_node(id, node, shaped[id]))
            else:
                found.append(self.unknown_type(id, node))
        if not sound:
            found.extend(self.of_cycles(sources))
        fed = set(ordered(sources, targets)[0])
        return [
            one if one.node in fed or one.type in ALWAYS else replace(one, feeds_output=False)
            for one in found
        ]

    def shape(self, node: Node) -> Shape | None:
        """The shape of a node's type; None if nobody knows it."""
        shape = self.shapes.get(node.class_type)
        if shape is None and (spec := self.registry.get(node.class_type)) is not None:
            shape = self.shapes[node.class_type] = shape_of(spec)
        return shape

    def resolved_types(self, node: Node, shape: Shape) -> list[str]:
        """What each output carries; a type variable is what its linked input brings."""
        bound = dict[str, str]()
        for name, link in shape.links(node):
            one = shape.field(name)
            given = self.types.get(link.node, [])
            if one and one.declared.match and 0 <= link.output < len(given):
                bound.setdefault(one.declared.match.template, given[link.output])
        return [
            bound.get(output.match.template, output.match.allowed) if output.match else output.type
            for output in shape.spec.outputs
        ]

    # Whole nodes

    def unknown_type(self, id: NodeId, node: Node) -> Problem:
        kind = node.class_type
        hint = self.suggestions.near("", kind, self.registry) if kind else ""
        if not hint and kind:
            hint = "Install the pack that it comes from, or take the node out."
        return Problem(
            id,
            kind or "?",
            "missing_node_type",
            f"there is no node type {kind!r:.200}." if kind else "it has no class_type.",
            extra_info={"node_id": id, "class_type": kind or None, "node_title": node.title},
            hint=hint,
        )

    def of_node(self, id: NodeId, node: Node, shape: Shape) -> Iterator[Problem]:
        literals, sound = dict[str, Any](), True
        given = node.inputs
        for one in shape.fields:
            value, at = given.get(one.name, _ABSENT), _At(id, shape, one)
            if value is _ABSENT:
                if one.declared.required:
                    sound = False
                    yield self.absent(at)
                elif one.default is not MISSING:
                    literals[one.name] = one.default
                continue
            if value is None and one.optional:
                continue
            if type(value) is Link:
                problem = self.of_link(at, value)
            elif type(value) is BrokenLink:
                problem = self.of_broken_link(at, value)
            else:
                literals[one.name] = coerced_or_same(one.coerce, value)
                problem = self.of_value(at, value)
            if problem is not None:
                sound = False
                yield problem
        if sound and shape.spec.check is not None:
            yield from self.of_own_check(id, shape, literals)

    def of_own_check(self, id: NodeId, shape: Shape, literals: dict[str, Any]) -> Iterator[Problem]:
        assert shape.spec.check is not None
        try:
            told = shape.spec.check(self.context, literals)
        except Exception as error:
            kind = f"{type(error).__module__}.{type(error).__qualname__}"
            yield Problem(
                id,
                shape.spec.name,
                "exception_during_validation",
                "its own check of the inputs failed:",
                str(error) or kind,
                {"exception_type": kind, "traceback": []},
            )
            return
        for text in [told] if isinstance(told, str) else told:
            if text:
                yield Problem(
                    id,
                    shape.spec.name,
                    "custom_validation_failed",
                    text,
                    extra_info={"input_name": ""},
                )

    def of_cycles(self, sources: Mapping[NodeId, Iterable[NodeId]]) -> Iterator[Problem]:
        for ring in cycles(sources):
            shown = ring[:SHOWN_CYCLE]
            more = f" and {len(ring) - len(shown)} more" if len(ring) > len(shown) else ""
            text = " -> ".join([*shown, shown[0]]) if not more else " -> ".join(shown) + more
            for id in shown:
                yield Problem(
                    id,
                    self.graph.nodes[id].class_type,
                    "dependency_cycle",
                    "it waits for its own result, in the cycle",
                    text,
                    {"cycle": list(shown)},
                    hint="Take out one of these links.",
                )

    # Single inputs

    def absent(self, at: _At) -> Problem:
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

    def of_broken_link(self, at: _At, value: list[Any]) -> Problem:
        return self.told(
            at,
            "bad_linked_input",
            f"the input {at.one.name} holds {list(value)!r:.80}, which is no link.",
            received_value=value,
            hint='A link is ["node id", output]; a list as a value is {"__value__": [...]}.',
        )

    def of_link(self, at: _At, link: Link) -> Problem | None:
        source = self.graph.nodes.get(link.node)
        where = f"the input {at.one.name} is linked to node {link.node:.80}"
        tell: Callable[..., Problem] = self.told
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

    def of_value(self, at: _At, value: Any) -> Problem | None:
        declared = at.one.declared
        try:
            coerced = at.one.coerce(value)
        except (ValueError, TypeError, OverflowError) as error:
            return self.wrong_type(at, value, str(error))
        if isinstance(coerced, float) and not math.isfinite(coerced):
            return self.wrong_type(at, value, "not a finite number")
        widget = declared.widget
        if isinstance(widget, Choice):
            return self.of_choice(at, widget, coerced)
        if isinstance(widget, Number):
            return self.of_number(at, widget, coerced)
        if widget is None and coerced is not None and _is_socket_only(at.shape, declared.type):
            return self.wrong_type(at, value, "it takes a link only")
        return None

    def of_number(self, at: _At, widget: Number, value: Any) -> Problem | None:
        if widget.min is not None and value < widget.min:
            kind, limit = "value_smaller_than_min", f"at least {widget.min}"
        elif widget.max is not None and value > widget.max:
            kind, limit = "value_bigger_than_max", f"at most {widget.max}"
        else:
            return None
        text = f"the input {at.one.name} must be {limit}; it is {_short(value)}."
        return self.told(at, kind, text, received_value=value)

    def of_choice(self, at: _At, widget: Choice, value: Any) -> Problem | None:
        listed, allowed = self.listed(at, widget)
        try:
            if value in allowed or (widget.upload and self.is_file(value)):
                return None
        except TypeError:
            pass  # a list or an object is none of the choices
        few = len(listed) <= SHOWN_OPTIONS
        near = self.suggestions.near(f"{at.shape.spec.name}.{at.one.name}", value, listed)
        shown = listed if few else f"(list of length {len(listed)})"
        return self.told(
            at,
            "value_not_in_list",
            f"{at.one.name} is {_short(value)}, which is not {_among(widget, listed)}.",
            f"{at.one.name}: '{value!s:.{SHOWN_VALUE}}' not in {shown}",
            hint=near or ("Put it there, or choose another." if widget.folder else ""),
            listed=few,
            received_value=value,
        )

    def listed(self, at: _At, widget: Choice) -> tuple[list[Any], set[Any]]:
        """The choices in order, and as a set; listed once for a folder, once for other inputs."""
        name = widget.folder if widget.folder and not widget.options else ""
        name = name or f"{at.shape.spec.name}\0{at.one.name}"
        found = self.options.get(name)
        if found is None:
            listed = choices(widget, self.context.folders)
            found = self.options[name] = (listed, set(listed))
        return found

    def is_file(self, value: Any) -> bool:
        """Whether an upload's value, perhaps annotated (`a.png [output]`), is a file there."""
        try:
            return isinstance(value, str) and self.context.folders.annotated(value).is_file()
        except (EaselError, OSError, ValueError):
            return False

    def wrong_type(self, at: _At, value: Any, reason: str) -> Problem:
        text = f"the input {at.one.name} must be {at.one.declared.type}; it is {_short(value)}."
        return self.told(
            at,
            "invalid_input_type",
            text,
            f"{at.one.name}, {_short(value)}, {reason}",
            received_value=value,
            exception_message=reason,
        )

    def told(
        self,
        at: _At,
        kind: str,
        text: str,
        details: str = "",
        *,
        hint: str = "",
        listed: bool = True,
        **extra: Any,
    ) -> Problem:
        config = self.config(at) if listed else None
        info = {"input_name": at.one.name, "input_config": config, **extra}
        name = at.shape.spec.name
        return Problem(at.id, name, kind, text, details or at.one.name, info, at.one.name, hint)

    def config(self, at: _At) -> Any:
        """`[type, options]` as ComfyUI's node definitions have it."""
        key = (at.shape.spec.name, at.one.name)
        if key not in self.configs:
            sections = object_info(at.shape.spec, self.context.folders)["input"]
            names = (at.one.name, at.one.name.partition(".")[0])
            found = [held[name] for held in sections.values() for name in names if name in held]
            self.configs[key] = found[0] if found else None
        return self.configs[key]


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


def _no_outputs(nodes: Mapping[NodeId, Node]) -> Problem:
    text = "the workflow has no output" if nodes else "the workflow is empty"
    return Problem(
        "", "", "prompt_no_outputs", f"{text}: add a node that saves or shows something."
    )
