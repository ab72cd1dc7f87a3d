"""The accounts themselves: add, find, change, disable. Every change leaves an event that names ids alone."""

import sqlite3
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from marshmallow import ValidationError
from marshmallow.validate import Email

from api.accounts.keys import new_id
from api.accounts.model import ROLES, Account, Clock, is_line, moment
from api.accounts.passwords import Passwords
from api.http.errors import Conflict
from api.http.viewer import Role
from api.state import StateDatabase
from graph_service.errors import InvalidValue, NotFound, Place
from graph_service.keys import Label, NodeKey

LONGEST_NAME = 200
LONGEST_EMAIL = 254
_check_email = Email()


def email_of(text: str) -> str:
    """Check an e-mail address; raises InvalidValue."""
    email = unicodedata.normalize("NFC", text.strip())
    try:
        _check_email(email)
        if len(email) > LONGEST_EMAIL or not email.isprintable():
            raise ValidationError("")
    except ValidationError:
        raise InvalidValue("an e-mail address", text, Place(column="email")) from None
    return email


def email_key(email: str) -> str:
    """What is the same however an address is written."""
    return unicodedata.normalize("NFKC", email.strip()).casefold()


class Registry:
    """Knows who has an account."""

    def __init__(self, state: StateDatabase, passwords: Passwords, clock: Clock) -> None:
        """Keep accounts in this database, whose tables are up to date."""
        self._state = state
        self._passwords = passwords
        self._clock = clock

    def add(
        self,
        email: str,
        role: Role,
        *,
        name: str = "",
        municipality: NodeKey | None = None,
        language: str = "de",
        password: str | None = None,
        by: str | None = None,
    ) -> Account:
        """Make an account, without a password until one is set by a link; raises Conflict, InvalidValue."""
        account = Account(
            id=new_id(),
            email=email_of(email),
            role=role,
            name=_checked_name(name),
            municipality=municipality,
            language=language,
            created_at=self._clock(),
            has_password=password is not None,
        )
        _check(account)
        kept = None if password is None else self._passwords.hash(password, about=(account.email, account.name))
        with self._state.write() as connection:
            try:
                connection.execute(
                    "INSERT INTO accounts (id, email, email_key, name, role, municipality, language, password, "
                    "created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        account.id,
                        account.email,
                        email_key(account.email),
                        account.name,
                        role,
                        municipality,
                        language,
                        kept,
                        int(account.created_at.timestamp()),
                    ),
                )
            except sqlite3.IntegrityError:
                raise Conflict("an e-mail address without an account", account.email) from None
            self.remember(connection, "added", account.id, by, role)
        return account

    def get(self, account: str) -> Account:
        """The account with this id; raises NotFound."""
        with self._state.read() as connection:
            return account_in(connection, account)

    def find(self, email: str) -> Account:
        """The account with this e-mail address; raises NotFound."""
        with self._state.read() as connection:
            row = connection.execute("SELECT * FROM accounts WHERE email_key = ?", (email_key(email),)).fetchone()
        if row is None:
            raise NotFound("the e-mail address of an account", email)
        return account_of(row)

    def all(self, *, after: str = "", limit: int | None = None) -> list[Account]:
        """Accounts in the order of their ids, those after one at most ``limit``."""
        with self._state.read() as connection:
            rows = connection.execute(
                "SELECT * FROM accounts WHERE id > ? ORDER BY id LIMIT ?", (after, -1 if limit is None else limit)
            ).fetchall()
        return [account_of(row) for row in rows]

    def change(
        self,
        account: str,
        *,
        role: Role | None = None,
        name: str | None = None,
        municipality: NodeKey | str | None = None,
        language: str | None = None,
        disabled: bool | None = None,
        by: str | None = None,
    ) -> Account:
        """Change what is given; ``municipality=""`` takes it away. Disabling ends all sessions.

        Raises NotFound, InvalidValue, and Conflict where nobody would be left to administer.
        """
        with self._state.write() as connection:
            before = account_in(connection, account)
            after = replace(
                before,
                role=before.role if role is None else role,
                name=before.name if name is None else _checked_name(name),
                municipality=before.municipality
                if municipality is None
                else NodeKey(municipality)
                if municipality
                else None,
                language=language or before.language,
                disabled=before.disabled if disabled is None else disabled,
            )
            _check(after)
            if after.role is not Role.ADMIN or after.disabled:
                keep_an_admin(connection, before)
            connection.execute(
                "UPDATE accounts SET role = ?, name = ?, municipality = ?, language = ?, "
                "disabled_at = CASE WHEN ? THEN coalesce(disabled_at, ?) END WHERE id = ?",
                (
                    after.role,
                    after.name,
                    after.municipality,
                    after.language,
                    after.disabled,
                    int(self._clock().timestamp()),
                    account,
                ),
            )
            if after.disabled:
                connection.execute("DELETE FROM sessions WHERE account = ?", (account,))
                connection.execute("DELETE FROM password_links WHERE account = ?", (account,))
            for event, detail in _differences(before, after).items():
                self.remember(connection, event, account, by, detail)
        return after

    def set_password(self, account: str, password: str, *, by: str | None = None) -> None:
        """Give an account a new password; its sessions end, its links are void. Raises InvalidValue, NotFound."""
        known = self.get(account)
        kept = self._passwords.hash(password, about=(known.email, known.name))
        with self._state.write() as connection:
            account_in(connection, account)
            self.keep_password(connection, account, kept, by=by)

    def keep_password(self, connection: sqlite3.Connection, account: str, kept: str, *, by: str | None) -> None:
        """Replace the hash of an account's password within a transaction; nobody stays signed in by the old one."""
        connection.execute("UPDATE accounts SET password = ? WHERE id = ?", (kept, account))
        connection.execute("DELETE FROM sessions WHERE account = ?", (account,))
        connection.execute("DELETE FROM password_links WHERE account = ?", (account,))
        self.remember(connection, "password-set", account, by)

    def remember(
        self, connection: sqlite3.Connection, event: str, account: str, by: str | None = None, detail: str = ""
    ) -> None:
        """Remember what happened to an account, within the transaction in which it happens."""
        connection.execute(
            "INSERT INTO account_events (at, event, account, by_account, detail) VALUES (?, ?, ?, ?, ?)",
            (int(self._clock().timestamp()), event, account, by, detail),
        )


