"""Text to conditioning."""

from collections.abc import Mapping
from typing import Annotated, Any

from engine.models import embeddings
from engine.models.clip import Clip
from engine.models.residency import residency_of
from engine.spec.context import Context
from engine.spec.inputs import Number, Text
from engine.spec.node import node
from engine.values.types import Conditioning


def _embeddings_in(ctx: Context, inputs: Mapping[str, Any]) -> str:
    """The content of the embeddings that a prompt names, for its key."""
    text = inputs.get("text")
    return embeddings.fingerprint(text if isinstance(text, str) else None, ctx.folders)


@node(
    "CLIPTextEncode",
    title="CLIP Text Encode (Prompt)",
    category="conditioning",
    fingerprint=_embeddings_in,
)
def clip_text_encode(
    *,
    text: Annotated[str, Text(multiline=True, dynamic_prompts=True)],
    clip: Clip,
    ctx: Context,
) -> Conditioning:
    """Turn a prompt into what a diffusion model is guided by.

    Args:
        text: `(words)` or `(words:1.3)` weigh more, `(words:0.7)` less, `\\(` is a plain bracket;
            `embedding:name` stands for an embedding in models/embeddings. Any length.
    """
    tokens = clip.tokenize(text, embeddings.finder(ctx.folders))
    vectors, pooled = clip.encode(tokens, residency_of(ctx))
    return [(vectors, {"pooled_output": pooled})]


@node("CLIPSetLastLayer", title="CLIP Set Last Layer", category="conditioning")
def clip_set_last_layer(
    *, clip: Clip, stop_at_clip_layer: Annotated[int, Number(-24, -1, 1)] = -1
) -> Clip:
    """Take an earlier layer of the text encoder ("CLIP skip").

    Args:
        stop_at_clip_layer: counted from the end: -1 is the last layer, -2 the one before it, which
            some models were trained with.
    """
    return clip.with_skip(stop_at_clip_layer)
