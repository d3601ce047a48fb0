"""IMAGE and MASK to 8-bit bytes and back; knows nothing of files."""

import torch
from torch import Tensor


def to_bytes(picture: Tensor) -> bytes:
    """[..., C] or [H, W] in 0..1 as uint8 in memory order.

    Values are cut off (0.999 is 254), as ComfyUI does, so that pictures compare; outside of 0..1
    they are clamped, and what is not a number is 0.
    """
    scaled = torch.nan_to_num(picture.detach().float() * 255.0).clamp(0, 255)
    return scaled.to(torch.uint8).cpu().contiguous().numpy().tobytes()


def from_bytes(data: bytes, *shape: int) -> Tensor:
    """float32 of that shape in 0..1 from uint8 in memory order."""
    if not data:
        return torch.zeros(shape)
    return torch.frombuffer(bytearray(data), dtype=torch.uint8).reshape(shape).float() / 255.0
