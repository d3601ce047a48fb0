"""Jobs and what may become of them: queued, running(attempt), then done, failed or cancelled.

The state machine is here alone: each change is one write that names the state it starts from, so
that what comes too late changes nothing. Prompts, outputs and messages are JSON that is kept and
never read here. How jobs are looked up is in `history.py`.
"""

import json
import sqlite3
from asyncio import Future
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine.store.database import Database

KEPT: Final = 10_000
SERVER_DEATHS: Final = 3
"""So many servers may die while one job runs; then it has failed."""
LOSSES: Final = 1
"""So often a job goes back into the queue when the worker that ran it is lost."""

WAITING = "id, seq, number, client, attempt, created"


@dataclass(frozen=True, slots=True)
class NewJob:
    """What was posted. prompt, extra, targets: JSON. number: the lowest runs first; None: after
    all that were posted before, or, with `front`, before them."""

    id: str
    prompt: bytes
    extra: bytes = b"{}"
    targets: bytes = b"[]"
    client: str = ""
    number: float | None = None
    front: bool = False
    created: float = 0.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A job that waits; attempt: how often it has begun. created: seconds since 1970."""

    id: str
    seq: int
    number: float
    client: str
    attempt: int
    created: float

    @property
    def order(self) -> tuple[float, int]:
        """Jobs run in this order."""
        return (self.number, self.seq)


@dataclass(frozen=True, slots=True)
class Accepted:
    """fresh: it was not there before. equal: an old one of this id has the same prompt."""

    job: Waiting
    fresh: bool
    equal: bool = True


@dataclass(frozen=True, slots=True)
class End:
    """How a run ended. state: "done", "failed" or "cancelled"; the rest is JSON."""

    state: str
    started: float
    ended: float
    outputs: bytes = b"{}"
    meta: bytes = b"{}"
    messages: bytes = b"[]"


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a server found at its start. waiting: in the order they will run; again: those of them
    that ran when the last server died; failed: ids of those that have died too often."""

    waiting: Sequence[Waiting]
    again: Sequence[str]
    failed: Sequence[str]
    paused: bool


