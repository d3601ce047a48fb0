"""Packs of our own kind: found at start, and a broken one takes nothing else with it."""

import pytest

from engine.folders import Folders, python_files
from engine.packs.load import load_packs
from engine.spec.context import Context
from engine.spec.registry import Registry

NODE = '''
from typing import Annotated
from engine.spec.node import node
from engine.spec.inputs import Socket

@node("{name}", title="{name}", category="test")
def add(*, a: int = 1) -> Annotated[int, Socket("INT")]:
    """Add one."""
    return a + 1
'''


@pytest.fixture
def folders(tmp_path):
    return Folders(custom_nodes=tmp_path)


def _loaded(folders) -> tuple[Registry, list[str]]:
    registry, told = Registry(), list[str]()
    load_packs(registry, folders, told.append)
    return registry, told


def test_a_single_file_is_a_pack(tmp_path, folders):
    (tmp_path / "solo.py").write_text(NODE.format(name="Solo"))
    registry, told = _loaded(folders)
    assert registry["Solo"].pack == "solo"
    assert registry["Solo"].call(Context(), {"a": 4}).values == (5,)
    assert not told


@pytest.mark.parametrize("start", ["__init__.py", None])
def test_a_folder_is_a_pack_with_or_without_an_init_file(tmp_path, folders, start):
    (tmp_path / "many").mkdir()
    if start:
        (tmp_path / "many" / start).write_text("from . import inner")
    (tmp_path / "many" / "inner.py").write_text(NODE.format(name="Inner"))
    registry, _ = _loaded(folders)
    assert registry["Inner"].pack == "many"


def test_a_link_that_leads_nowhere_is_no_file_of_a_pack(tmp_path, folders):
    (tmp_path / "many").mkdir()
    (tmp_path / "many" / "inner.py").write_text(NODE.format(name="Linked"))
    (tmp_path / "many" / ".#inner.py").symlink_to("somebody@somewhere")  # Emacs, while one edits
    registry, told = _loaded(folders)
    assert registry["Linked"].pack == "many"
    assert python_files(tmp_path / "many") == [tmp_path / "many" / "inner.py"]
    assert not told


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import no_such_module_here", "no_such_module_here"),
        ("def (:", "SyntaxError"),
        ("raise SystemExit(3)", "SystemExit"),
        ("x = 1", "no @node function"),
    ],
)
def test_a_pack_that_fails_is_named_with_its_reason_and_the_rest_go_on(
    tmp_path, folders, text, reason
):
    (tmp_path / "a_bad.py").write_text(text)
    (tmp_path / "good.py").write_text(NODE.format(name="Good"))
    registry, told = _loaded(folders)
    assert "Good" in registry
    assert reason in registry.failed["a_bad"]
    assert "a_bad" in told[0]


def test_two_nodes_of_one_name_are_refused_naming_both(tmp_path, folders):
    (tmp_path / "one.py").write_text(NODE.format(name="Twin"))
    (tmp_path / "two.py").write_text(NODE.format(name="Twin"))
    registry, _ = _loaded(folders)
    assert registry["Twin"].pack == "one"
    assert "already defined by one" in registry.failed["two"]


def test_a_disabled_pack_stays_out_and_an_edit_changes_the_revision(tmp_path, folders):
    (tmp_path / "off.disabled").mkdir()
    (tmp_path / "off.disabled" / "x.py").write_text("raise RuntimeError")
    (tmp_path / "solo.py").write_text(NODE.format(name="Solo"))
    registry, told = _loaded(folders)
    assert not told
    before = registry["Solo"].revision()
    (tmp_path / "solo.py").write_text(NODE.format(name="Solo") + "# changed")
    assert _loaded(folders)[0]["Solo"].revision() != before


def test_a_pack_is_taken_whole_or_not_at_all(tmp_path, folders):
    (tmp_path / "one.py").write_text(NODE.format(name="Twin"))
    (tmp_path / "two.py").write_text(NODE.format(name="Other") + NODE.format(name="Twin"))
    registry, _ = _loaded(folders)
    assert list(registry) == ["Twin"]
    assert list(registry.failed) == ["two"]


def test_a_declaration_that_no_server_can_be_told_fails_its_pack_alone(tmp_path, folders):
    odd = NODE.format(name="Odd").replace("a: int = 1", "a: Annotated[object, Socket('X')] = {1}")
    (tmp_path / "odd.py").write_text(odd)
    (tmp_path / "solo.py").write_text(NODE.format(name="Solo"))
    registry, _ = _loaded(folders)
    assert list(registry) == ["Solo"]
    assert "TypeError" in registry.failed["odd"]


