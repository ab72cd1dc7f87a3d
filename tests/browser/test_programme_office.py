"""The programme office at work in a real browser: from a gap in the atlas to an exchange; a municipality's offers."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser.conftest import WIDTHS, Open, Watched, scrolls_sideways
from browser.keyboard import press, to
from browser.keyboard import sign_in as by_keyboard
from icalendar import Calendar
from playwright.sync_api import Page, expect
from service_server import quick_accounts, served

from api.http.viewer import Role
from api.sample import load_sample
from api.services import Services
from api.settings import Settings
from importers.package.importer import PackageImporter
from importers.run import run
from scripts.build_web import Web

EMAIL, PASSWORD = "buero@stadt.example", "ein Apfel im Schnee"
Axe = Callable[[Page], list[str]]
DISTRICTS = ("08116", "08118", "08125", "08215", "08226", "06432", "09179", "05754", "08117", "08115", "08136")
ROWS = {
    "municipalities": ["key,name,level", "08119,Rems-Murr-Kreis,district", *(f"{d},,district" for d in DISTRICTS)],
    "offers": [
        "key,name,kind,municipalities,fields,target_groups,status,assured_on",
        "treff,Offener Treff,open-meeting,08119,leisure-encounter,parents,active,2020-01-01",
        *(f"deutsch-{d},Deutsch für Eltern,language-course,{d},language,,active,2026-01-01" for d in DISTRICTS),
    ],
    "ratings": ["municipality,challenge,severity,rated_on,rater_role", "08119,course-capacity,4,2026-05-01,alliance"],
}
"""A gap in one district, where those around it have something."""


def _write(folder: Path) -> Path:
    for name, lines in ROWS.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    resources = [{"name": name, "path": f"{name}.csv"} for name in ROWS]
    description = {"name": "office", "title": "Zur Erprobung", "resources": resources}
    (folder / "datapackage.json").write_text(json.dumps(description), "utf-8")
    return folder


@pytest.fixture(scope="module")
def service(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sample with some offers and a rated challenge, and an account of the office."""
    folder = tmp_path_factory.mktemp("office")
    services = Services(Settings(store=f"sqlite:///{folder / 'k.db'}", cache=folder))
    load_sample(services.store)
    run(PackageImporter(), [_write(tmp_path_factory.mktemp("package"))], services.store)
    accounts = quick_accounts(services)
    accounts.registry.add(EMAIL, Role.OFFICE, name="Büro", password=PASSWORD)
    with served(services) as base:
        yield base


def sign_in(page: Page) -> None:
    page.get_by_label("E-Mail-Adresse").fill(EMAIL)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_label("Passwort", exact=True).press("Enter")
    page.wait_for_load_state()


def signed_in(opened: Open, path: str, **how: object) -> Page:
    page = opened("/sign-in", **how)
    sign_in(page)
    page.goto(path)
    return page


PAGES = (
    ("/atlas", "de", "light"), ("/atlas?state=08&field=language", "en", "dark"),
    ("/atlas/08119/language", "de", "dark"),
    ("/offers", "en", "light"), ("/municipalities/08119/offers?cell=language.#cell", "en", "dark"),
    ("/exchanges", "de", "light"),
)  # fmt: skip
FORMS = (
    "/municipalities/08119/offers", "/municipalities/08119/offers/new", "/municipalities/08119/offers/paste",
    "/exchanges/new?with=08119&with=08116&topic=field.language",
)  # fmt: skip


@pytest.mark.parametrize(("path", "language", "scheme"), PAGES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    opened: Open, axe: Axe, path: str, language: str, scheme: str
) -> None:
    page = opened(path, language=language, scheme=scheme)
    assert page.get_attribute("html", "lang") == language
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert not scrolls_sideways(page), f"scrolls sideways at {width} px"
    assert axe(page) == []


@pytest.mark.parametrize("path", FORMS)
def test_the_forms_of_the_office_are_accessible(opened: Open, axe: Axe, path: str) -> None:
    page = signed_in(opened, path, scheme="dark", width=375)
    assert not scrolls_sideways(page)
    assert axe(page) == []


