"""What ComfyUI's clients read of jobs: queue items and history entries. Knows no socket, no queue.

JSON texts that were kept go out as they are.
"""

from collections.abc import Iterable

import orjson

from engine.store.history import Entry


def item(id: str, number: float, prompt: bytes, extra: bytes, targets: bytes) -> bytes:
    """A job as `GET /queue` lists it: `[number, prompt_id, prompt, extra_data, outputs]`."""
    texts = (orjson.Fragment(prompt), orjson.Fragment(extra), orjson.Fragment(targets))
    return orjson.dumps([number, id, *texts])


def entry(found: Entry) -> bytes:
    """A job that has ended as `GET /history` lists it."""
    done = found.state == "done"
    prompt = item(found.id, found.number, found.prompt, found.extra, found.targets)
    return orjson.dumps(
        {
            "prompt": orjson.Fragment(prompt),
            "outputs": orjson.Fragment(found.outputs or b"{}"),
            "status": {
                "status_str": "success" if done else "error",
                "completed": done,
                "messages": orjson.Fragment(found.messages or b"[]"),
            },
            "meta": orjson.Fragment(found.meta or b"{}"),
        }
    )


def entries(found: Iterable[Entry]) -> bytes:
    """Jobs that have ended, by id, in the order given."""
    return orjson.dumps({one.id: orjson.Fragment(entry(one)) for one in found})


def array(items: Iterable[bytes]) -> bytes:
    """A JSON array of texts."""
    return b"[" + b",".join(items) + b"]"
