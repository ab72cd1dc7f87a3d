"""Brings an SQLite store up to date by numbered, forward-only steps from ``migrations/sqlite/``."""

import re
import sqlite3
from collections.abc import Iterator
from importlib.resources import files

from graph_service.errors import Place, StoreCorrupt, StoreNotMigrated, StoreTooNew

APPLICATION_ID = 0x424B4F4D
"""Marks a file as ours ("BKOM") in SQLite's header, so that a foreign database is never migrated."""


def steps() -> list[tuple[int, str]]:
    """The migrations as (number, SQL), ascending."""
    folder = files("graph_service.store") / "migrations" / "sqlite"
    found = [
        (int(m[1]), f.read_text("utf-8")) for f in folder.iterdir() if (m := re.match(r"(\d{4})_\w+\.sql", f.name))
    ]
    return sorted(found)


def statements(script: str) -> Iterator[str]:
    """The single statements of a script."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


def version(connection: sqlite3.Connection) -> int:
    """The number of the last step that was applied."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, name: str, *, allowed: bool = True) -> int:
    """Apply the missing steps, each in a transaction; return how many.

    Raises StoreTooNew, StoreCorrupt (a foreign database), StoreNotMigrated (steps are missing but not ``allowed``).
    """
    latest = steps()[-1][0]
    current = version(connection)
    if current > latest:
        raise StoreTooNew(f"a database of version {latest} or older", f"version {current}", Place(file=name))
    if current == latest:
        return 0
    empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    ours = connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
    if not empty and not ours:
        raise StoreCorrupt("a Bündniskompass database", "another application's database", Place(file=name))
    if not empty and not allowed:
        raise StoreNotMigrated(
            "a database that is up to date: run `kompass migrate`", f"version {current}", Place(file=name)
        )
    applied = 0
    for number, script in steps():
        connection.execute("BEGIN IMMEDIATE")
        try:
            # another process may have applied this step while we waited for the lock
            if version(connection) < number:
                for statement in statements(script):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {number}")
                applied += 1
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    return applied
