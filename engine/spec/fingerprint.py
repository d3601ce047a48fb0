"""What of the world outside enters a node's key: files behind its choices, and its own word."""

import hashlib
import math
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from engine.errors import EaselError
from engine.folders import Folders
from engine.spec.context import Context
from engine.spec.inputs import Choice
from engine.spec.node import NodeSpec


def fingerprint_of(spec: NodeSpec, inputs: Mapping[str, Any], context: Context) -> str:
    """One text for all that `inputs` (the literal ones) don't tell of a node's result.

    The content of files that a `Choice(folder=...)` names, then what the node's own `fingerprint`
    says. Where that says NaN, the text is one that never was before. Empty if there is nothing.
    A file that isn't there counts as that; what the node's `fingerprint` raises is passed on.
    """
    parts = list[str]()
    for declared in spec.inputs:
        name = inputs.get(declared.name)
        if isinstance(declared.widget, Choice) and declared.widget.folder and isinstance(name, str):
            parts.append(file_fingerprint(declared.widget, name, context.folders))
    if spec.fingerprint is not None:
        own = spec.fingerprint(context, inputs)
        if isinstance(own, float) and math.isnan(own):
            own = secrets.token_hex(16)
        parts.append(str(own))
    return "|".join(parts)


def is_volatile(spec: NodeSpec) -> bool:
    """Whether anything outside the graph can change this node's key."""
    return spec.fingerprint is not None or any(
        isinstance(declared.widget, Choice) and declared.widget.folder for declared in spec.inputs
    )


def file_fingerprint(choice: Choice, name: str, folders: Folders) -> str:
    """The fingerprint of the file (or of all files of the folder) that a choice names."""
    try:
        path = folders.annotated(name) if choice.upload else folders.resolve(choice.folder, name)
        digest = hashlib.blake2b(digest_size=16)
        for file in _files(path):
            digest.update(file.relative_to(path).as_posix().encode(errors="replace"))
            digest.update(folders.fingerprint(file).encode())
        return digest.hexdigest()
    except (EaselError, OSError):
        return "missing"


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(file for file in path.rglob("*") if file.is_file())
    else:
        yield path
