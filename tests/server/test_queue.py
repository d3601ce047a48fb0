"""Jobs through the queue and real workers."""

import asyncio
import json
import sqlite3
from pathlib import Path

import pytest

from engine.store.database import Database
from engine.store.jobs import Jobs, NewJob
from engine.workers.protocol import CHECK
from tests.server.bench import fresh, one, run

PRAGMAS = ("synchronous", "journal_mode")


def test_a_job_is_told_of_in_the_order_of_the_wire(tmp_path):
    async def steps(bench):
        id = await bench.post(fresh())
        entry = await bench.end(id)
        return id, entry, bench.heard.of(id)

    id, entry, told = run(tmp_path, steps)
    assert [type for type, _ in told if type != "progress_state"] == [
        *("execution_start", "execution_cached"),
        *("executing", "executing", "executing", "executed"),
        *("execution_success", "executing"),
    ]
    assert [data["node"] for type, data in told if type == "executing"] == ["1", "2", "3", None]
    assert all(data["prompt_id"] == id for _, data in told)
    assert entry["status"]["status_str"] == "success"
    assert entry["status"]["completed"] is True
    assert [type for type, _ in entry["status"]["messages"]] == [
        *("execution_start", "execution_cached", "execution_success")
    ]
    assert entry["prompt"][1] == id
    assert entry["outputs"]["3"]["text"]
    assert entry["meta"]["3"] == {
        "node_id": "3",
        "display_node": "3",
        "parent_node": None,
        "real_node_id": "3",
    }


def test_known_results_are_named_and_shown_again(tmp_path):
    async def steps(bench):
        graph = fresh()
        first = await bench.end(await bench.post(graph))
        id = await bench.post(graph)
        return first, await bench.end(id), bench.heard.of(id)

    first, again, told = run(tmp_path, steps)
    assert next(data["nodes"] for type, data in told if type == "execution_cached") == [*"123"]
    assert again["outputs"] == first["outputs"]
    assert "executed" in [type for type, _ in told]


def test_a_node_that_raises_fails_its_job_with_all_that_is_known(tmp_path):
    async def steps(bench):
        failed = await bench.end(await bench.post(one("Fail", value=7)))
        return failed, await bench.end(await bench.post(fresh()))

    failed, after = run(tmp_path, steps)
    type, data = failed["status"]["messages"][-1]
    assert failed["status"]["status_str"] == "error"
    assert failed["status"]["completed"] is False
    assert type == "execution_error"
    assert (data["node_id"], data["node_type"]) == ("1", "Fail")
    assert (data["exception_type"], data["exception_message"]) == ("ValueError", "no 7")
    assert "Fail" not in data["current_inputs"]
    assert data["current_inputs"]["value"] == ["7"]
    assert "no 7" in "".join(data["traceback"])
    assert after["status"]["status_str"] == "success"


def test_a_graph_that_cannot_be_planned_fails_in_words(tmp_path):
    async def steps(bench):
        return await bench.end(await bench.post(one("Nowhere"), targets=b'["1"]'))

    data = run(tmp_path, steps)["status"]["messages"][-1][1]
    assert "Nowhere" in data["exception_message"]


def test_lower_numbers_and_front_run_first(tmp_path):
    async def steps(bench):
        first = await bench.post(one("Sleep", seconds=2.0))
        await bench.runs(first)
        ids = [await bench.post(fresh(), number=number) for number in (5.0, 7.0, 3.0)]
        ids.append(await bench.post(fresh(), front=True))
        _, waiting = await bench.listed()
        for id in ids:
            await bench.end(id)
        return ids, waiting, await bench.history()

    (five, seven, three, front), waiting, ended = run(tmp_path, steps)
    assert waiting == [front, three, five, seven]
    assert ended[1:] == waiting


def test_jobs_that_wait_can_be_moved_deleted_and_cleared(tmp_path):
    async def steps(bench):
        first = await bench.post(one("Sleep", seconds=2.0))
        await bench.runs(first)
        a, b, c = [await bench.post(fresh()) for _ in range(3)]
        await bench.queue.move({c: -1, "unknown": 3})
        await bench.queue.delete([a, first, "unknown"])
        listed = await bench.listed()
        await bench.end(first)
        await bench.end(b)
        long = await bench.post(one("Sleep", seconds=2.0, tag=1))
        await bench.runs(long)
        gone = [await bench.post(fresh()) for _ in range(5)]
        await bench.queue.clear()
        cleared = await bench.listed()
        entry = await bench.end(long)
        return (first, b, c), listed, (long, cleared), gone, entry, await bench.history()

    (first, b, c), listed, (long, cleared), gone, entry, ended = run(tmp_path, steps)
    assert listed == ([first], [c, b])
    assert cleared == ([long], [])
    assert entry["status"]["completed"]
    assert not set(gone) & set(ended)


