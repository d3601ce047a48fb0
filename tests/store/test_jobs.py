import asyncio
import sqlite3

import pytest

from engine.errors import StoreError
from engine.store import history
from engine.store.database import Database
from engine.store.jobs import End, Jobs, NewJob

DONE = End("done", 1.0, 2.0, b'{"9":{}}', b"{}", b"[]")


def nothing(id):
    return b"[]"


def within(tmp_path, steps, kept=10_000):
    """Run `steps(jobs, database)` on a fresh opening of the database, as a server would."""

    async def run():
        database = Database(tmp_path / "easel.db")
        try:
            jobs = Jobs(database, kept)
            return await steps(jobs, database)
        finally:
            database.close()

    return asyncio.run(run())


async def ended_ids(database):
    return [entry.id for entry in await database.read(lambda db: history.ended(db, None, None))]


def test_a_job_goes_from_queued_over_running_to_done(tmp_path):
    async def steps(jobs, database):
        accepted = await jobs.accept(NewJob("a", b"{}"))
        started = await jobs.start("a", 1, 1.0)
        ended = await jobs.end("a", 1, DONE)
        entry = await database.read(lambda db: history.entry(db, "a"))
        return accepted, started, ended, entry

    accepted, started, ended, entry = within(tmp_path, steps)
    assert accepted.fresh
    assert started
    assert ended
    assert (entry.state, entry.attempt, entry.outputs) == ("done", 1, b'{"9":{}}')


@pytest.mark.parametrize("attempt", [0, 1, 3])
def test_a_result_of_another_attempt_changes_nothing(tmp_path, attempt):
    async def steps(jobs, database):
        await jobs.accept(NewJob("a", b"{}"))
        await jobs.start("a", 2, 1.0)
        late = await jobs.end("a", attempt, DONE)
        return late, await jobs.end("a", 2, DONE), await jobs.end("a", 2, DONE)

    assert within(tmp_path, steps) == (False, True, False)


def test_a_known_id_is_the_same_job_if_the_prompt_is_equal(tmp_path):
    async def steps(jobs, database):
        first = await jobs.accept(NewJob("a", b'{"x": 1, "y": 2}'))
        again = await jobs.accept(NewJob("a", b'{"y":2,"x":1}'))
        other = await jobs.accept(NewJob("a", b'{"y":2,"x":3}'))
        return first, again, other

    first, again, other = within(tmp_path, steps)
    assert (first.fresh, again.fresh, other.fresh) == (True, False, False)
    assert again.job == first.job
    assert again.equal
    assert not other.equal


def test_jobs_wait_by_number_then_by_order_and_front_goes_first(tmp_path):
    async def steps(jobs, database):
        await jobs.accept(NewJob("a", b"{}"))
        await jobs.accept(NewJob("b", b"{}", front=True))
        await jobs.accept(NewJob("c", b"{}", number=0.5))
        await jobs.accept(NewJob("d", b"{}", number=0.5))
        await jobs.accept(NewJob("e", b"{}", front=True))
        await jobs.move({"a": 0.25})

    async def look(jobs, database):
        return [job.id for job in jobs.recover(nothing, 0.0).waiting]

    within(tmp_path, steps)
    assert within(tmp_path, look) == ["e", "b", "a", "c", "d"]


def test_what_ran_when_the_server_died_waits_again_and_fails_the_third_time(tmp_path):
    async def begin(jobs, database):
        waiting = jobs.recover(nothing, 0.0).waiting
        if not waiting:
            await jobs.accept(NewJob("a", b"{}"))
        await jobs.start("a", (waiting[0].attempt if waiting else 0) + 1, 1.0)

    async def look(jobs, database):
        found = jobs.recover(lambda id: b'["died"]', 9.0)
        return found, await database.read(lambda db: history.entry(db, "a"))

    within(tmp_path, begin)
    within(tmp_path, begin)
    within(tmp_path, begin)
    found, entry = within(tmp_path, look)
    assert (found.waiting, found.again, found.failed) == ([], [], ["a"])
    assert (entry.state, entry.attempt, entry.messages) == ("failed", 3, b'["died"]')


def test_a_job_that_was_put_back_has_not_died(tmp_path):
    async def stop(jobs, database):
        waiting = jobs.recover(nothing, 0.0).waiting
        attempt = waiting[0].attempt + 1
        await jobs.start("a", attempt, 1.0)
        return await jobs.put_back("a", attempt)

    async def post(jobs, database):
        await jobs.accept(NewJob("a", b"{}"))

    within(tmp_path, post)
    assert [within(tmp_path, stop) for _ in range(5)] == [True] * 5


def test_failed_and_cancelled_jobs_can_be_tried_again_behind_all_others(tmp_path):
    async def steps(jobs, database):
        for id, state in (("a", "failed"), ("b", "cancelled"), ("c", "done")):
            await jobs.accept(NewJob(id, b"{}"))
            await jobs.start(id, 1, 1.0)
            await jobs.end(id, 1, End(state, 1.0, 2.0))
        await jobs.accept(NewJob("d", b"{}"))
        retried = await jobs.retry(["b", "c", "a", "unknown"])
        found = jobs.recover(nothing, 0.0)
        return [job.id for job in retried], [job.id for job in found.waiting]

    assert within(tmp_path, steps) == (["b", "a"], ["d", "b", "a"])


