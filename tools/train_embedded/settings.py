"""Where a training keeps its work, how long each stage may take, and which device runs it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

NATIVE_SIZE = 128  # pixels, the side of a picture that the model draws
LATENT_SIZE = 16  # a picture's side in latent units
SCALING = 0.18215  # latents times this have unit deviation, as in Stable Diffusion 1
HERE = Path(__file__).parent
PROJECT = HERE.parent.parent


@dataclass(frozen=True)
class Budget:
    """How long to train: minutes of wall clock or steps; the first to run out ends it."""

    minutes: float = 30.0
    steps: int = 10**9

    def progress(self, seconds: float, step: int) -> float:
        """The part of the budget that is spent, 0 to 1."""
        return min(1.0, max(seconds / (60 * self.minutes), step / self.steps))


@dataclass(frozen=True)
class Settings:
    """One training: its folder, its ring of concepts, its device."""

    work: Path
    ring: int = 1
    device: str = "cpu"
    threads: int = 1
    batch_scale: int = 1  # on a GPU batches are this many times larger

    @property
    def torch_device(self) -> torch.device:
        """The device that the networks live on."""
        return torch.device(self.device)

    def prepare(self) -> None:
        """Make the work folder and hold torch to its threads."""
        self.work.mkdir(parents=True, exist_ok=True)
        torch.set_num_threads(self.threads)


def pick_device(wanted: str) -> str:
    """Resolve ``auto`` to a GPU where there is one."""
    if wanted != "auto":
        return wanted
    return "cuda" if torch.cuda.is_available() else "cpu"


def write_json(path: Path, value: Any) -> None:
    """Write JSON at once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(path.suffix + ".part")
    partial.write_text(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    os.replace(partial, path)


def read_json(path: Path) -> Any:
    """Read a JSON file written by `write_json`."""
    return json.loads(path.read_text())
