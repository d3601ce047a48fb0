"""What of the world outside enters a node's key: files behind its choices, and its own word."""

import hashlib
import math
import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.errors import EaselError
from engine.folders import Folders
from engine.spec.context import Context
from engine.spec.inputs import Choice, Input
from engine.spec.node import NodeSpec


def fingerprint_of(
    spec: NodeSpec,
    inputs: Mapping[str, Any],
    context: Context,
    linked: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """One text for all that `inputs` (the literal ones) don't tell of a node's result.

    The content of files that a `Choice(folder=...)` names (those in `linked`, where the names come
    by a link), then what the node's own `fingerprint` says. Where that says NaN, the text is one
    that never was before. Empty if there is nothing. A file that isn't there counts as that; what
    the node's `fingerprint` raises is passed on.
    """
    parts = list[str]()
    for declared in spec.inputs:
        choice, name = declared.widget, inputs.get(declared.name)
        if is_file(declared):
            assert isinstance(choice, Choice)
            names = [name] if isinstance(name, str) else (linked or {}).get(declared.name, ())
            parts.extend(file_fingerprint(choice, one, context.folders) for one in names)
    if spec.fingerprint is not None:
        own = spec.fingerprint(context, inputs)
        if isinstance(own, float) and math.isnan(own):
            own = secrets.token_hex(16)
        parts.append(str(own))
    return "|".join(parts)


def is_volatile(spec: NodeSpec) -> bool:
    """Whether anything outside the graph can change this node's key."""
    return spec.fingerprint is not None or any(map(is_file, spec.inputs))


def is_file(declared: Input) -> bool:
    """Whether an input's value names a file in one of our folders."""
    return isinstance(declared.widget, Choice) and bool(declared.widget.folder)


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
