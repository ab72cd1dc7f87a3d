"""Signing in through the house's own sign-on: which account an identity elsewhere belongs to, and what it may do."""

from dataclasses import dataclass
from datetime import timedelta

from api.accounts.model import Account
from api.accounts.registry import Registry, account_in, account_of, email_key
from api.http.errors import Conflict, Forbidden
from api.http.viewer import Role
from api.state import StateDatabase
from graph_service.keys import NodeKey

SIGN_ON_LIVES = timedelta(minutes=15)
"""How long somebody may take at the provider."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whom an OpenID provider has recognised; ``role`` and ``municipality`` are what its claims stand for."""

    issuer: str
    subject: str
    email: str
    email_verified: bool = False
    name: str = ""
    role: Role | None = None
    municipality: NodeKey | None = None


class Identities:
    """Finds the account of an identity, or makes it."""

    def __init__(self, state: StateDatabase, registry: Registry) -> None:
        """Look for accounts in this database."""
        self._state = state
        self._registry = registry

    def account(self, identity: Identity) -> Account:
        """The account to sign in to; its role follows the provider's claims where those say something.

        An identity seen for the first time is joined to an account with the same address only where the provider has
        verified it: otherwise anybody could take an account by claiming its address. Raises Forbidden, Conflict.
        """
        with self._state.write() as connection:
            row = connection.execute(
                "SELECT accounts.* FROM identities JOIN accounts ON accounts.id = account "
                "WHERE issuer = ? AND subject = ?",
                (identity.issuer, identity.subject),
            ).fetchone()
            found = account_of(row) if row else self._first_time(identity)
            if found.disabled:
                raise Forbidden("an account that is not disabled")
            connection.execute(
                "INSERT OR IGNORE INTO identities (issuer, subject, account) VALUES (?, ?, ?)",
                (identity.issuer, identity.subject, found.id),
            )
            if identity.role not in (None, found.role) or identity.municipality not in (None, found.municipality):
                self._registry.change(found.id, role=identity.role, municipality=identity.municipality)
            return account_in(connection, found.id)

    def _first_time(self, identity: Identity) -> Account:
        with self._state.read() as connection:
            row = connection.execute(
                "SELECT * FROM accounts WHERE email_key = ?", (email_key(identity.email),)
            ).fetchone()
        if row is not None:
            if not identity.email_verified:
                raise Conflict("an e-mail address that the provider has verified", identity.email)
            return account_of(row)
        if identity.role is None:
            raise Forbidden("an account, or a role from the sign-on of your office")
        return self._registry.add(identity.email, identity.role, name=identity.name, municipality=identity.municipality)
