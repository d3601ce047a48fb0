"""Whatever a worker does to itself takes only its own job, and the queue goes on."""

import asyncio
import os
import random
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from engine.server import hands
from tests.server import bench
from tests.server.bench import carrier, fresh, one, run


@pytest.mark.parametrize(
    ("graph", "how"),
    [
        (one("Crash"), "SIGSEGV"),
        (one("Die"), "SIGKILL"),
        (one("Leave", code=3), "exit code 3"),
    ],
)
def test_a_dead_worker_fails_its_job_only_and_the_next_one_runs_by_itself(tmp_path, graph, how):
    async def steps(bench):
        before = await bench.post(fresh())
        killer = await bench.post(graph)
        after = [await bench.post(fresh()) for _ in range(3)]
        failed = await bench.end(killer)
        others = [await bench.end(id) for id in (before, *after)]
        return failed, others, await bench.history(), [before, killer, *after]

    failed, others, ended, ids = run(tmp_path, steps)
    type, data = failed["status"]["messages"][-1]
    assert type == "execution_error"
    assert how in data["exception_message"]
    assert f"{graph['1']['class_type']} (node 1)" in data["exception_message"]
    assert data["node_id"] == "1"
    assert [entry["status"]["status_str"] for entry in others] == ["success"] * 4
    assert ended == ids


def test_a_segmentation_fault_leaves_its_last_words(tmp_path):
    async def steps(bench):
        return await bench.end(await bench.post(one("Crash")))

    data = run(tmp_path, steps)["status"]["messages"][-1][1]
    assert "Segmentation fault" in data["traceback"][0]
    assert any("in crash" in line for line in data["traceback"])


@pytest.mark.parametrize(
    ("graph", "how"),
    [
        (one("Quit", tag=1), "SystemExit"),
        (one("Hog"), "MemoryError: Out of memory"),
        (one("Garble", raises=True), "ValueError: half a letter: ?"),
    ],
)
def test_what_a_worker_survives_fails_the_job_and_keeps_the_worker(tmp_path, graph, how):
    async def steps(bench):
        failed = await bench.end(await bench.post(graph))
        await bench.end(await bench.post(fresh()))
        return failed, bench.heard.states

    failed, states = run(tmp_path, steps)
    assert failed["status"]["status_str"] == "error"
    said = failed["status"]["messages"][-1][1]
    assert how in f"{said['exception_type']}: {said['exception_message']}"
    assert states == ["ready"]


def test_what_no_file_can_hold_is_shown_all_the_same(tmp_path):
    async def steps(bench):
        return await bench.end(await bench.post(one("Garble")))

    assert run(tmp_path, steps)["outputs"]["1"]["text"] == ["half a letter: ?"]


def test_a_worker_comes_again_even_if_nobody_can_write_down_that_it_was_lost(tmp_path):
    async def steps(bench):
        await bench.queue.ready()
        hear = bench.heard.worker
        bench.heard.worker = lambda hand: hear(hand) if hand.ready else 1 / 0
        bench.queue.hands[0].kill()
        await bench.heard.until(lambda: bench.heard.states == ["ready", "ready"])
        await bench.end(await bench.post(fresh()))

    run(tmp_path, steps)


@pytest.fixture
def little_memory():
    """A group of processes that together have 100 MB; skipped where nobody may make one."""
    group = Path(f"/sys/fs/cgroup/memory/easel-test-{os.getpid()}")
    limit = "memory.limit_in_bytes"
    if not group.parent.is_dir():
        group, limit = Path(f"/sys/fs/cgroup/easel-test-{os.getpid()}"), "memory.max"
    try:
        group.mkdir()
        (group / limit).write_text(str(100 * 2**20))
    except OSError:
        pytest.skip("only root may limit the memory of a group of processes")
    yield group
    group.rmdir()


def test_a_worker_that_the_system_ends_for_its_memory_fails_its_job_only(tmp_path, little_memory):
    async def steps(bench):
        await bench.end(await bench.post(fresh()))
        pid = bench.queue.hands[0]._line.process.pid
        (little_memory / "cgroup.procs").write_text(str(pid))
        failed = await bench.end(await bench.post(one("Devour")))
        return failed, await bench.end(await bench.post(fresh()))

    failed, after = run(tmp_path, steps)
    message = failed["status"]["messages"][-1][1]["exception_message"]
    assert "by the system, which had run out of memory" in message
    assert "Devour (node 1)" in message
    assert after["status"]["completed"]


@pytest.mark.parametrize("graph", [one("Deaf"), one("Stuck")])
def test_a_node_that_never_yields_is_killed_when_it_is_cancelled(tmp_path, monkeypatch, graph):
    monkeypatch.setattr(hands, "PATIENCE", 0.3)

    async def steps(bench):
        stuck = await bench.post(graph)
        await bench.runs(stuck)
        after = await bench.post(fresh())
        bench.queue.interrupt()
        return await bench.end(stuck), await bench.end(after)

    stuck, after = run(tmp_path, steps)
    assert stuck["status"]["messages"][-1][0] == "execution_interrupted"
    assert stuck["status"]["completed"] is False
    assert after["status"]["completed"] is True


