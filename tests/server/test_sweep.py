import asyncio
import json
import os

from engine.server.sweep import Sweep
from engine.store.database import Database
from engine.store.jobs import End, Jobs, NewJob
from engine.workers.protocol import Written


def within(tmp_path, steps):
    """Run `steps(sweep, jobs)`."""

    async def whole():
        database = Database(tmp_path / "easel.db")
        try:
            return await steps(Sweep(database, tmp_path / "temp"), Jobs(database))
        finally:
            database.close()

    return asyncio.run(whole())


async def ended(jobs, id, attempt=1, started=1000.0, outputs=b"{}"):
    await jobs.accept(NewJob(id, b"{}"))
    for number in range(1, attempt):
        await jobs.start(id, number, started)
        await jobs.put_back(id, number)
    await jobs.start(id, attempt, started)
    await jobs.end(id, attempt, End("done", started, started + 1, outputs))


def write(path, time=500.0):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    os.utime(path, (time, time))
    return path


def test_previews_are_cleaned_again_after_a_failure(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.server.sweep.EVERY", 0.0)
    done = asyncio.Event()

    async def steps(sweep, _):
        loop, tries = asyncio.get_running_loop(), list[float]()

        def clean(_, before):
            tries.append(before)
            if len(tries) == 1:
                raise PermissionError("not now")
            loop.call_soon_threadsafe(done.set)

        monkeypatch.setattr(Sweep, "clean", clean)
        keeping = asyncio.create_task(sweep.keep())
        await asyncio.wait_for(done.wait(), 10)
        keeping.cancel()

    within(tmp_path, steps)


def test_only_what_an_attempt_wrote_that_did_not_count_is_taken_back(tmp_path):
    async def steps(sweep, jobs):
        await ended(jobs, "done", attempt=2)
        await jobs.accept(NewJob("waits", b"{}"))
        counted = write(tmp_path / "a")
        before = write(tmp_path / "b", time=999.0)
        later = write(tmp_path / "c", time=1001.0)
        waits = write(tmp_path / "d")
        unknown = write(tmp_path / "e")
        for job, attempt, path in [
            *(("done", 2, counted), ("done", 1, before), ("done", 1, later)),
            *(("waits", 1, waits), ("unknown", 1, unknown), ("waits", 1, tmp_path / "gone")),
        ]:
            await asyncio.to_thread(sweep.take, Written(job, attempt, str(path)))
        return [path.name for path in (counted, before, later, waits, unknown) if path.exists()]

    assert within(tmp_path, steps) == ["a", "c", "e"]


def test_old_previews_go_unless_the_history_names_them(tmp_path):
    named = {"filename": "kept.png", "subfolder": "sub", "type": "temp"}
    elsewhere = {"filename": "lost.png", "subfolder": "", "type": "output"}
    outputs = json.dumps({"3": {"images": [named, elsewhere]}}).encode()

    async def steps(sweep, jobs):
        await ended(jobs, "a", outputs=outputs)
        write(tmp_path / "temp" / "sub" / "kept.png")
        write(tmp_path / "temp" / "lost.png")
        write(tmp_path / "temp" / "young.png", time=2000.0)
        gone = await asyncio.to_thread(sweep.clean, 1000.0)
        return gone, sorted(path.name for path in (tmp_path / "temp").rglob("*.png"))

    assert within(tmp_path, steps) == (1, ["kept.png", "young.png"])
