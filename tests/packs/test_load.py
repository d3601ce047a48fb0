"""Packs of our own kind: found at start, and a broken one takes nothing else with it."""

import pytest

from engine.folders import Folders
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
