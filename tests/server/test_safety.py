"""Attacks: what the server must refuse."""

import io
import json

import aiohttp
import pytest
from PIL import Image

from engine.server.site import Options
from tests.server.bench import one
from tests.server.site import exactly, run

SECRET = "nobody may read this"
UPS = (
    "../secret.txt",
    "..%2fsecret.txt",
    "..%2Fsecret.txt",
    "%2e%2e%2fsecret.txt",
    "%2e%2e/secret.txt",
    "..%5csecret.txt",
    "....//secret.txt",
    "a/../../secret.txt",
    "%252e%252e%252fsecret.txt",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "C:%5cwindows",
    "secret.txt%00.png",
)
NAMED = (
    "/view?filename={}",
    "/view?filename={}&type=input",
    "/view?filename=x.png&subfolder={}",
    "/view?filename={} [input]",
    "/userdata/{}",
    "/v2/userdata?path={}",
    "/userdata?dir={}",
    "/models/{}",
    "/experiment/models/{}",
    "/experiment/models/preview/loras/0/{}",
    "/view_metadata/loras?filename={}",
    "/internal/files/{}",
    "/workflow_templates/pack/{}",
    "/workflow_templates/{}/x",
    "/documents/{}",
    "/documents/{}/versions",
    "/docs/{}",
    "/view/{}",
    "/settings/{}",
    "/object_info/{}",
    "/history/{}",
)


def png(width=8, height=8):
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), (1, 2, 3)).save(buffer, "PNG")
    return buffer.getvalue()


def form(data, name="a.png", **fields):
    made = aiohttp.FormData(fields)
    made.add_field("image", data, filename=name)
    return made


def test_no_name_leaves_its_folder(tmp_path):
    for place in (tmp_path, tmp_path / "user"):
        place.mkdir(exist_ok=True)
        (place / "secret.txt").write_text(SECRET)

    async def steps(server):
        host = f"Host: {server.url.removeprefix('http://')}\r\n"
        for prefix in ("", "/api"):
            for path in NAMED:
                for name in UPS:
                    asked = prefix + path.format(name).replace(" ", "%20")
                    answer = await exactly(server.url, "GET", asked, host)
                    assert SECRET.encode() not in answer, asked
                    assert b"root:" not in answer, asked
                    assert b" 500 " not in answer.split(b"\r\n")[0], asked

    run(tmp_path, steps, workers=0)


@pytest.mark.parametrize("name", UPS)
def test_nothing_is_written_outside(tmp_path, name):
    from urllib.parse import unquote

    async def steps(server):
        host = f"Host: {server.url.removeprefix('http://')}\r\nContent-Length: 1\r\n"
        await exactly(server.url, "POST", f"/userdata/{name}", host, b"x")
        await exactly(server.url, "POST", f"/userdata/a/move/{name}", host, b"x")
        plain = unquote(name).replace("\0", "")
        await server.raw("POST", "/upload/image", data=form(png(), plain))
        await server.raw("POST", "/upload/image", data=form(png(), "b.png", subfolder=plain))
        rename = {"to": plain}
        await server.raw("POST", "/documents/x/rename", json=rename)
        ws = await server.listen()
        await ws.tell("open", doc=plain)
        await ws.next("opened", "error")

    run(tmp_path, steps, workers=0)
    inside = ("input", "output", "temp", "user", "models", "custom_nodes")
    assert {path.name for path in tmp_path.iterdir()} == {*inside}
    assert not (tmp_path / "user" / "secret.txt").exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example", "Origin": "http://evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "192.168.1.9:8188"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Host": "localhost", "Origin": "https://localhost", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://localhost"},
        {"Origin": "file://"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
    ],
)
def test_foreign_pages_and_names_are_turned_away(tmp_path, headers):
    async def steps(server):
        asked = (("GET", "/prompt"), ("POST", "/interrupt"), ("GET", "/ws"), ("GET", "/nowhere"))
        return [(await server.raw(*one, headers=headers))[0] for one in asked]

    assert run(tmp_path, steps, workers=0) == [403, 403, 403, 403]


def test_the_own_page_may_ask_and_a_link_may_be_followed(tmp_path):
    async def steps(server):
        own = {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}
        link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        proxy = {"Host": "localhost", "Origin": "https://localhost"}
        far = {"Host": "localhost:9000", "Origin": "http://localhost:9000"}
        told = [(await server.raw("POST", "/interrupt", headers=own))[0]]
        told.append((await server.raw("GET", "/", headers=link))[0])
        told.append((await server.raw("GET", "/prompt", headers=far))[0])
        told.append((await server.raw("GET", "/prompt", headers=proxy))[0])
        return told

    assert run(tmp_path, steps, workers=0) == [200] * 4


def test_two_hosts_or_none_are_refused(tmp_path):
    async def steps(server):
        return [
            (await exactly(server.url, "GET", "/prompt", headers)).split(b" ")[1]
            for headers in ("", "Host: localhost\r\nHost: evil.example\r\n", "Host: a@b\r\n")
        ]

    assert all(status in (b"400", b"403") for status in run(tmp_path, steps, workers=0))


def test_the_token_for_a_link_is_told_to_those_who_have_shown_it(tmp_path):
    async def steps(server):
        refused, *_ = await server.raw("GET", "/share")
        shown = {"Authorization": "Bearer right"}
        return refused, await server.get("/share", headers=shown)

    refused, told = run(tmp_path, steps, workers=0, options=Options(token="right"))
    assert refused == 401
    assert told == {"token": "right"}


