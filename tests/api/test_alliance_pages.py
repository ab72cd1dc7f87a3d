"""The alliance workshop and the requests, as a browser without script asks for them."""

import re
import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from flask.testing import FlaskClient

from api.accounts.passwords import Passwords
from api.accounts.service import Accounts
from api.app import create_app
from api.http.viewer import Role
from api.mail.contact_mail import contacts
from api.mail.notice_mail import notices
from api.mail.outbox import Postman
from api.service_settings import MailSettings
from api.services import Services
from api.settings import Settings
from graph_service.keys import Label, NodeKey, municipality_key
from graph_service.model import Actor, Alliance, Dataset, EdgeType, Request, Visibility
from graph_service.store.open import open_store
from importers.package.importer import PackageImporter
from importers.run import run
from tests.town_package import write_town

PASSWORD = "ein Apfel im Schnee"
HOME, AWAY = "90001", "90002"
NEED = f"municipality={HOME}&field=school-to-work&need=Ausbildung"
GERMAN = {"Accept-Language": "de"}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the town, to be copied."""
    folder = tmp_path_factory.mktemp("town")
    store = open_store(f"sqlite:///{folder / 'town.db'}")
    run(PackageImporter(), [write_town(folder / "package")], store)
    store.close()
    return folder / "town.db"


@pytest.fixture
def services(town: Path, tmp_path: Path) -> Iterator[Services]:
    store = f"sqlite:///{shutil.copy(town, tmp_path / 'town.db')}"
    mail = MailSettings(scheme="smtp+plain", host="localhost", port=1, sender="kompass@stadt.example")
    found = Services(Settings(store=store, cache=tmp_path, mail=mail, url="https://kompass.example"))
    accounts = Accounts.on(found.state, passwords=Passwords(memory_kib=8, rounds=1))
    found.__dict__["_accounts"] = accounts
    for name, role, place in (
        ("redaktion", Role.EDITOR, HOME),
        ("fremd", Role.EDITOR, AWAY),
        ("leserin", Role.READER, HOME),
    ):
        accounts.registry.add(
            f"{name}@stadt.example", role, name=name, municipality=municipality_key(place), password=PASSWORD
        )
    yield found
    found.close()


@pytest.fixture
def client(services: Services) -> FlaskClient:
    return app_of(services).test_client()


def app_of(services: Services) -> Flask:
    return create_app(services.settings, services)


def sign_in(client: FlaskClient, name: str = "redaktion") -> None:
    answer = client.post("/sign-in", data={"email": f"{name}@stadt.example", "password": PASSWORD})
    assert answer.status_code == 303


def told(client: FlaskClient, path: str) -> str:
    """The text of a page in German."""
    answer = client.get(path, headers=GERMAN)
    assert answer.status_code == 200, (path, answer.status_code)
    main = answer.text[answer.text.index("<main") : answer.text.index("</main")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def links(client: FlaskClient, path: str) -> list[str]:
    """Where a page leads."""
    return [unescape(each) for each in re.findall(r'href="([^"]+)"', client.get(path, headers=GERMAN).text)]


def form_of(page: str, action: str) -> dict[str, list[str]]:
    """The fields of a form as a browser would send them unchanged."""
    form = next(each for each in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'action="{action}"' in each)
    given: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]+>", form):
        kind, name, value = (re.search(rf'{each}="([^"]*)"', tag) for each in ("type", "name", "value"))
        if name and (kind is None or kind[1] not in ("radio", "checkbox") or "checked" in tag):
            given.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    return given


def test_a_need_leads_to_candidates_with_reasons_for_and_against(client):
    text = told(client, f"/alliances/candidates?{NEED}")
    assert "Von 7 verzeichneten Akteuren passen" in text
    assert "Handwerkskammer Großbären" in text
    assert "Ist im Handlungsfeld aktiv." in text
    assert "Aber: zuletzt bestätigt am 02.02.2023." in text
    assert "Für: Großbärenkreis · Übergang Schule–Beruf, Ausbildung, Arbeit · „Ausbildung“" in text


def test_a_name_that_ends_with_a_full_stop_ends_the_sentence_with_one(client):
    text = told(client, f"/alliances/candidates?municipality={HOME}&need=Vorlesen")
    assert "zuerst: Lesefreunde e. V. Für:" in text


def test_who_is_in_already_is_no_candidate_but_stays_chosen(client):
    page = client.get(f"/alliances/candidates?{NEED}&with=jmd", headers=GERMAN).text
    chosen = form_of(page, "/alliances/board")["with"]
    assert chosen == ["jmd"]
    assert page.count('value="jmd"') == 1


def test_a_name_that_was_typed_becomes_a_key_in_the_address(client):
    answer = client.get("/alliances?who=Kulturverein Großbären&field=language")
    assert answer.status_code == 303
    assert answer.location == "/alliances?field=language&with=verein"
    answer = client.get(f"/alliances/board?{NEED}&who=Kulturverein Großbären")
    assert answer.location.endswith("with=verein")


@pytest.mark.parametrize("path", ["/alliances/candidates", "/alliances/board"])
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("", "Eine Angabe genügt"),
        ("municipality=Nirgendwo&field=school", "„Nirgendwo“"),
        ("field=school&who=Niemand", "Kein Akteur ist als „Niemand“ verzeichnet"),
        ("field=nonsense", "wurde nicht verstanden"),
    ],
)
def test_what_is_not_understood_is_asked_for_in_the_first_step(client, path, asked, said):
    answer = client.get(f"{path}?{asked}", headers=GERMAN)
    assert answer.status_code == 303
    assert said in told(client, answer.location)


def test_the_board_names_seats_who_holds_them_and_what_is_missing(client):
    text = told(client, f"/alliances/board?{NEED}&with=kammer")
    assert "Handwerkskammer Großbären" in text
    assert "gewählt" in text
    assert "Vorschlag" in text
    assert "Zugang zur Zielgruppe" in text
    assert "Was trägt" in text
    assert "Was fehlt" in text
    assert not re.search(r"[+−]0,\d", text.partition("Wie dies gefunden wurde")[0]), "points stay in the details"


def test_every_link_of_the_board_leads_to_another_board(client):
    path = f"/alliances/board?{NEED}&with=kammer"
    boards = [each for each in links(client, path) if each.startswith("/alliances/board")]
    assert any("without=" in each for each in boards)
    assert any("with=kammer" not in each for each in boards), "what was fixed can be let go"
    for each in boards:
        assert client.get(each).status_code == 200


def test_an_actor_that_is_left_out_is_not_proposed_and_can_come_back(client):
    path = f"/alliances/board?{NEED}&without=jmd"
    text = told(client, path).partition("Wie dies gefunden wurde")[0]
    assert "Ausgelassen" in text
    assert text.count("Jugendmigrationsdienst Bärenstadt") == 2, "in the list of those left out, and in its link"
    back = next(each for each in links(client, path) if each.startswith("/alliances/board?") and "without" not in each)
    assert "Jugendmigrationsdienst" in told(client, back)
    assert "Ausgelassen" not in told(client, back)


def test_a_size_that_cannot_be_is_said_and_left_out(client):
    assert "Ein Bündnis dieser Größe" in told(client, f"/alliances/board?{NEED}&size=2")
    assert "4 Akteure passen zusammen" in told(client, f"/alliances/board?{NEED}&size=4")


def save(client: FlaskClient, **changes: object):
    page = client.get(f"/alliances/board?{NEED}&with=kammer", headers=GERMAN).text
    return client.post("/alliances/drafts", data=form_of(page, "/alliances/drafts") | changes, headers=GERMAN)


def test_who_is_not_signed_in_signs_in_and_comes_back_to_the_same_board(client):
    page = client.get(f"/alliances/board?{NEED}&with=kammer").text
    assert "/alliances/drafts" not in page
    sent = client.post("/alliances/drafts", data={"municipality": HOME, "field": "school-to-work", "with": "kammer"})
    assert sent.status_code == 303
    assert sent.location.startswith("/sign-in?next=%2Falliances%2Fboard%3F")


def test_an_editor_saves_the_board_as_a_draft_with_its_members_and_takes_it_back(client, services):
    sign_in(client)
    sent = save(client, name="Neues Bündnis")
    assert sent.status_code == 303, sent.text
    key = NodeKey.of(Label.ALLIANCE, sent.location.split("/")[2])
    node = services.store.read(lambda tx: tx.node(key))
    assert (node.name, node.status, node.visibility) == ("Neues Bündnis", "forming", Visibility.OWN)
    edges = [e for e in services.store.read(lambda tx: tx.edges_of(key)) if e.type is EdgeType.MEMBER_OF]
    assert NodeKey("actor:kammer") in {edge.source for edge in edges}
    assert "coordination" in {edge.properties["role"] for edge in edges if edge.properties}
    page = client.get(sent.location, headers=GERMAN).text
    assert "Als Entwurf gespeichert" in page
    undo = re.search(r'action="(/alliances/drafts/\d+/undo)"', page)
    assert undo
    back = client.post(undo[1], data=form_of(page, undo[1]))
    assert back.status_code == 303
    assert back.location.startswith("/alliances/board?")
    assert client.get(f"/alliances/{key.local}/check").status_code == 404
    assert not [e for e in services.store.read(lambda tx: tx.edges()) if e.target == key]


def test_a_draft_for_the_own_municipality_is_not_shown_to_others(client, services):
    sign_in(client)
    path = save(client, name="Noch geheim").location.partition("?")[0]
    stranger = app_of(services).test_client()
    assert stranger.get(path).status_code == 404
    assert "Noch geheim" not in stranger.get("/alliances").text


def test_the_same_form_sent_twice_enters_one_draft(client, services):
    sign_in(client)
    page = client.get(f"/alliances/board?{NEED}", headers=GERMAN).text
    form = form_of(page, "/alliances/drafts")
    before = services.store.read(lambda tx: sum(n.key.label is Label.ALLIANCE for n in tx.nodes()))
    first, second = (client.post("/alliances/drafts", data=form).location for _ in range(2))
    assert "saved=" in first
    assert "saved=" not in second, "what was not entered now cannot be undone now"
    assert first.partition("?")[0] == second
    after = services.store.read(lambda tx: sum(n.key.label is Label.ALLIANCE for n in tx.nodes()))
    assert after == before + 1


def test_who_may_not_save_is_told_why_and_keeps_the_board(client, services):
    sign_in(client, "fremd")
    refused = save(client, name="Anderswo")
    assert refused.status_code == 403
    assert "Der Entwurf ließ sich nicht speichern" in refused.text
    assert 'value="Anderswo"' in refused.text
    reader = app_of(services).test_client()
    sign_in(reader, "leserin")
    assert "Ihr Konto darf lesen" in told(reader, f"/alliances/board?{NEED}")
    assert reader.post("/alliances/drafts", data={"field": "school", "name": "x"}).status_code == 403


def test_an_alliance_without_members_has_nothing_to_check(client, services):
    empty = Alliance(key=NodeKey("alliance:leer"), name="Noch niemand")
    services.store.write(lambda tx: tx.replace(Dataset(id="leer", title="Leer"), [empty]))
    services.moved()
    text = told(client, "/alliances/leer/check")
    assert "Kein Mitglied ist verzeichnet, deshalb lässt sich noch nichts prüfen." in text
    assert "keines der Mitglieder" not in text
    assert "Nichts fällt auf" not in text


def test_a_check_names_roles_without_a_holder_and_whom_to_write_to(client, services):
    text = told(client, "/alliances/b1/check")
    assert "3 Mitglieder. Niemand verzeichnet für: Entscheidung, Mandat; Zugang zur Zielgruppe." in text
    assert "Öffentliche Verwaltung" in text
    assert "/contact" not in " ".join(links(client, "/alliances/b1/check"))
    contacts(services).set_mailbox(NodeKey("actor:jmd"), "jmd@stadt.example", None, by="test")
    sign_in(client)
    page = client.get("/alliances/b1/check", headers=GERMAN).text
    written = [each for each in links(client, "/alliances/b1/check") if each.startswith("/contact?")]
    assert len(written) == 1
    assert "to=actor%3Ajmd" in written[0]
    assert "jmd@stadt.example" not in page, "the address of a mailbox is told to nobody"
    form = client.get(written[0], headers=GERMAN).text
    assert "Bündnis „Ausbildung Großbären“" in unescape(form)
    assert "Fachliche Expertise" in form


class Mailboxes:
    """Takes every mail that a real mail server is given."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the server's own name
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def mailboxes() -> Iterator[tuple[Mailboxes, int]]:
    """A mail server, and its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    found = Mailboxes()
    running = Controller(found, hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
    running.start()
    yield found, port
    running.stop(no_assert=True)


def test_an_invitation_reaches_the_office_by_mail_and_its_answer_comes_back(client, services, mailboxes):
    found, port = mailboxes
    contacts(services).set_mailbox(NodeKey("actor:jmd"), "jmd@stelle.example", None, by="test")
    postman = Postman(services.mails, replace(services.settings.mail, host="127.0.0.1", port=port))
    sign_in(client)
    check = save(client, name="Ausbildung gemeinsam", **{"with": ["kammer"]}).location
    invite = next(each for each in links(client, check) if each.startswith("/contact?") and "actor%3Ajmd" in each)
    form = form_of(client.get(invite, headers=GERMAN).text, "/contact") | {"text": ["Machen Sie mit?"]}
    for _ in "sent twice":
        sent = client.post("/contact", data=form, headers=GERMAN)
        assert "Ihre Nachricht ist unterwegs" in sent.text
        assert f'href="{check.partition("?")[0]}"' in sent.text, "the way goes on where it came from"
    assert postman.round() == 1
    (asked,) = found.mails
    assert asked["To"] == "jmd@stelle.example"
    assert "Ausbildung gemeinsam" in asked.get_content()
    assert "redaktion@stadt.example" not in asked.as_string()
    link = re.search(r"https://kompass\.example(/contact/\S+)", asked.get_content())
    assert link
    office = app_of(services).test_client()
    assert "Machen Sie mit?" in told(office, link[1])
    assert office.post(link[1], data={"answer": "accept"}).status_code == 200
    assert postman.round() == 2
    told_to = {mail["To"]: mail.get_content() for mail in found.mails[1:]}
    assert "jmd@stelle.example" in told_to["redaktion@stadt.example"]
    assert "redaktion@stadt.example" in told_to["jmd@stelle.example"]


def test_a_useful_role_is_an_open_seat_that_can_be_asked_for_and_let_go(client):
    board = f"/alliances/board?{NEED}&with=kammer"
    page = client.get(board, headers=GERMAN).text
    ask = re.findall(r'<a href="([^"]+role=[^"]+)">Auch diese Rolle besetzen', page)
    assert ask
    more = unescape(ask[0])
    text = told(client, more)
    assert "Rollen, die Sie zusätzlich besetzt haben wollen" in text
    back = re.search(r'<a href="([^"]+)">Nicht mehr verlangen', client.get(more, headers=GERMAN).text)
    assert back
    assert "role=" not in back[1]


def test_the_name_that_was_typed_comes_back_after_signing_in(client):
    form = {"field": "school-to-work", "municipality": HOME, "name": "Mein Bündnis", "visibility": "public"}
    to_sign_in = client.post("/alliances/drafts", data=form).location
    back = parse_qs(urlsplit(to_sign_in).query)["next"][0]
    sign_in(client)
    page = form_of(client.get(back, headers=GERMAN).text, "/alliances/drafts")
    assert page["name"] == ["Mein Bündnis"]
    assert page["visibility"] == ["public"]


def test_all_three_steps_stand_there_and_lead_on_once_something_is_said(client):
    first = client.get("/alliances").text
    assert "3 Das Bündnis" in first
    assert 'href="/alliances/board' not in first
    assert 'href="/alliances/board' in client.get(f"/alliances?{NEED}").text


def test_an_existing_alliance_is_found_by_its_name(client):
    assert client.get("/alliances?alliance=Ausbildung Großbären").location == "/alliances/b1/check"
    assert "Ein Bündnis ist unter diesem Namen verzeichnet." in told(client, "/alliances?alliance=ausbild")


def test_open_requests_are_listed_and_closed_ones_on_demand(client):
    text = told(client, "/requests")
    assert "Räume für einen Sprachtreff" in text
    assert "Dolmetschende" not in text
    assert "Dolmetschende" in told(client, "/requests?state=all")
    assert "Kein offenes Gesuch passt" in told(client, f"/requests?municipality={AWAY}")
    assert "Räume für einen Sprachtreff" in told(client, "/requests?resource=rooms&municipality=90")


def test_a_request_names_who_could_support_it_and_an_actor_what_it_could_support(client):
    assert "Berufsschule Bärenstadt" in told(client, "/requests/r1/supporters")
    assert "bringt ein, was gesucht wird" in told(client, "/requests/r1/supporters")
    could = client.get("/actors/schule/requests").text
    assert "Räume für einen Sprachtreff" in could
    assert could.count("kern-btn--primary") == 1
    assert '<a class="kern-btn kern-btn--primary" href="/requests"' in could
    assert client.get("/requests?actor=Berufsschule Bärenstadt").location == "/actors/schule/requests"
    assert "Berufsschule Bärenstadt" in told(client, "/requests/resources?resource=rooms")
    assert "Handwerkskammer" not in told(client, "/requests/resources?resource=rooms")


def test_long_lists_say_which_part_of_them_is_shown_and_lead_to_their_ends(client, services):
    givers = [Actor(key=NodeKey(f"actor:g{i:03}"), name=f"Geber {i:03}", resources=("rooms",)) for i in range(141)]
    services.store.write(lambda tx: tx.replace(Dataset(id="givers", title="Geber"), givers))
    services.moved()
    assert " 1 bis 20 von 141." in told(client, "/requests/resources?q=Geber")
    assert " 141 bis 141 von 141." in told(client, "/requests/resources?q=Geber&page=99")
    text = told(client, "/requests/resources?q=Geber&page=4")
    assert " 61 bis 80 von 141." in text
    assert "Erste Seite Vorige Seite 2 3 4 5 6 Nächste Seite Letzte Seite (8)" in text
    few = told(client, "/requests/resources?q=Geber 14")
    assert "bis" not in few.partition("Filtern")[2].partition("In den Daten")[0]


def test_what_bodies_could_give_by_law_is_said_to_be_taken_from_that(client, services):
    assert "gesetzlich" not in told(client, "/requests/resources")
    office = Actor(
        key=NodeKey("actor:gesetz"), name="Jugendamt Bärenstadt", kind="youth-office", legal_basis="§ 69",
        resources=("expertise",),
    )  # fmt: skip
    services.store.write(lambda tx: tx.replace(Dataset(id="law", title="Gesetz"), [office]))
    services.moved()
    text = told(client, "/requests/resources?q=Jugendamt")
    assert "Es ist eine gesetzlich zuständige Stelle: Was sie geben kann, ergibt sich aus ihrer Aufgabe" in text
    assert "Jugendamt Bärenstadt Kann geben: Fachwissen. Welche Gesuche passen?" in text
    assert "Einer davon ist eine gesetzlich zuständige Stelle" in told(client, "/requests/resources")


REQUEST = {"title": "Patinnen gesucht", "municipality": "Großbärenkreis", "resource": "volunteers-time",
           "requester": "Ausbildung Großbären", "visibility": "public", "open_until": "2099-01-01"}  # fmt: skip


def test_an_editor_enters_a_request_sees_supporters_and_asks_to_be_told(client, services):
    assert "/sign-in?next=%2Frequests%2Fnew" in " ".join(links(client, "/requests"))
    sign_in(client)
    assert 'value="Großbärenkreis"' in client.get("/requests/new", headers=GERMAN).text
    sent = client.post("/requests/new", data=REQUEST)
    assert sent.status_code == 303
    page = client.get(sent.location, headers=GERMAN).text
    assert "Freiwilligenagentur Kleinbären" in page
    answer = client.post("/account/notices", data=form_of(page, "/account/notices"))
    assert answer.status_code == 303
    account = services.accounts.registry.find("redaktion@stadt.example")
    assert [str(each.subject) for each in notices(services).of(account.id)] == [
        f"request:{sent.location.split('/')[2]}"
    ]
    assert "Sie erhalten eine E-Mail" in told(client, sent.location)
    undo = re.search(r'action="(/requests/undo/\d+)"', page)
    assert undo
    assert client.post(undo[1]).location == "/requests?undone=yes"
    assert "Patinnen" not in told(client, "/requests")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"title": ""}, 422),
        ({"municipality": "Nirgendwo"}, 404),
        ({"municipality": "Kleinbärenkreis"}, 403),
        ({"open_until": "morgen"}, 422),
        ({"requester": "Niemand"}, 404),
    ],
)
def test_a_request_that_is_not_right_is_given_back_with_what_was_entered(client, changes, status):
    sign_in(client)
    answer = client.post("/requests/new", data=REQUEST | {"description": "Bleibt stehen"} | changes, headers=GERMAN)
    assert answer.status_code == status
    assert "Das Gesuch ließ sich nicht eintragen" in answer.text
    assert "Bleibt stehen" in answer.text


def test_requests_that_end_on_one_day_stand_by_their_names(client, services):
    day = date(2099, 1, 1)
    asked = [
        Request(key=NodeKey(f"request:{key}"), name=name, open_until=day, status="open")
        for key, name in (("1", "Zelte"), ("2", "Äpfel"), ("3", "Boote"))
    ]
    services.store.write(lambda tx: tx.replace(Dataset(id="bitten", title="Bitten"), asked))
    services.moved()
    text = told(client, "/requests")
    assert text.index("Äpfel") < text.index("Boote") < text.index("Zelte")
