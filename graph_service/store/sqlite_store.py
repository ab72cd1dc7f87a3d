"""The default store: one SQLite file (WAL, synchronous FULL), one writer at a time, needs nothing installed."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeVar

from graph_service.errors import Place, StoreReadOnly
from graph_service.store.contract import Reader, Writer
from graph_service.store.journal import UNSIGNED, Signature
from graph_service.store.migrate import migrate as bring_up_to_date
from graph_service.store.sqlite_connections import Connections
from graph_service.store.sqlite_errors import sqlite_errors
from graph_service.store.sqlite_reader import SQLiteReader
from graph_service.store.sqlite_writer import SQLiteWriter

T = TypeVar("T")

BUSY_SECONDS = 60.0
WRITING_KIB = 65_536
"""What a connection holds of the file while it writes much, so that pages are not written and read again and again."""
READING_KIB = 2_048
"""What each connection holds of it otherwise; the system keeps the file's pages once for all of them."""


class SQLiteStore:
    """Keeps the graph in one file; a connection per thread, writers queue."""

    def __init__(self, path: Path, *, migrate: bool = True) -> None:
        """Open or create the file; raises StoreError."""
        self.path = path
        self._connections = Connections(self._open)
        with self._errors():
            self._writable = self._can_write()
            with self._connections.mine() as connection:
                if self._writable:
                    bring_up_to_date(connection, path.name, allowed=migrate)
                    connection.execute("PRAGMA journal_mode = WAL")
                elif not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                    raise StoreReadOnly("a store that exists or can be created", path.name)

    @property
    def url(self) -> str:
        """The store's address."""
        return f"sqlite:///{self.path}"

    def read(self, work: Callable[[Reader], T]) -> T:
        """Run a unit of work on one snapshot."""
        with self._errors(), self._transaction("BEGIN") as connection:
            return work(SQLiteReader(connection))

    def write(self, work: Callable[[Writer], T], signature: Signature = UNSIGNED) -> T:
        """Run a unit of work: all of it or none."""
        return self._write(work, signature, keep=True)

    def rehearse(self, work: Callable[[Writer], T]) -> T:
        """Run a unit of work and take it back."""
        return self._write(work, UNSIGNED, keep=False)

    def close(self) -> None:
        """Close every thread's connection."""
        self._connections.close()

    def _write(self, work: Callable[[Writer], T], signature: Signature, *, keep: bool) -> T:
        if not self._writable:
            raise StoreReadOnly("a file that can be written", self.path.name)
        with self._errors(), self._room_to_write(), self._transaction("BEGIN IMMEDIATE", keep=keep) as connection:
            writer = SQLiteWriter(connection, signature)
            result = work(writer)
            if writer.changed:
                connection.execute("UPDATE state SET value = value + 1 WHERE name = 'revision'")
            return result

    def _can_write(self) -> bool:
        if self.path.exists():
            return os.access(self.path, os.W_OK) and os.access(self.path.parent, os.W_OK)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreReadOnly(
                "a folder in which the store can be created", error, Place(file=str(self.path))
            ) from None
        return True

    def _open(self) -> sqlite3.Connection:
        # without write access not even the WAL's index can be made: the file is read as it stands
        how = "" if self._writable else "?immutable=1"
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}{how}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA cache_size = -{READING_KIB}")
        return connection

    @contextmanager
    def _room_to_write(self) -> Iterator[None]:
        """Let this thread's connection hold much while it writes, and no longer: a service has many of them."""
        with self._connections.mine() as connection:
            connection.execute(f"PRAGMA cache_size = -{WRITING_KIB}")
            try:
                yield
            finally:
                connection.execute(f"PRAGMA cache_size = -{READING_KIB}")
                connection.execute("PRAGMA shrink_memory")

    @contextmanager
    def _transaction(self, begin: str, *, keep: bool = True) -> Iterator[sqlite3.Connection]:
        with self._connections.mine() as connection:
            connection.execute(begin)
            try:
                yield connection
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT" if keep else "ROLLBACK")

    def _errors(self) -> AbstractContextManager[None]:
        """Turn SQLite's errors into ours."""
        return sqlite_errors(self.path, BUSY_SECONDS)
