"""Workers of toy nodes in a Ray cluster of this machine, which share no folder with the server."""

import asyncio
import hashlib
import json
import os
import sys
import time

import psutil
import pytest

from engine.folders import Folders
from engine.server import hands
from engine.server.queue import Queue
from engine.server.sweep import Sweep
from engine.store.database import Database
from engine.workers.agent import Machine
from engine.workers.ray import Cluster, Ray
from tests.server.bench import Bench, Heard, fresh, one


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Where the server's folders are."""
    return tmp_path_factory.mktemp("here")


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """What is the other machine's own."""
    return tmp_path_factory.mktemp("elsewhere")


@pytest.fixture(scope="module")
def server(place, elsewhere):
    """A server and a cluster that lends it two workers. At the end no process of it is left."""
    before = set(psutil.Process().children(recursive=True))
    with asyncio.Runner() as runner:
        cluster, bench = runner.run(_opened(place, elsewhere))
        yield runner, bench
        started = set(psutil.Process().children(recursive=True)) - before
        runner.run(bench.queue.close())
        bench.database.close()
        runner.run(cluster.close())
    _, left = psutil.wait_procs(started, timeout=10)
    assert not left


async def _opened(place, elsewhere):
    theirs = [f"--{name}={elsewhere / name}" for name in ("models", "user", "custom-nodes")]
    command = [sys.executable, "-u", "-m", "tests.workers", *theirs]
    lent = Machine(command, ["cpu", "cpu"], str(elsewhere / "user"))
    named = ("models", "input", "output", "temp", "user")
    ours = Folders(**{name: place / name for name in named})
    token = "nobody else knows it"
    cluster = Cluster("", lent, ours, place / "user" / "attempts", token=token)
    database, heard = Database(place / "user" / "easel.db"), Heard()
    queue = Queue(database, [Ray(cluster)], heard, Sweep(database, ours.temp))
    queue.open()
    return cluster, Bench(queue, heard, database, ours.output)


@pytest.fixture
def run(server):
    """Runs `steps(bench)` when both workers are ready."""
    runner, bench = server

    async def whole(steps):
        bench.heard.looking = False
        ready = bench.queue.hands
        await bench.heard.until(lambda: sum(hand.ready is not None for hand in ready) == 2)
        return await steps(bench)

    return lambda steps: runner.run(whole(steps))


def saving(seconds=0.0, prefix="toy", value="x"):
    """Writes a file, then goes on for a while."""
    return {
        "1": {"class_type": "Save", "inputs": {"value": value, "prefix": prefix}},
        "2": {"class_type": "Sleep", "inputs": {"seconds": seconds, "tag": time.time_ns() % 2**31}},
    }


def files(folder, prefix):
    return sorted(path.name for path in folder.glob(f"{prefix}*"))


def worker_that_wrote(name):
    """The process in whose folder output a file of that name is."""
    for process in psutil.Process().children(recursive=True):
        outputs = [word[9:] for word in process.cmdline() if word.startswith("--output=")]
        if outputs and os.path.exists(os.path.join(outputs[0], name)):
            return process
    raise AssertionError(f"nobody wrote {name}")


def test_two_workers_run_a_queue_side_by_side(run):
    async def steps(bench):
        ids = [await bench.post(one("Sleep", seconds=0.3, tag=n)) for n in range(6)]
        await bench.heard.until(lambda: len(bench.queue.running) == 2)
        entries = [await bench.end(id) for id in ids]
        return ids, entries, await bench.history()

    ids, entries, ended = run(steps)
    assert sorted(id for id in ended if id in ids) == sorted(ids)
    assert all(entry["status"]["completed"] for entry in entries)
    assert [entry["outputs"]["1"]["text"] for entry in entries] == [[str(n)] for n in range(6)]


def test_an_equal_job_goes_to_the_worker_that_has_its_results(run):
    async def steps(bench):
        graph = fresh()
        entries = [await bench.end(await bench.post(graph)) for _ in range(5)]
        return [dict(entry["status"]["messages"])["execution_cached"]["nodes"] for entry in entries]

    first, *others = run(steps)
    assert first == []
    assert [sorted(known) for known in others] == [["1", "2", "3"]] * 4


def test_a_file_of_the_folder_input_arrives_whole_and_again_when_it_has_changed(run, place):
    contents = [os.urandom(9_000_000), b"", b"short"]

    async def steps(bench):
        (place / "input" / "a").mkdir(parents=True)
        shown = []
        for content in contents:
            (place / "input" / "a" / "picture.png").write_bytes(content)
            entry = await bench.end(await bench.post(one("Read", name="a/picture.png")))
            shown.append(entry["outputs"]["1"]["text"][0])
        missing = await bench.end(await bench.post(one("Read", name="b.png")))
        return shown, missing["status"]["status_str"]

    shown, missing = run(steps)
    assert shown == [hashlib.sha256(content).hexdigest() for content in contents]
    assert missing == "error"


