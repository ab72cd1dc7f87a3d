"""Everything that is kept about an account: what its owner can have, what goes when it goes, what goes by itself."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from api.accounts.attempts import FORGET_AFTER
from api.accounts.model import Clock, moment
from api.accounts.registry import Registry, account_in, keep_an_admin
from api.accounts.sessions import ABSOLUTE, IDLE
from api.state import StateDatabase

KEEP_TOKENS = timedelta(days=30)
"""How long a token that no longer holds is still listed, so that its owner can see what happened."""
KEEP_EVENTS = timedelta(days=730)
"""How long it can be looked up who was given which role by whom."""

WITHHELD = frozenset({"digest", "password", "email_key"})
"""Columns that say nothing about a person, or would let whoever finds an export sign in."""


@dataclass(frozen=True, slots=True)
class Personal:
    """A table with rows about accounts: by which columns, and whether they go with the account.

    Rows that stay hold the account's random id alone, which then stands for nobody.
    """

    columns: tuple[str, ...] = ("account",)
    goes: bool = True

    @property
    def about(self) -> str:
        """The condition that a row is about an account, named :account."""
        return " OR ".join(f"{column} = :account" for column in self.columns)


TABLES: Mapping[str, Personal] = MappingProxyType(
    {
        "accounts": Personal(("id",)),
        "identities": Personal(),
        "sessions": Personal(),
        "tokens": Personal(),
        "password_links": Personal(),
        "mails": Personal(),
        "contacts": Personal(),
        "notices": Personal(),
        "saved": Personal(),
        "mailboxes": Personal(("entered_by",), goes=False),
        "account_events": Personal(("account", "by_account"), goes=False),
        "job": Personal(("created_by", "confirmed_by"), goes=False),
        "import_schedule": Personal(("created_by",), goes=False),
    }
)
"""The tables of the state database that name accounts; a test looks for tables that are missing here."""


@dataclass(frozen=True, slots=True)
class Exported:
    """All that is kept about an account: table by table, row by row, without secrets."""

    account: str
    exported_at: datetime
    records: Mapping[str, Sequence[Mapping[str, Any]]]


class Records:
    """Exports, erases and forgets."""

    def __init__(self, state: StateDatabase, registry: Registry, clock: Clock) -> None:
        """Look at this database."""
        self._state = state
        self._registry = registry
        self._clock = clock

    def export(self, account: str) -> Exported:
        """All that is kept about an account, table by table, without secrets; raises NotFound."""
        with self._state.read() as connection:
            account_in(connection, account)
            tables = {}
            for table, personal in TABLES.items():
                if not _exists(connection, table):
                    continue
                rows = connection.execute(
                    f"SELECT * FROM {table} WHERE {personal.about}", {"account": account}
                ).fetchall()
                tables[table] = [_shown(row) for row in rows]
        return Exported(account, self._clock(), tables)

    def erase(self, account: str, *, by: str | None = None) -> None:
        """Erase an account and everything that goes with it; raises NotFound, and Conflict for the last administrator.

        What it did stays in the audit trail under its id, which nobody can trace to a person any more.
        """
        with self._state.write() as connection:
            keep_an_admin(connection, account_in(connection, account))
            for table, personal in reversed([*TABLES.items()]):
                if personal.goes and _exists(connection, table):
                    connection.execute(f"DELETE FROM {table} WHERE {personal.about}", {"account": account})
            self._registry.remember(connection, "erased", account, by)

    def sweep(self) -> Mapping[str, int]:
        """Forget what is no longer needed; return how many rows of each table went. For a daily job."""
        now = int(self._clock().timestamp())
        expired = {
            "sessions": ("created_at <= ? OR seen_at <= ?", (now - _seconds(ABSOLUTE), now - _seconds(IDLE))),
            "password_links": ("expires_at <= ?", (now,)),
            "attempts": ("last_at <= ?", (now - FORGET_AFTER,)),
            "tokens": (
                "expires_at <= ? OR revoked_at <= ?",
                (now - _seconds(KEEP_TOKENS), now - _seconds(KEEP_TOKENS)),
            ),
            "account_events": ("at <= ?", (now - _seconds(KEEP_EVENTS),)),
        }
        with self._state.write() as connection:
            return {
                table: connection.execute(f"DELETE FROM {table} WHERE {which}", values).rowcount
                for table, (which, values) in expired.items()
            }


def _exists(connection: sqlite3.Connection, table: str) -> bool:
    """Whether the part of the service that owns the table has been used in this installation."""
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone() is not None


def _shown(row: sqlite3.Row) -> dict[str, Any]:
    """A row without what is withheld, its times as times."""
    return {
        name: moment(value) if name.endswith("_at") and isinstance(value, int) else value
        for name, value in dict(row).items()
        if name not in WITHHELD
    }


def _seconds(time: timedelta) -> int:
    return int(time.total_seconds())
