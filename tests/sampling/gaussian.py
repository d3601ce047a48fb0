"""Truth to hold samplers against: data from a Gaussian.

Data of mean m and deviation s, buried to signal * clean + sigma * noise, has the expected clean
picture m + s² signal (x - signal m) / v with v = signal² s² + sigma², and its probability flow
keeps (x - signal m) / √v constant.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from engine.sampling.denoiser import Exploding, NoisePath, Straight
from engine.sampling.samplers.catalogue import SAMPLERS

torch.set_num_threads(1)
MEAN, SPREAD = 0.3, 0.5
START = torch.linspace(-8, 8, 9, dtype=torch.float64).reshape(1, 1, 3, 3)
ADDED, FLOW = Exploding(), Straight()
ENDS = {ADDED: (5.0, 0.05), FLOW: (0.95, 0.02)}


def variance(sigma: Tensor, path: NoisePath) -> Tensor:
    return (path.signal(sigma) * SPREAD) ** 2 + sigma**2


def perfect(path: NoisePath) -> Callable[[Tensor, Tensor], Tensor]:
    def denoise(x: Tensor, sigma: Tensor) -> Tensor:
        signal = path.signal(sigma)
        return MEAN + SPREAD**2 * signal * (x - signal * MEAN) / variance(sigma, path)

    return denoise


def both(path: NoisePath) -> Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]:
    denoise = perfect(path)
    return lambda x, sigma: (denoise(x, sigma),) * 2


def sigmas_of(steps: int, path: NoisePath) -> Tensor:
    high, low = (end ** (1 / 3) for end in ENDS[path])
    return torch.linspace(high, low, steps + 1, dtype=torch.float64) ** 3


def exact(sigmas: Tensor, path: NoisePath) -> Tensor:
    first, last = sigmas[0], sigmas[-1]
    scale = (variance(last, path) / variance(first, path)).sqrt()
    return path.signal(last) * MEAN + (START - path.signal(first) * MEAN) * scale


def error(name: str, steps: int, path: NoisePath, **settings) -> float:
    """The largest error of a sampler without noise between the ends of `path`."""
    sampler, sigmas = SAMPLERS[name], sigmas_of(steps, path)
    given = {**sampler.settings, **settings}
    if sampler.noise != "none":
        given["noise"] = lambda sigma, following: torch.zeros_like(START)
    if sampler.path:
        given["path"] = path
    if sampler.window:
        given["stochastic"] = (0.0, 0.0)
    denoise = both(path) if sampler.pair else perfect(path)
    drawn = sampler.call(denoise, START, sigmas, **given)
    return float((drawn - exact(sigmas, path)).abs().max())
