"""Workflow files: `easel/1` and ComfyUI's API format, read from text and written back.

Bounds everything that a stranger's file could overdo, and keeps what it has no room for. Knows no
node types (whether a value makes sense is `check`'s business), no pictures and no editor's form.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from engine.errors import FileProblem
from engine.graph.atomic import write_atomically
from engine.graph.model import Graph, Link, Node, NodeId, Subgraph
from engine.graph.text import MAX_BYTES, Json, dumps, kind_of, parsed

FORMAT: Final = "easel/1"
STATES: Final = ("on", "muted", "bypassed")
BORDER: Final = "@in"
FIELDS: Final = "@fields"
"""Where `Graph.extra` keeps unknown fields of the root, so that they go back to their place."""


class BrokenLink(list[Any]):
    """A bare list in a file that is no link (`[id, output]`); kept for `check` to complain of."""


def load(path: Path) -> Graph:
    """The workflow in a JSON file. Raises `FileProblem` that names it."""
    return read(text_of(path), str(path))


def text_of(path: Path) -> bytes:
    """A file's bytes, at most `MAX_BYTES`. Raises `FileProblem` that says why there are none."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise FileProblem("there is no such file", path=str(path)) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "that is no file name"
        raise FileProblem(f"can't be read: {reason}", path=str(path)) from None
    return data


def save(path: Path, graph: Graph) -> None:
    """Write a workflow as `easel/1`, whole or not at all. Raises `FileProblem`."""
    try:
        write_atomically(path, dumps(easel_of(graph)))
    except OSError as error:
        raise FileProblem(f"can't be written: {error.strerror or error}", path=str(path)) from error


def read(source: bytes | str | Mapping[str, Any], path: str = "") -> Graph:
    """A workflow from text, or from JSON that was parsed already. Raises `FileProblem`.

    path: what the file is called, for the message.
    """
    document = parsed(source, path)
    form = form_of(document)
    try:
        if form == "easel":
            return _easel(document)
        if form == "api":
            return read_api(document)
    except FileProblem as problem:
        raise FileProblem(str(problem), path=path) from None
    if form == "ui":
        raise FileProblem("is in the form of ComfyUI's editor; convert it first", path=path)
    keys = ", ".join(list(document)[:5])
    raise FileProblem(
        "is not a workflow: expected nodes with a class_type each, "
        + (f"given an object with the fields {keys}" if keys else "given nothing"),
        path=path,
    )


def read_api(document: Mapping[str, Any]) -> Graph:
    """A workflow from an object in the API format, even an empty one. Raises `FileProblem`."""
    return Graph(nodes=_nodes(parsed(document), ""))


def form_of(document: Mapping[str, Any]) -> str:
    """Which form a JSON object is in: "easel", "api", "ui" (ComfyUI's editor), or "" for none."""
    mark = document.get("format")
    if isinstance(mark, str) and mark.startswith("easel/"):
        return "easel"
    if isinstance(document.get("nodes"), list):
        return "ui"
    return "api" if any(_looks_like_a_node(value) for value in document.values()) else ""


def _looks_like_a_node(value: Any) -> bool:
    return isinstance(value, Mapping) and ("class_type" in value or "inputs" in value)


# Reading


def _easel(document: Mapping[str, Any]) -> Graph:
    if document["format"] != FORMAT:
        raise FileProblem(
            f"is of the format {document['format']!r}; this version reads {FORMAT!r}. "
            "It was probably saved by a newer version."
        )
    known = ("format", "nodes", "groups", "notes", "subgraphs", "reroutes", "extra")
    extra = dict(_mapping(document.get("extra", {}), "extra"))
    unknown = {key: value for key, value in document.items() if key not in known}
    if unknown:
        extra[FIELDS] = unknown
    return Graph(
        nodes=_nodes(_mapping(document.get("nodes", {}), "nodes"), ""),
        groups=_records(document, "groups", ""),
        notes=_records(document, "notes", ""),
        subgraphs={
            id: _subgraph(_mapping(value, f"subgraph {id}"), f"subgraph {id}: ")
            for id, value in _mapping(document.get("subgraphs", {}), "subgraphs").items()
        },
        reroutes=_records(document, "reroutes", ""),
        extra=extra,
    )


