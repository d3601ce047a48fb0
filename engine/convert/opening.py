"""A workflow from whatever bytes hold one: our JSON, ComfyUI's two, or a picture with any.

Knows no pictures: who calls hands in how texts are read out of one.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast

from engine.convert import a1111
from engine.convert.api import settled
from engine.convert.document import Note
from engine.convert.library import Library
from engine.convert.reading import read_ui
from engine.errors import FileProblem
from engine.graph.files import form_of, read, read_api
from engine.graph.model import Graph, Link, Node
from engine.graph.text import MAX_BYTES, parsed
from engine.graph.virtual import is_virtual

TextsOf = Callable[[bytes, str], Mapping[str, str]]

AS_DRAWN: Final = ("easel", "workflow", "prompt", "parameters")
AS_RUN: Final = ("easel", "prompt", "workflow", "parameters")
"""The texts of a picture in the order they are tried: to look at it, or to run it again."""


def read_any(
    data: bytes,
    name: str,
    library: Library,
    texts_of: TextsOf | None = None,
    order: tuple[str, ...] = AS_DRAWN,
) -> tuple[Graph, list[Note]]:
    """The workflow in a file, and what there is to say about how it was read.

    name: what the file is called, for messages. texts_of: reads the texts out of a picture's
    bytes by their keys; may raise `FileProblem`. Raises `FileProblem` that names the file.
    """
    if not is_picture(data):
        return _opened(parsed(data, name), name, library)
    texts = texts_of(data, name) if texts_of else dict[str, str]()
    notes, first = list[Note](), None
    for key in order:
        if key not in texts:
            continue
        try:
            graph, found = _from_picture(key, texts, name, library)
        except FileProblem as problem:
            first = first or problem
            notes.append(Note(str(problem)))
            continue
        return graph, [*notes, *found]
    raise first or FileProblem("is a picture that carries no workflow", path=name)


def is_picture(data: bytes) -> bool:
    """Whether the bytes are a picture of a kind that can carry a workflow."""
    return data.startswith((b"\x89PNG", b"\xff\xd8\xff")) or data[8:12] == b"WEBP"


def _from_picture(
    key: str, texts: Mapping[str, str], name: str, library: Library
) -> tuple[Graph, list[Note]]:
    where = f"{name} ({key})"
    if key == "parameters":
        said = a1111.parsed(texts[key])
        if said is None:
            raise FileProblem("holds parameters without a line of settings", path=where)
        return a1111.graph_of(said, library.listed)
    graph, notes = _opened(_lenient(texts[key], where), where, library)
    if key == "workflow" and "prompt" in texts:
        notes = _with_values(graph, notes, texts["prompt"], library)
    return graph, notes


def _opened(document: Mapping[str, Any], name: str, library: Library) -> tuple[Graph, list[Note]]:
    try:
        return from_json(document, library)
    except FileProblem as problem:
        raise FileProblem(str(problem), path=name) from None


def from_json(document: Mapping[str, Any], library: Library) -> tuple[Graph, list[Note]]:
    """The workflow in a JSON object of any form, also one wrapped as `POST /prompt` takes it."""
    if form_of(document) == "":
        document = next(_unwrapped(document), document)
    if form_of(document) == "ui":
        return read_ui(document, library)
    return settled(read(document), library), []


def _unwrapped(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for key in ("workflow", "prompt", "output"):
        inner = document.get(key)
        if isinstance(inner, Mapping) and form_of(cast(Mapping[str, Any], inner)):
            yield cast(Mapping[str, Any], inner)


def _lenient(text: str, name: str) -> Mapping[str, Any]:
    """JSON in a picture: ComfyUI's server may have written NaN there, which counts as null."""
    if len(text) <= MAX_BYTES and ("NaN" in text or "Infinity" in text):
        try:
            found: Any = json.loads(text, parse_constant=lambda _: None)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, Mapping):
            return parsed(cast(Mapping[str, Any], found), name)
    return parsed(text, name)


def _with_values(graph: Graph, notes: list[Note], prompt: str, library: Library) -> list[Note]:
    """Give nodes of unknown types the values that the prompt beside the workflow has for them."""
    try:
        ran = read_api(_lenient(prompt, "prompt")).nodes
    except FileProblem as problem:
        return [*notes, Note(str(problem))]
    given = set[str]()
    for id, node in graph.nodes.items():
        if library.layout(node.class_type) or is_virtual(node.class_type) or id not in ran:
            continue
        if ran[id].class_type == node.class_type:
            _take_values(node, ran[id])
            given.add(id)
    return [note for note in notes if note.node not in given or "not known" not in note.message]


def _take_values(node: Node, ran: Node) -> None:
    for name, value in ran.inputs.items():
        if not isinstance(value, Link) and not isinstance(node.inputs.get(name), Link):
            node.inputs[name] = value


def types_in(graph: Graph) -> dict[str, int]:
    """How often each node type stands in a graph and its definitions, editors' own left out."""
    found = dict[str, int]()
    canvases = [graph.nodes, *(inner.nodes for inner in graph.subgraphs.values())]
    for nodes in canvases:
        for node in nodes.values():
            kind = node.class_type
            if not is_virtual(kind) and not kind.startswith("subgraph/"):
                found[kind] = found.get(kind, 0) + 1
    return found
