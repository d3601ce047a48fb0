"""Output files: ComfyUI's names, whole or not at all, inside their folder."""

import errno
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine import outputs
from engine.errors import EaselError, OutputError
from engine.folders import Folders, PathError

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def folders(tmp_path):
    return Folders(output=tmp_path / "output", temp=tmp_path / "temp")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_numbers_follow_each_other(folders):
    saved = [outputs.save(folders, b"x", "pic", ".png") for _ in range(3)]
    assert [one.path.name for one in saved] == [f"pic_0000{n}_.png" for n in (1, 2, 3)]
    assert saved[0].shown == {"filename": "pic_00001_.png", "subfolder": "", "type": "output"}
    assert saved[0].path.read_bytes() == b"x"


def test_of_prefixes_without_end_the_latest_are_remembered(folders, monkeypatch):
    monkeypatch.setattr(outputs, "COUNTED", 3)
    for prefix in ("a", "b", "c", "a", "d", "e"):
        outputs.save(folders, b"x", prefix, ".png")
    assert [stem for _, stem in folders.counters] == ["a", "d", "e"]
    assert outputs.save(folders, b"x", "b", ".png").path.name == "b_00002_.png"


def test_the_number_goes_on_from_what_is_there(folders):
    folders.output.mkdir()
    for name in ("pic_00007_.png", "PIC_00009_.webp", "pic_x_00050_.png", "picture_00099_.png"):
        (folders.output / name).touch()
    assert outputs.save(folders, b"", "pic", ".png").path.name == "pic_00010_.png"


def test_a_prefix_may_hold_sub_folders_and_tokens(folders):
    prefix = "%year%/a//./%width%x%height%_%batch_num%"
    saved = outputs.save(folders, b"", prefix, ".png", width=64, height=32, batch=2)
    assert saved.path.name == "64x32_2_00001_.png"
    assert saved.subfolder == f"{time.localtime().tm_year}/a"
    assert saved.path.parent == folders.output / saved.subfolder


def test_tokens_of_the_time_have_two_digits():
    moment = time.struct_time((2026, 3, 4, 5, 6, 7, 0, 0, 0))
    prefix = "%year%-%month%-%day% %hour%%minute%%second% %other%"
    assert outputs.expanded(prefix, 1, 2, 0, moment) == "2026-03-04 050607 %other%"


@pytest.mark.parametrize(
    "prefix", ["../x", "a/../../x", "/etc/x", "..\\x", "C:/x", "a\0b", "//server/x"]
)
def test_a_prefix_never_leaves_its_folder(folders, prefix):
    with pytest.raises(PathError):
        outputs.save(folders, b"", prefix, ".png")
    assert not folders.output.exists()


