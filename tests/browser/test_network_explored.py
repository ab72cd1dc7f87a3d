"""The network explored in a real browser: the way of a programme office, by keyboard, by touch and without script."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.conftest import Open
from browser.keyboard import skip, to, write
from browser.network_bears import JUGENDAMT, Axe, ready, serve_bears, status
from playwright.sync_api import Browser, expect

from scripts.build_web import Web


@pytest.fixture(scope="module")
def service(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The real service on a small network, in the place of the one on the sample."""
    yield from serve_bears(tmp_path_factory)


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


def test_plus_says_when_there_is_nothing_more_to_show(opened: Open) -> None:
    page = ready(opened(f"{JUGENDAMT}&depth=1"))
    for _ in range(2):
        page.get_by_role("application").focus()
        page.keyboard.press("+")
        expect(page.locator("#status")).to_contain_text(
            "Rund um Jugendamt Großbärenkreis gibt es nichts weiter zu zeigen"
        )
    page.keyboard.press("n")
    page.keyboard.press("+")
    expect(page.locator("#status")).to_contain_text("Netzwerk: ")


def test_filters_that_leave_nothing_can_be_changed_and_taken_back_on_the_spot(opened: Open, axe: Axe) -> None:
    page = ready(opened("/network?field=language&layout=rings"))
    page.locator("#nw-filters summary").first.click()
    page.get_by_label("Kommune", exact=True).check()
    page.get_by_role("button", name="Anwenden").click()
    expect(page.locator(".bk-lead")).to_contain_text("Es ist nichts erfasst, auf das alle diese Filter zutreffen.")
    expect(page.locator("#status")).to_contain_text("Es ist nichts erfasst")
    expect(page.get_by_role("application")).to_be_hidden()
    expect(page.get_by_label("Kommune", exact=True)).to_be_checked()
    assert axe(page) == []
    page.get_by_role("link", name="Alle Filter zurücknehmen: ").click()
    expect(page.get_by_role("application")).to_be_visible()
    expect(page.locator("#nw-lists")).to_contain_text("Bündnis Ankommen")
    assert page.url.endswith("/network?layout=rings")
    # a link to nothing begins with the filters, too, and the picture comes with what they let pass
    page = ready(opened("/network?labels=Municipality"))
    expect(page.get_by_role("application")).to_be_hidden()
    page.get_by_label("Kommune", exact=True).uncheck()
    page.get_by_role("button", name="Anwenden").click()
    expect(page.get_by_role("application")).to_be_visible()


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
    # behind the last year stand all of them
    page.keyboard.press("End")
    expect(page.locator("#nw-lists")).to_contain_text("Runder Tisch Übergang")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("link", name="Alle Jahre")).to_be_visible()


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
