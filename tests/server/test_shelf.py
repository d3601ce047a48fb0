"""The editor's files and long answers travel compressed, and not at all when they are known."""

import gzip
import re
from pathlib import Path
from types import SimpleNamespace

from aiohttp.test_utils import make_mocked_request

from engine.server import shelf
from engine.server.shelf import REMARK, bare
from engine.server.site import Options
from tests.server.site import run

WEB = Path(__file__).resolve().parent.parent.parent / "web"
PLAIN = {"Accept-Encoding": "identity"}
PACKED = {"Accept-Encoding": "br, gzip;q=0.8"}


def test_a_module_of_the_editor_travels_compressed_and_is_known_the_second_time(tmp_path):
    async def steps(server):
        _, plain, body = await server.raw("GET", "/app.js", headers=PLAIN)
        _, packed, same = await server.raw("GET", "/app.js", headers=PACKED)
        again = {**PACKED, "If-None-Match": packed["ETag"]}
        status, _, nothing = await server.raw("GET", "/app.js", headers=again)
        return plain, body, packed, same, (status, nothing)

    plain, body, packed, same, known = run(tmp_path, steps)
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert int(packed["Content-Length"]) < len(body) / 2
    assert same == body  # the client unpacks it
    assert packed["Content-Type"] == "text/javascript; charset=utf-8"
    assert packed["X-Content-Type-Options"] == "nosniff"
    assert "Server" not in packed
    assert known == (304, b"")


def test_modules_travel_without_remarks_and_keep_their_lines():
    module = b"""// @ts-check
/** Two lines,
 * one remark. */
/** @type {number} */ export const a = 1
  /* kept: it is not of ours */
export const b = a * 2 // kept: it stands behind code
    // gone
export const url = "http://x/**/y"
"""
    kept = bare(module).split(b"\n")
    told = [line for line in kept if line]
    assert told == [line for line in module.split(b"\n") if b"kept" in line or b"export" in line]
    assert len(kept) == len(module.split(b"\n"))


def test_no_text_of_the_editor_has_a_line_that_looks_like_a_remark():
    quoted = re.compile(rb'"[^"\n]*"|/[^/\n]*`[^/\n]*/')
    for path in WEB.rglob("*.js"):
        module = path.read_bytes()
        for found in REMARK.finditer(module):
            before = quoted.sub(b"", REMARK.sub(b"", module[: found.start()]))
            assert before.count(b"`") % 2 == 0, f"{path}: {found[0]}"


def test_what_changes_on_disk_is_sent_anew(tmp_path):
    async def steps(server):
        server.site.options.web.mkdir(exist_ok=True)
        file = server.site.options.web / "look.css"
        file.write_text("a {}")
        first = await server.raw("GET", "/look.css")
        file.write_text("b { color: red }")
        second = await server.raw("GET", "/look.css")
        return first, second

    options = Options(web=tmp_path / "web", workflows=tmp_path / "templates")
    first, second = run(tmp_path, steps, options=options)
    assert first[2] == b"a {}"
    assert second[2] == b"b { color: red }"
    assert first[1]["ETag"] != second[1]["ETag"]


def test_node_types_travel_compressed(tmp_path):
    async def steps(server):
        _, headers, body = await server.raw("GET", "/object_info", headers=PACKED)
        refused = {"Accept-Encoding": "gzip;q=0"}
        _, plain, same = await server.raw("GET", "/api/object_info", headers=refused)
        return headers, body, plain, same

    headers, body, plain, same = run(tmp_path, steps)
    assert headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain
    assert body == same


def test_node_types_are_compressed_again_only_when_they_are_others(tmp_path, monkeypatch):
    packed = list[int]()

    def compress(body, *args, **more):
        packed.append(len(body))
        return gzip.compress(body, *args, **more)

    async def steps(server):
        for _ in range(3):
            await server.raw("GET", "/object_info", headers=PACKED)
        nodes, request = len(packed), make_mocked_request("GET", "/", headers=PACKED)
        texts = [b"a" * 2000, b"a" * 2000, b"b" * 2000]
        made = [await server.site.shelf.made(request, "x", one, "text/plain") for one in texts]
        return nodes, len(packed) - nodes, [gzip.decompress(one.body) for one in made] == texts

    monkeypatch.setattr(shelf, "gzip", SimpleNamespace(compress=compress))
    assert run(tmp_path, steps) == (1, 2, True)
