"""The 42 samplers by the names that workflow files say, and what each of them needs.

A sampler is a pure function; here it gets its noise, its path and its settings from a seed and a
model's table. It knows no network, and no node.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from inspect import signature
from typing import Any, ClassVar, Literal

from torch import Tensor

from engine.sampling.denoiser import Denoiser, NoiseSource, OnStep, PairDenoiser, silent
from engine.sampling.noise import brownian_noise, ongoing_noise, step_noise
from engine.sampling.samplers import (
    dpm,
    dpm_solver,
    dpmpp,
    dpmpp_sde,
    er_sde,
    euler,
    gradient_estimation,
    heun,
    lcm,
    multistep,
    res_multistep,
    sa_solver,
    seeds,
    uni_pc,
)
from engine.sampling.tables import Table

Noise = Literal["none", "churn", "steps", "tree", "tree on device"]


@dataclass(frozen=True, eq=False)
class Sampler:
    """A sampler and how it is called.

    noise: "none"; "churn" (only if asked to, from torch's global generator); "steps" (a draw a
    step); "tree" (a Brownian path, on the CPU or the latent's device).
    path: whether its step depends on how the model buries pictures.
    pair: whether it wants a `PairDenoiser`.
    divides: whether by the length of a step, so that no step may be without.
    redraws: whether, under a mask, the kept picture is buried with noise of its own
    (`noise.noise_redrawn`).
    window: shares of the model's time between which it is stochastic, for `sa_solver`.
    settings: keywords of `call` that differ from its defaults (`with_settings`).
    """

    __socket__: ClassVar[str] = "SAMPLER"

    name: str
    call: Callable[..., Tensor]
    noise: Noise = "none"
    path: bool = False
    pair: bool = False
    divides: bool = False
    redraws: bool = False
    window: tuple[float, float] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def with_settings(self, **settings: Any) -> Sampler:
        """The same sampler with settings of its own, named as its function names them.

        `window` is the sampler's, two shares of the model's time. Raises TypeError, at once, for a
        setting that the sampler doesn't have.
        """
        window = settings.pop("window", self.window)
        signature(self.call).bind_partial(**settings)
        return replace(self, window=window, settings={**self.settings, **settings})

    def run(
        self,
        denoise: Denoiser | PairDenoiser,
        x: Tensor,
        sigmas: Tensor,
        *,
        seed: int,
        table: Table,
        on_step: OnStep = silent,
    ) -> Tensor:
        """Draw x at `sigmas[0]` down to `sigmas[-1]`; fewer than two sigmas give x back.

        sigmas: float32 on the CPU. seed: of the noise between steps, 0 to 2^64 - 1.
        Raises ValueError where a step has no length and the sampler can't bear that.
        """
        if len(sigmas) < 2:
            return x
        self._demand_steps(sigmas)
        given = dict(self.settings)
        if self.noise != "none":
            given["noise"] = self._noise(x, sigmas, seed)
        if self.path:
            given["path"] = table.path
        if self.window is not None:
            given["stochastic"] = tuple(table.sigma_at_percent(share) for share in self.window)
        return self.call(denoise, x, sigmas, on_step=on_step, **given)

    def _demand_steps(self, sigmas: Tensor) -> None:
        still = (sigmas.diff() == 0).nonzero().flatten()
        if self.divides and len(still):
            at = int(still[0])
            raise ValueError(
                f"{self.name} needs sigmas that change from step to step; number {at + 1} and "
                f"{at + 2} of the schedule are both {float(sigmas[at]):g}. Take one of them out."
            )

    def _noise(self, x: Tensor, sigmas: Tensor, seed: int) -> NoiseSource:
        if self.noise == "churn":
            return ongoing_noise(x)
        if self.noise == "steps":
            return step_noise(x, seed)
        return brownian_noise(x, sigmas, seed, on_device=self.noise == "tree on device")


def _sde(name: str, call: Callable[..., Tensor], **given: Any) -> tuple[Sampler, Sampler]:
    """One that follows a Brownian path, which its twin draws on the latent's device."""
    drawn = Sampler(name, call, "tree", path=True, divides=True, settings=given)
    return drawn, replace(drawn, name=f"{name}_gpu", noise="tree on device")


def _adams(name: str, **given: Any) -> Sampler:
    """SA-Solver is stochastic between a fifth and four fifths of the model's time."""
    plain = Sampler(name, sa_solver.sa_solver, "steps", path=True, divides=True)
    return replace(plain, window=(0.2, 0.8), settings=given)


_ALL = (
    Sampler("euler", euler.euler, "churn"),
    Sampler("euler_cfg_pp", euler.euler_cfg_pp, path=True, pair=True),
    Sampler("euler_ancestral", euler.euler_ancestral, "steps", path=True),
    Sampler("euler_ancestral_cfg_pp", euler.euler_ancestral_cfg_pp, "steps", path=True, pair=True),
    Sampler("heun", heun.heun, "churn"),
    Sampler("heunpp2", heun.heunpp2, "churn"),
    Sampler("dpm_2", dpm.dpm_2, "churn"),
    Sampler("dpm_2_ancestral", dpm.dpm_2_ancestral, "steps", path=True),
    Sampler("lms", multistep.lms, divides=True),
    Sampler("dpm_fast", dpm_solver.dpm_fast, "steps"),
    Sampler("dpm_adaptive", dpm_solver.dpm_adaptive, "steps"),
    Sampler("dpmpp_2s_ancestral", dpmpp.dpmpp_2s_ancestral, "steps", path=True),
    Sampler("dpmpp_2s_ancestral_cfg_pp", dpmpp.dpmpp_2s_ancestral_cfg_pp, "steps", pair=True),
    *_sde("dpmpp_sde", dpmpp_sde.dpmpp_sde),
    Sampler("dpmpp_2m", dpmpp.dpmpp_2m, divides=True),
    Sampler("dpmpp_2m_cfg_pp", dpmpp.dpmpp_2m_cfg_pp, pair=True, divides=True),
    *_sde("dpmpp_2m_sde", dpmpp_sde.dpmpp_2m_sde),
    *_sde("dpmpp_2m_sde_heun", dpmpp_sde.dpmpp_2m_sde, solver_type="heun"),
    *_sde("dpmpp_3m_sde", dpmpp_sde.dpmpp_3m_sde),
    Sampler("ddpm", euler.ddpm, "steps"),
    Sampler("lcm", lcm.lcm, "steps", path=True),
    Sampler("ipndm", multistep.ipndm),
    Sampler("ipndm_v", multistep.ipndm_v, divides=True),
    Sampler("deis", multistep.deis, divides=True),
    Sampler("res_multistep", res_multistep.res_multistep),
    Sampler("res_multistep_cfg_pp", res_multistep.res_multistep_cfg_pp, pair=True),
    Sampler("res_multistep_ancestral", res_multistep.res_multistep_ancestral, "steps"),
    Sampler(
        "res_multistep_ancestral_cfg_pp",
        res_multistep.res_multistep_ancestral_cfg_pp,
        "steps",
        pair=True,
    ),
    Sampler("gradient_estimation", gradient_estimation.gradient_estimation),
    Sampler(
        "gradient_estimation_cfg_pp", gradient_estimation.gradient_estimation_cfg_pp, pair=True
    ),
    Sampler("er_sde", er_sde.er_sde, "steps", path=True, divides=True),
    Sampler("seeds_2", seeds.seeds_2, "steps", path=True, divides=True),
    Sampler("seeds_3", seeds.seeds_3, "steps", path=True, divides=True),
    _adams("sa_solver"),
    _adams("sa_solver_pece", use_pece=True),
    Sampler("ddim", euler.euler, "churn", redraws=True),
    Sampler("uni_pc", uni_pc.uni_pc, path=True, divides=True),
    Sampler("uni_pc_bh2", uni_pc.uni_pc_bh2, path=True, divides=True),
)

SAMPLERS: Mapping[str, Sampler] = {sampler.name: sampler for sampler in _ALL}
"""Every sampler by name, in the order that menus show."""
