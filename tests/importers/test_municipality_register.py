"""The municipality register, of any vintage and in both forms."""

import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook as Book

from graph_service.errors import SourceError
from graph_service.keys import municipality_key
from graph_service.model import Concept, Edge, EdgeType, Level, Municipality, Record
from importers.contract import Issues, Reading
from importers.municipality_register.importer import RegisterImporter

HEADER: list[list[object]] = [
    ["Gemeinden in Deutschland nach Fläche, Bevölkerung und Postleitzahl am 31.12.2021 (4. Quartal)"],
    [],
    ["Satz-art", "Text-kenn-zeichen", "Amtlicher Regionalschlüssel (ARS)", None, None, None, None, "Gemeindename",
     "Fläche km2 1)", "Bevölkerung auf Grundlage des Zensus 20112)", None, None, None, "Postleit-zahl3)",
     "Geografische Mittelpunktkoordinaten", None, "Reisegebiete", None, "Grad der Verstädterung", None],
    [None, None, "Land", "RB", "Kreis", "VB", "Gem", None, None, "insgesamt", "männlich", "weiblich", "je km2", None,
     "Längengrad", "Breitengrad"],
    [None, None, "Gebietsstand am 31.12.2021 (4. Quartal)", None, None, None, None, None, "31.12.2019",
     "am 31.12.2020 (Jahr)"],
    [],
]  # fmt: skip
"""As the publisher writes it: several lines, merged cells, hyphens, footnote marks stuck to words."""


def unit(record_type: str, mark: str, land: str, region: str, *rest: object) -> list[object]:
    return [record_type, mark, land, region, *rest]


UNITS: list[list[object]] = [
    unit("10", "", "98", "", "", "", "", "Nordland"),
    unit("20", "", "98", "1", "", "", "", "Reg.-Bez. Mitte"),
    unit("30", "", "98", "1", "1", "", "", "Region Hügelland"),
    unit("40", "44", "98", "1", "11", "", "", "Hügelkreis"),
    unit("50", "54", "98", "1", "11", "5001", "", "VVG der Stadt Grün"),
    unit("60", "67", "98", "1", "11", "5001", "001", "Grün, Stadt", 10.5, 2000, 990, 1010, 190, "01234", "9,5", "48,25",
         "X", "x", "02", "mittlere Besiedlungsdichte"),
    unit("60", "60", "98", "1", "11", "5001", "002", "Moos, M", 4.25, 300, 1, 2, 3,
          "01235", "9,6", "48,3", "", "", "03"),
    unit("50", "50", "98", "1", "11", "9009", "", "Tiefer Forst"),
    unit("60", "66", "98", "1", "11", "9009", "009", "Tiefer Forst", 7, 0, 0, 0, 0, None, None, None, None, None, "03"),
    unit("10", "", "99", "", "", "", "", "Seestadt"),
    unit("40", "41", "99", "0", "00", "", "", "Seestadt, Freie Stadt"),
    unit("50", "50", "99", "0", "00", "0000", "", "Seestadt, Freie Stadt"),
    unit("60", "61", "99", "0", "00", "0000", "000", "Seestadt, Freie Stadt", 1, 500,
          1, 1, 1, "1", "8,1", "53,1", "", "", "01"),
]  # fmt: skip
FOOTER: list[list[object]] = [[], ["Quelle: Gemeindeverzeichnis"], ["1) Abweichungen durch Runden möglich."]]


def workbook(path: Path, units: list[list[object]], header: list[list[object]] = HEADER) -> Path:
    book = Book()
    cover, page = book.active, book.create_sheet("Irgendwie31122021")
    assert cover is not None
    cover.append(["Statistisches Bundesamt"])
    for row in [*header, *units, *FOOTER]:
        page.append(row)
    book.save(path)
    return path


