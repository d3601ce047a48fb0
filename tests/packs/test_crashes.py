"""A pack that takes its process down is left out, once that is sure; one that doesn't, never."""

import subprocess
import sys

import pytest

from engine.errors import PackError
from engine.packs import crashes
from engine.packs.crashes import Crashes

DIE = """
import os, sys
from pathlib import Path
from engine.packs.crashes import Crashes
notes = Crashes(Path(sys.argv[1]), int(sys.argv[2]))
notes.begin("fine", "1")
notes.end()
notes.begin("bad", sys.argv[3])
os._exit(1)
"""


def _die(folder, parent=7, digest="1"):
    command = [sys.executable, "-c", DIE, str(folder), str(parent), digest]
    assert subprocess.run(command, check=False).returncode == 1


def test_two_deaths_over_one_pack_are_its_fault(tmp_path):
    _die(tmp_path)
    Crashes(tmp_path, 7).begin("bad", "1")
    _die(tmp_path)
    notes = Crashes(tmp_path, 7)
    notes.begin("fine", "1")
    notes.end()
    with pytest.raises(PackError, match="native code"):
        notes.begin("bad", "1")


def test_changed_files_and_a_new_server_are_another_chance(tmp_path):
    _die(tmp_path)
    _die(tmp_path)
    Crashes(tmp_path, 7).begin("bad", "2")
    Crashes(tmp_path, 8).begin("bad", "1")
    Crashes(tmp_path, 7).begin("bad", "1")


def test_a_pack_that_is_imported_right_now_has_not_crashed(tmp_path):
    living = [Crashes(tmp_path, 7) for _ in range(3)]
    for one in living:
        one.begin("slow", "1")
    Crashes(tmp_path, 7).begin("slow", "1")


def test_it_is_said_which_pack_everybody_waits_for(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(crashes, "SLOW", 0.01)
    notes = Crashes(tmp_path)
    notes.begin("slow", "1")
    notes._slow.join()
    assert "The pack slow has been importing" in capsys.readouterr().err


def test_where_nothing_can_be_noted_packs_are_imported_all_the_same(tmp_path):
    (tmp_path / "file").touch()
    notes = Crashes(tmp_path / "file" / "notes")
    notes.begin("any", "1")
    notes.end()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
