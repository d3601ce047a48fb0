"""Textual inversion: vectors that stand for a word, found by name and read from their files.

Knows where embeddings lie and how the trainers of the field write them; not how a prompt uses
them.
"""

import hashlib
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from torch import Tensor

from engine.errors import ModelFileError
from engine.folders import Folders, PathError
from engine.models.files import TensorFile, open_tensors
from engine.models.prompt import Find, names_of_embeddings

FOLDER: Final = "embeddings"
ENDINGS: Final = ("", ".safetensors", ".pt", ".bin")
KEYS: Final = ("clip_l", "emb_params", "string_to_param.*")

log = logging.getLogger(__name__)


def finder(folders: Folders) -> Find:
    """The vectors of an embedding by its name, as a prompt asks for them.

    A name without a file is None, and said in the log. Raises `ModelFileError` for a file that
    is damaged or holds no vectors.
    """

    def find(name: str) -> Tensor | None:
        path = path_of(name, folders)
        if path is None and name.strip(",") == name:  # else it is asked for without the comma
            log.warning("there is no embedding called %r; it is left out of the prompt", name)
        return None if path is None else vectors(path)

    return find


def path_of(name: str, folders: Folders) -> Path | None:
    """The file of an embedding; its ending may be left out."""
    for ending in ENDINGS:
        try:
            path = folders.resolve(FOLDER, name + ending)
        except PathError:
            continue
        if path.is_file():
            return path
    return None


def vectors(path: Path) -> Tensor:
    """The vectors [n, width] in an embedding's file, float32. Raises `ModelFileError`."""
    file = open_tensors(path)
    found = file.read(_key(file)).float()
    if found.ndim == 1:
        found = found[None]
    if found.ndim != 2:
        raise ModelFileError(
            f"{path.name}: an embedding holds vectors [n, width]; this one is {list(found.shape)}"
        )
    return found


def fingerprint(text: str | None, folders: Folders) -> str:
    """What the embeddings in a prompt add to its key: their files' content.

    For a text that is not known yet (None, it comes by a link) the state of the whole folder.
    """
    if text is None:
        return _state(folders)
    names = [n for name in names_of_embeddings(text) for n in (name, name.strip(","))]
    paths = (path_of(name, folders) for name in names if name)
    return " ".join(folders.fingerprint(path) if path else "missing" for path in paths)


def _state(folders: Folders) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for name in folders.names(FOLDER):
        digest.update(name.encode("utf-8", "replace"))
        digest.update(folders.fingerprint(folders.resolve(FOLDER, name)).encode())
    return digest.hexdigest()


def _key(file: TensorFile) -> str:
    names: Iterable[str] = file.tensors
    return next((key for key in KEYS if key in file.tensors), next(iter(names)))
