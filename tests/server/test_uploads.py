"""Where uploads end up, whatever disks the folders lie on."""

import errno
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from engine.server.answers import Refused
from engine.server.uploads import keep

OTHER = Path("/dev/shm")


@pytest.fixture
def disk(tmp_path):
    """A folder on another disk than `tmp_path`."""
    if not OTHER.is_dir() or OTHER.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is but one disk here")
    place = Path(tempfile.mkdtemp(dir=OTHER))
    yield place
    shutil.rmtree(place)


def sent(tmp_path, content=b"one"):
    part = tmp_path / "part"
    part.write_bytes(content)
    return part


@pytest.mark.parametrize("overwrite", [False, True])
def test_an_upload_crosses_from_one_disk_to_another(tmp_path, disk, overwrite):
    assert keep(sent(tmp_path), disk / "input", "a.png", overwrite=overwrite) == "a.png"
    assert [path.name for path in (disk / "input").iterdir()] == ["a.png"]
    assert (disk / "input" / "a.png").read_bytes() == b"one"


def test_names_are_claimed_where_a_file_system_has_no_links(tmp_path, monkeypatch):
    def link(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    names = [
        keep(sent(tmp_path, content), tmp_path / "input", "a.png", overwrite=False)
        for content in (b"one", b"two", b"one")
    ]
    assert names == ["a.png", "a (1).png", "a.png"]
    assert sorted(path.name for path in (tmp_path / "input").iterdir()) == ["a (1).png", "a.png"]


def test_a_place_that_is_a_file_is_refused_in_words(tmp_path):
    (tmp_path / "input").write_text("no folder")
    with pytest.raises(Refused, match="can't be stored"):
        keep(sent(tmp_path), tmp_path / "input", "a.png", overwrite=False)
