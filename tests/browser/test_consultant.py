"""The consultant's journey in a real browser: search, profile, peers, another weight, comparison, council paper."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from browser.conftest import WIDTHS, Open, Watched, scrolls_sideways
from docx import Document
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from api.words.places import beside

Axe = Callable[[Page], list[str]]

DISTRICT = "/municipalities/08119"
COMPARED = f"{DISTRICT}/compare?with=08116&with=08215"
PAGES = (
    DISTRICT,
    "/municipalities/08119008",
    f"{DISTRICT}/peers?with=08116&why=Stuttgart",
    COMPARED,
    "/indicators",
    "/indicators/inkar.arbeitslosenquote",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("de", "light", 1280), ("en", "dark", 375)], ids=["de-light", "en-dark"]
)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    opened: Open, axe: Axe, path: str, language: str, scheme: str, width: int
) -> None:
    page = opened(path, language=language, scheme=scheme, width=width)
    assert not scrolls_sideways(page)
    assert axe(page) == []
    assert page.get_attribute("html", "lang") == language
    assert page.locator("h1").count() == 1
    assert page.locator("[style], style").count() == 0


@pytest.mark.parametrize("script", [True, False])
def test_the_whole_journey(opened: Open, script: bool, tmp_path: Path) -> None:
    page = opened("/", script=script)
    page.locator("#search").fill("Rems-Murr-Kreis")
    page.locator("#search").press("Enter")
    if not page.url.endswith(DISTRICT):
        page.get_by_role("link", name="Rems-Murr-Kreis", exact=True).first.click()
    expect(page.locator("h1")).to_have_text("Rems-Murr-Kreis")
    page.get_by_role("link", name="Vergleichskommunen und Gründe ansehen").click()
    expect(page.locator("h1")).to_have_text("Rems-Murr-Kreis: Wer ist vergleichbar?")
    expect(page.locator(".bk-peer")).to_have_count(10)
    first = page.locator(".bk-peer h2 a").first.inner_text()

    # the population counts nothing any more, the share of foreigners three times
    page.get_by_label("Bevölkerung (Basis Zensus 2022)").and_(page.locator("[type=number]")).fill("0")
    page.get_by_label("Anteil der Menschen ohne deutsche Staatsangehörigkeit").and_(page.locator("[type=number]")).fill(
        "3"
    )
    if script:
        page.keyboard.press("Tab")
    else:
        page.get_by_role("button", name="Anwenden").click()
    expect(page).to_have_url(re.compile("weights="))
    expect(page.locator(".bk-peer h2 a").first).not_to_have_text(first)

    for box in page.locator(".bk-peer input[type=checkbox]").all()[:2]:
        box.check()
    page.get_by_role("button", name="Ausgewählte vergleichen").click()
    expect(page.locator("h1")).to_contain_text("Rems-Murr-Kreis neben")
    assert "weights=" in page.url
    assert page.url.count("with=") == 2
    with page.expect_download() as download:
        page.get_by_role("link", name="Beschlussvorlage (DOCX)").click()
    path = tmp_path / "paper.docx"
    download.value.save_as(path)
    paper = Document(str(path))
    assert paper.paragraphs[0].text == "Rems-Murr-Kreis: Vergleichskommunen"
    assert len(paper.tables[0].rows) == 3
    assert any("geänderte Gewichte" in each.text for each in paper.paragraphs)


def test_a_slider_changes_the_list_the_address_and_the_downloads(opened: Open) -> None:
    page = opened(f"{DISTRICT}/peers")
    page.locator("#list .bk-peer input[type=checkbox]").nth(1).check()
    before = page.locator(".bk-peer h2 a").all_inner_texts()
    slider = page.get_by_role("slider", name="Einwohnerdichte")
    slider.focus()
    slider.press("End")
    expect(page).to_have_url(re.compile("weights=inkar.einwohnerdichte%3A3"))
    expect(page.locator("#status")).to_have_text("Liste aktualisiert, 10 Kommunen")
    assert page.locator(".bk-peer h2 a").all_inner_texts() != before
    expect(page.get_by_role("link", name="Liste (XLSX)")).to_have_attribute("href", re.compile("weights="))
    expect(page.locator("#map svg")).to_have_count(1)
    # what was chosen stays chosen, wherever it now stands
    expect(page.locator("input[name=with]:checked")).to_have_count(1)
    page.go_back()
    expect(page.locator(".bk-peer h2 a").first).to_have_text(before[0])


def test_the_bar_for_comparing_follows_only_once_something_is_chosen(opened: Open) -> None:
    page = opened(f"{DISTRICT}/peers", script=False)
    bar = page.locator("#comparison")
    expect(bar).not_to_be_in_viewport()
    page.locator(".bk-peer input[type=checkbox]").first.check()
    expect(bar).to_be_in_viewport()


def test_no_more_than_five_are_chosen(opened: Open) -> None:
    page = opened(f"{DISTRICT}/peers")
    for box in page.locator(".bk-peer input[type=checkbox]").all()[:5]:
        box.check()
    expect(page.locator("#comparison")).to_contain_text("5 von 5 gewählt")
    expect(page.locator(".bk-peer input[type=checkbox]").nth(5)).to_be_disabled()


def test_why_somebody_is_missing_is_told_above_the_list(opened: Open) -> None:
    page = opened(f"{DISTRICT}/peers", script=False)
    page.get_by_role("searchbox", name="Kommune", exact=True).fill("Frankfurt am Main")
    page.get_by_role("button", name="Erklären").click()
    told = page.locator(".bk-explained")
    expect(told).to_contain_text("Frankfurt am Main")
    expect(told).to_contain_text("steht an Stelle")
    boxes = [each.bounding_box() for each in (told, page.locator("#list"))]
    assert [box["y"] for box in boxes if box] == sorted(box["y"] for box in boxes if box)
    assert all(boxes)


def test_only_differences_are_shown_on_demand(opened: Open) -> None:
    page = opened(COMPARED, script=False)
    rows = page.locator(".bk-compare tbody tr")
    every = rows.count()
    page.get_by_role("link", name="Nur Unterschiede zeigen").click()
    expect(page.get_by_role("link", name="Nur Unterschiede zeigen")).to_have_count(0)
    expect(rows.first).to_be_visible()
    assert rows.count() < every
    for said in rows.locator("td:last-child .bk-meta").all_inner_texts():
        assert re.match("höher|niedriger", said)


def test_a_municipality_is_added_to_the_comparison_by_its_name(opened: Open) -> None:
    page = opened(COMPARED, script=False)
    page.locator("#another").fill("Göppingen")
    page.get_by_role("button", name="Hinzufügen").click()
    expect(page).to_have_url(re.compile("with=08116&with=08215&with=08117"))
    expect(page.locator("h1")).to_contain_text("Göppingen")


def test_the_profile_says_what_stands_out_and_from_which_year(opened: Open) -> None:
    page = opened(DISTRICT, script=False)
    expect(page.locator(".bk-lead")).to_contain_text("Ungewöhnlich hoch")
    row = page.locator("tr", has_text="Anteil der Menschen ohne deutsche Staatsangehörigkeit")
    expect(row).to_contain_text("17,69")
    expect(row).to_contain_text("2022")
    expect(row.get_by_role("img").first).to_have_attribute("aria-label", re.compile("höher als bei"))


def test_a_village_without_figures_leads_to_its_district(opened: Open) -> None:
    page = opened("/municipalities/08119008", script=False)
    expect(page.locator(".bk-lead")).to_contain_text("keine Merkmale")
    page.locator(".bk-lead").get_by_role("link", name="Rems-Murr-Kreis").click()
    expect(page.locator("h1")).to_have_text("Rems-Murr-Kreis")


def test_a_profile_prints_without_controls(opened: Open) -> None:
    page = opened(DISTRICT)
    page.emulate_media(media="print")
    expect(page.locator(".kern-btn").first).to_be_hidden()
    expect(page.locator(".bk-figures table").first).to_be_visible()


def test_files_open_and_say_the_same_as_the_page(opened: Open) -> None:
    page = opened(f"{DISTRICT}/peers?lens=education")
    names = page.locator(".bk-peer h2 a").all_inner_texts()
    sheet = page.request.get(f"{DISTRICT}/peers.xlsx?lens=education").body()
    book = load_workbook(BytesIO(sheet))
    rows = [row[2:4] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)]
    # on the page the kind stands beside each name; in the file each name is unmistakable by itself
    assert [beside(str(name), str(place)) for name, place in rows] == names
    lines = page.request.get(f"{DISTRICT}/peers.csv?lens=education").body().decode("utf-8-sig").splitlines()
    assert [beside(*line.split(";")[2:4]) for line in lines[1:]] == names
    assert any(str(name).endswith(" (Landkreis)") for name, _ in rows)


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_council_paper_has_styles_pictures_with_words_and_sources(opened: Open, language: str) -> None:
    page = opened("/about")
    body = page.request.get(f"{DISTRICT}/peers.docx?lang={language}").body()
    paper = Document(BytesIO(body))
    styles = {each.style.name for each in paper.paragraphs if each.style}
    assert {"Title", "Heading 1", "Caption", "List Bullet"} <= styles
    alternatives = [shape._inline.docPr.get("descr") for shape in paper.inline_shapes]
    assert len(alternatives) == 2
    assert all(len(text) > 40 for text in alternatives)
    assert len(paper.tables[0].rows) == 6
    headings = [each.text for each in paper.paragraphs if each.style and each.style.name == "Heading 1"]
    assert headings[0] == ("Frage" if language == "de" else "Question")
    assert headings[-1] == ("Quellen und Lizenzen" if language == "de" else "Sources and licences")
    assert "Datenlizenz Deutschland" in "".join(each.text for each in paper.paragraphs)
    with ZipFile(BytesIO(body)) as parts:
        assert f'w:val="{"de-DE" if language == "de" else "en-GB"}"' in parts.read("word/styles.xml").decode()


def test_everything_fits_at_every_width(opened: Open) -> None:
    page = opened(COMPARED)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert not scrolls_sideways(page)


def test_what_is_not_there_is_answered_with_what_to_do(opened: Open, watched: Watched) -> None:
    watched.expected += ["404", "409"]
    page = opened("/indicators/nonsense")
    expect(page.locator("h1")).to_have_text("Diese Seite gibt es hier nicht")
    page.goto("/municipalities/Neuburg/peers")
    expect(page.locator("main")).to_contain_text("Neuburg")
