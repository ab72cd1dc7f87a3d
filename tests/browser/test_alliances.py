"""Building an alliance in a real browser: need, candidates, board, draft, by keyboard and without script."""

from collections.abc import Callable, Iterator

import pytest
from browser.conftest import WIDTHS, Open, scrolls_sideways
from browser.keyboard import press, sign_in, skip, to, write
from playwright.sync_api import Page, expect
from service_server import quick_accounts, served

from api.http.viewer import Role
from api.mail.contact_mail import contacts
from api.service_settings import MailSettings
from api.services import Services
from api.settings import Settings
from graph_service.keys import NodeKey
from importers.package.importer import PackageImporter
from importers.run import run
from scripts.build_web import Web
from tests.town_package import write_town

EMAIL, PASSWORD = "redaktion@stadt.example", "ein Apfel im Schnee"
NEED = "municipality=90001&field=school-to-work&need=Ausbildung"
PAGES = [
    "/alliances",
    f"/alliances?{NEED}&with=schule&who=Niemand",
    f"/alliances/candidates?{NEED}&with=schule",
    f"/alliances/board?{NEED}&with=schule&without=jmd",
    "/alliances/b1/check",
    "/requests?state=all",
    "/requests?resource=transport",
    "/requests/resources",
    "/requests/r1/supporters",
    "/actors/schule/requests",
]
Axe = Callable[[Page], list[str]]


