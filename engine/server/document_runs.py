"""Runs of documents: a snapshot is flattened, judged and queued; then seeds move on as they should.

Knows the queue by way of `prompts`, documents by their content.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, cast

import orjson

from engine.errors import EaselError
from engine.graph.edits import Json, path_of
from engine.graph.files import read
from engine.server import prompts
from engine.server.answers import Refused, encoded
from engine.server.document import SERVER, Document
from engine.server.peer import Peer
from engine.server.prompts import Judged, Wish
from engine.server.site import Site
from engine.spec.inputs import Choice, Number
from engine.spec.node import NodeSpec
from engine.store import documents as store

if TYPE_CHECKING:
    from engine.convert.library import Library

MOST: Final = 1000  # runs of one message
LARGEST_SEED: Final = 2**53 - 1


async def run_document(site: Site, peer: Peer, data: Mapping[str, Any]) -> None:
    """`run {doc, targets?, count, front}` → `queued {prompt_ids}`."""
    name = data.get("doc")
    document = site.documents.live(name) if isinstance(name, str) else None
    if document is None:
        peer.tell("error", doc=name, message="open the document before it runs")
        return
    count, targets = data.get("count", 1), data.get("targets")
    if not isinstance(count, int) or not 1 <= count <= MOST:
        peer.tell("error", doc=name, message=f"count must be 1 to {MOST}")
        return
    if targets is not None and not isinstance(targets, list):
        peer.tell("error", doc=name, message="targets must be a list of node ids")
        return
    chosen = None if targets is None else [str(id) for id in cast("list[Any]", targets)]
    ids, judged, message = list[str](), Judged(None), ""
    try:
        for _ in range(count):
            judged, id = await _once(site, document, peer, chosen, front=bool(data.get("front")))
            if not id:
                break
            ids.append(id)
    except (EaselError, Refused) as error:
        message = str(error)
    if ids:
        site.documents.ran(document)
    told: Json = {"doc": document.name, "rev": document.rev, "prompt_ids": ids}
    if judged.error is not None or judged.node_errors:
        told |= {"error": judged.error, "node_errors": judged.node_errors}
    if message:
        told["error"] = {"type": "graph", "message": message, "details": "", "extra_info": {}}
    peer.tell("queued", **told)


async def _once(
    site: Site, document: Document, peer: Peer, targets: list[str] | None, *, front: bool
) -> tuple[Judged, str]:
    """Queue a document as it is now; its id, empty if it can't run."""
    from engine.convert.api import to_api

    content, rev = encoded(document.content), document.rev
    library = await site.catalogue.library()
    prompt = await asyncio.to_thread(lambda: to_api(read(content), library))
    wanted = None if targets is None else _within(prompt, targets)
    judged = await prompts.judge(site, prompt, wanted, any_node=True)
    if judged.error is not None:
        return judged, ""
    extra = {
        "extra_pnginfo": {"easel": orjson.Fragment(content)},
        "easel": {"doc": document.name, "rev": rev},
    }
    wish = Wish(client=peer.id, front=front, extra=extra)
    id, _ = await prompts.queue(site, judged, wish)
    site.origins.add(id, document.name)
    ops = list(_moved_on(document.content, library))
    if ops:
        site.documents.edit(document, SERVER, document.rev + 1, ops, None)
    return judged, id


def _within(prompt: Json, targets: list[str]) -> list[str]:
    """The nodes that run for chosen ones: for a subgraph, those that are in it."""
    chosen = set(targets)
    return [
        id
        for id in prompt
        if any(":".join(id.split(":")[: n + 1]) in chosen for n in range(id.count(":") + 1))
    ]


def _moved_on(content: Json, library: Library) -> Iterator[Json]:
    """What `after_run` asks for, as ops."""
    canvases: list[tuple[tuple[str, ...], Json]] = [((), content)]
    canvases += [(("subgraphs", id), one) for id, one in content.get("subgraphs", {}).items()]
    for where, canvas in canvases:
        for id, node in canvas.get("nodes", {}).items():
            for name, mode in node.get("after_run", {}).items():
                value = node.get("inputs", {}).get(name)
                layout = library.layout(node.get("class_type", ""))
                following = _following(value, mode, layout.spec if layout else None, name)
                if following is not None and following != value:
                    path = path_of(*where, "nodes", id, "inputs", name)
                    yield {"op": "set", "path": path, "value": following}


def _following(value: Any, mode: str, spec: NodeSpec | None, name: str) -> Any:
    """The value for the next run; None to leave it."""
    declared = spec.input(name) if spec else None
    widget = declared.widget if declared else None
    if isinstance(widget, Choice):
        return _next_choice(value, mode, widget)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    least = widget.min if isinstance(widget, Number) and widget.min is not None else 0
    most = widget.max if isinstance(widget, Number) and widget.max is not None else LARGEST_SEED
    step = widget.step if isinstance(widget, Number) and widget.step else 1
    if mode == "randomize":
        if isinstance(value, float):
            return random.uniform(least, most)
        return random.randint(int(least), max(int(least), min(int(most), LARGEST_SEED)))
    if mode in ("increment", "decrement"):
        return min(max(value + (step if mode == "increment" else -step), least), most)
    return None


def _next_choice(value: Any, mode: str, widget: Choice) -> Any:
    options = list(widget.options)
    if value not in options or len(options) < 2:
        return None
    at = options.index(value)
    if mode == "randomize":
        return random.choice(options)
    if mode in ("increment", "decrement"):
        return options[min(max(at + (1 if mode == "increment" else -1), 0), len(options) - 1)]
    return None


def seen(site: Site, type: str, data: Mapping[str, Any]) -> None:
    """Keep the last picture that came of a document."""
    name = site.origins.of(str(data.get("prompt_id"))) if type == "executed" else None
    if name is None:
        return
    output: Any = data.get("output")
    shown: Any = orjson.loads(orjson.dumps(output))
    images: Any = cast(Json, shown).get("images") if isinstance(shown, dict) else None
    if isinstance(images, list) and images:
        picture = orjson.dumps(cast("list[Any]", images)[-1]).decode()
        site.database.write(lambda db: store.show(db, name, picture), "picture")
