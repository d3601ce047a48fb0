"""What is kept of documents: the last saved state, every edit since, and earlier versions.

Each function is work for `Database.write` or `Database.read`. JSON is kept as text and never read
here; nothing is known of files.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from engine.errors import StoreError

EDITS: Final = 10_000  # that are kept of one document, for who was away
VERSIONS: Final = 100
VERSION_BYTES: Final = 64 * 2**20  # of one document's versions together; the latest stays always


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit that took effect. ops: JSON."""

    rev: int
    client: str
    clock: int
    ops: bytes


@dataclass(frozen=True, slots=True)
class Saved:
    """A document as it was saved last. epoch: what its revisions are counted in; content: JSON at
    `rev`; digest: of the file that held it; coming: of the file that was then being written."""

    epoch: str
    rev: int
    content: bytes
    digest: str
    coming: str
    picture: str


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier state. at: seconds since 1970; size: bytes."""

    number: int
    rev: int
    at: float
    size: int


def load(db: sqlite3.Connection, name: str) -> tuple[Saved, list[Edit]] | None:
    """A document and its edits, the oldest first; also those before it was saved."""
    row = db.execute(
        "SELECT epoch, rev, content, digest, coming, picture FROM documents WHERE name = ?", (name,)
    ).fetchone()
    if row is None:
        return None
    edits = db.execute(
        "SELECT rev, client, clock, ops FROM edits WHERE name = ? ORDER BY rev", (name,)
    )
    return Saved(*row), [Edit(*one) for one in edits]


def begin(db: sqlite3.Connection, name: str, saved: Saved) -> None:
    """Keep a document from here on; what was kept under the name goes, but for its versions."""
    db.execute("DELETE FROM edits WHERE name = ?", (name,))
    db.execute(
        "INSERT OR REPLACE INTO documents (name, epoch, rev, content, digest, coming, picture) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (name, saved.epoch, saved.rev, saved.content, saved.digest, saved.coming, saved.picture),
    )


def add(db: sqlite3.Connection, name: str, edit: Edit) -> None:
    """Write an edit down.

    Raises `StoreError` if the one before it could not be written: it was made on top of that.
    """
    last = db.execute(
        "SELECT max(rev, coalesce((SELECT max(rev) FROM edits WHERE name = ?1), 0)) "
        "FROM documents WHERE name = ?1",
        (name,),
    ).fetchone()
    if last is None or last[0] != edit.rev - 1:
        raise StoreError("an edit before it could not be kept")
    db.execute(
        "INSERT INTO edits (name, rev, client, clock, ops) VALUES (?, ?, ?, ?, ?)",
        (name, edit.rev, edit.client, edit.clock, edit.ops),
    )


def announce(db: sqlite3.Connection, name: str, digest: str) -> None:
    """Say which content a file is about to get."""
    db.execute("UPDATE documents SET coming = ? WHERE name = ?", (digest, name))


def save(
    db: sqlite3.Connection, name: str, *, rev: int, content: bytes, digest: str, at: float
) -> None:
    """A file holds this state now; keep it as a version too, and let old ones go."""
    db.execute(
        "UPDATE documents SET rev = ?, content = ?, digest = ?, coming = '' WHERE name = ?",
        (rev, content, digest, name),
    )
    db.execute("DELETE FROM edits WHERE name = ? AND rev <= ?", (name, rev - EDITS))
    keep_version(db, name, rev, content, at)


def keep_version(db: sqlite3.Connection, name: str, rev: int, content: bytes, at: float) -> None:
    """Keep a state, unless the last one kept is the same."""
    last = db.execute(
        "SELECT number, content FROM versions WHERE name = ? ORDER BY number DESC LIMIT 1", (name,)
    ).fetchone()
    if last is not None and last[1] == content:
        return
    number = last[0] + 1 if last is not None else 1
    db.execute(
        "INSERT INTO versions (name, number, rev, at, content) VALUES (?, ?, ?, ?, ?)",
        (name, number, rev, at, content),
    )
    sizes = db.execute(
        "SELECT number, length(content) FROM versions WHERE name = ? ORDER BY number DESC", (name,)
    ).fetchall()
    used = 0
    for place, (old, size) in enumerate(sizes):
        used += size
        if place >= VERSIONS or (place > 0 and used > VERSION_BYTES):
            db.execute("DELETE FROM versions WHERE name = ? AND number <= ?", (name, old))
            return


def versions(db: sqlite3.Connection, name: str) -> list[Version]:
    """The earlier states that are kept, the latest first."""
    rows = db.execute(
        "SELECT number, rev, at, length(content) FROM versions WHERE name = ? ORDER BY number DESC",
        (name,),
    )
    return [Version(*row) for row in rows]


def version(db: sqlite3.Connection, name: str, number: int) -> bytes | None:
    """One earlier state; None if it is not kept."""
    row = db.execute(
        "SELECT content FROM versions WHERE name = ? AND number = ?", (name, number)
    ).fetchone()
    return row[0] if row else None


def rename(db: sqlite3.Connection, name: str, to: str) -> None:
    """Call a document otherwise; what the other name stood for goes."""
    forget(db, to)
    for table in ("documents", "edits", "versions"):
        db.execute(f"UPDATE {table} SET name = ? WHERE name = ?", (to, name))


def forget(db: sqlite3.Connection, name: str) -> None:
    """Keep nothing of a document."""
    for table in ("documents", "edits", "versions"):
        db.execute(f"DELETE FROM {table} WHERE name = ?", (name,))


def show(db: sqlite3.Connection, name: str, picture: str) -> None:
    """Remember the last picture (JSON) that came of a document."""
    db.execute("UPDATE documents SET picture = ? WHERE name = ?", (picture, name))


def pictures(db: sqlite3.Connection) -> dict[str, str]:
    """The last picture (JSON) of each document that has one."""
    rows: Sequence[tuple[str, str]] = db.execute(
        "SELECT name, picture FROM documents WHERE picture != ''"
    ).fetchall()
    return dict(rows)


def has_begun(db: sqlite3.Connection, name: str) -> bool:
    """Whether a document of that name is kept here that no file has yet."""
    row = db.execute("SELECT 1 FROM documents WHERE name = ? AND digest = ''", (name,)).fetchone()
    return row is not None


def unfiled(db: sqlite3.Connection) -> list[str]:
    """Documents with edits, none of which any file has."""
    rows = db.execute(
        "SELECT name FROM documents WHERE digest = '' "
        "AND EXISTS (SELECT 1 FROM edits WHERE edits.name = documents.name)"
    )
    return [name for (name,) in rows]


def unsaved(db: sqlite3.Connection) -> list[str]:
    """Documents with edits that no file has yet."""
    rows = db.execute(
        "SELECT name FROM documents WHERE EXISTS "
        "(SELECT 1 FROM edits WHERE edits.name = documents.name AND edits.rev > documents.rev)"
    )
    return [name for (name,) in rows]
