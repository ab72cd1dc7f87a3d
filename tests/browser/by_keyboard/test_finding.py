"""What people look for, compare and keep, by keyboard alone; and every control of every page."""

import re

import pytest
from browser.conftest import Open
from browser.daily import PASSWORD, TOWN, entered, stored
from browser.keyboard import assert_kept, faults_of, pick, press, sign_in, skip, suggested, to, write
from playwright.sync_api import Page, expect

from api.http.viewer import Role


def test_a_lens_of_ones_own_is_put_together_and_kept(opened: Open) -> None:
    page = entered(opened, Role.EDITOR, "/municipalities/08119/lens")
    skip(page)
    press(page, page.get_by_role("link", name="Mit keinem davon beginnen"))
    expect(page.locator("[name=i]:checked")).to_have_count(0)
    skip(page)
    write(page, page.locator("#field-title"), "Land & Dichte")
    for name in ("Einwohnerdichte", "Arbeitslosenquote"):
        press(page, page.get_by_role("checkbox", name=name, exact=True), "Space")
    press(page, page.get_by_role("button", name="Mit diesem Blickwinkel vergleichen"))
    expect(page.locator(".bk-lenses [aria-current]")).to_have_text("Land & Dichte")
    weight = page.get_by_role("spinbutton", name="Einwohnerdichte")
    write(page, weight, "2.5")
    page.keyboard.press("Tab")
    expect(page).to_have_url(re.compile("einwohnerdichte%3A2.5"))
    assert_kept(page)
    skip_to_top(page)
    press(page, page.get_by_role("link", name="Diese Ansicht merken"))
    write(page, page.get_by_label("Wie möchten Sie es nennen?"), "Mein Blick")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Gemerkt als „Mein Blick“")).to_be_visible()
    assert "einwohnerdichte%3A2.5" in stored(page, "/me/saved")


def skip_to_top(page: Page) -> None:
    """Begin a page anew, as somebody does with a key of the browser."""
    page.reload()
    skip(page)


def test_a_comparison_is_composed_kept_renamed_forgotten_and_brought_back(opened: Open) -> None:
    page = entered(opened, Role.EDITOR, "/municipalities/08119/compare")
    skip(page)
    suggested(page, page.locator("#another"), "Essling", "Esslingen")
    expect(page.locator("h1")).to_contain_text("Esslingen")
    skip(page)
    press(page, page.get_by_role("link", name="Diese Ansicht merken"))
    write(page, page.get_by_label("Wie möchten Sie es nennen?"), "Nachbarn")
    press(page, page.get_by_role("button", name="Merken", exact=True))
    expect(page.get_by_role("status").filter(has_text="Gemerkt als „Nachbarn“")).to_be_visible()
    kept = page.locator("main li", has=page.get_by_role("link", name="Nachbarn", exact=True))
    press(page, kept.locator("summary"))
    write(page, kept.get_by_label("Neuer Name"), "Nebenan")
    page.keyboard.press("Enter")
    kept = page.locator("main li", has=page.get_by_role("link", name="Nebenan", exact=True))
    expect(kept).to_be_visible()
    press(page, kept.get_by_role("button", name="Vergessen"))
    expect(page.get_by_role("status").filter(has_text="ist vergessen")).to_be_visible()
    assert "Nebenan" not in stored(page, "/me/saved")
    press(page, page.get_by_role("button", name="Rückgängig machen"))
    expect(page.get_by_role("status").filter(has_text="Gemerkt als „Nebenan“")).to_be_visible()
    assert "08119/compare" in stored(page, "/me/saved")


def test_a_view_of_the_network_is_filtered_and_kept(opened: Open) -> None:
    page = entered(opened, Role.EDITOR, "/network?start=alliance:b1")
    expect(page.locator("#explorer[data-ready]")).to_be_attached()
    skip(page)
    apply = page.get_by_role("button", name="Anwenden")
    press(page, page.locator("#nw-filters summary").first)
    press(page, page.locator("#nw-filters").get_by_label("Akteur", exact=True), "Space")
    press(page, apply)
    expect(page).to_have_url(re.compile("labels=Actor"))
    expect(apply).to_be_focused()
    write(page, page.locator("#nw-name"), "Wer mitmacht")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Gemerkt als „Wer mitmacht“")).to_be_visible()
    assert "labels=Actor" in stored(page, "/me/saved")


