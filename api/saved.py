"""Addresses that people keep under a name: a comparison, a list with their own weights, a view of the network.

Every question of the service has an address, so keeping one keeps the question; it never knows what an address shows.
"""

import re
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from api.accounts.keys import new_id
from api.accounts.model import Clock, moment, utc_now
from api.http.errors import Conflict
from api.state import StateDatabase
from graph_service.errors import InvalidValue, NotFound, Place

PART = "saved"
STEPS = (
    """
CREATE TABLE saved (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    saved_at INTEGER NOT NULL,
    UNIQUE (account, name)
) WITHOUT ROWID;
""",
)
MOST = 200
LONGEST_NAME = 120
LONGEST_ADDRESS = 8_000
NAME = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"
"""One line of text that is not blank."""
ADDRESS = r"^/([^/\\\x00-\x1f\x7f-\x9f][^\\\x00-\x1f\x7f-\x9f]*)?$"
"""A path of this site with its query: no other host, nothing that browsers pass over."""


@dataclass(frozen=True, slots=True)
class Saved:
    """An address with the name it is kept under."""

    id: str
    name: str
    address: str
    saved_at: datetime


class SavedAddresses:
    """Keeps them for each account."""

    def __init__(self, state: StateDatabase, *, clock: Clock = utc_now) -> None:
        """Keep them in this database, whose tables are brought up to date."""
        state.migrate(PART, STEPS)
        self._state, self._clock = state, clock

    def of(self, account: str) -> list[Saved]:
        """An account's, by name."""
        with self._state.read() as connection:
            rows = connection.execute("SELECT * FROM saved WHERE account = ? ORDER BY name", (account,)).fetchall()
        return [_saved(row) for row in rows]

    def keep(self, account: str, name: str, address: str) -> Saved:
        """Keep an address of this site; under a name that is taken it replaces the other. Raises InvalidValue."""
        name = _name(name)
        if not _own(address):
            raise InvalidValue("an address of this site", address, Place(column="address"))
        with self._state.write() as connection:
            taken = connection.execute(
                "SELECT id FROM saved WHERE account = ? AND name = ?", (account, name)
            ).fetchone()
            (count,) = connection.execute("SELECT count(*) FROM saved WHERE account = ?", (account,)).fetchone()
            if taken is None and count >= MOST:
                raise Conflict(f"at most {MOST} kept addresses", count)
            id = new_id() if taken is None else str(taken["id"])
            connection.execute(
                "INSERT OR REPLACE INTO saved VALUES (?, ?, ?, ?, ?)",
                (id, account, name, address, int(self._clock().timestamp())),
            )
            return _saved(connection.execute("SELECT * FROM saved WHERE id = ?", (id,)).fetchone())

    def get(self, account: str, id: str) -> Saved:
        """One of an account's; raises NotFound."""
        with self._state.read() as connection:
            row = connection.execute("SELECT * FROM saved WHERE account = ? AND id = ?", (account, id)).fetchone()
        if row is None:
            raise NotFound("a kept address", id)
        return _saved(row)

    def rename(self, account: str, id: str, name: str) -> None:
        """Call one something else; raises NotFound, InvalidValue, Conflict where another is called that."""
        name = _name(name)
        with self._state.write() as connection:
            other = connection.execute(
                "SELECT id FROM saved WHERE account = ? AND name = ? AND id <> ?", (account, name, id)
            ).fetchone()
            if other is not None:
                raise Conflict("a name that nothing else is kept under", name)
            if not connection.execute(
                "UPDATE saved SET name = ? WHERE account = ? AND id = ?", (name, account, id)
            ).rowcount:
                raise NotFound("a kept address", id)

    def forget(self, account: str, id: str) -> None:
        """Forget one; raises NotFound."""
        with self._state.write() as connection:
            if not connection.execute("DELETE FROM saved WHERE account = ? AND id = ?", (account, id)).rowcount:
                raise NotFound("a kept address", id)


def _name(name: str) -> str:
    found = " ".join(name.split())
    if not 1 <= len(found) <= LONGEST_NAME or not re.match(NAME, found):
        raise InvalidValue(f"a name of 1 to {LONGEST_NAME} characters", found, Place(column="name"))
    return found


def _own(address: str) -> bool:
    """Whether it leads to a page of this site, and not out of it."""
    parts = urlsplit(address)
    # JSON can hold halves of characters, UTF-8 cannot
    whole = not any("\ud800" <= each <= "\udfff" for each in address)
    return len(address) <= LONGEST_ADDRESS and whole and bool(re.fullmatch(ADDRESS, address)) and not parts.netloc


def _saved(row: sqlite3.Row) -> Saved:
    return Saved(row["id"], row["name"], row["address"], moment(row["saved_at"]))