def test_patience_is_five_seconds():
    assert hands.PATIENCE == 5.0


def test_interrupting_ends_what_runs_and_nothing_else(tmp_path):
    async def steps(bench):
        long = await bench.post(one("Sleep", seconds=30))
        await bench.runs(long)
        waiting = await bench.post(fresh())
        bench.queue.interrupt("unknown")
        bench.queue.interrupt(waiting)
        unmoved = await bench.listed()
        bench.queue.interrupt(long)
        first = await bench.end(long)
        await bench.end(waiting)
        bench.queue.interrupt()
        after = await bench.end(await bench.post(fresh()))
        return unmoved, (long, waiting), first, after, bench.heard.of(long)[-2:]

    unmoved, (long, waiting), first, after, told = run(tmp_path, steps)
    assert unmoved == ([long], [waiting])
    assert first["status"]["messages"][-1][0] == "execution_interrupted"
    assert first["status"]["messages"][-1][1]["node_type"] == "Sleep"
    assert after["status"]["completed"]
    assert [type for type, _ in told] == ["execution_interrupted", "executing"]


def test_everybody_hears_of_an_interrupted_job_without_a_client(tmp_path):
    async def steps(bench):
        id = await bench.post(one("Sleep", seconds=30), client="")
        await bench.heard.until(lambda: bench.queue.running)
        bench.queue.interrupt()
        await bench.heard.until(lambda: not bench.queue.remaining)
        return id, bench.heard.messages

    id, told = run(tmp_path, steps)
    assert [(client, type, data["prompt_id"]) for client, type, data in told] == [
        (None, "execution_interrupted", id)
    ]


def test_a_failed_job_can_be_tried_again(tmp_path):
    async def steps(bench):
        id = await bench.post(one("Die"))
        await bench.end(id)
        bench.heard.messages.clear()
        retried = await bench.queue.retry([id, "unknown"])
        await bench.end(id)
        return id, retried, await bench.history()

    id, retried, ended = run(tmp_path, steps)
    assert retried == [id]
    assert ended == [id]


def test_a_job_runs_once_more_if_its_carrier_says_that_workers_get_lost(tmp_path, monkeypatch):
    monkeypatch.setattr(bench, "carrier", lambda place: replace(carrier(place), again=True))

    async def steps(bench):
        id = await bench.post(one("Die"))
        await bench.end(id)
        return bench.heard.types(id), await bench.history() == [id], bench.queue.remaining

    told, once, remaining = run(tmp_path, steps)
    assert told.count("execution_start") == 2
    assert told[-2:] == ["execution_error", "executing"]
    assert (once, remaining) == (True, 0)


def test_workers_killed_at_random_under_load_fail_at_most_one_job_each(tmp_path):
    seed = random.randrange(10**6)
    print("seed", seed)
    chance, kills = random.Random(seed), 15

    async def steps(bench):
        ids, going = [], True

        async def post():
            while going:
                if bench.queue.remaining < 20:
                    ids.append(await bench.post(fresh()))
                await asyncio.sleep(0.002)

        posting = asyncio.create_task(post())
        for _ in range(kills):
            hand = bench.queue.hands[0]
            await bench.heard.until(lambda: hand.ready is not None)  # noqa: B023
            await asyncio.sleep(chance.uniform(0, 0.05))
            os.kill(hand._line.process.pid, signal.SIGKILL)
            await bench.heard.until(lambda: hand.ready is None)  # noqa: B023
        going = False
        await posting
        entries = [await bench.end(id) for id in ids]
        return ids, entries, await bench.history()

    ids, entries, ended = run(tmp_path, steps)
    failed = [entry for entry in entries if not entry["status"]["completed"]]
    assert sorted(ended) == sorted(ids)
    assert len(failed) <= kills
    for entry in failed:
        assert "SIGKILL" in entry["status"]["messages"][-1][1]["exception_message"]


def test_a_job_can_be_deleted_while_the_worker_that_holds_it_dies(tmp_path):
    async def steps(bench):
        stuck = await bench.post(one("Stuck"))
        behind = await bench.post(fresh())
        await bench.runs(stuck)
        deleting = asyncio.create_task(bench.queue.delete([behind]))
        await asyncio.sleep(0.02)
        bench.queue.hands[0].kill()
        await deleting
        await bench.end(stuck)
        await bench.end(await bench.post(fresh()))
        return behind, await bench.history(), bench.queue.remaining

    behind, ended, remaining = run(tmp_path, steps)
    assert len(ended) == 2
    assert behind not in ended
    assert remaining == 0
