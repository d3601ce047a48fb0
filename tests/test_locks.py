import os
import time

import pytest

from engine import locks


def looked(folder, answer=True, **more):
    found = list[str]()

    def look(path):
        found.append(path.name)
        return answer

    locks.sweep(folder, look, **more)
    return found


def test_a_lock_is_lifted_when_its_handle_closes(tmp_path):
    held = locks.hold(tmp_path / "lock")
    with pytest.raises(locks.Taken):
        locks.hold(tmp_path / "lock")
    os.close(held)
    os.close(locks.hold(tmp_path / "lock"))


def test_a_sweep_looks_at_what_the_dead_left_and_at_nothing_of_the_living(tmp_path):
    living, handle = locks.own(tmp_path, "1")
    (tmp_path / "2-dead.lock").touch()
    assert looked(tmp_path) == ["2-dead.lock"]
    assert list(tmp_path.iterdir()) == [living]
    os.close(handle)
    assert looked(tmp_path, answer=False) == [living.name]
    assert living.exists()


def test_a_sweep_waits_for_all_that_live_no_longer_than_it_may(tmp_path):
    handles = [locks.own(tmp_path, str(n))[1] for n in range(5)]
    began = time.monotonic()
    assert looked(tmp_path, patience=0.05) == []
    assert time.monotonic() - began < 0.2
    for handle in handles:
        os.close(handle)


@pytest.mark.parametrize("gone", [False, True])
def test_whoever_is_swept_while_it_is_born_takes_another_name(tmp_path, monkeypatch, gone):
    hold, tries = locks.hold, list[str]()

    def swept(path):
        tries.append(path.name)
        if len(tries) > 1:
            return hold(path)
        if not gone:
            raise locks.Taken
        handle = hold(path)
        path.unlink()
        return handle

    monkeypatch.setattr(locks, "hold", swept)
    path, handle = locks.own(tmp_path, "7")
    assert [path.name] == tries[1:]
    assert path.exists()
    os.close(handle)


def test_no_folder_is_nothing_to_sweep(tmp_path):
    assert looked(tmp_path / "none") == []
