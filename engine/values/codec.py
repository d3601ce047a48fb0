"""What the cache must know of values on links: their size, their bytes, and how to describe them.

Tensors and plain containers of them and of scalars are written as safetensors, the structure as
JSON in its header; every dtype, tuple and number comes back exactly. Models and other objects are
not written, and weigh nothing: `engine.models.residency` owns weights. Knows nothing of files.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

KEY: Final = "easel.value"
FORMAT: Final = "easel.format"
VERSION: Final = "value/1"
SMALL: Final = 32  # bytes that a number or a name is taken to hold
LONGEST: Final = 200  # letters of a description
DEEPEST: Final = 100  # containers inside each other


class NotWritable(TypeError):
    """A value, or something inside it, has no form on disk (a model, a sampler ...)."""


@dataclass(frozen=True, slots=True)
class Codec:
    """What `engine.execution` is given, which knows neither torch nor safetensors."""

    def size(self, value: Any) -> int:
        """The bytes of memory that keeping `value` holds; a storage on two views counts once."""
        storages, total = dict[int, int](), 0
        for leaf in _leaves(value):
            if isinstance(leaf, Tensor):
                held = leaf.untyped_storage()
                storages[held.data_ptr()] = held.nbytes()
            elif isinstance(leaf, str | bytes):
                total += SMALL + len(leaf)
            elif leaf is None or isinstance(leaf, bool | int | float):
                total += SMALL
        return total + sum(storages.values())

    def save(self, value: Any) -> bytes:
        """`value` as bytes. Raises `NotWritable` naming what has no form on disk."""
        tensors = dict[str, Tensor]()
        tree = json.dumps(_to_tree(value, tensors, DEEPEST), separators=(",", ":"))
        try:
            return save(tensors, {FORMAT: VERSION, KEY: tree})
        except (SafetensorError, KeyError, ValueError, RuntimeError) as error:
            raise NotWritable(f"{self.describe(value)} can't be written: {error}") from error

    def load(self, data: bytes) -> Any:
        """The value that `save` wrote, on the CPU. Raises `ValueError` if `data` is damaged."""
        try:
            header = _metadata(data)
            if header.get(FORMAT) != VERSION:
                raise ValueError(f"expected {VERSION}, got {header.get(FORMAT)}")
            return _from_tree(json.loads(header[KEY]), load(data))
        except (SafetensorError, LookupError, TypeError, RuntimeError, RecursionError) as error:
            raise ValueError(f"not a value that was saved, or damaged: {error}") from error

    def describe(self, value: Any) -> str:
        """A short text for people, such as `float32[1,4,64,64] cpu`; keeps nothing of `value`."""
        text = _described(value)
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _leaves(value: Any) -> Iterator[Any]:
    """What is inside `value`; a container that contains itself is looked into once."""
    waiting, seen = [value], set[int]()
    while waiting:
        item: Any = waiting.pop()
        if not isinstance(item, dict | list | tuple):
            yield item
        elif id(cast(object, item)) not in seen:
            seen.add(id(cast(object, item)))
            container = cast(Any, item)
            waiting.extend(container.values() if isinstance(item, dict) else container)


def _to_tree(value: Any, tensors: dict[str, Tensor], deep: int) -> Any:
    """JSON in which a scalar is itself and everything else a list that begins with its kind."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, Tensor):
        return ["tensor", _kept(value, tensors)]
    if type(value) is bytes:
        return ["bytes", base64.b64encode(value).decode("ascii")]
    if type(value) not in (list, tuple, dict) or not deep:
        raise NotWritable(f"{_described(value)} has no form on disk")
    if isinstance(value, dict):
        pairs = cast(dict[Any, Any], value).items()
        return ["dict", [[_to_tree(part, tensors, deep - 1) for part in pair] for pair in pairs]]
    items = cast(list[Any], value)
    return [type(value).__name__, [_to_tree(item, tensors, deep - 1) for item in items]]


def _kept(tensor: Tensor, tensors: dict[str, Tensor]) -> str:
    """The name under which a tensor is written; each is a copy of its own if storage is shared."""
    if tensor.layout is not torch.strided or tensor.is_quantized:
        raise NotWritable(f"a tensor of layout {tensor.layout} has no form on disk")
    name = str(len(tensors))
    whole = tensor.detach().cpu().contiguous()
    storage = whole.untyped_storage().data_ptr()
    shared = any(storage == other.untyped_storage().data_ptr() for other in tensors.values())
    tensors[name] = whole.clone() if shared else whole
    return name


def _from_tree(tree: Any, tensors: dict[str, Tensor]) -> Any:
    if not isinstance(tree, list):
        return tree
    kind, held = cast(tuple[str, Any], tree)
    if kind == "tensor":
        return tensors[held]
    if kind == "bytes":
        return base64.b64decode(held, validate=True)
    if kind == "dict":
        return {_from_tree(key, tensors): _from_tree(item, tensors) for key, item in held}
    items = [_from_tree(item, tensors) for item in held]
    if kind == "tuple":
        return tuple(items)
    if kind == "list":
        return items
    raise ValueError(f"unknown kind {kind!r}")


def _metadata(data: bytes) -> dict[str, str]:
    """The texts in a safetensors header: eight bytes of its length, then JSON."""
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 + length:
        raise ValueError("cut off in its header")
    header = json.loads(data[8 : 8 + length])
    return header["__metadata__"]


def _described(value: Any, deep: int = 3) -> str:
    if isinstance(value, Tensor):
        kind = str(value.dtype).removeprefix("torch.")
        return f"{kind}[{','.join(map(str, value.shape))}] {value.device}"
    if isinstance(value, str | bytes):
        return repr(value[:60]) + ("…" if len(value) > 60 else "")
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    if not isinstance(value, dict | list | tuple):
        return type(value).__name__
    if not deep:
        return "…"
    if isinstance(value, dict):
        pairs = list(cast(dict[Any, Any], value).items())
        return f"{{{_listed([f'{k}: {_described(v, deep - 1)}' for k, v in pairs[:9]], pairs)}}}"
    items = list(cast(list[Any], value))
    inside = _listed([_described(item, deep - 1) for item in items[:4]], items)
    return f"[{inside}]" if isinstance(value, list) else f"({inside})"


def _listed(texts: list[str], items: list[Any]) -> str:
    more = [f"… {len(items)} in all"] if len(items) > len(texts) else []
    return ", ".join([*texts, *more])
