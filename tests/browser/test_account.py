"""Signing in and the own account in a real browser: by keyboard, with axe-core, at every width."""

import re
from collections.abc import Callable, Iterator

import pytest
from browser.conftest import WIDTHS, Open, Watched, scrolls_sideways
from browser.keyboard import press, write
from playwright.sync_api import Page, expect
from service_server import quick_accounts, served

from api.accounts.model import Scope
from api.http.viewer import Role
from api.service_settings import MailSettings
from api.services import Services
from api.settings import Settings
from graph_service.keys import NodeKey
from scripts.build_web import Web

EMAIL, PASSWORD = "buero@stadt.example", "ein Apfel im Schnee"
Axe = Callable[[Page], list[str]]


@pytest.fixture(scope="module")
def service(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service with one account that has a token, and mail set up."""
    folder = tmp_path_factory.mktemp("accounts")
    mail = MailSettings(scheme="smtp+plain", host="localhost", port=1, sender="kompass@stadt.example")
    settings = Settings(store=f"sqlite:///{folder / 'k.db'}", cache=folder, url="https://kompass.example", mail=mail)
    services = Services(settings)
    accounts = quick_accounts(services)
    place = NodeKey("municipality:08136")
    account = accounts.registry.add(EMAIL, Role.EDITOR, name="Büro", municipality=place, password=PASSWORD)
    accounts.tokens.create(account.id, "Nachtlauf", [Scope.READ, Scope.WRITE])
    with served(services) as base:
        yield base


def sign_in(page: Page, password: str = PASSWORD) -> None:
    """By keyboard alone."""
    page.get_by_label("E-Mail-Adresse").focus()
    page.keyboard.type(EMAIL)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def judged(page: Page, axe: Axe) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert not scrolls_sideways(page), f"scrolls sideways at {width} px"
        assert axe(page) == []


@pytest.mark.parametrize("path", ["/sign-in", "/password/forgotten"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_pages_that_lead_in(opened: Open, axe: Axe, path: str, scheme: str) -> None:
    judged(opened(path, scheme=scheme), axe)


def test_a_wrong_password_is_announced_and_the_page_stays_usable(opened: Open, axe: Axe, watched: Watched) -> None:
    watched.expected.append("401")
    page = opened("/sign-in?next=/account")
    sign_in(page, "nicht das richtige")
    expect(page.get_by_role("alert").filter(has_text="stimmt nicht")).to_be_visible()
    judged(page, axe)


@pytest.mark.parametrize("script", [True, False])
def test_a_person_signs_in_by_keyboard_makes_a_token_and_signs_out(opened: Open, axe: Axe, script: bool) -> None:
    page = opened("/sign-in?next=/account", script=script)
    sign_in(page)
    expect(page).to_have_url(re.compile(r":\d+/account$"))
    if script:  # axe-core is a script, too
        judged(page, axe)
    page.get_by_label("Wofür er ist").fill("Skript")
    page.get_by_role("button", name="Token anlegen").click()
    expect(page.locator("code")).to_contain_text("bk_")
    page.get_by_role("button", name="Abmelden", exact=True).click()
    expect(page.get_by_role("link", name="Anmelden")).to_be_visible()


def test_a_view_is_kept_found_again_renamed_forgotten_and_brought_back_by_keyboard(opened: Open, axe: Axe) -> None:
    page = opened("/sign-in?next=/saved%3Faddress%3D%252Fnetwork%253Fentry%253Dbrokers%26name%3DNetz")
    sign_in(page)
    expect(page.get_by_label("Wie möchten Sie es nennen?")).to_have_value("Netz")
    judged(page, axe)
    page.get_by_role("button", name="Merken").press("Enter")
    expect(page.get_by_role("status").filter(has_text="Gemerkt als „Netz“")).to_be_visible()
    expect(page.get_by_role("heading", name="Ansichten des Netzwerks")).to_be_visible()
    page.locator("summary").press("Enter")
    judged(page, axe)
    field = page.get_by_label("Neuer Name")
    field.fill("Wer verbindet")
    field.press("Enter")
    kept = page.locator("main").get_by_role("link", name="Wer verbindet")
    expect(kept).to_have_attribute("href", "/network?entry=brokers")
    page.get_by_role("button", name="Vergessen").press("Enter")
    expect(page.get_by_role("status").filter(has_text="ist vergessen")).to_be_visible()
    judged(page, axe)
    page.get_by_role("button", name="Rückgängig").press("Enter")
    expect(page.locator("main li").get_by_role("link", name="Wer verbindet")).to_be_visible()


def test_a_changed_password_is_said_where_one_signs_in_anew(opened: Open, axe: Axe) -> None:
    page = opened("/sign-in?next=/account")
    sign_in(page)
    page.get_by_label("Bisheriges Passwort").fill(PASSWORD)
    page.get_by_label("Neues Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Passwort speichern").press("Enter")
    expect(page.get_by_role("status").filter(has_text="Das neue Passwort gilt")).to_be_visible()
    judged(page, axe)


def test_a_link_for_a_forgotten_password_is_asked_for_by_keyboard(opened: Open) -> None:
    page = opened("/sign-in")
    press(page, page.get_by_role("link", name="Passwort vergessen?"))
    expect(page.locator("#field-password")).to_have_count(0)
    write(page, page.locator("#field-email"), EMAIL)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Postfach")).to_be_visible()
