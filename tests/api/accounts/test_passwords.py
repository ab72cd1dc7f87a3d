"""Which passwords will do, and how they are kept."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.accounts.passwords import Passwords, check_password
from api.accounts.service import Accounts
from api.http.viewer import Role
from graph_service.errors import InvalidValue
from tests.api.accounts.conftest import GOOD, HERE, QUICK, everything


@pytest.mark.parametrize(
    "password",
    [
        "zu kurz",
        "x" * 257,
        "111111111111",
        "qwertzuiopasdf",
        "qwertyuiopasdf",
        "098765432109",
        "abcdefghijklm",
        "Passwort1234!",
        "Willkommen2026!",
        "KompassKompass1",
        "Geheim-Geheim-1",
        "buero.stadt2026",
    ],
)
def test_a_password_that_is_guessed_first_is_refused_without_saying_it(password):
    with pytest.raises(InvalidValue) as caught:
        check_password(password, ("buero@stadt.example", "Büro"))
    assert password not in str(caught.value)


@pytest.mark.parametrize("password", [GOOD, "korrekt pferd batterie", "98237498237492", "ççöß-ñandú-žluť", "k" + GOOD])
def test_any_other_password_will_do_whatever_its_characters(password):
    check_password(password, ("buero@stadt.example",))


def test_a_password_is_the_same_however_its_umlauts_are_typed():
    kept = QUICK.hash("Äpfel über Köln")
    assert QUICK.matches(kept, "A\u0308pfel u\u0308ber Ko\u0308ln")
    assert not QUICK.matches(kept, "Apfel uber Koln")


@given(st.text(max_size=300), st.text(max_size=300))
def test_only_the_password_itself_matches(one, other):
    kept = QUICK.rehash(one)
    assert not QUICK.matches(None, one)
    if one.encode("utf-8", "replace") != other.encode("utf-8", "replace"):
        assert not QUICK.matches(kept, one + "x" + other)


def test_passwords_are_kept_as_argon2id_at_a_cost_that_guessing_feels():
    kept = Passwords().hash(GOOD)
    cost = re.match(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$", kept)
    assert cost is not None
    assert int(cost[1]) >= 47_104
    assert int(cost[2]) >= 1


def test_a_hash_of_an_earlier_cost_is_renewed_at_sign_in(state, clock):
    before = Accounts.on(state, clock=clock, passwords=QUICK)
    before.registry.add("a@stadt.example", Role.READER, password=GOOD)
    after = Accounts.on(state, clock=clock, passwords=Passwords(memory_kib=16, rounds=1))
    after.sign_in.with_password("a@stadt.example", GOOD, HERE)
    assert "m=16," in everything(state)
    assert after.sign_in.with_password("a@stadt.example", GOOD, HERE)
