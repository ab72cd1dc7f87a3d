"""What is kept about people, for how long, and what remains when it is erased."""

import json
import re
import sqlite3
from dataclasses import asdict
from pathlib import Path

import pytest

from api.accounts.model import Scope
from api.accounts.records import TABLES
from api.accounts.sign_in import RESET_LIVES
from api.http.viewer import Role
from api.mail.contact_mail import contacts
from api.mail.notice_mail import notices
from api.mail.outbox import MailQueue
from api.services import Services
from api.settings import Settings
from graph_service.errors import NotFound
from tests.api.accounts.conftest import GOOD, everything

PARTS_TABLES = {"accounts", "identities", "sessions", "tokens", "password_links", "account_events"}


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
    clock.goes_on(hours=2)
    assert accounts.records.sweep()["password_links"] == 1
    clock.goes_on(days=31)
    assert accounts.records.sweep()["tokens"] == 1
    clock.goes_on(days=730)
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
    page = (Path(__file__).resolve().parents[3] / "docs" / "privacy.md").read_text("utf-8")
    assert set(TABLES) <= set(re.findall(r"`([a-z_]+)`", page))
