"""The frame around every page, its components, and the search field, in a real browser."""

import re
from collections.abc import Callable

import pytest
from browser.conftest import WIDTHS, Open, Watched, scrolls_sideways
from playwright.sync_api import Page, expect

PAGES = (
    "/",
    "/search?q=Bildung",
    "/search?q=",
    "/about",
    "/privacy",
    "/accessibility",
    "/components",
    "/no-such-page",
    "/peers",
    "/practices",
    "/alliances",
    "/offers",
    "/requests",
    "/exchanges",
    "/network",
    "/atlas",
    "/data",
    "/indicators",
)
Axe = Callable[[Page], list[str]]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("language", "scheme", "widths"),
    [("de", "light", WIDTHS), ("en", "dark", WIDTHS), ("de", "dark", WIDTHS[-1:]), ("en", "light", WIDTHS[:1])],
    ids=["de-light", "en-dark", "de-dark", "en-light"],
)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    opened: Open, axe: Axe, watched: Watched, path: str, language: str, scheme: str, widths: tuple[int, ...]
) -> None:
    watched.expected.append("404")
    page = opened(path, language=language, scheme=scheme)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        assert not scrolls_sideways(page), f"scrolls sideways at {width} px"
        assert axe(page) == []
    assert page.get_attribute("html", "lang") == language
    assert re.fullmatch(r".+ · Bündniskompass", page.title())
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("path", ["/components", "/", "/municipalities/08119", "/municipalities/08119/peers", "/atlas"])
def test_everything_is_readable_at_twice_the_size(opened: Open, path: str) -> None:
    # 200 % zoom of a 1280 px window leaves 640 px
    page = opened(path, width=640)
    assert not scrolls_sideways(page)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.set_viewport_size({"width": 1280, "height": 900})
    assert not scrolls_sideways(page), "with letters twice as large"


def test_the_navigation_has_nine_doors_and_says_behind_which_one_a_municipality_is_read(opened: Open) -> None:
    page = opened("/municipalities/08119/peers")
    doors = page.get_by_role("navigation", name="Hauptnavigation").get_by_role("link")
    assert doors.all_inner_texts() == [
        "Vergleichen",
        "Praxis",
        "Austausch",
        "Bündnis",
        "Gesuche",
        "Angebote",
        "Netzwerk",
        "Atlas",
        "Daten",
    ]
    current = page.locator(".bk-nav [aria-current]")
    expect(current).to_have_text("Vergleichen")
    page.goto("/municipalities/08119/offers")
    expect(current).to_have_text("Angebote")
    page.goto("/municipalities/08119")
    expect(current).to_have_count(0)


def test_the_doors_stand_in_three_rows_of_three_on_a_phone(opened: Open) -> None:
    page = opened("/", width=375)
    rows: dict[float, int] = {}
    for door in page.locator(".bk-nav a").all():
        box = door.bounding_box()
        assert box is not None
        rows[box["y"]] = rows.get(box["y"], 0) + 1
    assert list(rows.values()) == [3, 3, 3]


def test_the_first_stop_of_the_keyboard_leads_past_the_navigation(page: Page) -> None:
    page.keyboard.press("Tab")
    link = page.locator(".bk-skip")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("script", [True, False])
def test_the_chosen_theme_stays_and_can_be_taken_back(opened: Open, script: bool) -> None:
    page = opened("/about", script=script)
    dark = page.get_by_role("button", name="Dunkel")
    dark.click()
    expect(page.locator("html")).to_have_attribute("data-kern-theme", "dark")
    page.goto("/privacy")
    expect(page.locator("html")).to_have_attribute("data-kern-theme", "dark")
    dark.click()
    expect(page.locator("html")).not_to_have_attribute("data-kern-theme", re.compile(".*"))
    page.goto("/about")
    expect(page.locator("html")).not_to_have_attribute("data-kern-theme", re.compile(".*"))


def test_the_theme_colours_the_page(opened: Open) -> None:
    page = opened("/about", scheme="light")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Dunkel").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize(("scheme", "seen"), [("light", "Hell"), ("dark", "Dunkel")])
def test_what_the_system_prefers_is_marked_as_what_is_chosen_would_be(
    opened: Open, script: bool, scheme: str, seen: str
) -> None:
    page = opened("/about", scheme=scheme, script=script)
    weight = "each => getComputedStyle(each).fontWeight"
    marked = [each for each in ("Hell", "Dunkel") if page.get_by_role("button", name=each).evaluate(weight) == "600"]
    assert marked == [seen]
    if script:
        expect(page.get_by_role("button", name=seen)).to_have_attribute("aria-pressed", "true")


def test_language_theme_and_way_in_stand_at_the_right_of_a_tablet_and_begin_with_the_text_on_a_phone(
    opened: Open,
) -> None:
    page = opened("/about", width=768)
    box = "each => each.getBoundingClientRect().toJSON()"
    tools, search, product = (page.locator(selector) for selector in (".bk-tools", ".bk-search", ".bk-product"))
    padding = 8
    assert abs(tools.evaluate(box)["right"] - padding - search.evaluate(box)["right"]) < 1
    page.set_viewport_size({"width": 375, "height": 900})
    assert tools.evaluate(box)["left"] + padding == product.evaluate(box)["left"]
    assert search.evaluate(box)["top"] - tools.evaluate(box)["bottom"] >= 4, "the mark touches the search field"


