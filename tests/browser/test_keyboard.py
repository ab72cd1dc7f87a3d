"""What people do here day by day, by keyboard alone: each flow to its end, and what it leaves behind."""

import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser.conftest import Open
from browser.keyboard import assert_kept, faults_of, pick, press, sign_in, skip, suggested, to, write
from playwright.sync_api import Page, expect
from service_server import quick_accounts, served, work

from api.http.viewer import Role
from api.sample import load_sample
from api.services import Services
from api.settings import Settings
from graph_service.keys import Label, NodeKey, municipality_key
from graph_service.model import Actor, Dataset, Edge, EdgeType
from importers.package.importer import PackageImporter
from importers.run import run
from scripts.build_web import Web
from tests.town_package import write_town

PASSWORD = "ein Apfel im Schnee"
HOME = municipality_key("90001")
TOWN = "/municipalities/90001"


OFFER = """key,name,kind,municipalities,fields,status,assured_on
treff,Offener Treff,open-meeting,90001,leisure-encounter,active,2020-01-01
"""
ACTOR = "key,name,kind,municipality\nsteg,Lesesteg Bärenstadt,association,90001\n"


def one_table(name: str, rows: str, folder: Path) -> Path:
    """An exchange package with one table."""
    path = folder / f"{name}.zip"
    description = {"name": name, "title": f"Liste {name}", "resources": [{"name": name, "path": f"{name}.csv"}]}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.csv", rows)
        archive.writestr("datapackage.json", json.dumps(description))
    return path


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    """The sample and a small town with an actor that is recorded twice; an account of every role that writes."""
    folder = tmp_path_factory.mktemp("keyboard")
    services = Services(Settings(store=f"sqlite:///{folder / 'k.db'}", cache=folder))
    load_sample(services.store)
    run(PackageImporter(), [write_town(folder / "town")], services.store)
    twins = [
        Actor(key=NodeKey.of(Label.ACTOR, local), name="Lernbrücke gGmbH", url="https://lernbruecke.example",
              assured_on=date(2026, 5, 1))
        for local in ("lernbruecke", "lernbruecke2")
    ]  # fmt: skip
    located = [Edge(EdgeType.LOCATED_IN, each.key, HOME) for each in twins]
    services.store.write(lambda tx: tx.replace(Dataset(id="twins", title="Liste der Träger"), [*twins, *located]))
    run(PackageImporter(), [one_table("offers", OFFER, folder)], services.store)
    accounts = quick_accounts(services)
    for role in (Role.EDITOR, Role.OFFICE, Role.ADMIN):
        place = HOME if role is Role.EDITOR else None
        accounts.registry.add(f"{role}@stadt.example", role, name=f"Büro {role}", municipality=place, password=PASSWORD)
    return services


@pytest.fixture(scope="module")
def service(web: Web, services: Services) -> Iterator[str]:
    """Its address."""
    with served(services) as base:
        yield base


def entered(opened: Open, role: Role, path: str) -> Page:
    """A page that somebody came to by signing in."""
    page = opened(f"/sign-in?next={path}")
    sign_in(page, f"{role}@stadt.example", PASSWORD)
    return page


def stored(page: Page, path: str) -> str:
    """What programs are answered about it."""
    answer = page.request.get(f"/api/v1{path}", headers={"Accept": "application/json"})
    assert answer.ok, f"{path}: {answer.status}"
    return json.dumps(answer.json(), ensure_ascii=False)