def test_why_somebody_is_missing_is_asked_for_a_suggested_name(opened: Open) -> None:
    page = opened("/municipalities/08119/peers")
    skip(page)
    press(page, page.locator(".bk-peer input[type=checkbox]").first, "Space")
    suggested(page, page.locator("#why"), "Essling", "Esslingen")
    expect(page.locator(".bk-explained")).to_contain_text("Esslingen")
    expect(page).to_have_url(re.compile("with="))


def test_a_municipality_is_named_on_the_start_page_and_one_more_indicator_counts(opened: Open) -> None:
    page = opened("/")
    skip(page)
    suggested(page, page.get_by_label("Ihre Kommune"), "Rems-M", "Rems-Murr-Kreis")
    expect(page).to_have_url(re.compile("/08119/peers"))
    skip(page)
    pick(page, page.locator("#add"), "Leer stehende Wohnungen")
    press(page, page.get_by_role("button", name="Merkmal hinzufügen"))
    expect(page.get_by_role("spinbutton", name="Leer stehende Wohnungen")).to_be_visible()


def test_practices_offers_and_the_atlas_are_narrowed(opened: Open) -> None:
    page = opened("/practices")
    skip(page)
    suggested(page, page.locator("#municipality"), "Rems-M", "Rems-Murr-Kreis")
    expect(page.locator("#municipality")).to_have_value("08119")
    write(page, page.locator("#text"), "Sprache")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("municipality=08119.*text=Sprache"))
    page.goto("/offers")
    skip(page)
    write(page, page.locator("#q"), "gibt es nicht")
    press(page, page.get_by_role("button", name="Anzeigen"))
    expect(page).to_have_url(re.compile("q=gibt"))
    page.goto("/atlas")
    skip(page)
    pick(page, page.locator("#state"), "Bärenland")
    press(page, page.get_by_role("button", name="Anzeigen"))
    expect(page).to_have_url(re.compile("state=90"))


def test_on_a_phone_no_cell_of_the_atlas_hides_behind_the_names(opened: Open) -> None:
    page = opened("/atlas?state=90", width=375)
    skip(page)
    links = page.locator(".bk-matrix tbody a")
    to(page, links.last)
    to(page, links.first, "Shift+Tab")


def test_the_network_is_entered_a_way_found_and_a_year_chosen(opened: Open) -> None:
    page = opened("/network")
    expect(page.locator("#explorer[data-ready]")).to_be_attached()
    skip(page)
    suggested(page, page.locator("#nw-start"), "Berufssch", "Berufsschule Bärenstadt")
    expect(page.locator("h1")).to_contain_text("Berufsschule Bärenstadt")
    assert_kept(page)
    suggested(page, page.locator("#nw-target"), "Jugendmig", "Jugendmigrationsdienst Bärenstadt")
    expect(page.locator("h1")).to_contain_text("zu Jugendmigrationsdienst")
    assert_kept(page)
    page.goto("/network?start=actor:schule")
    expect(page.locator("#explorer[data-ready]")).to_be_attached()
    skip(page)
    write(page, page.locator("#nw-year"), "2022")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("year=2022"))
    expect(page.get_by_role("link", name="Alle Jahre")).to_be_visible()
    assert_kept(page)
    press(page, page.get_by_role("link", name="Alle Jahre"))
    expect(page.get_by_role("link", name="Alle Jahre")).to_have_count(0)
    assert_kept(page)


