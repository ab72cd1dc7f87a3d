"""The service's own database beside the graph: accounts, sessions, tokens, jobs, queues; never graph data."""

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from graph_service.errors import Place, StoreCorrupt, StoreReadOnly, StoreTooNew
from graph_service.store.migrate import statements
from graph_service.store.sqlite_errors import sqlite_errors

APPLICATION_ID = 0x424B5354
"""Marks the file as ours ("BKST") in SQLite's header."""

BUSY_SECONDS = 30.0


class StateDatabase:
    """One SQLite file for everything that is no graph: several threads and processes, one writer at a time.

    It holds personal data and digests of secrets, so only its owner may read the file.
    """

    def __init__(self, path: Path) -> None:
        """Open or create the file; raises StoreError."""
        self.path = path
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        with self._errors():
            self._create()
            connection = self._connection()
            found = connection.execute("PRAGMA application_id").fetchone()[0]
            empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
            if found != APPLICATION_ID and not empty:
                raise StoreCorrupt("a Bündniskompass database", "another application's database", self._place)
            if found != APPLICATION_ID:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute("CREATE TABLE IF NOT EXISTS parts (name TEXT PRIMARY KEY, version INTEGER NOT NULL)")

    def migrate(self, name: str, steps: Sequence[str]) -> None:
        """Bring the tables of a part up to date: scripts of SQL, each applied once, in order, never changed later.

        Raises StoreTooNew where a newer version of the program has been at work.
        """
        with self.read() as connection:
            current = _version(connection, name)
        if current > len(steps):
            raise StoreTooNew(f"a database of version {len(steps)} or older", f"version {current}", self._place)
        for number, script in enumerate(steps[current:], current + 1):
            with self.write() as connection:
                # another process may have applied this step while we waited for the lock
                if _version(connection, name) < number:
                    for statement in statements(script):
                        connection.execute(statement)
                    connection.execute("INSERT OR REPLACE INTO parts VALUES (?, ?)", (name, number))

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """One snapshot; rows are found by column name."""
        with self._errors(), self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction that is kept as a whole or not at all; raises StoreBusy, StoreFull, StoreReadOnly."""
        with self._errors(), self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def close(self) -> None:
        """Close every thread's connection."""
        with self._lock:
            for connection in self._open:
                connection.close()
            self._open.clear()
            self._local = threading.local()

    @property
    def _place(self) -> Place:
        return Place(file=str(self.path))

    def _create(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except OSError as error:
            raise StoreReadOnly("a folder in which the store can be created", error, self._place) from None

    def _connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            # what is erased is overwritten, not only forgotten
            connection.execute("PRAGMA secure_delete = ON")
            self._local.connection = connection
            with self._lock:
                self._open.append(connection)
        return connection

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        connection = self._connection()
        connection.execute(begin)
        try:
            yield connection
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def _errors(self) -> AbstractContextManager[None]:
        return sqlite_errors(self.path, BUSY_SECONDS)


def _version(connection: sqlite3.Connection, name: str) -> int:
    row = connection.execute("SELECT version FROM parts WHERE name = ?", (name,)).fetchone()
    return int(row["version"]) if row else 0
