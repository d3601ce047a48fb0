"""ComfyUI's wire, over a real socket."""

import json

import pytest

from tests.server.bench import fresh, one
from tests.server.site import run


def test_a_prompt_runs_and_is_told_of_in_order(tmp_path):
    async def steps(server):
        ws = await server.listen()
        first = await ws.next("status")
        id = await server.queue(fresh())
        await ws.end(id)
        return first, id, ws.heard, await server.get(f"/api/history/{id}")

    first, id, heard, history = run(tmp_path, steps)
    assert first["sid"] == "me"
    assert first["status"] == {"exec_info": {"queue_remaining": 0}}
    told = [type for type, _ in heard if type not in ("status", "progress_state")]
    assert told == [
        *("execution_start", "execution_cached", "executing", "executing", "executing"),
        *("executed", "execution_success", "executing"),
    ]
    assert history[id]["status"]["completed"] is True
    assert history[id]["outputs"]["3"]["text"]


def test_values_are_coerced_and_seeds_stay_whole(tmp_path):
    async def steps(server):
        graph = {
            "1": {"class_type": "Number", "inputs": {"value": "18446744073709551615"}},
            "2": {"class_type": "Show", "inputs": {"value": ["1", 0]}},
        }
        ws = await server.listen()
        id = await server.queue(graph)
        await ws.end(id)
        return (await server.get(f"/history/{id}"))[id]

    entry = run(tmp_path, steps)
    assert entry["outputs"]["2"]["text"] == ["18446744073709551615"]
    assert entry["prompt"][2]["1"]["inputs"]["value"] == 18446744073709551615
    assert entry["prompt"][4] == ["2"]


@pytest.mark.parametrize(
    ("body", "type"),
    [
        (b"{}", "no_prompt"),
        (b"[]", "no_prompt"),
        (b'{"prompt": 3}', "invalid_prompt"),
        (b'{"prompt": {"1": 5}}', "invalid_prompt"),
        (b'{"prompt": {}}', "prompt_no_outputs"),
        (b'{"prompt": {"1": {"class_type": "Nowhere", "inputs": {}}}}', "missing_node_type"),
        (b'{"prompt": {"1": {"inputs": {}}}}', "missing_node_type"),
        (b'{"prompt": {"1": {"class_type": "Number", "inputs": {}}}}', "prompt_no_outputs"),
        (
            b'{"prompt": {"1": {"class_type": "Show", "inputs": {}}}}',
            "prompt_outputs_failed_validation",
        ),
    ],
)
def test_a_bad_prompt_is_refused_in_comfyuis_shape(tmp_path, body, type):
    async def steps(server):
        return await server.ask("POST", "/prompt", 400, data=body)

    answer = run(tmp_path, steps, workers=0)
    assert answer["error"]["type"] == type
    assert set(answer["error"]) == {"type", "message", "details", "extra_info"}
    assert isinstance(answer["node_errors"], dict)


def test_good_outputs_run_although_others_fail(tmp_path):
    async def steps(server):
        graph = {**fresh(), "9": {"class_type": "Show", "inputs": {}}}
        return await server.post("/prompt", {"prompt": graph})

    answer = run(tmp_path, steps, workers=0)
    assert list(answer["node_errors"]) == ["9"]
    assert answer["node_errors"]["9"]["errors"][0]["type"] == "required_input_missing"


def test_only_the_outputs_that_were_asked_for_run(tmp_path):
    async def steps(server):
        graph = {**fresh(), "4": {"class_type": "Show", "inputs": {"value": ["1", 0]}}}
        ws = await server.listen()
        id = await server.queue(graph, partial_execution_targets=["4"])
        await ws.end(id)
        nothing = {"prompt": graph, "partial_execution_targets": ["1"]}
        return (await server.get(f"/history/{id}"))[id], await server.post("/prompt", nothing, 400)

    entry, refused = run(tmp_path, steps)
    assert list(entry["outputs"]) == ["4"]
    assert refused["error"]["type"] == "prompt_no_outputs"


