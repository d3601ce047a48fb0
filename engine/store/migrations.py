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

STEPS: Final[tuple[str, ...]] = (JOBS,)
