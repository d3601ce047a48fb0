"""Log lines reach the sockets that asked for them, and no others."""

import asyncio
import logging
import re
from dataclasses import replace

from tests.server.bench import carrier, one
from tests.server.site import run


def _warn(text):
    logging.getLogger("engine.test").warning(text)


def test_lines_reach_who_subscribed_until_they_have_enough(tmp_path):
    async def subscribe(server, client, enabled):
        body = {"clientId": client, "enabled": enabled}
        await server.ask("PATCH", "/internal/logs/subscribe", json=body)

    async def steps(server):
        me, other = await server.listen("me"), await server.listen("other")
        await subscribe(server, "me", True)
        await subscribe(server, "nobody", True)
        await asyncio.to_thread(_warn, "first")
        first = await me.next("logs")
        await subscribe(server, "me", False)
        _warn("second")
        for ws in (me, other):
            await ws.tell("feature_flags")
            await ws.next("feature_flags")
        return first, me.heard, other.heard

    first, mine, others = run(tmp_path, steps, workers=0)
    assert [entry["m"] for entry in first["entries"]] == ["first\n"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}", first["entries"][0]["t"])
    assert first["size"].keys() == {"cols", "rows"}
    assert [type for type, _ in mine].count("logs") == 1
    assert "logs" not in [type for type, _ in others]


def test_what_a_worker_prints_is_in_the_log(tmp_path):
    async def steps(server):
        ws = await server.listen("me")
        body = {"clientId": "me", "enabled": True}
        await server.ask("PATCH", "/internal/logs/subscribe", json=body)
        await server.queue(one("Crash", tag=0))
        await ws.until(lambda type, data: type == "logs" and "Segmentation" in str(data))
        return await server.get("/internal/logs"), await server.get("/internal/logs/raw")

    text, raw = run(tmp_path, steps, carriers=lambda say: [replace(carrier(tmp_path), say=say)])
    assert "Segmentation fault" in text
    assert any("Segmentation fault" in entry["m"] for entry in raw["entries"])


def test_subscribing_out_of_shape_is_refused(tmp_path):
    async def steps(server):
        for body in ({}, {"clientId": 1, "enabled": True}, {"clientId": "me", "enabled": "yes"}):
            await server.ask("PATCH", "/internal/logs/subscribe", 400, json=body)

    run(tmp_path, steps, workers=0)


def test_the_end_of_a_job_that_failed_is_in_the_log(tmp_path, caplog):
    async def steps(server):
        ws = await server.listen()
        id = await server.queue({"1": {"class_type": "Fail", "inputs": {"value": 3}}})
        await ws.end(id)
        return id

    caplog.set_level(logging.INFO)
    id = run(tmp_path, steps)
    assert f"Job {id} has failed after" in caplog.text