def test_two_processes_never_take_one_name(folders):
    others = [Folders(output=folders.output) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        saved = pool.map(lambda n: outputs.save(others[n % 4], b"%d" % n, "pic", ".png"), range(40))
        held = {one.path.name: one.path.read_bytes() for one in saved}
    assert len(held) == 40
    assert set(held.values()) == {b"%d" % n for n in range(40)}
    assert names(folders.output) == sorted(held)


def test_without_hard_links_names_are_claimed_too(folders, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(outputs.os, "link", refuse)
    outputs.save(folders, b"one", "pic", ".png")
    other = Folders(output=folders.output, counters={(folders.output, "pic"): 0})
    assert outputs.save(other, b"two", "pic", ".png").path.name == "pic_00002_.png"
    assert names(folders.output) == ["pic_00001_.png", "pic_00002_.png"]


def test_a_file_where_the_folder_should_be_is_an_output_error(folders):
    folders.output.write_bytes(b"")
    with pytest.raises(OutputError, match="pic"):
        outputs.save(folders, b"", "pic", ".png")


def test_a_name_that_is_too_long_is_an_output_error(folders):
    with pytest.raises(OutputError, match="too long"):
        outputs.save(folders, b"", "p" * 300, ".png")
    assert names(folders.output) == []


def test_no_path_of_the_machine_is_in_the_message(folders):
    folders.output.write_bytes(b"")
    with pytest.raises(EaselError) as caught:
        outputs.save(folders, b"", "pic", ".png")
    assert str(folders.output) not in str(caught.value)


def test_a_disk_that_fills_up_leaves_nothing_behind(folders):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(OutputError, match="larger than is allowed"):
            outputs.save(folders, bytes(300_000), "pic", ".png")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert names(folders.output) == []
    assert outputs.save(folders, b"", "pic", ".png").path.name == "pic_00001_.png"


TINY_DISK = """
import sys; sys.path.insert(0, {root!r})
from pathlib import Path
from engine import outputs
from engine.errors import OutputError
from engine.folders import Folders
folders = Folders(output=Path({place!r}))
outputs.save(folders, bytes(20_000), "pic", ".png")
try:
    outputs.save(folders, bytes(900_000), "pic", ".png")
except OutputError as error:
    print(error)
print(sorted(path.name for path in folders.output.iterdir()))
"""


def on_a_mount(tmp_path, options, program):
    """Run a program that sees a small disk of its own; skips where that isn't permitted."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = f'mount -t tmpfs -o {options} none {place} && exec {sys.executable} -c "$0"'
    text = program.format(root=str(ROOT), place=str(place))
    run = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c", mount, text],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    if run.returncode and "Traceback" not in run.stderr:
        pytest.skip(f"no disk of one's own here: {run.stderr.strip()}")
    assert not run.returncode, run.stderr
    return run.stdout.splitlines()


def test_a_full_disk_is_an_output_error_and_keeps_the_other_files(tmp_path):
    message, left = on_a_mount(tmp_path, "size=200k", TINY_DISK)
    assert "the disk is full" in message
    assert left == "['pic_00001_.png']"


def test_a_read_only_folder_is_an_output_error(tmp_path):
    program = TINY_DISK.replace('outputs.save(folders, bytes(20_000), "pic", ".png")', "")
    message, left = on_a_mount(tmp_path, "size=200k,ro", program)
    assert "read-only" in message
    assert left == "[]"


def test_what_a_killed_process_left_is_swept_up_later(folders, monkeypatch):
    folders.output.mkdir()
    (folders.output / ".easel-old").touch()
    (folders.output / ".easel-new").touch()
    stale = time.time() - 2 * outputs.STALE
    outputs.os.utime(folders.output / ".easel-old", (stale, stale))
    outputs.save(folders, b"", "pic", ".png")
    assert names(folders.output) == [".easel-new", "pic_00001_.png"]


def test_an_interrupt_while_writing_leaves_nothing(folders, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(outputs.os, "link", interrupted)
    with pytest.raises(KeyboardInterrupt):
        outputs.save(folders, b"half", "pic", ".png")
    assert names(folders.output) == []


def test_a_numbered_file_from_elsewhere_gets_the_number_that_is_next_here(folders):
    outputs.save(folders, b"ours", "pic", ".png")
    taken = outputs.take_in(folders, b"theirs", "pic_00001_.png")
    deep = outputs.take_in(folders, b"", "a/b_7_00012_.png", type="temp")
    assert taken.path.name == "pic_00002_.png"
    assert taken.path.read_bytes() == b"theirs"
    assert deep.shown == {"filename": "b_7_00001_.png", "subfolder": "a", "type": "temp"}


def test_another_file_from_elsewhere_keeps_its_name_if_it_is_free(folders):
    saved = [outputs.take_in(folders, b"x", "a/table.csv") for _ in range(2)]
    assert [one.path.name for one in saved] == ["table.csv", "table_00001_.csv"]
    assert [one.subfolder for one in saved] == ["a", "a"]
    assert names(folders.output / "a") == ["table.csv", "table_00001_.csv"]


@pytest.mark.parametrize("name", ["../x.png", "/x.png", "../x_00001_.png", "a/../../x"])
def test_a_file_from_elsewhere_stays_in_its_folder(folders, name):
    with pytest.raises(PathError):
        outputs.take_in(folders, b"", name)
