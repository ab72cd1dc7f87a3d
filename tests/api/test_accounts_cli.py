"""Accounts and tokens on the command line: the first administrator, and everything an administrator needs."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.accounts.service import Accounts
from api.cli.main import program
from api.http.errors import Unauthorised
from api.state import StateDatabase

GOOD = "ein Apfel im Schnee"
BETTER = "drei Birnen am Zaun"
Type = Callable[..., Result]


@pytest.fixture
def typed(kompass, store: str) -> Type:
    """Runs the program with something on its standard input."""

    def run(text: str, *args: object, code: int = 0) -> Result:
        result = CliRunner().invoke(program, ["--store", store, *map(str, args)], input=text)
        assert result.exit_code == code, f"exit {result.exit_code}: {result.output}"
        return result

    return run


@pytest.fixture
def admin(typed: Type) -> str:
    typed(f"{GOOD}\n", "user", "add", "chef@stadt.example", "--role", "admin", "--name", "Büro")
    return "chef@stadt.example"


@pytest.fixture
def accounts(store: str) -> Accounts:
    return Accounts.on(StateDatabase(Path(f"{store.removeprefix('sqlite:///')}.state") / "state.db"))


def signs_in(accounts: Accounts, email: str, password: str) -> bool:
    try:
        return bool(accounts.sign_in.with_password(email, password, "192.0.2.1"))
    except Unauthorised:
        return False


def test_the_first_administrator_is_made_with_a_password_from_standard_input(admin, accounts, kompass):
    assert signs_in(accounts, admin, GOOD)
    (row,) = json.loads(kompass("user", "list", "--format", "json").stdout)
    assert (row["email"], row["role"], row["name"], row["state"]) == (admin, "admin", "Büro", "aktiv")


def test_on_a_terminal_the_password_is_asked_for_twice_and_not_shown(typed, accounts, monkeypatch):
    class Terminal:
        @staticmethod
        def isatty() -> bool:
            return True

    monkeypatch.setattr("api.cli.accounts.sys", type("sys", (), {"stdin": Terminal}))
    said = typed(f"{GOOD}\n{GOOD}\n", "user", "add", "a@stadt.example", "--role", "reader").output
    assert "Neues Passwort" in said
    assert GOOD not in said
    assert signs_in(accounts, "a@stadt.example", GOOD)


@pytest.mark.parametrize("text", ["", "kurz\n", "Passwort1234!\n"])
def test_a_bad_password_makes_no_account(typed, accounts, text):
    said = typed(text, "user", "add", "a@stadt.example", "--role", "reader", code=1).stderr
    assert "Passwort" in said
    assert text.strip() == "" or text.strip() not in said
    assert accounts.registry.all() == []


def test_a_password_is_never_an_argument(typed):
    typed("", "user", "add", "a@stadt.example", GOOD, "--role", "reader", code=2)
    assert sys.argv  # and there is no option for it
    assert "--password" not in typed("", "user", "add", "--help").stdout


def test_an_editor_gets_a_municipality_by_its_name(loaded, typed, accounts):
    typed("", "user", "add", "e@stadt.example", "--role", "editor", "--link", code=1)
    typed("", "user", "add", "e@stadt.example", "--role", "editor", "--municipality", "Seenkreis", "--link")
    assert accounts.registry.find("e@stadt.example").municipality == "municipality:91001"
    assert "Seenkreiss" in typed(
        "", "user", "set-role", "e@stadt.example", "editor", "--municipality", "Seenkreiss", code=1
    ).stderr.replace("Seenkreiss?", "Seenkreiss")


def test_a_link_invites_and_resets(typed, admin, accounts):
    link = typed("", "user", "add", "b@stadt.example", "--role", "reader", "--link").stdout.splitlines()[-1]
    accounts.sign_in.password_by_link(link.rpartition("/")[2], BETTER)
    assert signs_in(accounts, "b@stadt.example", BETTER)
    session = accounts.sessions.open(accounts.registry.find("b@stadt.example").id, "password")
    link = typed("", "user", "reset", "b@stadt.example", "--link").stdout.strip()
    assert accounts.sessions.account(session) is None
    accounts.sign_in.password_by_link(link.rpartition("/")[2], GOOD)
    assert signs_in(accounts, "b@stadt.example", GOOD)
    typed(f"{BETTER}\n", "user", "reset", "b@stadt.example")
    assert signs_in(accounts, "b@stadt.example", BETTER)


def test_an_account_is_changed_disabled_enabled_exported_and_erased(typed, admin, accounts):
    typed(f"{GOOD}\n", "user", "add", "b@stadt.example", "--role", "reader")
    typed("", "user", "set-role", "b@stadt.example", "office")
    assert accounts.registry.find("b@stadt.example").role == "office"
    typed("", "user", "disable", "b@stadt.example")
    assert not signs_in(accounts, "b@stadt.example", GOOD)
    typed("", "user", "set-role", "b@stadt.example", "office", "--enable")
    assert signs_in(accounts, "b@stadt.example", GOOD)
    exported = json.loads(typed("", "user", "export", "b@stadt.example").stdout)
    assert exported["records"]["accounts"][0]["email"] == "b@stadt.example"
    assert "argon2" not in json.dumps(exported)
    typed("n\n", "user", "erase", "b@stadt.example", code=130)
    typed("", "user", "erase", "b@stadt.example", "--yes")
    assert "b@stadt.example" in typed("", "user", "export", "b@stadt.example", code=1).stderr


def test_the_last_administrator_stays(typed, admin):
    for last in (("disable", admin), ("set-role", admin, "reader"), ("erase", admin, "--yes")):
        assert "Administrator" in typed("", "user", *last, code=1).stderr


def test_a_token_is_printed_alone_and_once_and_can_be_revoked(typed, admin, accounts):
    made = typed("", "token", "create", admin, "--name", "Skript", "--scope", "read", "--scope", "write", "--days", 7)
    secret = made.stdout.strip()
    _, token = accounts.tokens.find(secret)
    assert token.scopes == {"read", "write"}
    listed = typed("", "token", "list", admin, "--format", "csv").stdout
    assert secret not in listed
    assert f"{token.id},Skript,read write," in listed
    typed("", "token", "revoke", admin, token.id)
    assert accounts.tokens.find(secret) is None
    assert "widerrufen" in typed("", "token", "list", admin).stdout


def test_an_address_without_an_account_is_said(typed):
    assert "niemand@stadt.example" in typed("", "token", "list", "niemand@stadt.example", code=1).stderr
