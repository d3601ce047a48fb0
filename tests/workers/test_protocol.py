import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.workers.protocol import Begun, Cancel, Entered, Frames, Ready, Run, frame

MESSAGES = [
    Run("a", 1, b"{}", b"{}", b"[]", True),
    Cancel("a", 1),
    Begun("a", 2),
    Entered("a", 2, "3.1", "3", "Number", "3", "new"),
    Ready(b"{}", {"pack": "why"}, ["Even"], "cpu"),
]


@given(st.lists(st.integers(1, 40)))
def test_messages_survive_being_cut_anywhere(lengths):
    whole = frame(MESSAGES[:2]) + frame(MESSAGES[2:])
    frames, found = Frames(), []
    for length in [*lengths, len(whole)]:
        found += frames.feed(whole[:length])
        whole = whole[length:]
    assert found == MESSAGES


@pytest.mark.parametrize(
    "wire", [b"\xff\xff\xff\xff", b"\x00\x00\x00\x01\xc1", b"\x00\x00\x00\x04\x91\x92\xa1x"]
)
def test_what_is_no_frame_is_refused(wire):
    with pytest.raises(ValueError, match=r"."):
        Frames().feed(wire)
