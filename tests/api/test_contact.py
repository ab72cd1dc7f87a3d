"""First contact: two offices get to know each other only when both want it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from clock import Clock
from flask import Flask
from flask.testing import FlaskClient

from api.accounts.passwords import Passwords
from api.accounts.service import Accounts
from api.app import create_app
from api.http.viewer import Role
from api.mail.contact_mail import contacts
from api.service_settings import MailSettings
from api.services import Services
from api.settings import Settings
from graph_service.keys import NodeKey

GOOD = "ein Apfel im Schnee"
API = "/api/v1"
BEARS, SEA = NodeKey("municipality:90001"), NodeKey("municipality:91001")
MAIL = MailSettings(scheme="smtp+plain", host="localhost", port=1, sender="kompass@office.example")
BOX = "bildung@seenkreis.example"
ASKING = "jugend@baerenkreis.example"
MESSAGE = {"key": SEA, "subject": "Wie habt ihr das gemacht?", "text": "Wir suchen Rat.\n\nViele Grüße"}


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(UTC))


@pytest.fixture
def services(kompass, store: str, package: Path, tmp_path: Path, clock: Clock) -> Services:
    kompass("import", "package", package)
    settings = Settings(store=store, cache=tmp_path, url="https://kompass.example", mail=MAIL)
    found = Services(settings)
    accounts = Accounts.on(found.state, clock=clock, passwords=Passwords(memory_kib=8, rounds=1))
    found.__dict__["_accounts"] = accounts
    add = accounts.registry.add
    add(ASKING, Role.READER, name="Jugendamt Bärenkreis", municipality=BEARS, password=GOOD)
    add("e@seenkreis.example", Role.EDITOR, municipality=SEA, password=GOOD)
    return found


@pytest.fixture
def app(services: Services) -> Flask:
    return create_app(services.settings, services)


Open = Callable[[str], FlaskClient]


@pytest.fixture
def signed_in(app: Flask) -> Open:
    def opened(email: str) -> FlaskClient:
        client = app.test_client()
        assert client.post(f"{API}/session", json={"email": email, "password": GOOD}).status_code == 201
        return client

    return opened


@pytest.fixture
def asking(signed_in: Open) -> FlaskClient:
    return signed_in(ASKING)


@pytest.fixture
def mailbox(signed_in: Open) -> None:
    answer = signed_in("e@seenkreis.example").put(f"{API}/contacts/mailboxes/{SEA}", json={"email": BOX})
    assert answer.status_code == 204


def letters(services: Services) -> list[tuple[str, str, str, str | None]]:
    """Every mail that waits: recipient, subject, body, address for answers."""
    found = []
    while (mail := services.mails.claim()) is not None:
        found.append((mail.recipient, mail.subject, mail.body, mail.reply_to))
        services.mails.done(mail)
    return found


def link_in(body: str) -> str:
    return re.search(r"https://kompass\.example(/contact/\S+)", body)[1]


@pytest.fixture
def link(asking: FlaskClient, mailbox: None, services: Services) -> str:
    assert asking.post(f"{API}/contacts", json=MESSAGE).status_code == 201
    ((_, _, body, _),) = letters(services)
    return link_in(body)


def state(client: FlaskClient) -> str:
    return client.get(f"{API}/contacts").json["items"][0]["state"]


def test_a_message_reaches_the_mailbox_and_reveals_nobody(asking, mailbox, services):
    answer = asking.post(f"{API}/contacts", json=MESSAGE)
    assert answer.status_code == 201
    assert BOX not in answer.text
    ((recipient, subject, body, reply_to),) = letters(services)
    assert (recipient, reply_to) == (BOX, None)
    assert "Seenkreis" in subject
    assert "Wir suchen Rat." in body
    for hidden in (ASKING, "Jugendamt", "Bärenkreis", "90001"):
        assert hidden not in subject + body


def test_accepting_tells_each_side_who_the_other_is(app, link, services, asking):
    visitor = app.test_client()
    page = visitor.get(link)
    assert "Wie habt ihr das gemacht?" in page.text
    assert ASKING not in page.text
    assert visitor.post(link, data={"answer": "accept"}).status_code == 200
    told = {recipient: (body, reply_to) for recipient, _, body, reply_to in letters(services)}
    assert told[ASKING][1] == BOX
    assert BOX in told[ASKING][0]
    assert told[BOX][1] == ASKING
    assert "Jugendamt Bärenkreis, Großbärenkreis" in told[BOX][0]
    assert state(asking) == "accepted"


def test_declining_tells_nobodys_address(app, link, services, asking):
    app.test_client().post(link, data={"answer": "decline"})
    ((recipient, subject, body, reply_to),) = letters(services)
    assert (recipient, reply_to) == (ASKING, None)
    assert BOX not in subject + body
    assert state(asking) == "declined"


def test_only_looking_at_the_link_answers_nothing(app, link, services, asking):
    visitor = app.test_client()
    for _ in range(2):
        assert visitor.get(link).status_code == 200
    assert visitor.post(link).status_code == 422
    assert letters(services) == []
    assert state(asking) == "asked"


def test_a_message_is_answered_once(app, link, services):
    visitor = app.test_client()
    visitor.post(link, data={"answer": "decline"})
    assert len(letters(services)) == 1
    assert visitor.get(link).status_code == 404
    assert visitor.post(link, data={"answer": "accept"}).status_code == 404
    assert letters(services) == []


def test_a_link_that_nobody_signed_here_leads_nowhere(app, link):
    visitor = app.test_client()
    payload, rest = link.rsplit("/", 1)[1].split(".", 1)
    for wrong in (f"{payload}x.{rest}", payload, "x", f"{payload}.{rest[:-1]}"):
        assert visitor.get(f"/contact/{wrong}").status_code == 404


def test_after_a_month_nobody_can_answer_and_the_text_is_forgotten(app, link, services, clock):
    clock.goes_on(days=30)
    assert app.test_client().get(link).status_code == 404
    contacts(services).sweep()
    with services.state.read() as connection:
        assert [row["text"] for row in connection.execute("SELECT text FROM contacts")] == [""]
    clock.goes_on(days=61)
    assert contacts(services).sweep() == 1


def test_an_answered_text_is_forgotten_at_once(app, link, services):
    app.test_client().post(link, data={"answer": "accept"})
    with services.state.read() as connection:
        (row,) = connection.execute("SELECT subject, text FROM contacts").fetchall()
    assert tuple(row) == ("", "")


def test_nobody_is_asked_again_and_again(app, link, asking, clock, signed_in):
    assert asking.post(f"{API}/contacts", json=MESSAGE).status_code == 409
    app.test_client().post(link, data={"answer": "decline"})
    assert asking.post(f"{API}/contacts", json=MESSAGE).status_code == 409
    clock.goes_on(days=91)
    assert signed_in(ASKING).post(f"{API}/contacts", json=MESSAGE).status_code == 201


def test_nobody_writes_to_everybody(asking, services, mailbox):
    found = contacts(services)
    sender = services.accounts.registry.find(ASKING).id
    for n in range(10):
        found.set_mailbox(NodeKey(f"actor:a{n}"), BOX, None, by=sender)
        found.ask(sender, NodeKey(f"actor:a{n}"), "x", "x")
    assert asking.post(f"{API}/contacts", json=MESSAGE).status_code == 429


def test_without_a_mailbox_there_is_nobody_to_write_to(asking):
    assert asking.get(f"{API}/contacts/mailboxes/{SEA}").json == {"key": SEA, "reachable": False}
    assert asking.post(f"{API}/contacts", json=MESSAGE).status_code == 404
    assert asking.post(f"{API}/contacts", json=MESSAGE | {"key": "municipality:99999"}).status_code == 404


def test_a_mailbox_is_never_shown_and_ends_on_its_day(asking, mailbox, services, clock):
    answer = asking.get(f"{API}/contacts/mailboxes/{SEA}")
    assert answer.json["reachable"] is True
    assert BOX not in answer.text
    contacts(services).set_mailbox(SEA, BOX, clock.now.date(), by="x")
    assert contacts(services).mailbox(SEA) == BOX
    clock.goes_on(days=1)
    assert contacts(services).mailbox(SEA) is None
    contacts(services).sweep()
    with services.state.read() as connection:
        assert connection.execute("SELECT count(*) FROM mailboxes").fetchone()[0] == 0


def test_an_editor_says_where_the_own_municipality_is_reached_and_no_other(signed_in, asking):
    editor = signed_in("e@seenkreis.example")
    assert editor.put(f"{API}/contacts/mailboxes/{BEARS}", json={"email": BOX}).status_code == 403
    assert editor.put(f"{API}/contacts/mailboxes/{SEA}", json={"email": "kein Postfach"}).status_code == 422
    assert editor.put(f"{API}/contacts/mailboxes/{SEA}", json={"email": BOX, "until": "2020-01-01"}).status_code == 422
    assert asking.put(f"{API}/contacts/mailboxes/{BEARS}", json={"email": BOX}).status_code == 403
    assert editor.put(f"{API}/contacts/mailboxes/{SEA}", json={"email": BOX}).status_code == 204
    assert editor.delete(f"{API}/contacts/mailboxes/{SEA}").status_code == 204
    assert asking.get(f"{API}/contacts/mailboxes/{SEA}").json["reachable"] is False


def test_whoever_is_not_signed_in_writes_to_nobody(app, mailbox):
    visitor = app.test_client()
    assert visitor.post(f"{API}/contacts", json=MESSAGE).status_code == 401
    assert visitor.get(f"{API}/contacts/mailboxes/{SEA}").status_code == 401
    assert visitor.get(f"/contact?to={SEA}").status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [{"subject": "a\r\nBcc: x@y.example"}, {"subject": " "}, {"text": " "}, {"text": "\ud800"}, {"text": "\x00"}],
)
def test_a_message_that_no_mail_can_carry_is_refused(asking, mailbox, services, wrong):
    answer = asking.post(f"{API}/contacts", json=MESSAGE | wrong)
    if answer.status_code == 201:  # a line break in a subject becomes a space
        assert all("\n" not in subject for _, subject, _, _ in letters(services))
    else:
        assert answer.status_code == 422


def test_erasing_the_account_takes_its_messages_and_closes_their_links(app, link, services):
    services.accounts.records.erase(services.accounts.registry.find(ASKING).id)
    assert app.test_client().get(link).status_code == 404


def test_the_own_messages_belong_to_the_export(link, services):
    exported = services.accounts.records.export(services.accounts.registry.find(ASKING).id)
    assert "Wir suchen Rat." in str(exported)


def test_the_page_sends_a_message_too(asking, mailbox, services):
    page = asking.get(f"/contact?to={SEA}")
    assert "Seenkreis" in page.text
    assert BOX not in page.text
    sent = asking.post("/contact", data={"to": SEA, "subject": "Hallo", "text": "Eine Frage"})
    assert sent.status_code == 200
    assert len(letters(services)) == 1
    assert asking.post("/contact", data={"to": SEA, "subject": "Hallo", "text": "Noch eine"}).status_code == 409
