"""Which device computes: the one place where it is chosen."""

import torch

from engine.errors import RunError


class DeviceError(RunError):
    """A device was asked for that isn't here."""


def chosen(wanted: str = "auto") -> str:
    """The torch device for `wanted`: "auto" is the best one here (cuda, xpu, mps, cpu).

    Raises `DeviceError` where that device isn't here or torch was built without it.
    """
    if wanted == "auto":
        return next(name for name, here in _present().items() if here)
    kind = wanted.partition(":")[0]
    present = _present()
    if not present.get(kind, False):
        found = ", ".join(name for name, here in present.items() if here)
        raise DeviceError(f"there is no device {wanted!r} here; there are: {found}")
    try:
        torch.empty(1, device=wanted)
    except (RuntimeError, AssertionError) as error:
        raise DeviceError(f"the device {wanted!r} can't be used: {error}") from error
    return wanted


def _present() -> dict[str, bool]:
    return {
        "cuda": torch.cuda.is_available(),
        "xpu": torch.xpu.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
