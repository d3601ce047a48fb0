import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from engine.execution.cache import Cache
from engine.execution.disk import Disk
from engine.execution.memory import OVERHEAD, Memory
from engine.execution.plain import PlainCodec
from engine.execution.store import Alias, Stored

CODEC = PlainCodec()


def stored(value="x", seconds=1.0, **more) -> Stored:
    return Stored(([value],), seconds=seconds, **more)


def test_memory_forgets_what_is_cheap_for_its_size_first():
    memory = Memory(4 * OVERHEAD)
    memory.put("dear", stored(seconds=9.0), 0)
    memory.put("cheap", stored(seconds=0.1), 0)
    memory.put("middle", stored(seconds=1.0), 0)
    memory.put("large", stored(seconds=1.0), 2 * OVERHEAD)
    assert "dear" in memory
    assert "middle" in memory
    assert memory.held <= memory.limit


def test_what_is_used_stays_longer():
    memory = Memory(3 * OVERHEAD)
    for name in "abc":
        memory.put(name, stored(), 0)
    memory.put("d", stored(), 0)
    assert "a" not in memory
    memory.get("b")
    memory.put("e", stored(), 0)
    assert "b" in memory
    assert "c" not in memory


def test_what_is_larger_than_everything_is_not_kept_and_drives_nothing_out():
    memory = Memory(3 * OVERHEAD)
    memory.put("a", stored(), 0)
    memory.put("huge", stored(), 10**9)
    assert "a" in memory
    assert "huge" not in memory


def test_a_result_put_twice_counts_once():
    memory = Memory(10**6)
    memory.put("a", stored(), 100)
    memory.put("a", stored(), 100)
    assert memory.held == OVERHEAD + 100
    memory.drop("a")
    assert memory.held == 0


def test_dear_results_come_back_from_disk_in_another_process(tmp_path):
    first = Cache(disk=Disk(tmp_path))
    first.put("ab1", stored([1, "two"], shown={"text": ["t"]}))
    first.put("ab2", stored(seconds=0.1))
    second = Cache(disk=Disk(tmp_path))
    assert second.knows("ab1")
    assert second.get("ab1") == stored([1, "two"], shown={"text": ["t"]})
    assert not second.knows("ab2")


def test_effects_never_reach_the_disk_and_count_while_their_files_exist(tmp_path):
    held, picture = Cache(disk=Disk(tmp_path / "cache")), tmp_path / "p.png"
    picture.write_bytes(b"x")
    held.put("k1", stored(effect=True, files=(str(picture),)))
    assert held.knows("k1")
    assert not held.knows("k1", effects=False)
    picture.unlink()
    assert not held.knows("k1")
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:10],
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: data[:-3] + bytes([data[-3] ^ 1]) + data[-2:],
        lambda data: data.replace(b"easel", b"other"),
        lambda data: b"\x00" * len(data),
    ],
)
def test_a_damaged_entry_is_a_miss_and_goes(tmp_path, damage):
    disk = Disk(tmp_path)
    disk.put("abc", stored(["a long value"] * 5), CODEC)
    path = tmp_path / "ab" / "abc"
    path.write_bytes(damage(path.read_bytes()))
    assert disk.get("abc", CODEC) is None
    assert not path.exists()
    disk.put("abc", stored(), CODEC)
    assert disk.get("abc", CODEC) == stored()


def test_a_folder_in_the_place_of_an_entry_is_a_miss(tmp_path):
    (tmp_path / "ab" / "abc").mkdir(parents=True)
    disk = Disk(tmp_path)
    assert disk.get("abc", CODEC) is None
    assert not disk.put("abc", stored(), CODEC)


def test_values_without_a_form_on_disk_stay_in_memory(tmp_path):
    held = Cache(disk=Disk(tmp_path))
    held.put("abc", stored(object()))
    assert held.knows("abc")
    assert not list(tmp_path.iterdir())


def test_the_disk_tier_is_bounded_and_the_longest_unused_go(tmp_path):
    disk = Disk(tmp_path, limit=3000)
    for index in range(10):
        disk.put(f"k{index}", stored("x" * 400), CODEC)
        path = tmp_path / f"k{index}" / f"k{index}"
        if path.exists():
            os.utime(path, (index, index))
    sizes = [path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()]
    assert sum(sizes) <= 3000
    assert "k9" in disk
    assert "k0" not in disk


def test_an_alias_is_known_while_all_that_it_stands_for_is():
    held = Cache(memory=Memory(10**6))
    held.put("inner", Stored(([1], [2])))
    held.put_alias("outer", Alias((("inner", 1),), needs=("effect",)))
    assert not held.knows("outer")
    held.put("effect", stored(effect=True))
    assert held.knows("outer")
    assert not held.knows("outer", effects=False)
    assert held.get("outer").outputs == ([2],)
    held.memory.drop("inner")
    assert held.get("outer") is None


def test_ten_thousand_aliases_of_aliases_are_no_deeper_than_one():
    held = Cache(memory=Memory(10**9))
    held.put("0", stored(5))
    for index in range(10_000):
        held.put_alias(str(index + 1), Alias(((str(index), 0),), needs=(str(index),)))
    assert held.knows("10000")
    assert held.get("10000").outputs == ([5],)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs to mount a small disk")
def test_a_full_disk_loses_nothing_but_the_entry():
    place = tempfile.mkdtemp()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        shutil.rmtree(place)
        pytest.skip("mounting is not allowed here")
    try:
        held = Cache(disk=Disk(Path(place)))
        held.put("k1", stored("small"))
        held.put("k2", stored("x" * 200_000))
        assert held.get("k2") == stored("x" * 200_000)
        assert Cache(disk=held.disk).get("k1") == stored("small")
        assert not Cache(disk=held.disk).knows("k2")
        assert not [name for _, _, names in os.walk(place) for name in names if ".part" in name]
    finally:
        subprocess.run(["umount", place], check=False)
        shutil.rmtree(place, ignore_errors=True)


FULL = """
import resource, signal, sys
from pathlib import Path
from engine.execution.cache import Cache
from engine.execution.disk import Disk
from engine.execution.store import Stored
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
held = Cache(disk=Disk(Path(sys.argv[1])))
held.put("k1", Stored((["x" * 100_000],), seconds=1.0))
assert held.get("k1") is not None
assert not Cache(disk=held.disk).knows("k1")
print("lives")
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="needs a limit on file sizes")
def test_a_write_that_the_system_cuts_short_leaves_no_half_entry(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.stdout == "lives\n", done.stderr
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
