"""Stable Diffusion 1.x: how its single files are recognised, named and shaped.

A file's names are those of CompVis' code ("LDM"); the networks are diffusers' and transformers'
own classes, whose names differ. Here stand both configurations and the translation, all read off
the file's shapes, so that a smaller network of the same architecture loads too. Knows no device.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from engine.errors import ModelFileError
from engine.models.family import Family
from engine.models.files import Stored

Shapes = Mapping[str, Stored]

UNET: Final = "model.diffusion_model."
VAE: Final = "first_stage_model."
TEXT: Final = ("cond_stage_model.transformer.text_model.", "cond_stage_model.transformer.")

LEVELS: Final = 4
LAYERS: Final = 2
HEADS: Final = 8
TEXT_HEAD: Final = 64  # the width of an attention head of CLIP
PLACES: Final = 77
OPEN_CLIP_WIDTH: Final = 1024  # of the texts that Stable Diffusion 2.x reads

FAMILY: Final = Family(name="Stable Diffusion 1.x")

RESIDUAL: Final = {
    "in_layers.0": "norm1",
    "in_layers.2": "conv1",
    "emb_layers.1": "time_emb_proj",
    "out_layers.0": "norm2",
    "out_layers.3": "conv2",
    "skip_connection": "conv_shortcut",
}
OLD_ATTENTION: Final = {
    "mid_block.attentions.0.query.": "mid_block.attentions.0.to_q.",
    "mid_block.attentions.0.key.": "mid_block.attentions.0.to_k.",
    "mid_block.attentions.0.value.": "mid_block.attentions.0.to_v.",
    "mid_block.attentions.0.proj_attn.": "mid_block.attentions.0.to_out.0.",
}
EDGES: Final = {
    "time_embed.0": "time_embedding.linear_1",
    "time_embed.2": "time_embedding.linear_2",
    "input_blocks.0.0": "conv_in",
    "out.0": "conv_norm_out",
    "out.2": "conv_out",
}


def check_family(shapes: Shapes, where: str) -> None:
    """Raise `ModelFileError` for a U-Net of another family, in LDM's or diffusers' names."""
    shape = {name: stored.shape for name, stored in shapes.items()}
    first = shape.get("input_blocks.0.0.weight") or shape.get("conv_in.weight")
    context = next((s[1] for n, s in shape.items() if n.endswith("attn2.to_k.weight")), 0)
    projection = next((s for n, s in shape.items() if n.endswith("proj_in.weight")), ())
    other = ""
    if {"label_emb.0.0.weight", "add_embedding.linear_1.weight"} & shape.keys():
        other = "the Stable Diffusion XL family (it has an embedding of sizes)"
    elif any(name.startswith(("joint_blocks.", "double_blocks.")) for name in shape):
        other = "a diffusion transformer"
    elif context == OPEN_CLIP_WIDTH or len(projection) == 2:
        other = "Stable Diffusion 2.x (its transformers are of another kind)"
    elif first is not None and first[1] != FAMILY.channels:
        other = f"an inpainting or editing model ({first[1]} input channels, not 4)"
    if other:
        raise ModelFileError(f"{where}: this looks like {other}, which Easel can't draw with yet")


def unet_config(shapes: Shapes, where: str) -> dict[str, Any]:
    """The configuration of diffusers' UNet2DConditionModel for LDM names without their prefix.

    Raises `ModelFileError` where a part is missing.
    """
    widths = [
        _shape(shapes, f"input_blocks.{1 + 3 * i}.0.out_layers.3.weight", where)[0]
        for i in range(LEVELS)
    ]
    first = _shape(shapes, "input_blocks.0.0.weight", where)
    context = _shape(shapes, "input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight", where)[1]
    return {
        "sample_size": 64,
        "in_channels": first[1],
        "out_channels": FAMILY.channels,
        "down_block_types": ["CrossAttnDownBlock2D"] * (LEVELS - 1) + ["DownBlock2D"],
        "up_block_types": ["UpBlock2D"] + ["CrossAttnUpBlock2D"] * (LEVELS - 1),
        "block_out_channels": widths,
        "layers_per_block": LAYERS,
        "cross_attention_dim": context,
        "attention_head_dim": HEADS,  # diffusers' name for the number of heads
    }


def unet_names() -> dict[str, str]:
    """LDM's module names (after the prefix) to diffusers'; a name stands for all below it."""
    names = dict(EDGES)
    for level in range(LEVELS):
        for layer in range(LAYERS):
            block, down = 1 + level * (LAYERS + 1) + layer, f"down_blocks.{level}."
            names[f"input_blocks.{block}.0"] = f"{down}resnets.{layer}"
            names[f"input_blocks.{block}.1"] = f"{down}attentions.{layer}"
        if level < LEVELS - 1:
            block = (level + 1) * (LAYERS + 1)
            names[f"input_blocks.{block}.0.op"] = f"down_blocks.{level}.downsamplers.0.conv"
        for layer in range(LAYERS + 1):
            block, up = level * (LAYERS + 1) + layer, f"up_blocks.{level}."
            names[f"output_blocks.{block}.0"] = f"{up}resnets.{layer}"
            if level > 0:
                names[f"output_blocks.{block}.1"] = f"{up}attentions.{layer}"
        if level < LEVELS - 1:
            block, place = level * (LAYERS + 1) + LAYERS, 1 if level == 0 else 2
            names[f"output_blocks.{block}.{place}.conv"] = f"up_blocks.{level}.upsamplers.0.conv"
    for ldm, ours in (("0", "resnets.0"), ("1", "attentions.0"), ("2", "resnets.1")):
        names[f"middle_block.{ldm}"] = f"mid_block.{ours}"
    return _with_residuals(names, RESIDUAL)


def vae_config(shapes: Shapes, where: str) -> dict[str, Any]:
    """The configuration of diffusers' AutoencoderKL for LDM names without their prefix.

    Raises `ModelFileError` where a part is missing.
    """
    levels, layers = vae_size(shapes)
    widths = [
        _shape(shapes, f"encoder.down.{level}.block.0.conv2.weight", where)[0]
        for level in range(levels)
    ]
    latent = _shape(shapes, "decoder.conv_in.weight", where)[1]
    pixels = _shape(shapes, "encoder.conv_in.weight", where)[1]
    if not widths or pixels != 3:
        raise ModelFileError(f"{where}: this is no autoencoder of pictures as Stable Diffusion has")
    return {
        "in_channels": 3,
        "out_channels": 3,
        "down_block_types": ["DownEncoderBlock2D"] * len(widths),
        "up_block_types": ["UpDecoderBlock2D"] * len(widths),
        "block_out_channels": widths,
        "layers_per_block": layers,
        "latent_channels": latent,
        "norm_num_groups": 32,
        "sample_size": 512,
        "scaling_factor": FAMILY.latent_scale,
    }


def vae_names(levels: int, layers: int) -> dict[str, str]:
    """LDM's module names of an autoencoder to diffusers'; a name stands for all below it."""
    names = {"quant_conv": "quant_conv", "post_quant_conv": "post_quant_conv"}
    for half in ("encoder", "decoder"):
        names[f"{half}.conv_in"] = f"{half}.conv_in"
        names[f"{half}.conv_out"] = f"{half}.conv_out"
        names[f"{half}.norm_out"] = f"{half}.conv_norm_out"
        attention = f"{half}.mid_block.attentions.0."
        for ldm, ours in (
            ("norm", "group_norm"),
            ("q", "to_q"),
            ("k", "to_k"),
            ("v", "to_v"),
            ("proj_out", "to_out.0"),
        ):
            names[f"{half}.mid.attn_1.{ldm}"] = attention + ours
        for number in (1, 2):
            names[f"{half}.mid.block_{number}"] = f"{half}.mid_block.resnets.{number - 1}"
    for level in range(levels):
        up = levels - 1 - level
        for layer in range(layers + 1):
            down_name, up_name = (
                f"encoder.down.{level}.block.{layer}",
                f"decoder.up.{up}.block.{layer}",
            )
            if layer < layers:
                names[down_name] = f"encoder.down_blocks.{level}.resnets.{layer}"
            names[up_name] = f"decoder.up_blocks.{level}.resnets.{layer}"
        if level < levels - 1:
            sampler = f"blocks.{level}"
            names[f"encoder.down.{level}.downsample.conv"] = (
                f"encoder.down_{sampler}.downsamplers.0.conv"
            )
            names[f"decoder.up.{up}.upsample.conv"] = f"decoder.up_{sampler}.upsamplers.0.conv"
    return _with_residuals(names, {"nin_shortcut": "conv_shortcut"})


def vae_size(shapes: Shapes) -> tuple[int, int]:
    """Levels and residual blocks a level of an autoencoder, in LDM's or diffusers' names."""
    for level, block in (
        ("encoder.down.{}.block.0.conv2.weight", "encoder.down.0.block.{}.conv2.weight"),
        (
            "encoder.down_blocks.{}.resnets.0.conv2.weight",
            "encoder.down_blocks.0.resnets.{}.conv2.weight",
        ),
    ):
        if level.format(0) in shapes:
            return len(list(_numbered(shapes, level))), len(list(_numbered(shapes, block)))
    return 0, 0


def text_config(shapes: Shapes, where: str) -> dict[str, Any]:
    """The configuration of transformers' CLIPTextModel, for names such as `encoder.layers.0...`.

    Raises `ModelFileError` where a part is missing.
    """
    vocabulary, width = _shape(shapes, "embeddings.token_embedding.weight", where)
    places = _shape(shapes, "embeddings.position_embedding.weight", where)[0]
    middle = _shape(shapes, "encoder.layers.0.mlp.fc1.weight", where)[0]
    if places != PLACES:
        raise ModelFileError(f"{where}: its text encoder has {places} places; CLIP's has {PLACES}")
    return {
        "vocab_size": vocabulary,
        "hidden_size": width,
        "intermediate_size": middle,
        "num_hidden_layers": len(list(_numbered(shapes, "encoder.layers.{}.mlp.fc1.weight"))),
        "num_attention_heads": max(1, width // TEXT_HEAD),
        "max_position_embeddings": places,
        "hidden_act": "quick_gelu",
        "bos_token_id": vocabulary - 2,
        "eos_token_id": vocabulary - 1,
        "pad_token_id": vocabulary - 1,
    }


def renamed(name: str, table: Mapping[str, str]) -> str:
    """A tensor's name by a table of names of modules, the longest that fits; "" for none."""
    stem = name
    while stem and stem not in table:
        stem = stem.rpartition(".")[0]
    return table[stem] + name[len(stem) :] if stem else ""


def newer(name: str) -> str:
    """diffusers' name of a tensor today, for the one it had in files before 2023."""
    for old, new in OLD_ATTENTION.items():
        if old in name:
            return name.replace(old, new)
    return name


def _with_residuals(names: Mapping[str, str], inner: Mapping[str, str]) -> dict[str, str]:
    """The names, and what stands below each residual block."""
    found = dict(names)
    for ldm, ours in names.items():
        if "resnets" in ours:
            found.update({f"{ldm}.{old}": f"{ours}.{new}" for old, new in inner.items()})
    return found


def _numbered(shapes: Shapes, pattern: str) -> Iterator[str]:
    """The names that `pattern` gives for 0, 1, 2 ... as long as they are there."""
    number = 0
    while (name := pattern.format(number)) in shapes:
        yield name
        number += 1


def _shape(shapes: Shapes, name: str, where: str) -> Sequence[int]:
    if name not in shapes:
        raise ModelFileError(
            f"{where}: {name} is missing: not a Stable Diffusion 1.x model, or only a part of one"
        )
    return shapes[name].shape