def test_a_token_is_wanted_where_there_is_one(tmp_path):
    async def steps(server):
        async def status(path, **headers):
            return (await server.raw("GET", path, headers=headers, allow_redirects=False))[0]

        told = [
            await status("/prompt"),
            await status("/ws"),
            await status("/?token=wrong"),
            await status("/prompt?token=right"),
            await status("/prompt", Authorization="Bearer wrong"),
            await status("/prompt", Authorization="Bearer righ\xfft"),
            await status("/prompt", Cookie="easel_token=wrong"),
            await status("/prompt", Authorization="Bearer right"),
            await status("/prompt", Cookie="easel_token=right"),
        ]
        code, headers, _ = await server.raw("GET", "/?token=right", allow_redirects=False)
        ws = await server.listen(query="&token=right")
        await ws.next("status")
        return told, code, headers["Set-Cookie"]

    told, code, cookie = run(tmp_path, steps, workers=0, options=Options(token="right"))
    assert told == [401] * 7 + [200] * 2
    assert code == 303
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<script>alert(1)</script>"),
        ("picture.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("code.js", b"alert(1)"),
        ("style.css", b"body{}"),
        ("data.xml", b"<?xml version='1.0'?><a/>"),
        ("page.xhtml", b"<html xmlns='http://www.w3.org/1999/xhtml'/>"),
    ],
)
def test_what_is_stored_comes_back_inert(tmp_path, name, content):
    async def steps(server):
        stored = await server.post("/upload/image", data=form(content, name))
        asked = f"/view?filename={stored['name']}&type=input"
        viewed = await server.raw("GET", asked)
        await server.raw("POST", f"/userdata/{name}", data=content)
        return viewed, await server.raw("GET", f"/api/userdata/{name}")

    for status, headers, body in run(tmp_path, steps, workers=0):
        assert (status, body) == (200, content)
        assert headers["Content-Type"] == "application/octet-stream"
        assert headers["Content-Disposition"].startswith("attachment")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.GIF"])
def test_an_upload_that_lies_about_its_type_is_refused(tmp_path, name):
    async def steps(server):
        return await server.raw("POST", "/upload/image", data=form(b"<html>", name))

    assert run(tmp_path, steps, workers=0)[0] == 400
    assert list((tmp_path / "temp").iterdir()) == []


def test_equal_uploads_are_one_file_and_others_get_a_number(tmp_path):
    async def steps(server):
        sizes = ((8, 8), (8, 8), (9, 9))
        names = [(await server.post("/upload/image", data=form(png(*s))))["name"] for s in sizes]
        over = await server.post("/upload/image", data=form(png(7, 7), overwrite="true"))
        return names, over, await server.raw("GET", "/view?filename=a.png [input]")

    names, over, (status, headers, body) = run(tmp_path, steps, workers=0)
    assert names == ["a.png", "a.png", "a (1).png"]
    assert over == {"name": "a.png", "subfolder": "", "type": "input"}
    assert (status, body) == (200, png(7, 7))
    assert headers["Content-Type"] == "image/png"


def test_a_picture_is_looked_at_in_a_smaller_size_and_not_sent_twice(tmp_path):
    async def steps(server):
        await server.post("/upload/image", data=form(png(8, 4), "p.png"))
        asked = "/view?filename=p.png&type=input&preview=webp&size="
        small = await server.raw("GET", asked + "4")
        again = await server.raw("GET", asked + "4", headers={"If-None-Match": small[1]["ETag"]})
        refused = [(await server.raw("GET", asked + size))[0] for size in ("0", "99999", "x")]
        return small, again, refused

    small, again, refused = run(tmp_path, steps, workers=0)
    assert Image.open(io.BytesIO(small[2])).size == (4, 2)
    assert again[0] == 304
    assert refused == [400, 400, 400]


def test_a_mask_becomes_the_alpha_of_the_picture(tmp_path):
    mask = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 100)).save(mask, "PNG")

    async def steps(server):
        stored = await server.post("/upload/image", data=form(png(), "p.png"))
        ref = json.dumps({"filename": stored["name"], "type": "input"})
        made = form(mask.getvalue(), "m.png", original_ref=ref)
        masked = await server.post("/upload/mask", data=made)
        await server.post("/upload/mask", status=400, data=form(b"no", "m.png", original_ref=ref))
        asked = f"/view?filename={masked['name']}&type=input"
        alpha = await server.raw("GET", asked + "&channel=a&preview=webp;70")
        return (await server.raw("GET", asked))[2], alpha

    body, alpha = run(tmp_path, steps, workers=0)
    assert Image.open(io.BytesIO(body)).getpixel((0, 0)) == (1, 2, 3, 100)
    assert alpha[1]["Content-Type"] == "image/webp"


def test_answers_name_no_path_of_the_machine(tmp_path):
    async def steps(server):
        answers = [
            await server.raw("POST", "/prompt", json={"prompt": one("Nowhere")}),
            await server.raw("GET", "/view?filename=none.png"),
            await server.raw("POST", "/userdata/a", data=b"x"),
            await server.raw("POST", "/userdata/a%2Fb", data=b"x"),
            await server.raw("GET", "/documents"),
            await server.raw("POST", "/convert", data=b"{}"),
            await server.raw("GET", "/nowhere"),
        ]
        return b"".join(body for _, _, body in answers)

    assert str(tmp_path).encode() not in run(tmp_path, steps, workers=0)
