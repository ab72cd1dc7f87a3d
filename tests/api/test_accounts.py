"""Accounts, passwords, sessions, tokens and links, on the real database with a clock of our own."""

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from argon2 import PasswordHasher, extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from api.accounts.identities import Identity
from api.accounts.model import Account, Scope
from api.accounts.passwords import Passwords, check_password
from api.accounts.records import TABLES
from api.accounts.registry import email_of
from api.accounts.service import Accounts
from api.accounts.sign_in import INVITATION_LIVES, RESET_LIVES
from api.http.errors import Conflict, Forbidden, TooMany, Unauthorised
from api.http.viewer import Role
from api.mail.contact_mail import contacts
from api.mail.notice_mail import notices
from api.mail.outbox import MailQueue
from api.services import Services
from api.settings import Settings
from api.state import StateDatabase
from graph_service.errors import InvalidValue, NotFound
from graph_service.keys import NodeKey

GOOD = "ein Apfel im Schnee"
BETTER = "drei Birnen am Zaun"
HERE = "192.0.2.1"
PARTS_TABLES = {"accounts", "identities", "sessions", "tokens", "password_links", "account_events"}
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


# --- accounts ---


def test_an_account_is_found_however_its_address_is_written(accounts):
    made = accounts.registry.add("Jugendamt@Stadt.example", Role.READER, municipality=AALEN)
    assert accounts.registry.find(" JUGENDAMT@stadt.EXAMPLE ") == made
    assert accounts.registry.get(made.id).municipality == AALEN


def test_an_address_has_one_account(accounts, office):
    with pytest.raises(Conflict):
        accounts.registry.add("BUERO@stadt.example", Role.READER)
    assert accounts.registry.all() == [office]


def test_an_editor_has_a_municipality(accounts):
    with pytest.raises(InvalidValue, match="municipality for an editor"):
        accounts.registry.add("e@stadt.example", Role.EDITOR)
    editor = accounts.registry.add("e@stadt.example", Role.EDITOR, municipality=AALEN)
    with pytest.raises(InvalidValue):
        accounts.registry.change(editor.id, municipality="")
    with pytest.raises(InvalidValue):
        accounts.registry.change(editor.id, municipality=NodeKey("actor:a1"))


def test_nobody_gets_the_role_of_nobody(accounts):
    with pytest.raises(InvalidValue):
        accounts.registry.add("e@stadt.example", Role.ANONYMOUS)