def account_in(connection: sqlite3.Connection, account: str) -> Account:
    """The account with this id, as this transaction sees it; raises NotFound."""
    row = connection.execute("SELECT * FROM accounts WHERE id = ?", (account,)).fetchone()
    if row is None:
        raise NotFound("the id of an account", account)
    return account_of(row)


def account_of(row: sqlite3.Row) -> Account:
    """An account as its row says it."""
    return Account(
        id=row["id"],
        email=row["email"],
        role=Role(row["role"]),
        name=row["name"],
        municipality=NodeKey(row["municipality"]) if row["municipality"] else None,
        language=row["language"],
        created_at=moment(row["created_at"]),
        last_used_on=date.fromisoformat(row["last_used_on"]) if row["last_used_on"] else None,
        disabled=row["disabled_at"] is not None,
        has_password=row["password"] is not None,
    )


def keep_an_admin(connection: sqlite3.Connection, leaving: Account) -> None:
    """Refuse to lose the last account that can administer; raises Conflict."""
    if leaving.role is Role.ADMIN and not leaving.disabled:
        others = connection.execute(
            "SELECT count(*) FROM accounts WHERE role = ? AND disabled_at IS NULL AND id != ?", (Role.ADMIN, leaving.id)
        ).fetchone()[0]
        if not others:
            raise Conflict("another administrator who stays", leaving.email)


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME or not is_line(name):
        raise InvalidValue(f"a name of at most {LONGEST_NAME} characters", name, Place(column="name"))
    return name


def _check(account: Account) -> None:
    if account.role not in ROLES:
        raise InvalidValue(f"one of {', '.join(ROLES)}", account.role, Place(column="role"))
    place = Place(column="municipality")
    if account.municipality is not None and account.municipality.label is not Label.MUNICIPALITY:
        raise InvalidValue("the key of a municipality", account.municipality, place)
    if account.role is Role.EDITOR and account.municipality is None:
        raise InvalidValue("a municipality for an editor", "", place)


def _differences(before: Account, after: Account) -> Mapping[str, str]:
    """What changed, as events; the detail never says anything personal."""
    found = {}
    if before.role is not after.role:
        found["role-changed"] = f"{before.role} {after.role}"
    if before.municipality != after.municipality:
        found["municipality-changed"] = f"{before.municipality or '-'} {after.municipality or '-'}"
    if before.disabled is not after.disabled:
        found["disabled" if after.disabled else "enabled"] = ""
    return found
