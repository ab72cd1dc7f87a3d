"""The pages about the data in a real browser: from a file to its report; a duplicate decided, undone, and by whom."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from browser.conftest import WIDTHS, Open, Watched, scrolls_sideways
from playwright.sync_api import Page, expect
from service_server import quick_accounts, served, work

from api.http.viewer import Role
from api.jobs.imports import ImportOrder
from api.services import Services
from api.settings import Settings
from graph_service.keys import Label, NodeKey, municipality_key
from graph_service.model import Actor, Dataset, Edge, EdgeType, Municipality
from importers.package.importer import PackageImporter
from importers.run import run
from scripts.build_web import Web

PASSWORD = "ein Apfel im Schnee"
BEARS = municipality_key("90001")
Axe = Callable[[Page], list[str]]


TABLES = {
    "municipalities": "key,name,level,kind,parent,population\n90,Bärenland,state,,,1000000\n"
    "90001,Großbärenkreis,district,landkreis,90,{population}\n90002,Kleinbärenkreis,district,landkreis,90,390000\n",
    "indicators": "id,label_de,label_en,unit,theme,polarity,scale,source,licence,url\n"
    "foreigners,Ausländeranteil,Share of foreigners,%,migration,0,share,Amt A,dl-de/by-2-0,\n",
    "observations": "municipality,indicator,period,value,flag\n90001,foreigners,2022,17.5,\n{more}",
}


def packed(population: int, more: str = "") -> bytes:
    """An exchange package with two districts."""
    content = io.BytesIO()
    resources = [{"name": name, "path": f"{name}.csv"} for name in TABLES]
    description = {"name": "bears", "title": "Bären und Seen", "resources": resources}
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("datapackage.json", json.dumps(description))
        for name, text in TABLES.items():
            archive.writestr(f"{name}.csv", text.format(population=population, more=more))
    return content.getvalue()


WRONG = packed(400_000, "90002,foreigners,2022,viele,\n")


@dataclass(frozen=True)
class Installation:
    """A small country that is served, and its worker."""

    services: Services
    base: str

    def work(self) -> None:
        """Let the worker do what waits."""
        work(self.services)


@pytest.fixture(scope="module")
def installation(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Two lists that both know an actor and differ about it, one actor recorded twice, and three accounts."""
    folder = tmp_path_factory.mktemp("data")
    services = Services(Settings(store=f"sqlite:///{folder / 'k.db'}", cache=folder))
    accounts = quick_accounts(services)
    for role in (Role.EDITOR, Role.OFFICE, Role.ADMIN):
        place = BEARS if role is Role.EDITOR else None
        accounts.registry.add(f"{role}@stadt.example", role, name=f"Büro {role}", municipality=place, password=PASSWORD)
    brought = folder / "bears.zip"
    brought.write_bytes(packed(400_000))
    run(PackageImporter(), [brought], services.store)
    one, other, old = (NodeKey.of(Label.ACTOR, name) for name in ("lernbruecke", "lernbruecke2", "haus"))
    url = "https://lernbruecke.example"
    actors = [
        Actor(key=one, name="Lernbrücke gGmbH", kind="volunteer-initiative", url=url),
        Actor(key=other, name="Lernbrücke gGmbH", kind="volunteer-initiative", url=url),
        Actor(key=old, name="Haus der Jugend", assured_on=date(2021, 5, 1)),
    ]
    located = [Edge(EdgeType.LOCATED_IN, each.key, BEARS) for each in actors]
    there = Dataset(id="list", title="Liste der Träger", licence="CC BY 4.0", precedence=50)
    services.store.write(lambda tx: tx.replace(there, [*actors, *located]))
    second = [Municipality(key=BEARS, name="Bärenkreis, groß")]
    services.store.write(lambda tx: tx.replace(Dataset(id="book", title="Adressbuch", precedence=60), second))
    with served(services) as base:
        yield Installation(services, base)


@pytest.fixture(scope="module")
def service(installation: Installation) -> str:
    """Its address."""
    return installation.base


