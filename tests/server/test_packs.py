"""Packs through a whole server: nodes, failures, routes that are forwarded, JavaScript."""

import asyncio
import json

import aiohttp
import pytest
from yarl import URL

from engine.folders import Folders
from engine.server import forwarding
from engine.server.site import Options
from tests.server.bench import fresh, one
from tests.server.packs import as_written, packs_in, served
from tests.server.site import exactly, run


@pytest.fixture
def place(tmp_path):
    return packs_in(tmp_path)


def test_a_packs_node_is_known_and_runs_and_a_broken_pack_is_named(place):
    async def steps(server):
        info = await server.get("/object_info/Loud")
        ws = await server.listen()
        id = await server.queue(one("Loud", text="boo"))
        await ws.end(id)
        outputs = (await server.get(f"/history/{id}"))[id]["outputs"]
        stats = await server.get("/system_stats")
        log = await server.get("/internal/logs")
        return info, outputs, stats, await server.get("/packs"), log, await server.get("/")

    info, outputs, stats, packs, log, page = served(place, steps)
    assert info["Loud"]["python_module"] == "custom_nodes.loud"
    assert outputs["1"]["text"] == ["BOO"]
    reason = "ModuleNotFoundError: No module named 'no_such_module_here' (broken.py, line 1)"
    assert stats["failed_packs"] == {"broken": reason}
    assert packs["broken"]["failed"] == reason
    assert packs["loud"]["nodes"] == ["Loud"]
    assert "/mine/echo" in packs["mine"]["paths"]
    assert f"The pack broken is left out: {reason}" in log
    assert str(place) not in log
    assert "Easel" in page


def test_packs_are_remembered_for_a_server_whose_worker_is_not_up(place):
    async def first(server):
        return await server.get("/packs")

    async def second(server):
        told = [await server.raw("GET", p) for p in ("/mine/headers", "/api/mine/at/x", "/mine")]
        return await server.get("/packs"), await server.get("/object_info/Loud"), told

    before = served(place, first)
    after, info, told = run(place, second, workers=0)
    assert after == before
    assert "Loud" in info
    assert [status for status, _, _ in told] == [503, 503, 404]
    assert b"starting. Ask again" in told[0][2]
    assert told[0][1]["Retry-After"]


def test_while_packs_are_unknown_an_unknown_path_is_not_said_to_be_none(place):
    async def steps(server):
        return [(await server.raw("GET", path))[0] for path in ("/mine/echo", "/queue", "/%")]

    assert run(place, steps, workers=0) == [503, 200, 503]


def test_a_route_answers_under_both_names_with_any_method_and_a_body(place):
    body = bytes(range(256)) * 4000

    async def pieces():
        for _ in range(4):
            yield body

    async def steps(server):
        told = [
            (await server.raw(method, "/mine/echo", data=body), body)
            for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "REPORT")
        ]
        told.append((await server.raw("POST", "/api/mine/echo", data=pieces()), body * 4))
        told.append((await server.raw("POST", "/mine/echo"), b""))
        told.append((await server.raw("HEAD", "/mine/headers"), b""))
        return told

    for (status, _, came_back), sent in served(place, steps):
        assert (status, came_back) == (200, sent)


def test_what_concerns_one_connection_or_this_server_stays_out(place):
    sent = {
        "X-Plain": "1",
        "Connection": "keep-alive, X-Named",
        "X-Named": "1",
        "Keep-Alive": "timeout=5",
        "TE": "trailers",
        "Proxy-Authorization": "Basic x",
        "Upgrade": "h2c",
        "X-Easel-Door": "guess",
        "Authorization": "Bearer right",
        "Cookie": "a=1; easel_token=right; b=2",
    }

    async def steps(server):
        other = {**sent, "Authorization": "Bearer packs-own"}
        return (
            await server.get("/mine/headers", headers=sent),
            await server.get("/mine/headers", headers=other),
            await server.raw("GET", "/mine/echo", headers=sent),
            server.url.removeprefix("http://"),
        )

    options = Options(token="right")
    heard, other, (_, told, _), host = served(place, steps, options=options)
    names = {name.lower() for name in heard}
    assert names & {"x-plain", "host", "cookie"} == {"x-plain", "host", "cookie"}
    assert heard["Cookie"] == "a=1; b=2"
    assert heard["Host"] == host
    gone = "x-named keep-alive te proxy-authorization upgrade x-easel-door authorization"
    assert not names & {*gone.split()}
    assert other["Authorization"] == "Bearer packs-own"
    assert told["X-Mine"] == "1"
    assert told["X-Frame-Options"] == "SAMEORIGIN"
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told.getall("Set-Cookie") == ["mine=1"]
    assert "Server" not in told  # neither theirs nor ours: nobody needs our version
    for name in ("X-Mine-Too", "Keep-Alive", "Access-Control-Allow-Origin"):
        assert name not in told


