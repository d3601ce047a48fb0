"""What nodes that read and write files share. No nodes."""

import json

from engine.errors import InputFileError
from engine.folders import PathError
from engine.spec.context import Context


def input_bytes(ctx: Context, name: str) -> bytes:
    """The content of a file in the input folder, or in another by `name [output]`.

    Raises `InputFileError` if it isn't there or can't be read, naming it without its folder.
    """
    try:
        return ctx.folders.annotated(name).read_bytes()
    except (PathError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputFileError(f"{name} can't be read: {reason}") from error


def workflow_texts(ctx: Context) -> dict[str, str]:
    """The texts that go into a file: the graph that ran, and what its client sent along."""
    if not ctx.metadata:
        return {}
    held = {} if ctx.prompt is None else {"prompt": ctx.prompt}
    return {key: json.dumps(value) for key, value in {**held, **ctx.extra_pnginfo}.items()}