def test_only_what_waits_is_deleted_and_only_what_has_ended_is_forgotten(tmp_path):
    async def steps(jobs, database):
        for id in "abc":
            await jobs.accept(NewJob(id, b"{}"))
        await jobs.start("a", 1, 1.0)
        await jobs.start("b", 1, 1.0)
        await jobs.end("b", 1, DONE)
        await jobs.delete(["a", "b", "c"])
        await jobs.forget(["a", "b", "c"])
        return await database.read(lambda db: db.execute("SELECT id FROM jobs").fetchall())

    assert within(tmp_path, steps) == [("a",)]


def test_only_so_many_are_kept_and_the_oldest_go(tmp_path):
    async def steps(jobs, database):
        for id in "abcde":
            await jobs.accept(NewJob(id, b"{}"))
            await jobs.start(id, 1, 1.0)
            await jobs.end(id, 1, DONE)
        return await ended_ids(database)

    assert within(tmp_path, steps, kept=3) == ["c", "d", "e"]


def test_an_end_counts_even_if_its_beginning_could_not_be_written(tmp_path):
    async def steps(jobs, database):
        await jobs.accept(NewJob("a", b"{}"))
        late = await jobs.end("a", 2, DONE)
        return late, await jobs.end("a", 1, DONE), await jobs.end("a", 1, DONE)

    assert within(tmp_path, steps) == (False, True, False)


@pytest.mark.parametrize(
    ("count", "offset", "ids"),
    [(None, None, "abcde"), (2, None, "de"), (2, 1, "bc"), (9, 3, "de"), (0, None, ""), (2, 9, "")],
)
def test_history_is_cut_as_comfyui_cuts_it(tmp_path, count, offset, ids):
    async def steps(jobs, database):
        for id in "abcde":
            await jobs.accept(NewJob(id, b"{}"))
            await jobs.start(id, 1, 1.0)
            await jobs.end(id, 1, DONE)
        return await database.read(lambda db: history.ended(db, count, offset))

    assert "".join(entry.id for entry in within(tmp_path, steps)) == ids


def test_one_write_that_fails_takes_none_of_its_batch_with_it(tmp_path):
    def broken(db):
        db.execute("INSERT INTO settings VALUES ('half', 1)")
        db.execute("SELECT nothing FROM nowhere")

    async def steps(jobs, database):
        writes = [jobs.accept(NewJob("a", b"{}")), database.write(broken)]
        writes.append(jobs.accept(NewJob("b", b"{}")))
        results = await asyncio.gather(*writes, return_exceptions=True)
        kept = await database.read(
            lambda db: db.execute("SELECT count(*) FROM settings").fetchone()
        )
        return results, kept

    (a, error, b), kept = within(tmp_path, steps)
    assert a.fresh
    assert b.fresh
    assert isinstance(error, sqlite3.OperationalError)
    assert kept == (0,)


def test_a_folder_serves_one_server_at_a_time(tmp_path):
    async def steps(jobs, database):
        with pytest.raises(StoreError, match="another server"):
            Database(tmp_path / "easel.db")

    within(tmp_path, steps)


def test_a_file_of_a_newer_version_is_left_alone(tmp_path):
    with sqlite3.connect(tmp_path / "easel.db") as db:
        db.execute("PRAGMA user_version = 999")

    async def steps():
        Database(tmp_path / "easel.db")

    with pytest.raises(StoreError, match="newer version"):
        asyncio.run(steps())


def test_a_damaged_file_is_set_aside_and_the_server_starts(tmp_path):
    (tmp_path / "easel.db").write_bytes(b"not a database at all" * 99)

    async def steps(jobs, database):
        return (await jobs.accept(NewJob("a", b"{}"))).fresh

    assert within(tmp_path, steps)
    assert [p.name for p in tmp_path.glob("*.damaged-*")]


def test_a_job_whose_worker_is_lost_goes_back_once(tmp_path):
    async def steps(jobs, database):
        await jobs.accept(NewJob("a", b"{}"))
        await jobs.start("a", 1, 1.0)
        again = await jobs.lose("a", 1)
        late = await jobs.end("a", 1, DONE)
        await jobs.start("a", 2, 2.0)
        return again, late, await jobs.lose("a", 1), await jobs.lose("a", 2)

    again, late, old, twice = within(tmp_path, steps)
    assert (again.id, again.attempt) == ("a", 1)
    assert late is False
    assert old is None
    assert twice is None


def test_a_loss_makes_up_for_a_start_that_was_not_written(tmp_path):
    async def steps(jobs, database):
        await jobs.accept(NewJob("a", b"{}"))
        return await jobs.lose("a", 1), await jobs.start("a", 2, 1.0)

    again, started = within(tmp_path, steps)
    assert again.attempt == 1
    assert started


def test_a_job_that_is_tried_again_may_be_lost_again(tmp_path):
    async def steps(jobs, database):
        await jobs.accept(NewJob("a", b"{}"))
        await jobs.lose("a", 1)
        await jobs.end("a", 2, End("failed", 1.0, 2.0))
        await jobs.retry(["a"])
        return await jobs.lose("a", 3)

    assert within(tmp_path, steps).attempt == 3
