"""The noise levels that a model was trained on, and the two ways from its time to sigma.

A table is what schedules are cut from. It knows the numbers of a training run (betas, shift), not
the network that came out of it. `t` is the model's own unit of time: an index 0 to 999 for the
discrete table, 0 to 1000 for rectified flow; it rises with sigma.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import torch
from torch import Tensor

from engine.sampling.denoiser import Exploding, NoisePath, Straight

BEYOND = 999999999.9
"""The sigma of "0 per cent done": above every sigma that occurs."""


class Table(Protocol):
    """A model's noise levels."""

    @property
    def sigmas(self) -> Tensor:
        """All levels of the training, rising: [T] float32 on the CPU."""
        ...

    @property
    def sigma_min(self) -> float:
        """The smallest level, above 0."""
        ...

    @property
    def sigma_max(self) -> float:
        """The largest level."""
        ...

    @property
    def path(self) -> NoisePath:
        """How this model's pictures are buried in noise."""
        ...

    def sigma_at(self, t: Tensor) -> Tensor:
        """The sigma of times `t` of any shape, between entries too."""
        ...

    def t_at(self, sigma: Tensor) -> Tensor:
        """The time that the network is given for `sigma` of any shape."""
        ...

    def sigma_at_percent(self, share: float) -> float:
        """The sigma after a share (0 to 1) of the model's time has gone by."""
        ...


@dataclass(frozen=True, eq=False)
class Discrete:
    """A table of a thousand levels, as models that predict eps or v have (Ho et al. 2020).

    levels: [T] float64, rising, so that a logarithm is rounded once, not twice: the last bit
    decides which of two entries is nearer. Between entries sigma is interpolated in its logarithm;
    a sigma is given the index of the entry nearest in its logarithm, since the network only ever
    saw whole indices.
    """

    levels: Tensor

    @property
    def sigmas(self) -> Tensor:
        return self._sigmas

    @cached_property
    def _sigmas(self) -> Tensor:
        return self.levels.float()

    @cached_property
    def _logs(self) -> Tensor:
        return self.levels.log().float()

    @property
    def sigma_min(self) -> float:
        return float(self.sigmas[0])

    @property
    def sigma_max(self) -> float:
        return float(self.sigmas[-1])

    @property
    def path(self) -> NoisePath:
        return Exploding(self.sigma_max)

    def sigma_at(self, t: Tensor) -> Tensor:
        t = t.float().clamp(0, len(self.sigmas) - 1)
        logs = self._logs.to(t.device)
        share = t.frac()
        return ((1 - share) * logs[t.floor().long()] + share * logs[t.ceil().long()]).exp()

    def t_at(self, sigma: Tensor) -> Tensor:
        logs = self._logs.to(sigma.device)
        return (sigma.log().unsqueeze(-1) - logs).abs().argmin(dim=-1)

    def sigma_at_percent(self, share: float) -> float:
        if share <= 0:
            return BEYOND
        if share >= 1:
            return 0.0
        return float(self.sigma_at(torch.tensor((1 - share) * (len(self.sigmas) - 1))))


def scaled_linear(start: float = 0.00085, end: float = 0.012, steps: int = 1000) -> Discrete:
    """The table of Stable Diffusion 1.x, 2.x and XL: betas linear in their square root.

    Rombach et al. 2022, appendix; sigma² = (1 - a) / a with a the running product of 1 - beta
    (Karras et al. 2022, table 1).
    """
    betas = torch.linspace(start**0.5, end**0.5, steps, dtype=torch.float64) ** 2
    kept = (1 - betas).cumprod(dim=0)
    return Discrete(((1 - kept) / kept).sqrt())


@dataclass(frozen=True, eq=False)
class Flow:
    """The table of rectified flow, sigma from just above 0 to 1, shifted towards noise.

    shift: 1 leaves time as it is; SD3 has 3 (Esser et al. 2024, section 5.3.2).
    """

    shift: float = 1.0
    steps: int = 1000
    unit: float = 1000.0

    @property
    def sigmas(self) -> Tensor:
        return self._sigmas

    @cached_property
    def _sigmas(self) -> Tensor:
        return self.sigma_at(torch.arange(1, self.steps + 1) / self.steps * self.unit)

    @property
    def sigma_min(self) -> float:
        return float(self.sigmas[0])

    @property
    def sigma_max(self) -> float:
        return float(self.sigmas[-1])

    @property
    def path(self) -> NoisePath:
        return Straight(nearly_all=self.sigma_at_percent(1e-4))

    def sigma_at(self, t: Tensor) -> Tensor:
        time = t / self.unit
        return self.shift * time / (1 + (self.shift - 1) * time)

    def t_at(self, sigma: Tensor) -> Tensor:
        """The network is told the shifted sigma itself: this is not the inverse of `sigma_at`."""
        return sigma * self.unit

    def sigma_at_percent(self, share: float) -> float:
        if share <= 0:
            return 1.0
        if share >= 1:
            return 0.0
        return self.shift * (1 - share) / (1 + (self.shift - 1) * (1 - share))
