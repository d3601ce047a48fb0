from hypothesis import given
from hypothesis import strategies as st

from engine.server.pending import Pending
from engine.store.history import Body
from engine.store.jobs import Waiting


def waiting(seq, number):
    return Waiting(f"j{seq}", seq, number, "", 0, 0.0)


def body(id):
    return Body(id, b"{}", b"{}", b"[]")


@given(
    st.lists(st.integers(-3, 3), max_size=30),
    st.lists(st.tuples(st.integers(0, 30), st.none() | st.integers(-3, 3)), max_size=30),
)
def test_jobs_stay_sorted_whatever_is_moved_or_removed(numbers, changes):
    pending, expected = Pending(), {}
    for seq, number in enumerate(numbers):
        pending.add(waiting(seq, number), body(f"j{seq}"))
        expected[f"j{seq}"] = (number, seq)
    for seq, number in changes:
        id = f"j{seq}"
        if number is None:
            assert (pending.remove(id) is not None) == (expected.pop(id, None) is not None)
        elif id in expected:
            pending.move(id, number)
            expected[id] = (number, seq)
    assert [job.id for job in pending] == sorted(expected, key=expected.get)
    assert len(pending) == len(expected)
    assert pending.held == 6 * len(expected)


def test_bodies_beyond_the_limit_are_left_to_be_read(monkeypatch):
    monkeypatch.setattr("engine.server.pending.HELD", 10)
    pending = Pending()
    for seq in range(4):
        pending.add(waiting(seq, seq), body(f"j{seq}"))
    assert pending.without_body(3) == ["j2"]
    assert pending.held > 0
    for seq in range(4):
        pending.remove(f"j{seq}")
    assert pending.held == 0
