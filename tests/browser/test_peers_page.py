"""Peers, own lenses, challenges and practice in a real browser: by keyboard alone, with and without script."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser.conftest import WIDTHS, Open, scrolls_sideways
from browser.keyboard import to
from docx import Document
from playwright.sync_api import Page, expect
from service_server import quick_accounts, served

from api.http.viewer import Role
from api.sample import load_sample
from api.services import Services
from api.settings import Settings
from graph_service.keys import municipality_key
from importers.package.importer import PackageImporter
from importers.run import run
from scripts.build_web import Web

Axe = Callable[[Page], list[str]]
EMAIL, PASSWORD = "redaktion@stadt.example", "ein Apfel im Schnee"
DISTRICT = "/municipalities/08119"
ROWS = {
    "municipalities": [
        "key,name,level",
        "08119,Rems-Murr-Kreis,district",
        "08116,Esslingen,district",
        "06432,Darmstadt-Dieburg,district",
    ],
    "ratings": [
        "municipality,challenge,severity,rated_on,rater_role",
        "08119,prep-to-regular,4,2026-05-01,administration",
        "08116,prep-to-regular,4,2026-02-01,consultant",
        "06432,prep-to-regular,1,2026-02-01,administration",
    ],
    "actors": ["key,name,municipality,contact_role", "amt,Amt für Integration,08116,Integrationsbeauftragte"],
    "practices": [
        "key,title,description,challenges,evidence",
        "bruecke,Brückenklasse,Mit Sprachmittlung.,prep-to-regular,documented",
    ],
    "applications": [
        "practice,municipality,actor,status,started_on,ended_on,outcome",
        "bruecke,08116,amt,embedded,2016-09-01,,Seit 2019 Regelangebot.",
        "bruecke,06432,,ended-failed,2019-01-01,2020-12-31,Zu wenige Sprachmittlerinnen.",
    ],
}  # fmt: skip


def _write(folder: Path) -> Path:
    for name, lines in ROWS.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    resources = [{"name": name, "path": f"{name}.csv"} for name in ROWS]
    (folder / "datapackage.json").write_text(json.dumps({"name": "peers", "title": "Probe", "resources": resources}))
    return folder


@pytest.fixture(scope="module")
def service(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sample with some ratings and a practice that worked in one place and failed in another; an editor."""
    folder = tmp_path_factory.mktemp("peers")
    services = Services(Settings(store=f"sqlite:///{folder / 'k.db'}", cache=folder))
    load_sample(services.store)
    run(PackageImporter(), [_write(tmp_path_factory.mktemp("package"))], services.store)
    accounts = quick_accounts(services)
    accounts.registry.add(EMAIL, Role.EDITOR, municipality=municipality_key("08119"), password=PASSWORD)
    with served(services) as base:
        yield base


def test_the_consultants_journey_by_keyboard_alone(opened: Open, tmp_path: Path) -> None:
    page = opened("/")
    to(page, page.locator("#search"))
    page.keyboard.type("Rems-Murr-Kreis")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"{DISTRICT}$"))
    to(page, page.get_by_role("link", name="Vergleichskommunen und Gründe ansehen"))
    page.keyboard.press("Enter")
    expect(page.locator(".bk-peer")).to_have_count(10)
    boxes = page.locator(".bk-peer input[type=checkbox]")
    for n in (0, 1):
        to(page, boxes.nth(n))
        page.keyboard.press("Space")
    expect(page).to_have_url(re.compile(r"with=\d+&with=\d+"))
    slider = page.get_by_role("slider", name="Einwohnerdichte")
    to(page, slider)
    page.keyboard.press("End")
    expect(page).to_have_url(re.compile("weights=inkar.einwohnerdichte%3A3"))
    expect(slider).to_be_focused()
    to(page, page.get_by_role("button", name="Ausgewählte vergleichen"), "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Rems-Murr-Kreis neben")
    to(page, page.get_by_role("link", name="Beschlussvorlage (DOCX)"))
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    download.value.save_as(tmp_path / "paper.docx")
    assert len(Document(str(tmp_path / "paper.docx")).tables[0].rows) == 3


