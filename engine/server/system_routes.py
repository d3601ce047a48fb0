"""Routes about the server itself: versions, memory, the log, folders."""

import asyncio
import os
import platform
import sys
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from engine.folders import MODEL_FOLDERS
from engine.server import socket
from engine.server.answers import Refused, answer, done, mapping
from engine.server.bodies import json_of
from engine.server.logs import SIZE
from engine.server.routes import ANY, OBJECT, TEXT, TEXTS, TRUTH, Routes, fields
from engine.server.site import SPEAKS, VERSION, site_of
from engine.workers.protocol import DEVICES

routes = Routes("System")


@routes.on("GET", "/system_stats", "The machine and its devices", answers={200: OBJECT})
async def get_system_stats(request: web.Request) -> web.Response:
    site = site_of(request)
    told = await site.queue.ask(DEVICES)
    devices: list[dict[str, Any]] = orjson.loads(told) if told else []
    torch = next((device.get("torch_version") for device in devices), None) or _torch()
    system = await asyncio.to_thread(_machine)
    return answer(
        {
            "system": {
                **system,
                "comfyui_version": SPEAKS,
                "easel_version": VERSION,
                "required_frontend_version": VERSION,
                "installed_templates_version": VERSION,
                "required_templates_version": VERSION,
                "pytorch_version": torch,
                "argv": list(site.options.argv),
            },
            "devices": [
                {key: value for key, value in device.items() if key != "torch_version"}
                for device in devices
            ],
            "workers": [
                {"device": hand.carrier.device, "state": hand.state, "why": hand.why}
                for hand in site.queue.hands
            ],
            "failed_packs": site.catalogue.packs.failed,
        }
    )


def _machine() -> dict[str, Any]:
    import psutil

    memory = psutil.virtual_memory()
    return {
        "os": os.name if os.name != "posix" else sys.platform,
        "ram_total": memory.total,
        "ram_free": memory.available,
        "python_version": f"{platform.python_version()} ({platform.python_implementation()})",
        "embedded_python": False,
    }


def _torch() -> str:
    from importlib.metadata import PackageNotFoundError, version  # late: it is slow

    try:
        return version("torch")
    except PackageNotFoundError:
        return ""


@routes.on("GET", "/features", "What the server can do", answers={200: OBJECT})
async def get_features(request: web.Request) -> web.Response:
    return answer(socket.flags_of(site_of(request)))


# Inside


@routes.on("GET", "/internal/logs", "The last lines of the log", answers={200: TEXT})
async def get_log(request: web.Request) -> web.Response:
    return answer(site_of(request).logs.text)


@routes.on("GET", "/internal/logs/raw", "The same, line by line", answers={200: OBJECT})
async def get_raw_log(request: web.Request) -> web.Response:
    return answer({"entries": site_of(request).logs.entries, "size": SIZE})


@routes.on(
    "PATCH",
    "/internal/logs/subscribe",
    "Hear new lines on a client's socket, or no more",
    body=fields({"clientId": TEXT, "enabled": TRUTH}),
    answers={200: None},
)
async def subscribe(request: web.Request) -> web.Response:
    body = mapping(await json_of(request))
    id, enabled = body.get("clientId"), body.get("enabled")
    if not isinstance(id, str) or not isinstance(enabled, bool):
        raise Refused(400, "clientId must be a text, enabled true or false")
    peer = site_of(request).hub.client(id)
    if peer is not None:
        peer.logs = enabled
    return done()


@routes.on("GET", "/internal/folder_paths", "Where folders lie", answers={200: OBJECT})
async def get_folder_paths(request: web.Request) -> web.Response:
    folders = site_of(request).folders
    names = [*MODEL_FOLDERS, "custom_nodes", *(n for n in folders.extra if n not in MODEL_FOLDERS)]
    return answer({name: [str(place) for place in folders.places(name)] for name in names})


@routes.on(
    "GET",
    "/internal/files/{directory_type}",
    "The files of output, input or temp, the newest first",
    answers={200: TEXTS, 400: ANY},
)
async def get_files(request: web.Request) -> web.Response:
    kind = request.match_info["directory_type"]
    if kind not in ("output", "input", "temp"):
        raise Refused(400, "It is one of output, input, temp.")
    place = site_of(request).folders.places(kind)[0]
    return answer(await asyncio.to_thread(_newest, place))


def _newest(place: Path) -> list[str]:
    if not place.is_dir():
        return []
    files = [
        (entry.stat().st_mtime, entry.name)
        for entry in os.scandir(place)
        if entry.is_file() and not entry.name.startswith(".")
    ]
    return [name for _, name in sorted(files, reverse=True)]
