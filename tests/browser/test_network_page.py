"""The network explorer in a real browser: the way of a programme office, by keyboard, and without script."""

import csv
import gzip
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from browser.conftest import WIDTHS, Open, Watched, scrolls_sideways
from browser.keyboard import skip, to, write
from click.testing import CliRunner
from playwright.sync_api import Browser, Page, expect
from service_server import served

from api.cli.main import program
from api.services import Services
from api.settings import Settings
from scripts.build_web import Web

Axe = Callable[[Page], list[str]]
Rows = Sequence[Sequence[object]]

PLACES: Rows = (
    ("key", "name", "level", "parent", "population", "longitude", "latitude"),
    ("90", "Bärenland", "state", "", 900_000, 9.0, 48.5),
    ("90001", "Großbärenkreis", "district", "90", 400_000, 8.9, 48.4),
    ("90002", "Mühlenkreis", "district", "90", 150_000, 9.3, 48.7),
)
ACTORS: Rows = (
    ("key", "name", "kind", "municipality", "fields"),
    ("jugendamt", "Jugendamt Großbärenkreis", "jugendamt", "90001", ""),
    ("bruecke", "Lernbrücke e.V.", "association", "90001", "language"),
    ("paten", "Patenkreis Süd", "association", "90001", ""),
    ("schule", "Gesamtschule am Fluss", "school", "90002", ""),
    ("kammer", "Handwerkskammer Mühlenkreis", "chamber", "90002", ""),
    ("allein", "Frauentreff am Markt", "association", "90002", ""),
)
ALLIANCES: Rows = (
    ("key", "name", "municipalities", "fields", "started_on", "ended_on"),
    ("ankommen", "Bündnis Ankommen", "90001", "language", "2016-01-01", ""),
    ("uebergang", "Runder Tisch Übergang", "90002", "school-to-work", "2019-05-01", "2021-12-31"),
)
MEMBERSHIPS: Rows = (
    ("actor", "alliance", "role", "since"),
    ("jugendamt", "ankommen", "", "2016-01-01"),
    ("bruecke", "ankommen", "", "2016-01-01"),
    ("paten", "ankommen", "", "2017-01-01"),
    ("bruecke", "uebergang", "", ""),
    ("schule", "uebergang", "", ""),
    ("kammer", "uebergang", "", ""),
)
COOPERATIONS: Rows = (("actor_a", "actor_b", "strength", "since"), ("schule", "kammer", "coordinates", "2018-01-01"))
TABLES = {
    "municipalities": PLACES,
    "actors": ACTORS,
    "alliances": ALLIANCES,
    "memberships": MEMBERSHIPS,
    "cooperations": COOPERATIONS,
}
JUGENDAMT = "/network?start=actor:jugendamt"


