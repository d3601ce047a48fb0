"""A prompt that was posted: judged from declarations, coerced, and taken into the queue.

Knows the shape of `POST /prompt`; nothing of where it came from (HTTP or a document).
"""

import asyncio
import math
import sqlite3
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

import orjson

from engine.errors import FileProblem
from engine.execution.check import check
from engine.execution.problems import Problem
from engine.execution.shapes import Shape, coerced_or_same, shape_of
from engine.execution.wire import error, verdict
from engine.folders import Folders
from engine.graph.files import BrokenLink, read_api
from engine.graph.model import Graph, Link
from engine.server.answers import Refused, encoded
from engine.server.site import Site
from engine.spec.context import Context
from engine.spec.node import NodeSpec
from engine.store.jobs import NewJob
from engine.workers.protocol import CHECK

SMALL: Final = 200  # nodes that the event loop itself may check
OWN_CHECKS: Final = 2.0  # seconds that a worker may take over nodes' own checks
SECRETS: Final = frozenset({"auth_token_comfy_org", "api_key_comfy_org"})
COERCED: Final = frozenset({"INT", "FLOAT", "STRING", "BOOLEAN"})
LONGEST_ID: Final = 200

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Judged:
    """What there is to say of a prompt, and what of it can run. prompt: JSON, coerced."""

    error: Json | None
    node_errors: Json = field(default_factory=dict[str, Any])
    targets: Sequence[str] = ()
    prompt: bytes = b"{}"


@dataclass(frozen=True, slots=True)
class Wish:
    """How a prompt is to be queued."""

    id: str = ""
    client: str = ""
    number: float | None = None
    front: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])
    targets: Sequence[str] | None = None


async def judge(
    site: Site, prompt: Json, targets: Sequence[str] | None, *, any_node: bool = False
) -> Judged:
    """Check a prompt; that a worker is asked, and waited for, is rare.

    any_node: targets may be nodes that are no outputs.
    """

    def judged_with(own: Sequence[Problem]) -> Judged:
        return _judged(prompt, specs, site.folders, targets, own, any_node=any_node)

    types = {
        kind
        for node in prompt.values()
        if isinstance(node, dict) and isinstance(kind := cast(Json, node).get("class_type"), str)
    }
    specs = await site.catalogue.specs(types)
    if len(prompt) <= SMALL:
        judged = judged_with(())
    else:
        judged = await asyncio.to_thread(judged_with, ())
    known = site.queue.known
    if judged.error is not None or known is None or types.isdisjoint(known.checking):
        return judged
    said = await site.queue.ask(CHECK, judged.prompt, OWN_CHECKS)
    own = [Problem(**found) for found in orjson.loads(said)] if said else []
    if not own:
        return judged
    return await asyncio.to_thread(judged_with, own)


def _judged(
    prompt: Json,
    specs: Mapping[str, NodeSpec],
    folders: Folders,
    targets: Sequence[str] | None,
    own: Sequence[Problem],
    *,
    any_node: bool,
) -> Judged:
    try:
        graph = read_api(prompt)
    except FileProblem as problem:
        return Judged(error("invalid_prompt", "Cannot read the prompt.", str(problem)))
    problems = [*check(graph, specs, Context(folders=folders), targets), *own]
    found = verdict(graph, specs, problems, targets, any_node=any_node)
    if found.error is not None:
        return Judged(found.error, found.node_errors)
    return Judged(None, found.node_errors, found.targets, encoded(_coerced(prompt, graph, specs)))


def _coerced(prompt: Json, graph: Graph, specs: Mapping[str, NodeSpec]) -> Json:
    """The prompt as it was sent, but for scalars, which have their input's type."""
    shapes, found = dict[str, Shape](), dict[str, Any]()
    for id, node in graph.nodes.items():
        shape = shapes.get(node.class_type)
        if shape is None:
            shape = shapes[node.class_type] = shape_of(specs[node.class_type])
        inputs: Json = dict(prompt[id].get("inputs") or {})
        for name, value in node.inputs.items():
            one = shape.by_name.get(name)
            literal = not isinstance(value, Link | BrokenLink | list)
            if literal and one is not None and one.declared.type in COERCED:
                inputs[name] = coerced_or_same(one.coerce, value)
        found[id] = {**prompt[id], "inputs": inputs}
    return found


async def queue(site: Site, judged: Judged, wish: Wish) -> tuple[str, float]:
    """Take a good prompt in; its id and number, once it is safe.

    Raises `Refused`: 400 if another job has this id, 500 if it can't be kept.
    """
    extra = {key: value for key, value in wish.extra.items() if key not in SECRETS}
    if wish.client:
        extra["client_id"] = wish.client
    new = NewJob(
        id=wish.id or str(uuid.uuid4()),
        prompt=judged.prompt,
        extra=encoded(extra),
        targets=encoded(list(judged.targets)),
        client=wish.client,
        number=wish.number,
        front=wish.front,
        created=time.time(),
    )
    try:
        accepted = await site.queue.accept(new)
    except sqlite3.Error as problem:
        raise Refused(500, f"The job can't be kept: {problem}. Is the disk full?") from problem
    if not accepted.equal:
        raise Refused(400, f"Another job has the id {new.id}.")
    number = accepted.job.number
    return new.id, int(number) if number == int(number) else number


def wish_of(body: Json) -> Wish:
    """What a body of `POST /prompt` asks for beside the prompt. Raises `Refused` (400)."""
    extra, number = body.get("extra_data"), body.get("number")
    targets = body.get("partial_execution_targets")
    if extra is not None and not isinstance(extra, dict):
        raise Refused(400, "extra_data must be an object")
    if targets is not None and not isinstance(targets, list):
        raise Refused(400, "partial_execution_targets must be a list of node ids")
    return Wish(
        id=_id_of(body, "prompt_id"),
        client=_id_of(body, "client_id"),
        number=None if number is None else _number_of(number),
        front=bool(body.get("front")),
        extra=cast(Json, extra or {}),
        targets=None if targets is None else [str(id) for id in cast("list[Any]", targets)],
    )


def _number_of(value: Any) -> float:
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        raise Refused(400, "number must be a number") from None
    if not math.isfinite(found):
        raise Refused(400, "number must be finite")
    return found


def _id_of(body: Json, name: str) -> str:
    value = body.get(name)
    if value is None:
        return ""
    text = value if isinstance(value, str) else str(value) if isinstance(value, int) else None
    if text is None or len(text) > LONGEST_ID or not text.isprintable():
        raise Refused(400, f"{name} must be a text of at most {LONGEST_ID} letters")
    return text