def test_a_revision_is_that_of_the_code_that_was_imported(tmp_path, folders):
    (tmp_path / "solo.py").write_text(NODE.format(name="Solo"))
    registry, _ = _loaded(folders)
    before = registry["Solo"].revision()
    (tmp_path / "solo.py").write_text("# changed while it runs")
    assert registry["Solo"].revision() == before


def test_an_author_sees_the_traceback_of_the_pack_and_no_line_of_ours(tmp_path, folders):
    (tmp_path / "bad.py").write_text("def f():\n    return 1 / 0\n\nf()\n")
    _, told = _loaded(folders)
    assert "ZeroDivisionError: division by zero (bad.py, line 2)\n" in told[0]
    assert told[0].endswith("ZeroDivisionError: division by zero")
    assert "in f\n" in told[0]
    assert "load.py" not in told[0]


def test_a_name_with_dots_is_a_pack_of_its_own(tmp_path, folders):
    for name in ("many", "many.v2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("from . import inner")
        text = NODE.format(name=f"In {name}")
        (tmp_path / name / "inner.py").write_text(text)
    registry, _ = _loaded(folders)
    assert {spec.name: spec.pack for spec in registry.values()} == {
        "In many": "many",
        "In many.v2": "many.v2",
    }


ROUTE = """
from engine.packs.routes import Routes

routes = Routes()

@routes.get("/{path}")
async def answer(request):
    return None
"""


def _packs(folders):
    registry, told = Registry(), list[str]()
    return load_packs(registry, folders, told.append), registry.failed


def test_routes_of_any_module_are_found_once(tmp_path, folders):
    (tmp_path / "many").mkdir()
    (tmp_path / "many" / "a.py").write_text(ROUTE.format(path="mine/{name}"))
    (tmp_path / "many" / "b.py").write_text(
        "from engine.packs.routes import Routes\nfrom .a import routes\n"
    )
    packs, failed = _packs(folders)
    assert not failed
    assert [(r.method, r.path) for r in packs[0].routes] == [("GET", "/mine/{name}")]


def test_a_route_that_another_pack_has_is_refused(tmp_path, folders):
    (tmp_path / "one.py").write_text(ROUTE.format(path="mine"))
    (tmp_path / "two.py").write_text(ROUTE.format(path="mine"))
    packs, failed = _packs(folders)
    assert [pack.name for pack in packs] == ["one"]
    assert failed["two"] == "GET /mine is already answered by one"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("{anything:.*}", "must begin with"),
        ("", "must begin with"),
        ("a b", "must begin with"),
        ("a/{b", "Invalid path"),
        ("a/{b:(}", "can't be served"),
    ],
)
def test_a_path_that_cannot_be_had_fails_the_pack(tmp_path, folders, path, reason):
    (tmp_path / "bad.py").write_text(ROUTE.format(path=path))
    packs, failed = _packs(folders)
    assert not packs
    assert reason in failed["bad"]


def test_what_answers_must_be_async(tmp_path, folders):
    (tmp_path / "bad.py").write_text(ROUTE.format(path="mine").replace("async ", ""))
    assert "async" in _packs(folders)[1]["bad"]


def _with_web(place, said, project=""):
    (place / "many" / "js").mkdir(parents=True)
    (place / "many" / "a.py").write_text(f"WEB_DIRECTORY = {said!r}\n")
    (place / "many" / "pyproject.toml").write_text(project)


@pytest.mark.parametrize("said", ["js", "./js", "js/", "js/../js"])
def test_a_folder_of_javascript_is_named_from_the_pack(tmp_path, folders, said):
    _with_web(tmp_path, said)
    assert _packs(folders)[0][0].web == "js"


def test_the_projects_file_may_name_it_too(tmp_path, folders):
    _with_web(tmp_path, "", '[tool.comfy]\nweb = "js"\n')
    assert _packs(folders)[0][0].web == "js"


@pytest.mark.parametrize("said", ["..", "../other", "/etc", "none", 3])
def test_a_web_folder_outside_the_pack_fails_it(tmp_path, folders, said):
    (tmp_path / "other").mkdir()
    _with_web(tmp_path, said)
    packs, failed = _packs(folders)
    assert not packs
    assert "no folder inside the pack" in failed["many"]
