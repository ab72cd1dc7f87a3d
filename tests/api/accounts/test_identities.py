"""Accounts that the house's own sign-on brings."""

import pytest

from api.accounts.identities import Identity
from api.http.errors import Conflict, Forbidden
from api.http.viewer import Role
from tests.api.accounts.conftest import GOOD

MARIA = Identity(issuer="https://sso.example", subject="17", email="maria@stadt.example", email_verified=True)


def identity(**changes: object) -> Identity:
    return Identity(**({name: getattr(MARIA, name) for name in Identity.__slots__} | changes))


def test_an_identity_with_a_role_gets_an_account_and_the_same_one_next_time(accounts):
    made = accounts.identities.account(identity(role=Role.OFFICE, name="Maria"))
    assert (made.role, made.name, made.has_password) == (Role.OFFICE, "Maria", False)
    assert accounts.identities.account(identity(email="neu@stadt.example")).id == made.id
    assert accounts.identities.account(identity(role=Role.READER)).role is Role.READER
    assert len(accounts.registry.all()) == 1


def test_an_identity_without_a_role_or_an_account_stays_outside(accounts):
    with pytest.raises(Forbidden):
        accounts.identities.account(MARIA)
    assert accounts.registry.all() == []


def test_an_account_is_joined_only_to_an_address_that_the_provider_has_verified(accounts):
    known = accounts.registry.add(MARIA.email, Role.OFFICE, password=GOOD)
    with pytest.raises(Conflict):
        accounts.identities.account(identity(email_verified=False, role=Role.ADMIN))
    assert accounts.identities.account(MARIA) == known


def test_a_disabled_account_stays_out_through_the_sign_on_too(accounts):
    made = accounts.identities.account(identity(role=Role.OFFICE))
    accounts.registry.change(made.id, disabled=True)
    with pytest.raises(Forbidden):
        accounts.identities.account(identity(role=Role.OFFICE))