@pytest.mark.parametrize("text", ["", "ohne", "a@b@c.de", "a@b.de\r\nBcc: x@y.de", "a@b.de\nx", "a b@c.de", "@c.de"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(InvalidValue):
        email_of(text)


def test_the_last_administrator_stays(accounts):
    first = accounts.registry.add("a@stadt.example", Role.ADMIN)
    for leave in (
        lambda: accounts.registry.change(first.id, role=Role.READER),
        lambda: accounts.registry.change(first.id, disabled=True),
        lambda: accounts.records.erase(first.id),
    ):
        with pytest.raises(Conflict):
            leave()
    accounts.registry.add("b@stadt.example", Role.ADMIN)
    assert accounts.registry.change(first.id, role=Role.READER).role is Role.READER


def test_a_disabled_account_is_signed_out_everywhere_and_cannot_come_back(accounts, office):
    session = accounts.sessions.open(office.id, "password")
    _, token = accounts.tokens.create(office.id, "script", [Scope.READ])
    link, _ = accounts.sign_in.link(office.id, RESET_LIVES)
    accounts.registry.change(office.id, disabled=True)
    assert accounts.sessions.account(session) is None
    assert accounts.tokens.find(token) is None
    with pytest.raises(Unauthorised):
        accounts.sign_in.with_password(office.email, GOOD, HERE)
    with pytest.raises(NotFound):
        accounts.sign_in.password_by_link(link, BETTER)
    with pytest.raises(NotFound):
        accounts.sign_in.link(office.id, RESET_LIVES)
    accounts.registry.change(office.id, disabled=False)
    assert accounts.sign_in.with_password(office.email, GOOD, HERE).id == office.id
    assert accounts.sessions.account(session) is None


# --- passwords ---


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


# --- signing in ---


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
            clock.on(seconds=error.retry_after)
            with pytest.raises(Unauthorised):
                accounts.sign_in.with_password(email, "nicht das richtige", address)
    return found


def test_whoever_fails_waits_longer_each_time_up_to_a_quarter_of_an_hour(accounts, office, clock):
    assert waits(accounts, clock, office.email, HERE, 15) == [0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_while_one_has_to_wait_even_the_right_password_is_not_looked_at(accounts, office, clock):
    waits(accounts, clock, office.email, HERE, 3)
    with pytest.raises(TooMany):
        accounts.sign_in.with_password(office.email, GOOD, HERE)
    clock.on(seconds=1)
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
    clock.on(days=1)
    assert waits(accounts, clock, office.email, HERE, 3) == [0, 0, 0]
    clock.on(days=1)
    assert accounts.records.sweep()["attempts"] == 3


# --- links ---


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
    clock.on(hours=hours, seconds=-1)
    assert accounts.sign_in.link_owner(link)
    clock.on(seconds=1)
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


# --- sessions ---


def test_every_sign_in_has_a_secret_of_its_own_and_replaces_the_browsers_earlier_one(accounts, office):
    first = accounts.sessions.open(office.id, "password")
    second = accounts.sessions.open(office.id, "password", instead_of=first)
    assert first != second
    assert accounts.sessions.account(first) is None
    assert accounts.sessions.account(second) == accounts.registry.get(office.id)


def test_a_session_ends_when_nothing_happens_and_at_the_end_of_the_day(accounts, office, clock):
    idle, busy = accounts.sessions.open(office.id, "password"), accounts.sessions.open(office.id, "password")
    for _ in range(11):
        clock.on(hours=1)
        assert accounts.sessions.account(busy)
    assert accounts.sessions.account(idle) is None
    assert len(accounts.sessions.of(office.id)) == 1
    clock.on(hours=1)
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
            clock.on(seconds=10)
            accounts.sessions.account(secret)
        assert other.execute("PRAGMA data_version").fetchone() == before


# --- tokens ---


def test_a_token_is_recognised_by_its_secret_until_it_expires(accounts, office, clock):
    token, secret = accounts.tokens.create(office.id, "Skript", [Scope.READ, Scope.IMPORT], days=2)
    assert secret.startswith("bk_")
    owner, found = accounts.tokens.find(secret)
    assert (owner.id, found.scopes) == (office.id, {Scope.READ, Scope.IMPORT})
    assert accounts.tokens.of(office.id)[0].last_used_on == clock.now.date()
    assert accounts.tokens.find(secret + "x") is None
    clock.on(days=2)
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


# --- the house's own sign-on ---

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


# --- what is kept, and for how long ---


def test_an_export_holds_everything_but_secrets(accounts, office, clock):
    session = accounts.sessions.open(office.id, "password")
    token, secret = accounts.tokens.create(office.id, "Skript", [Scope.READ])
    said = json.dumps(asdict(accounts.records.export(office.id)), default=str, ensure_ascii=False)
    for part in ("buero@stadt.example", "Büro", token.id, "Skript", "token-created", "2026-11-23"):
        assert part in said
    for hidden in (session, secret, "argon2", "digest"):
        assert hidden not in said
    with pytest.raises(NotFound):
        accounts.records.export("niemand")


def test_an_erased_account_leaves_nothing_but_a_random_id_in_the_audit_trail(accounts, state, office):
    other = accounts.registry.add("o@stadt.example", Role.READER, password=GOOD)
    accounts.sessions.open(office.id, "password")
    accounts.tokens.create(office.id, "Skript von Büro", [Scope.READ])
    accounts.sign_in.link(office.id, RESET_LIVES)
    accounts.records.erase(office.id, by=other.id)
    with state.read() as connection:
        for table, personal in TABLES.items():
            if table not in PARTS_TABLES:
                continue  # of another part of the service, which has not been used here
            found = connection.execute(f"SELECT 1 FROM {table} WHERE {personal.about}", {"account": office.id})
            assert bool(found.fetchall()) is not personal.goes
        events = [dict(row) for row in connection.execute("SELECT * FROM account_events")]
    assert {"erased", "added", "token-created", "link-made"} == {
        e["event"] for e in events if e["account"] == office.id
    }
    assert "buero" not in json.dumps(events)
    assert accounts.registry.all() == [other]
    assert accounts.registry.add("buero@stadt.example", Role.READER).id != office.id


def test_an_erased_account_is_gone_from_the_file_itself(accounts, state, office):
    accounts.registry.add("o@stadt.example", Role.READER)
    accounts.records.erase(office.id)
    state.close()
    with sqlite3.connect(state.path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    assert "buero@stadt.example" not in everything(state)


def test_every_table_that_names_an_account_is_known(tmp_path):
    services = Services(Settings(store=f"sqlite:///{tmp_path / 'kompass.db'}", cache=tmp_path))
    assert services.accounts
    assert services.mails
    assert contacts(services)
    assert notices(services)
    assert services.imports
    assert services.saved
    with services.state.read() as connection:
        tables = [row["name"] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        naming = {
            (table, column["name"])
            for table in tables
            for column in connection.execute(f"PRAGMA table_info({table})")
            if column["name"] == "account" or column["name"].endswith(("_by", "by_account"))
        }
    services.close()
    assert len(naming) >= 9
    assert naming <= {(table, column) for table, personal in TABLES.items() for column in personal.columns}


def test_what_is_no_longer_needed_goes(accounts, state, office, clock):
    accounts.tokens.create(office.id, "Skript", [Scope.READ], days=1)
    accounts.sign_in.link(office.id, RESET_LIVES)
    assert set(accounts.records.sweep().values()) == {0}
    clock.on(hours=2)
    assert accounts.records.sweep()["password_links"] == 1
    clock.on(days=31)
    assert accounts.records.sweep()["tokens"] == 1
    clock.on(days=730)
    assert accounts.records.sweep()["account_events"] == 3
    assert accounts.registry.get(office.id)


def test_the_file_is_private(state):
    assert state.path.stat().st_mode & 0o077 == 0


def test_an_export_and_an_erasure_reach_other_parts_of_the_service(accounts, state, office):
    mails = MailQueue(state)
    mails.put("buero@stadt.example", "Hallo", "Text\n", account=office.id)
    mails.put("jemand@stadt.example", "Hallo", "Text\n")
    assert len(accounts.records.export(office.id).records["mails"]) == 1
    accounts.records.erase(accounts.registry.add("o@stadt.example", Role.READER).id)
    assert mails.waiting() == 2
    accounts.records.erase(office.id)
    assert mails.waiting() == 1


def test_every_table_about_people_is_explained():
    page = (Path(__file__).resolve().parents[2] / "docs" / "privacy.md").read_text("utf-8")
    assert set(TABLES) <= set(re.findall(r"`([a-z_]+)`", page))