def line(record_type: str, ars: str, name: str, mark: str = "", hectares: str = "", people: str = "") -> str:
    key = ars[:5].ljust(5) + ars[9:12].ljust(3) + ars[5:9].ljust(4)
    numbers = f"{hectares:0>11}{people:0>11}" if record_type == "60" else " " * 22
    return f"{record_type}20210831{key}{name:<50}{'':<50}{mark:<6}{numbers}".ljust(220)


LINES = [
    line("10", "98", "Nordland"),
    line("40", "98011", "Hügelkreis", "43"),
    line("50", "980115001", "Amt Grün", "51"),
    line("60", "980115001001", "Grün, Stadt", "63", "1050", "2000"),
]


def read(path: Path) -> tuple[Reading, list[Record], Issues]:
    issues = Issues()
    reading = RegisterImporter().read([path], issues)
    return reading, list(reading.records), issues


def nodes(records: list[Record]) -> dict[str, Municipality]:
    return {record.key.local: record for record in records if isinstance(record, Municipality)}


def parents(records: list[Record]) -> dict[str, str]:
    return {e.source.local: e.target.local for e in records if isinstance(e, Edge) and e.type is EdgeType.PART_OF}


def chain(records: list[Record] | dict[str, str], key: str) -> list[str]:
    above, found = records if isinstance(records, dict) else parents(records), []
    while key in above:
        key = above[key]
        found.append(key)
    return found


def test_the_sheet_is_found_by_content_and_every_level_read(tmp_path: Path) -> None:
    reading, records, issues = read(workbook(tmp_path / "a.xlsx", UNITS))
    found = nodes(records)
    assert not issues.counts
    assert reading.read() == len(UNITS) == len(found)
    assert reading.dataset.id == "municipality-register"
    assert reading.dataset.territory_date == date(2021, 12, 31)
    assert found["98111001"] == Municipality(
        key=municipality_key("98111001"), name="Grün, Stadt", level=Level.MUNICIPALITY, kind="kreisangehoerige-stadt",
        population=2000, area_km2=10.5, longitude=9.5, latitude=48.25, territory_date=date(2021, 12, 31),
        population_date=date(2020, 12, 31),
    )  # fmt: skip
    assert {key: (n.level, n.kind) for key, n in found.items()} == {
        "98": ("state", "bundesland"),
        "981": ("region", "regierungsbezirk"),
        "9811": ("region", "region"),
        "98111": ("district", "landkreis"),
        "981115001": ("association", "gemeindeverband"),
        "98111001": ("municipality", "kreisangehoerige-stadt"),
        "98111002": ("municipality", "gemeinde"),
        "981119009": ("association", "verbandsfreie-gemeinde"),
        "98111009": ("municipality", "gemeindefreies-gebiet"),
        "99": ("state", "bundesland"),
        "99000": ("district", "kreisfreie-stadt"),
        "990000000": ("association", "verbandsfreie-gemeinde"),
        "99000000": ("municipality", "kreisfreie-stadt"),
    }


def test_a_municipality_reaches_its_state_through_everything_between(tmp_path: Path) -> None:
    _, records, _ = read(workbook(tmp_path / "a.xlsx", UNITS))
    assert chain(records, "98111001") == ["981115001", "98111", "9811", "981", "98"]
    assert chain(records, "99000000") == ["990000000", "99000", "99"]


def test_above_the_municipalities_figures_are_sums(tmp_path: Path) -> None:
    found = nodes(read(workbook(tmp_path / "a.xlsx", UNITS))[1])
    assert [(found[k].population, found[k].area_km2) for k in ("981115001", "98111", "98")] == [
        (2300, 14.75),
        (2300, 21.75),
        (2300, 21.75),
    ]


def test_nobody_living_there_is_zero_and_a_missing_figure_is_missing_all_the_way_up(tmp_path: Path) -> None:
    units = [list(row) for row in UNITS]
    units[6][9] = None
    found = nodes(read(workbook(tmp_path / "a.xlsx", units))[1])
    assert found["98111009"].population == 0
    assert found["98111009"].longitude is None
    assert [found[k].population for k in ("98111002", "981115001", "98111", "98")] == [None] * 4
    assert found["98"].area_km2 == 21.75
    assert found["99"].population == 500


