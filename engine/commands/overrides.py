"""`--set NODE.INPUT=VALUE`: change inputs of a workflow from the command line."""

import difflib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.errors import GraphError
from engine.graph.model import Graph, NodeId
from engine.spec.inputs import Input
from engine.spec.node import NodeSpec

YES = ("true", "yes", "on", "1")
NO = ("false", "no", "off", "0")


def apply(graph: Graph, settings: Sequence[str], registry: Mapping[str, NodeSpec]) -> None:
    """Change `graph` as the settings say; a link that stood there is replaced.

    Raises `GraphError` for a setting that names no node, several, or no input of it, and for a
    value that the input can't hold.
    """
    for setting in settings:
        target, equals, text = setting.partition("=")
        if not equals:
            raise GraphError(f"--set {setting}: expected NODE.INPUT=VALUE, there is no '='")
        id, name = _address(graph, target)
        node = graph.nodes[id]
        declared = _declared(registry.get(node.class_type), name, f"--set {target}")
        node.inputs[name] = _value(declared, text, f"--set {target}")


def _address(graph: Graph, target: str) -> tuple[NodeId, str]:
    """The node and input that `NODE.INPUT` means: the longest id that fits, else a title."""
    places = [at for at, letter in enumerate(target) if letter == "."]
    for at in reversed(places):
        if target[:at] in graph.nodes and target[at + 1 :]:
            return target[:at], target[at + 1 :]
    for at in reversed(places):
        fitting = [id for id, node in graph.nodes.items() if node.title == target[:at]]
        if len(fitting) > 1:
            raise GraphError(
                f"--set {target}: {len(fitting)} nodes are called {target[:at]!r}; "
                f"say which by its id: {', '.join(fitting)}"
            )
        if fitting and target[at + 1 :]:
            return fitting[0], target[at + 1 :]
    known = ", ".join(f"{id} ({node.title})" for id, node in graph.nodes.items())
    raise GraphError(f"--set {target}: no node is called that; there are: {known}")


def _declared(spec: NodeSpec | None, name: str, where: str) -> Input | None:
    """The input's declaration; None where the node's type isn't known, or takes any input."""
    if spec is None:
        return None
    declared = spec.input(name)
    if declared is None and not spec.open_inputs:
        names = [item.name for item in spec.inputs]
        near = difflib.get_close_matches(name, names, 1)
        hint = f"did you mean {near[0]}?" if near else f"it has: {', '.join(names)}"
        raise GraphError(f"{where}: {spec.name} has no input {name!r}; {hint}")
    return declared


def _value(declared: Input | None, text: str, where: str) -> Any:
    """`text` as the input's type; `@FILE` is the content of a file, `@@` a plain @."""
    if text.startswith("@@"):
        text = text[1:]
    elif text.startswith("@"):
        text = _content(text[1:], where)
    kind = declared.type if declared else "JSON"
    try:
        if kind == "INT":
            return int(text)
        if kind == "FLOAT":
            return float(text)
        if kind == "BOOLEAN":
            return _truth(text)
    except ValueError:
        raise GraphError(f"{where}: expected {kind}, given {text!r}") from None
    if kind in ("STRING", "COMBO"):
        return text
    return _json(text)


def _truth(text: str) -> bool:
    if text.lower() not in YES + NO:
        raise ValueError(text)
    return text.lower() in YES


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _content(name: str, where: str) -> str:
    try:
        return Path(name).read_text("utf-8").removesuffix("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise GraphError(f"{where}: {name} can't be read: {reason}") from error
