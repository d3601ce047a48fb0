"""Documents over a real websocket, and their files."""

import asyncio
import json
import os
import signal
import subprocess
import sys

import aiohttp
import pytest

from engine.client import ServerError, connected
from engine.graph.files import load
from engine.server import documents
from engine.server.document_files import Files
from tests.server.edits import NUMBER, SHOW, add, until
from tests.server.site import Place, run


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(documents, "QUIET", 0.05)
    monkeypatch.setattr(documents, "LOOK", 0.05)


def test_an_edit_is_told_to_all_in_one_order_and_once(tmp_path):
    async def steps(server):
        one, other = await server.listen("one"), await server.listen("other")
        for ws in (one, other):
            await ws.tell("open", doc="mine")
            opened = await ws.next("opened")
        edit = {"doc": "mine", "client": "one", "clock": 1, "ops": [add("1", NUMBER)]}
        await one.tell("edit", **edit)
        heard = [await ws.next("edited") for ws in (one, other)]
        await one.tell("edit", **edit)
        again = await one.next("edited")
        await other.tell("edit", **{**edit, "client": "other", "ops": [add("1", NUMBER)]})
        refused = await other.next("refused")
        return opened, heard, again, refused, await server.get("/documents/mine")

    opened, heard, again, refused, document = run(tmp_path, steps, workers=0)
    assert opened["graph"] == {"format": "easel/1", "nodes": {}}
    assert heard[0] == heard[1] == again
    assert heard[0]["rev"] == 1
    assert (refused["client"], refused["clock"], refused["path"]) == ("other", 1, "nodes/1")
    assert "there already" in refused["message"]
    assert document["nodes"] == {"1": NUMBER}


@pytest.mark.parametrize(
    "edit",
    [
        {"client": "", "clock": 1, "ops": []},
        {"client": "x", "clock": -1, "ops": []},
        {"client": "x", "clock": True, "ops": []},
        {"client": "x", "clock": 1, "ops": {}},
        {"client": "x", "clock": 1, "ops": [1]},
        {"client": "x", "clock": 1, "ops": [{"op": "set", "path": "nodes", "value": 1}]},
        {"doc": "../out", "client": "x", "clock": 1, "ops": []},
        {"doc": None, "client": "x", "clock": 1, "ops": []},
    ],
)
def test_edits_out_of_shape_are_refused_with_a_reason(tmp_path, edit):
    async def steps(server):
        ws = await server.listen()
        await ws.tell("edit", **{"doc": "mine", **edit})
        return await ws.next("refused")

    assert run(tmp_path, steps, workers=0)["message"]


def test_who_comes_back_hears_only_what_was_missed(tmp_path):
    async def steps(server):
        ws = await server.listen()
        await ws.tell("open", doc="a/mine")
        epoch = (await ws.next("opened"))["epoch"]
        for clock in range(3):
            ops = [add(str(clock), NUMBER)]
            await ws.tell("edit", doc="a/mine", client="me", clock=clock, ops=ops)
        await ws.until(lambda type, data: type == "edited" and data["rev"] == 3)
        await ws.tell("open", doc="a/mine", rev=1, epoch=epoch)
        return await ws.next("opened")

    assert [batch["rev"] for batch in run(tmp_path, steps, workers=0)["batches"]] == [2, 3]


def test_presence_reaches_the_others_and_ends_with_the_socket(tmp_path):
    async def steps(server):
        one, other = await server.listen("one"), await server.listen("other")
        for ws in (one, other):
            await ws.tell("open", doc="mine")
            await ws.next("opened")
        for x in range(50):
            await one.tell("presence", doc="mine", client="one", name="One", cursor=[x, 0])
        last = await other.until(
            lambda type, data: type == "presence" and data["cursor"] == [49, 0]
        )
        few = [type for type, _ in other.heard].count("presence")
        late = await server.listen("late")
        await late.tell("open", doc="mine")
        met = await late.next("presence")
        await one.socket.close()
        gone = await other.until(lambda type, data: type == "presence" and "gone" in data)
        return last, few, met, gone

    last, few, met, gone = run(tmp_path, steps, workers=0)
    assert last["name"] == met["name"] == "One"
    assert few < 50
    assert gone["client"] == "one"


