"""`/api/jobs`: all jobs, waiting, running and ended, in one list."""

from collections.abc import Sequence
from typing import Any, Final, cast

import orjson
from aiohttp import web

from engine.server.answers import Refused, answer, whole, wrong
from engine.server.routes import ANY, OBJECT, TEXT, TRUTH, WHOLE, Routes, fields, listing
from engine.server.site import site_of
from engine.store import history
from engine.store.history import Entry

routes = Routes("Jobs")

STATES: Final = {
    "pending": "queued",
    "in_progress": "running",
    "completed": "done",
    "failed": "failed",
    "cancelled": "cancelled",
}
NAMES: Final = {state: name for name, state in STATES.items()}
MOST: Final = 1000  # jobs in one answer
MOST_PICTURES: Final = 64  # of one job
WORKFLOW: Final = ("extra_pnginfo", "workflow", "id")
PICTURES: Final = ("images", "gifs", "video", "audio", "files")


@routes.on(
    "GET",
    "/jobs",
    "Jobs in any state",
    query={
        "status": TEXT,
        "workflow_id": TEXT,
        "sort_by": {"enum": ["created_at", "execution_duration"]},
        "sort_order": {"enum": ["asc", "desc"]},
        "limit": WHOLE,
        "offset": WHOLE,
    },
    answers={
        200: fields({"jobs": listing(OBJECT), "pagination": OBJECT, "paused": TRUTH}),
        400: ANY,
    },
)
async def get_jobs(request: web.Request) -> web.Response:
    query = request.query
    names = [name.strip() for name in query.get("status", ",".join(STATES)).split(",") if name]
    if unknown := [name for name in names if name not in STATES]:
        raise Refused(400, f"status: {unknown[0]!r:.60} is none of {', '.join(STATES)}")
    by, order = query.get("sort_by", "created_at"), query.get("sort_order", "desc")
    if by not in ("created_at", "execution_duration") or order not in ("asc", "desc"):
        raise Refused(400, "sort_by is created_at or execution_duration, sort_order asc or desc")
    count, offset = whole(query.get("limit"), "limit"), whole(query.get("offset"), "offset") or 0
    if offset < 0 or (count is not None and count < 1):
        raise Refused(400, "limit must be positive, offset not negative")
    wanted, states = query.get("workflow_id"), [STATES[name] for name in names]

    def work(db: Any) -> tuple[list[dict[str, Any]], int]:
        some = None if wanted else min(count or MOST, MOST)
        found, total = history.listed(
            db,
            states,
            by_duration=by == "execution_duration",
            descending=order == "desc",
            count=some,
            offset=0 if wanted else offset,
        )
        told = [_summary(entry) for entry in found]
        if wanted:
            told = [job for job in told if job.get("workflow_id") == wanted]
            total = len(told)
            told = told[offset : offset + min(count or MOST, MOST)]
        return told, total

    jobs, total = await site_of(request).database.read(work)
    more = offset + len(jobs) < total
    page = {"offset": offset, "limit": count, "total": total, "has_more": more}
    paused = site_of(request).queue.paused
    return answer({"jobs": jobs, "pagination": page, "paused": paused})


@routes.on("GET", "/jobs/{id}", "One job", answers={200: OBJECT, 404: ANY})
async def get_job(request: web.Request) -> web.Response:
    id = request.match_info["id"]
    entry = await site_of(request).database.read(lambda db: history.entry(db, id))
    if entry is None:
        return wrong(404, "Job not found")
    workflow = {"prompt": orjson.Fragment(entry.prompt), "extra_data": orjson.Fragment(entry.extra)}
    outputs = orjson.Fragment(entry.outputs or b"{}")
    return answer({**_summary(entry), "outputs": outputs, "workflow": workflow})


def _summary(entry: Entry) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": entry.id,
        "status": NAMES[entry.state],
        "priority": entry.number,
        "create_time": int(entry.created * 1000),
        "outputs_count": 0,
    }
    if entry.started is not None:
        told["execution_start_time"] = int(entry.started * 1000)
    if entry.ended is not None:
        told["execution_end_time"] = int(entry.ended * 1000)
    told |= _shown(entry.outputs)
    if entry.state == "failed":
        told["execution_error"] = _error(entry.messages)
    extra: Any = orjson.loads(entry.extra)
    for name, path in (("workflow_id", WORKFLOW), ("doc", ("easel", "doc"))):
        if id := _text_at(extra, path):
            told[name] = id
    return told


def _shown(outputs: bytes | None) -> dict[str, Any]:
    """How many things came out, the pictures among them, and the last of those that are shown."""
    count, last, pictures = 0, None, list[Any]()
    for node, shown in cast("dict[str, dict[str, Any]]", orjson.loads(outputs or b"{}")).items():
        for kind, found in shown.items():
            items = cast("list[Any]", found) if isinstance(found, list) else []
            count += len(items)
            pictures += items[: MOST_PICTURES - len(pictures)] if kind == "images" else []
            if kind in PICTURES and items and isinstance(items[-1], dict):
                named = cast("dict[str, Any]", items[-1])
                last = {**named, "nodeId": node, "mediaType": kind}
    told: dict[str, Any] = {"outputs_count": count, "pictures": pictures}
    return {**told, "preview_output": last} if last else told


def _error(messages: bytes | None) -> Any:
    told = cast("list[Any]", orjson.loads(messages or b"[]"))
    return next((data for type, data in reversed(told) if type == "execution_error"), None)


def _text_at(found: Any, path: Sequence[str]) -> str | None:
    for key in path:
        found = cast("dict[str, Any]", found).get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else None
