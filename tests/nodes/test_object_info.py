"""Our nodes say of themselves what ComfyUI's say: `object_info.json` is its own answer, as data.

Texts (descriptions, tooltips) are ours and are not compared; lists of files depend on the disk.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.folders import Folders
from engine.packs.load import load_ours
from engine.spec import library
from engine.spec.info import object_info
from engine.spec.registry import Registry

ROOT = Path(__file__).resolve().parent.parent.parent
THEIRS = json.loads((Path(__file__).parent / "object_info.json").read_text("utf-8"))
SAME = ("output", "output_is_list", "output_name", "display_name", "category", "output_node")


@pytest.fixture(scope="module")
def registry():
    found = Registry()
    load_ours(found)
    return found


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory):
    place = tmp_path_factory.mktemp("empty")
    return Folders(models=place, input=place, output=place, temp=place, user=place)


@pytest.mark.parametrize("name", THEIRS)
def test_a_node_declares_what_comfyuis_does(name, registry, nowhere):
    ours, theirs = object_info(registry[name], nowhere), THEIRS[name]
    titled = {**theirs, "display_name": theirs["display_name"] or ours["display_name"]}
    assert {key: ours[key] for key in SAME} == {key: titled[key] for key in SAME}
    for key in ("deprecated", "experimental"):
        assert ours[key] == theirs.get(key, False)
    assert ours["input_order"] == theirs["input_order"]
    for section, entries in theirs["input"].items():
        for input_name, declared in entries.items():
            mine = ours["input"][section][input_name]
            assert _comparable(mine) == _comparable(declared), f"{section} {input_name}"


def _comparable(declared: Any) -> Any:
    """Type, options and ranges; both spellings of a list are one."""
    if isinstance(declared, str):
        return declared
    kind, options = declared[0], dict(declared[1]) if len(declared) > 1 else {}
    for ours in ("tooltip", "multiselect", "placeholder", "folder"):
        options.pop(ours, None)
    if kind == "COMBO":
        kind = options.pop("options")
    return kind, {key: value for key, value in options.items() if value is not False}


@pytest.mark.parametrize("name", THEIRS)
def test_a_node_is_documented(name, registry):
    spec = registry[name]
    assert len(spec.description) > 20
    undocumented = [item.name for item in spec.inputs if item.widget and not item.tooltip]
    assert len(undocumented) <= len(spec.inputs) // 2 + 1, undocumented


def test_the_file_of_specs_is_what_the_code_declares(registry):
    written = (ROOT / "nodes" / "specs.json").read_text("utf-8")
    assert written == library.write(registry.values()), "run: python3 main.py nodes --write"
