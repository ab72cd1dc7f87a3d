-- Claims of datasets, kept apart; what is shown is merged when it is read.
CREATE TABLE state (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO state (name, value) VALUES ('revision', 0), ('identity', random());

CREATE TABLE dataset (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    precedence INTEGER NOT NULL,
    properties TEXT NOT NULL,
    updated_at INTEGER NOT NULL
);

CREATE TABLE node_claim (
    key TEXT NOT NULL,
    dataset INTEGER NOT NULL REFERENCES dataset (number),
    properties TEXT NOT NULL,
    named INTEGER NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (key, dataset)
) WITHOUT ROWID;

CREATE TABLE edge_claim (
    type TEXT NOT NULL,
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    qualifier TEXT NOT NULL,
    dataset INTEGER NOT NULL REFERENCES dataset (number),
    properties TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (type, source, target, qualifier, dataset)
) WITHOUT ROWID;
-- From its source an edge is found through the primary key, as there are few types.
CREATE INDEX edge_claim_by_target ON edge_claim (target);

CREATE TABLE boundary_claim (
    municipality TEXT NOT NULL,
    dataset INTEGER NOT NULL REFERENCES dataset (number),
    geometry TEXT NOT NULL,
    territory_date TEXT,
    since INTEGER NOT NULL,
    PRIMARY KEY (municipality, dataset)
) WITHOUT ROWID;

-- One row is one series; periods, points and flags are JSON arrays of equal length, flags NULL where there are none.
CREATE TABLE series_claim (
    municipality TEXT NOT NULL,
    indicator TEXT NOT NULL,
    dataset INTEGER NOT NULL REFERENCES dataset (number),
    periods TEXT NOT NULL,
    points TEXT NOT NULL,
    flags TEXT,
    since INTEGER NOT NULL,
    PRIMARY KEY (municipality, indicator, dataset)
) WITHOUT ROWID;