def test_a_paused_queue_begins_nothing_until_it_goes_on_even_after_a_restart(tmp_path):
    async def pause(bench):
        running = await bench.post(one("Sleep", seconds=2.0))
        await bench.runs(running)
        waiting = await bench.post(fresh())
        await bench.queue.pause(True)
        await bench.end(running)
        return waiting, await bench.listed()

    async def resume(bench):
        await bench.queue.ready()
        before = await bench.listed(), bench.queue.paused
        await bench.queue.pause(False)
        await bench.end(before[0][1][0])
        return before

    waiting, listed = run(tmp_path, pause)
    assert listed == ([], [waiting])
    assert run(tmp_path, resume) == (([], [waiting]), True)


def test_a_stopped_server_puts_its_job_back_and_the_next_one_runs_it(tmp_path):
    async def stop(bench):
        id = await bench.post({**one("Save", value=1), "2": one("Sleep", seconds=2.0)["1"]})
        await bench.heard.until(lambda: ("executed") in bench.heard.types(id))
        return id

    async def go_on(bench):
        listed = await bench.listed()
        entry = await bench.end(listed[1][0] if listed[1] else listed[0][0])
        return listed, entry, [path.name for path in bench.output.iterdir()]

    id = run(tmp_path, stop)
    listed, entry, files = run(tmp_path, go_on)
    assert [*listed[0], *listed[1]] == [id]
    assert entry["status"]["completed"]
    assert files == ["toy_00001_.txt"]


def test_a_job_that_a_full_disk_did_not_let_put_back_is_run_by_the_next_server(tmp_path):
    def full(*_):
        raise sqlite3.OperationalError("full")

    async def interrupted(bench):
        id = await bench.post(one("Sleep", seconds=1.0, tag=1))
        await bench.heard.until(lambda: "executing" in bench.heard.types(id))
        bench.queue._jobs.put_back = full
        return id

    async def resumed(bench):
        return await bench.end(id)

    id = run(tmp_path, interrupted)
    assert run(tmp_path, resumed)["status"]["completed"]


def test_an_id_is_one_job(tmp_path):
    async def steps(bench):
        graph = json.dumps(fresh()).encode()
        first = await bench.queue.accept(NewJob("mine", graph, client="me"))
        again = await bench.queue.accept(NewJob("mine", graph, client="me"))
        await bench.end("mine")
        late = await bench.queue.accept(NewJob("mine", graph, client="me"))
        other = await bench.queue.accept(NewJob("mine", b'{"1": 2}', client="me"))
        return first, again, late, other, await bench.history()

    first, again, late, other, ended = run(tmp_path, steps)
    assert first.fresh
    assert (again.fresh, again.equal, again.job.number) == (False, True, first.job.number)
    assert (late.fresh, late.equal) == (False, True)
    assert (other.fresh, other.equal) == (False, False)
    assert ended == ["mine"]


def test_history_keeps_so_many_and_can_be_forgotten(tmp_path):
    async def steps(bench):
        ids = [await bench.post(fresh()) for _ in range(6)]
        await bench.end(ids[-1])
        kept = await bench.history()
        await bench.queue.forget(ids[-1:])
        one_less = await bench.history()
        await bench.queue.forget(None)
        return ids, kept, one_less, await bench.history()

    ids, kept, one_less, none = run(tmp_path, steps, kept=4)
    assert kept == ids[2:]
    assert one_less == ids[2:-1]
    assert none == []


def test_freeing_memory_forgets_results(tmp_path):
    async def steps(bench):
        graph = fresh()
        await bench.end(await bench.post(graph))
        bench.queue.free(models=False, memory=True)
        id = await bench.post(graph)
        await bench.end(id)
        return bench.heard.of(id)

    told = run(tmp_path, steps)
    assert next(data["nodes"] for type, data in told if type == "execution_cached") == []


def test_previews_come_only_while_somebody_looks(tmp_path):
    async def steps(bench):
        unseen = await bench.post(one("Sleep", seconds=0.2, tag=1))
        await bench.end(unseen)
        none = len(bench.heard.pictures)
        seen = await bench.post(one("Sleep", seconds=5.0, tag=2))
        await bench.runs(seen)
        bench.queue.watch(seen, True)
        await bench.heard.until(lambda: bench.heard.pictures)
        bench.queue.interrupt()
        await bench.end(seen)
        return none, seen, bench.heard.pictures[0], bench.heard.types(unseen)

    none, seen, picture, types = run(tmp_path, steps)
    assert none == 0
    assert "progress" in types
    assert (picture.job, picture.media, picture.picture) == (seen, "image/jpeg", b"a picture")


def test_a_nodes_own_check_is_asked_while_a_job_runs_and_given_up_when_it_hangs(tmp_path):
    async def steps(bench):
        await bench.queue.ready()
        busy = await bench.post(one("Sleep", seconds=5.0))
        await bench.runs(busy)
        ask = [json.dumps(one("Even", value=value)).encode() for value in (3, 99, 4)]
        odd = await bench.queue.ask(CHECK, ask[0])
        hanging = await bench.queue.ask(CHECK, ask[1], seconds=0.1)
        even = await bench.queue.ask(CHECK, ask[2])
        bench.queue.interrupt(busy)
        return bench.queue.known, json.loads(odd), hanging, json.loads(even)

    known, odd, hanging, even = run(tmp_path, steps)
    assert known.checking == ["Even"]
    assert (odd[0]["node"], odd[0]["type"]) == ("1", "custom_validation_failed")
    assert "an odd value" in str(odd[0])
    assert hanging is None
    assert even == []


