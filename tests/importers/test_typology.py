"""The settlement types of the BBSR."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook as Book

from graph_service.errors import SourceError
from graph_service.model import Concept, Edge, Record
from graph_service.vocabulary import load_vocabulary
from importers.contract import Issues, Reading
from importers.typology.importer import TypologyImporter
from importers.typology.schemes import KIND, SCHEMES

PORTAL = (
    '"Kreise (2019) Kennziffer";"Kreise (2019) Name";'
    '"Siedlungsstruktureller Kreistyp (2019) Kennziffer";"Siedlungsstruktureller Kreistyp (2019) Name"\r\n'
)
DISTRICTS: list[list[object]] = [
    ["Kreise/kreisfreie Städte, Stand 31.12.2014"],
    ["Kreiskennziffer, Stand 31.12.2014", "Kreisname", "siedlungsstruktureller Kreistyp", None,
     "Städtischer-Ländlicher Raum", None, "Arbeitsmarktregion BMWi 2014", "Name der Arbeitsmarktregion BMWi 2014",
     "Fläche"],
    ["krs14", "krs14name", "ktyp4", None, "slraum", None, "amr", "amr_name", "fl"],
    [1001000, "Flensburg, Stadt", 4, "Dünn besiedelte ländliche Kreise", 2, "Ländlicher Raum", 4, "Flensburg", 56.7],
    [16077000, "Altenburger Land", 3, "Ländliche Kreise mit Verdichtungsansätzen", 2, "Ländlicher Raum", 258,
     "Altenburg", 569],
]  # fmt: skip
ASSOCIATIONS: list[list[object]] = [
    ["Gemeindeverbände, Stand 31.12.2014"],
    ["Gemeindeverband", None, None, "Stadt-/Gemeindetyp", None, "Stadt-/Gemeindetyp nach West/Ost", None],
    ["gvb14", "Name des Gemeindeverbands", "Regionalschlüssel", "sgtyp", None, "i_sgtyp_wo", "wo"],
    [1001000, "Flensburg, Stadt", 10010000, 20, "Mittelstadt", 20, 1],
    [16077908, "Wieratal", 160775008, 50, "Landgemeinde", 50, 2],
]
MUNICIPALITIES: list[list[object]] = [
    ["Gemeinden, Stand 31.12.2014"],
    ["Gemeinden, Stand 31.12.2014", None, None, "Gemeindeverbände", None],
    ["gem14", "Regionalschlüssel 2014", "Gemeindename 2014", "Gemeindeverband, Stand 31.12.2014",
     "Regionalschlüssel Gemeindeverband 2014"],
    [1001000, 10010000000, "Flensburg, Stadt", 1001000, 160775008],
    [16077055, 160775008055, "Ziegelheim", 16077908, 10010000],
    [16077056, 160775008056, "Anderswo", 16077908, 10010000],
]  # fmt: skip


def portal(path: Path, *lines: str, encoding: str = "latin-1") -> Path:
    path.write_bytes((PORTAL + "".join(f"{line}\r\n" for line in lines)).encode(encoding))
    return path


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = Book()
    assert book.active is not None
    book.active.append(["Inhalt"])
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def read(path: Path) -> tuple[Reading, list[Record], Issues]:
    issues = Issues()
    reading = TypologyImporter().read([path], issues)
    return reading, list(reading.records), issues


def types(records: list[Record]) -> set[tuple[str, str]]:
    """Unit and class, each class having a German and an English name."""
    named = {
        r.key for r in records if isinstance(r, Concept) and r.name and r.label_en and r.kind == "municipality_type"
    }
    found = [r for r in records if isinstance(r, Edge)]
    assert {edge.target for edge in found} == named
    return {(edge.source.local, edge.target.local.removeprefix("municipality_type.")) for edge in found}


def test_a_table_of_the_portal_gives_each_district_its_type_of_that_year(tmp_path: Path) -> None:
    reading, records, issues = read(
        portal(
            tmp_path / "a.csv",
            '"01001000";"Flensburg";"4";"Dünn besiedelter ländlicher Kreis"',
            '"16056000";"Eisenach";"1";"x"',
        )
    )
    assert types(records) == {("01001", "bbsr-kreistyp-4"), ("16056", "bbsr-kreistyp-1")}
    assert {r.properties["since"] for r in records if isinstance(r, Edge)} == {date(2019, 1, 1)}
    assert (reading.dataset.id, reading.dataset.territory_date) == ("typology-bbsr-kreistyp-2019", date(2019, 12, 31))
    assert reading.read() == 2
    assert issues.counts == Counter({"other-label": 1})


def test_a_class_that_the_typology_lacks_and_a_code_that_is_none_are_reported(tmp_path: Path) -> None:
    _, records, issues = read(
        portal(
            tmp_path / "a.csv",
            '"01001000";"A";"9";""',
            '"01002001";"B";"1";""',
            '"01003000";"C";"";""',
            '"01004000";"D";"2";""',
        )
    )
    assert types(records) == {("01004", "bbsr-kreistyp-2")}
    assert issues.skipped == 2
    assert issues.counts["no-class"] == 1
    assert sorted(i.place.line or 0 for i in issues.examples() if not i.note) == [2, 3]


def test_the_reference_workbook_is_read_sheet_by_sheet_under_its_headers(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", GVB=ASSOCIATIONS, Gemeinden=MUNICIPALITIES, Kreise=DISTRICTS)
    reading, records, issues = read(path)
    assert types(records) == {
        ("01001", "bbsr-kreistyp-4"),
        ("01001", "bbsr-raumtyp-2"),
        ("01001", "arbeitsmarktregion-4"),
        ("16077", "bbsr-kreistyp-3"),
        ("16077", "bbsr-raumtyp-2"),
        ("16077", "arbeitsmarktregion-258"),
        ("010010000", "bbsr-stadt-gemeindetyp-20"),
        ("01001000", "bbsr-stadt-gemeindetyp-20"),
        ("160775008", "bbsr-stadt-gemeindetyp-50"),
    }
    assert (reading.dataset.id, reading.read()) == ("typology-bbsr-2014", 7)
    ignored = {issue.found for issue in issues.examples(99) if issue.kind == "ignored-column"}
    assert "Fläche fl" in ignored
    assert any("West/Ost" in header for header in ignored)
    assert "Arbeitsmarktregion Altenburg" in {r.name for r in records if isinstance(r, Concept)}


def test_a_municipality_alone_in_its_association_shares_its_type_and_others_do_not(tmp_path: Path) -> None:
    _, records, _ = read(workbook(tmp_path / "a.xlsx", Gemeinden=MUNICIPALITIES, GVB=ASSOCIATIONS))
    assert {unit for unit, _ in types(records) if len(unit) == 8} == {"01001000"}


def test_a_table_without_types_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Kreis;Einwohner\n01001;5\n", encoding="utf-8")
    for path in (tmp_path / "a.csv", workbook(tmp_path / "a.xlsx", Gemeinden=MUNICIPALITIES)):
        with pytest.raises(SourceError, match="types of districts"):
            read(path)


def test_every_classification_is_labelled_by_the_vocabulary_or_by_the_file() -> None:
    assert len({scheme.prefix for scheme in SCHEMES}) == len(SCHEMES)
    ids = [term.id for term in load_vocabulary().terms(KIND)]
    for scheme in SCHEMES:
        in_vocabulary = [id for id in ids if id.startswith(f"{scheme.prefix}-")]
        assert bool(in_vocabulary) != bool(scheme.german and scheme.english)


@pytest.mark.germany
def test_the_district_types_of_2020_have_the_published_sizes(germany: Path) -> None:
    _, records, issues = read(germany / "bbsr-typologien" / "bbsr_kreistypen_2020.csv")
    assert Counter(kind for _, kind in types(records)) == {
        "bbsr-kreistyp-1": 67, "bbsr-kreistyp-2": 133, "bbsr-kreistyp-3": 98, "bbsr-kreistyp-4": 103
    }  # fmt: skip
    assert ("16056", "bbsr-kreistyp-2") in types(records) or ("16056", "bbsr-kreistyp-4") in types(records)
    assert not issues.counts


@pytest.mark.germany
def test_the_reference_of_2015_has_the_published_sizes(germany: Path) -> None:
    _, records, issues = read(germany / "bbsr-typologien" / "Referenz_1998_2015.xlsx")
    sizes = Counter(kind for unit, kind in types(records) if len(unit) == 9)
    assert [sizes[f"bbsr-stadt-gemeindetyp-{n}"] for n in (10, 20, 30, 40, 50)] == [78, 616, 876, 1_235, 1_733]
    districts = Counter(kind.rpartition("-")[0] for unit, kind in types(records) if len(unit) == 5)
    assert districts == dict.fromkeys(
        ("bbsr-kreistyp", "bbsr-raumtyp", "bbsr-regionstyp", "raumordnungsregion", "arbeitsmarktregion"), 402
    )
    cities = {unit for unit, kind in types(records) if kind == "bbsr-stadt-gemeindetyp-10" and len(unit) == 8}
    assert len(cities) == 78
    assert "08111000" in cities
    assert issues.skipped == 0
