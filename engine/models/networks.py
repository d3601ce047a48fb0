"""The networks themselves: diffusers' and transformers' own classes, built empty.

Parameters are on the meta device and cost nothing until `residency` fills them. Knows no file.
"""

from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar, cast

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor, nn
from transformers.models.clip.configuration_clip import CLIPTextConfig
from transformers.models.clip.modeling_clip import CLIPTextModel

from engine.errors import ModelFileError
from engine.models.files import TensorFile
from engine.models.residency import Weights

M = TypeVar("M", bound=nn.Module)
LISTED = 4  # how many names an error lists


def unet(config: Mapping[str, Any]) -> UNet2DConditionModel:
    """diffusers' conditional U-Net of that configuration."""
    with torch.device("meta"):
        return cast(Any, UNet2DConditionModel).from_config(dict(config))


def autoencoder(config: Mapping[str, Any]) -> AutoencoderKL:
    """diffusers' variational autoencoder of that configuration."""
    with torch.device("meta"):
        return cast(Any, AutoencoderKL).from_config(dict(config))


def text_encoder(config: Mapping[str, Any]) -> CLIPTextModel:
    """transformers' CLIP text model of that configuration."""
    read = CLIPTextConfig(**config)
    with torch.device("meta"):
        model = CLIPTextModel(read)
    # no file holds these; they only count the places
    places = torch.arange(read.max_position_embeddings).expand(1, -1)
    model.embeddings.position_ids = nn.Buffer(places, persistent=False)
    return model


def weights_from(
    file: TensorFile,
    part: str,
    names: Mapping[str, str],
    build: Callable[[], M],
    *,
    half: bool = True,
    wide: bool = False,
    key: tuple[Hashable, ...] = (),
) -> Weights[M]:
    """The weights of one network in a file; nothing is read yet.

    part: for people, "U-Net". names: the file's name of each parameter, by the module's.
    Raises `ModelFileError` where parameters are missing or have another size.
    """
    empty = build()
    wanted = {name: tuple(t.shape) for name, t in empty.state_dict().items()}
    built = [empty]
    where = f"{file.path.name}: {part}"
    missing = [name for name in wanted if names.get(name) not in file.tensors]
    if missing:
        raise ModelFileError(
            f"{where}: {len(missing)} of {len(wanted)} tensors are missing ({_some(missing)}); "
            "the file is damaged, or of another kind"
        )
    for name, shape in wanted.items():
        found = file.tensors[names[name]].shape
        if _squeezed(found) != _squeezed(shape):
            raise ModelFileError(
                f"{where}: {names[name]} should have the shape {list(shape)}, not {list(found)}"
            )

    def read(name: str) -> Tensor:
        return file.read(names[name]).reshape(wanted[name])

    def fresh() -> M:
        """The module built above, then new ones: building takes longer than reading a header."""
        return built.pop() if built else build()

    return Weights(
        key=(*file.identity, part, *key),
        name=f"the {part} of {file.path.name}",
        build=fresh,
        tensors={name: file.tensors[names[name]] for name in wanted},
        read=read,
        half=half,
        wide=wide,
    )


def _squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    """A 1x1 convolution is a matrix: trailing ones don't count."""
    return shape[:2] if shape[2:] == (1, 1) else shape


def _some(names: list[str]) -> str:
    more = ", ..." if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more
