"""Latents from files, and into files."""

from typing import Annotated

from engine import outputs
from engine.spec.context import Context
from engine.spec.inputs import Choice
from engine.spec.node import node
from engine.spec.result import Result
from engine.values.latent_files import read_latent, write_latent
from engine.values.types import Latent
from nodes.file_bytes import input_bytes, workflow_texts

HIDDEN = {"prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO"}
CELL = 8  # pixels


@node(
    "SaveLatent",
    title="SaveLatent",
    category="_for_testing",
    terminal=True,
    hidden=HIDDEN,
    lane="cpu",
)
def save_latent(
    *, samples: Latent, filename_prefix: str = "latents/ComfyUI", ctx: Context
) -> Result:
    """Write a latent into the output folder, with the workflow inside.

    Args:
        samples: a whole batch becomes one file; its noise mask is not kept.
        filename_prefix: how the file's name begins; a number follows. It may hold sub folders.
    """
    content = write_latent(samples["samples"], workflow_texts(ctx))
    height, width = (side * CELL for side in samples["samples"].shape[-2:])
    saved = outputs.save(
        ctx.folders, content, filename_prefix, ".latent", width=width, height=height
    )
    return Result(shown={"latents": [saved.shown]}, files=(str(saved.path),))


@node("LoadLatent", title="LoadLatent", category="_for_testing", lane="cpu")
def load_latent(*, latent: Annotated[str, Choice(folder="latents")], ctx: Context) -> Latent:
    """Read a latent that SaveLatent wrote.

    Args:
        latent: a .latent file in the input folder.
    """
    return {"samples": read_latent(input_bytes(ctx, latent), latent)}
