"""Users' settings and files, over HTTP."""

from engine.server.site import Options
from tests.server.site import run

SETTINGS = "user/default/comfy.settings.json"


def test_settings_are_merged_and_read_one_by_one(tmp_path):
    async def steps(server):
        await server.post("/settings", {"a": 1, "b": [2]})
        await server.post("/settings/a", 3)
        return await server.get("/settings"), await server.get("/settings/b")

    assert run(tmp_path, steps, workers=0) == ({"a": 3, "b": [2]}, [2])


def test_settings_that_a_hand_has_spoilt_are_kept_beside_those_that_follow(tmp_path):
    place = tmp_path / SETTINGS
    place.parent.mkdir(parents=True)
    place.write_text('{"a": 1,}')

    async def steps(server):
        before = await server.get("/settings")
        await server.post("/settings/b", 2)
        return before, await server.get("/settings")

    assert run(tmp_path, steps, workers=0) == ({}, {"b": 2})
    (aside,) = place.parent.glob(f"{place.name}.damaged-*")
    assert aside.read_text() == '{"a": 1,}'


def test_users_have_settings_of_their_own_and_names_are_taken_once(tmp_path):
    async def steps(server):
        mei = {"comfy-user": await server.post("/users", {"username": "Mei"})}
        await server.post("/users", {"username": " Mei "}, status=400)
        await server.post("/settings/a", 1, headers=mei)
        await server.get("/settings", status=401, headers={"comfy-user": "nobody"})
        return (await server.get("/users"))["users"], await server.get("/settings")

    options = Options(workflows=tmp_path / "templates", multi_user=True)
    users, default = run(tmp_path, steps, workers=0, options=options)
    assert list(users.values()) == ["Mei"]
    assert default == {}


def test_files_are_written_listed_moved_and_removed(tmp_path):
    async def steps(server):
        await server.raw("POST", "/userdata/flows%2Fa.json", data=b"{}")
        kept = await server.raw("POST", "/userdata/flows%2Fa.json?overwrite=false", data=b"no")
        moved = await server.post("/userdata/flows%2Fa.json/move/flows%2Fdeep%2Fb.json")
        listed = await server.get("/userdata?dir=flows&recurse=true")
        read = await server.raw("GET", "/userdata/flows%2Fdeep%2Fb.json")
        await server.ask("DELETE", "/userdata/flows%2Fdeep%2Fb.json", status=204)
        return kept[0], moved, listed, read[2], await server.get("/userdata?dir=flows&recurse=1")

    found = run(tmp_path, steps, workers=0)
    assert found == (409, "flows/deep/b.json", ["deep/b.json"], b"{}", [])