def test_a_file_is_brought_looked_at_and_taken_over(opened: Open, services: Services, tmp_path: Path) -> None:
    page = entered(opened, Role.OFFICE, "/data/imports")
    page.on("filechooser", lambda _: None)  # the browser hands over its choosers from now on
    skip(page)
    to(page, page.get_by_label("Dateien von diesem Rechner"))
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(one_table("actors", ACTOR, tmp_path))
    press(page, page.get_by_role("button", name="Ansehen, was sich ändern würde"))
    step = page.locator("[aria-current=step]")
    expect(step).to_have_text("Erkannt")
    # the page looks for itself how it stands, and whoever waits on it stays where he or she is
    link = page.get_by_role("link", name="Nachsehen, wie es steht")
    skip(page)
    to(page, link)
    with page.expect_response(lambda answer: "seen=" in answer.url):
        pass
    expect(link).to_be_focused()
    work(services)
    expect(step).to_have_text("Vorschau")
    assert_kept(page)
    press(page, page.get_by_role("button", name="Übernehmen", exact=True))
    expect(step).to_have_text("Übernahme")
    skip(page)
    to(page, page.get_by_role("button", name="Abbrechen"))
    work(services)
    expect(step).to_have_text("Bericht")
    assert_kept(page)
    assert "Lesesteg Bärenstadt" in stored(page, "/actors/steg")
    press(page, page.get_by_role("link", name="Zur Übersicht der Daten"))
    expect(page.locator("main")).to_contain_text("Liste actors")


