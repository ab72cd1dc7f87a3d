"""People are told by mail what they asked for, once, and can act on it without signing in."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from clock import Clock
from flask import Flask
from flask.testing import FlaskClient

from api.accounts.model import Account
from api.accounts.passwords import Passwords
from api.accounts.service import Accounts
from api.app import create_app
from api.editing.editor import Editor
from api.http.auth import viewer_of
from api.http.viewer import Role
from api.mail.notice_mail import notices, tell_all
from api.service_settings import MailSettings
from api.services import Services
from api.settings import Settings
from graph_service.keys import NodeKey
from graph_service.model import Actor

GOOD = "ein Apfel im Schnee"
API = "/api/v1"
BEARS, SEA = NodeKey("municipality:90001"), NodeKey("municipality:91001")
MAIL = MailSettings(scheme="smtp+plain", host="localhost", port=1, sender="kompass@office.example")


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(UTC))


@pytest.fixture
def services(kompass, store: str, package: Path, tmp_path: Path, clock: Clock) -> Services:
    kompass("import", "package", package)
    found = Services(Settings(store=store, cache=tmp_path, url="https://kompass.example", mail=MAIL))
    found.__dict__["_accounts"] = Accounts.on(found.state, clock=clock, passwords=Passwords(memory_kib=8, rounds=1))
    return found


@pytest.fixture
def editor_account(services: Services) -> Account:
    return services.accounts.registry.add("e@seenkreis.example", Role.EDITOR, municipality=SEA, password=GOOD)


@pytest.fixture
def office(services: Services) -> Editor:
    account = services.accounts.registry.add("buero@office.example", Role.OFFICE)
    return Editor(services, viewer_of(account), services.snapshot(), "test")


@pytest.fixture
def app(services: Services) -> Flask:
    return create_app(services.settings, services)


@pytest.fixture
def client(app: Flask, editor_account: Account) -> FlaskClient:
    client = app.test_client()
    assert client.post(f"{API}/session", json={"email": editor_account.email, "password": GOOD}).status_code == 201
    return client


def enter(office: Editor, table: str, **row: object) -> NodeKey:
    fresh = Editor(office.services, office.viewer, office.services.snapshot(), "test")
    return fresh.create(table, row).key


def mails(services: Services) -> list[tuple[str, str, str]]:
    found = []
    while (mail := services.mails.claim()) is not None:
        found.append((mail.recipient, mail.subject, mail.body))
        services.mails.done(mail)
    return found


def links(body: str, page: str) -> list[str]:
    return re.findall(rf"https://kompass\.example(/{page}/\S+)", body)


def actor(services: Services, key: NodeKey) -> Actor:
    return services.store.read(lambda reader: reader.node(key))


@pytest.fixture
def old(office: Editor) -> NodeKey:
    """An actor of the own municipality that was confirmed long ago."""
    return enter(office, "actors", name="Alter Verein", municipality="91001", assured_on="2020-01-01")


def test_nobody_gets_mail_that_nobody_asked_for(services, editor_account, old):
    assert tell_all(services) == 0
    assert mails(services) == []


def test_an_editor_is_reminded_once_a_month_of_old_entries_of_the_own_municipality(
    services, client, office, old, clock
):
    enter(office, "actors", name="Fremder Verein", municipality="90001", assured_on="2020-01-01")
    enter(office, "actors", name="Frischer Verein", municipality="91001", assured_on=clock.now.date().isoformat())
    enter(office, "offers", name="Nie bestätigt", municipalities=["91001"])
    assert client.post(f"{API}/me/notices", json={}).status_code == 201
    assert tell_all(services) == 1
    ((recipient, _, body),) = mails(services)
    assert recipient == "e@seenkreis.example"
    assert body.index("Nie bestätigt") < body.index("Alter Verein")
    assert "01.01.2020" in body
    assert "Fremder" not in body
    assert "Frischer" not in body
    assert len(links(body, "confirm")) == 2
    assert tell_all(services) == 0
    clock.goes_on(days=30)
    assert tell_all(services) == 1


@pytest.fixture
def link(services: Services, client: FlaskClient, old: NodeKey) -> str:
    client.post(f"{API}/me/notices", json={})
    tell_all(services)
    ((_, _, body),) = mails(services)
    return links(body, "confirm")[0]


def test_a_confirmation_shortly_after_midnight_is_of_the_day_that_it_is_in_germany(app, services, old, link, clock):
    clock.now = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert app.test_client().post(link).status_code == 200
    assert actor(services, old).assured_on.isoformat() == "2026-11-24"


def test_a_link_confirms_without_signing_in_under_the_name_of_whose_it_is(
    app, services, editor_account, old, link, clock
):
    visitor = app.test_client()
    page = visitor.get(link)
    assert "Alter Verein" in page.text
    assert actor(services, old).assured_on.isoformat() == "2020-01-01"
    assert visitor.post(link).status_code == 200
    assert actor(services, old).assured_on == clock.now.date()
    (line,) = services.store.read(lambda reader: [e for e in reader.journal(key=old) if e.signature.origin == "link"])
    assert line.signature.author == editor_account.id
    lines = services.store.read(lambda reader: len(list(reader.journal(key=old))))
    assert visitor.post(link).status_code == 200
    assert services.store.read(lambda reader: len(list(reader.journal(key=old)))) == lines


def test_a_changed_link_or_one_for_something_else_confirms_nothing(app, services, client, old, link):
    visitor = app.test_client()
    signed = link.rpartition("/")[2]
    for wrong in (f"x{signed}", signed[:-1], "x", signed.replace(".", "")):
        assert visitor.post(f"/confirm/{wrong}").status_code == 404
    assert visitor.post(f"/notices/{signed}").status_code == 404
    assert actor(services, old).assured_on.isoformat() == "2020-01-01"


def test_a_link_allows_no_more_than_the_account_may_now(app, services, editor_account, old, link):
    visitor = app.test_client()
    services.accounts.registry.change(editor_account.id, role=Role.READER)
    assert visitor.post(link).status_code == 403
    services.accounts.registry.change(editor_account.id, role=Role.EDITOR, disabled=True)
    assert visitor.post(link).status_code == 404
    services.accounts.records.erase(editor_account.id)
    assert visitor.get(link).status_code == 404
    assert actor(services, old).assured_on.isoformat() == "2020-01-01"


def test_a_link_expires(app, link, monkeypatch):
    later = datetime.now(UTC) + timedelta(days=61)
    monkeypatch.setattr("itsdangerous.timed.time.time", later.timestamp)
    assert app.test_client().get(link).status_code == 404


@pytest.fixture
def request_key(office: Editor) -> NodeKey:
    return enter(office, "requests", title="Räume gesucht", municipality="91001", resources=["rooms"], status="open")


def bring_rooms(office: Editor, name: str) -> None:
    enter(office, "actors", name=name, municipality="91001", resources=["rooms"])


def test_later_arrivals_for_a_request_are_told_once_the_day_after(services, client, office, request_key, clock):
    real = datetime.now(UTC)
    clock.now = real - timedelta(days=1)
    assert client.get(f"{API}/me/notices").json["items"] == []
    made = client.post(f"{API}/me/notices", json={"request": request_key})
    assert made.status_code == 201
    assert tell_all(services) == 0
    bring_rooms(office, "Verein mit Saal")
    clock.now = real
    assert tell_all(services) == 0, "the day is not over: the rest of it would never be told"
    clock.now = real + timedelta(days=1)
    told = tell_all(services)
    sent = mails(services)
    assert told == len(sent) == 1
    assert "Räume gesucht" in sent[0][1]
    assert "Verein mit Saal" in sent[0][2]
    clock.now = real + timedelta(days=2)
    assert tell_all(services) == 0


def test_an_arrival_that_one_may_not_see_is_not_told(services, client, office, request_key, clock):
    real = clock.now
    client.post(f"{API}/me/notices", json={"request": request_key})
    enter(office, "actors", name="Geheimer Verein", municipality="91001", resources=["rooms"], visibility="office")
    clock.now = real + timedelta(days=1)
    assert tell_all(services) == 0


def test_a_link_in_the_mail_ends_such_mails_without_signing_in(app, services, client, old, clock):
    client.post(f"{API}/me/notices", json={})
    tell_all(services)
    (end,) = links(mails(services)[0][2], "notices")
    visitor = app.test_client()
    assert visitor.get(end).status_code == 200
    assert len(client.get(f"{API}/me/notices").json["items"]) == 1
    assert visitor.post(end).status_code == 200
    assert client.get(f"{API}/me/notices").json["items"] == []
    assert visitor.post(end).status_code == 404
    clock.goes_on(days=60)
    assert tell_all(services) == 0


def test_a_wish_is_kept_once_and_ended_by_its_owner(services, client):
    ids = {client.post(f"{API}/me/notices", json={}).json["id"] for _ in range(2)}
    assert len(ids) == 1
    other = services.accounts.registry.add("o@x.example", Role.READER)
    foreign = notices(services).add(other.id, notices(services).get(*ids).kind)
    assert client.delete(f"{API}/me/notices/{foreign.id}").status_code == 404
    assert client.delete(f"{API}/me/notices/{ids.pop()}").status_code == 204
    assert len(notices(services).of(other.id)) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"request": "request:unknown"}, 404),
        ({"request": "actor:x"}, 422),
        ({"request": ""}, 422),
        ({"kind": "everything"}, 422),
    ],
)
def test_a_wish_that_cannot_be_is_refused(client, body, status):
    assert client.post(f"{API}/me/notices", json=body).status_code == status


def test_the_account_page_shows_and_ends_wishes(client):
    assert "/account/notices" in client.get("/account").text
    assert client.post("/account/notices", data={}).status_code == 303
    (path,) = re.findall(r'action="(/account/notices/[^"]+)"', client.get("/account").text)
    assert client.post(path).status_code == 303
    assert client.get(f"{API}/me/notices").json["items"] == []


def test_a_disabled_account_gets_no_mail_and_an_erased_one_has_no_wishes(services, client, editor_account, old, clock):
    client.post(f"{API}/me/notices", json={})
    services.accounts.registry.change(editor_account.id, disabled=True)
    assert tell_all(services) == 0
    services.accounts.records.erase(editor_account.id)
    assert notices(services).of(editor_account.id) == []
