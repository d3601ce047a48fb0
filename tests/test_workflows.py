"""Every shipped workflow is well formed, says what it is for, and checks without a problem."""

import json
from pathlib import Path

import pytest

import main
from engine.folders import ROOT

WORKFLOWS = sorted((ROOT / "workflows").glob("*.json"))


def test_there_are_the_workflows_that_the_readme_lists():
    listed = (ROOT / "README.md").read_text("utf-8")
    assert len(WORKFLOWS) >= 8
    assert all(f"| `{path.stem}` |" in listed for path in WORKFLOWS)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_has_a_title_and_a_note(path: Path):
    document = json.loads(path.read_text("utf-8"))
    assert document["format"] == "easel/1"
    assert document["extra"]["title"]
    assert document["extra"]["title"] in document["notes"]["about"]["text"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_has_no_problem(path: Path, capsys):
    assert main.main(["run", str(path), "--check"]) == 0, capsys.readouterr().err
    capsys.readouterr()


@pytest.mark.workflow
@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_draws(path: Path, tmp_path: Path, capsys):
    """With few steps, so that all of them take seconds; the pictures are looked at by hand."""
    nodes = json.loads(path.read_text("utf-8"))["nodes"]
    few = [
        f"{id}.steps={min(node['inputs']['steps'], 3)}"
        for id, node in nodes.items()
        if "steps" in node["inputs"]
    ]
    flags = [word for setting in few for word in ("--set", setting)]
    places = ["-o", str(tmp_path / "out"), "--user", str(tmp_path / "user"), "--device", "cpu"]
    assert main.main(["run", str(path), *flags, *places]) == 0, capsys.readouterr().err
    drawn = capsys.readouterr().out.split()
    assert drawn
    assert all(Path(picture).stat().st_size > 5000 for picture in drawn)
