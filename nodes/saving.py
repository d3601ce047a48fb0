"""What a saved file tells of its making. No nodes."""

import json

from engine.spec.context import Context


def workflow_texts(ctx: Context) -> dict[str, str]:
    """The texts that go into a file: the graph that ran, and what its client sent along."""
    if not ctx.metadata:
        return {}
    held = {} if ctx.prompt is None else {"prompt": ctx.prompt}
    return {key: json.dumps(value) for key, value in {**held, **ctx.extra_pnginfo}.items()}