def test_a_gap_leads_by_keyboard_to_an_exchange_and_into_the_calendar(opened: Open, axe: Axe) -> None:
    page = opened("/atlas?state=08")
    gap = page.get_by_role("row", name="Rems-Murr-Kreis").get_by_role("link", name="Lücke: Austausch vorschlagen")
    press(page, gap)
    expect(page.locator("h1")).to_have_text("Rems-Murr-Kreis: Sprache und Verständigung")
    press(page, page.get_by_role("link", name="Austausch vorschlagen").first)
    press(page, page.get_by_role("link", name="Anmelden und weitermachen"))
    by_keyboard(page, EMAIL, PASSWORD)
    to(page, page.get_by_label("Geplant am"))
    page.keyboard.type("02032027")  # this browser's own field asks for month, day and year
    press(page, page.get_by_role("button", name="Austausch vorschlagen"))
    expect(page.get_by_role("status").filter(has_text="eingetragen")).to_be_visible()
    expect(page.locator(".bk-lead")).to_contain_text("geplant für den 03.02.2027; Stand: vorgeschlagen")
    for state in ("vereinbart", "hat stattgefunden"):
        to(page, page.get_by_role("radio").first)
        while not page.get_by_label(state, exact=True).is_checked():
            page.keyboard.press("ArrowDown")
        press(page, page.get_by_role("button", name="Neuen Stand eintragen"))
        expect(page.locator("[aria-current=step]")).to_contain_text(state)
    assert axe(page) == []
    press(page, page.get_by_role("link", name="Vorbereitungsblatt"))
    expect(page.locator("h2").first).to_contain_text("Rems-Murr-Kreis und")
    assert axe(page) == []
    page.go_back()
    to(page, page.get_by_role("link", name="In den Kalender"))
    with page.expect_download() as found:
        page.keyboard.press("Enter")
    (event,) = Calendar.from_ical(found.value.path().read_bytes()).walk("VEVENT")
    assert event["STATUS"] == "CONFIRMED"
    assert event.decoded("DTSTART").year in (2026, 2027)


def test_an_offer_is_entered_by_keyboard_alone_and_a_mistake_is_found_at_once(
    opened: Open, axe: Axe, watched: Watched
) -> None:
    watched.expected.append("404")
    page = opened("/sign-in?next=/municipalities/08119/offers")
    by_keyboard(page, EMAIL, PASSWORD)
    press(page, page.get_by_role("link", name="Angebot erfassen"))
    to(page, page.get_by_label("Name des Angebots"))
    page.keyboard.type("Sprachtandem")
    press(page, page.get_by_label("Sprache und Verständigung"), "Space")
    to(page, page.get_by_label("Träger"))
    page.keyboard.type("Niemand Bestimmtes")
    press(page, page.get_by_role("button", name="Angebot eintragen"))
    summary = page.get_by_role("alert").filter(has_text="Niemand Bestimmtes")
    expect(summary).to_be_focused()
    assert axe(page) == []
    press(page, summary.get_by_role("link"))
    field = page.get_by_label("Träger")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Sprache und Verständigung")).to_be_checked()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    press(page, page.get_by_role("button", name="Angebot eintragen"))
    expect(page.get_by_role("status").filter(has_text="eingetragen")).to_be_visible()
    expect(page.get_by_role("link", name="Sprachtandem").first).to_be_visible()
    press(page, page.get_by_role("button", name="Zurücknehmen"))
    expect(page.get_by_role("link", name="Sprachtandem")).to_have_count(0)


def test_a_session_that_ends_while_somebody_types_takes_nothing_away(opened: Open, axe: Axe, watched: Watched) -> None:
    watched.expected.append("401")
    page = signed_in(opened, "/municipalities/08119/offers/new", script=False)
    page.get_by_label("Name des Angebots").fill("Langer Text")
    page.context.clear_cookies()
    page.get_by_role("button", name="Angebot eintragen").click()
    expect(page.get_by_role("heading", name="Was Sie eingegeben haben, ist nicht verloren")).to_be_visible()
    with page.expect_popup() as opening:
        page.get_by_role("link", name="In einem neuen Fenster anmelden").click()
    sign_in(opening.value)
    opening.value.close()
    page.get_by_role("button", name="Noch einmal absenden").click()
    expect(page.get_by_role("link", name="Langer Text").first).to_be_visible()
    page.get_by_role("button", name="Zurücknehmen").click()


