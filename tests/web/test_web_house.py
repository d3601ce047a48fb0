"""The editor's house: its arrows never turn back, and nothing comes from elsewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parent.parent.parent / "web"

ROOMS = {
    # room: rooms it may import; everyone may import types.js
    "document": "",
    "run": "document",
    "net": "document",
    "view": "document",
    "icons": "",
    "texts": "",
    "widgets": "document icons net/json.js panels/dom.js tools/later.js"
    " view/measure.js view/metrics.js",
    "tools": "document view",
    "commands": "document texts view tools",
    "panels": "document icons net/json.js texts view tools run",
    "page": "document net run view",
}
IMPORT = re.compile(r"""^\s*(?:import|export)\b[^"']*?\bfrom\s+["']([^"']+)["']""", re.M)
BARE = re.compile(r"""^\s*import\s+["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']""", re.M)
LONGEST = 400  # lines


def _modules() -> list[Path]:
    return sorted(WEB.rglob("*.js"))


def _imports(path: Path) -> Iterator[str]:
    text = path.read_text("utf-8")
    yield from IMPORT.findall(text)
    yield from (one or other for one, other in BARE.findall(text))


def _target(path: Path, name: str) -> str:
    return (path.parent / name).resolve().relative_to(WEB).as_posix()


@pytest.mark.parametrize("room", ROOMS)
def test_arrows_between_rooms_of_the_editor_never_turn_back(room):
    allowed = ROOMS[room].split()
    wrong = []
    for path in _modules():
        if path.relative_to(WEB).parts[0] != room:
            continue
        for name in _imports(path):
            target = _target(path, name)
            fine = target.partition("/")[0] in (room, *allowed) or target in (*allowed, "types.js")
            if not fine:
                wrong.append(f"{path.relative_to(WEB)}: {target}")
    assert not wrong, "\n".join(wrong)


def test_every_room_of_the_editor_is_in_the_table():
    found = {path.relative_to(WEB).parts[0] for path in _modules() if path.parent != WEB}
    assert found <= set(ROOMS), found - set(ROOMS)


def test_modules_import_files_of_ours_that_are_there():
    for path in _modules():
        for name in _imports(path):
            assert name.startswith("."), f"{path}: {name}"
            assert (path.parent / name).is_file(), f"{path}: {name}"


def test_files_of_the_editor_have_one_job_and_their_types_are_checked():
    for path in _modules():
        lines = path.read_text("utf-8").splitlines()
        assert lines[0] == "// @ts-check", path
        # texts and icons are lists
        assert len(lines) <= LONGEST or path.parent.name in ("texts", "icons"), path


def test_json_is_read_and_written_in_one_file():
    for path in _modules():
        if path.relative_to(WEB).as_posix() != "net/json.js":
            found = re.search(r"\bJSON\.(parse|stringify)\b", path.read_text("utf-8"))
            assert found is None, f"{path}: {found.group()}"
