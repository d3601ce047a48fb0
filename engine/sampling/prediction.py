"""What a network's answer means: eps, v or flow, and the clean picture that follows from it.

Arithmetic on tensors; knows no network and no table. A network that was trained on pictures kept
at deviation 1 ("variance preserving") gets `x / sqrt(1 + sigma²)`, since x here is the picture with
noise on top (Karras et al. 2022, table 1); one trained on rectified flow gets x as it is.
"""

from typing import Literal

from torch import Tensor

Prediction = Literal["eps", "v", "flow"]


def scaled_input(kind: Prediction, x: Tensor, sigma: Tensor) -> Tensor:
    """What the network is shown of `x`. sigma: broadcasts to x."""
    return x if kind == "flow" else x / (sigma**2 + 1).sqrt()


def clean_from(kind: Prediction, x: Tensor, sigma: Tensor, output: Tensor) -> Tensor:
    """The clean picture that the network's `output` for `x` says.

    eps: the noise (Ho et al. 2020, eq. 11). v: Salimans & Ho 2022, appendix D, in terms of sigma.
    flow: noise minus picture (Liu et al. 2022, eq. 1). sigma: broadcasts to x.
    """
    if kind == "v":
        return x / (sigma**2 + 1) - output * sigma / (sigma**2 + 1).sqrt()
    return x - output * sigma
