"""MODEL: a diffusion network with its family's facts and its patches, as plain data.

A `Model` owns no memory: weights belong to `residency`, patches are data, and making a patched
model shares everything with the old one. `opened` brings the network in for a run and gives the
bare `Forward` that sampling speaks to; hooks go in there and come out in `finally`. Knows no
sampler, no guidance, no file.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from engine.errors import RunError
from engine.models.family import Family
from engine.models.residency import Place, WeightPatch, Weights, residency_of
from engine.sampling.conditioning import Forward, Inputs, plain_inputs
from engine.sampling.patches import Patches, SkipHook
from engine.sampling.prediction import clean_from, scaled_input
from engine.sampling.tables import Table
from engine.spec.context import Context

if TYPE_CHECKING:
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel


@dataclass(frozen=True, eq=False)
class Model:
    """What travels on a MODEL link.

    network: the U-Net. loras: changes of its weights, in the order in which they were put on.
    patches: changes of guidance and hooks.
    """

    __socket__: ClassVar[str] = "MODEL"

    network: "Weights[UNet2DConditionModel]"
    family: Family
    loras: tuple[WeightPatch, ...] = ()
    patches: Patches = field(default_factory=Patches)

    @property
    def table(self) -> Table:
        """The noise levels that it was trained on."""
        return self.family.table

    @property
    def scale(self) -> float:
        """The sampler's latent is the VAE's times this."""
        return self.family.latent_scale

    @property
    def channels(self) -> int:
        """Of the latent."""
        return self.family.channels

    @property
    def width(self) -> int:
        """Channels of the U-Net's outermost level; the others are multiples of it."""
        return self.network.tensors["conv_in.weight"].shape[0]

    @property
    def text_width(self) -> int:
        """Numbers in each token's vector of the texts that it reads."""
        tensors = self.network.tensors
        return next(
            tensors[name].shape[1] for name in tensors if name.endswith("attn2.to_k.weight")
        )

    def with_lora(self, lora: WeightPatch) -> "Model":
        """The same weights, changed by one patch more while this model runs."""
        return replace(self, loras=(*self.loras, lora))

    def with_patches(self, patches: Patches) -> "Model":
        """The same weights under other patches (built from `model.patches`)."""
        return replace(self, patches=patches)

    def inputs(self, text: Tensor, options: Mapping[str, Any]) -> Inputs:
        """What the network is given of one entry of a conditioning.

        Raises `RunError` where the text comes from the encoder of another family.
        """
        if text.shape[-1] != self.text_width:
            raise RunError(
                f"A conditioning is {text.shape[-1]} numbers wide, but {self.network.name} reads "
                f"{self.text_width}: encode the text with the text encoder of the same checkpoint."
            )
        return plain_inputs(text, options)

    def device(self, ctx: Context) -> torch.device:
        """Where the network computes."""
        return residency_of(ctx).place(self.network).device

    @contextmanager
    def opened(self, ctx: Context) -> Generator[Forward]:
        """The bare network, in its place, with its patches and hooks on.

        Raises `Cancelled` between blocks where someone asks to stop, `OutOfMemory`,
        `ModelFileError`.
        """
        residency = residency_of(ctx)
        with residency.use(self.network, self.loras) as unet, ExitStack() as hooks:
            for handle in hook_skips(unet, self.patches.skips):
                hooks.callback(handle.remove)
            bare = forward_of(unet, self.family, residency.place(self.network))

            def forward(x: Tensor, sigma: Tensor, inputs: Inputs) -> Tensor:
                what = f"drawing {self._pixels(x)}"
                return residency.sparing(lambda: bare(x, sigma, inputs), what)

            yield forward

    def _pixels(self, x: Tensor) -> str:
        """The size of a batch of latents, for people."""
        count, _, *sides = x.shape
        height, width = (side * self.family.downscale for side in sides)
        return f"{count} x {width} x {height} pixels at once"


def forward_of(unet: "UNet2DConditionModel", family: Family, place: Place) -> Forward:
    """`(x, sigma, inputs) -> clean` of a U-Net, in float32 whatever the network computes in."""

    def forward(x: Tensor, sigma: Tensor, inputs: Inputs) -> Tensor:
        level = sigma.reshape(-1, *(1,) * (x.ndim - 1)) if sigma.ndim else sigma
        level = level.to(x.device) if sigma.ndim else level
        shown = scaled_input(family.prediction, x, level)
        if inputs.concat is not None:
            shown = torch.cat((shown, inputs.concat), dim=1)
        output: Tensor = unet(
            shown.to(place.device, place.dtype),
            family.table.t_at(sigma).to(place.device),
            encoder_hidden_states=inputs.text.to(place.device, place.dtype),
            return_dict=False,
        )[0]
        return clean_from(family.prediction, x, level, output.to(x.dtype).contiguous())

    return forward


def hook_skips(unet: nn.Module, skips: Sequence[SkipHook]) -> list[RemovableHandle]:
    """Call `skips` wherever the U-Net joins what comes from below with its skip connection.

    diffusers joins the two right before each residual block of its up blocks; a hook before that
    block takes them apart again, since their channels are known. Returns handles to take out.
    """
    if not skips:
        return []
    handles = list[RemovableHandle]()
    blocks: Any = unet.get_submodule("up_blocks")
    deepest: Any = unet.get_submodule("mid_block")
    below: int = deepest.resnets[-1].out_channels
    for block in blocks:
        for resnet in block.resnets:
            handles.append(resnet.register_forward_pre_hook(_skip_hook(below, skips)))
            below = int(resnet.out_channels)
    return handles


def _skip_hook(below: int, skips: Sequence[SkipHook]) -> Any:
    """A hook for a residual block whose input holds `below` channels from the block below."""

    def hook(_: nn.Module, args: tuple[Any, ...]) -> tuple[Any, ...]:
        h, skip = args[0].tensor_split([below], dim=1)
        for change in skips:
            h, skip = change(h, skip)
        return torch.cat((h, skip), dim=1), *args[1:]

    return hook
