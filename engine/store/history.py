"""Looking jobs up: what waits, what has ended, and what was asked for. Changes nothing.

Every function is a read for `Database.read`. JSON stays the text that was kept.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

MANY: Final = 500  # ids in one query

_BODY = "id, prompt, extra, targets"
_ENTRY = (
    "id, number, state, attempt, client, created, started, ended, prompt, extra, targets, "
    "outputs, meta, messages"
)


@dataclass(frozen=True, slots=True)
class Body:
    """What a job is to do, as JSON texts."""

    id: str
    prompt: bytes
    extra: bytes
    targets: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """All that is known of a job. Times in seconds since 1970; outputs, meta and messages are
    JSON, None until it has ended."""

    id: str
    number: float
    state: str
    attempt: int
    client: str
    created: float
    started: float | None
    ended: float | None
    prompt: bytes
    extra: bytes
    targets: bytes
    outputs: bytes | None
    meta: bytes | None
    messages: bytes | None


def bodies(db: sqlite3.Connection, ids: Iterable[str]) -> dict[str, Body]:
    """What these jobs are to do; an id that is not known is left out."""
    wanted, found = list(ids), dict[str, Body]()
    for start in range(0, len(wanted), MANY):
        some = wanted[start : start + MANY]
        marks = ", ".join("?" * len(some))
        for row in db.execute(f"SELECT {_BODY} FROM jobs WHERE id IN ({marks})", some):
            found[row[0]] = Body(*row)
    return found


def documents(db: sqlite3.Connection, most: int) -> dict[str, str]:
    """Which documents the last jobs came from that have not ended, by job."""
    rows = db.execute(
        "SELECT id, json_extract(CAST(extra AS TEXT), '$.easel.doc') AS doc FROM jobs"
        " WHERE state IN ('queued', 'running') AND doc IS NOT NULL"
        " ORDER BY number DESC LIMIT ?",
        (most,),
    )
    return {id: str(doc) for id, doc in rows}


def entry(db: sqlite3.Connection, id: str) -> Entry | None:
    """The job of that id, whatever its state."""
    row = db.execute(f"SELECT {_ENTRY} FROM jobs WHERE id = ?", (id,)).fetchone()
    return Entry(*row) if row else None


def ended(db: sqlite3.Connection, count: int | None, offset: int | None) -> list[Entry]:
    """Jobs that have ended, the first that ended first.

    count: at most so many, None for all. offset: how many to skip from the oldest; None for the
    last `count`.
    """
    order = "WHERE ending IS NOT NULL ORDER BY ending"
    if count is not None and offset is None:
        rows = db.execute(f"SELECT {_ENTRY} FROM jobs {order} DESC LIMIT ?", (max(count, 0),))
        return [Entry(*row) for row in rows][::-1]
    limits = (-1 if count is None else max(count, 0), max(offset or 0, 0))
    rows = db.execute(f"SELECT {_ENTRY} FROM jobs {order} LIMIT ? OFFSET ?", limits)
    return [Entry(*row) for row in rows]


def listed(
    db: sqlite3.Connection,
    states: Sequence[str],
    *,
    by_duration: bool = False,
    descending: bool = True,
    count: int | None = None,
    offset: int = 0,
) -> tuple[list[Entry], int]:
    """Jobs in any of `states`, by when they were posted (or how long they took); and how many
    there are in all."""
    marks = ", ".join("?" * len(states))
    where = f"FROM jobs WHERE state IN ({marks})"
    total = db.execute(f"SELECT count(*) {where}", tuple(states)).fetchone()[0]
    column = "coalesce(ended - started, 0)" if by_duration else "created"
    way = "DESC" if descending else "ASC"
    rows = db.execute(
        f"SELECT {_ENTRY} {where} ORDER BY {column} {way}, seq {way} LIMIT ? OFFSET ?",
        (*states, -1 if count is None else max(count, 0), max(offset, 0)),
    )
    return [Entry(*row) for row in rows], total


def temporary(db: sqlite3.Connection) -> Iterable[bytes]:
    """The outputs (JSON) of all jobs that have ended and name a file in `temp`."""
    rows = db.execute("SELECT outputs FROM jobs WHERE instr(outputs, '\"temp\"')")
    return [outputs for (outputs,) in rows]
