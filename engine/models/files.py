"""Read model files: which tensors they hold, their shapes, and each tensor when it is asked for.

Safetensors files are memory-mapped. Older files (`.ckpt`, `.pt`, `.pth`, `.bin`) are pickles: they
are read by torch's weights-only loader alone, which refuses whatever would run code. Knows no
architecture.
"""

import pickle
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from engine.errors import ModelFileError

SAFETENSORS: Final = frozenset({".safetensors", ".sft"})
DTYPES: Final[Mapping[str, torch.dtype]] = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of a tensor without reading it."""

    shape: tuple[int, ...]
    dtype: torch.dtype


@dataclass(frozen=True, eq=False)
class TensorFile:
    """An open model file.

    tensors: shape and dtype by name. read: one tensor on the CPU, mapped where the format allows.
    metadata: text that a safetensors file carries in its header.
    identity: path, size and time of change; equal where the content is.
    """

    path: Path
    tensors: Mapping[str, Stored]
    read: Callable[[str], Tensor]
    identity: tuple[str, int, int]
    metadata: Mapping[str, str] = field(default_factory=dict[str, str])


def open_tensors(path: Path) -> TensorFile:
    """Open a model file of any kind that is read here.

    Raises `ModelFileError` where it is missing, empty, truncated, no model file, or a pickle that
    asks for code to be run.
    """
    identity = _identity(path)
    if path.suffix.lower() in SAFETENSORS:
        return _open_safetensors(path, identity)
    found = tensors_in(read_pickle(path))
    if not found:
        raise ModelFileError(f"{path.name}: no tensors were found in this file")
    stored = {name: Stored(tuple(t.shape), t.dtype) for name, t in found.items()}
    return TensorFile(path, stored, found.__getitem__, identity)


def read_pickle(path: Path) -> Any:
    """The object in a pickle file, tensors mapped where possible; weights only, never code.

    Raises `ModelFileError`.
    """
    _identity(path)
    try:
        return _load(path)
    except pickle.UnpicklingError as error:
        reason = str(error).split("\n", 1)[0]
        raise ModelFileError(
            f"{path.name}: this pickle holds more than weights, and reading it might run code; "
            f"use the model's safetensors file instead ({reason[:200]})"
        ) from error
    except (RuntimeError, EOFError, ValueError, OSError, zipfile.BadZipFile, KeyError) as error:
        raise ModelFileError(
            f"{path.name}: not a model file, or damaged; fetch it again ({str(error)[:200]})"
        ) from error


def tensors_in(value: Any) -> dict[str, Tensor]:
    """The tensors of a pickled object by dotted names; only those of its `state_dict`, if any."""
    if not isinstance(value, Mapping):
        return {}
    entries = cast("Mapping[Any, Any]", value)
    for wrapper in ("state_dict", "params_ema", "params"):
        inner = entries.get(wrapper)
        if isinstance(inner, Mapping):
            return tensors_in(inner)
    found = dict[str, Tensor]()
    for name, entry in entries.items():
        if isinstance(entry, Tensor):
            found[str(name)] = entry.detach()
        else:
            found.update({f"{name}.{rest}": t for rest, t in tensors_in(entry).items()})
    return found


def _load(path: Path) -> Any:
    zipped = zipfile.is_zipfile(path)
    return torch.load(path, map_location="cpu", weights_only=True, mmap=zipped)


def _identity(path: Path) -> tuple[str, int, int]:
    try:
        stat = path.stat()
        empty = path.is_file() and stat.st_size == 0
    except OSError as error:
        raise ModelFileError(f"{path.name}: can't be read: {error.strerror}") from error
    if empty:
        raise ModelFileError(f"{path.name}: the file is empty; fetch it again")
    return (str(path), stat.st_size, stat.st_mtime_ns)


def _open_safetensors(path: Path, identity: tuple[str, int, int]) -> TensorFile:
    try:
        opened = cast(Any, safe_open(path, framework="pt"))
        metadata: dict[str, str] = opened.metadata() or {}
        stored = {name: _stored(path, name, opened.get_slice(name)) for name in opened.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise ModelFileError(
            f"{path.name}: not a whole safetensors file (is the download complete? {error})"
        ) from error
    return TensorFile(path, stored, opened.get_tensor, identity, metadata)


def _stored(path: Path, name: str, piece: Any) -> Stored:
    kind: str = piece.get_dtype()
    if kind not in DTYPES:
        raise ModelFileError(f"{path.name}: {name} is stored as {kind}, which is not read here")
    return Stored(tuple(piece.get_shape()), DTYPES[kind])
