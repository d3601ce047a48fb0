"""A full disk: what finds no room is refused in a sentence, nothing is lost, the server lives."""

import asyncio
import json
import sqlite3

import aiohttp
import pytest

from engine import pictures
from engine.client import connected
from engine.server import documents
from tests.server.bench import one
from tests.server.full import disk
from tests.server.site import run

LARGE = "x" * 2**21
PNG = pictures.encode(pictures.Pixels(1, 1, 3, bytes(3)), "png")


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(documents, "QUIET", 0.2)
    monkeypatch.setattr(documents, "LATEST", 0.3)
    monkeypatch.setattr(documents, "LOOK", 0.05)


@pytest.fixture(params=["small", "short"])
def full(request, tmp_path):
    with disk(request.param, tmp_path) as made:
        yield made


def _number(value):
    return {"class_type": "Number", "inputs": {"value": value}}


def _edit(clock, path, value, op="add", client="me"):
    ops = [{"op": op, "path": path, "value": value}]
    return {"doc": "mine", "client": client, "clock": clock, "ops": ops}


async def _open(server, client):
    ws = await server.listen(client)
    await ws.tell("open", doc="mine")
    await ws.next("opened")
    return ws


def test_edits_without_room_are_refused_and_what_was_told_stays(full):
    async def steps(server):
        me, other = await _open(server, "me"), await _open(server, "other")
        await me.tell("edit", **_edit(1, "nodes/1", _number(1)))
        await other.next("edited")
        full.fill()
        await me.tell("edit", **_edit(2, "nodes/2", _number(LARGE)))
        await me.tell("edit", **_edit(3, "nodes/2/look", {"title": "small"}, "set"))
        refused = [await me.next("refused") for _ in range(2)]
        shown = await other.next("opened")
        alive = await server.get("/queue")
        full.free()
        await other.tell("edit", **_edit(1, "nodes/3", _number(3), client="other"))
        told = await me.next("edited")
        return refused, shown, alive, told, await server.get("/documents/mine")

    refused, shown, alive, told, document = run(full.place, steps, workers=0)
    assert [said["clock"] for said in refused] == [2, 3]
    assert all("disk" in said["message"] for said in refused)
    assert (shown["rev"], list(shown["graph"]["nodes"])) == (1, ["1"])
    assert alive["queue_pending"] == []
    assert (told["rev"], list(document["nodes"])) == (2, ["1", "3"])

    async def later(server):
        return await server.get("/documents/mine")

    assert run(full.place, later, workers=0) == document


def test_a_client_gives_up_an_edit_that_was_refused(full):
    async def steps(server):
        async with connected(server.url) as client:
            mine = await client.open("mine")
            mine.add("nodes/1", _number(1))
            await mine.settled()
            full.fill()
            mine.add("nodes/2", _number(LARGE))
            mine.set("nodes/2/inputs/value", 5)
            async with asyncio.timeout(20):
                await mine.settled()
            full.free()
            mine.add("nodes/3", _number(3))
            await mine.settled()
            clocks = {said["clock"] for said in mine.refusals}
            return list(mine.graph["nodes"]), clocks, await server.get("/documents/mine")

    nodes, refused, document = run(full.place, steps, workers=0)
    assert nodes == ["1", "3"] == list(document["nodes"])
    assert len(refused) == 2


def test_a_save_in_the_middle_keeps_nothing_that_is_refused(tmp_path, monkeypatch):
    def full(*_, **__):
        raise sqlite3.OperationalError("database or disk is full")

    async def steps(server):
        me = await _open(server, "me")
        await me.tell("edit", **_edit(1, "nodes/1", _number(1)))
        await me.next("edited")
        document = server.site.documents.live("mine")
        monkeypatch.setattr(documents.store, "add", full)
        ops = _edit(2, "nodes/2", _number(2))["ops"]
        server.site.documents.edit(document, "me", 2, ops, None)
        await server.site.documents.save(document)
        return await server.get("/documents/mine")

    assert list(run(tmp_path, steps, workers=0)["nodes"]) == ["1"]


def test_a_file_that_cannot_be_saved_now_is_saved_when_there_is_room(full):
    path = full.place / "user" / "default" / "workflows" / "mine.json"

    async def steps(server):
        me = await _open(server, "me")
        await me.tell("edit", **_edit(1, "nodes/1", _number("x" * 2**19)))
        await me.next("edited")
        full.fill()
        failed = await me.next("error")
        written = path.is_file()
        full.free()
        async with asyncio.timeout(20):
            while not path.is_file():
                await asyncio.sleep(0.02)
        return failed, written

    failed, written = run(full.place, steps, workers=0)
    assert "can't be saved" in failed["message"]
    assert not written
    assert json.loads(path.read_text())["nodes"]["1"]["class_type"] == "Number"


def test_a_document_that_cannot_begin_is_an_error_not_the_end_of_the_socket(full):
    async def steps(server):
        ws = await server.listen()
        full.fill()
        templates = server.path / "templates"
        full.free()
        templates.mkdir()
        nodes = {"1": _number("x" * 2**19)}
        (templates / "large.json").write_text(json.dumps({"format": "easel/1", "nodes": nodes}))
        full.fill()
        await ws.tell("open", doc="new", template="large")
        failed = await ws.next("error")
        full.free()
        await ws.tell("open", doc="new", template="large")
        return failed, await ws.next("opened")

    failed, opened = run(full.place, steps, workers=0)
    assert "disk" in failed["message"]
    assert opened["graph"]["nodes"]


def test_what_is_posted_without_room_is_refused_in_a_sentence(full):
    large = LARGE.encode()

    async def steps(server):
        full.fill()
        form = aiohttp.FormData()
        form.add_field("image", PNG + large, filename="a.png")
        answers = [
            await server.raw("POST", "/upload/image", data=form),
            await server.raw("POST", "/userdata/a.txt", data=large),
            await server.raw("POST", "/settings", json={"a": LARGE}),
            await server.raw("POST", "/prompt", json={"prompt": one("Show", value=LARGE)}),
        ]
        alive = await server.get("/queue"), await server.get("/history")
        full.free()
        await server.post("/prompt", {"prompt": one("Show", value=LARGE)})
        return answers, alive

    answers, alive = run(full.place, steps, workers=0)
    for status, _, body in answers:
        assert status in (400, 500)
        said = json.loads(body)["error"]
        assert any(word in said for word in ("space", "disk", "large")), said
    assert alive == ({"queue_running": [], "queue_pending": [], "paused": False}, {})
