"""Says SQLite's errors as ours: one clear line about the file, whatever is kept in it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph_service.errors import Place, StoreBusy, StoreCorrupt, StoreError, StoreFull, StoreReadOnly


@contextmanager
def sqlite_errors(path: Path, busy_seconds: float) -> Iterator[None]:
    """Turn what SQLite raises about this file into a StoreError."""
    place = Place(file=str(path))
    try:
        yield
    except sqlite3.DatabaseError as error:
        # sqlite_errorcode's low byte is the primary result code
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise StoreCorrupt("an undamaged SQLite file: restore a backup", error, place) from error
        if code == sqlite3.SQLITE_FULL:
            raise StoreFull("free space on the disk; nothing was changed", error, place) from error
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            raise StoreReadOnly("a file and folder that can be written", error, place) from error
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise StoreBusy(f"the store to be free within {busy_seconds:g} s", error, place) from error
        raise StoreError("a store that works", error, place) from error