def write_package(folder: Path) -> Path:
    folder.mkdir()
    for name, rows in TABLES.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    resources = [{"name": name, "path": f"{name}.csv"} for name in TABLES]
    (folder / "datapackage.json").write_text(json.dumps({"name": "bears", "resources": resources}), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def service(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The real service on a small network, in the place of the one on the sample."""
    folder = tmp_path_factory.mktemp("network")
    store = f"sqlite:///{folder / 'network.db'}"
    imported = CliRunner().invoke(
        program, ["--store", store, "import", "package", str(write_package(folder / "package"))]
    )
    assert imported.exit_code == 0, imported.output
    services = Services(Settings(store=store, cache=folder))
    with served(services) as base:
        yield base


def ready(page: Page) -> Page:
    """Wait until the picture can be used."""
    expect(page.locator("#explorer[data-ready]")).to_be_attached()
    return page


def status(page: Page) -> str:
    return page.locator("#status").inner_text()


@pytest.mark.parametrize(
    ("path", "language", "scheme"),
    [
        (JUGENDAMT, "de", "light"),
        ("/network?start=actor:jugendamt&target=actor:kammer", "en", "dark"),
        ("/network?entry=isolated", "de", "dark"),
    ],
)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    opened: Open, axe: Axe, path: str, language: str, scheme: str
) -> None:
    page = ready(opened(path, language=language, scheme=scheme))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert not scrolls_sideways(page), f"scrolls sideways at {width} px"
        assert axe(page) == []
    assert page.locator("h1").count() == 1


def test_on_a_phone_every_cell_of_the_lists_lies_within_its_frame_and_heads_say_what_sorts(opened: Open) -> None:
    page = ready(opened(JUGENDAMT, width=375))
    outside = """() => [...document.querySelectorAll('.nw-list')].flatMap(frame => {
        const { left, right } = frame.getBoundingClientRect();
        return [...frame.querySelectorAll('th, td')].filter(cell => {
            const box = cell.getBoundingClientRect();
            return box.left < left - 1 || box.right > right + 1 || box.width === 0;
        }).map(cell => cell.textContent);
    })"""
    assert page.locator(".nw-list td").count() > 4
    assert page.evaluate(outside) == []
    after = "each => getComputedStyle(each, '::after').content"
    marks = [each.evaluate(after) for each in page.locator(".nw-list thead th a").all()]
    sorted_by = [each.evaluate(after) for each in page.locator(".nw-list thead [aria-sort] a").all()]
    assert [each[2] for each in marks if "↕" not in each] == ["↑", "↑"] == [each[2] for each in sorted_by]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dots_of_the_map_stand_out_from_the_land(opened: Open, scheme: str) -> None:
    page = ready(opened("/network?layout=map", scheme=scheme))
    light = """() => ['nw-ground', 'nw-land', 'nw-paper'].map(name => {
        const probe = document.querySelector('#explorer').appendChild(document.createElement('span'));
        probe.className = `nw-probe ${name}`;
        const pen = document.createElement('canvas').getContext('2d');
        pen.fillStyle = getComputedStyle(probe).color;
        pen.fillRect(0, 0, 1, 1);
        const linear = part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        const [red, green, blue] = [...pen.getImageData(0, 0, 1, 1).data].map(each => linear(each / 255));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
    })"""
    dot, *grounds = page.evaluate(light)
    least = {"light": 3, "dark": 5}[scheme]
    assert all(max(dot, each) / min(dot, each) >= least for each in grounds)


def test_the_programme_office_goes_from_a_start_to_an_export(opened: Open) -> None:
    page = ready(opened("/network"))
    page.locator("#nw-start").press_sequentially("Jugendamt Gro")
    expect(page.get_by_role("option").first).to_contain_text("Jugendamt Großbärenkreis")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Netzwerk: Jugendamt Großbärenkreis, 2 Schritte weit")
    page.wait_for_url(lambda url: url.endswith(JUGENDAMT))
    nodes = page.locator("#nw-lists table").first
    expect(nodes).to_contain_text("Bündnis Ankommen")
    expect(nodes).not_to_contain_text("Runder Tisch Übergang")

    # expand
    nodes.get_by_role("link", name="Lernbrücke e.V.").click()
    expect(page.locator("#nw-chosen")).to_have_text("Lernbrücke e.V.")
    page.get_by_role("link", name="Erweitern: zeigen, womit es verbunden ist").click()
    expect(nodes).to_contain_text("Runder Tisch Übergang")
    assert "step=open:actor:bruecke" in page.url

    # filter
    page.locator("#nw-filters summary").first.click()
    page.get_by_label("Bündnis", exact=True).check()
    page.get_by_role("button", name="Anwenden").click()
    expect(nodes).not_to_contain_text("Patenkreis Süd")
    page.go_back()
    expect(nodes).to_contain_text("Patenkreis Süd")

    # a way
    page.locator("#nw-target").fill("Handwerkskammer Mühlenkreis")
    page.get_by_role("button", name="Wege suchen").click()
    expect(page.locator("h1")).to_have_text("Netzwerk: von Lernbrücke e.V. zu Handwerkskammer Mühlenkreis")

    # and away with it
    with page.expect_download() as download:
        page.get_by_role("link", name="für Gephi (GEXF)").click()
    written = Path(download.value.path()).read_text("utf-8")
    assert "Runder Tisch Übergang" in written
    assert "Patenkreis Süd" not in written
    with page.expect_download() as download:
        page.get_by_role("button", name="Bild (PNG)").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")


def test_the_programme_office_goes_from_the_atlas_to_the_network_and_an_export_by_keyboard_alone(opened: Open) -> None:
    page = opened("/atlas")
    to(page, page.locator("main").get_by_role("link", name="Großbärenkreis").first)
    page.keyboard.press("Enter")
    page.wait_for_url("**/municipalities/90001*")
    to(page, page.locator("main").get_by_role("link", name="Netzwerk").first)
    page.keyboard.press("Enter")
    page.wait_for_url("**/network?start=municipality:90001")
    ready(page)
    expect(page.locator(".bk-lead")).to_contain_text("Rund um Großbärenkreis: 3 Akteure")
    to(page, page.get_by_role("application"))
    while not status(page).startswith("Lernbrücke"):
        before = status(page)
        page.keyboard.press("n")
        expect(page.locator("#status")).not_to_have_text(before)
        expect(page.locator("#status")).not_to_have_text("")
    page.keyboard.press("+")
    expect(page.locator("#nw-lists")).to_contain_text("Runder Tisch Übergang")
    to(page, page.get_by_role("link", name="für Gephi (GEXF)"))
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert "Runder Tisch Übergang" in Path(download.value.path()).read_text("utf-8")
    to(page, page.get_by_role("button", name="Link kopieren"))


def test_a_finger_chooses_and_scrolls(chromium: Browser, service: str) -> None:
    context = chromium.new_context(
        base_url=service, locale="de-DE", has_touch=True, is_mobile=True, viewport={"width": 375, "height": 800}
    )
    page = context.new_page()
    page.goto("/network?entry=isolated&labels=Actor")
    ready(page)
    page.locator("#nw-canvas").evaluate("place => place.scrollIntoView({block: 'start', behavior: 'instant'})")
    box = page.locator("#nw-canvas").bounding_box()
    assert box
    # alone it lies in the middle
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("#nw-chosen")).to_have_text("Frauentreff am Markt")
    before = page.evaluate("scrollY")
    finger, start = context.new_cdp_session(page), box["y"] + 300
    for kind, way in (("touchStart", 0), *(("touchMove", -20 * step) for step in range(1, 11)), ("touchEnd", None)):
        points = [] if way is None else [{"x": 180, "y": start + way}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_timeout(16)
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") > before + 100, "a finger on the picture does not scroll the page"
    context.close()


def test_a_shared_link_names_who_is_chosen_and_enter_in_it_goes_nowhere(opened: Open) -> None:
    page = ready(opened(JUGENDAMT))
    page.locator("#nw-lists").get_by_role("link", name="Lernbrücke e.V.").first.click()
    expect(page.locator("#nw-chosen")).to_have_text("Lernbrücke e.V.")
    link = page.locator("#nw-link")
    assert link.input_value() == page.url
    assert "at=actor" in link.input_value()
    link.press("Enter")
    assert page.url == link.input_value()
    keep = page.get_by_role("link", name="Diese Ansicht merken")
    assert "at%3Dactor" in (keep.get_attribute("href") or "")
    keep.click()
    expect(page.get_by_role("heading", name="Anmelden")).to_be_visible()
    assert "saved%3Faddress%3D%252Fnetwork" in page.url


def test_everything_is_done_by_keyboard_and_said(opened: Open) -> None:
    page = ready(opened(JUGENDAMT))
    canvas = page.get_by_role("application")
    canvas.focus()
    page.keyboard.press("Home")
    expect(page.locator("#status")).to_contain_text("Jugendamt Großbärenkreis, Akteur, hier mit")
    seen = set()
    for _ in range(8):
        before = status(page)
        page.keyboard.press("n")
        expect(page.locator("#status")).not_to_have_text(before)
        expect(page.locator("#status")).not_to_have_text("")
        seen.add(status(page).split(",")[0])
    assert {"Bündnis Ankommen", "Lernbrücke e.V.", "Patenkreis Süd", "Großbärenkreis"} <= seen

    # along a relation: from the alliance there is one to each member
    while not status(page).startswith("Lernbrücke"):
        before = status(page)
        page.keyboard.press("n")
        expect(page.locator("#status")).not_to_have_text(before)
        expect(page.locator("#status")).not_to_have_text("")
    moved = False
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
        page.wait_for_timeout(80)
        if "durch: Lernbrücke e.V." in status(page):
            moved = True
            break
    assert moved
    page.keyboard.press("Backspace")
    expect(page.locator("#nw-chosen")).to_have_text("Lernbrücke e.V.")
    assert "at=actor" in page.url

    page.keyboard.press("+")
    expect(page.locator("#nw-lists")).to_contain_text("Runder Tisch Übergang")
    expect(canvas).to_be_focused()
    page.keyboard.press("u")
    expect(page.locator("#nw-lists")).not_to_contain_text("Runder Tisch Übergang")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Pfeiltasten")
    page.keyboard.press("Escape")
    expect(canvas).to_be_focused()
    page.keyboard.press("m")
    expect(page.locator("h1")).to_contain_text("Netzwerk: Lernbrücke e.V.")
    page.keyboard.press("/")
    expect(page.locator("#nw-start")).to_be_focused()


def test_the_skip_link_asks_for_nothing_and_loses_nothing_typed(opened: Open) -> None:
    # it is a way within the page, of which browsers tell the same as of going back; the answer would replace the field
    page = opened("/network")
    expect(page.locator("#explorer[data-ready]")).to_be_attached()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    skip(page)
    write(page, page.locator("#nw-start"), "x")
    assert asked == []
    expect(page.locator("#nw-start")).to_have_value("x")


def test_undoing_takes_back_steps_and_filters_and_never_leads_away(opened: Open) -> None:
    page = ready(opened(JUGENDAMT))
    page.locator("#nw-filters summary").first.click()
    page.get_by_label("Bündnis", exact=True).check()
    page.get_by_role("button", name="Anwenden").click()
    expect(page.locator("#nw-lists")).not_to_contain_text("Patenkreis Süd")
    page.get_by_role("application").focus()
    page.keyboard.press("u")
    expect(page.locator("#nw-lists")).to_contain_text("Patenkreis Süd")
    page.get_by_role("application").focus()
    page.keyboard.press("u")
    expect(page.locator("#status")).to_have_text("Es gibt nichts zurückzunehmen.")
    assert page.url.endswith(JUGENDAMT)


def test_what_was_undone_does_not_come_back_by_undoing_further(opened: Open) -> None:
    page = ready(opened(JUGENDAMT))
    for node in ("Patenkreis Süd", "Lernbrücke e.V."):
        page.locator("#nw-lists").get_by_role("link", name=node).first.click()
        page.locator("#nw-card").get_by_role("link", name="Ausblenden").click()
        expect(page.locator("#nw-lists")).not_to_contain_text(node)
    page.get_by_role("link", name="Letzten Schritt zurücknehmen").click()
    expect(page.locator("#nw-lists")).to_contain_text("Lernbrücke e.V.")
    expect(page.locator("#status")).to_contain_text("Der letzte Schritt ist rückgängig gemacht. Netzwerk: Jugendamt")
    shared = page.url
    page.get_by_role("application").focus()
    page.keyboard.press("u")
    expect(page.locator("#nw-lists")).to_contain_text("Patenkreis Süd")
    page.get_by_role("application").focus()
    page.keyboard.press("u")
    expect(page.locator("#status")).to_have_text("Es gibt nichts zurückzunehmen.")
    # a step of a link is taken back, too, and does not come again
    page = ready(opened("/network" + shared.partition("/network")[2]))
    expect(page.locator("#nw-lists")).not_to_contain_text("Patenkreis Süd")
    page.get_by_role("application").focus()
    page.keyboard.press("u")
    expect(page.locator("#nw-lists")).to_contain_text("Patenkreis Süd")
    page.get_by_role("application").focus()
    page.keyboard.press("u")
    expect(page.locator("#status")).to_have_text("Es gibt nichts zurückzunehmen.")


def test_picture_lists_sentence_and_address_stay_in_step(opened: Open) -> None:
    page = ready(opened("/network?entry=communities"))
    page.get_by_role("link", name="Wer steht allein?").click()
    expect(page.locator(".bk-lead")).to_contain_text("ein Akteur")
    expect(page.locator("#nw-lists")).to_contain_text("Frauentreff am Markt")
    assert page.url.endswith("entry=isolated")
    assert page.title() == "Netzwerk: Wer noch nicht verbunden ist · Bündniskompass"
    page.go_back()
    expect(page.locator("#nw-lists")).not_to_contain_text("Frauentreff am Markt")
    page.reload()
    expect(page.locator("h1")).to_have_text("Netzwerk: Wer mehr miteinander arbeitet als mit anderen")


def test_the_slider_of_years_leaves_out_what_was_not_yet_or_no_more_and_keeps_the_focus(opened: Open) -> None:
    page = ready(opened("/network"))
    slider = page.get_by_role("slider", name="Stand im Jahr")
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator("#nw-lists")).not_to_contain_text("Runder Tisch Übergang")
    expect(page.locator("#nw-lists")).to_contain_text("Bündnis Ankommen")
    assert "year=2016" in page.url
    # the slider keeps the focus, so that the next key moves it on
    expect(slider).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#nw-answer")).to_contain_text("Stand 2017")
    page.get_by_role("link", name="Alle Jahre").click()
    expect(page.locator("#nw-lists")).to_contain_text("Runder Tisch Übergang")


def test_it_all_works_without_script(opened: Open) -> None:
    page = opened("/network", script=False)
    page.locator("#nw-start").fill("Jugendamt Großbärenkreis")
    page.get_by_role("button", name="Anzeigen").click()
    page.wait_for_url(lambda url: url.endswith(JUGENDAMT))
    expect(page.get_by_role("img", name="Bild des Netzwerks")).to_be_visible()
    names = page.locator(".nw-picture .name").all_text_contents()
    assert {"Jugendamt Großbärenkreis", "Bündnis Ankommen", "Lernbrücke e.V."} <= set(names)
    page.locator("#nw-lists").get_by_role("link", name="Lernbrücke e.V.").first.click()
    page.get_by_role("link", name="Erweitern: zeigen, womit es verbunden ist").click()
    expect(page.locator("#nw-lists")).to_contain_text("Runder Tisch Übergang")
    page.locator("#nw-lists").get_by_role("link", name="Name").first.click()
    expect(page.locator("th[aria-sort]").first).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("link", name="Letzten Schritt zurücknehmen").click()
    expect(page.locator("#nw-lists")).not_to_contain_text("Runder Tisch Übergang")
    page.get_by_role("link", name="Karte").click()
    page.wait_for_url("**layout=map**")


def test_an_unknown_start_says_so_and_shows_the_whole(opened: Open) -> None:
    page = opened("/network?start=Niemandsland", script=False)
    expect(page.get_by_role("alert").first).to_contain_text("Unter „Niemandsland")
    expect(page.locator("#nw-lists")).to_contain_text("Bündnis Ankommen")


def test_without_webgl_the_service_s_picture_stays(opened: Open, watched: Watched) -> None:
    page = opened("/about")
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(JUGENDAMT)
    expect(page.locator(".nw-picture")).to_be_visible()
    expect(page.locator("#nw-canvas")).to_be_hidden()


def test_on_paper_the_drawn_picture_stands_in_place_of_the_canvas(opened: Open) -> None:
    page = ready(opened(JUGENDAMT))
    expect(page.locator(".nw-picture")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator(".nw-picture")).to_be_visible()
    expect(page.locator("#nw-canvas")).to_be_hidden()


def test_the_script_of_the_picture_is_loaded_here_alone(opened: Open) -> None:
    asked: list[str] = []
    page = opened("/about")
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/privacy")
    assert not [url for url in asked if re.search(r"/(canvas|network)-", url)]
    assert compressed(page, asked) < 25_000
    page.goto(JUGENDAMT)
    ready(page)
    assert [url for url in asked if re.search(r"/canvas-", url)]
    assert compressed(page, asked) < 75_000


def compressed(page: Page, urls: Sequence[str]) -> int:
    """How many bytes the scripts among these addresses are on the way."""
    scripts = {url for url in urls if url.endswith(".js")}
    return sum(len(gzip.compress(page.request.get(url).body())) for url in scripts)
