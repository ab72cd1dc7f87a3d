"""Accounts on the real database, with a clock of our own."""

import pytest
from clock import Clock

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