def test_links_beside_the_list_keep_weights_and_choice(opened: Open) -> None:
    page = opened(f"{DISTRICT}/peers")
    page.locator(".bk-peer input[type=checkbox]").first.check()
    page.get_by_role("slider", name="Einwohnerdichte").press("End")
    expect(page).to_have_url(re.compile("weights="))
    for name in ("Ungewohnte", "Liste (CSV)", "Diese Ansicht merken", "Eigener Blickwinkel …"):
        link = page.get_by_role("link", name=name).first.get_attribute("href") or ""
        assert "einwohnerdichte" in link, name
        assert "with" in link, name
    page.get_by_role("link", name="Ungewohnte").click()
    expect(page).to_have_url(re.compile(r"weights=.*with=\d+"))
    page.locator("#why").fill("Esslingen")
    page.locator("#why").press("Enter")  # suggestions may stand in front of the button by now
    expect(page).to_have_url(re.compile(r"with=\d+"))
    expect(page.locator(".bk-explained")).to_contain_text("Esslingen")


@pytest.mark.parametrize("script", [True, False])
def test_a_lens_of_ones_own_is_put_together_and_changed(opened: Open, script: bool) -> None:
    page = opened(f"{DISTRICT}/peers", script=script)
    page.get_by_role("link", name="Eigener Blickwinkel …").first.click()
    page.get_by_role("link", name="Mit keinem davon beginnen").click()
    page.get_by_label("Wie soll der Blickwinkel heißen?").fill("Land & Dichte")
    for name in ("Einwohnerdichte", "Arbeitslosenquote"):
        page.get_by_role("checkbox", name=name, exact=True).check()
    page.get_by_role("button", name="Mit diesem Blickwinkel vergleichen").click()
    chip = page.locator(".bk-lenses [aria-current]")
    expect(chip).to_have_text("Land & Dichte")
    expect(page.locator(".bk-weight input[name^='w.']")).to_have_count(2)
    page.get_by_role("button", name="Auslassen – Arbeitslosenquote").click()
    expect(page.locator(".bk-weight input[name^='w.']")).to_have_count(1)
    page.get_by_label("Merkmal", exact=True).select_option(label="Leer stehende Wohnungen")
    page.get_by_role("button", name="Merkmal hinzufügen").click()
    expect(page.locator(".bk-weight input[name^='w.']")).to_have_count(2)
    expect(chip).to_have_text("Land & Dichte")


def test_all_reasons_come_when_they_are_opened_and_add_up(opened: Open) -> None:
    page = opened(f"{DISTRICT}/peers")
    page.get_by_role("slider", name="Einwohnerdichte").press("End")
    expect(page).to_have_url(re.compile("weights="))
    expect(page.locator(".bk-peer table")).to_have_count(0)
    page.locator(".bk-peer summary", has_text="Alle Gründe").first.click()
    expect(page.locator(".bk-peer table .bk-sum")).to_contain_text("Summe")


def test_filters_change_the_list_and_stand_in_the_address(opened: Open) -> None:
    page = opened(f"{DISTRICT}/peers")
    page.get_by_label("Land", exact=True).select_option(label="Bayern")
    expect(page).to_have_url(re.compile("state=09"))
    expect(page.locator("#list")).to_contain_text("Nur: Bayern.")
    page.get_by_label("Art der Kommune").select_option(label="Kreisfreie Stadt, Stadtkreis")
    expect(page).to_have_url(re.compile("municipality_kind=kreisfreie-stadt"))
    expect(page.locator(".bk-peer .bk-meta").first).to_have_text("Kreisfreie Stadt, Bayern")
    page.get_by_label("Einwohnerzahl, verglichen mit hier").select_option(label="halb bis doppelt so viele")
    expect(page).to_have_url(re.compile("population_from=0.5&population_to=2"))
    page.reload()
    expect(page.get_by_label("Art der Kommune")).to_have_value("kreisfreie-stadt")
    expect(page.get_by_label("Einwohnerzahl, verglichen mit hier")).to_have_value("half")


