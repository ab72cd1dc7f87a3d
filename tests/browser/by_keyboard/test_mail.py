"""Mail by keyboard alone: asking for it, ending it, and the pages of one button that its links lead to."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from browser.conftest import Open
from browser.daily import HOME, PASSWORD, stored
from browser.keyboard import press, sign_in, skip
from playwright.sync_api import Page, expect
from service_server import quick_accounts, served

from api.http.viewer import Role
from api.mail.contact_mail import ask, contacts
from api.mail.notice_mail import notices, tell_all
from api.mail.notices import Kind
from api.service_settings import MailSettings
from api.services import Services
from api.settings import Settings
from graph_service.keys import Label, NodeKey
from graph_service.model import Dataset, Edge, EdgeType, Offer
from importers.package.importer import PackageImporter
from importers.run import run
from scripts.build_web import Web
from tests.town_package import write_town

EMAIL, OFFICE = "editor@stadt.example", NodeKey("actor:jmd")
OLD = NodeKey.of(Label.OFFER, "laden")


@pytest.fixture(scope="module")
def services(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Services:
    """A small town with mail set up, an office that has a mailbox, and an offer that nobody confirmed for long."""
    folder = tmp_path_factory.mktemp("mail")
    mail = MailSettings(scheme="smtp+plain", host="localhost", port=1, sender="kompass@stadt.example")
    found = Services(
        Settings(store=f"sqlite:///{folder / 'k.db'}", cache=folder, url="https://kompass.example", mail=mail)
    )
    run(PackageImporter(), [write_town(folder / "town")], found.store)
    there = [
        Offer(key=OLD, name="Reparaturladen", status="active", assured_on=date(2020, 1, 1)),
        Edge(EdgeType.SERVES, OLD, HOME),
    ]
    found.store.write(lambda tx: tx.replace(Dataset(id="offers", title="Liste der Angebote"), there))
    quick_accounts(found).registry.add(EMAIL, Role.EDITOR, municipality=HOME, password=PASSWORD)
    contacts(found).set_mailbox(OFFICE, "jmd@stadt.example", None, by="test")
    return found


@pytest.fixture(scope="module")
def service(services: Services) -> Iterator[str]:
    """Where it is served."""
    with served(services) as base:
        yield base


def letter(services: Services) -> str:
    """The one mail that waits."""
    mail = services.mails.claim()
    assert mail is not None
    assert services.mails.claim() is None
    services.mails.done(mail)
    return mail.body


def link(body: str, page: str, after: str = "") -> str:
    """Where the first link to such a page leads that follows a text."""
    found = re.search(rf"https://kompass\.example(/{page}/\S+)", body[body.index(after) :])
    assert found is not None
    return found[1]


def done(page: Page, text: str) -> None:
    """A page says what was done."""
    expect(page.get_by_role("status").filter(has_text=text)).to_be_visible()


def test_a_reminder_is_asked_for_and_ended(opened: Open) -> None:
    page = opened("/sign-in?next=/account")
    sign_in(page, EMAIL, PASSWORD)
    skip(page)
    press(page, page.get_by_role("button", name="Erinnern Sie mich"))
    done(page, "Ihre Wahl der E-Mails ist gespeichert")
    assert '"freshness"' in stored(page, "/me/notices")
    press(page, page.get_by_role("button", name="Beenden"))
    expect(page.get_by_role("button", name="Erinnern Sie mich")).to_be_visible()
    assert '"freshness"' not in stored(page, "/me/notices")


def test_the_links_of_a_reminder_confirm_an_offer_and_end_the_reminders(opened: Open, services: Services) -> None:
    account = services.accounts.registry.find(EMAIL).id
    notices(services).add(account, Kind.FRESHNESS)
    assert tell_all(services) == 1
    body = letter(services)
    page = opened(link(body, "confirm", after="Reparaturladen"))
    skip(page)
    press(page, page.get_by_role("button", name="Ja, er stimmt"))
    done(page, "Danke")
    assert "2020-01-01" not in stored(page, "/municipalities/90001/offers")
    page = opened(link(body, "notices"))
    skip(page)
    press(page, page.get_by_role("button", name="Diese E-Mails beenden"))
    done(page, "Sie bekommen diese E-Mails nicht mehr")
    assert notices(services).of(account) == []


@pytest.mark.parametrize(
    ("button", "said", "state"),
    [("Annehmen", "Sie haben angenommen", "accepted"), ("Ablehnen", "Sie haben abgelehnt", "declined")],
)
def test_an_office_answers_who_wrote_to_it(
    opened: Open, services: Services, button: str, said: str, state: str
) -> None:
    account = services.accounts.registry.add(f"{state}@stadt.example", Role.READER)
    ask(services, services.snapshot(), account, OFFICE, "Eine Frage", "Wir suchen Rat.")
    page = opened(link(letter(services), "contact"))
    skip(page)
    press(page, page.get_by_role("button", name=button))
    done(page, said)
    assert [each.state for each in contacts(services).of(account.id)] == [state]
    while (mail := services.mails.claim()) is not None:
        services.mails.done(mail)