def test_a_packs_page_runs_apart_from_ours(place):
    async def steps(server):
        return await server.raw("GET", "/mine/page")

    status, headers, body = served(place, steps)
    assert (status, body) == (200, b"<script>1</script>")
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("sandbox")
    assert "same-origin" not in policy


def test_the_guard_stands_before_packs(place):
    async def steps(server):
        asked = (
            {},
            {"Authorization": "Bearer wrong"},
            {"Authorization": "Bearer right", "Origin": "http://evil.example"},
            {"Authorization": "Bearer right", "Host": "evil.example"},
            {"Authorization": "Bearer right"},
        )
        return [(await server.raw("POST", "/mine/echo", headers=h))[0] for h in asked]

    told = served(place, steps, options=Options(token="right"))
    assert told == [401, 401, 403, 403, 200]


def test_odd_requests_reach_no_other_place(place):
    async def steps(server):
        host = f"Host: {server.url.removeprefix('http://')}\r\n"
        two = "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n"
        asked = (
            ("GET", "http://evil.example/mine/headers", host, (200, 400, 403, 404)),
            ("GET", "//evil.example/mine/headers", host, (400, 404)),
            ("GET", "/mine/at/../headers", host, (404,)),
            ("GET", "/mine/at/a%0d%0aX-A:%201", host, (404,)),
            ("GET", "/mine%2Fheaders", host, (404,)),
            ("GET", "/api/api/mine/headers", host, (404,)),
            ("POST", "/mine/echo", host + two, (400,)),
            ("POST", "/mine/echo", host + "Content-Length: -1\r\n", (400,)),
        )
        told = list[bool]()
        for method, path, headers, fine in asked:
            body = b"0\r\n\r\n" if method == "POST" else b""
            answer = await exactly(server.url, method, path, headers, body)
            told.append(int(answer.split(b" ")[1]) in fine)
            assert b"evil" not in answer
        door = server.site.queue.hands[0].ready.door
        bare = f"http://127.0.0.1:{door.port}/mine/headers"
        async with server.http.get(bare, headers={door.header: "guess"}) as answer:
            told.append(answer.status == 403)
        return told

    assert served(place, steps) == [True] * 9


def test_no_route_of_ours_is_shadowed_whatever_the_method(place):
    async def steps(server):
        return [
            await server.raw(method, prefix + path)
            for prefix in ("", "/api")
            for method, path in (("DELETE", "/prompt"), ("GET", "/queue"), ("GET", "/mine/at/X"))
        ], await server.get("/internal/logs")

    told, log = served(place, steps)
    assert "The pack mine can't answer at /prompt, which is Easel's own." in log
    assert "can't answer at /mine" not in log
    assert [status for status, _, _ in told] == [405, 200, 404] * 2
    assert not any(body == b"mine" for _, _, body in told)


def test_a_path_and_its_query_arrive_as_they_were_sent(place):
    async def steps(server):
        path = URL(server.url + "/api/mine/at/abc?x=%2F&y=%20a+b&z=%zz", encoded=True)
        async with server.http.get(path) as answer:
            return await answer.json()

    assert served(place, steps) == ["/mine/at/abc?x=%2F&y=%20a+b&z=%zz", "abc"]


def test_a_body_that_is_too_large_is_refused_before_and_while_it_comes(place):
    async def endless():
        while True:
            yield b"x" * 2**16

    async def steps(server):
        async def end(path):
            """The status of a whole answer; 0 for one that is cut off."""
            try:
                return (await server.raw("POST", path, data=endless()))[0]
            except aiohttp.ClientError:
                return 0

        before = await server.raw("POST", "/mine/echo", data=b"x" * (2**20 + 1))
        packed = {"Content-Encoding": "gzip"}
        gzip = await server.raw("POST", "/mine/echo", data=b"x", headers=packed)
        ends = [await end("/mine/headers"), await end("/mine/echo")]
        return before[0], gzip[0], ends, await server.get("/mine/at/still")

    before, gzip, (unread, echoed), still = served(place, steps, options=Options(max_upload=2**20))
    assert (before, gzip) == (413, 415)
    assert unread in (0, 405, 413)
    assert echoed in (0, 413)  # a whole answer would be 200
    assert still[1] == "still"


def test_routes_that_hang_hold_up_neither_the_server_nor_jobs(place, monkeypatch):
    monkeypatch.setattr(forwarding, "MOST", 4)

    async def steps(server):
        hanging = [asyncio.create_task(server.raw("GET", "/mine/hang")) for _ in range(8)]
        ended = asyncio.as_completed(hanging)
        assert [(await next(ended))[0] for _ in range(4)] == [503] * 4
        assert (await server.raw("GET", "/mine/headers"))[0] == 503
        ws = await server.listen()
        id = await server.queue(fresh())
        end = await ws.end(id)
        for task in hanging:
            task.cancel()
        async with asyncio.timeout(10):
            while (await server.raw("GET", "/mine/headers"))[0] != 200:
                await asyncio.sleep(0.01)
        return end[0]

    assert served(place, steps) == "execution_success"


