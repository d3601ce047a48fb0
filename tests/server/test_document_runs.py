"""Documents that are run: snapshots, targets, and who hears of it."""

import pytest

from engine.client import ServerError, connected
from tests.server.edits import NUMBER, SHOW, add, until
from tests.server.site import run

SLEEP = {"class_type": "Sleep", "inputs": {"seconds": 0.5, "tag": 0}}


def test_a_run_takes_a_snapshot_and_moves_the_seed_on(tmp_path):
    async def steps(server):
        async with connected(server.url) as client:
            mine = await client.open("mine")
            mine.edit([add("1", NUMBER), add("2", SHOW)])
            jobs = await mine.run(count=3)
            outputs = await client.finished(jobs)
            await until(lambda: mine.graph["nodes"]["1"]["inputs"]["value"] == 8)
            entry = (await client.get(f"/history/{jobs[0]}"))[jobs[0]]
            mine.remove("nodes/1")
            with pytest.raises(ServerError, match="not there"):
                await mine.run()
            return outputs, entry

    outputs, entry = run(tmp_path, steps)
    assert outputs["2"]["text"] == ["7"]
    assert entry["outputs"]["2"]["text"] == ["5"]
    assert entry["prompt"][3]["extra_pnginfo"]["easel"]["nodes"]["1"]["inputs"]["value"] == 5


def test_a_document_runs_to_a_chosen_node_which_need_not_be_an_output(tmp_path):
    async def steps(server):
        async with connected(server.url) as client:
            mine = await client.open("mine")
            double = {"class_type": "Double", "inputs": {"value": ["1", 0]}}
            mine.edit([add("1", NUMBER), add("2", SHOW), add("3", double)])
            await client.finished(await mine.run(["3"]))
            return (await server.get("/jobs"))["jobs"][0]["status"]

    assert run(tmp_path, steps) == "completed"


def test_every_page_that_shows_a_document_sees_its_jobs_run(tmp_path):
    async def steps(server):
        starter, other, late, plain = [
            await server.listen(name) for name in ("starter", "other", "late", "plain")
        ]
        for page in (starter, other):
            await page.tell("feature_flags", supports_worker_states=True)
            await page.tell("open", doc="mine")
            await page.next("opened")
        ops = [add("1", SLEEP), add("2", {**SHOW, "inputs": {"value": 5}})]
        await starter.tell("edit", doc="mine", client="starter", clock=1, ops=ops)
        await starter.tell("run", doc="mine")
        job = (await starter.next("queued"))["prompt_ids"][0]
        await other.next("executing")
        await late.tell("open", doc="mine")
        seen = await late.next("executing")
        for page in (starter, other, late):
            await page.end(job)
        await plain.tell("feature_flags")
        await plain.next("feature_flags")
        pictures = [len(page.pictures) for page in (starter, other, late)]
        jobs = await server.get("/jobs")
        return seen, jobs, pictures, [page.heard for page in (starter, other, late, plain)]

    seen, jobs, pictures, (starter, other, late, plain) = run(tmp_path, steps)
    assert all(pictures)
    assert seen["doc"] == "mine"
    assert jobs["paused"] is False
    assert (jobs["jobs"][0]["doc"], jobs["jobs"][0]["pictures"]) == ("mine", [])
    planned = next(data for type, data in other if type == "execution_cached")
    assert sorted(planned["to_run"]) == ["1", "2"]
    last = [data for type, data in other if type == "progress_state"][-1]
    assert last["nodes"]["1"]["seconds"] >= 0.5
    told = [(type, data["doc"]) for type, data in starter if "prompt_id" in data]
    assert told == [(type, data["doc"]) for type, data in other if "prompt_id" in data]
    assert ("executed", "mine") in told
    assert "execution_start" in [type for type, _ in late]
    assert not any("prompt_id" in data for _, data in plain)
    workers = [data["workers"][0]["state"] for type, data in other if type == "workers"]
    assert workers[-1] == "ready"
    assert "workers" not in [type for type, _ in plain]


def test_a_server_that_comes_back_knows_which_document_a_job_came_from(tmp_path):
    async def before(server):
        async with connected(server.url) as client:
            mine = await client.open("mine")
            mine.edit([add("1", NUMBER), add("2", SHOW)])
            await client.post("/queue", {"paused": True})
            (job,) = await mine.run()
            await client.post("/documents/mine/rename", {"to": "yours"})
            return job, server.site.origins.of(job)

    async def after(server):
        await until(lambda: server.site.origins.of(job))
        return server.site.origins.of(job)

    job, renamed = run(tmp_path, before, workers=0)
    assert renamed == "yours"
    assert run(tmp_path, after, workers=0) == "mine"
