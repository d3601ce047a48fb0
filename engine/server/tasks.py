"""Tasks of the event loop that belong to one owner and end with it."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Tasks:
    """What runs beside the caller. A task that raises is named in the log, and the rest go on."""

    _running: set["asyncio.Task[Any]"] = field(default_factory=set["asyncio.Task[Any]"])

    def spawn(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Run it beside."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._done)
        return task

    async def close(self) -> None:
        """Cancel all and wait for their ends."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _done(self, task: "asyncio.Task[Any]") -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("A task of the server failed", exc_info=error)
