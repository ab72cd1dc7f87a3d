"""How long one stays signed in, and how that ends."""

import sqlite3

import pytest

from api.http.viewer import Role
from graph_service.errors import NotFound


def test_every_sign_in_has_a_secret_of_its_own_and_replaces_the_browsers_earlier_one(accounts, office):
    first = accounts.sessions.open(office.id, "password")
    second = accounts.sessions.open(office.id, "password", instead_of=first)
    assert first != second
    assert accounts.sessions.account(first) is None
    assert accounts.sessions.account(second) == accounts.registry.get(office.id)


def test_a_session_ends_when_nothing_happens_and_at_the_end_of_the_day(accounts, office, clock):
    idle, busy = accounts.sessions.open(office.id, "password"), accounts.sessions.open(office.id, "password")
    for _ in range(11):
        clock.goes_on(hours=1)
        assert accounts.sessions.account(busy)
    assert accounts.sessions.account(idle) is None
    assert len(accounts.sessions.of(office.id)) == 1
    clock.goes_on(hours=1)
    assert accounts.sessions.account(busy) is None
    assert accounts.records.sweep()["sessions"] == 2


def test_a_session_can_be_ended_by_its_owner_alone(accounts, office):
    other = accounts.registry.add("o@stadt.example", Role.READER)
    secret = accounts.sessions.open(office.id, "password")
    (session,) = accounts.sessions.of(office.id)
    with pytest.raises(NotFound):
        accounts.sessions.revoke(other.id, session.id)
    accounts.sessions.revoke(office.id, session.id)
    assert accounts.sessions.account(secret) is None


def test_all_other_sessions_can_be_ended_at_once(accounts, office):
    kept, *_ = [accounts.sessions.open(office.id, "password") for _ in range(3)]
    assert accounts.sessions.revoke_all(office.id, but=kept) == 2
    assert accounts.sessions.account(kept)


def test_a_changed_role_counts_in_the_next_request(accounts, office):
    secret = accounts.sessions.open(office.id, "password")
    accounts.registry.change(office.id, role=Role.READER)
    assert accounts.sessions.account(secret).role is Role.READER


def test_reading_a_page_does_not_write_each_time(accounts, state, office, clock):
    secret = accounts.sessions.open(office.id, "password")
    with sqlite3.connect(state.path) as other:
        before = other.execute("PRAGMA data_version").fetchone()
        for _ in range(5):
            clock.goes_on(seconds=10)
            accounts.sessions.account(secret)
        assert other.execute("PRAGMA data_version").fetchone() == before