def test_not_adopting_needs_a_reason_which_is_then_told(opened: Open, watched: Watched) -> None:
    watched.expected.append("422")
    page = signed_in(opened, "/exchanges/new?with=08119&with=08116&topic=field.housing", script=False)
    page.get_by_role("button", name="Austausch vorschlagen").click()
    for state in ("vereinbart", "hat stattgefunden", "Praxis nicht übernommen"):
        page.get_by_label(state, exact=True).check()
        page.get_by_role("button", name="Neuen Stand eintragen").click()
    expect(page.get_by_role("alert").filter(has_text="ein Grund")).to_be_focused()
    expect(page.get_by_label("Warum")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Praxis nicht übernommen", exact=True).check()
    page.get_by_label("Warum").fill("Bei uns fehlen die Räume")
    page.get_by_role("button", name="Neuen Stand eintragen").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("Praxis nicht übernommen")
    expect(page.locator("main")).to_contain_text("Bei uns fehlen die Räume")


def test_a_list_from_a_spreadsheet_is_looked_at_corrected_entered_and_taken_back(opened: Open) -> None:
    page = signed_in(opened, "/municipalities/08119/offers", script=False)
    page.get_by_role("link", name="Liste aus einer Tabelle übernehmen").first.click()
    rows = (
        "Angebot\tArt\tHandlungsfelder\tFinanziert bis\nSprachcafé\tSprachkur\tSprache und Verständigung\t31.12.2027\n"
    )
    page.get_by_label("Zeilen mit ihren Überschriften").fill(
        rows + "Hausbesuche\tBeratung\tFamilie und Elternarbeit\t\n"
    )
    page.get_by_role("button", name="Ansehen").click()
    expect(page.get_by_role("row", name="Sprachcafé")).to_contain_text("Sprachkurs?")
    expect(page.get_by_role("button", name="eintragen")).to_have_count(0)
    field = page.get_by_label("Zeilen mit ihren Überschriften")
    field.fill(field.input_value().replace("Sprachkur\t", "Sprachkurs\t"))
    page.get_by_role("button", name="Ansehen").click()
    page.get_by_role("button", name="Diese 2 Angebote eintragen").click()
    expect(page.get_by_role("link", name="Sprachcafé").first).to_be_visible()
    page.get_by_role("button", name="Zurücknehmen").click()
    expect(page.get_by_role("link", name="Sprachcafé")).to_have_count(0)
    expect(page.get_by_role("link", name="Hausbesuche")).to_have_count(0)


def test_an_old_entry_is_confirmed_in_one_click(opened: Open) -> None:
    page = signed_in(opened, "/municipalities/08119/offers")
    page.get_by_role("button", name="Stimmt noch – Offener Treff").press("Enter")
    expect(page.get_by_role("status").filter(has_text="Bestätigt")).to_be_visible()
    expect(page.get_by_role("button", name="Stimmt noch – Offener Treff")).to_have_count(0)
    page.get_by_role("button", name="Zurücknehmen").click()
    expect(page.get_by_role("button", name="Stimmt noch – Offener Treff")).to_be_visible()


def test_the_matrix_is_cut_nowhere_or_says_that_it_goes_on(opened: Open) -> None:
    page = opened("/atlas?show=all")
    hint, matrix = page.get_by_text("Die Tabelle lässt sich schieben"), page.locator(".bk-matrix")
    cut = "each => [each.scrollHeight > each.clientHeight, each.scrollWidth > each.clientWidth]"
    assert matrix.evaluate(cut) == [False, False]
    expect(hint).to_be_hidden()
    matrix.locator("tbody tr").last.scroll_into_view_if_needed()
    expect(matrix.locator("thead th").first).to_be_in_viewport()
    for width in (768, 375):
        page.set_viewport_size({"width": width, "height": 900})
        assert matrix.evaluate(cut) == [False, False]
        expect(hint).to_be_hidden()
    page.set_viewport_size({"width": 640, "height": 900})
    assert matrix.evaluate(cut) == [True, True]
    expect(hint).to_be_visible()
    assert matrix.evaluate("each => each.clientHeight") > 12 * 54
    page.emulate_media(media="print")
    assert matrix.evaluate(cut)[0] is False, "on paper all rows are there"
    page.emulate_media(media="screen")
    page.goto("/atlas?show=all&field=language")
    assert matrix.evaluate(cut) == [False, False], "two columns need no frame"


def test_on_a_phone_each_municipality_lists_in_words_what_it_has(opened: Open) -> None:
    page = opened("/atlas?state=08", width=375)
    row = page.locator(".bk-matrix tbody tr").filter(has_text="Rems-Murr-Kreis")
    assert row.locator("td:visible").count() == 2
    words = row.get_by_text("Herausforderung 4 von 4, kein Angebot erfasst")
    words.scroll_into_view_if_needed()
    expect(words).to_be_in_viewport(ratio=1)
    told = page.evaluate(
        "at => getComputedStyle(at, '::before').content", row.locator("td:visible").first.element_handle()
    )
    assert "Sprache und Verständigung" in told
    page.goto("/atlas?state=08&show=all")
    empty = (
        page.locator(".bk-matrix tbody tr").filter(has_not=page.locator("td a")).first.locator("th").element_handle()
    )
    assert "nichts erfasst" in page.evaluate("at => getComputedStyle(at, '::after').content", empty)


def test_what_leads_on_in_the_matrix_is_underlined_also_in_forced_colours(opened: Open) -> None:
    page = opened("/atlas?state=08")
    for colours in ("none", "active"):
        page.emulate_media(forced_colors=colours)
        for each in page.locator(".bk-matrix :is(thead a .bk-upright, td a :is(.bk-mark, .bk-zero))").all():
            assert each.evaluate("at => getComputedStyle(at).textDecorationLine") == "underline"


def test_the_list_on_phones_is_sorted_by_a_form_without_script(opened: Open) -> None:
    page = opened("/atlas?show=all", width=375, script=False)
    expect(page.locator(".bk-matrix thead")).to_be_hidden()
    first = page.locator(".bk-matrix tbody tr").first
    expect(page.get_by_text("In alphabetischer Reihenfolge.")).to_be_visible()
    page.get_by_label("Reihenfolge").select_option("-language")
    page.get_by_role("button", name="Anzeigen").click()
    expect(page.get_by_label("Reihenfolge")).to_have_value("-language")
    expect(page.get_by_text("Nach „Sprache und Verständigung“: zuerst")).to_be_visible()
    expect(first).to_contain_text("ein Angebot")
    page.get_by_label("Reihenfolge").select_option("-name")
    page.get_by_role("button", name="Anzeigen").click()
    expect(page.get_by_text("In umgekehrter alphabetischer Reihenfolge.")).to_be_visible()
    expect(first).to_contain_text("Zwickau")


@pytest.mark.parametrize("path", ["/atlas?state=08", "/municipalities/08119/offers"])
def test_a_matrix_is_printed_with_all_its_columns(opened: Open, path: str) -> None:
    page = signed_in(opened, path, width=718)
    page.emulate_media(media="print")
    assert page.locator(".bk-matrix").evaluate("at => at.scrollWidth <= at.clientWidth")
    at_once = (
        "all => all.every(at => at.closest('th').getBoundingClientRect().right + 1 >= at.getBoundingClientRect().right)"
    )
    assert page.locator(".bk-matrix thead .bk-upright").evaluate_all(at_once)


def test_the_page_of_a_pasted_list_never_scrolls_sideways(opened: Open) -> None:
    page = signed_in(opened, "/municipalities/08119/offers/paste", width=375)
    page.locator("textarea").fill("Angebot\t\tArt\tZielgruppen\nCafé\t\tUnfug\tJugend")
    page.get_by_role("button", name="Ansehen").click()
    expect(page.locator("details[open] pre")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_matrix_is_sorted_and_turned_page_by_page_without_script(opened: Open) -> None:
    page = opened("/atlas?show=all", script=False)
    expect(page.locator(".bk-matrix tbody tr")).to_have_count(25)
    page.get_by_role("link", name="Sprache und Verständigung").first.click()
    expect(page.locator(".bk-matrix tbody tr").first).to_contain_text("Rems-Murr-Kreis")
    expect(page.locator(".bk-matrix th[aria-sort$=scending]")).to_contain_text("Sprache und Verständigung")
    page.get_by_role("link", name="Nächste Seite").click()
    expect(page.locator(".bk-matrix tbody tr").first).not_to_contain_text("Rems-Murr-Kreis")