def test_lists_lead_on_from_a_name(opened: Open) -> None:
    page = opened("/requests")
    skip(page)
    suggested(page, page.locator("#actor"), "Berufssch", "Berufsschule Bärenstadt")
    expect(page).to_have_url(re.compile("/actors/schule/requests"))
    page.goto("/requests/resources")
    skip(page)
    pick(page, page.locator("#resource"), "Räume")
    press(page, page.get_by_role("button", name="Filtern"))
    expect(page).to_have_url(re.compile("resource=rooms"))
    for path, then in (("/offers", "/90002/offers"), ("/peers", "/90002/peers")):
        page.goto(path)
        skip(page)
        suggested(page, page.locator("#pick-municipality"), "Kleinb", "Kleinbärenkreis")
        expect(page).to_have_url(re.compile(then))
    page.goto("/alliances")
    skip(page)
    suggested(page, page.locator("#alliance"), "Ausbildung Gr", "Ausbildung Großbären")
    expect(page).to_have_url(re.compile("/alliances/b1/check"))
    page.goto(f"/alliances/board?{NEED}&with=schule")
    skip(page)
    write(page, page.locator("#size"), "4")
    suggested(page, page.locator("#who"), "Kulturv", "Kulturverein Großbären")
    press(page, page.get_by_role("button", name="Neu zusammenstellen"))
    expect(page).to_have_url(re.compile("size=4"))
    expect(page.locator(".bk-seats")).to_contain_text("Kulturverein Großbären")


NEED = "municipality=90001&field=school-to-work&need=Ausbildung"
WIDE = (
    "/", "/search?q=Bären", "/municipalities/08119", "/municipalities/08119/lens", "/peers", "/practices", "/alliances",
    f"/alliances/board?{NEED}&with=schule", "/alliances/b1/check", "/requests", "/requests/resources", "/requests/new",
    "/requests/r1/supporters", "/actors/schule/requests", "/offers", f"{TOWN}/offers", f"{TOWN}/offers/new",
    f"{TOWN}/offers/paste", "/atlas/90001/language", "/exchanges", f"{TOWN}/challenges", "/indicators",
    "/exchanges/new?with=90001&with=90002&topic=field.language", "/network?start=actor:schule", "/data",
    "/data/imports", "/data/freshness", "/data/duplicates", "/data/journal", "/data/accounts", "/data/vocabularies",
    "/account", "/saved?address=/network&name=Netz", "/about", "/password/forgotten",
)  # fmt: skip
NARROW = (
    "/municipalities/08119/peers?with=08116", "/municipalities/08119/compare?with=08116", "/atlas?state=90",
    f"/alliances/candidates?{NEED}&with=schule", "/network?start=alliance:b1",
)  # fmt: skip


@pytest.mark.parametrize(("width", "paths"), [(1280, WIDE), (375, NARROW)], ids=["wide", "narrow"])
def test_every_control_of_every_page_is_come_to_and_seen(opened: Open, width: int, paths: tuple[str, ...]) -> None:
    page = opened("/sign-in?next=/account", width=width)
    sign_in(page, "admin@stadt.example", PASSWORD)
    faults = {}
    for path in paths:
        page.goto(path)
        if "network" in path and "saved" not in path:
            expect(page.locator("#explorer[data-ready]")).to_be_attached()
        if found := faults_of(page):
            faults[path] = found
    assert not faults


BROKEN = {
    "not reached": (
        "at => { at.tabIndex = -1 }",
        "at => { at.inert = true }",
        "at => at.addEventListener('keydown', event => { if (event.key === 'Tab') event.preventDefault() })",
        "at => at.insertAdjacentHTML('afterend', '<div role=\"button\">Los</div>')",
        "at => at.insertAdjacentHTML('afterend', '<input type=\"radio\" name=\"one\" tabindex=\"-1\">')",
    ),
    "unseen": (
        "at => { for (const name of ['outline', 'box-shadow']) at.style.setProperty(name, 'none', 'important') }",
    ),
    "covered": (
        """at => {
          const over = document.createElement('div');
          Object.assign(over.style, {position: 'fixed', inset: 0, zIndex: 9999});
          at.addEventListener('focus', () => document.body.append(over));
          at.addEventListener('blur', () => over.remove());
        }""",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("fault", "script"), [(fault, each) for fault, them in BROKEN.items() for each in them])
def test_going_through_a_page_tells_what_is_broken_for_the_keyboard(opened: Open, fault: str, script: str) -> None:
    page = opened("/offers")
    page.get_by_role("button", name="Anzeigen").evaluate(script)
    assert fault in " ".join(faults_of(page))