def test_problems_are_told_while_one_edits(tmp_path):
    async def steps(server):
        ws = await server.listen()
        await ws.tell("open", doc="mine")
        ops = [add("1", {"class_type": "Show"}), add("2", {"class_type": "Nowhere"})]
        await ws.tell("edit", doc="mine", client="me", clock=1, ops=ops)
        return await ws.until(lambda type, data: type == "problems" and data["rev"] == 1)

    items = run(tmp_path, steps, workers=0)["items"]
    assert {(item["node"], item["type"]) for item in items} == {
        ("1", "required_input_missing"),
        ("2", "missing_node_type"),
    }


def test_a_document_is_saved_listed_and_kept_in_versions(tmp_path):
    async def steps(server):
        async with connected(server.url) as client:
            mine = await client.open("mine")
            path = tmp_path / "user" / "default" / "workflows" / "mine.json"
            for value in (5, 18446744073709551615):
                mine.edit(
                    [{"op": "set", "path": "nodes/1/inputs/value", "value": value}]
                    if path.exists()
                    else [add("1", NUMBER)]
                )
                await mine.settled()
                await until(lambda v=value: path.exists() and str(v) in path.read_text())
            await until(lambda: not server.site.documents.live("mine").dirty)
            await asyncio.sleep(0.1)
            listed = await client.get("/documents")
            versions = await client.get("/documents/mine/versions")
            first = await client.get(f"/documents/mine/versions/{versions[-1]['version']}")
            return load(path), listed, versions, first

    graph, listed, versions, first = run(tmp_path, steps, workers=0)
    assert graph.nodes["1"].inputs["value"] == 18446744073709551615
    assert [(one["name"], one["thumbnail"]) for one in listed] == [("mine", None)]
    assert len(versions) == 2
    assert first["nodes"]["1"]["inputs"]["value"] == 5


def test_a_foreign_form_is_never_overwritten(tmp_path):
    place = tmp_path / "user" / "default" / "workflows"
    place.mkdir(parents=True)
    api = json.dumps({"1": {"class_type": "Number", "inputs": {"value": 3}}})
    (place / "old.json").write_text(api)

    async def steps(server):
        async with connected(server.url) as client:
            old = await client.open("old")
            old.set("nodes/1/inputs/value", 4)
            await old.settled()
            await until((place / "old.easel.json").exists)
            again = await client.get("/documents/old")
            return again, await client.get("/documents")

    again, listed = run(tmp_path, steps, workers=0)
    assert (place / "old.json").read_text() == api
    assert load(place / "old.easel.json").nodes["1"].inputs["value"] == 4
    assert again["nodes"]["1"]["inputs"]["value"] == 4
    assert [one["name"] for one in listed] == ["old"]


def test_a_change_from_outside_is_one_undoable_edit(tmp_path):
    async def steps(server):
        path = tmp_path / "user" / "default" / "workflows" / "mine.json"
        async with connected(server.url) as client:
            mine = await client.open("mine")
            mine.edit([add("1", NUMBER), add("2", SHOW)])
            await mine.settled()
            await until(lambda: path.exists() and not server.site.documents.live("mine").dirty)
            document = json.loads(path.read_text())
            document["nodes"]["1"]["inputs"]["value"] = 77
            del document["nodes"]["2"]
            path.write_text(json.dumps(document))
            await until(lambda: "2" not in mine.graph["nodes"])
            changed = mine.graph["nodes"]["1"]["inputs"]["value"]
            rev = mine.rev
            mine.undo()
            await mine.settled()
            return changed, rev, mine.graph["nodes"]

    changed, rev, nodes = run(tmp_path, steps, workers=0)
    assert (changed, rev) == (77, 2)
    assert nodes["1"]["inputs"]["value"] == 5
    assert nodes["2"] == SHOW


