"""Overload: bodies, frames and readers that must not hold the server up."""

import asyncio
import gzip
import json
import zlib

import aiohttp
import pytest

from engine.server import peer
from engine.server.app import HEARD
from tests.server.bench import fresh
from tests.server.site import exactly, run


def test_large_bodies_are_refused_before_they_are_read(tmp_path):
    async def steps(server):
        host = f"Host: {server.url.removeprefix('http://')}\r\nContent-Length: 209715200\r\n"
        head = host + "Content-Type: multipart/form-data; boundary=x\r\n"
        paths = ("/prompt", "/upload/image", "/userdata/x", "/convert", "/settings")
        posts = (exactly(server.url, "POST", path, head, b"{" * 1000) for path in paths)
        answers = await asyncio.gather(*posts)  # each line is held open for a while

        async def endless():
            for _ in range(50):
                yield b"[" * 2**20

        status = None
        try:
            status = (await server.raw("POST", "/prompt", data=endless()))[0]
        except aiohttp.ClientError:  # the server need not hear it to the end
            status = 413
        return [answer.split(b" ")[1] for answer in answers], status

    answers, status = run(tmp_path, steps, workers=0)
    assert answers == [b"413"] * 5
    assert status == 413


def test_a_gzip_bomb_holds_nobody_up(tmp_path):
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(2**20)) for _ in range(200)) + packer.flush()

    async def steps(server):
        headers = {"Content-Encoding": "gzip"}
        good = gzip.compress(json.dumps({"prompt": fresh()}).encode())
        slowest, posting = (
            0.0,
            asyncio.gather(
                *(server.raw("POST", "/prompt", data=bomb, headers=headers) for _ in range(3))
            ),
        )
        loop = asyncio.get_running_loop()
        while not posting.done():
            began = loop.time()
            await server.get("/prompt")
            slowest = max(slowest, loop.time() - began)
        fine = await server.raw("POST", "/prompt", data=good, headers=headers)
        odd = await server.raw("POST", "/prompt", data=b"x", headers={"Content-Encoding": "zstd"})
        broken = await server.raw("POST", "/prompt", data=b"x", headers=headers)
        return [one[0] for one in posting.result()], slowest, fine[0], odd[0], broken[0]

    bombs, slowest, fine, odd, broken = run(tmp_path, steps, workers=0)
    assert bombs == [413] * 3
    assert (fine, odd, broken) == (200, 415, 400)
    assert slowest < 1.0


@pytest.mark.parametrize("path", ["/prompt", "/queue", "/settings", "/history", "/markdown"])
def test_deep_and_broken_json_is_refused(tmp_path, path):
    async def steps(server):
        bodies = (
            b'{"prompt": ' + b"[" * 1000 + b"]" * 1000 + b"}",
            b'{"a":' * 5000 + b"1" + b"}" * 5000,
            b"{" * 100_000,
            b"\xff\xfe",
            b'{"prompt": NaN}',
            b'"\\ud800"',
        )
        return [(await server.raw("POST", path, data=body))[0] for body in bodies]

    assert run(tmp_path, steps, workers=0) == [400] * 6


def test_a_huge_broken_prompt_holds_nobody_up(tmp_path):
    graph = {str(n): {"class_type": "Show", "inputs": {"value": ["x", 0]}} for n in range(20_000)}
    body = json.dumps({"prompt": graph}).encode()

    async def steps(server):
        posting = asyncio.create_task(server.raw("POST", "/prompt", data=body))
        loop, waits = asyncio.get_running_loop(), list[float]()
        while not posting.done():
            began = loop.time()
            await server.get("/prompt")
            waits.append(loop.time() - began)
        return posting.result(), waits

    (status, _, answer), waits = run(tmp_path, steps, workers=0)
    assert status == 400
    assert len(answer) < 40 * len(body)
    assert max(waits) < max(1.0, sum(waits) / 2), "one answer waited for all of it"


def test_a_flood_of_frames_slows_only_who_sends_it(tmp_path):
    async def steps(server):
        flood = await server.listen("flood")

        async def pour():
            for _ in range(10_000):
                await flood.socket.send_str('{"type": "feature_flags", "data": {}}')

        pouring = asyncio.create_task(pour())
        loop, slowest = asyncio.get_running_loop(), 0.0
        for _ in range(50):
            began = loop.time()
            await server.get("/prompt")
            slowest = max(slowest, loop.time() - began)
        pouring.cancel()
        return slowest

    assert run(tmp_path, steps, workers=0) < 1.0


def test_frames_out_of_shape_end_nothing(tmp_path):
    async def steps(server):
        ws = await server.listen()
        for text in ("", "[]", "{", "3", '{"type": 5}', '{"type": "edit"}', '{"type": "open"}',
                     '{"type": "run", "data": []}', '{"type": "presence", "data": {"doc": []}}',
                     "[" * 5000, '{"type": "close", "data": null}'):  # fmt: skip
            await ws.socket.send_str(text)
        await ws.socket.send_bytes(b"\0\1\2")
        await ws.tell("feature_flags")
        return await ws.next("feature_flags")

    assert run(tmp_path, steps, workers=0)


def test_a_mistake_of_the_server_costs_nobody_the_socket(tmp_path, monkeypatch):
    async def mistaken(_site, _peer, _data):
        raise KeyError("a mistake")

    async def steps(server):
        ws = await server.listen()
        await ws.tell("presence")
        said = await ws.until(lambda type, _: type == "error")
        await ws.tell("feature_flags")
        await ws.until(lambda type, _: type == "feature_flags")
        return said["message"]

    monkeypatch.setitem(HEARD, "presence", mistaken)
    said = run(tmp_path, steps, workers=0)
    assert "its log says more" in said
    assert "a mistake" not in said


def test_who_never_reads_is_dropped_and_the_rest_go_on(tmp_path, monkeypatch):
    monkeypatch.setattr(peer, "MOST_BYTES", 2**20)

    async def steps(server):
        url = server.url.removeprefix("http://")
        reader, writer = await asyncio.open_connection(*url.split(":"), limit=1024)
        writer.write(
            f"GET /ws?clientId=deaf HTTP/1.1\r\nHost: {url}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.pause_reading()
        while (deaf := server.site.hub.client("deaf")) is None:
            await asyncio.sleep(0.01)
        other = await server.listen("other")
        for _ in range(400):
            if deaf.gone:
                break
            server.site.hub.told(None, "noise", {"text": "x" * 2**16})
            await asyncio.sleep(0.005)
        server.site.hub.told(None, "last", {})
        await other.next("last")
        writer.close()
        return deaf.gone

    assert run(tmp_path, steps, workers=0)
