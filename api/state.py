"""The service's own database beside the graph: accounts, sessions, tokens, jobs, queues; never graph data.

Each part of the service owns its tables: it calls ``migrate`` with its name and its numbered steps, then works in
``read()`` and ``write()``. Nothing here knows what the tables mean.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Self

from graph_service.errors import Place, StoreCorrupt, StoreReadOnly, StoreTooNew
from graph_service.store.migrate import statements
from graph_service.store.sqlite_connections import Connections
from graph_service.store.sqlite_errors import sqlite_errors

FILE = "state.db"
BUSY_SECONDS = 30.0
APPLICATION_ID = 0x424B5354
"""Marks a file as ours ("BKST") in SQLite's header: neither a graph store nor a foreign database is ever changed."""

_PARTS = "CREATE TABLE parts (name TEXT PRIMARY KEY, step INTEGER NOT NULL) WITHOUT ROWID"


class StateDatabase:
    """One file for all processes of a service; a connection per thread, writers queue.

    It holds personal data and digests of secrets, so only its owner may read the file.
    """

    def __init__(self, path: Path) -> None:
        """Open or create the file; raises StoreError."""
        self.path = path
        self._connections = Connections(self._open)
        with self._errors():
            self._create()
            with self._connections.mine() as connection:
                if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                    self._claim(connection)
                connection.execute("PRAGMA journal_mode = WAL")

    @classmethod
    def within(cls, folder: Path) -> Self:
        """The database of a state folder; raises StoreError."""
        return cls(folder / FILE)

    def migrate(self, part: str, steps: Sequence[str]) -> int:
        """Apply the steps of a part that were not applied before, all or none; return how many.

        A step is an SQL script, each statement beginning on a line of its own. Steps are only ever added at the end.
        Raises StoreTooNew, StoreError.
        """
        with self.read() as connection:
            if _step(connection, part) == len(steps):
                return 0
        with self.write() as connection:
            # another process may have applied them while we waited
            done = _step(connection, part)
            if done > len(steps):
                place = Place(file=str(self.path), table=part)
                raise StoreTooNew(f"a database of version {len(steps)} or older", f"version {done}", place)
            for script in steps[done:]:
                for statement in statements(script.rstrip().removesuffix(";") + ";"):
                    connection.execute(statement)
            connection.execute("INSERT OR REPLACE INTO parts VALUES (?, ?)", (part, len(steps)))
            return len(steps) - done

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """One snapshot; rows are found by column name. Within a ``write()`` of the same thread it sees that one."""
        with self._errors(), self._connections.mine() as connection:
            if connection.in_transaction:
                yield connection
                return
            with _transaction(connection, "BEGIN", "COMMIT", "ROLLBACK"):
                connection.execute("PRAGMA query_only = ON")
                try:
                    yield connection
                finally:
                    connection.execute("PRAGMA query_only = OFF")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or nothing. Within another ``write()`` it is kept or taken back with that one.

        What SQLite refuses, a broken constraint too, becomes a StoreError outside; catch IntegrityError within.
        """
        with self._errors(), self._connections.mine() as connection:
            if connection.execute("PRAGMA query_only").fetchone()[0]:
                raise RuntimeError("write() within read(): begin with write()")
            if not connection.in_transaction:
                with _transaction(connection, "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"):
                    yield connection
            else:
                back = "ROLLBACK TO inner; RELEASE inner"
                with _transaction(connection, "SAVEPOINT inner", "RELEASE inner", back):
                    yield connection

    def close(self) -> None:
        """Close every thread's connection; the next use opens anew."""
        self._connections.close()

    def _create(self) -> None:
        place = Place(file=str(self.path))
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.touch(mode=0o600)
        except OSError as error:
            raise StoreReadOnly("a file and folder that can be written", error.strerror or error, place) from None

    def _claim(self, connection: sqlite3.Connection) -> None:
        """Mark an empty file as ours, and refuse another one."""
        with _transaction(connection, "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"):
            if connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID:
                return  # another process was faster
            if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                place = Place(file=str(self.path))
                raise StoreCorrupt("a Bündniskompass database", "another application's database", place)
            connection.execute(_PARTS)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # what is erased is overwritten, not only forgotten
        connection.execute("PRAGMA secure_delete = ON")
        return connection

    def _errors(self) -> AbstractContextManager[None]:
        return sqlite_errors(self.path, BUSY_SECONDS)


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str, keep: str, take_back: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute(keep)
    except BaseException:
        # a full disk may have ended the transaction already
        if connection.in_transaction:
            for statement in take_back.split("; "):
                connection.execute(statement)
        raise


def _step(connection: sqlite3.Connection, part: str) -> int:
    row = connection.execute("SELECT step FROM parts WHERE name = ?", (part,)).fetchone()
    return int(row["step"]) if row else 0
