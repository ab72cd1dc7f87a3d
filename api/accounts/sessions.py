"""Sessions: kept here, so that they can be listed and ended; the browser holds nothing but a random secret."""

from datetime import timedelta

from api.accounts.keys import digest, new_id, new_secret
from api.accounts.model import Account, Clock, Session, moment
from api.accounts.registry import account_of
from api.language import day_of
from api.state import StateDatabase
from graph_service.errors import NotFound

IDLE = timedelta(hours=4)
"""Without a request for so long a session ends."""
ABSOLUTE = timedelta(hours=12)
"""A session ends at the latest so long after signing in: a working day."""
TOUCH = timedelta(minutes=1)
"""Requests are noted this coarsely, so that reading a page does not mean writing."""


class Sessions:
    """Opens, finds and ends sessions."""

    def __init__(self, state: StateDatabase, clock: Clock) -> None:
        """Keep sessions in this database."""
        self._state = state
        self._clock = clock

    def open(self, account: str, via: str, *, instead_of: str | None = None) -> str:
        """Begin a session and return its secret, which is new each time; an earlier one of the same browser ends."""
        now = self._clock()
        secret = new_secret()
        with self._state.write() as connection:
            if instead_of:
                connection.execute("DELETE FROM sessions WHERE digest = ?", (digest(instead_of),))
            connection.execute(
                "INSERT INTO sessions (digest, id, account, via, created_at, seen_at) VALUES (?, ?, ?, ?, ?, ?)",
                (digest(secret), new_id(), account, via, int(now.timestamp()), int(now.timestamp())),
            )
            connection.execute("UPDATE accounts SET last_used_on = ? WHERE id = ?", (day_of(now).isoformat(), account))
        return secret

    def account(self, secret: str) -> Account | None:
        """Whose session this is, or None when it has ended or never was."""
        now = int(self._clock().timestamp())
        with self._state.read() as connection:
            row = connection.execute(
                "SELECT accounts.*, seen_at, sessions.created_at AS began FROM sessions "
                "JOIN accounts ON accounts.id = sessions.account WHERE digest = ? AND disabled_at IS NULL",
                (digest(secret),),
            ).fetchone()
        if row is None or not _lives(row["began"], row["seen_at"], now):
            return None
        if now - row["seen_at"] >= TOUCH.total_seconds():
            with self._state.write() as connection:
                connection.execute("UPDATE sessions SET seen_at = ? WHERE digest = ?", (now, digest(secret)))
        return account_of(row)

    def of(self, account: str) -> list[Session]:
        """The living sessions of an account, the newest first."""
        now = int(self._clock().timestamp())
        with self._state.read() as connection:
            rows = connection.execute(
                "SELECT * FROM sessions WHERE account = ? ORDER BY created_at DESC, id", (account,)
            ).fetchall()
        return [
            Session(
                id=row["id"],
                account=row["account"],
                via=row["via"],
                created_at=moment(row["created_at"]),
                seen_at=moment(row["seen_at"]),
                expires_at=min(moment(row["seen_at"]) + IDLE, moment(row["created_at"]) + ABSOLUTE),
            )
            for row in rows
            if _lives(row["created_at"], row["seen_at"], now)
        ]

    def current(self, secret: str) -> str:
        """The id of the session with this secret, or nothing."""
        with self._state.read() as connection:
            row = connection.execute("SELECT id FROM sessions WHERE digest = ?", (digest(secret),)).fetchone()
        return str(row["id"]) if row else ""

    def close(self, secret: str) -> None:
        """End the session with this secret; ending one that has ended is nothing."""
        with self._state.write() as connection:
            connection.execute("DELETE FROM sessions WHERE digest = ?", (digest(secret),))

    def revoke(self, account: str, session: str) -> None:
        """End a session of this account by its id; raises NotFound."""
        with self._state.write() as connection:
            done = connection.execute("DELETE FROM sessions WHERE id = ? AND account = ?", (session, account))
            if not done.rowcount:
                raise NotFound("the id of a session of this account", session)

    def revoke_all(self, account: str, *, but: str = "") -> int:
        """End all sessions of an account but the one with this secret; return how many."""
        with self._state.write() as connection:
            return connection.execute(
                "DELETE FROM sessions WHERE account = ? AND digest != ?", (account, digest(but))
            ).rowcount


def _lives(created_at: int, seen_at: int, now: int) -> bool:
    return now < created_at + ABSOLUTE.total_seconds() and now < seen_at + IDLE.total_seconds()
