"""What a device's memory is like: how much is free, what "full" looks like, how to do with less.

The one place that names devices. Knows no network; `residency` decides.
"""

import ctypes
import os
import re
import sys
from typing import Any, Final

import torch
from torch import nn

GIB: Final = 2**30
HEADROOM: Final = 3 * GIB // 2
"""Bytes kept free on an accelerator for what a network computes with."""

_WITHOUT_SYSCONF: Final = 8 * GIB
_ASKED = re.compile(r"(?:tried to allocate|Tried to allocate)\s+([\d.]+)\s*(bytes|[KMGT]iB)?")
_UNITS = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": GIB, "TiB": 2**40}


def half_of_machine() -> int:
    """Half of the machine's memory in bytes; a guess where the system can't say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return _WITHOUT_SYSCONF


def free_on(device: torch.device) -> int:
    """Bytes that new tensors can take on an accelerator, what torch holds in reserve included."""
    if device.type == "mps":
        return torch.mps.recommended_max_memory() - torch.mps.current_allocated_memory()
    backend = _backend(device)
    free, _ = backend.mem_get_info(device)
    return free + backend.memory_reserved(device) - backend.memory_allocated(device)


def give_back(device: torch.device) -> None:
    """Hand freed blocks back: torch's, so that a large new tensor finds room in one piece, and on
    Linux the heap's, which keeps a quarter of what the small tensors and layers of a network took.
    """
    if device.type != "cpu":
        _backend(device).empty_cache()
    elif sys.platform.startswith("linux"):
        trim: Any = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it
        if trim is not None:
            trim(0)


def lacking(error: BaseException) -> int | None:
    """The bytes that were asked for in vain (0 if unknown), or None if it is another error."""
    text = str(error)
    known = isinstance(error, MemoryError | torch.OutOfMemoryError)
    if not known and "allocate memory" not in text and "out of memory" not in text:
        return None
    asked = _ASKED.search(text)
    return int(float(asked[1]) * _UNITS[asked[2] or "bytes"]) if asked else 0


def sentence(what: str, asked: int, device: torch.device) -> str:
    """What an `OutOfMemory` says."""
    much = f"{readable(asked)} more" if asked else "more memory than there is"
    left = "" if device.type == "cpu" else f" ({readable(free_on(device))} are free)"
    return (
        f"Out of memory while {what}: {much} would have been needed on {device}{left}, after all "
        "that was idle had been freed. Use a smaller picture or batch, or a tiled node."
    )


def readable(size: int) -> str:
    """Bytes for people: "1.5 GiB"."""
    for unit, name in ((GIB, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} bytes"


def offload_groups(module: nn.Module, device: torch.device) -> None:
    """Keep a module on the CPU and move its layers to the device when their turn comes."""
    from diffusers.hooks.group_offloading import apply_group_offloading

    apply_group_offloading(
        module,
        onload_device=device,
        offload_device=torch.device("cpu"),
        offload_type="leaf_level",
        use_stream=device.type == "cuda",
    )


def stays_narrow(module: nn.Module, name: str) -> bool:
    """Whether a parameter may stay in eight bits: those of matrices and convolutions."""
    owner = module.get_submodule(name.rpartition(".")[0])
    return isinstance(owner, nn.Linear | nn.Conv2d)


def widen_in_layers(module: nn.Module, dtype: torch.dtype) -> None:
    """Have layers stored in eight bits widen their weights while they compute (by diffusers)."""
    from diffusers.hooks.layerwise_casting import apply_layerwise_casting_hook

    for part in module.modules():
        if isinstance(part, nn.Linear | nn.Conv2d) and part.weight.dtype.itemsize == 1:
            apply_layerwise_casting_hook(
                part, storage_dtype=part.weight.dtype, compute_dtype=dtype, non_blocking=True
            )


def _backend(device: torch.device) -> Any:
    return getattr(torch, device.type)