def test_a_file_that_cannot_be_understood_leaves_the_others_looked_after(tmp_path, monkeypatch):
    folder, read = tmp_path / "user" / "default" / "workflows", Files.read

    def reads(files, name, library):
        if name == "bad" and "odd" in (folder / "bad.json").read_text():
            raise KeyError("a mistake of ours")
        return read(files, name, library)

    async def steps(server):
        async with connected(server.url) as client:
            opened = [await client.open(name) for name in ("bad", "good")]
            for document in opened:
                document.edit([add("1", NUMBER)])
                await document.settled()
            kept = [server.site.documents.live(document.name) for document in opened]
            await until(lambda: not any(one.dirty or one.saving.locked() for one in kept))
            monkeypatch.setattr(Files, "read", reads)
            for name in ("bad", "good"):
                path = folder / f"{name}.json"
                path.write_text(path.read_text().replace("5", '7, "odd": 1'))
            await until(lambda: opened[1].graph["nodes"]["1"]["inputs"]["value"] == 7)

    run(tmp_path, steps, workers=0)


def test_edits_made_while_the_line_is_cut_arrive_when_it_is_back(tmp_path):
    async def steps(server):
        async with connected(server.url) as mine, connected(server.url) as theirs:
            here, there = await mine.open("mine"), await theirs.open("mine")
            here.add("nodes/1", NUMBER)
            await mine.cut()
            here.set("nodes/1/inputs/value", 6)
            there.add("nodes/2", SHOW)
            await here.settled()
            await there.settled()
            await until(lambda: here.rev == there.rev == 3)
            return here.graph, there.graph, here.refusals

    here, there, refusals = run(tmp_path, steps, workers=0)
    assert here == there
    assert here["nodes"]["1"]["inputs"]["value"] == 6
    assert refusals == []


def test_documents_are_renamed_copied_and_removed(tmp_path):
    async def steps(server):
        async with connected(server.url) as client:
            mine = await client.open("mine")
            mine.add("nodes/1", NUMBER)
            await mine.settled()
            await client.post("/documents/mine/rename", {"to": "folder/new"})
            await client.post("/documents/folder%2Fnew/duplicate", {"to": "copy"})
            with pytest.raises(ServerError, match="exists"):
                await client.post("/documents/copy/rename", {"to": "folder/new"})
            names = [one["name"] for one in await client.get("/documents")]
            copy = await client.get("/documents/copy")
            versions = await client.get("/documents/folder%2Fnew/versions")
            await server.ask("DELETE", "/documents/copy", 204)
            await server.get("/documents/copy", 404)
            await server.post("/documents/copy/rename", {"to": "x"}, 404)
            return names, copy, versions

    names, copy, versions = run(tmp_path, steps, workers=0)
    assert names == ["copy", "folder/new"]
    assert copy["nodes"]["1"] == NUMBER
    assert versions


@pytest.mark.parametrize(
    "fault", ["edit.committed:5", "edit.tell:5", "save.file:1", "edit.commit:4"]
)
def test_what_was_told_survives_a_kill_at_any_point(tmp_path, fault):
    command = [sys.executable, "-m", "tests.server.site", str(tmp_path), "0"]
    process = subprocess.Popen(
        command, env={**os.environ, "EASEL_FAULT": fault}, stdout=subprocess.PIPE, text=True
    )
    port = int(process.stdout.readline())
    told = asyncio.run(_edited_until_it_dies(port))
    assert process.wait(20) == -signal.SIGKILL

    async def after(server):
        return await server.get("/documents/mine")

    nodes = run(tmp_path, after, workers=0)["nodes"]
    assert list(nodes) == [str(number + 1) for number in range(len(nodes))]
    assert len(nodes) >= told
    assert len(nodes) >= 3


async def _edited_until_it_dies(port):
    """How many edits the server has acknowledged."""
    acknowledged = 0
    async with aiohttp.ClientSession() as http:
        place = Place(None, f"http://127.0.0.1:{port}", http, None)
        try:
            ws = await place.listen("me")
            await ws.tell("open", doc="mine")
            await ws.next("opened")
            for clock in range(1, 50):
                ops = [add(str(clock), {"class_type": "Number"})]
                await ws.tell("edit", doc="mine", client="me", clock=clock, ops=ops)
                await ws.next("edited")
                acknowledged = clock
                if clock == 6:
                    await ws.until(lambda *_: False)
        except (AssertionError, ConnectionError, TimeoutError, aiohttp.ClientError):
            return acknowledged
    return acknowledged
