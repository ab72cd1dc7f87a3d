"""What people want to be told by mail: nothing, unless they asked for it."""

import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from api.accounts.keys import new_id
from api.accounts.model import Clock, utc_now
from api.http.errors import Conflict
from api.language import day_of
from api.state import StateDatabase
from graph_service.errors import InvalidValue, NotFound, Place
from graph_service.keys import Label, NodeKey

PART = "notices"
STEPS = (
    """
CREATE TABLE notices (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('arrivals', 'freshness')),
    subject TEXT NOT NULL,
    told_until TEXT NOT NULL,
    UNIQUE (account, kind, subject)
) WITHOUT ROWID;
""",
)
MOST = 100


class Kind(StrEnum):
    """Of what somebody wants to be told."""

    ARRIVALS = "arrivals"
    """Who has arrived that can support a request."""
    FRESHNESS = "freshness"
    """Which records of the own municipality should be confirmed."""


EVERY = {Kind.ARRIVALS: timedelta(days=1), Kind.FRESHNESS: timedelta(days=30)}
"""How often at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What an account wants to be told of: of a request by its key, or of the own records (no subject)."""

    id: str
    account: str
    kind: Kind
    subject: NodeKey | None
    told_until: date
    """What happened before this day was told."""


class Notices:
    """Knows who wants to be told of what."""

    def __init__(self, state: StateDatabase, *, clock: Clock = utc_now) -> None:
        """Keep it in this database, whose tables are brought up to date."""
        state.migrate(PART, STEPS)
        self._state = state
        self._clock = clock

    def add(self, account: str, kind: Kind, subject: NodeKey | None = None) -> Notice:
        """Remember a wish; the same wish once more is the same. Raises InvalidValue, Conflict for too many."""
        is_request = subject is not None and subject.label is Label.REQUEST
        if is_request is not (kind is Kind.ARRIVALS) or (subject is not None and not is_request):
            raise InvalidValue(
                "the key of a request for arrivals, and none otherwise", subject, Place(column="subject")
            )
        with self._state.write() as connection:
            count = connection.execute("SELECT count(*) FROM notices WHERE account = ?", (account,)).fetchone()[0]
            if count >= MOST:
                raise Conflict(f"at most {MOST} notices for an account", count)
            connection.execute(
                "INSERT OR IGNORE INTO notices VALUES (?, ?, ?, ?, ?)",
                (new_id(), account, kind, subject or "", self._first(kind).isoformat()),
            )
            return _notice(
                connection.execute(
                    "SELECT * FROM notices WHERE account = ? AND kind = ? AND subject = ?",
                    (account, kind, subject or ""),
                ).fetchone()
            )

    def of(self, account: str) -> list[Notice]:
        """What an account wants to be told of."""
        with self._state.read() as connection:
            rows = connection.execute(
                "SELECT * FROM notices WHERE account = ? ORDER BY kind, subject", (account,)
            ).fetchall()
        return [_notice(row) for row in rows]

    def get(self, id: str) -> Notice:
        """A wish by its id; raises NotFound."""
        with self._state.read() as connection:
            row = connection.execute("SELECT * FROM notices WHERE id = ?", (id,)).fetchone()
        if row is None:
            raise NotFound("the id of a notice", id)
        return _notice(row)

    def remove(self, id: str) -> None:
        """Forget a wish; one that is forgotten already is nothing."""
        with self._state.write() as connection:
            connection.execute("DELETE FROM notices WHERE id = ?", (id,))

    def due(self) -> list[Notice]:
        """What can be told today."""
        today = day_of(self._clock())
        with self._state.read() as connection:
            rows = connection.execute("SELECT * FROM notices ORDER BY id").fetchall()
        return [notice for notice in map(_notice, rows) if notice.told_until + EVERY[notice.kind] <= today]

    def told(self, notice: Notice) -> bool:
        """Remember that everything before today was told; False where somebody else was faster."""
        with self._state.write() as connection:
            return bool(
                connection.execute(
                    "UPDATE notices SET told_until = ? WHERE id = ? AND told_until = ?",
                    (day_of(self._clock()).isoformat(), notice.id, notice.told_until.isoformat()),
                ).rowcount
            )

    def _first(self, kind: Kind) -> date:
        """Arrivals count from today on; what should be confirmed is told at the next occasion."""
        return day_of(self._clock()) - (timedelta(0) if kind is Kind.ARRIVALS else EVERY[kind])


def _notice(row: sqlite3.Row) -> Notice:
    return Notice(
        id=row["id"],
        account=row["account"],
        kind=Kind(row["kind"]),
        subject=NodeKey(row["subject"]) if row["subject"] else None,
        told_until=date.fromisoformat(row["told_until"]),
    )
