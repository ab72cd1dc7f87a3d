"""All parts of accounts, put together on one database."""

from dataclasses import dataclass
from typing import Self

from api.accounts.attempts import Attempts
from api.accounts.identities import Identities
from api.accounts.keys import installation_key
from api.accounts.model import Clock, utc_now
from api.accounts.passwords import Passwords
from api.accounts.records import Records
from api.accounts.registry import Registry
from api.accounts.schema import PART, STEPS
from api.accounts.sessions import Sessions
from api.accounts.sign_in import SignIn
from api.accounts.tokens import Tokens
from api.state import StateDatabase


@dataclass(frozen=True, slots=True)
class Accounts:
    """Who has an account, how they sign in, and what is kept about them."""

    state: StateDatabase
    clock: Clock
    registry: Registry
    sign_in: SignIn
    identities: Identities
    sessions: Sessions
    tokens: Tokens
    records: Records

    @classmethod
    def on(cls, state: StateDatabase, *, clock: Clock = utc_now, passwords: Passwords | None = None) -> Self:
        """The accounts of a state database, whose tables are brought up to date; raises StoreError."""
        state.migrate(PART, STEPS)
        hashed = passwords or Passwords()
        registry = Registry(state, hashed, clock)
        attempts = Attempts(state, installation_key(state, "attempts"), clock)
        return cls(
            state=state,
            clock=clock,
            registry=registry,
            sign_in=SignIn(state, registry, hashed, attempts, clock),
            identities=Identities(state, registry),
            sessions=Sessions(state, clock),
            tokens=Tokens(state, registry, clock),
            records=Records(state, registry, clock),
        )

    def confirm(self, account: str, password: str, address: str) -> None:
        """Make sure that whoever is signed in knows the password, if there is one; raises Unauthorised, TooMany."""
        known = self.registry.get(account)
        if known.has_password:
            self.sign_in.with_password(known.email, password, address)
