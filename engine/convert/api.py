"""Make the API form that runs: flattened, texts resolved, titles added.

What ComfyUI's front end does when one presses its button. Numbers in brackets are the rules of
tests/convert/README.md.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from engine.convert.document import mapping
from engine.convert.library import REPLACED, Library
from engine.convert.texts import dynamic, replaced
from engine.convert.widgets import as_held, placed, text_of
from engine.graph.faces import definition_of
from engine.graph.files import api_of
from engine.graph.flatten import flatten
from engine.graph.model import Graph, Link, Node
from engine.graph.virtual import PRIMITIVE, is_virtual

NAME: Final = "Node name for S&R"
REPLACES: Final = "Run widget replace on values"


def to_api(graph: Graph, library: Library, now: datetime | None = None) -> dict[str, Any]:
    """The API form as JSON, with titles. Raises `GraphError` as `flatten` does."""
    flat = runnable(graph, library, now)
    for node in flat.nodes.values():
        node.look = {**node.look, "title": _title(node, library)}
    return api_of(flat)


def runnable(graph: Graph, library: Library, now: datetime | None = None) -> Graph:
    """The nodes that run, with values and texts as they are sent.

    now: local time for dates in file names. Dynamic prompts are chosen anew at each call. Raises
    `GraphError` as `flatten` does.
    """
    graph = settled(graph, library)
    texts = _Texts(graph, library, now or datetime.now())
    return flatten(graph, library.sockets, texts.spoken)


def _title(node: Node, library: Library) -> str:
    """A node's own title, else what people call its type [2]."""
    title = node.look.get("title")
    if isinstance(title, str) and title:
        return title
    layout = library.layout(node.class_type)
    return layout.spec.title if layout else node.class_type


def settled(graph: Graph, library: Library) -> Graph:
    """The graph with values named that weren't when it was read, where their type is known now."""
    nodes = {id: _settled(node, library) for id, node in graph.nodes.items()}
    subgraphs = {
        id: replace(found, nodes={n: _settled(node, library) for n, node in found.nodes.items()})
        for id, found in graph.subgraphs.items()
    }
    return replace(graph, nodes=nodes, subgraphs=subgraphs)


def _settled(node: Node, library: Library) -> Node:
    if "values" not in node.extra or is_virtual(node.class_type):
        return node
    layout = library.layout(node.class_type)
    if layout is None or any(name in node.inputs for name in layout.named):
        return node
    values = placed(layout, node.extra["values"])
    return replace(
        node,
        inputs={**values.inputs, **node.inputs},
        after_run={**values.after_run, **node.after_run},
    )


class _Texts:
    """What becomes of a literal when it is queued."""

    def __init__(self, graph: Graph, library: Library, now: datetime) -> None:
        self.graph, self.library, self.now = graph, library, now
        self._named: dict[str, tuple[Node, Mapping[str, Node]]] | None = None
        self._titled: dict[str, tuple[Node, Mapping[str, Node]]] = {}

    def spoken(self, node: Node, name: str, value: Any) -> Any:
        if node.class_type == PRIMITIVE:
            wanted = _properties(node).get(REPLACES) is True and isinstance(value, str)
            return self._replaced(value) if wanted else value
        if node.class_type in REPLACED and name == "filename_prefix":
            return self._replaced(value) if isinstance(value, str) else value
        layout = self.library.layout(node.class_type)
        widget = layout.named.get(name) if layout else None
        if widget is None or not (widget.multiline or widget.dynamic):
            curve = widget is not None and widget.type == "CURVE"
            return _curve(value) if curve and isinstance(value, list) else value
        value = as_held(widget, value)
        if widget.dynamic and isinstance(value, str):
            return dynamic(value, random.choice)
        return value

    def _replaced(self, text: str) -> str:
        return replaced(text, self._value_of, self.now) if "%" in text else text

    def _value_of(self, name: str, widget: str) -> str | None:
        """A widget's own value as text: links are not followed, but for a primitive's [42]."""
        if self._named is None:
            self._named = {}
            for node, around in _all_nodes(self.graph):
                self._named.setdefault(self._alias(node), (node, around))
                self._titled.setdefault(_title(node, self.library), (node, around))
        found = self._named.get(name) or self._titled.get(name)
        if found is None or not name:
            return None
        node, around = found
        held = node.inputs.get(widget)
        if isinstance(held, Link):
            source = around.get(held.node)
            primitive = source is not None and source.class_type == PRIMITIVE
            under = node.under.get(widget, _NONE)
            held = source.inputs.get("value", under) if source and primitive else under
        elif widget not in node.inputs:
            held = _NONE
        return None if held is _NONE else ("" if held is None else text_of(held))

    @staticmethod
    def _alias(node: Node) -> str:
        """The name for this purpose; the editor gives one to all but those that use them."""
        name = _properties(node).get(NAME)
        if isinstance(name, str):
            return name
        own = node.class_type in REPLACED or is_virtual(node.class_type)
        return "" if own or node.class_type.startswith("subgraph/") else node.class_type


def _curve(value: Any) -> dict[str, Any]:
    """A curve's points, marked as such."""
    return {"__type__": "CURVE", "__value__": value}


_NONE = object()


def _properties(node: Node) -> Mapping[str, Any]:
    return mapping(mapping(node.extra.get("comfy")).get("properties"))


def _all_nodes(graph: Graph) -> Iterator[tuple[Node, Mapping[str, Node]]]:
    """Every node of every canvas with its neighbours, definitions where they are first used."""
    seen = set[int]()
    stack: list[tuple[Mapping[str, Node], Iterator[Node]]]
    stack = [(graph.nodes, iter(graph.nodes.values()))]
    while stack:
        around, waiting = stack[-1]
        for node in waiting:
            yield node, around
            inner = definition_of(node.class_type, graph.subgraphs)
            if inner is not None and id(inner) not in seen:
                seen.add(id(inner))
                stack.append((inner.nodes, iter(inner.nodes.values())))
                break
        else:
            stack.pop()
