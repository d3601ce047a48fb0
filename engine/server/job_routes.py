"""Routes of jobs: post, look at, reorder, stop and forget them."""

from typing import Any, Final

from aiohttp import web

from engine.execution.wire import error
from engine.server import prompts
from engine.server.answers import Refused, answer, done, encoded, mapping, text, texts, whole
from engine.server.bodies import json_of
from engine.server.routes import (
    ANY,
    NUMBER,
    OBJECT,
    TEXT,
    TEXTS,
    TRUTH,
    WHOLE,
    Routes,
    fields,
    listing,
)
from engine.server.site import site_of
from engine.store.faults import point

routes = Routes("Jobs")

PROMPT: Final = fields(
    {"prompt": OBJECT},
    {
        "client_id": TEXT,
        "prompt_id": TEXT,
        "number": NUMBER,
        "front": TRUTH,
        "extra_data": {"type": ["object", "null"]},
        "partial_execution_targets": {"anyOf": [TEXTS, {"type": "null"}]},
    },
)
ACCEPTED: Final = fields({"prompt_id": TEXT, "number": NUMBER, "node_errors": OBJECT})
WRONG: Final = {
    "type": "object",
    "properties": {"error": ANY, "node_errors": OBJECT},
    "required": ["error"],
}
WHICH: Final = fields({}, {"clear": TRUTH, "delete": TEXTS})
LISTING: Final = fields(
    {"queue_running": listing(ANY), "queue_pending": listing(ANY), "paused": TRUTH}
)


@routes.on("POST", "/prompt", "Queue a prompt", body=PROMPT, answers={200: ACCEPTED, 400: WRONG})
async def post_prompt(request: web.Request) -> web.Response:
    site, body = site_of(request), await json_of(request)
    if not isinstance(body, dict) or "prompt" not in body:
        return _refused(error("no_prompt", "No prompt provided.", "No prompt provided."))
    given = mapping(body)
    if not isinstance(given["prompt"], dict):
        said = "prompt must be an object of nodes by id"
        return _refused(error("invalid_prompt", "Cannot read the prompt.", said))
    wish = prompts.wish_of(given)
    judged = await prompts.judge(site, mapping(given["prompt"]), wish.targets)
    if judged.error is not None:
        return _refused(judged.error, judged.node_errors)
    id, number = await prompts.queue(site, judged, wish)
    point("accept.acknowledge")
    return answer({"prompt_id": id, "number": number, "node_errors": judged.node_errors})


@routes.on(
    "POST", "/check", "What is wrong with a prompt; nothing is queued", body=PROMPT,
    answers={200: fields({"error": ANY, "node_errors": OBJECT, "targets": TEXTS}), 400: WRONG},
)  # fmt: skip
async def post_check(request: web.Request) -> web.Response:
    given = mapping(await json_of(request))
    prompt, wish = mapping(given.get("prompt"), "prompt"), prompts.wish_of(given)
    judged = await prompts.judge(site_of(request), prompt, wish.targets)
    said = {"node_errors": judged.node_errors, "targets": list(judged.targets)}
    return answer({"error": judged.error, **said})


def _refused(problem: Any, node_errors: Any = None) -> web.Response:
    return answer({"error": problem, "node_errors": node_errors or {}}, 400)


@routes.on("GET", "/prompt", "How many jobs wait or run", answers={200: OBJECT})
async def get_prompt(request: web.Request) -> web.Response:
    return answer({"exec_info": {"queue_remaining": site_of(request).queue.remaining}})


@routes.on("GET", "/queue", "What runs and what waits", answers={200: LISTING})
async def get_queue(request: web.Request) -> web.Response:
    queue = site_of(request).queue
    running, pending = await queue.listing()
    paused = encoded(queue.paused)
    return text(
        b'{"queue_running":' + running + b',"queue_pending":' + pending
        + b',"paused":' + paused + b"}"
    )  # fmt: skip


@routes.on(
    "POST",
    "/queue",
    "Take jobs out, move them, pause, or queue failed ones again",
    body=fields(
        {}, {"clear": TRUTH, "delete": TEXTS, "move": OBJECT, "paused": TRUTH, "retry": TEXTS}
    ),
    answers={200: None},
)
async def post_queue(request: web.Request) -> web.Response:
    queue, body = site_of(request).queue, mapping(await json_of(request))
    gone = texts(body.get("delete") or [], "delete")
    again = texts(body.get("retry") or [], "retry")
    moved = {id: _number(to) for id, to in mapping(body.get("move") or {}, "move").items()}
    paused = body.get("paused")
    if paused is not None and not isinstance(paused, bool):
        raise Refused(400, "paused must be true or false")
    if body.get("clear"):
        await queue.clear()
    if gone:
        await queue.delete(gone)
    if moved:
        await queue.move(moved)
    if again:
        await queue.retry(again)
    if paused is not None:
        await queue.pause(paused)
    return done()


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused(400, "move must be numbers by job id")
    if isinstance(value, int) and abs(value) >= 2**53:
        raise Refused(400, "move: a number is out of range")
    return value


@routes.on(
    "POST",
    "/interrupt",
    "Stop what runs, or one job if it runs",
    body=fields({}, {"prompt_id": TEXT}),
    answers={200: None},
)
async def post_interrupt(request: web.Request) -> web.Response:
    try:
        body = await json_of(request)
    except Refused:  # whatever the body is, somebody wants it to stop
        body = None
    id = mapping(body).get("prompt_id") if isinstance(body, dict) else None
    site_of(request).queue.interrupt(str(id) if id else None)
    return done()


@routes.on(
    "POST",
    "/free",
    "Have workers let go of models, or of models and results",
    body=fields({}, {"unload_models": TRUTH, "free_memory": TRUTH}),
    answers={200: None},
)
async def post_free(request: web.Request) -> web.Response:
    body = mapping(await json_of(request) or {})
    memory = bool(body.get("free_memory"))
    if models := bool(body.get("unload_models")) or memory:
        site_of(request).queue.free(models=models, memory=memory)
    return done()


@routes.on(
    "GET",
    "/history",
    "Jobs that have ended",
    query={"max_items": WHOLE, "offset": WHOLE},
    answers={200: OBJECT},
)
async def get_history(request: web.Request) -> web.Response:
    count = whole(request.query.get("max_items"), "max_items")
    offset = whole(request.query.get("offset"), "offset")
    if count is not None and count < 0:
        count = None
    if offset is not None and offset < 0:  # as ComfyUI's own page asks for the last ones
        offset = None
    return text(await site_of(request).queue.history(count, offset))


@routes.on("GET", "/history/{prompt_id}", "One job that has ended", answers={200: OBJECT})
async def get_history_entry(request: web.Request) -> web.Response:
    return text(await site_of(request).queue.entry(request.match_info["prompt_id"]))


@routes.on("POST", "/history", "Forget jobs that have ended", body=WHICH, answers={200: None})
async def post_history(request: web.Request) -> web.Response:
    queue, body = site_of(request).queue, mapping(await json_of(request))
    gone = texts(body.get("delete") or [], "delete")
    if body.get("clear"):
        await queue.forget(None)
    if gone:
        await queue.forget(gone)
    return done()
