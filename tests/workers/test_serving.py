"""A worker's bookkeeping, without a process."""

import socket
from collections.abc import Iterator

import pytest

from engine.workers.outbox import Outbox
from engine.workers.protocol import Cancel, Recall, Run, Watch
from engine.workers.serving import _Worker


@pytest.fixture
def worker() -> Iterator[_Worker]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield _Worker(theirs, Outbox(theirs))


def test_nothing_is_remembered_of_jobs_that_went_back_or_never_came(worker):
    for number in range(20):
        worker._hear(Run(f"job{number}", 1, b"{}", b"{}", b"[]", number % 2 == 0))
        worker._hear(Cancel(f"job{number}", 1))
    assert worker.watched
    worker._hear(Watch("job1", True))
    worker._hear(Recall())
    worker._hear(Watch("job2", True))
    assert (worker.watched, worker.cancelled, list(worker.orders)) == (set(), set(), [])
