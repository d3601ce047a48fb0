"""A workflow from whatever file holds one: JSON of ours or ComfyUI's, or a picture with either."""

from collections.abc import Mapping
from pathlib import Path

from engine import pictures
from engine.errors import FileProblem, InputFileError
from engine.graph import files
from engine.graph.model import Graph
from engine.spec.node import NodeSpec

CARRIED = ("easel", "prompt", "workflow")
"""The texts in a picture that hold a workflow; the first that is there is read."""


def read_workflow(path: Path, library: Mapping[str, NodeSpec]) -> tuple[Graph, list[str]]:
    """The workflow in a file, and what should be said of how it was read.

    Raises `FileProblem` that names the file.
    """
    data = files.text_of(path)
    if not _is_picture(data):
        return files.read(data, str(path)), []
    try:
        texts = pictures.read_texts(data, str(path))
    except InputFileError as error:
        raise FileProblem(str(error)) from error
    for name in CARRIED:
        if name in texts:
            return files.read(texts[name], f"{path} ({name})"), []
    raise FileProblem("is a picture that carries no workflow", path=str(path))


def _is_picture(data: bytes) -> bool:
    return data.startswith((b"\x89PNG", b"\xff\xd8\xff")) or data[8:12] == b"WEBP"
