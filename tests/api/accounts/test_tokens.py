"""What programs sign in with."""

import pytest

from api.accounts.model import Scope
from api.http.errors import Conflict, Forbidden
from api.http.viewer import Role
from graph_service.errors import InvalidValue, NotFound
from tests.api.accounts.conftest import AALEN


def test_a_token_is_recognised_by_its_secret_until_it_expires(accounts, office, clock):
    token, secret = accounts.tokens.create(office.id, "Skript", [Scope.READ, Scope.IMPORT], days=2)
    assert secret.startswith("bk_")
    owner, found = accounts.tokens.find(secret)
    assert (owner.id, found.scopes) == (office.id, {Scope.READ, Scope.IMPORT})
    assert accounts.tokens.of(office.id)[0].last_used_on == clock.now.date()
    assert accounts.tokens.find(secret + "x") is None
    clock.goes_on(days=2)
    assert accounts.tokens.find(secret) is None
    assert token.expires_at == clock.now


def test_a_token_can_be_revoked_by_its_owner_alone(accounts, office):
    other = accounts.registry.add("o@stadt.example", Role.READER)
    token, secret = accounts.tokens.create(office.id, "Skript", [Scope.READ])
    with pytest.raises(NotFound):
        accounts.tokens.revoke(other.id, token.id)
    accounts.tokens.revoke(office.id, token.id)
    assert accounts.tokens.find(secret) is None
    assert accounts.tokens.of(office.id)[0].revoked


@pytest.mark.parametrize(
    ("role", "scopes"),
    [
        (Role.READER, {Scope.READ}),
        (Role.EDITOR, {Scope.READ, Scope.WRITE}),
        (Role.OFFICE, set(Scope)),
        (Role.ADMIN, set(Scope)),
    ],
)
def test_nobody_makes_a_token_for_more_than_the_role_allows(accounts, role, scopes):
    account = accounts.registry.add("a@stadt.example", role, municipality=AALEN)
    for scope in Scope:
        if scope in scopes:
            accounts.tokens.create(account.id, "Skript", [scope])
        else:
            with pytest.raises(Forbidden):
                accounts.tokens.create(account.id, "Skript", [scope])


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "x" * 101}, {"scopes": []}, {"days": 0}, {"days": 367}, {"name": "a\x00b"}]
)
def test_a_token_says_what_it_is_for_and_how_long(accounts, office, wrong):
    asked = {"name": "Skript", "scopes": [Scope.READ], "days": 90} | wrong
    with pytest.raises(InvalidValue):
        accounts.tokens.create(office.id, asked["name"], asked["scopes"], days=asked["days"])


def test_an_account_has_a_bounded_number_of_tokens(accounts, office):
    for n in range(50):
        accounts.tokens.create(office.id, f"Skript {n}", [Scope.READ])
    with pytest.raises(Conflict):
        accounts.tokens.create(office.id, "einer mehr", [Scope.READ])