def test_a_client_that_comes_back_is_told_what_runs(tmp_path):
    async def steps(bench):
        id = await bench.post(one("Sleep", seconds=5.0))
        await bench.heard.until(lambda: "progress" in bench.heard.types(id))
        told = bench.queue.state_for("me"), bench.queue.state_for("another")
        bench.queue.interrupt(id)
        return id, told

    id, (mine, others) = run(tmp_path, steps)
    assert others == []
    assert mine[0] == ("executing", {"node": "1", "display_node": "1", "prompt_id": id})
    assert mine[1][0] == "progress_state"
    assert mine[1][1]["nodes"]["1"]["state"] == "running"


def test_two_workers_share_the_work_and_none_waits_behind_a_long_job(tmp_path):
    async def steps(bench):
        await bench.heard.until(lambda: bench.heard.states.count("ready") == 2)
        long = await bench.post(one("Sleep", seconds=10.0))
        await bench.runs(long)
        tiny = [await bench.post(fresh()) for _ in range(20)]
        for id in tiny:
            await bench.end(id)
        running, waiting = await bench.listed()
        bench.queue.interrupt(long)
        return long, running, waiting

    long, running, waiting = run(tmp_path, steps, workers=2)
    assert (running, waiting) == ([long], [])


def test_a_full_disk_refuses_new_jobs_and_keeps_the_end_of_old_ones(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.server.queue.AGAIN", 0.05)

    async def limit(bench, pages):
        await bench.database.write(lambda db: db.execute(f"PRAGMA max_page_count = {pages}"))

    async def steps(bench):
        id = await bench.post(
            {**one("Sleep", seconds=0.3), "2": one("Show", value="x" * 9000)["1"]}
        )
        await bench.runs(id)
        await limit(bench, 1)  # as many as there are
        with pytest.raises(sqlite3.OperationalError, match="full"):
            await bench.post(one("Show", value="y" * 50_000))
        await bench.heard.until(lambda: bench.queue._ending)
        await asyncio.sleep(0.1)
        unwritten = await bench.history(), bench.heard.types(id)[-1]
        await limit(bench, 10_000)
        entry = await bench.end(id)
        await bench.end(await bench.post(fresh()))
        return unwritten, entry

    (none, last), entry = run(tmp_path, steps)
    assert none == []
    assert last != "execution_success"
    assert entry["status"]["completed"]


def test_what_a_full_disk_refuses_has_not_happened(tmp_path):
    async def refused(change):
        with pytest.raises(sqlite3.OperationalError, match="full"):
            await change

    def fail(*_):
        async def failing():
            raise sqlite3.OperationalError("full")

        return failing()

    async def steps(bench):
        long = await bench.post(one("Sleep", seconds=30))
        await bench.runs(long)
        a, b = [await bench.post(fresh()) for _ in range(2)]
        before = await bench.listed()
        for name in ("delete", "move", "pause"):
            setattr(bench.queue._jobs, name, fail)
        await refused(bench.queue.delete([a]))
        await refused(bench.queue.clear())
        await refused(bench.queue.move({b: -1}))
        await refused(bench.queue.pause(True))
        after = await bench.listed()
        bench.queue.interrupt()
        await bench.end(a)
        return before, after, bench.queue.paused

    before, after, paused = run(tmp_path, steps)
    assert before == after
    assert not paused


def test_what_cannot_be_read_once_is_read_again(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.server.foreman.AGAIN", 0.01)

    async def steps(bench):
        id = await bench.post(one("Fail"))
        await bench.end(id)
        bodies, tries = bench.queue.bodies, []

        async def failing(ids):
            tries.append(ids)
            if len(tries) == 1:
                raise sqlite3.OperationalError("disk I/O error")
            return await bodies(ids)

        bench.queue.bodies = failing
        bench.heard.messages.clear()
        await bench.queue.retry([id])
        await bench.end(id)
        return len(tries)

    assert run(tmp_path, steps) == 2


def test_the_journals_of_dead_workers_are_read_once_however_many_workers_start(
    tmp_path, monkeypatch
):
    swept = list[Path]()
    monkeypatch.setattr("engine.workers.journal.sweep", lambda folder, _: swept.append(folder))

    async def steps(bench):
        await bench.queue.ready()

    run(tmp_path, steps, workers=3)
    assert swept == [tmp_path / "user" / "attempts"]


def test_durable_jobs_go_the_same_way(tmp_path):
    async def steps():
        database = Database(tmp_path / "easel.db", durable=True)
        try:
            jobs = Jobs(database)
            await asyncio.gather(*(jobs.accept(NewJob(str(n), b"{}")) for n in range(200)))
            return await database.write(
                lambda db: [db.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS]
            )
        finally:
            database.close()

    assert asyncio.run(steps()) == [2, "wal"]
