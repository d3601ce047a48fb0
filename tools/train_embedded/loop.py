"""The training loop that every stage shares: budget, learning rate, EMA, checkpoints, a log.

Knows nothing of what is trained: a stage hands it modules and a function that gives the losses.
"""

from __future__ import annotations

import copy
import math
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from tools.train_embedded.muon import Muon, split
from tools.train_embedded.settings import Budget

Losses = dict[str, Tensor]  # the entry named "loss" is minimised, the others are only logged


@dataclass(frozen=True)
class Recipe:
    """How a stage learns: rates at the start, warm-up in steps, decay, clipping, EMA."""

    rate: float
    warm_up: int = 100
    betas: tuple[float, float] = (0.9, 0.99)
    weight_decay: float = 0.01
    ratio: float = 20.0  # Muon's rate to AdamW's
    clip: float = 1.0
    ema: float = 0.0  # 0: none; the decay is ramped up from the start, so short runs have one too
    save_every: float = 180.0  # seconds
    log_every: int = 50  # steps


@dataclass
class Trainer:
    """Trains `modules` together; goes on from ``folder/checkpoint.pt``, or from shipped weights."""

    folder: Path
    modules: dict[str, nn.Module]
    budget: Budget
    recipe: Recipe
    seed: int = 0
    slower: dict[str, float] = field(default_factory=dict)  # module name -> factor of its rate
    averaged: dict[str, nn.Module] = field(init=False)
    step: int = field(init=False, default=0)
    seconds: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, module in self._named():
            if start_file(self.folder, name).exists():
                module.load_state_dict(load_file(start_file(self.folder, name)))
        self.averaged = {}
        if self.recipe.ema:
            self.averaged = {n: copy.deepcopy(m).requires_grad_(False) for n, m in self._named()}
        self._optimizer = Muon(
            [group for name, module in self._named() for group in self._groups(name, module)],
            lr=self.recipe.rate,
            betas=self.recipe.betas,
            weight_decay=self.recipe.weight_decay,
            ratio=self.recipe.ratio,
        )
        if (self.folder / "checkpoint.pt").exists():
            self._restore(torch.load(self.folder / "checkpoint.pt", weights_only=True))

    def _named(self) -> Iterable[tuple[str, nn.Module]]:
        return self.modules.items()

    def _groups(self, name: str, module: nn.Module) -> list[dict[str, Any]]:
        factor = self.slower.get(name, 1.0)
        return [
            {"params": parameters, "factor": factor, "muon": matrices}
            for parameters, matrices in zip(split(module), (True, False), strict=True)
            if parameters
        ]

    @property
    def progress(self) -> float:
        """The part of the budget that is spent, 0 to 1."""
        return self.budget.progress(self.seconds, self.step)

    def best(self, name: str) -> nn.Module:
        """The weights to ship: the averaged ones where there are any."""
        return self.averaged.get(name, self.modules[name])

    def run(self, losses: Callable[[float], Losses]) -> None:
        """Train until the budget is spent. `losses` is called with the progress, 0 to 1."""
        torch.manual_seed(self.seed + self.step)
        saved, sums, counted = time.monotonic(), {}, 0
        while self.progress < 1.0:
            started = time.monotonic()
            for name, value in self._one_step(losses).items():
                sums[name] = sums.get(name, 0.0) + float(value)
            counted += 1
            self.seconds += time.monotonic() - started
            if counted == self.recipe.log_every:
                self._log({name: value / counted for name, value in sums.items()})
                sums, counted = {}, 0
            if time.monotonic() - saved > self.recipe.save_every:
                self.save()
                saved = time.monotonic()
        self.save()

    def _one_step(self, losses: Callable[[float], Losses]) -> Losses:
        rate = self._rate()
        for group in self._optimizer.param_groups:
            group["lr"] = rate * group["factor"]
        found = losses(self.progress)
        self._optimizer.zero_grad(set_to_none=True)
        found["loss"].backward()
        parameters = [p for group in self._optimizer.param_groups for p in group["params"]]
        nn.utils.clip_grad_norm_(parameters, self.recipe.clip)
        self._optimizer.step()
        self.step += 1
        self._average()
        return {name: value.detach() for name, value in found.items()}

    def _rate(self) -> float:
        warm = min(1.0, (self.step + 1) / self.recipe.warm_up)
        return self.recipe.rate * warm * (0.5 + 0.5 * math.cos(math.pi * self.progress))

    @torch.no_grad()
    def _average(self) -> None:
        decay = min(self.recipe.ema, (1 + self.step) / (10 + self.step))
        for name, kept in self.averaged.items():
            for mean, now in zip(kept.parameters(), self.modules[name].parameters(), strict=True):
                mean.lerp_(now, 1 - decay)

    def _log(self, means: dict[str, float]) -> None:
        rate = self.step / max(self.seconds, 1e-9)
        text = " ".join(f"{name} {value:.4f}" for name, value in means.items())
        line = f"{time.strftime('%H:%M:%S')} {self.folder.name} step {self.step} "
        line += f"{100 * self.progress:.1f}% {rate:.2f}/s {text}"
        print(line, flush=True)

    def save(self) -> None:
        """Write the checkpoint, at once or not at all."""
        state: dict[str, Any] = {
            "step": self.step,
            "seconds": self.seconds,
            "optimizer": self._optimizer.state_dict(),
            "modules": {name: m.state_dict() for name, m in self._named()},
            "averaged": {name: m.state_dict() for name, m in self.averaged.items()},
        }
        partial = self.folder / "checkpoint.pt.part"
        torch.save(state, partial)
        os.replace(partial, self.folder / "checkpoint.pt")

    def _restore(self, state: dict[str, Any]) -> None:
        self.step, self.seconds = state["step"], state["seconds"]
        for name, module in self._named():
            module.load_state_dict(state["modules"][name])
        for name, module in self.averaged.items():
            module.load_state_dict(state["averaged"].get(name, state["modules"][name]))
        self._optimizer.load_state_dict(state["optimizer"])


def start_file(folder: Path, name: str) -> Path:
    """Where a module's first weights may lie, when a stage begins from shipped ones."""
    return folder / f"start-{name}.safetensors"


def has_weights(folder: Path, name: str) -> bool:
    """Whether the stage has been trained, or restored."""
    return (folder / "checkpoint.pt").exists() or start_file(folder, name).exists()


def saved_weights(folder: Path, name: str) -> dict[str, Tensor]:
    """A module's weights: the checkpoint's, averaged ones first, or those it starts from."""
    if not (folder / "checkpoint.pt").exists():
        return load_file(start_file(folder, name))
    state = torch.load(folder / "checkpoint.pt", weights_only=True, map_location="cpu")
    return state["averaged"].get(name) or state["modules"][name]