class Jobs:
    """The jobs in one database. kept: how many that have ended are remembered."""

    def __init__(self, database: Database, kept: int = KEPT) -> None:
        self._db = database
        self._kept = kept
        self._seq, self._ending = database.now(_last_numbers)

    def recover(self, messages: Callable[[str], bytes], now: float) -> Recovered:
        """Bring back what ran when the last server died. To be called once, before all else.

        messages: the messages (JSON) of a job, by id, that failed since it has died too often.
        """
        return self._db.now(lambda db: self._recover(db, messages, now))

    def accept(self, new: NewJob) -> "Future[Accepted]":
        """Take a job in, unless its id is known."""
        return self._db.write(lambda db: self._accept(db, new), "accept")

    def start(self, id: str, attempt: int, now: float) -> "Future[bool]":
        """queued → running(attempt). False if it isn't queued."""

        def work(db: sqlite3.Connection) -> bool:
            done = db.execute(
                "UPDATE jobs SET state = 'running', attempt = ?, started = ? "
                "WHERE id = ? AND state = 'queued'",
                (attempt, now, id),
            )
            return done.rowcount == 1

        return self._db.write(work, "start")

    def end(self, id: str, attempt: int, end: End) -> "Future[bool]":
        """running(attempt) → done, failed or cancelled.

        False if it does not run with this attempt: then nothing has changed. A start that could
        not be written (a full disk) is made up for.
        """
        return self._db.write(lambda db: self._end(db, id, attempt, end), "end")

    def put_back(self, id: str, attempt: int) -> "Future[bool]":
        """running(attempt) → queued, through no fault of its own (the server is stopped)."""

        def work(db: sqlite3.Connection) -> bool:
            done = db.execute(
                "UPDATE jobs SET state = 'queued', started = NULL "
                "WHERE id = ? AND attempt = ? AND state = 'running'",
                (id, attempt),
            )
            return done.rowcount == 1

        return self._db.write(work, "put_back")

    def lose(self, id: str, attempt: int) -> "Future[Waiting | None]":
        """running(attempt) → queued, since its worker was lost through no fault of the job.

        None if that has happened to it as often as may be: then nothing has changed. A start that
        could not be written is made up for.
        """

        def work(db: sqlite3.Connection) -> Waiting | None:
            done = db.execute(
                "UPDATE jobs SET state = 'queued', started = NULL, losses = losses + 1, "
                "attempt = ? WHERE id = ? AND losses < ? "
                "AND (state = 'running' AND attempt = ? OR state = 'queued' AND attempt = ? - 1)",
                (attempt, id, LOSSES, attempt, attempt),
            )
            return one_waiting(db, id) if done.rowcount == 1 else None

        return self._db.write(work, "lose")

    def retry(self, ids: Iterable[str]) -> "Future[list[Waiting]]":
        """failed or cancelled → queued, behind all others. The jobs that were."""
        wanted = list(ids)
        return self._db.write(lambda db: self._retry(db, wanted), "retry")

    def move(self, numbers: Mapping[str, float]) -> "Future[None]":
        """Give queued jobs other numbers."""
        wanted = [(number, id) for id, number in numbers.items()]

        def work(db: sqlite3.Connection) -> None:
            db.executemany("UPDATE jobs SET number = ? WHERE id = ? AND state = 'queued'", wanted)

        return self._db.write(work, "move")

    def delete(self, ids: Iterable[str]) -> "Future[None]":
        """queued → absent."""
        wanted = [(id,) for id in ids]

        def work(db: sqlite3.Connection) -> None:
            db.executemany("DELETE FROM jobs WHERE id = ? AND state = 'queued'", wanted)

        return self._db.write(work, "delete")

    def forget(self, ids: Iterable[str] | None) -> "Future[None]":
        """Ended → absent; None means all that have ended."""
        wanted = None if ids is None else [(id,) for id in ids]

        def work(db: sqlite3.Connection) -> None:
            if wanted is None:
                db.execute("DELETE FROM jobs WHERE ending IS NOT NULL")
            else:
                db.executemany("DELETE FROM jobs WHERE id = ? AND ending IS NOT NULL", wanted)

        return self._db.write(work, "forget")

    def pause(self, paused: bool) -> "Future[None]":
        """Remember whether jobs may begin."""

        def work(db: sqlite3.Connection) -> None:
            db.execute("INSERT OR REPLACE INTO settings VALUES ('paused', ?)", (int(paused),))

        return self._db.write(work, "pause")

    def _accept(self, db: sqlite3.Connection, new: NewJob) -> Accepted:
        seq = self._seq + 1
        number = new.number if new.number is not None else (-seq if new.front else seq)
        done = db.execute(
            "INSERT INTO jobs (seq, id, state, number, client, prompt, extra, targets, created) "
            "VALUES (?, ?, 'queued', ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
            (seq, new.id, number, new.client, new.prompt, new.extra, new.targets, new.created),
        )
        if done.rowcount == 1:
            self._seq = seq
            return Accepted(Waiting(new.id, seq, number, new.client, 0, new.created), fresh=True)
        *known, prompt = db.execute(
            f"SELECT {WAITING}, prompt FROM jobs WHERE id = ?", (new.id,)
        ).fetchone()
        return Accepted(Waiting(*known), fresh=False, equal=_equal(prompt, new.prompt))

    def _end(self, db: sqlite3.Connection, id: str, attempt: int, end: End) -> bool:
        done = db.execute(
            "UPDATE jobs SET state = ?, ended = ?, outputs = ?, meta = ?, messages = ?, "
            "ending = ?, attempt = ?, started = coalesce(started, ?) WHERE id = ? "
            "AND (state = 'running' AND attempt = ? OR state = 'queued' AND attempt = ? - 1)",
            (
                *(end.state, end.ended, end.outputs, end.meta, end.messages),
                *(self._ending + 1, attempt, end.started, id, attempt, attempt),
            ),
        )
        if done.rowcount == 0:
            return False
        self._ending += 1
        db.execute("DELETE FROM jobs WHERE ending <= ?", (self._ending - self._kept,))
        return True

    def _retry(self, db: sqlite3.Connection, ids: list[str]) -> list[Waiting]:
        found = list[Waiting]()
        for id in ids:
            done = db.execute(
                "UPDATE jobs SET state = 'queued', number = ?, deaths = 0, losses = 0, "
                "started = NULL, ended = NULL, ending = NULL, outputs = NULL, meta = NULL, "
                "messages = NULL WHERE id = ? AND state IN ('failed', 'cancelled')",
                (self._seq + 1, id),
            )
            if done.rowcount == 1:
                self._seq += 1
                found.append(one_waiting(db, id))
        return found

    def _recover(
        self, db: sqlite3.Connection, messages: Callable[[str], bytes], now: float
    ) -> Recovered:
        db.execute("UPDATE jobs SET deaths = deaths + 1 WHERE state = 'running'")
        ran = db.execute("SELECT id, attempt, deaths FROM jobs WHERE state = 'running'").fetchall()
        failed = [(id, attempt) for id, attempt, deaths in ran if deaths >= SERVER_DEATHS]
        for id, attempt in failed:
            self._end(db, id, attempt, End("failed", now, now, messages=messages(id)))
        db.execute("UPDATE jobs SET state = 'queued', started = NULL WHERE state = 'running'")
        rows = db.execute(f"SELECT {WAITING} FROM jobs WHERE state = 'queued' ORDER BY number, seq")
        gone = {id for id, _ in failed}
        return Recovered(
            [Waiting(*row) for row in rows],
            [id for id, _, _ in ran if id not in gone],
            sorted(gone),
            _paused(db),
        )


def one_waiting(db: sqlite3.Connection, id: str) -> Waiting:
    """The job of that id, which must be there."""
    return Waiting(*db.execute(f"SELECT {WAITING} FROM jobs WHERE id = ?", (id,)).fetchone())


def _last_numbers(db: sqlite3.Connection) -> tuple[int, int]:
    """The highest seq and the last ending."""
    return db.execute("SELECT coalesce(max(seq), 0), coalesce(max(ending), 0) FROM jobs").fetchone()


def _paused(db: sqlite3.Connection) -> bool:
    row = db.execute("SELECT value FROM settings WHERE key = 'paused'").fetchone()
    return bool(row and row[0])


def _equal(one: bytes, other: bytes) -> bool:
    """Whether two JSON texts say the same, whatever the order of their keys."""
    if one == other:
        return True
    return _sorted(one) == _sorted(other)


def _sorted(text: bytes) -> str:
    parsed: Any = json.loads(text)
    return json.dumps(parsed, sort_keys=True)
