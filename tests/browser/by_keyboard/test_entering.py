"""What people enter and decide day by day, by keyboard alone: each flow to its end, and what it leaves behind."""

from pathlib import Path
from urllib.parse import urlsplit

from browser.conftest import Open, scrolls_sideways
from browser.daily import PASSWORD, TOWN, entered, one_table, stored
from browser.keyboard import assert_kept, pick, press, sign_in, skip, suggested, to, write
from playwright.sync_api import Page, expect
from service_server import work

from api.http.viewer import Role
from api.services import Services
from graph_service.keys import NodeKey

ACTOR = "key,name,kind,municipality\nsteg,Lesesteg Bärenstadt,association,90001\n"


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
    press(page, page.get_by_role("button", name="Gesuch eingeben"))
    expect(page.get_by_role("status").filter(has_text="Das Gesuch ist eingetragen")).to_be_visible()
    assert "Raum für ein Sprachcafé" in stored(page, "/requests")
    skip(page)
    press(page, page.locator(".bk-crumbs").get_by_role("link", name="Gesuche"))
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
    page.set_viewport_size({"width": 320, "height": 800})
    expect(page.locator("details pre")).to_be_visible()
    assert not scrolls_sideways(page), "the example wraps"
    page.set_viewport_size({"width": 1280, "height": 900})
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


def test_an_import_is_called_off_and_an_old_rating_withdrawn(opened: Open, services: Services, tmp_path: Path) -> None:
    page = entered(opened, Role.OFFICE, "/data/imports")
    page.on("filechooser", lambda _: None)
    skip(page)
    to(page, page.get_by_label("Dateien von diesem Rechner"))
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(one_table("alliances", "key,name\nrunde,Runder Tisch\n", tmp_path))
    press(page, page.get_by_role("button", name="Ansehen, was sich ändern würde"))
    expect(page.locator("[aria-current=step]")).to_have_text("Erkannt")
    skip(page)
    press(page, page.get_by_role("button", name="Abbrechen"))
    expect(page.locator("main")).to_contain_text("Die Übernahme wurde abgebrochen")
    assert page.request.get("/api/v1/alliances/runde").status == 404
    page.goto("/municipalities/90002/challenges")
    skip(page)
    pick(page, page.locator("#field-challenge"), "Fehlende Kitaplätze")
    press(page, page.get_by_role("button", name="Einschätzung eintragen"))
    press(page, page.get_by_role("button", name="Zurücknehmen – Fehlende Kitaplätze"))
    expect(page.locator("tbody tr")).to_have_count(0)


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
