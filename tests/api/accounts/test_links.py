"""Links by which people set a password."""

from datetime import timedelta

import pytest

from api.accounts.model import Scope
from api.accounts.service import Accounts
from api.accounts.sign_in import INVITATION_LIVES, RESET_LIVES
from api.http.errors import TooMany, Unauthorised
from graph_service.errors import InvalidValue, NotFound
from tests.api.accounts.conftest import BETTER, GOOD, HERE, everything


def ask_for_link(accounts: Accounts, email: str, address: str = HERE) -> list[str]:
    sent: list[str] = []
    accounts.sign_in.forgot_password(email, address, lambda account, secret, until: sent.append(secret))
    return sent


def test_a_link_sets_a_password_once_and_ends_what_the_old_one_began(accounts, office):
    session = accounts.sessions.open(office.id, "password")
    (link,) = ask_for_link(accounts, office.email)
    assert accounts.sign_in.link_owner(link).id == office.id
    accounts.sign_in.password_by_link(link, BETTER)
    assert accounts.sessions.account(session) is None
    assert accounts.sign_in.with_password(office.email, BETTER, HERE)
    with pytest.raises(Unauthorised):
        accounts.sign_in.with_password(office.email, GOOD, HERE)
    with pytest.raises(NotFound):
        accounts.sign_in.password_by_link(link, GOOD)


def test_a_refused_password_does_not_use_up_the_link(accounts, office):
    (link,) = ask_for_link(accounts, office.email)
    with pytest.raises(InvalidValue):
        accounts.sign_in.password_by_link(link, "kurz")
    accounts.sign_in.password_by_link(link, BETTER)


@pytest.mark.parametrize(("lives", "hours"), [(RESET_LIVES, 1), (INVITATION_LIVES, 168)])
def test_a_link_expires(accounts, office, clock, lives, hours):
    link, until = accounts.sign_in.link(office.id, lives)
    assert until == clock.now + timedelta(hours=hours)
    clock.goes_on(hours=hours, seconds=-1)
    assert accounts.sign_in.link_owner(link)
    clock.goes_on(seconds=1)
    with pytest.raises(NotFound):
        accounts.sign_in.password_by_link(link, BETTER)


def test_a_newer_link_makes_the_earlier_one_void(accounts, office):
    earlier, _ = accounts.sign_in.link(office.id, RESET_LIVES)
    later, _ = accounts.sign_in.link(office.id, RESET_LIVES)
    with pytest.raises(NotFound):
        accounts.sign_in.link_owner(earlier)
    assert accounts.sign_in.link_owner(later) == office


def test_asking_for_a_link_says_nothing_about_who_has_an_account_and_is_slowed_down(accounts, office):
    assert len(ask_for_link(accounts, office.email)) == 1
    assert ask_for_link(accounts, "niemand@stadt.example") == []
    for email in (office.email, "niemand@stadt.example"):
        for _ in range(2):
            ask_for_link(accounts, email)
        with pytest.raises(TooMany):
            ask_for_link(accounts, email)


def test_no_secret_is_kept(accounts, state, office):
    session = accounts.sessions.open(office.id, "password")
    _, token = accounts.tokens.create(office.id, "script", [Scope.READ])
    link, _ = accounts.sign_in.link(office.id, RESET_LIVES)
    kept = everything(state)
    for secret in (session, token, link, GOOD):
        assert secret not in kept
    assert office.email in kept