def test_zero_degrees_is_no_place(tmp_path: Path) -> None:
    # the register writes 0 and 0 for territory that two states own together
    units = [list(row) for row in UNITS]
    units[8][14:16] = ["0", 0]
    found = nodes(read(workbook(tmp_path / "a.xlsx", units))[1])
    assert (found["98111009"].longitude, found["98111009"].latitude) == (None, None)


def test_the_degree_of_urbanisation_becomes_a_type_with_a_name(tmp_path: Path) -> None:
    _, records, _ = read(workbook(tmp_path / "a.xlsx", UNITS))
    types = {e.source.local: e.target.local for e in records if isinstance(e, Edge) and e.type is EdgeType.OF_TYPE}
    assert types["98111001"] == "municipality_type.degurba-2"
    concepts = {r.key.local: r for r in records if isinstance(r, Concept)}
    assert set(types.values()) == set(concepts)
    assert all(c.name and c.label_en and c.kind == "municipality_type" for c in concepts.values())


def test_the_day_of_the_population_is_its_own_and_the_census_is_told(tmp_path: Path) -> None:
    note = read(workbook(tmp_path / "a.xlsx", UNITS))[0].dataset.note
    assert "Bevölkerung am 31.12.2020" in note
    assert "Zensus 2011" in note
    assert "20112" not in note


def test_lost_zeros_return_because_each_part_of_the_key_has_its_length(tmp_path: Path) -> None:
    units = [[int(c) if isinstance(c, str) and c.isdigit() else c for c in row] for row in UNITS]
    assert "98111001" in nodes(read(workbook(tmp_path / "a.xlsx", units))[1])


def test_a_key_that_comes_twice_is_reported_and_counted_once(tmp_path: Path) -> None:
    _, records, issues = read(workbook(tmp_path / "a.xlsx", [*UNITS, UNITS[5]]))
    assert issues.counts == Counter({"duplicate-key": 1})
    assert issues.examples()[0].place.line == len(HEADER) + len(UNITS) + 1
    assert nodes(records)["98111"].population == 2300


def test_a_bad_row_is_reported_with_its_line_and_the_others_stay(tmp_path: Path) -> None:
    units = [*UNITS, unit("60", "64", "98", "1", "11", "50x1", "003", "Krumm", 1, 2)]
    _, records, issues = read(workbook(tmp_path / "a.xlsx", units))
    assert issues.skipped == 1
    assert issues.examples()[0].place.line == len(HEADER) + len(units)
    assert len(nodes(records)) == len(UNITS)


def test_a_missing_column_stops_the_run(tmp_path: Path) -> None:
    header = [[None if c == "insgesamt" else c for c in row] for row in HEADER]
    with pytest.raises(SourceError, match="population"):
        read(workbook(tmp_path / "a.xlsx", UNITS, header))


def test_a_register_that_lost_a_level_is_refused_because_all_of_it_would_retire(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no district"):
        read(workbook(tmp_path / "a.xlsx", [u for u in UNITS if u[0] != "40"]))


def test_a_city_is_called_as_its_state_calls_it(tmp_path: Path) -> None:
    path = tmp_path / "GV100AD.txt"
    cities = [line("40", "98012", "Hügelstadt, Stadtkreis", "42"), line("40", "98013", "Talstadt, Stadt", "41")]
    path.write_text("\n".join([*LINES, *cities]) + "\n", "utf-8")
    found = nodes(read(path)[1])
    assert (found["98012"].kind, found["98013"].kind) == ("stadtkreis", "kreisfreie-stadt")


@pytest.mark.parametrize(("encoding", "mark"), [("utf-8", b"\xef\xbb\xbf"), ("latin-1", b""), ("utf-8", b"")])
def test_fixed_width_text_reads_in_each_encoding_it_ever_had(tmp_path: Path, encoding: str, mark: bytes) -> None:
    path = tmp_path / "GV100AD.txt"
    path.write_bytes(mark + "\r\n".join(LINES).encode(encoding) + b"\r\n\x1a")
    reading, records, issues = read(path)
    town = nodes(records)["98011001"]
    assert (town.name, town.population, town.area_km2) == ("Grün, Stadt", 2000, 10.5)
    assert nodes(records)["98011"].kind == "kreis"
    assert chain(records, "98011001") == ["980115001", "98011", "98"]
    assert (reading.dataset.territory_date, reading.read(), issues.counts) == (date(2021, 8, 31), 4, Counter())


def test_fixed_width_text_reads_from_the_archive_it_is_published_in(tmp_path: Path) -> None:
    path = tmp_path / "gv100ad.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Hinweise.txt", "Hinweise zum Gemeindeverzeichnis")
        archive.writestr("GV100AD_310821.txt", "\n".join(LINES))
    assert set(nodes(read(path)[1])) == {"98", "98011", "980115001", "98011001"}


