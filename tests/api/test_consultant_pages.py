"""Profiles, comparisons, records and what is taken away, on a small country with records, without a browser."""

import csv
import json
import re
from io import BytesIO, StringIO
from itertools import combinations
from math import dist
from pathlib import Path

import numpy as np
import pytest
from docx import Document
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from api.app import create_app
from api.files.sheets import Sheet, write_sheets
from api.pages.council_document import Heading, Paper, Rows, write_paper
from api.pages.pictures import NUMBERS_APART, Strip, apart, draw_line, draw_strip
from api.settings import Settings

TABLES = {
    "actors": [
        ["key", "name", "kind", "municipality", "languages", "description", "url", "assured_on"],
        ["club", "Verein <b>Brücke</b>", "", "90001", "ar", "Begleitet Familien.", "javascript:alert(1)", "2020-01-01"],
    ],
    "practices": [
        ["key", "title", "description", "challenges", "evidence"],
        ["bridge", "Brückenklasse", "Mit Sprachmittlung.", "prep-to-regular", "documented"],
    ],
    "applications": [
        ["practice", "municipality", "actor", "status", "started_on", "ended_on", "outcome"],
        ["bridge", "90002", "club", "embedded", "2019-09-01", "", "Seit 2022 Regelangebot."],
        ["bridge", "91001", "", "ended-failed", "2018-01-01", "2020-01-01", "Zu wenige Plätze."],
    ],
    "ratings": [
        ["municipality", "challenge", "severity", "rated_on", "rater_role"],
        ["90001", "prep-to-regular", "4", "2026-01-01", "administration"],
        ["90002", "prep-to-regular", "2", "2026-02-01", "consultant"],
    ],
    "offers": [
        ["key", "name", "kind", "provider", "municipalities", "fields", "status"],
        ["cafe", "Sprachcafé", "open-meeting", "club", "90001", "language", "active"],
    ],
}
PEERS = "/municipalities/90001/peers"