def _subgraph(value: Mapping[str, Any], where: str) -> Subgraph:
    known = ("name", "inputs", "outputs", "nodes", "groups", "notes", "reroutes")
    outputs = _ports(value.get("outputs", []), f"{where}outputs")
    for port in outputs:
        if "from" in port:
            port["from"] = input_value(port["from"])
    return Subgraph(
        name=_text(value.get("name", ""), f"{where}name"),
        inputs=_ports(value.get("inputs", []), f"{where}inputs"),
        outputs=outputs,
        nodes=_nodes(_mapping(value.get("nodes", {}), f"{where}nodes"), where),
        groups=_records(value, "groups", where),
        notes=_records(value, "notes", where),
        reroutes=_records(value, "reroutes", where),
        extra={key: item for key, item in value.items() if key not in known},
    )


def _ports(value: Any, where: str) -> list[Json]:
    if not isinstance(value, list):
        raise FileProblem(f"{where}: expected a list, given {kind_of(value)}")
    found = [dict(_mapping(port, where)) for port in cast(list[Any], value)]
    for port in found:
        _text(port.get("name", ""), f"{where}: name")
        _text(port.get("type", "*"), f"{where}: type")
    return found


def _nodes(value: Mapping[str, Any], where: str) -> dict[NodeId, Node]:
    return {id: read_node(node, f"{where}node {id}") for id, node in value.items()}


def read_node(value: Any, where: str = "node") -> Node:
    """One node from its JSON. Raises `FileProblem` that begins with `where`."""
    found = _mapping(value, where)
    known = ("class_type", "inputs", "state", "after_run", "look", "under", "_meta")
    state = found.get("state", "on")
    if state not in STATES:
        raise FileProblem(f"{where}: state is one of {', '.join(STATES)}, given {state!r:.80}")
    after_run = _part(found, "after_run", where)
    for name, mode in after_run.items():
        _text(mode, f"{where}: after_run of {name}")
    node = Node(
        class_type=_text(found.get("class_type") or "", where, ": class_type"),
        inputs={name: input_value(item) for name, item in _part(found, "inputs", where).items()},
        state=state,
        after_run=after_run,
        look=_part(found, "look", where),
        under=_part(found, "under", where),
        extra={key: item for key, item in found.items() if key not in known},
    )
    _take_meta(node, found.get("_meta"))
    return node


def _part(node: Mapping[str, Any], name: str, where: str) -> Json:
    """A copy of the object in a node's field; most nodes have few of them."""
    if name not in node:
        return {}
    return dict(_mapping(node[name], where, f": {name}"))


def _take_meta(node: Node, meta: Any) -> None:
    """`_meta.title` is the title; whatever else stands there is kept."""
    if meta is None:
        return
    if not isinstance(meta, Mapping):
        node.extra["_meta"] = meta
        return
    rest = dict(cast(Mapping[str, Any], meta))
    if "title" in rest:
        node.look.setdefault("title", rest.pop("title"))
    if rest:
        node.extra["_meta"] = rest


def input_value(value: Any) -> Any:
    """What an input holds: a `Link`, a list that was wrapped, a `BrokenLink`, or the value."""
    if isinstance(value, list):
        found = cast(list[Any], value)
        return link_of(found) or BrokenLink(found)
    if isinstance(value, Mapping):
        wrapped = cast(Mapping[str, Any], value)
        if len(wrapped) == 1 and isinstance(wrapped.get("__value__"), list):
            return wrapped["__value__"]
        return cast(Any, wrapped)
    return value


