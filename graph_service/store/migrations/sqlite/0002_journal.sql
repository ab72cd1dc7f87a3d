-- Who changed what: single edits with the record before and after, exchanged datasets with counts.
CREATE TABLE journal (
    number INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL,
    at INTEGER NOT NULL,
    dataset TEXT NOT NULL,
    author TEXT NOT NULL,
    origin TEXT NOT NULL,
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    before TEXT,
    after TEXT,
    changes TEXT NOT NULL
);
CREATE INDEX journal_by_revision ON journal (revision);
CREATE INDEX journal_by_source ON journal (source, number) WHERE source != '';
CREATE INDEX journal_by_target ON journal (target, number) WHERE target != '';
