"""Signing in with a password, and getting a new one by a link; neither tells who has an account."""

from collections.abc import Callable
from datetime import datetime, timedelta

from api.accounts.attempts import Attempts
from api.accounts.keys import digest, new_secret
from api.accounts.model import Account, Clock
from api.accounts.passwords import Passwords
from api.accounts.registry import Registry, account_in, account_of, email_key
from api.http.errors import LinkEnded, Unauthorised
from api.state import StateDatabase
from graph_service.errors import NotFound

RESET_LIVES = timedelta(hours=1)
INVITATION_LIVES = timedelta(days=7)

Deliver = Callable[[Account, str, datetime], None]
"""Sends an account its link: whose, the secret in it, until when it is good. Called within the transaction."""


class SignIn:
    """Recognises whoever knows an account's password."""

    def __init__(
        self, state: StateDatabase, registry: Registry, passwords: Passwords, attempts: Attempts, clock: Clock
    ) -> None:
        """Look for accounts in this database."""
        self._state = state
        self._registry = registry
        self._passwords = passwords
        self._attempts = attempts
        self._clock = clock

    def with_password(self, email: str, password: str, address: str) -> Account:
        """The account with this e-mail address and password, asked for from a network address.

        Raises Unauthorised and TooMany, alike whether there is such an account or not, disabled or not.
        """
        who = email_key(email)[:300]
        self._attempts.begin("sign-in", who, address)
        with self._state.read() as connection:
            row = connection.execute("SELECT * FROM accounts WHERE email_key = ?", (who,)).fetchone()
        kept = row["password"] if row else None
        right = self._passwords.matches(kept, password)
        if kept is None or not right or row["disabled_at"] is not None:
            raise Unauthorised("the e-mail address and the password of an account")
        self._attempts.succeeded("sign-in", who, address)
        if self._passwords.outdated(kept):
            self._renew(row["id"], kept, password)
        return account_of(row)

    def change_password(self, account: str, old: str, new: str, address: str) -> None:
        """Replace a known password; all sessions end. Raises Unauthorised, TooMany, InvalidValue."""
        known = self._registry.get(account)
        self.with_password(known.email, old, address)
        self._registry.set_password(account, new, by=account)

    def forgot_password(self, email: str, address: str, deliver: Deliver) -> None:
        """Let an account have a link for a new password, if there is such an account; raises TooMany.

        What is written is written in one transaction either way, so that nobody can tell by waiting.
        """
        who = email_key(email)[:300]
        with self._state.write() as connection:
            self._attempts.begin("forgot", who, address)
            row = connection.execute(
                "SELECT * FROM accounts WHERE email_key = ? AND disabled_at IS NULL", (who,)
            ).fetchone()
            if row is not None:
                deliver(account_of(row), *self.link(row["id"], RESET_LIVES))

    def link(self, account: str, lives: timedelta, *, by: str | None = None) -> tuple[str, datetime]:
        """A secret that sets a new password once, and until when; earlier ones are void. Raises NotFound."""
        secret = new_secret()
        now = self._clock()
        with self._state.write() as connection:
            if account_in(connection, account).disabled:
                raise NotFound("an account that is not disabled", account)
            connection.execute("DELETE FROM password_links WHERE account = ?", (account,))
            connection.execute(
                "INSERT INTO password_links (digest, account, created_at, expires_at) VALUES (?, ?, ?, ?)",
                (digest(secret), account, int(now.timestamp()), int((now + lives).timestamp())),
            )
            self._registry.remember(connection, "link-made", account, by)
        return secret, now + lives

    def link_owner(self, secret: str) -> Account:
        """Whose link this is, while it is good; raises NotFound."""
        with self._state.read() as connection:
            row = connection.execute(
                "SELECT accounts.* FROM password_links JOIN accounts ON accounts.id = account "
                "WHERE digest = ? AND expires_at > ? AND disabled_at IS NULL",
                (digest(secret), int(self._clock().timestamp())),
            ).fetchone()
        if row is None:
            raise LinkEnded("a link that is still good: ask for a new one")
        return account_of(row)

    def password_by_link(self, secret: str, password: str) -> Account:
        """Set the password of the link's account: the link is used up, all sessions end. Raises NotFound, InvalidValue.

        A password that is refused does not use up the link.
        """
        owner = self.link_owner(secret)
        kept = self._passwords.hash(password, about=(owner.email, owner.name))
        with self._state.write() as connection:
            if not connection.execute("DELETE FROM password_links WHERE digest = ?", (digest(secret),)).rowcount:
                raise LinkEnded("a link that is still good: ask for a new one")
            self._registry.keep_password(connection, owner.id, kept, by=owner.id)
        return owner

    def _renew(self, account: str, earlier: str, password: str) -> None:
        """Keep the same password at today's cost."""
        kept = self._passwords.rehash(password)
        with self._state.write() as connection:
            connection.execute(
                "UPDATE accounts SET password = ? WHERE id = ? AND password = ?", (kept, account, earlier)
            )
