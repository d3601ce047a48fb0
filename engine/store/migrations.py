"""The tables, as a list of steps that only grows: `user_version` says how many were taken.

A step that stands here is never changed: files in the world have taken it already.
"""

from typing import Final

JOBS: Final = """
CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY,        -- order of acceptance
    id TEXT NOT NULL UNIQUE,        -- the prompt_id
    state TEXT NOT NULL,            -- queued, running, done, failed, cancelled
    number NUMERIC NOT NULL,        -- the lowest runs first; equal ones by seq
    attempt INTEGER NOT NULL DEFAULT 0,
    deaths INTEGER NOT NULL DEFAULT 0,  -- times that a server died while it ran
    client TEXT NOT NULL,           -- '' for none
    prompt BLOB NOT NULL,           -- JSON: the graph in API form
    extra BLOB NOT NULL,            -- JSON: extra_data
    targets BLOB NOT NULL,          -- JSON: ids of the output nodes to run
    created REAL NOT NULL,          -- seconds since 1970, as all times
    started REAL,
    ended REAL,
    ending INTEGER,                 -- order of ending; NULL while it waits or runs
    outputs BLOB,                   -- JSON: what each node showed
    meta BLOB,                      -- JSON: whose outputs they are
    messages BLOB                   -- JSON: [[type, data], ...]
);
CREATE INDEX jobs_waiting ON jobs (number, seq) WHERE ending IS NULL;
CREATE UNIQUE INDEX jobs_ended ON jobs (ending) WHERE ending IS NOT NULL;
CREATE TABLE settings (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
"""

DOCUMENTS: Final = """
CREATE TABLE documents (
    name TEXT PRIMARY KEY,
    epoch TEXT NOT NULL,            -- which history the revisions belong to
    rev INTEGER NOT NULL,           -- of the content
    content BLOB NOT NULL,          -- JSON, as it was saved last
    digest TEXT NOT NULL,           -- of the file that holds it; '' for none
    coming TEXT NOT NULL DEFAULT '',  -- of the file that is being written
    picture TEXT NOT NULL DEFAULT ''  -- JSON: the last picture that came of it
) WITHOUT ROWID;
CREATE TABLE edits (
    name TEXT NOT NULL,
    rev INTEGER NOT NULL,
    client TEXT NOT NULL,
    clock INTEGER NOT NULL,
    ops BLOB NOT NULL,              -- JSON
    PRIMARY KEY (name, rev)
) WITHOUT ROWID;
CREATE UNIQUE INDEX edits_once ON edits (name, client, clock);
CREATE TABLE versions (
    name TEXT NOT NULL,
    number INTEGER NOT NULL,
    rev INTEGER NOT NULL,
    at REAL NOT NULL,
    content BLOB NOT NULL,          -- JSON
    PRIMARY KEY (name, number)
);
"""

LOSSES: Final = """
ALTER TABLE jobs ADD COLUMN losses INTEGER NOT NULL DEFAULT 0;  -- workers lost while it ran
"""

STEPS: Final[tuple[str, ...]] = (JOBS, DOCUMENTS, LOSSES)
