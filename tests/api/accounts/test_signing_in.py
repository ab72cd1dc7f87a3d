"""Who gets in, and how long one waits who fails."""

from threading import Thread

import pytest
from argon2 import PasswordHasher, extract_parameters
from clock import Clock

from api.accounts.service import Accounts
from api.http.errors import TooMany, Unauthorised
from api.http.viewer import Role
from tests.api.accounts.conftest import BETTER, GOOD, HERE, everything


def test_the_right_password_signs_in_and_the_wrong_one_does_not(accounts, office):
    assert accounts.sign_in.with_password("Buero@Stadt.example", GOOD, HERE) == office
    with pytest.raises(Unauthorised):
        accounts.sign_in.with_password(office.email, BETTER, HERE)


def test_a_wrong_password_an_unknown_address_and_a_missing_password_look_the_same(accounts, office, clock):
    accounts.registry.add("ohne@stadt.example", Role.READER)
    said = []
    for n, email in enumerate([office.email, "niemand@stadt.example", "ohne@stadt.example", "kein Postfach\n"]):
        for _ in range(4):
            try:
                accounts.sign_in.with_password(email, "nicht das richtige", f"192.0.2.{n}")
            except (Unauthorised, TooMany) as error:
                said.append((type(error).__name__, str(error)))
    assert said == said[:4] * 4
    assert [name for name, _ in said[:4]] == ["Unauthorised"] * 3 + ["TooManyAttempts"]


def test_an_unknown_address_costs_a_hash_as_a_known_one_does(accounts, office, monkeypatch):
    accounts.registry.add("ohne@stadt.example", Role.READER)
    costs = []
    verify = PasswordHasher.verify

    def counted(hasher: PasswordHasher, kept: str, password: str) -> bool:
        costs.append(extract_parameters(kept))
        return verify(hasher, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for email in (office.email, "niemand@stadt.example", "ohne@stadt.example"):
        with pytest.raises(Unauthorised):
            accounts.sign_in.with_password(email, "nicht das richtige", HERE)
    assert len(costs) == 3
    assert costs[0] == costs[1] == costs[2]


def waits(accounts: Accounts, clock: Clock, email: str, address: str, n: int) -> list[int]:
    """How long one has to wait before each of n attempts."""
    found = []
    for _ in range(n):
        try:
            accounts.sign_in.with_password(email, "nicht das richtige", address)
        except Unauthorised:
            found.append(0)
        except TooMany as error:
            found.append(error.retry_after)
            clock.goes_on(seconds=error.retry_after)
            with pytest.raises(Unauthorised):
                accounts.sign_in.with_password(email, "nicht das richtige", address)
    return found


def test_whoever_fails_waits_longer_each_time_up_to_a_quarter_of_an_hour(accounts, office, clock):
    assert waits(accounts, clock, office.email, HERE, 15) == [0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_while_one_has_to_wait_even_the_right_password_is_not_looked_at(accounts, office, clock):
    waits(accounts, clock, office.email, HERE, 3)
    with pytest.raises(TooMany):
        accounts.sign_in.with_password(office.email, GOOD, HERE)
    clock.goes_on(seconds=1)
    assert accounts.sign_in.with_password(office.email, GOOD, HERE)
    assert waits(accounts, clock, office.email, HERE, 3) == [0, 0, 0]


def test_failing_from_elsewhere_does_not_lock_out_the_owner(accounts, office, clock):
    waits(accounts, clock, office.email, "198.51.100.7", 6)
    assert accounts.sign_in.with_password(office.email, GOOD, HERE)


def test_many_addresses_against_one_account_and_one_address_against_many_accounts_wait_too(accounts, office, clock):
    assert max(w for n in range(25) for w in waits(accounts, clock, office.email, f"203.0.113.{n}", 1)) > 0
    assert max(w for n in range(35) for w in waits(accounts, clock, f"a{n}@stadt.example", HERE, 1)) > 0


def test_signing_in_to_an_account_of_ones_own_does_not_wash_an_address_clean(accounts, office, clock):
    found = []
    for n in range(40):
        found += waits(accounts, clock, f"a{n}@stadt.example", HERE, 1)
        if not found[-1]:
            try:
                accounts.sign_in.with_password(office.email, GOOD, HERE)
            except TooMany:
                found.append(1)
    assert max(found) > 0


def test_many_attempts_at_once_count_all(accounts, office):
    def attempt() -> None:
        try:
            accounts.sign_in.with_password(office.email, "nicht das richtige", HERE)
        except TooMany:
            pass
        except Unauthorised:
            looked_at.append(1)

    looked_at: list[int] = []
    threads = [Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(looked_at) == 3


def test_failures_are_forgotten_after_a_day_and_addresses_never_kept(accounts, state, office, clock):
    waits(accounts, clock, office.email, HERE, 5)
    assert HERE not in everything(state)
    clock.goes_on(days=1)
    assert waits(accounts, clock, office.email, HERE, 3) == [0, 0, 0]
    clock.goes_on(days=1)
    assert accounts.records.sweep()["attempts"] == 3
