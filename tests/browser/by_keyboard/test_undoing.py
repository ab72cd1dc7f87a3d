"""What people change, take back, end or try once more, by keyboard alone."""

import io
from pathlib import Path

from browser.conftest import Open, Watched
from browser.daily import PASSWORD, TOWN, entered, one_table, stored
from browser.keyboard import pick, press, sign_in, skip, write
from playwright.sync_api import expect
from service_server import work

from api.http.viewer import Role
from api.jobs.imports import ImportOrder
from api.services import Services

ADDRESS = "https://listen.example/akteure.zip"


def test_an_exchange_is_changed_and_the_change_taken_back(opened: Open) -> None:
    page = entered(opened, Role.EDITOR, "/exchanges/new?with=90001%26with=90002%26topic=field.language")
    skip(page)
    write(page, page.locator("#field-title"), "Besuch im Nachbarkreis")
    press(page, page.get_by_role("button", name="Austausch vorschlagen"))
    expect(page.locator("h1")).to_have_text("Besuch im Nachbarkreis")
    press(page, page.get_by_role("link", name="Titel, Termin oder Thema ändern"))
    write(page, page.locator("#field-title"), "Gegenbesuch")
    press(page, page.get_by_role("button", name="Änderungen übernehmen"))
    expect(page.locator("h1")).to_have_text("Gegenbesuch")
    assert "Gegenbesuch" in stored(page, "/exchanges")
    press(page, page.get_by_role("button", name="Zurücknehmen"))
    expect(page.locator("h1")).to_have_text("Besuch im Nachbarkreis")
    assert "Gegenbesuch" not in stored(page, "/exchanges")


def test_a_request_that_was_just_entered_is_taken_back(opened: Open) -> None:
    page = entered(opened, Role.EDITOR, "/requests/new")
    skip(page)
    write(page, page.get_by_label("Was wird gesucht?"), "Fahrräder für den Sommer")
    press(page, page.get_by_label("Räume", exact=True), "Space")
    press(page, page.get_by_role("button", name="Gesuch eingeben"))
    expect(page.get_by_role("status").filter(has_text="Das Gesuch ist eingetragen")).to_be_visible()
    assert "Fahrräder" in stored(page, "/requests")
    press(page, page.get_by_role("button", name="Rückgängig machen"))
    expect(page.get_by_role("status").filter(has_text="zurückgenommen")).to_be_visible()
    assert "Fahrräder" not in stored(page, "/requests")


def test_a_session_elsewhere_is_ended(opened: Open, services: Services) -> None:
    email = "zweimal@stadt.example"
    services.accounts.registry.add(email, Role.READER, password=PASSWORD)
    elsewhere, here = opened("/sign-in?next=/account"), opened("/sign-in?next=/account")
    for page in (elsewhere, here):
        sign_in(page, email, PASSWORD)
    skip(here)
    press(here, here.get_by_role("button", name="Dort abmelden"))
    expect(here.get_by_role("status").filter(has_text="abgemeldet")).to_be_visible()
    assert elsewhere.request.get("/api/v1/me").status == 401
    assert here.request.get("/api/v1/me").status == 200


def test_an_import_that_failed_is_tried_once_more(opened: Open, services: Services, tmp_path: Path) -> None:
    path = one_table("actors", "key,name,assured_on\nlos,Los,gestern\n", tmp_path)
    imports = services.imports
    files = imports.files.keep("again", [(path.name, io.BytesIO(path.read_bytes()))])
    imports.ask(ImportOrder(source="package", files=files), None, "again")
    work(services)
    page = entered(opened, Role.OFFICE, "/data/imports/again")
    expect(page.locator("main")).to_contain_text("Das ist misslungen")
    skip(page)
    press(page, page.get_by_role("button", name="Noch einmal versuchen"))
    expect(page.locator("[aria-current=step]")).to_have_text("Erkannt")
    work(services)
    # it was really read again, and says again what is wrong, without anybody asking
    expect(page.locator("main")).to_contain_text("Das ist misslungen")
    assert '"failed"' in stored(page, "/imports/again")
    press(page, page.get_by_role("link", name="Andere Datei hochladen"))
    page.wait_for_url("**/data/imports#new")


def test_an_import_whose_file_was_away_succeeds_when_it_is_back(
    opened: Open, services: Services, tmp_path: Path
) -> None:
    path = one_table("actors", "key,name\nfund,Fundbüro\n", tmp_path)
    imports = services.imports
    files = imports.files.keep("lost", [(path.name, io.BytesIO(path.read_bytes()))])
    imports.ask(ImportOrder(source="package", files=files), None, "lost")
    (kept,) = imports.files.paths("lost", files)
    away = kept.rename(tmp_path / "away")
    work(services)
    page = entered(opened, Role.OFFICE, "/data/imports/lost")
    expect(page.locator("main")).to_contain_text("Das ist misslungen")
    away.rename(kept)
    skip(page)
    press(page, page.get_by_role("button", name="Noch einmal versuchen"))
    expect(page.locator("[aria-current=step]")).to_have_text("Erkannt")
    work(services)
    press(page, page.get_by_role("button", name="Übernehmen", exact=True))
    work(services)
    expect(page.locator("main")).not_to_contain_text("Das ist misslungen")
    assert "Fundbüro" in stored(page, "/actors?q=Fundb%C3%BCro")


def test_an_address_is_asked_again_and_again_until_somebody_ends_it(opened: Open) -> None:
    page = entered(opened, Role.OFFICE, "/data/imports")
    skip(page)
    press(page, page.locator("summary", has_text="Aus dem Netz"))
    write(page, page.locator("#field-url"), ADDRESS)
    pick(page, page.locator("#field-every"), "jeden Monat")
    press(page, page.get_by_role("button", name="Ansehen, was sich ändern würde"))
    expect(page.locator("[aria-current=step]")).to_have_text("Datei")
    assert ADDRESS in stored(page, "/imports/schedules")
    press(page, page.get_by_role("button", name="Abbrechen"))
    expect(page.locator("main")).to_contain_text("Die Übernahme wurde abgebrochen")
    page.goto("/data/imports")
    skip(page)
    press(page, page.get_by_role("button", name=f"Nicht mehr abrufen – {ADDRESS}"))
    expect(page.get_by_role("button", name="Nicht mehr abrufen")).to_have_count(0)
    assert ADDRESS not in stored(page, "/imports/schedules")


def test_a_form_is_sent_once_more_after_its_session_was_lost(opened: Open, watched: Watched) -> None:
    watched.expected.append("401")
    page = entered(opened, Role.EDITOR, f"{TOWN}/offers/new")
    skip(page)
    write(page, page.get_by_label("Name des Angebots"), "Nachtcafé")
    page.context.clear_cookies()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Was Sie eingegeben haben, ist nicht verloren")).to_be_visible()
    skip(page)
    with page.expect_popup() as opening:
        press(page, page.get_by_role("link", name="In einem neuen Fenster anmelden"))
    sign_in(opening.value, "editor@stadt.example", PASSWORD)
    opening.value.close()
    press(page, page.get_by_role("button", name="Noch einmal absenden"))
    expect(page.get_by_role("link", name="Nachtcafé").first).to_be_visible()
    assert "Nachtcafé" in stored(page, "/municipalities/90001/offers")
    press(page, page.get_by_role("button", name="Zurücknehmen"))
    expect(page.get_by_role("link", name="Nachtcafé")).to_have_count(0)
