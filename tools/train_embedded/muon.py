"""Muon: momentum whose matrices are made orthogonal before each step (Jordan et al. 2024).

On the autoencoder here it reaches in 100 steps what AdamW reaches in more than 200. Matrices and
convolution kernels (as matrices: outputs by all the rest) go this way, everything else by AdamW.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)  # the quintic of the Newton-Schulz iteration
_SMALLEST = 8  # rows or columns; thinner matrices have no directions worth evening out


def orthogonalised(matrix: Tensor, rounds: int = 5) -> Tensor:
    """The nearest matrix with singular values about 1 (0.7 to 1.2), by Newton-Schulz rounds.

    Every round multiplies by a polynomial of x xᵀ; polynomials of one matrix commute, so the
    rounds run on that small square and the wide matrix is touched twice only.
    """
    a, b, c = _COEFFICIENTS
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    square = x @ x.T
    one = torch.eye(len(square), dtype=x.dtype, device=x.device)
    whole = one
    for turn in range(rounds):
        factor = a * one + b * square + c * square @ square
        whole = factor @ whole if turn else factor
        if turn < rounds - 1:
            square = factor @ (factor @ square)
    x = whole @ x
    return x.T if tall else x


def split(module: nn.Module) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """The parameters that learn: those for Muon, and the others (tables, biases, thin kernels)."""
    kernels = {
        id(part.weight)
        for part in module.modules()
        if isinstance(part, nn.Linear | nn.Conv2d) and not _is_thin(part.weight)
    }
    learning = [p for p in module.parameters() if p.requires_grad]
    return [p for p in learning if id(p) in kernels], [p for p in learning if id(p) not in kernels]


def _is_thin(weight: Tensor) -> bool:
    rows = weight.shape[0]
    return min(rows, weight.numel() // rows) < _SMALLEST


class Muon(torch.optim.Optimizer):
    """Muon for the groups whose ``muon`` is true, AdamW (fused) for the others.

    A group's ``lr`` is AdamW's rate; Muon steps `ratio` times as far, its update having unit
    spectral norm.
    """

    def __init__(
        self,
        groups: Iterable[dict[str, Any]],
        lr: float,
        *,
        betas: tuple[float, float],
        weight_decay: float,
        ratio: float = 20.0,
        momentum: float = 0.95,
    ) -> None:
        super().__init__(groups, {"lr": lr, "ratio": ratio, "momentum": momentum})
        plain = [group for group in self.param_groups if not group["muon"]]
        self._adam = torch.optim.AdamW(
            [{"params": group["params"]} for group in plain],
            lr=lr,
            betas=betas,
            weight_decay=weight_decay,
            fused=True,
        )

    @torch.no_grad()
    def step(self) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """One step of both, at each group's present rate."""
        plain = [group for group in self.param_groups if not group["muon"]]
        for group, inner in zip(plain, self._adam.param_groups, strict=True):
            inner["lr"] = group["lr"]
        self._adam.step()
        for group in self.param_groups:
            if group["muon"]:
                self._turn(group)

    def _turn(self, group: dict[str, Any]) -> None:
        for parameter in group["params"]:
            if parameter.grad is None:
                continue
            state = self.state[parameter]
            mean = state.setdefault("mean", torch.zeros_like(parameter.grad))
            mean.lerp_(parameter.grad, 1 - group["momentum"])
            ahead = parameter.grad.lerp(mean, group["momentum"])  # Nesterov
            rows = parameter.shape[0]
            turned = orthogonalised(ahead.reshape(rows, -1)).reshape(parameter.shape)
            tall = max(1.0, rows * rows / parameter.numel()) ** 0.5
            parameter.add_(turned, alpha=-group["lr"] * group["ratio"] * tall)

    def state_dict(self) -> dict[str, Any]:
        """Both optimizers' state."""
        return {"muon": super().state_dict(), "adam": self._adam.state_dict()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take up both optimizers' state."""
        super().load_state_dict(state_dict["muon"])
        self._adam.load_state_dict(state_dict["adam"])