def test_a_handler_that_blocks_its_thread_is_given_up(place, monkeypatch):
    monkeypatch.setattr(forwarding, "QUIET", 0.3)

    async def steps(server):
        status, _, body = await server.raw("GET", "/mine/block")
        await server.queue(fresh())
        return status, json.loads(body), (await server.raw("GET", "/queue"))[0]

    status, body, queue = served(place, steps)
    assert (status, queue) == (504, 200)
    assert "did not answer" in body["error"]


def test_a_worker_killed_in_the_middle_cuts_the_answer_and_the_next_one_answers(place):
    async def steps(server):
        hand = server.site.queue.hands[0]
        waiting = asyncio.create_task(server.raw("GET", "/mine/hang"))
        async with server.http.get(server.url + "/mine/feed") as answer:
            first = await answer.content.readexactly(5)
            await asyncio.sleep(0.2)
            hand.kill()
            with pytest.raises(aiohttp.ClientPayloadError):
                await answer.content.read()
        status = (await waiting)[0]
        async with asyncio.timeout(30):
            while (again := await server.raw("GET", "/mine/at/again"))[0] == 503:
                await asyncio.sleep(0.05)
        return first, status, again[0]

    assert served(place, steps) == (b"first", 503, 200)


def test_an_answer_out_of_shape_and_a_costly_pattern_hurt_nobody(place):
    async def steps(server):
        odd = await server.raw("GET", "/mine/odd")
        path = "/mine/slow/" + "a" * 60 + "!"
        task = asyncio.create_task(server.raw("GET", path))
        await asyncio.sleep(0.1)
        loop = asyncio.get_running_loop()
        began = loop.time()
        await server.get("/prompt")
        took = loop.time() - began
        task.cancel()
        return odd[0], took

    odd, took = served(place, steps)
    assert odd == 502
    assert took < 1.0


def test_javascript_of_packs_is_listed_and_served_and_nothing_else_of_theirs(place):
    (place / "custom_nodes" / "mine" / "js" / "out.js").symlink_to(place / "secret.js")
    (place / "secret.js").write_text("secret")

    async def steps(server):
        listed = await server.get("/extensions")
        served = [await server.raw("GET", "/api" + path) for path in listed[:2]]
        page = await server.raw("GET", "/extensions/mine/page.html")
        note = await server.raw("GET", "/extensions/mine/note.txt")
        refused = [
            await as_written(server, path)
            for path in (
                "/extensions/mine/.hidden.js",
                "/extensions/mine/out.js",
                "/extensions/mine/deep",
                "/extensions/mine/%2e%2e/__init__.py",
                "/extensions/mine/..%2f__init__.py",
                "/extensions/mine/..%5c__init__.py",
                "/extensions/mine/%2fetc/passwd",
                "/extensions/%2e%2e/loud.py",
                "/extensions/loud/loud.py",
                "/extensions/broken/broken.py",
            )
        ]
        return listed, served, page, note, refused

    listed, served_, page, note, refused = served(place, steps)
    assert listed[:2] == ["/extensions/mine/a.js", "/extensions/mine/deep/b%20c.js"]
    for (status, headers, body), name in zip(served_, ("a.js", "deep/b c.js"), strict=True):
        assert (status, body.decode()) == (200, f"/* {name} */")
        assert headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert headers["X-Content-Type-Options"] == "nosniff"
    assert page[1]["Content-Security-Policy"].startswith("sandbox")
    assert note[1]["Content-Type"] == "application/octet-stream"
    assert note[1]["Content-Disposition"].startswith("attachment")
    assert refused == [404] * 10


def test_packs_are_not_listed_anew_for_each_of_their_files(place, monkeypatch):
    listed = list[None]()
    packs = Folders.packs

    def counted(folders):
        listed.append(None)
        return packs(folders)

    async def steps(server):
        await server.get("/extensions")
        monkeypatch.setattr(Folders, "packs", counted)
        for _ in range(5):
            await server.get("/extensions/mine/a.js")

    served(place, steps)
    assert listed == []


def test_a_server_whose_every_pack_fails_serves_its_page(tmp_path):
    (tmp_path / "custom_nodes").mkdir()
    for number, text in enumerate(("def (", "raise SystemExit", "1 / 0", "import os; os._exit(3)")):
        (tmp_path / "custom_nodes" / f"bad{number}.py").write_text(text)

    async def steps(server):
        page = await server.raw("GET", "/")
        ws = await server.listen()
        await ws.end(await server.queue(fresh()))
        return page[0], await server.get("/packs"), await server.get("/extensions")

    page, packs, extensions = run(tmp_path, steps)
    assert (page, extensions) == (200, [])
    assert sorted(packs) == ["bad0", "bad1", "bad2", "bad3"]
    assert "2 workers died" in packs["bad3"]["failed"]