def test_a_text_that_ends_in_the_middle_of_a_line_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("\n".join([*LINES, line("60", "980115001002", "Moos", "64", "100", "50")[:145]]), encoding="utf-8")
    _, records, issues = read(path)
    assert issues.skipped == 1
    assert issues.examples()[0].place.line == 5
    assert len(nodes(records)) == 4


@pytest.mark.parametrize("data", [b"Satzart;Name\n60;x\n", b"%PDF-1.7", b"\0" * 300, b"{}"])
def test_another_kind_of_file_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(SourceError) as caught:
        read(path)
    assert caught.value.expected.startswith("a municipality register")


@pytest.mark.germany
@pytest.mark.parametrize(
    ("name", "municipalities", "districts", "associations", "duplicates", "people"),
    [
        ("AuszugGV4QAktuell_2024.xlsx", 10_959, 400, 4_596, 0, 84_669_326),
        ("31122023_Auszug_GV.xlsx", 10_981, 400, 4_597, 0, 84_669_326),
        ("31122017_Auszug_GV.xlsx", 11_129, 401, 4_532, 8, 82_792_351),
        ("GV100AD_31082025.txt", 10_952, 400, 4_590, 0, 83_577_140),
    ],
)
def test_the_originals_have_the_counts_their_publisher_states(
    germany: Path, name: str, municipalities: int, districts: int, associations: int, duplicates: int, people: int
) -> None:
    _, records, issues = read(germany / "destatis-gemeindeverzeichnis" / name)
    found = nodes(records)
    levels = Counter(str(node.level) for node in found.values())
    assert levels == Counter(
        state=16, region=41, district=districts, association=associations, municipality=municipalities
    )
    assert issues.counts["duplicate-key"] == duplicates == issues.skipped
    assert all(node.kind and node.name for node in found.values())
    assert sum(found[k].population or 0 for k in found if len(k) == 2) == people
    above = parents(records)
    states = {chain(above, key)[-1] for key, node in found.items() if node.level == "municipality"}
    assert len(states) == 16
    assert found["08119"].name == "Rems-Murr-Kreis"
    rural = {"01061": "kreis", "05154": "kreis", "05334": "kreis", "03241": "landkreis", "08116": "landkreis"}
    assert {key: found[key].kind for key in rural} == rural, "as the register marks them, the Region Hannover, too"
    assert [key for key, node in found.items() if node.kind == "regionalverband"] == ["10041"]
    assert {key[:2] for key, node in found.items() if node.kind == "kreis"} == {"01", "05"}
    cities = [key for key, node in found.items() if node.kind == "stadtkreis"]
    assert ({key[:2] for key in cities}, sum(len(key) == 5 for key in cities)) == ({"08"}, 9)
    assert chain(records, "05334002") == ["053340002", "05334", "053", "05"]
    assert chain(records, "13000999")[-1] == "13"


@pytest.mark.germany
def test_a_workbook_of_another_source_is_refused_in_one_sentence(germany: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read(germany / "deutschlandatlas" / "Deutschlandatlas-Daten.xlsx")
    assert caught.value.expected.startswith("a municipality register")