def test_a_client_chooses_the_id_and_posting_again_changes_nothing(tmp_path):
    async def steps(server):
        graph, other = fresh(), fresh()
        body = {"prompt": graph, "prompt_id": "mine"}
        first = await server.post("/prompt", body)
        again = await server.post("/prompt", body)
        refused = await server.post("/prompt", {"prompt": other, "prompt_id": "mine"}, 400)
        return first, again, refused, await server.get("/queue")

    first, again, refused, queue = run(tmp_path, steps, workers=0)
    assert first == again
    assert first["prompt_id"] == "mine"
    assert "mine" in refused["error"]
    assert len(queue["queue_pending"]) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"extra_data": 3},
        {"extra_data": []},
        {"number": "x"},
        {"number": [1]},
        {"prompt_id": ["x"]},
        {"prompt_id": "x" * 999},
        {"client_id": {"a": 1}},
        {"partial_execution_targets": 3},
    ],
)
def test_fields_out_of_shape_are_refused(tmp_path, more):
    async def steps(server):
        return await server.post("/prompt", {"prompt": fresh(), **more}, 400)

    assert run(tmp_path, steps, workers=0)["error"]


def test_extra_data_null_harms_nobody(tmp_path):
    async def steps(server):
        ws = await server.listen()
        await ws.end(await server.queue(fresh(), extra_data=None))
        id = await server.queue(fresh())
        return await ws.end(id)

    assert run(tmp_path, steps)[0] == "execution_success"


def test_keys_for_paid_services_are_not_kept(tmp_path):
    async def steps(server):
        extra = {"api_key_comfy_org": "secret", "mine": 1}
        await server.post("/prompt", {"prompt": fresh(), "extra_data": extra})
        return await server.get("/queue")

    item = run(tmp_path, steps, workers=0)["queue_pending"][0]
    assert item[3] == {"mine": 1}


def test_the_queue_is_reordered_paused_and_emptied(tmp_path):
    async def steps(server):
        ids = [await server.queue(fresh()) for _ in range(4)]
        await server.post("/queue", {"move": {ids[3]: -5}, "paused": True})
        queue = await server.get("/api/queue")
        await server.post("/queue", {"delete": [ids[0]]})
        left = await server.get("/queue")
        await server.post("/queue", {"clear": True})
        return ids, queue, left, await server.get("/prompt")

    ids, queue, left, after = run(tmp_path, steps, workers=0)
    assert [item[1] for item in queue["queue_pending"]] == [ids[3], ids[0], ids[1], ids[2]]
    assert queue["paused"] is True
    assert [item[1] for item in left["queue_pending"]] == [ids[3], ids[1], ids[2]]
    assert after == {"exec_info": {"queue_remaining": 0}}


def test_a_job_is_interrupted_by_anyone_and_by_id_only_if_it_runs(tmp_path):
    async def steps(server):
        ws = await server.listen()
        id = await server.queue(one("Sleep", seconds=20, tag=0))
        await ws.next("executing")
        await server.post("/interrupt", {"prompt_id": "another"})
        running = await server.get("/queue")
        await server.ask("POST", "/interrupt", data=b"no json at all")
        end = await ws.end(id)
        return id, running, end, (await server.get(f"/history/{id}"))[id]

    id, running, end, entry = run(tmp_path, steps)
    assert running["queue_running"][0][1] == id
    assert end[0] == "execution_interrupted"
    assert entry["status"]["completed"] is False


def test_a_client_that_comes_back_is_told_where_its_job_is(tmp_path):
    async def steps(server):
        ws = await server.listen()
        id = await server.queue(one("Sleep", seconds=20, tag=0))
        await ws.next("progress")
        await ws.socket.close()
        again = await server.listen()
        executing = await again.next("executing")
        state = await again.next("progress_state")
        await server.post("/interrupt")
        await again.end(id)
        return id, executing, state

    id, executing, state = run(tmp_path, steps)
    assert executing == {"node": "1", "display_node": "1", "prompt_id": id}
    assert state["nodes"]["1"]["state"] == "running"


