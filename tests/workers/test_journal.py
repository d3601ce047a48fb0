import subprocess
import sys

from engine.workers import journal
from engine.workers.journal import Journal, sweep
from engine.workers.protocol import Written


def swept(folder):
    found = []
    sweep(folder, found.append)
    return found


def noted_by_another(folder, code):
    """Have another process, which then dies, note things."""
    start = f"from pathlib import Path; from engine.workers.journal import *; p = Path({folder!r})"
    subprocess.run([sys.executable, "-c", f"{start}\n{code}\nos.kill(os.getpid(), 9)"], check=False)


def test_what_a_dead_worker_wrote_is_told_once(tmp_path):
    noted_by_another(str(tmp_path), "Journal(p).note('a', 2, ['/x', '/y'])")
    assert swept(tmp_path) == [Written("a", 2, "/x"), Written("a", 2, "/y")]
    assert swept(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_the_journal_of_a_living_worker_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "PATIENCE", 0.0)
    living = Journal(tmp_path)
    living.note("a", 1, ["/x"])
    assert swept(tmp_path) == []
    assert list(tmp_path.glob("*.jsonl"))


def test_a_line_that_was_cut_off_is_left_out(tmp_path):
    (tmp_path / "1-2.lock").touch()
    (tmp_path / "1-2.jsonl").write_bytes(b'["a", 1, "/x"]\n["a", 1, "/')
    assert swept(tmp_path) == [Written("a", 1, "/x")]


def test_a_journal_does_not_grow_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "LONG", 1000)
    monkeypatch.setattr(journal, "KEPT", 5)
    living = Journal(tmp_path)
    for number in range(200):
        living.note("a", number, ["/x"])
    (path,) = tmp_path.glob("*.jsonl")
    assert path.stat().st_size < 1100
    assert path.read_bytes().splitlines()[-1] == b'["a", 199, "/x"]'
