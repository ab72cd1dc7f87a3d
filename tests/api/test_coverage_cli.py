"""Coverage and atlas: gaps are told, unknowns are not gaps, and what is exported can be read again."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from openpyxl import load_workbook
from records import Made, filled

from api.language import Words
from api.words.coverage import confirmed
from graph_service.keys import NodeKey
from graph_service.model import Actor, Level, Offer

Run = Callable[..., Result]
ON = ("--on", "2025-06-01")


@pytest.fixture
def told(kompass: Run, tmp_path: Path) -> Run:
    """Five districts; three comparable ones have mentoring for parents, the first has a café alone."""
    made = Made()
    made.area("10", Level.STATE)
    for i, share in enumerate([10, 11, 12, 13, 60], 1):
        made.district(f"1000{i}", share, parent="10")
    office = NodeKey("actor:office")
    made.actor(Actor(key=office, name="Bildungsbüro", contact_role="Koordination"), place="10002")
    for i in (2, 3, 4):
        patrons = Offer(key=NodeKey(f"offer:p{i}"), name=f"Lernpaten {i}", kind="mentoring")
        made.offer(patrons, f"1000{i}", provider=office, fields=["school"], groups=["parents"])
    cafe = Offer(key=NodeKey("offer:cafe"), name="=Café", funded_until=date(2025, 8, 1), improvement_note="mehr Platz")
    made.offer(cafe, "10001", fields=["leisure-encounter"])
    made.faces("10001", "school-seats", 4, date(2025, 1, 1))
    filled(made, tmp_path).close()

    def run(*args: object, **extra: object) -> Result:
        return kompass("--store", f"sqlite:///{tmp_path / 'made.db'}", *args, **extra)

    return run


def coverage(told: Run, place: str = "10001", *args: object) -> Result:
    return told("coverage", place, "--lens", "all-indicators", *ON, *args)


def test_coverage_tells_white_spots_what_peers_have_and_what_needs_a_look(told: Run) -> None:
    said = " ".join(coverage(told).stdout.split())
    assert "Für Ort 10001 ist ein laufendes Angebot erfasst, in 1 von 14 Handlungsfeldern." in said
    assert "Schulplatzmangel, Wartezeiten (4 von 4)" in said
    assert "3 von 3 Vergleichskommunen; zum Beispiel Lernpaten 2 (Ort 10002, Bildungsbüro, Koordination)" in said
    assert "=Café: nie bestätigt" in said
    assert "=Café: mehr Platz" in said
    assert "=Café: endet am 01.08.2025" in said


def test_a_municipality_without_records_has_no_gaps(told: Run) -> None:
    said = " ".join(coverage(told, "10005").stdout.split())
    assert "sind noch keine Angebote erfasst, deshalb lässt sich über Lücken nichts sagen" in said
    assert "weißer Fleck" not in said
    rows = list(csv.DictReader(io.StringIO(coverage(told, "10005", "--format", "csv").stdout)))
    assert {row["offers"] for row in rows} == {""}


def test_json_and_csv_have_every_cell(told: Run) -> None:
    answer = json.loads(coverage(told, "10001", "--format", "json").stdout)
    assert {"revision", "coverage", "cells", "white_spots", "lacking", "to_confirm", "peers", "rated"} <= answer.keys()
    rows = list(csv.DictReader(io.StringIO(coverage(told, "10001", "--format", "csv").stdout)))
    assert len(rows) == len(answer["cells"]) == 14 * 13
    white = {row["field"] for row in rows if row["white"] == "1"}
    assert white == {"school"}


def test_the_atlas_shows_all_districts_and_marks_unknown(told: Run) -> None:
    said = told("atlas", "--state", "10", *ON).stdout
    assert "5 Kommunen, für 4 davon sind Angebote erfasst" in " ".join(said.split())
    rows = list(csv.DictReader(io.StringIO(told("atlas", "--state", "Ort 10", "--format", "csv").stdout)))
    assert len(rows) == 5 * 14
    cell = {(row["municipality"], row["field"]): row for row in rows}
    assert cell["10005", "school"]["offers"] == ""
    assert (cell["10001", "school"]["offers"], cell["10001", "school"]["white"]) == ("0", "1")
    answer = json.loads(told("atlas", "--state", "10", "--format", "json").stdout)
    assert answer["coverage"] == pytest.approx(0.8)


def test_a_workbook_keeps_text_as_text_and_unknown_empty(told: Run, tmp_path: Path) -> None:
    coverage(told, "10001", "--export", tmp_path / "c.xlsx")
    book = load_workbook(tmp_path / "c.xlsx")
    assert book.sheetnames[0] == "Matrix"
    assert book["Zu verbessern"]["B2"].value == "=Café"
    assert book["Zu verbessern"]["B2"].data_type == "s"
    listed = [[cell.value for cell in row] for row in book["Angebote"].iter_rows()]
    assert listed[0][1:5] == ["Angebot", "Art", "Handlungsfelder", "Zielgruppen"]
    assert [row[1] for row in listed[1:]] == ["=Café"], "every offer is listed"
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.sheet_properties.pageSetUpPr.fitToPage) == ("landscape", True)
    coverage(told, "10005", "--export", tmp_path / "none.xlsx")
    assert load_workbook(tmp_path / "none.xlsx")["Matrix"]["C2"].value is None
    told("atlas", "--state", "10", "--export", tmp_path / "a.xlsx")
    assert load_workbook(tmp_path / "a.xlsx").sheetnames[0] == "Angebote"


def test_a_package_holds_the_records_behind_and_gives_the_same_inventory(
    told: Run, kompass: Run, tmp_path: Path
) -> None:
    told("atlas", "--state", "10", "--export", tmp_path / "p.zip")
    again = ("--store", f"sqlite:///{tmp_path / 'again.db'}")
    kompass(*again, "import", "package", tmp_path / "p.zip")
    first = json.loads(told("atlas", "--state", "10", *ON, "--format", "json").stdout)
    second = json.loads(kompass(*again, "atlas", "--state", "10", *ON, "--format", "json").stdout)
    assert second["rows"] == first["rows"]
    coverage(told, "10001", "--export", tmp_path / "one")
    assert "cafe" in (tmp_path / "one" / "offers.csv").read_text("utf-8")
    assert "p2" not in (tmp_path / "one" / "offers.csv").read_text("utf-8")
    # without figures nobody is comparable, and that is said
    assert "keine vergleichbare Kommune" in kompass(*again, "coverage", "10001").stdout


def test_wrong_use_and_stores_without_anything_get_a_helpful_answer(
    told: Run, loaded: Run, kompass: Run, tmp_path: Path
) -> None:
    assert "--state" in told("atlas", code=2).stderr
    assert "Kommunen dieser Ebene" in told("atlas", "--state", "10", "--level", "borough", code=1).stderr
    assert "noch keine Angebote erfasst" in " ".join(loaded("coverage", "90001").stdout.split())
    assert "0 davon" in " ".join(loaded("atlas", "--state", "Bärenland").stdout.split())
    empty = kompass("--store", f"sqlite:///{tmp_path / 'e.db'}", "atlas", "--district", "X", code=1)
    assert "kompass demo" in empty.stderr


def test_offers_confirmed_on_one_day_are_said_to_be_of_that_day() -> None:
    words = Words("de")
    assert confirmed((date(2026, 11, 23), date(2026, 11, 23)), words) == "Angebote wurden am 23.11.2026 bestätigt."
    told = confirmed((date(2026, 1, 2), date(2026, 11, 23)), words)
    assert told == "Angebote wurden zwischen 02.01.2026 und 23.11.2026 bestätigt."