@pytest.mark.parametrize(
    "path", ["/practices/fachbereiche-gemeinsam-essen", "/practices/monitoring-kindeswohl-unterkuenfte"]
)
def test_no_word_of_a_heading_is_broken_on_a_phone(opened: Open, path: str) -> None:
    page = opened(path, width=375)
    lines = page.locator("h1").evaluate(
        """h1 => {
            const text = h1.firstChild, range = document.createRange();
            return [...text.data.matchAll(/\\S+/g)].map((word) => {
                range.setStart(text, word.index);
                range.setEnd(text, word.index + word[0].length);
                return range.getClientRects().length;
            });
        }"""
    )
    assert set(lines) == {1}


@pytest.mark.parametrize("script", [True, False])
def test_another_language_keeps_the_page_and_its_query(opened: Open, script: bool) -> None:
    page = opened("/?sort=-population", script=script)
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/?sort=-population")
    expect(page.locator("h1")).to_have_text("Which municipality faces similar tasks?")


def test_suggestions_come_while_typing_and_are_chosen_by_keyboard(page: Page) -> None:
    field = page.get_by_role("combobox", name="Suchen")
    field.press_sequentially("Rems")
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("Rems-Murr-Kreis")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", re.compile("suggestions-"))
    field.press("Escape")
    expect(options.first).to_be_hidden()
    assert field.input_value() == "Rems"


def test_an_open_list_of_suggestions_is_accessible(page: Page, axe: Axe) -> None:
    page.get_by_role("combobox", name="Suchen").press_sequentially("Jugend")
    expect(page.get_by_role("option").first).to_be_visible()
    assert axe(page) == []


@pytest.mark.parametrize("script", [True, False])
def test_a_misspelt_name_is_found(opened: Open, script: bool) -> None:
    page = opened("/", script=script)
    page.locator("#search").fill("Schwarzwald Bar")
    page.locator("#search").press("Enter")
    expect(page.locator("main")).to_contain_text("Schwarzwald-Baar-Kreis")


def test_sorting_a_table_needs_no_script(opened: Open) -> None:
    page = opened("/", script=False)
    page.get_by_role("link", name="Einwohner").click()
    page.get_by_role("link", name="Einwohner").click()
    expect(page.locator("tbody tr").first).to_contain_text("Nordrhein-Westfalen")
    expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "descending")


def test_an_unknown_address_is_answered_with_what_to_do(opened: Open, watched: Watched) -> None:
    watched.expected.append("404")
    page = opened("/no-such-page")
    expect(page.locator("h1")).to_have_text("Diese Seite gibt es hier nicht")
    page.get_by_role("link", name="Zur Startseite").click()
    expect(page.locator("h1")).to_have_text("Welche Kommune steht vor ähnlichen Aufgaben?")


def test_print_leaves_out_what_paper_cannot_do(opened: Open) -> None:
    page = opened("/components")
    page.emulate_media(media="print")
    for selector in (".bk-masthead", ".bk-crumbs", ".bk-panel", ".kern-btn"):
        expect(page.locator(selector).first).to_be_hidden()
    expect(page.locator("table").first).to_be_visible()


def test_print_opens_what_is_folded(opened: Open) -> None:
    page = opened("/municipalities/08119/peers")
    sources = page.locator("#list > details li").first
    expect(sources).to_be_hidden()
    page.emulate_media(media="print")
    expect(sources).to_be_visible()


def test_high_contrast_keeps_what_is_chosen(opened: Open) -> None:
    page = opened("/municipalities/08119/peers")
    page.emulate_media(forced_colors="active")
    colour = "each => getComputedStyle(each).backgroundColor"
    chosen, other = page.locator(".bk-lenses [aria-current]"), page.locator(".bk-lenses a:not([aria-current])").first
    assert chosen.evaluate(colour) != other.evaluate(colour)


def test_high_contrast_keeps_bars_and_shapes(opened: Open) -> None:
    page = opened("/components")
    page.emulate_media(forced_colors="active")
    canvas = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert page.locator(".bk-bar__value").first.evaluate("each => getComputedStyle(each).fill") != canvas


def test_the_page_sets_no_inline_style(page: Page) -> None:
    page.get_by_role("combobox", name="Suchen").press_sequentially("Jugend")
    expect(page.get_by_role("option").first).to_be_visible()
    assert page.locator("[style], style").count() == 0


def test_a_slider_changes_the_list_at_once_and_the_change_is_announced(opened: Open) -> None:
    page = opened("/municipalities/08119/peers")
    page.locator("input[type=range]").first.fill("3")
    expect(page.get_by_role("status").first).to_contain_text("Liste aktualisiert")
    assert "weights=" in page.url