@pytest.fixture
def client(kompass, store: str, package: Path, tmp_path: Path) -> FlaskClient:
    for name, rows in TABLES.items():
        with (package / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    described = json.loads((package / "datapackage.json").read_text())
    described["resources"] += [{"name": name, "path": f"{name}.csv"} for name in TABLES]
    (package / "datapackage.json").write_text(json.dumps(described))
    kompass("import", "package", package)
    return create_app(Settings(store=store, cache=tmp_path)).test_client()


def text(client: FlaskClient, path: str) -> str:
    answer = client.get(path, headers={"Accept-Language": "de"})
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def test_a_profile_names_values_with_unit_and_year_and_what_is_suppressed(client):
    page = text(client, "/municipalities/90001")
    assert "17,5" in page
    assert "2022" in page
    assert "4 von 4" in page
    assert "Sprachcafé" in page
    assert "unbekannt oder geheim zu halten" in text(client, "/municipalities/90004")


def test_where_few_are_known_nothing_is_called_unusual(client):
    page = text(client, "/municipalities/90001")
    assert "Ungewöhnlich" not in page


def test_a_name_leads_to_the_code(client):
    answer = client.get("/municipalities/Gro%C3%9Fb%C3%A4renkreis")
    assert (answer.status_code, answer.location) == (303, "/municipalities/90001")


def test_where_the_usual_lens_knows_nothing_all_indicators_are_compared(client):
    page = text(client, PEERS)
    assert "Kleinbärenkreis" in page
    assert 'name="w.foreigners"' in page
    assert "Von den Merkmalen dieses Blickwinkels ist hier keines bekannt" in text(client, f"{PEERS}?lens=structure")


def test_a_town_of_which_nothing_is_known_leads_to_the_peers_of_its_district(client, kompass, tmp_path):
    folder = tmp_path / "town"
    folder.mkdir()
    rows = "key,name,level,parent\n90001001,Bärenstadt,municipality,90001\n"
    (folder / "municipalities.csv").write_text(rows, "utf-8")
    described = {"name": "town", "resources": [{"name": "municipalities", "path": "municipalities.csv"}]}
    (folder / "datapackage.json").write_text(json.dumps(described))
    kompass("import", "package", folder)
    page = text(client, "/municipalities/90001001/peers")
    assert "über den Kreis ist mehr bekannt." in page
    assert f'<a class="kern-btn kern-btn--primary" href="{PEERS}"' in page
    assert "ohne Filter" not in page


def test_a_state_leads_to_its_districts(client):
    page = text(client, "/municipalities/90")
    assert page.count("kern-btn--primary") == 1
    assert '<a class="kern-btn kern-btn--primary" href="#parts"' in page
    assert ' id="parts"' in page


def test_where_nothing_is_known_no_weight_is_offered_that_could_not_change_it(client):
    known, unknown = text(client, PEERS), text(client, f"{PEERS}?lens=structure")
    for part in ('name="w.', 'name="why"', "Wie dies gefunden wurde"):
        assert part in known, part
        assert part not in unknown, part
    assert 'name="size"' in unknown


def test_without_requests_nothing_can_be_filtered_and_nobody_is_sent_to_them(client, kompass, tmp_path):
    folder = tmp_path / "giver"
    folder.mkdir()
    (folder / "actors.csv").write_text("key,name,municipality,resources\nhouse,Haus am See,90001,rooms\n", "utf-8")
    described = {"name": "giver", "resources": [{"name": "actors", "path": "actors.csv"}]}
    (folder / "datapackage.json").write_text(json.dumps(described))
    kompass("import", "package", folder)
    page = text(client, "/requests/resources")
    assert "Haus am See" in page
    assert "Welche Gesuche passen?" not in page
    page = text(client, "/requests")
    assert re.search(r'<a class="kern-btn kern-btn--primary" href="[^"]+">.*Das erste Gesuch eingeben', page)
    assert 'name="resource"' not in page


def test_challenges_count_only_where_they_were_rated(client):
    blended = text(client, f"{PEERS}?challenge_share=0.5")
    assert "Kleinbärenkreis" in blended
    assert "Seenkreis</a>" not in blended
    assert "Herausforderungen können hier nicht zählen" in text(
        client, "/municipalities/91001/peers?challenge_share=0.5"
    )


@pytest.mark.parametrize(
    "query",
    ["lens=nonsense", "weights=x", "population_from=9", "kind=best", "challenge=nonsense&kind=further", "limit=-1"],
)
def test_an_address_that_makes_no_sense_is_said_and_answered_as_usual(client, query):
    page = text(client, f"{PEERS}?{query}")
    assert "nicht verstanden" in page
    assert "Kleinbärenkreis" in page


def test_a_form_sent_in_full_becomes_a_short_address(client):
    sent = "weighed=yes&w.foreigners=3&w.income=1&state=&level=&with=90002"
    answer = client.get(f"{PEERS}?{sent}")
    assert (answer.status_code, answer.location) == (303, f"{PEERS}?weights=foreigners%3A3&with=90002")
    partial = client.get(f"{PEERS}?{sent}", headers={"HX-Request": "true"})
    assert partial.headers["HX-Push-Url"] == f"{PEERS}?weights=foreigners%3A3&with=90002"
    assert "<html" not in partial.get_data(as_text=True)


def test_the_comparison_says_who_is_higher_and_keeps_what_is_missing(client):
    page = text(client, "/municipalities/90001/compare?with=90003&with=90004")
    assert "niedriger: Mühlenkreis, Küstenkreis" in page
    assert "unbekannt oder geheim zu halten" in page
    assert "2 von 4" in text(client, "/municipalities/90001/compare?with=90002")


def test_more_than_five_are_cut_and_it_is_said(client):
    others = "&".join(f"with={code}" for code in ("90002", "90003", "90004", "91001", "91002", "90"))
    page = text(client, f"/municipalities/90001/compare?{others}")
    assert page.count('class="bk-sign">E') > 0
    assert 'class="bk-sign">F' not in page


def test_a_practice_shows_its_trail_with_what_did_not_work(client):
    page = text(client, "/practices/bridge")
    assert "In einer davon gelang es nicht; was dazu bekannt ist, steht unten." in page
    assert "Zu wenige Plätze." in page
    assert "Verein &lt;b&gt;Brücke&lt;/b&gt;" in page


def test_a_record_never_becomes_markup_or_script(client):
    page = text(client, "/actors/club")
    assert "<b>Brücke" not in page
    assert 'href="javascript' not in page
    assert "Der Eintrag sollte neu bestätigt werden" in page
    assert "Arabisch" in page


def test_an_indicator_tells_its_source_and_for_how_many_nothing_is_known(client):
    page = text(client, "/indicators/income")
    assert "Amt B" in page
    assert "Für eine Kommune dieser Ebene ist kein Wert bekannt" in page
    assert client.get("/indicators/nonsense").status_code == 404


def test_files_carry_the_question_of_the_page(client):
    listed = client.get(f"{PEERS}.csv?limit=2", headers={"Accept-Language": "en"}).data.decode("utf-8-sig")
    rows = list(csv.reader(StringIO(listed)))
    assert len(rows) == 3
    assert rows[1][2] == "Kleinbärenkreis"
    book = load_workbook(BytesIO(client.get("/municipalities/90001/compare.xlsx?with=90002").data))
    assert book.worksheets[0].max_row == 4


def test_sheets_give_long_texts_the_lines_they_need_and_print_on_one_page_across(tmp_path):
    write_sheets(tmp_path / "a.xlsx", [Sheet("T", ("Nr.", "Gründe"), ((1, "kurz"), (2, "ein Grund " * 30)))])
    page = load_workbook(tmp_path / "a.xlsx").worksheets[0]
    short, long = page.row_dimensions[2].height, page.row_dimensions[3].height
    assert long >= 5 * short
    assert (page.page_setup.orientation, page.page_setup.fitToHeight) == ("landscape", 0)
    assert (page["B2"].alignment.indent, page["A2"].alignment.indent) == (1, 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.print_title_rows == "$1:$1"


def test_the_council_paper_names_the_chosen_and_what_was_tried(client):
    body = client.get("/municipalities/90001/peers.docx?with=90002&with=91001", headers={"Accept-Language": "de"}).data
    said = "\n".join(each.text for each in Document(BytesIO(body)).paragraphs)
    assert "Kleinbärenkreis und Seenkreis" in said
    assert "Zu wenige Plätze." in said


def test_a_paper_without_anything_comparable_says_so(client):
    body = client.get("/municipalities/90/peers.docx?lens=structure", headers={"Accept-Language": "de"}).data
    assert "keine vergleichbare Kommune" in "\n".join(each.text for each in Document(BytesIO(body)).paragraphs)


def test_a_paper_is_formatted_by_styles_alone():
    paper = Paper(
        "Titel", "", "de-DE", (Heading("Frage"), Rows("T", ("a", "b"), (("x", "1"),), (4, 4), numbers=True)), ""
    )
    document = Document(BytesIO(write_paper(paper)))
    runs = [run for each in document.paragraphs for run in each.runs]
    runs += [run for row in document.tables[0].rows for cell in row.cells for p in cell.paragraphs for run in p.runs]
    assert runs
    assert all(run.font.size is None and run.font.bold is None and run.font.name is None for run in runs)
    assert document.tables[0].cell(1, 1).paragraphs[0].style.name == "Table Number"


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30), st.booleans())
def test_every_place_on_a_strip_lies_within_the_picture(values, logarithmic):
    strip = Strip.of(np.array(values), logarithmic=logarithmic)
    assert strip is not None
    places = strip.places(np.array(values))
    assert ((places >= 8) & (places <= 392)).all()
    assert "NaN" not in draw_strip(strip, "t", own=values[0], marked=[(each, "A") for each in values[:5]])


def test_signs_that_would_cover_one_another_stand_below_the_line():
    strip = Strip.of(np.array([0.0, 100.0]))
    assert strip is not None
    assert 'viewBox="0 0 400 28"' in draw_strip(strip, "t", own=0, marked=[(50, "A"), (100, "B")])
    assert 'viewBox="0 0 400 68"' in draw_strip(strip, "t", own=50, marked=[(50, "A"), (50, "B")])


@given(st.lists(st.tuples(st.floats(0, 60), st.floats(0, 60)), max_size=10))
def test_numbers_on_a_map_stand_apart_however_near_their_places_are(places):
    moved = apart(places)
    assert all(dist(a, b) > 0.9 * NUMBERS_APART for a, b in combinations(moved, 2))


def test_lines_of_one_row_share_their_scale():
    low = draw_line({"2020": 0, "2021": 1}, "t", span=(0, 10), time=(2020, 2021))
    assert "M4.0 24.0L116.0 22.0" in low
    assert draw_line({"2020": 1}, "t") == ""