def test_structure_and_challenges_are_two_scores_that_are_blended_on_demand(opened: Open) -> None:
    page = opened(f"{DISTRICT}/peers")
    expect(page.locator(".bk-peer", has_text="Esslingen").first).to_contain_text("Struktur: ähnlicher als")
    expect(page.locator(".bk-peer", has_text="Esslingen").first).to_contain_text("zu 100\u202f% ähnlich")
    page.get_by_role("slider", name="Anteil der Herausforderungen").press("End")
    expect(page).to_have_url(re.compile("challenge_share=1"))
    expect(page.locator(".bk-peer h2 a")).to_have_text(["Esslingen", "Darmstadt-Dieburg"])


def test_an_editor_rates_a_challenge_without_script_and_takes_it_back(opened: Open) -> None:
    page = opened(f"{DISTRICT}/challenges", script=False)
    page.get_by_role("link", name="Anmelden").last.click()
    page.get_by_label("E-Mail-Adresse").fill(EMAIL)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_label("Passwort", exact=True).press("Enter")
    expect(page.locator("h1")).to_have_text("Herausforderungen: Rems-Murr-Kreis")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(1)
    page.get_by_label("Herausforderung", exact=True).select_option("course-capacity")
    page.locator("#field-severity").select_option("3")
    page.get_by_role("button", name="Einschätzung eintragen").click()
    expect(rows).to_have_count(2)
    expect(page.get_by_role("status").filter(has_text="eingetragen")).to_be_visible()
    rows.first.get_by_role("link", name="Ändern").click()
    page.locator("#field-severity").select_option("1")
    page.get_by_role("button", name="Änderungen behalten").or_(
        page.locator(".bk-form .kern-btn--primary")
    ).first.click()
    expect(rows.first).to_contain_text("1 von 4")
    page.locator("form[action='/undo'] button").click()
    expect(rows.first).to_contain_text("3 von 4")
    rows.first.get_by_role("button", name="Zurücknehmen").click()
    expect(rows).to_have_count(1)


def test_practice_says_why_it_fits_whom_to_ask_and_what_failed(opened: Open) -> None:
    page = opened("/practices?municipality=08119&challenge=prep-to-regular", script=False)
    first = page.locator(".bk-peer").first
    expect(first).to_contain_text("Integrationsbeauftragte, Amt für Integration, Esslingen")
    expect(page.locator("main")).to_contain_text("Zu wenige Sprachmittlerinnen.")
    first.get_by_role("link", name="Brückenklasse").click()
    expect(page.locator(".bk-timeline")).to_have_attribute("role", "img")
    expect(page.locator(".bk-map")).to_have_attribute("role", "img")
    expect(page.locator("tbody tr")).to_have_count(2)


@pytest.mark.parametrize(
    "path",
    [
        f"{DISTRICT}/lens",
        f"{DISTRICT}/challenges",
        f"{DISTRICT}/peers?challenge_share=0.5&lens=own&weights=inkar.einwohnerdichte:1&title=Mein",
        "/practices?municipality=08119&challenge=prep-to-regular",
        "/practices?status=ended-failed",
        "/practices/bruecke",
    ],
)
@pytest.mark.parametrize(("language", "scheme"), [("de", "light"), ("en", "dark")])
def test_axe_finds_nothing_and_everything_fits(opened: Open, axe: Axe, path: str, language: str, scheme: str) -> None:
    page = opened(path, language=language, scheme=scheme)
    assert axe(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert not scrolls_sideways(page), width
    assert page.get_attribute("html", "lang") == language