def test_previews_come_with_metadata_only_to_who_can_read_them(tmp_path):
    async def steps(server):
        old, new = await server.listen("old"), await server.listen("new")
        await new.tell("feature_flags", supports_preview_metadata=True)
        flags = await new.next("feature_flags")
        for tag, (ws, client) in enumerate(((old, "old"), (new, "new"))):
            await ws.end(await server.queue(one("Sleep", seconds=0.5, tag=tag), client=client))
        return flags, old.pictures[0], new.pictures[0]

    flags, old, new = run(tmp_path, steps)
    assert flags["supports_preview_metadata"] is True
    assert old == (1).to_bytes(4, "big") + (1).to_bytes(4, "big") + b"a picture"
    length = int.from_bytes(new[4:8], "big")
    said = json.loads(new[8 : 8 + length])
    assert new[:4] == (4).to_bytes(4, "big")
    assert said["image_type"] == "image/jpeg"
    assert said["node_id"] == "1"
    assert new[8 + length :] == b"a picture"


def test_status_is_coalesced_and_the_last_one_comes_always(tmp_path):
    async def steps(server):
        ws = await server.listen("another")
        await ws.next("status")
        for _ in range(200):
            await server.queue(fresh())
        await server.post("/queue", {"clear": True})
        await ws.until(lambda _, data: data["status"]["exec_info"]["queue_remaining"] == 0)
        return len(ws.heard)

    assert run(tmp_path, steps, workers=0) < 60


def test_jobs_are_listed_in_every_state(tmp_path):
    async def steps(server):
        ws = await server.listen()
        await ws.end(done := await server.queue(fresh()))
        await ws.end(failed := await server.queue(one("Fail", value=1)))
        await server.post("/queue", {"paused": True})
        waiting = await server.queue(fresh())
        jobs = await server.get("/api/jobs?limit=2")
        only = await server.get("/api/jobs?status=failed,pending&sort_order=asc")
        await server.get("/api/jobs?status=odd", 400)
        await server.get("/api/jobs/nowhere", 404)
        return (done, failed, waiting), jobs, only, await server.get(f"/api/jobs/{failed}")

    ids, jobs, only, failed = run(tmp_path, steps)
    assert jobs["pagination"] == {"offset": 0, "limit": 2, "total": 3, "has_more": True}
    assert [job["id"] for job in only["jobs"]] == [ids[1], ids[2]]
    assert only["jobs"][0]["execution_error"]["exception_type"] == "ValueError"
    assert failed["workflow"]["prompt"]["1"]["class_type"] == "Fail"


def test_history_is_paged_and_forgotten(tmp_path):
    async def steps(server):
        ws = await server.listen()
        ids = []
        for _ in range(3):
            ids.append(await server.queue(fresh()))
            await ws.end(ids[-1])
        last = await server.get("/history?max_items=2")
        first = await server.get("/history?max_items=1&offset=0")
        await server.post("/history", {"delete": [ids[0]]})
        left = await server.get("/history")
        await server.post("/history", {"clear": True})
        return ids, last, first, left, await server.get("/history")

    ids, last, first, left, none = run(tmp_path, steps)
    assert list(last) == ids[1:]
    assert list(first) == ids[:1]
    assert list(left) == ids[1:]
    assert none == {}


def test_a_node_s_own_check_is_asked_of_a_worker(tmp_path):
    async def steps(server):
        await server.site.queue.ready()
        return await server.post("/prompt", {"prompt": one("Even", value=3)}, 400)

    answer = run(tmp_path, steps)
    assert answer["node_errors"]["1"]["errors"][0]["type"] == "custom_validation_failed"
