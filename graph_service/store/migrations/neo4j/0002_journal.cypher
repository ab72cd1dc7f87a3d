// Who changed what: single edits with the record before and after, exchanged datasets with counts.
CREATE CONSTRAINT entry_number IF NOT EXISTS FOR (e:JournalEntry) REQUIRE e.number IS UNIQUE;
CREATE INDEX entry_revision IF NOT EXISTS FOR (e:JournalEntry) ON (e.revision);
CREATE INDEX entry_source IF NOT EXISTS FOR (e:JournalEntry) ON (e.source);
CREATE INDEX entry_target IF NOT EXISTS FOR (e:JournalEntry) ON (e.target);
