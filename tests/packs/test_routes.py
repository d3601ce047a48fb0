"""The door of a worker: opens to its secret alone, and a handler's failure is the pack's."""

import asyncio

import aiohttp
from aiohttp import web

from engine.packs.routes import SECRET, Routes, opened

routes = Routes()


@routes.get("/mine/headers")
async def headers(request):
    return web.json_response(list(request.headers))


@routes.on("*", "/mine/{name}")
async def anything(request):
    size = len(await request.read())
    return web.json_response([request.method, request.match_info["name"], size])


@routes.post("/bad/raises")
async def raises(request):
    raise KeyError("no such thing")


@routes.post("/bad/nothing")
async def nothing(request):
    return {"not": "a response"}


@routes.post("/bad/middle")
async def middle(request):
    answer = web.StreamResponse()
    await answer.prepare(request)
    await answer.write(b"half")
    raise KeyError("in the middle")


def _ask(method, path, secret=None, **more):
    async def ask():
        door = opened({"mine": routes.found})
        shown = {SECRET: door.secret if secret is None else secret}
        url = f"http://127.0.0.1:{door.port}{path}"
        async with (
            aiohttp.ClientSession() as http,
            http.request(method, url, headers=shown, **more) as answer,
        ):
            return answer.status, await answer.text()

    return asyncio.run(ask())


def test_nobody_is_answered_without_the_secret():
    for secret in ("", "wrong", "\xe9"):
        for path in ("/mine/headers", "/mine/x", "/nowhere"):
            assert _ask("GET", path, secret)[0] == 403


def test_a_handler_does_not_see_the_secret():
    status, text = _ask("GET", "/mine/headers")
    assert status == 200
    assert "Host" in text
    assert SECRET not in text


def test_any_method_and_a_body_reach_a_handler():
    assert _ask("REPORT", "/mine/fox", data=b"x" * 3_000_000) == (
        200,
        '["REPORT", "fox", 3000000]',
    )


def test_a_handlers_failure_names_the_pack_and_no_path(capsys):
    status, text = _ask("POST", "/bad/raises")
    assert (status, text) == (
        500,
        '{"error": "The pack mine failed at this; the log says more."}',
    )
    told = capsys.readouterr().err
    assert "The pack mine failed at POST /bad/raises: KeyError: 'no such thing' (test_ro" in told
    assert _ask("POST", "/bad/nothing")[0] == 500
    assert "not aiohttp's Response" in capsys.readouterr().err


def test_an_answer_that_fails_in_the_middle_is_cut_off():
    try:
        _ask("POST", "/bad/middle")
    except aiohttp.ClientPayloadError:
        return
    raise AssertionError("half an answer was taken for a whole one")
