"""A workflow from whatever file holds one: JSON of ours or ComfyUI's, or a picture with either."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from engine import pictures
from engine.convert.library import Library
from engine.convert.opening import AS_RUN, is_picture, read_any
from engine.errors import FileProblem, InputFileError
from engine.folders import Folders, PathError
from engine.graph import files
from engine.graph.model import Graph
from engine.graph.text import MAX_BYTES
from engine.spec.node import NodeSpec

MAX_PICTURE: Final = 512 * 2**20


def read_workflow(
    path: Path, library: Library | Mapping[str, NodeSpec], order: tuple[str, ...] = AS_RUN
) -> tuple[Graph, list[str]]:
    """The workflow in a file, and what should be said of how it was read.

    order: which text of a picture is tried first. Raises `FileProblem` that names the file.
    """
    known = library if isinstance(library, Library) else Library(library)
    graph, notes = read_any(_bytes(path), str(path), known, _texts_of, order)
    return graph, [f"{path}: {note}" for note in notes]


def library_of(folders: Folders, *registries: Mapping[str, NodeSpec]) -> Library:
    """Node types for reading and converting; the first files of folders stand in for defaults."""

    def listed(folder: str) -> Sequence[str]:
        try:
            return list(folders.names(folder))
        except PathError:
            return ()

    return Library(*registries, listed=listed)


def _bytes(path: Path) -> bytes:
    data = files.text_of(path)
    if len(data) > MAX_BYTES and is_picture(data):
        with path.open("rb") as file:
            data = file.read(MAX_PICTURE)
    return data


def _texts_of(data: bytes, name: str) -> Mapping[str, str]:
    try:
        return pictures.read_texts(data, name)
    except InputFileError as error:
        raise FileProblem(str(error)) from error