def link_of(value: Sequence[Any]) -> Link | None:
    """The link that a list spells: two items, a text and a whole number; else None."""
    if len(value) != 2 or not isinstance(value[0], str):
        return None
    output = value[1]
    if isinstance(output, bool) or not isinstance(output, int | float):
        return None
    if not abs(output) < 2**31 or output != int(output):
        return None
    return Link(value[0], int(output))


def _records(holder: Mapping[str, Any], field: str, where: str) -> dict[str, Json]:
    found = _mapping(holder.get(field, {}), f"{where}{field}")
    return {id: dict(_mapping(item, f"{where}{field} {id}")) for id, item in found.items()}


def _mapping(value: Any, where: str, what: str = "") -> Mapping[str, Any]:
    if not isinstance(value, (dict, Mapping)):  # the first saves asking the second
        raise FileProblem(f"{where}{what}: expected an object, given {kind_of(value)}")
    return cast(Mapping[str, Any], value)


def _text(value: Any, where: str, what: str = "") -> str:
    if not isinstance(value, str):
        raise FileProblem(f"{where}{what}: expected text, given {kind_of(value)}")
    return value


# Writing


def easel_of(graph: Graph) -> Json:
    """A workflow as an `easel/1` object; absent means default, fields always in the same order."""
    extra = dict(graph.extra)
    unknown = extra.pop(FIELDS, {})
    document: Json = {
        "format": FORMAT,
        "nodes": {id: node_of(node) for id, node in graph.nodes.items()},
        "groups": graph.groups,
        "notes": graph.notes,
        "subgraphs": {id: _subgraph_of(value) for id, value in graph.subgraphs.items()},
        "reroutes": graph.reroutes,
        "extra": extra,
    }
    kept = {key: value for key, value in document.items() if value or key in ("format", "nodes")}
    return {**kept, **unknown}


def _subgraph_of(value: Subgraph) -> Json:
    outputs = [
        {**port, "from": json_value(port["from"])} if "from" in port else port
        for port in value.outputs
    ]
    document: Json = {
        "name": value.name,
        "inputs": value.inputs,
        "outputs": outputs,
        "nodes": {id: node_of(node) for id, node in value.nodes.items()},
        "groups": value.groups,
        "notes": value.notes,
        "reroutes": value.reroutes,
    }
    kept = {key: item for key, item in document.items() if item or key in ("name", "nodes")}
    return {**kept, **value.extra}


def node_of(node: Node) -> Json:
    """One node as `easel/1` holds it."""
    document: Json = {
        "class_type": node.class_type,
        "inputs": {name: json_value(value) for name, value in node.inputs.items()},
        "state": node.state,
        "after_run": node.after_run,
        "look": node.look,
        "under": node.under,
    }
    default: Json = {"inputs": {}, "state": "on", "after_run": {}, "look": {}, "under": {}}
    kept = {key: value for key, value in document.items() if value != default.get(key)}
    return {**kept, **node.extra}


def api_of(graph: Graph) -> Json:
    """The nodes in ComfyUI's API format. Of a graph that was flattened: states aren't written."""
    return {id: _api_node(node) for id, node in graph.nodes.items()}


def _api_node(node: Node) -> Json:
    inputs = {name: json_value(value) for name, value in node.inputs.items()}
    meta: Any = node.extra.get("_meta", {})
    if isinstance(meta, Mapping) and "title" in node.look:
        meta = {"title": node.look["title"], **cast(Mapping[str, Any], meta)}
    document: Json = {"inputs": inputs, "class_type": node.class_type, **node.extra}
    if meta:
        document["_meta"] = meta
    return document


def json_value(value: Any) -> Any:
    """How an input's value is written: a link is `[id, output]`, a list is wrapped."""
    if isinstance(value, Link):
        return [value.node, value.output]
    if isinstance(value, BrokenLink):
        return list(value)
    return {"__value__": cast(Any, value)} if isinstance(value, list) else value
