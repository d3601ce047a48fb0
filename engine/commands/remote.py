"""`main.py run FILE --server URL`: the same run on a server, its pictures written here."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import Any, cast

from engine.client import ENDS, Client, ServerError, connected
from engine.commands import flags, overrides
from engine.commands.report import Report
from engine.errors import NodeFailed
from engine.execution import events
from engine.execution.problems import Problem
from engine.folders import Folders, inside, safe_name
from engine.graph.atomic import write_atomically
from engine.graph.files import api_of, read_api, text_of
from engine.spec.comfy import registry_from_object_info

LOOK = 0.1  # seconds between two looks at Ctrl-C


def run(args: argparse.Namespace, report: Report, stop: Event) -> int:
    """Run the workflow that `args` name on `args.server`; returns the exit code."""
    try:
        return asyncio.run(_Remote(args, report, stop).whole())
    except ServerError as error:
        problems = _problems(error.answer)
        report.ended("wrong", [], problems, "" if problems else str(error))
        return flags.WRONG


class _Remote:
    def __init__(self, args: argparse.Namespace, report: Report, stop: Event) -> None:
        self.args, self.report, self.stop = args, report, stop
        self.folders: Folders = flags.folders_of(args)
        self.types = dict[str, str]()
        self.began = dict[str, float]()

    async def whole(self) -> int:
        async with connected(self.args.server, token=self.args.token) as client:
            prompt = await self._prompt(client)
            self.types = {id: node["class_type"] for id, node in prompt.items()}
            self.report.titles = {
                id: str(
                    cast("dict[str, Any]", node.get("_meta") or {}).get("title")
                    or node["class_type"]
                )
                for id, node in prompt.items()
            }
            if self.args.check:
                return await self._checked(client, prompt)
            return await self._ran(client, prompt)

    async def _prompt(self, client: Client) -> dict[str, Any]:
        """The workflow in API form, as the server reads it, with what `--set` says."""
        data = await asyncio.to_thread(text_of, self.args.file)
        query = {"to": "api", "name": self.args.file.name}
        async with client.http.post(client.url + "/convert", data=data, params=query) as answer:
            said: dict[str, Any] = await answer.json()
            if answer.status != 200:
                raise ServerError(str(said.get("error")))
        if not self.args.set:
            return said["workflow"]
        graph = read_api(said["workflow"])
        overrides.apply(
            graph, self.args.set, registry_from_object_info(await client.get("/object_info"))
        )
        return api_of(graph)

    async def _checked(self, client: Client, prompt: dict[str, Any]) -> int:
        """What the server says of it; nothing is queued."""
        answer = await client.post("/check", {"prompt": prompt})
        problems = _problems(answer)
        said = "" if problems else f"{self.args.file}: {len(prompt)} nodes, nothing is wrong."
        self.report.ended("wrong" if problems else "checked", [], problems, said)
        return flags.WRONG if problems else flags.DONE

    async def _ran(self, client: Client, prompt: dict[str, Any]) -> int:
        job = await client.queue(prompt)
        stopping = asyncio.create_task(self._stop(client, job))
        try:
            async for type, data in client.events():
                if data.get("prompt_id") == job:
                    self._tell(type, data)
                if type in (*ENDS, "connected", "listening"):
                    end = await self._end(client, job)
                    if end is not None:
                        return end
        finally:
            stopping.cancel()
        return flags.FAILED

    async def _end(self, client: Client, job: str) -> int | None:
        """The exit code, if the job is over."""
        entry = (await client.get(f"/history/{job}")).get(job)
        if entry is None:
            return None
        images = await self._fetched(client, entry["outputs"])
        type, data = entry["status"]["messages"][-1]
        status = {"execution_success": "done", "execution_interrupted": "cancelled"}.get(
            type, "failed"
        )
        said = str(data.get("exception_message", "")) if status == "failed" else ""
        self.report(events.RunEnded(status, 0.0, 0, 0, said))
        self.report.ended(status, images, [], said)
        return {"done": flags.DONE, "cancelled": flags.CANCELLED}.get(status, flags.FAILED)

    async def _fetched(self, client: Client, outputs: Mapping[str, Any]) -> list[str]:
        """Write the pictures here, where the same run would have written them."""
        found = list[str]()
        for shown in outputs.values():
            for image in shown.get("images", ()):
                place = self.folders.output if image["type"] == "output" else self.folders.temp
                sub = image.get("subfolder") or ""
                folder = inside(place, sub) if sub else place
                data = await client.picture(image)
                found.append(
                    str(await asyncio.to_thread(_written, folder, image["filename"], data))
                )
        return found

    async def _stop(self, client: Client, job: str) -> None:
        while not self.stop.is_set():
            await asyncio.sleep(LOOK)
        await client.post("/queue", {"delete": [job]})
        await client.interrupt(job)

    def _tell(self, type: str, data: Mapping[str, Any]) -> None:
        """Pass a message on as the event that it tells of."""
        id = str(data.get("node"))
        names = (id, str(data.get("display_node") or id), self.types.get(id, ""))
        match type:
            case "execution_cached":
                known = tuple(data["nodes"])
                to_run = tuple(node for node in self.types if node not in known)
                self.report(events.RunStarted(to_run, known))
            case "executing" if data.get("node") is not None:
                self._finish_all()
                self.began[id] = time.monotonic()
                self.report(events.NodeStarted(*names, ""))
            case "progress":
                left = data.get("seconds_left")
                rate = data.get("rate") or 0.0
                self.report(events.Progress(*names, data["value"], data["max"], rate, left))
            case "execution_error":
                node, kind = str(data.get("node_id")), str(data.get("node_type"))
                cause = NodeFailed(node, kind, {}, str(data.get("exception_message")))
                lines = tuple(data.get("traceback") or ())
                self.report(events.NodeFailed(node, node, kind, cause, {}, lines))
            case _:
                return

    def _finish_all(self) -> None:
        """A node that begins ends those before it."""
        for id, began in self.began.items():
            seconds = time.monotonic() - began
            self.report(events.NodeFinished(id, id, self.types.get(id, ""), "", seconds))
        self.began.clear()


def _written(folder: Path, name: str, data: bytes) -> Path:
    """Write a picture; beside one of the same name that is another picture, with a number."""
    path, number = folder / safe_name(name), 0
    while path.exists() and path.read_bytes() != data:
        number += 1
        path = folder / f"{Path(name).stem} ({number}){Path(name).suffix}"
    if not path.exists():
        write_atomically(path, data)
    return path


def _problems(answer: Any) -> list[Problem]:
    """What a server's answer to a prompt says is wrong."""
    if not isinstance(answer, dict):
        return []
    errors: dict[str, dict[str, Any]] = cast("dict[str, Any]", answer).get("node_errors") or {}
    found = list[Problem]()
    for id, node in errors.items():
        kind, told = str(node["class_type"]), cast("list[dict[str, Any]]", node["errors"])
        for one in told:
            name = str(cast("dict[str, Any]", one.get("extra_info") or {}).get("input_name", ""))
            found.append(Problem(id, kind, one["type"], one["message"], one["details"], {}, name))
    return found