def test_what_was_written_is_in_the_servers_folder_under_the_name_that_history_has(run):
    async def steps(bench):
        (bench.output / "a").mkdir(parents=True)
        (bench.output / "a" / "toy_00001_.txt").write_text("mine")
        graphs = [saving(prefix="a/toy", value=word) for word in ("one", "two", "three")]
        entries = [await bench.end(await bench.post(graph)) for graph in graphs]
        shown = [entry["outputs"]["1"]["files"][0] for entry in entries]
        again = await bench.end(await bench.post(graphs[0]))
        (bench.output / shown[0]["subfolder"] / shown[0]["filename"]).unlink()
        later = await bench.end(await bench.post(graphs[0]))
        return bench.output, shown, again["outputs"]["1"], later["outputs"]["1"]

    output, shown, again, later = run(steps)
    read = {one["filename"]: (output / one["subfolder"] / one["filename"]) for one in shown[1:]}
    assert sorted(one["filename"] for one in shown) == [f"toy_0000{n}_.txt" for n in (2, 3, 4)]
    assert sorted(path.read_text() for path in read.values()) == ["three", "two"]
    assert (output / "a" / "toy_00001_.txt").read_text() == "mine"
    assert again == {"files": [shown[0]]}
    assert (output / "a" / later["files"][0]["filename"]).read_text() == "one"


def test_a_file_of_which_nothing_was_said_arrives_too(run):
    async def steps(bench):
        await bench.end(await bench.post(one("Hush", name="quiet.csv")))
        return (bench.output / "quiet.csv").read_text()

    assert run(steps) == "quiet.csv"


@pytest.mark.parametrize("whose", ["worker", "agent"])
def test_a_job_whose_process_is_killed_is_done_once_by_another(run, whose):
    async def steps(bench):
        others = [await bench.post(fresh()) for _ in range(3)]
        killed = await bench.post(saving(1.0, prefix=whose))
        await bench.heard.until(lambda: "executed" in bench.heard.types(killed))
        early = files(bench.output, whose)
        process = worker_that_wrote(f"{whose}_00001_.txt")
        (process.parent() if whose == "agent" else process).kill()
        others += [await bench.post(fresh()) for _ in range(3)]
        entry = await bench.end(killed)
        for id in others:
            await bench.end(id)
        return early, entry, files(bench.output, whose), await bench.history(), [killed, *others]

    early, entry, late, ended, ids = run(steps)
    assert early == [f"{whose}_00001_.txt"]
    assert entry["status"]["completed"]
    assert [type for type, _ in entry["status"]["messages"]].count("execution_start") == 1
    assert late == [entry["outputs"]["1"]["files"][0]["filename"]]
    assert sorted(id for id in ended if id in ids) == sorted(ids)


def test_a_job_that_kills_its_worker_twice_has_failed(run):
    async def steps(bench):
        killer = await bench.post(one("Die"))
        entry = await bench.end(killer)
        await bench.end(await bench.post(fresh()))
        return bench.heard.types(killer).count("execution_start"), entry["status"]["messages"][-1]

    starts, (type, data) = run(steps)
    assert starts == 2
    assert type == "execution_error"
    assert "SIGKILL" in data["exception_message"]


@pytest.mark.parametrize("graph", [one("Sleep", seconds=60), one("Deaf")])
def test_cancelling_ends_what_runs_and_kills_what_never_yields(run, monkeypatch, graph):
    monkeypatch.setattr(hands, "PATIENCE", 0.3)

    async def steps(bench):
        stuck = await bench.post(graph)
        await bench.runs(stuck)
        bench.queue.interrupt(stuck)
        ended = await bench.end(stuck)
        return ended, await bench.end(await bench.post(fresh()))

    stuck, after = run(steps)
    assert stuck["status"]["messages"][-1][0] == "execution_interrupted"
    assert after["status"]["completed"]


def test_previews_come_while_someone_looks(run):
    async def steps(bench):
        bench.heard.looking = True
        bench.heard.pictures.clear()
        seen = await bench.post(one("Sleep", seconds=60, tag=7))
        await bench.heard.until(lambda: bench.heard.pictures)
        bench.queue.interrupt(seen)
        await bench.end(seen)
        return bench.heard.pictures[0]

    picture = run(steps)
    assert (picture.media, picture.picture) == ("image/jpeg", b"a picture")


def test_workers_answer_questions(run):
    async def steps(bench):
        return await bench.queue.ask("check", json.dumps(one("Even", value=3)).encode(), 20)

    assert [problem["type"] for problem in json.loads(run(steps))] == ["custom_validation_failed"]


def test_a_job_whose_files_cant_be_stored_has_failed_with_the_reason(run):
    async def steps(bench):
        bench.output.mkdir(parents=True, exist_ok=True)
        (bench.output / "blocked").write_text("no folder")
        return await bench.end(await bench.post(saving(prefix="blocked/x")))

    type, data = run(steps)["status"]["messages"][-1]
    assert type == "execution_error"
    assert "can't be written to the output folder" in data["exception_message"]
    assert data["node_type"] == "Save"


FRAGILE = """
import os
from engine.spec.node import node

if os.path.exists({mine!r}):
    os._exit(3)

@node("Fragile", title="Fragile", category="toys")
def fragile(*, a: int = 1) -> int:
    \"\"\"Says what it is told.\"\"\"
    return a
"""


def test_a_pack_that_takes_down_two_workers_is_left_out(run, elsewhere):
    packs, mine = elsewhere / "custom-nodes", elsewhere / "mine"
    packs.mkdir()
    mine.touch()
    (packs / "fragile.py").write_text(FRAGILE.format(mine=str(mine)))

    async def steps(bench):
        next(hand for hand in bench.queue.hands if hand.ready is not None).kill()

        def reasons():
            ready = [hand.ready for hand in bench.queue.hands if hand.ready is not None]
            return [one.failed["fragile"] for one in ready if "fragile" in one.failed]

        await bench.heard.until(lambda: bool(reasons()))
        return reasons()

    assert "2 workers died" in run(steps)[0]
