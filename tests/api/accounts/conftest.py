"""Accounts on the real database, with a clock of our own."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.accounts.model import Account
from api.accounts.passwords import Passwords
from api.accounts.service import Accounts
from api.http.viewer import Role
from api.state import StateDatabase
from graph_service.keys import NodeKey

GOOD = "ein Apfel im Schnee"
BETTER = "drei Birnen am Zaun"
HERE = "192.0.2.1"
QUICK = Passwords(memory_kib=8, rounds=1)
AALEN = NodeKey("municipality:08136")


class Clock:
    """A clock that goes on when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def on(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def state(tmp_path: Path) -> Iterator[StateDatabase]:
    database = StateDatabase(tmp_path / "state.db")
    yield database
    database.close()


@pytest.fixture
def accounts(state: StateDatabase, clock: Clock) -> Accounts:
    return Accounts.on(state, clock=clock, passwords=QUICK)


@pytest.fixture
def office(accounts: Accounts) -> Account:
    return accounts.registry.add("buero@stadt.example", Role.OFFICE, name="Büro", password=GOOD)


def everything(state: StateDatabase) -> str:
    """All that the database file and its log hold, as text."""
    return "".join(
        path.read_bytes().decode("latin-1") for path in state.path.parent.iterdir() if path.name.startswith("state.db")
    )
