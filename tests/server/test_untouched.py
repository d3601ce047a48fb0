"""Documents that were opened and never edited, and names that are free."""

import asyncio
import json

import pytest

from engine.server import documents
from tests.server.edits import NUMBER
from tests.server.site import run


async def _there(path):
    async with asyncio.timeout(20):
        while not path.exists():
            await asyncio.sleep(0.02)


def _example(path, value=5):
    (path / "templates").mkdir(exist_ok=True)
    graph = {"format": "easel/1", "nodes": {"1": {**NUMBER, "inputs": {"value": value}}}}
    (path / "templates" / "example.json").write_text(json.dumps(graph))


async def _begun(server, doc="mine", **more):
    """A socket that looks at an example, and what is on its canvas."""
    ws = await server.listen()
    await ws.tell("open", doc=doc, template="example", **more)
    return ws, (await ws.next("opened"))["graph"]["nodes"]


def test_an_example_that_nobody_has_edited_stands_under_its_name_and_in_no_list(tmp_path):
    _example(tmp_path)

    async def steps(server):
        ws, begun = await _begun(server)
        seen = [(await server.get("/documents/mine"))["nodes"]]
        await ws.socket.close()
        other = await server.listen("other")
        await other.tell("open", doc="mine")
        seen.append((await other.next("opened"))["graph"]["nodes"])
        seen.append((await server.get("/documents/mine"))["nodes"])
        return begun, seen, await server.get("/documents")

    async def after(server):
        return (await server.get("/documents/mine"))["nodes"], await server.get("/documents")

    begun, seen, listed = run(tmp_path, steps, workers=0)
    assert begun["1"]["inputs"] == {"value": 5}
    assert (seen, listed) == ([begun] * 3, [])
    assert run(tmp_path, after, workers=0) == (begun, [])


@pytest.mark.parametrize("way", ["rename", "duplicate", "save", "run"])
def test_an_example_that_is_named_copied_saved_or_run_is_kept_in_a_file(tmp_path, monkeypatch, way):
    monkeypatch.setattr(documents, "QUIET", 0.05)
    _example(tmp_path)
    names = {"rename": ["yours"], "duplicate": ["yours"], "save": ["mine"], "run": ["mine"]}[way]

    async def steps(server):
        ws, _ = await _begun(server)
        if way == "run":
            await ws.tell("run", doc="mine", targets=["1"])
            await ws.next("queued")
            await _there(tmp_path / "user/default/workflows/mine.json")
        else:
            await server.post(f"/documents/mine/{way}", {"to": "yours"})
        listed = [one["name"] for one in await server.get("/documents")]
        await server.get("/documents/mine", 404 if way == "rename" else 200)
        return listed, await server.get(f"/documents/{names[0]}")

    listed, document = run(tmp_path, steps, workers=0)
    assert listed == names
    assert document["nodes"]["1"]["class_type"] == "Number"


def test_an_example_begins_anew_unless_somebody_has_it_or_has_edited_it(tmp_path):
    _example(tmp_path)

    async def steps(server):
        first, _ = await _begun(server)
        _example(tmp_path, 6)
        second, seen = await _begun(server)
        for ws in (first, second):
            await ws.tell("close", doc="mine")
        third, later = await _begun(server)
        add = {"op": "add", "path": "nodes/2", "value": NUMBER}
        await third.tell("edit", doc="mine", client="me", clock=1, ops=[add])
        await third.next("edited")
        await third.tell("close", doc="mine")
        _, edited = await _begun(server)
        return [nodes["1"]["inputs"]["value"] for nodes in (seen, later, edited)]

    assert run(tmp_path, steps, workers=0) == [5, 6, 6]


def test_a_name_is_free_when_nothing_has_it_and_nobody_looks_at_it(tmp_path):
    _example(tmp_path)

    async def free(server):
        return (await server.get("/documents/mine/free"))["name"]

    async def steps(server):
        found = [await free(server)]
        ws, _ = await _begun(server)
        found.append(await free(server))
        await server.post("/documents/mine/save")
        await server.post("/documents/mine/duplicate", {"to": "Mine 2"})
        found.append(await free(server))
        await server.ask("DELETE", "/documents/mine", 204)
        found.append(await free(server))
        await ws.tell("open", doc="yours")
        await ws.next("opened")
        await ws.tell("close", doc="yours")
        await server.post("/documents/Mine%202/rename", {"to": "yours"})
        return found, await server.get("/documents/yours")

    found, renamed = run(tmp_path, steps, workers=0)
    assert found == ["mine", "mine 2", "mine 3", "mine"]
    assert renamed["nodes"]["1"] == NUMBER


def test_of_many_who_begin_an_example_anew_each_waits_for_the_one_before(tmp_path, monkeypatch):
    _example(tmp_path)

    async def steps(server):
        documents, together, most = server.site.documents, 0, 0
        load = documents._load

        async def slow(*given):
            nonlocal together, most
            together += 1
            most = max(most, together)
            await asyncio.sleep(0.05)
            together -= 1
            return await load(*given)

        monkeypatch.setattr(documents, "_load", slow)
        first, second = [
            asyncio.create_task(documents.get("mine", "example", anew=True)) for _ in range(2)
        ]
        await first
        await documents.get("mine", "example", anew=True)
        await second
        return most, len(documents._opening)

    assert run(tmp_path, steps, workers=0) == (1, 0)
