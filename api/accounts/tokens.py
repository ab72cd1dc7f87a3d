"""Personal tokens: keys for programs, each for a purpose, for a time, and to be taken back."""

import sqlite3
from collections.abc import Iterable
from datetime import date, timedelta

from api.accounts.keys import TOKEN_PREFIX, digest, new_id, new_secret
from api.accounts.model import NEEDED_ROLE, Account, Clock, Scope, Token, is_line, moment
from api.accounts.registry import Registry, account_in, account_of
from api.http.errors import Conflict, Forbidden
from api.language import day_of
from api.state import StateDatabase
from graph_service.errors import InvalidValue, NotFound, Place

LONGEST_DAYS = 366
MOST = 50
LONGEST_NAME = 100


class Tokens:
    """Makes, recognises and revokes tokens."""

    def __init__(self, state: StateDatabase, registry: Registry, clock: Clock) -> None:
        """Keep tokens in this database."""
        self._state = state
        self._registry = registry
        self._clock = clock

    def create(
        self, account: str, name: str, scopes: Iterable[Scope], *, days: int = 90, by: str | None = None
    ) -> tuple[Token, str]:
        """Make a token and its secret, never shown again; raises InvalidValue, Forbidden, NotFound, Conflict."""
        now = self._clock()
        wanted = frozenset(scopes)
        if not 1 <= len(name) <= LONGEST_NAME or not is_line(name):
            raise InvalidValue(f"a name of 1 to {LONGEST_NAME} characters", name, Place(column="name"))
        if not wanted:
            raise InvalidValue("at least one scope", "", Place(column="scopes"))
        if not 1 <= days <= LONGEST_DAYS:
            raise InvalidValue(f"a value from 1 to {LONGEST_DAYS}", days, Place(column="days"))
        secret = TOKEN_PREFIX + new_secret()
        token = Token(
            id=new_id(),
            account=account,
            name=name,
            scopes=wanted,
            created_at=moment(int(now.timestamp())),
            expires_at=moment(int((now + timedelta(days=days)).timestamp())),
        )
        with self._state.write() as connection:
            self._check(connection, account_in(connection, account), wanted)
            connection.execute(
                "INSERT INTO tokens (digest, id, account, name, scopes, created_at, expires_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    digest(secret),
                    token.id,
                    account,
                    name,
                    " ".join(sorted(wanted)),
                    int(token.created_at.timestamp()),
                    int(token.expires_at.timestamp()),
                ),
            )
            self._registry.remember(connection, "token-created", account, by or account, token.id)
        return token, secret

    def find(self, secret: str) -> tuple[Account, Token] | None:
        """Whose token this is, or None when it does not hold (any more)."""
        if not secret.startswith(TOKEN_PREFIX):
            return None
        now = self._clock()
        today = day_of(now).isoformat()
        with self._state.read() as connection:
            row = connection.execute(
                "SELECT * FROM tokens WHERE digest = ? AND revoked_at IS NULL AND expires_at > ?",
                (digest(secret), int(now.timestamp())),
            ).fetchone()
            owner = (
                row
                and connection.execute(
                    "SELECT * FROM accounts WHERE id = ? AND disabled_at IS NULL", (row["account"],)
                ).fetchone()
            )
        if not owner:
            return None
        if row["last_used_on"] != today:
            with self._state.write() as connection:
                connection.execute("UPDATE tokens SET last_used_on = ? WHERE id = ?", (today, row["id"]))
                connection.execute("UPDATE accounts SET last_used_on = ? WHERE id = ?", (today, row["account"]))
        return account_of(owner), token_of(row)

    def of(self, account: str) -> list[Token]:
        """All tokens of an account, revoked and expired ones too until they are swept away; the newest first."""
        with self._state.read() as connection:
            rows = connection.execute(
                "SELECT * FROM tokens WHERE account = ? ORDER BY created_at DESC, id", (account,)
            ).fetchall()
        return [token_of(row) for row in rows]

    def revoke(self, account: str, token: str, *, by: str | None = None) -> None:
        """Take back a token of this account by its id; raises NotFound."""
        with self._state.write() as connection:
            done = connection.execute(
                "UPDATE tokens SET revoked_at = coalesce(revoked_at, ?) WHERE id = ? AND account = ?",
                (int(self._clock().timestamp()), token, account),
            )
            if not done.rowcount:
                raise NotFound("the id of a token of this account", token)
            self._registry.remember(connection, "token-revoked", account, by or account, token)

    def _check(self, connection: sqlite3.Connection, owner: Account, wanted: frozenset[Scope]) -> None:
        for scope in sorted(wanted):
            if not owner.role.covers(NEEDED_ROLE[scope]):
                raise Forbidden(f"the role {NEEDED_ROLE[scope]} for the scope {scope}", owner.role)
        living = connection.execute(
            "SELECT count(*) FROM tokens WHERE account = ? AND revoked_at IS NULL AND expires_at > ?",
            (owner.id, int(self._clock().timestamp())),
        ).fetchone()[0]
        if living >= MOST:
            raise Conflict(f"at most {MOST} tokens for an account: revoke those that are not needed", living)


def token_of(row: sqlite3.Row) -> Token:
    """A token as its row says it."""
    return Token(
        id=row["id"],
        account=row["account"],
        name=row["name"],
        scopes=frozenset(map(Scope, row["scopes"].split())),
        created_at=moment(row["created_at"]),
        expires_at=moment(row["expires_at"]),
        last_used_on=date.fromisoformat(row["last_used_on"]) if row["last_used_on"] else None,
        revoked=row["revoked_at"] is not None,
    )
