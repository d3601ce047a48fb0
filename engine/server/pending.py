"""The jobs that wait, in their order, and what they are to do as far as memory is spent on it.

Plain data in memory; that jobs survive is the store's business.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from engine.store.history import Body
from engine.store.jobs import Waiting

HELD: Final = 64 * 2**20  # bytes of prompts in memory; the others are read when their turn comes


@dataclass(slots=True)
class Pending:
    """Waiting jobs by number, then by the order of acceptance."""

    held: int = 0
    _order: list[tuple[float, int, str]] = field(default_factory=list[tuple[float, int, str]])
    _jobs: dict[str, Waiting] = field(default_factory=dict[str, Waiting])
    _bodies: dict[str, Body] = field(default_factory=dict[str, Body])

    def __len__(self) -> int:
        return len(self._jobs)

    def __contains__(self, id: object) -> bool:
        return id in self._jobs

    def __iter__(self) -> Iterator[Waiting]:
        """The jobs in the order in which they will run."""
        return (self._jobs[id] for _, _, id in self._order)

    @property
    def first(self) -> Waiting | None:
        """The job that runs next."""
        return self._jobs[self._order[0][2]] if self._order else None

    def add(self, job: Waiting, body: Body | None = None) -> None:
        """Take a job in, with what it is to do if that is at hand."""
        insort(self._order, (*job.order, job.id))
        self._jobs[job.id] = job
        if body is not None and self.held < HELD:
            self.hold(body)

    def hold(self, body: Body) -> None:
        """Keep what a waiting job is to do."""
        if body.id in self._jobs and body.id not in self._bodies:
            self._bodies[body.id] = body
            self.held += _size(body)

    def body(self, id: str) -> Body | None:
        """What a job is to do, if it is held."""
        return self._bodies.get(id)

    def without_body(self, count: int) -> list[str]:
        """Those of the next `count` jobs whose bodies aren't held."""
        return [id for _, _, id in self._order[:count] if id not in self._bodies]

    def remove(self, id: str) -> Waiting | None:
        """Take a job out; None if it isn't there."""
        job = self._jobs.pop(id, None)
        if job is not None:
            del self._order[bisect_left(self._order, (*job.order, job.id))]
            body = self._bodies.pop(id, None)
            self.held -= _size(body) if body else 0
        return job

    def move(self, id: str, number: float) -> None:
        """Give a waiting job another number."""
        body = self.body(id)
        job = self.remove(id)
        if job is not None:
            self.add(replace(job, number=number), body)

    def extend(self, jobs: Iterable[Waiting]) -> None:
        """Take many in."""
        for job in jobs:
            self.add(job)


def _size(body: Body) -> int:
    return len(body.prompt) + len(body.extra) + len(body.targets)
