"""Where calls happen beside the run's own thread: one thread for files, one for async nodes.

Neither exists until something is handed to it. Knows calls and outcomes, nothing of nodes.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

Guard = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one piece of work: `result`, or the error that it raised."""

    tag: Any
    result: Any = None
    error: BaseException | None = None


@dataclass(slots=True)
class Lanes:
    """The lanes of one run. guard: entered on each thread that runs nodes (torch's `no_grad`)."""

    guard: Guard
    running: int = 0
    _finished: SimpleQueue[Done] = field(default_factory=SimpleQueue[Done])
    _files: ThreadPoolExecutor | None = None
    _loop: asyncio.AbstractEventLoop | None = None
    _thread: threading.Thread | None = None
    _pending: set[Future[Any]] = field(default_factory=set[Future[Any]])

    def put(self, tag: Any, work: Callable[[], Any]) -> None:
        """Run `work` on the lane of files, after whatever is there already."""
        if self._files is None:
            self._files = ThreadPoolExecutor(1, "easel files")
        self.running += 1

        def guarded() -> Any:
            with self.guard():
                return work()

        self._watch(tag, self._files.submit(guarded))

    def put_async(self, tag: Any, work: Callable[[], Awaitable[Any]]) -> None:
        """Run a coroutine beside the others."""
        self.running += 1

        async def awaited() -> Any:
            try:
                return await work()
            except (SystemExit, KeyboardInterrupt) as error:  # would end the loop for all others
                raise RuntimeError(f"it called for the end of the process: {error!r}") from error

        self._watch(tag, asyncio.run_coroutine_threadsafe(awaited(), self._started()))

    def _watch(self, tag: Any, future: Future[Any]) -> None:
        self._pending.add(future)
        future.add_done_callback(lambda done: self._finished.put(_done(tag, done)))
        future.add_done_callback(self._pending.discard)

    def _started(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._serve, name="easel async", daemon=True)
            self._thread.start()
        return self._loop

    def _serve(self) -> None:
        assert self._loop is not None
        with self.guard():
            self._loop.run_forever()

    def take(self, seconds: float) -> Done | None:
        """The next piece of work that is done; None if none is within `seconds`."""
        with suppress(Empty):
            done = self._finished.get(timeout=seconds) if seconds else self._finished.get_nowait()
            self.running -= 1
            return done
        return None

    def close(self) -> list[Done]:
        """Cancel what has not begun and what is async, wait for the rest; gives what was done."""
        for future in list(self._pending):
            future.cancel()
        if self._files is not None:
            self._files.shutdown(wait=True, cancel_futures=True)
        if self._loop is not None and self._thread is not None:
            asyncio.run_coroutine_threadsafe(_settled(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
        left = list[Done]()
        while done := self.take(0):
            left.append(done)
        return left


async def _settled() -> None:
    """Cancel every other task and let it come to its end."""
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _done(tag: Any, future: Future[Any]) -> Done:
    if future.cancelled():
        return Done(tag, error=asyncio.CancelledError())
    error = future.exception()
    return Done(tag, error=error) if error is not None else Done(tag, future.result())
