"""Load networks: whole checkpoints, and their parts from files of their own."""

from typing import Annotated, Literal, NamedTuple

from engine.errors import RunError
from engine.models import loading
from engine.models.clip import Clip
from engine.models.diffusion import Model
from engine.models.folder import load_folder
from engine.models.vae import PIXELS, Vae
from engine.spec.context import Context
from engine.spec.inputs import Choice, Options
from engine.spec.node import node

TextFamily = Literal[
    "stable_diffusion",
    "stable_cascade",
    "sd3",
    "stable_audio",
    "mochi",
    "ltxv",
    "pixart",
    "cosmos",
    "lumina2",
    "wan",
    "hidream",
    "chroma",
    "ace",
    "omnigen2",
    "qwen_image",
    "hunyuan_image",
]
PIXEL_SPACE = "pixel_space"


class Loaded(NamedTuple):
    """The three networks that draw together."""

    MODEL: Model
    CLIP: Clip
    VAE: Vae


@node("CheckpointLoaderSimple", title="Load Checkpoint", category="loaders")
def checkpoint_loader_simple(
    *, ckpt_name: Annotated[str, Choice(folder="checkpoints")], ctx: Context
) -> Loaded:
    """Load a checkpoint: the diffusion model, the text encoder and the autoencoder in one file.

    Reads Easel's own model and Stable Diffusion 1.x. Nothing is brought into memory before a step
    needs it.

    Args:
        ckpt_name: a file in models/checkpoints.
    """
    return _loaded(loading.load_checkpoint(ctx.folders.resolve("checkpoints", ckpt_name)))


@node("DiffusersLoader", title="DiffusersLoader", category="advanced/loaders/deprecated")
def diffusers_loader(
    *, model_path: Annotated[str, Choice(folder="diffusers")], ctx: Context
) -> Loaded:
    """Load a model that is kept as a folder, the way the diffusers library saves one.

    Args:
        model_path: a folder in models/diffusers with a model_index.json.
    """
    return _loaded(load_folder(ctx.folders.resolve("diffusers", model_path)))


@node("UNETLoader", title="Load Diffusion Model", category="advanced/loaders")
def unet_loader(
    *,
    unet_name: Annotated[str, Choice(folder="diffusion_models")],
    weight_dtype: Literal["default", "fp8_e4m3fn", "fp8_e4m3fn_fast", "fp8_e5m2"],
    ctx: Context,
) -> Model:
    """Load a diffusion model alone; text encoder and autoencoder come from other loaders.

    Args:
        unet_name: a file in models/diffusion_models.
        weight_dtype: eight-bit types round every weight; a quarter of the memory on a GPU, and a
            slightly different picture.
    """
    path = ctx.folders.resolve("diffusion_models", unet_name)
    return Model(*loading.load_unet(path, weight_dtype))


@node("CLIPLoader", title="Load CLIP", category="advanced/loaders")
def clip_loader(
    *,
    clip_name: Annotated[str, Choice(folder="text_encoders")],
    type: TextFamily,
    device: Annotated[Literal["default", "cpu"] | None, Options({"advanced": True})] = None,
    ctx: Context,
) -> Clip:
    """Load a text encoder alone.

    Args:
        clip_name: a file in models/text_encoders.
        type: the family of models that it is for; stable_diffusion is read so far.
        device: cpu leaves all of a GPU's memory to the diffusion model; texts take a little longer.
    """
    if type != "stable_diffusion":
        raise RunError(
            f"CLIPLoader reads text encoders of the type stable_diffusion so far, not {type}."
        )
    path = ctx.folders.resolve("text_encoders", clip_name)
    return loading.load_clip(path, on_cpu=device == "cpu")


@node("VAELoader", title="Load VAE", category="loaders")
def vae_loader(
    *, vae_name: Annotated[str, Choice((PIXEL_SPACE,), folder="vae")], ctx: Context
) -> Vae:
    """Load an autoencoder alone, to use it in place of the one in a checkpoint.

    Args:
        vae_name: a file in models/vae; pixel_space is for models that work on pixels, whose
            latent is the picture itself.
    """
    if vae_name == PIXEL_SPACE:
        return PIXELS
    return loading.load_vae(ctx.folders.resolve("vae", vae_name))


def _loaded(found: loading.Checkpoint) -> Loaded:
    return Loaded(Model(found.unet, found.family), found.clip, found.vae)
