"""First contact: role mailboxes that nobody sees, and messages that reveal nobody until the other side accepts."""

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from api.accounts.keys import new_id
from api.accounts.model import Clock, is_line, moment, utc_now
from api.accounts.registry import email_of
from api.http.errors import Conflict, LinkEnded, TooMany
from api.language import day_of
from api.state import StateDatabase
from graph_service.errors import InvalidValue, NotFound, Place
from graph_service.keys import NodeKey

PART = "contact"
STEPS = (
    """
CREATE TABLE mailboxes (
    key TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    until TEXT,
    entered_by TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE contacts (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    key TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'accepted', 'declined')),
    asked_at INTEGER NOT NULL,
    answered_at INTEGER
) WITHOUT ROWID;
CREATE INDEX contacts_account ON contacts (account, asked_at);
""",
)
ANSWER_WITHIN = timedelta(days=30)
KEEP = timedelta(days=90)
"""For so long it is remembered who asked whom, so that nobody is asked again and again."""
LINE_ENDS = {ord(c): " " for c in "\r\n\t"}
MOST_A_DAY = 10
LONGEST_SUBJECT = 150
LONGEST_TEXT = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A message to a role mailbox, and what became of it; its text is forgotten once it is answered."""

    id: str
    account: str
    key: NodeKey
    subject: str
    text: str
    state: str
    asked_at: datetime


class Contacts:
    """Knows the mailboxes and the messages."""

    def __init__(self, state: StateDatabase, *, clock: Clock = utc_now) -> None:
        """Keep them in this database, whose tables are brought up to date."""
        state.migrate(PART, STEPS)
        self._state = state
        self._clock = clock

    def set_mailbox(self, key: NodeKey, email: str, until: date | None, *, by: str) -> None:
        """Say where a record's office is reached, maybe until a day; raises InvalidValue."""
        today = day_of(self._clock())
        if until is not None and until < today:
            raise InvalidValue("a day that is not past", until, Place(column="until"))
        with self._state.write() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO mailboxes VALUES (?, ?, ?, ?)",
                (key, email_of(email), until and until.isoformat(), by),
            )

    def remove_mailbox(self, key: NodeKey) -> None:
        """Forget where an office is reached."""
        with self._state.write() as connection:
            connection.execute("DELETE FROM mailboxes WHERE key = ?", (key,))

    def mailbox(self, key: NodeKey) -> str | None:
        """Where a record's office is reached today; not to be shown to anybody who was not accepted."""
        with self._state.read() as connection:
            row = connection.execute(
                "SELECT email FROM mailboxes WHERE key = ? AND (until IS NULL OR until >= ?)",
                (key, day_of(self._clock()).isoformat()),
            ).fetchone()
        return str(row["email"]) if row else None

    def ask(self, account: str, key: NodeKey, subject: str, text: str) -> Contact:
        """Remember a message; raises NotFound without a mailbox, Conflict while asked before, TooMany, InvalidValue."""
        subject, text = " ".join(subject.split()), text.strip()
        if not 1 <= len(subject) <= LONGEST_SUBJECT or not is_line(subject):
            raise InvalidValue(f"a subject of 1 to {LONGEST_SUBJECT} characters", subject, Place(column="subject"))
        if not 1 <= len(text) <= LONGEST_TEXT or not is_line(text.translate(LINE_ENDS)):
            raise InvalidValue(f"a text of 1 to {LONGEST_TEXT} characters", len(text), Place(column="text"))
        if self.mailbox(key) is None:
            raise NotFound("a record with a mailbox", key)
        now = int(self._clock().timestamp())
        contact = Contact(
            id=new_id(), account=account, key=key, subject=subject, text=text, state="asked", asked_at=moment(now)
        )
        with self._state.write() as connection:
            self._check(connection, account, key, now)
            connection.execute(
                "INSERT INTO contacts VALUES (?, ?, ?, ?, ?, 'asked', ?, NULL)",
                (contact.id, account, key, subject, text, now),
            )
        return contact

    def find(self, id: str) -> Contact:
        """A message that waits for an answer; raises NotFound."""
        with self._state.read() as connection:
            row = connection.execute(
                "SELECT * FROM contacts WHERE id = ? AND state = 'asked' AND asked_at > ?", (id, self._oldest_open())
            ).fetchone()
        if row is None:
            raise LinkEnded("a message that waits for an answer")
        return _contact(row)

    def answer(self, id: str, *, accepted: bool) -> Contact:
        """Answer a message, once, and forget its text; returns it as it was. Raises NotFound."""
        with self._state.write() as connection:
            asked = self.find(id)
            connection.execute(
                "UPDATE contacts SET state = ?, answered_at = ?, subject = '', text = '' WHERE id = ?",
                ("accepted" if accepted else "declined", int(self._clock().timestamp()), id),
            )
        return asked

    def of(self, account: str) -> list[Contact]:
        """What an account has asked lately, the newest first."""
        with self._state.read() as connection:
            rows = connection.execute(
                "SELECT * FROM contacts WHERE account = ? ORDER BY asked_at DESC, id", (account,)
            ).fetchall()
        return [_contact(row) for row in rows]

    def sweep(self) -> int:
        """Forget the texts that nobody answered in time, and what was asked long ago; return how many rows went."""
        now = self._clock()
        with self._state.write() as connection:
            connection.execute(
                "UPDATE contacts SET subject = '', text = '' WHERE asked_at <= ?", (self._oldest_open(),)
            )
            connection.execute("DELETE FROM mailboxes WHERE until < ?", (day_of(now).isoformat(),))
            return connection.execute(
                "DELETE FROM contacts WHERE asked_at <= ?", (int((now - KEEP).timestamp()),)
            ).rowcount

    def _check(self, connection: sqlite3.Connection, account: str, key: NodeKey, now: int) -> None:
        day, season = now - 86_400, int((self._clock() - KEEP).timestamp())
        today = connection.execute(
            "SELECT count(*) FROM contacts WHERE account = ? AND asked_at > ?", (account, day)
        ).fetchone()[0]
        if today >= MOST_A_DAY:
            raise TooMany(f"at most {MOST_A_DAY} messages a day", today)
        before = connection.execute(
            "SELECT 1 FROM contacts WHERE account = ? AND key = ? AND asked_at > ?", (account, key, season)
        ).fetchone()
        if before:
            raise Conflict("a record to which you have not written in the last three months", key)

    def _oldest_open(self) -> int:
        return int((self._clock() - ANSWER_WITHIN).timestamp())


def _contact(row: sqlite3.Row) -> Contact:
    return Contact(
        id=row["id"],
        account=row["account"],
        key=NodeKey(row["key"]),
        subject=row["subject"],
        text=row["text"],
        state=row["state"],
        asked_at=moment(row["asked_at"]),
    )
