"""The page that teaches writing a node is run as it stands."""

import re
from pathlib import Path

import torch

from engine.folders import Folders
from engine.packs.load import load_packs
from engine.spec.context import Context
from engine.spec.registry import Registry

PAGE = Path(__file__).resolve().parents[2] / "docs" / "writing-a-node.md"


def test_the_ten_lines_of_the_page_are_a_node_that_runs(tmp_path):
    lines = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[0]
    assert len([line for line in lines.splitlines() if line.strip()]) <= 10
    (tmp_path / "warmth.py").write_text(lines)
    registry = Registry()
    load_packs(registry, Folders(custom_nodes=tmp_path))
    spec = registry["Warmth"]
    assert spec.call is not None
    grey = torch.full((1, 2, 2, 3), 0.5)
    warmer = spec.call(Context(), {"image": grey, "amount": 1.0}).values[0]
    assert warmer[..., 0].min() > 0.5 > warmer[..., 2].max()
    assert spec.pack == "warmth"


def test_the_route_of_the_page_is_a_packs(tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    (tmp_path / "presets.py").write_text(next(text for text in blocks if "Routes()" in text))
    packs = load_packs(Registry(), Folders(custom_nodes=tmp_path))
    assert [(route.method, route.path) for route in packs[0].routes] == [
        ("GET", "/warmth/presets/{name}")
    ]
