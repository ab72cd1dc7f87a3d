"""Slows down guessing: whoever fails waits, each time longer, the same whether there is such an account or not."""

from collections.abc import Mapping
from types import MappingProxyType

from api.accounts.keys import mark
from api.accounts.model import Clock
from api.http.errors import TooMany
from api.state import StateDatabase

FREE: Mapping[str, int] = MappingProxyType({"pair": 3, "account": 20, "address": 30})
"""How many attempts may fail before one has to wait: for an account from one address, for an account from anywhere, and
from one address whatever the account. The last two are generous, so that nobody can easily lock others out."""

LONGEST_WAIT = 900
FORGET_AFTER = 86_400
"""Seconds after which failures are forgotten."""


class Attempts:
    """Counts failed attempts by account and network address; neither is kept in the clear."""

    def __init__(self, state: StateDatabase, key: bytes, clock: Clock) -> None:
        """Keep the counts in this database, under marks made with this key."""
        self._state = state
        self._key = key
        self._clock = clock

    def begin(self, what: str, account: str, address: str) -> None:
        """Count an attempt as failed until it has succeeded, so that many at once count all; raises TooMany."""
        now = int(self._clock().timestamp())
        with self._state.write() as connection:
            found = {}
            for kind, key in self._marks(what, account, address).items():
                row = connection.execute("SELECT * FROM attempts WHERE key = ?", (key,)).fetchone()
                fresh = row is None or row["last_at"] + FORGET_AFTER <= now
                found[kind] = (key, 0 if fresh else int(row["failures"]), 0 if fresh else int(row["free_at"]))
            wait = max(free_at for _, _, free_at in found.values()) - now
            if wait > 0:
                raise TooManyAttempts(wait)
            for kind, (key, failures, _) in found.items():
                over = failures + 1 - FREE[kind]
                free_at = now + min(2 ** min(over, 20), LONGEST_WAIT) if over >= 0 else 0
                connection.execute(
                    "INSERT OR REPLACE INTO attempts VALUES (?, ?, ?, ?)", (key, failures + 1, now, free_at)
                )

    def succeeded(self, what: str, account: str, address: str) -> None:
        """Forget the failures of this account; of the address only the attempt that was none.

        So nobody can wash an address clean by signing in to an account of their own now and then.
        """
        marks = self._marks(what, account, address)
        with self._state.write() as connection:
            connection.execute("DELETE FROM attempts WHERE key IN (?, ?)", (marks["pair"], marks["account"]))
            connection.execute(
                "UPDATE attempts SET failures = failures - 1, free_at = 0 WHERE key = ?", (marks["address"],)
            )

    def _marks(self, what: str, account: str, address: str) -> dict[str, bytes]:
        texts = {"pair": f"{account}\n{address}", "account": account, "address": address}
        return {kind: mark(self._key, f"{what}\n{kind}\n{text}") for kind, text in texts.items()}


class TooManyAttempts(TooMany):
    """Somebody has failed too often; ``retry_after`` says in how many seconds the next attempt is looked at."""

    def __init__(self, retry_after: int) -> None:
        """Say how long to wait."""
        super().__init__("a pause after several failed attempts", f"{retry_after} s")
        self.retry_after = retry_after