@pytest.fixture(scope="module")
def service(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service on a small town with an editor's account, mail set up, and two offices that have mailboxes."""
    folder = tmp_path_factory.mktemp("alliances")
    mail = MailSettings(scheme="smtp+plain", host="localhost", port=1, sender="kompass@stadt.example")
    settings = Settings(store=f"sqlite:///{folder / 'k.db'}", cache=folder, url="https://kompass.example", mail=mail)
    services = Services(settings)
    run(PackageImporter(), [write_town(folder / "town")], services.store)
    accounts = quick_accounts(services)
    home = NodeKey("municipality:90001")
    accounts.registry.add(EMAIL, Role.EDITOR, name="Stabsstelle", municipality=home, password=PASSWORD)
    for key in ("jmd", "schule"):
        contacts(services).set_mailbox(NodeKey(f"actor:{key}"), f"{key}@stadt.example", None, by="test")
    with served(services) as base:
        yield base


@pytest.mark.parametrize("path", PAGES)
def test_every_step_is_accessible_at_every_width_in_both_languages(opened: Open, axe: Axe, path: str) -> None:
    page = opened(path, language="en", scheme="dark")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert axe(page) == []
    page.emulate_media(color_scheme="light")
    page.goto(f"{path}{'&' if '?' in path else '?'}lang=de")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert not scrolls_sideways(page), f"scrolls sideways at {width} px"
    assert axe(page) == []


def test_a_person_builds_saves_and_invites_by_keyboard_alone(opened: Open, axe: Axe) -> None:
    page = opened("/alliances")
    to(page, page.get_by_label("Kommune – freiwillig", exact=True))
    page.keyboard.type("Großbären")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    field = page.get_by_label("Handlungsfeld")
    to(page, field)
    while field.input_value() != "school-to-work":
        page.keyboard.press("ArrowDown")
    to(page, page.get_by_label("In eigenen Worten"))
    page.keyboard.type("Ausbildung für junge Leute")
    to(page, page.get_by_label("Name eines Akteurs"))
    page.keyboard.type("Kulturverein")
    expect(page.get_by_role("option", name="Kulturverein Großbären")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    to(page, page.get_by_role("button", name="Diesen Akteur hinzufügen"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox", name="Kulturverein Großbären")).to_be_checked()
    to(page, page.get_by_role("button", name="Akteure finden"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Wer kommt in Frage?")
    for name in ("Handwerkskammer Großbären", "Jugendmigrationsdienst Bärenstadt"):
        to(page, page.get_by_role("checkbox", name=f"Ins Bündnis nehmen – {name}"))
        page.keyboard.press("Space")
    to(page, page.get_by_role("button", name="Bündnis zusammenstellen"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Das Bündnis")
    expect(page.locator(".bk-seats").get_by_text("Handwerkskammer Großbären").first).to_be_visible()
    board = page.url
    to(page, page.get_by_role("link", name="Anmelden und speichern"))
    page.keyboard.press("Enter")
    sign_in(page, EMAIL, PASSWORD)
    expect(page).to_have_url(board)
    assert axe(page) == []
    to(page, page.get_by_label("Name des Bündnisses"))
    page.keyboard.press("Control+A")
    page.keyboard.type("Ausbildung gemeinsam")
    to(page, page.get_by_role("button", name="Als Entwurf speichern"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Als Entwurf gespeichert")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ausbildung gemeinsam")
    assert axe(page) == []
    to(page, page.get_by_role("link", name="Der Stelle schreiben – Jugendmigrationsdienst Bärenstadt"))
    page.keyboard.press("Enter")
    expect(page.get_by_label("Betreff")).to_have_value("Bündnis „Ausbildung gemeinsam“")
    page.go_back()
    to(page, page.get_by_role("button", name="Rückgängig machen"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="zurückgenommen")).to_be_visible()
    assert page.url.startswith(board)


def test_an_office_is_written_to_by_keyboard_alone(opened: Open) -> None:
    page = opened("/sign-in?next=/contact%3Fto%3Dactor:schule%26back%3D/alliances")
    sign_in(page, EMAIL, PASSWORD)
    skip(page)
    write(page, page.get_by_label("Betreff"), "Ausbildung gemeinsam")
    write(page, page.locator("#field-text"), "Wir suchen jemanden, der junge Leute begleitet.")
    press(page, page.get_by_role("button", name="Nachricht senden"))
    expect(page.get_by_role("status").filter(has_text="unterwegs")).to_be_visible()


def test_without_script_the_same_way_leads_to_a_board_and_back(opened: Open) -> None:
    page = opened("/alliances", script=False)
    page.get_by_label("Kommune – freiwillig", exact=True).fill("Großbärenkreis")
    page.get_by_label("Handlungsfeld").select_option(label="Übergang Schule–Beruf, Ausbildung, Arbeit")
    page.get_by_label("Name eines Akteurs").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Wer kommt in Frage?")
    page.get_by_role("checkbox", name="Ins Bündnis nehmen – Jugendmigrationsdienst Bärenstadt").check()
    page.get_by_role("button", name="Bündnis zusammenstellen").click()
    expect(page.locator(".bk-seats")).to_contain_text("Jugendmigrationsdienst Bärenstadt")
    expect(page.get_by_role("button", name="Als Arbeitspapier drucken")).to_be_hidden()
    page.get_by_role("link", name="Auslassen – Jugendmigrationsdienst Bärenstadt").first.click()
    expect(page.locator(".bk-seats")).not_to_contain_text("Jugendmigrationsdienst Bärenstadt")
    page.get_by_role("link", name="Wieder zulassen – Jugendmigrationsdienst Bärenstadt").click()
    expect(page.get_by_role("heading", name="Ausgelassen")).to_have_count(0)
    page.get_by_role("link", name="Auch diese Rolle besetzen").first.click()
    expect(page.get_by_role("link", name="Nicht mehr verlangen")).to_have_count(1)
    page.get_by_role("link", name="Anmelden und speichern").click()
    page.get_by_label("E-Mail-Adresse").fill(EMAIL)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    page.get_by_label("Name des Bündnisses").fill("Ohne Skript")
    page.get_by_role("button", name="Als Entwurf speichern").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ohne Skript")
    page.get_by_role("link", name="Der Stelle schreiben – Jugendmigrationsdienst Bärenstadt").click()
    page.get_by_role("button", name="Nachricht senden").click()
    expect(page.get_by_role("status").filter(has_text="unterwegs")).to_be_visible()
    page.get_by_role("link", name="Zurück").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ohne Skript")


def test_on_paper_the_board_has_its_seats_and_no_controls(opened: Open) -> None:
    page = opened(f"/alliances/board?{NEED}&with=schule")
    page.emulate_media(media="print")
    expect(page.locator(".bk-seats")).to_be_visible()
    expect(page.get_by_role("heading", name="Was trägt")).to_be_visible()
    expect(page.get_by_text("Arbeitspapier „Bündnis")).to_be_visible()
    for control in (page.get_by_role("button"), page.get_by_role("textbox"), page.get_by_role("navigation")):
        assert not any(each.is_visible() for each in control.all())


def test_the_button_for_paper_prints(opened: Open) -> None:
    page = opened(f"/alliances/board?{NEED}")
    page.evaluate("() => { window.printed = 0; window.print = () => { window.printed += 1 } }")
    page.get_by_role("button", name="Als Arbeitspapier drucken").click()
    assert page.evaluate("window.printed") == 1