def signed_in(opened: Open, role: Role, path: str, **options: object) -> Page:
    page = opened(f"/sign-in?next={path}", **options)
    page.locator("[name=email]").fill(f"{role}@stadt.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def judged(page: Page, axe: Axe) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert not scrolls_sideways(page), f"{page.url} scrolls sideways at {width} px"
        assert axe(page) == [], page.url


PUBLIC = ("", "/freshness", "/freshness?what=offers", "/conflicts", "/duplicates", "/vocabularies")


@pytest.mark.parametrize(("language", "scheme"), [("de", "light"), ("en", "dark")])
def test_everybody_can_read_what_is_in_the_data(opened: Open, axe: Axe, language: str, scheme: str) -> None:
    page = opened("/data", language=language, scheme=scheme)
    for path in PUBLIC:
        page.goto(f"/data{path}")
        judged(page, axe)
    assert page.get_attribute("html", "lang") == language


def test_what_is_for_the_office_is_not_shown_to_others(opened: Open, watched: Watched) -> None:
    watched.expected.append("401")
    page = opened("/data")
    expect(page.get_by_role("link", name="Übernahmen")).to_have_count(0)
    for path in ("imports", "journal", "accounts"):
        answer = page.goto(f"/data/{path}")
        assert answer is not None
        assert answer.status == 401


@pytest.mark.parametrize("script", [True, False])
def test_the_office_brings_a_file_looks_at_it_and_takes_it_over(
    opened: Open, installation: Installation, axe: Axe, script: bool
) -> None:
    page = signed_in(opened, Role.OFFICE, "/data/imports", script=script)
    name, package = f"bears-{script}.zip", packed(410_000 + script)
    page.get_by_label("Dateien von diesem Rechner").set_input_files(
        [{"name": name, "mimeType": "application/zip", "buffer": package}]
    )
    page.get_by_role("button", name="Ansehen, was sich ändern würde").press("Enter")
    expect(page.locator("main")).to_contain_text(name)
    expect(page.locator("[aria-current=step]")).to_have_text("Erkannt")
    if script:
        judged(page, axe)
    installation.work()
    if script:
        expect(page.locator("[aria-current=step]")).to_have_text("Vorschau")
        judged(page, axe)
    else:
        page.get_by_role("link", name="Nachsehen, wie es steht").click()
    expect(page.locator("main")).to_contain_text("Noch ist nichts geschrieben")
    expect(page.locator("tr", has_text="Geändert")).to_contain_text("1")
    page.get_by_role("button", name="Übernehmen", exact=True).press("Enter")
    expect(page.locator("[aria-current=step]")).to_have_text("Übernahme")
    installation.work()
    if not script:
        page.reload()
    expect(page.locator("[aria-current=step]")).to_have_text("Bericht")
    expect(page.locator("main")).to_contain_text("Bestätigt von")
    if script:
        judged(page, axe)
    page.goto("/data/imports")
    expect(page.get_by_role("link", name="Bären und Seen").first).to_be_visible()
    page.goto("/data")
    expect(page.get_by_role("link", name="Letzter Bericht – Bären und Seen")).to_be_visible()


def test_what_is_wrong_with_a_file_is_told_by_line_and_column(
    opened: Open, installation: Installation, axe: Axe
) -> None:
    imports = installation.services.imports
    order = ImportOrder(source="package", files=imports.files.keep("wrong", [("wrong.zip", io.BytesIO(WRONG))]))
    imports.ask(order, None, "wrong")
    installation.work()
    page = signed_in(opened, Role.OFFICE, "/data/imports/wrong")
    row = page.locator("tbody tr", has_text="viele")
    for text in ("observations.csv", "3", "value"):
        expect(row).to_contain_text(text)
    judged(page, axe)
    page.get_by_role("button", name="Noch einmal versuchen").press("Enter")
    expect(page.locator("[aria-current=step]")).to_have_text("Erkannt")
    page.get_by_role("button", name="Abbrechen").press("Enter")
    expect(page.locator("main")).to_contain_text("Die Übernahme wurde abgebrochen")


def test_what_no_importer_reads_is_refused_at_once(opened: Open, axe: Axe, watched: Watched) -> None:
    watched.expected.append("422")
    page = signed_in(opened, Role.OFFICE, "/data/imports")
    field = page.get_by_label("Dateien von diesem Rechner")
    go_on = page.get_by_role("button", name="Ansehen, was sich ändern würde")
    field.set_input_files([{"name": "program.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"}])
    go_on.click()
    expect(page.get_by_role("alert").filter(has_text="program.exe")).to_be_visible()
    judged(page, axe)


@pytest.mark.parametrize("script", [True, False])
def test_the_office_decides_about_a_duplicate_and_undoes_it(opened: Open, axe: Axe, script: bool) -> None:
    page = signed_in(opened, Role.OFFICE, "/data/duplicates", script=script)
    expect(page.locator(".bk-lead")).to_contain_text("Ein Paar")
    if script:
        judged(page, axe)
    page.get_by_label("Warum?").fill("gleiche Web-Seite")
    page.get_by_role("button", name="Dasselbe – Lernbrücke gGmbH").press("Enter")
    expect(page.locator("main")).to_contain_text("ist dasselbe wie")
    expect(page.locator("main")).to_contain_text("Grund: gleiche Web-Seite")
    page.goto("/data/journal")
    first = page.locator("main ol > li", has=page.get_by_role("button")).first
    expect(first).to_contain_text("Sie")
    expect(first).to_contain_text("Eingetragen: Lernbrücke gGmbH")
    expect(first).to_contain_text("gleiche Web-Seite")
    if script:
        judged(page, axe)
    first.get_by_role("button", name="Rückgängig").press("Enter")
    expect(page.get_by_role("status").filter(has_text="wieder wie vorher")).to_be_visible()
    page.goto("/data/duplicates")
    expect(page.locator(".bk-lead")).to_contain_text("Ein Paar")
    page.get_by_role("button", name="Verschieden – Lernbrücke gGmbH").click()
    expect(page.locator("main")).to_contain_text("sind verschieden")
    page.get_by_role("button", name="Rückgängig").click()
    expect(page.locator(".bk-lead")).to_contain_text("Ein Paar")


def test_an_editor_confirms_in_one_click_and_takes_it_back(opened: Open, axe: Axe) -> None:
    page = signed_in(opened, Role.EDITOR, "/data/freshness")
    row = page.locator("li", has_text="Haus der Jugend")
    expect(row).to_contain_text("bestätigt am 01.05.2021")
    expect(row).to_contain_text("eigene Kommune")
    row.get_by_role("button", name="Stimmt noch").press("Enter")
    expect(row).to_contain_text("heute")
    judged(page, axe)
    page.get_by_role("button", name="Rückgängig").press("Enter")
    expect(row).to_contain_text("01.05.2021")
    page.goto("/data/journal")
    expect(page.locator("main")).to_contain_text("Zuletzt bestätigt")


def test_administrators_invite_change_and_disable(opened: Open, axe: Axe) -> None:
    page = signed_in(opened, Role.ADMIN, "/data/accounts")
    judged(page, axe)
    page.get_by_label("E-Mail-Adresse").fill("neu@stadt.example")
    page.get_by_label("Eigene Kommune").fill("Kleinbärenkreis")
    page.get_by_role("button", name="Einladen").press("Enter")
    expect(page.locator("code")).to_contain_text("/password/")
    judged(page, axe)
    page.set_viewport_size({"width": 320, "height": 800})
    assert not scrolls_sideways(page), "four times as large"
    page.get_by_label("Rolle").select_option("reader")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("status").filter(has_text="geändert")).to_be_visible()
    page.get_by_role("button", name="Sperren").click()
    expect(page.get_by_role("status").filter(has_text="gesperrt")).to_be_visible()
    page.goto("/data/accounts")
    expect(page.locator("li", has_text="neu@stadt.example")).to_contain_text("gesperrt")