def test_a_request_is_entered_found_again_and_watched(opened: Open) -> None:
    page = entered(opened, Role.EDITOR, "/requests")
    skip(page)
    press(page, page.get_by_role("link", name="Ein Gesuch eingeben"))
    write(page, page.get_by_label("Was wird gesucht?"), "Raum für ein Sprachcafé")
    press(page, page.get_by_label("Räume", exact=True), "Space")
    suggested(page, page.locator("#field-requester"), "Berufssch", "Berufsschule Bärenstadt")
    pick(page, page.locator("#field-fields"), "Sprache und Verständigung")
    to(page, page.locator("[name=visibility]:checked"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    press(page, page.get_by_role("button", name="Gesuch eintragen"))
    expect(page.get_by_role("status").filter(has_text="Das Gesuch ist eingetragen")).to_be_visible()
    assert "Raum für ein Sprachcafé" in stored(page, "/requests")
    skip(page)
    press(page, page.get_by_role("link", name="Wer sucht Unterstützung?").last)
    write(page, page.locator("#q"), "Sprachcafé")
    page.keyboard.press("Enter")
    expect(page.locator(".bk-peer")).to_have_count(1)
    press(page, page.get_by_role("link", name="Wer könnte es unterstützen? – Raum für ein Sprachcafé"))
    press(page, page.get_by_role("button", name="Per E-Mail Bescheid geben"))
    page.wait_for_url("**/account**")
    assert "request:" in stored(page, "/me/notices")


def test_a_rating_is_entered_corrected_and_taken_back(opened: Open) -> None:
    page = entered(opened, Role.EDITOR, f"{TOWN}/challenges")
    rows = page.locator("tbody tr")
    skip(page)
    pick(page, page.locator("#field-challenge"), "Zu wenige Sprach- und Integrationskurse")
    to(page, page.locator("#field-severity"))
    page.keyboard.press("Home")
    press(page, page.get_by_role("button", name="Einschätzung eintragen"))
    expect(rows.first).to_contain_text("4 von 4")
    # what was done stands in view, and the keyboard goes on from there
    expect(page.get_by_role("status").filter(has_text="eingetragen")).to_be_in_viewport()
    press(page, rows.first.get_by_role("link", name="Ändern"))
    expect(page.get_by_role("button", name="Änderungen übernehmen")).to_be_visible()
    to(page, page.locator("#field-severity"))
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    press(page, page.get_by_role("button", name="Änderungen übernehmen"))
    expect(rows.first).to_contain_text("1 von 4")
    press(page, page.locator("form[action='/undo'] button"))
    expect(rows.first).to_contain_text("4 von 4")
    assert '"severity": 4' in stored(page, "/municipalities/90001")


def paste(page: Page, text: str) -> None:
    """Put what was copied elsewhere in the place of what a field holds."""
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+V")


def test_a_list_is_pasted_corrected_entered_and_taken_back(opened: Open) -> None:
    page = entered(opened, Role.EDITOR, f"{TOWN}/offers")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    rows = "Angebot\tArt\tHandlungsfelder\nSprachcafé\tSprachkurs\tlanguage\nHausbesuche\tBeratun\thousing\n"
    skip(page)
    press(page, page.get_by_role("link", name="Liste aus einer Tabelle übernehmen"))
    field = page.get_by_label("Zeilen mit ihren Überschriften")
    to(page, field)
    paste(page, rows)
    assert field.input_value() == rows
    press(page, page.get_by_role("button", name="Ansehen, was verstanden wurde"))
    expect(page.locator("mark")).to_have_text("Beratun")
    to(page, field)
    paste(page, rows.replace("Beratun\t", "Beratung\t"))
    press(page, page.get_by_role("button", name="Ansehen, was verstanden wurde"))
    expect(page.locator("mark")).to_have_count(0)
    skip(page)
    press(page, page.get_by_role("button", name="Diese 2 Angebote eintragen"))
    expect(page.get_by_role("link", name="Hausbesuche").first).to_be_visible()
    assert "Sprachcafé" in stored(page, "/municipalities/90001/offers")
    press(page, page.get_by_role("button", name="Zurücknehmen"))
    expect(page.get_by_role("link", name="Hausbesuche")).to_have_count(0)
    assert "Sprachcafé" not in stored(page, "/municipalities/90001/offers")


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


def test_somebody_signs_in_changes_the_language_and_signs_out(opened: Open, services: Services) -> None:
    page = opened("/")
    press(page, page.get_by_role("link", name="Anmelden"))
    sign_in(page, "editor@stadt.example", PASSWORD)
    page.goto("/account")
    pick(page, page.locator("#field-language"), "English")
    press(page, page.get_by_role("button", name="Speichern"))
    expect(page.get_by_role("status").filter(has_text="gespeichert")).to_be_visible()
    assert '"language": "en"' in stored(page, "/me")
    press(page, page.get_by_role("button", name="EN – English"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    press(page, page.get_by_role("button", name="Dark"))
    expect(page.locator("html")).to_have_attribute("data-kern-theme", "dark")
    press(page, page.get_by_role("button", name="Sign out", exact=True))
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    assert page.request.get("/api/v1/me").status == 401


def test_an_account_is_made_given_another_role_and_disabled(opened: Open, services: Services) -> None:
    page = entered(opened, Role.ADMIN, "/data/accounts")
    skip(page)
    write(page, page.locator("#field-email"), "neu@stadt.example")
    suggested(page, page.locator("#field-municipality"), "Kleinb", "Kleinbärenkreis")
    expect(page.locator("#field-municipality")).to_have_value("90002")
    press(page, page.get_by_role("button", name="Einladen"))
    expect(page.locator("code")).to_contain_text("/password/")
    pick(page, page.get_by_label("Rolle"), "Programmbüro")
    press(page, page.get_by_role("button", name="Speichern"))
    expect(page.get_by_role("status").filter(has_text="geändert")).to_be_visible()
    account = services.accounts.registry.find("neu@stadt.example")
    assert (account.role, account.municipality) == (Role.OFFICE, NodeKey("municipality:90002"))
    press(page, page.get_by_role("button", name="Sperren"))
    expect(page.get_by_role("status").filter(has_text="gesperrt")).to_be_visible()
    assert services.accounts.registry.find("neu@stadt.example").disabled


def test_a_pair_is_decided_and_the_decision_taken_back(opened: Open) -> None:
    page = entered(opened, Role.OFFICE, "/data/duplicates")
    skip(page)
    write(page, page.get_by_label("Warum?"), "gleiche Web-Seite")
    press(page, page.get_by_role("button", name="Dasselbe – Lernbrücke gGmbH"))
    expect(page.locator("main")).to_contain_text("ist dasselbe wie")
    assert "gleiche Web-Seite" in stored(page, "/network/duplicates/decisions")
    press(page, page.get_by_role("button", name="Zurücknehmen – Lernbrücke gGmbH"))
    expect(page.get_by_role("button", name="Dasselbe – Lernbrücke gGmbH")).to_be_visible()
    assert "gleiche Web-Seite" not in stored(page, "/network/duplicates/decisions")


def test_why_somebody_is_missing_is_asked_for_a_suggested_name(opened: Open) -> None:
    page = opened("/municipalities/08119/peers")
    skip(page)
    press(page, page.locator(".bk-peer input[type=checkbox]").first, "Space")
    suggested(page, page.locator("#why"), "Essling", "Esslingen")
    expect(page.locator(".bk-explained")).to_contain_text("Esslingen")
    expect(page).to_have_url(re.compile("with="))


def test_an_old_offer_is_confirmed_noted_and_changed(opened: Open) -> None:
    page = entered(opened, Role.EDITOR, f"{TOWN}/offers")
    skip(page)
    confirm = page.get_by_role("button", name="Stimmt noch – Offener Treff")
    press(page, confirm)
    expect(confirm).to_have_count(0)
    press(page, page.get_by_role("button", name="Zurücknehmen"))
    expect(confirm).to_be_visible()
    skip(page)
    press(page, page.locator("summary", has_text="Offener Treff"))
    write(page, page.locator("textarea[name=note]"), "Öfter abends")
    press(page, page.get_by_role("button", name="Hinweis festhalten"))
    expect(page.locator("main")).to_contain_text("Öfter abends")
    skip(page)
    press(page, page.get_by_role("link", name="Ändern – Offener Treff"))
    write(page, page.locator("#field-name"), "Treff am Fluss")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Treff am Fluss").first).to_be_visible()
    assert "Treff am Fluss" in stored(page, "/municipalities/90001/offers")


def test_an_entry_is_confirmed_and_the_journal_takes_it_back(opened: Open) -> None:
    page = entered(opened, Role.EDITOR, "/data/freshness")
    skip(page)
    row = page.locator("li", has_text="Handwerkskammer Großbären")
    press(page, row.get_by_role("button"))
    expect(row).to_contain_text("heute")
    page.goto("/data/journal")
    skip(page)
    press(page, page.get_by_role("button", name="Rückgängig machen – Handwerkskammer Großbären"))
    expect(page.get_by_role("status").filter(has_text="wieder wie vorher")).to_be_visible()
    assert "2023-02-02" in stored(page, "/actors/kammer/row")


def test_a_password_is_chosen_changed_and_the_account_erased(opened: Open, services: Services) -> None:
    registry = services.accounts.registry
    account = registry.add("frisch@stadt.example", Role.READER, password=PASSWORD)
    page = entered(opened, Role.ADMIN, f"/data/accounts/{account.id}")
    skip(page)
    press(page, page.get_by_role("button", name="Link für ein neues Passwort erstellen"))
    link = urlsplit(page.locator("code").inner_text()).path
    page = opened(link)
    write(page, page.locator("#field-password"), "drei Birnen im Regen")
    page.keyboard.press("Enter")
    expect(page.locator("#field-email")).to_be_visible()
    sign_in(page, "frisch@stadt.example", "drei Birnen im Regen")
    page.goto("/account")
    skip(page)
    write(page, page.locator("#field-token-name"), "Nachtlauf")
    press(page, page.get_by_role("button", name="Token anlegen"))
    expect(page.locator("code")).to_contain_text("bk_")
    assert "Nachtlauf" in stored(page, "/me/tokens")
    press(page, page.get_by_role("button", name="Widerrufen"))
    expect(page.get_by_role("button", name="Widerrufen")).to_have_count(0)
    skip(page)
    write(page, page.locator("#field-old"), "drei Birnen im Regen")
    write(page, page.locator("#field-new"), PASSWORD)
    press(page, page.get_by_role("button", name="Passwort speichern"))
    expect(page.get_by_role("status").filter(has_text="Das neue Passwort gilt")).to_be_visible()
    sign_in(page, "frisch@stadt.example", PASSWORD)
    page.goto("/account")
    skip(page)
    write(page, page.locator("#field-erasure-password"), PASSWORD)
    press(page, page.get_by_role("button", name="Mein Konto endgültig löschen"))
    expect(page.get_by_role("link", name="Anmelden")).to_be_visible()
    assert account.id not in {each.id for each in registry.all()}


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
