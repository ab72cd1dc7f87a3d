"""Which municipality became which."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook as Book

from graph_service.errors import SourceError
from graph_service.model import Edge, Municipality, Record
from importers.contract import Issues, Reading
from importers.territorial_changes.importer import TerritorialChangesImporter

ARS, AGS = "Amtlicher Regionalschlüssel (ARS)", "Amtlicher Gemeinde-schlüssel (AGS)"
HEADER: list[list[object]] = [
    ["Gebietsänderungen vom 01.01. - 31.12.2019", *[None] * 7, "Gebietsänderungen vom 01.01. - 31.12.2019"],
    ["Kennziffer", "Regionaleinheit", "Abgebende / Aufgelöste Gemeinde", *[None] * 5,
     "Aufnehmende / Neugebildete Gemeinde", None, None, "Wirksamkeitsdatum", None],
    [None, None, ARS, AGS, "Name", "Änderungs-art 1)", "Fläche qm", "Einwohner", ARS, AGS, "Name", "juristisch",
     "statistisch"],
    [],
]  # fmt: skip
FOOTER: list[list[object]] = [[], ["1) Änderungsart:"], ["    1 = Auflösung"], ["© Daten (…)"]]


def town(case: str, old: str, name: str, change: object, people: object, new: str, new_name: str) -> list[object]:
    """A line about municipalities: codes of 12 digits, association included."""
    ends = [old, old[:5] + old[9:], name, change, 1000, people, new, new[:5] + new[9:], new_name]
    return [case, "Gemeinde", *ends, "01.06.2019", "01.07.2019"]


def saved(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = Book()
    assert book.active is not None
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def yearly(path: Path, *lines: list[object]) -> Path:
    return saved(path, {"Deckblatt": [["Daten"]], "Gebietsaenderungen": [*HEADER, *lines, *FOOTER]})


def keys(old: int, new: int, what: str, rows: list[tuple[int, str, float, int, str]]) -> list[list[object]]:
    """A sheet of conversion keys; ``rows`` are old key, name, share of the population, new key, name."""
    name = "Gemeindename" if what == "Gemeinden" else "Kreisname"
    header: list[object] = [
        f"{what}\n 31.12.{old}", f"{name} {old}", "flächen-\nproportionaler\nUmsteige-schlüssel",
        "bevölkerungs- \nproportionaler \nUmsteige- \nschlüssel", f"{what}\n 31.12.{new}", f"{name} {new}",
    ]  # fmt: skip
    return [header, *[[a, b, 0.5, c, d, e] for a, b, c, d, e in rows]]


def read(path: Path) -> tuple[Reading, list[Record], Issues]:
    issues = Issues()
    reading = TerritorialChangesImporter().read([path], issues)
    return reading, list(reading.records), issues


def edges(records: list[Record]) -> dict[tuple[str, str], dict[str, object]]:
    found = [r for r in records if isinstance(r, Edge)]
    assert len({(e.source, e.target, e.qualifier) for e in found}) == len(found)
    return {(e.source.local, e.target.local): dict(e.properties) for e in found}


def nodes(records: list[Record]) -> dict[str, Municipality]:
    return {r.key.local: r for r in records if isinstance(r, Municipality)}


def test_a_municipality_dissolved_into_several_gives_each_its_share(tmp_path: Path) -> None:
    path = yearly(
        tmp_path / "a.xlsx",
        town("98/2019/0001-R", "980115001001", "Altdorf", 1, 300, "980115001002", "Neudorf"),
        town("98/2019/0001-R", "980115001001", "Altdorf", "1", "100", "980120003003", "Stadt"),
    )
    reading, records, issues = read(path)
    day = date(2019, 6, 1)
    assert edges(records) == {
        ("98011001", "98011002"): {"on": day, "change": "dissolved", "population_share": 0.75},
        ("98011001", "98012003"): {"on": day, "change": "dissolved", "population_share": 0.25},
    }
    found = nodes(records)
    assert (found["98011001"].name, found["98011001"].valid_until) == ("Altdorf", date(2019, 5, 31))
    assert (found["98011002"].name, found["98011002"].valid_until, found["98011002"].valid_from) == (
        "Neudorf",
        None,
        None,
    )
    assert (reading.dataset.id, reading.read(), issues.counts) == ("territorial-changes-2019", 2, Counter())


def test_a_part_that_moves_ends_nobody(tmp_path: Path) -> None:
    _, records, _ = read(
        yearly(
            tmp_path / "a.xlsx",
            town("98/2019/0002-R", "980110001001", "A", 2, 86, "980110002002", "B"),
            town("98/2019/0002-R", "980110001001", "A", 2, 914, "980110001001", "A"),
        )
    )
    assert edges(records) == {
        ("98011001", "98011002"): {"on": date(2019, 6, 1), "change": "partial-transfer", "population_share": 0.086}
    }
    assert nodes(records)["98011001"].valid_until is None


def test_where_nobody_lived_there_is_no_share_among_several(tmp_path: Path) -> None:
    forest = [town("98/2019/0003-R", "980119009009", "Forst", 1, 0, f"98011000{n}00{n}", f"D{n}") for n in (1, 2)]
    _, records, _ = read(yearly(tmp_path / "a.xlsx", *forest))
    assert ["population_share" in properties for properties in edges(records).values()] == [False, False]


def test_a_part_whose_remainder_is_not_stated_has_no_share(tmp_path: Path) -> None:
    _, records, _ = read(
        yearly(tmp_path / "a.xlsx", town("98/2019/0004-R", "980110001001", "A", 2, 86, "980110002002", "B"))
    )
    assert "population_share" not in edges(records)["98011001", "98011002"]


def test_a_new_name_or_another_association_succeeds_nothing_and_is_noted(tmp_path: Path) -> None:
    _, records, issues = read(
        yearly(
            tmp_path / "a.xlsx",
            town("98/2019/0005-R", "980110001001", "Tamm", 4, None, "980110001001", "Tamm, Stadt"),
            town("98/2019/0006-R", "980115001002", "B", 3, None, "980115002002", "B"),
            town("98/2019/0007-R", "980110003003", "C", 1, 5, "980110001001", "Tamm, Stadt"),
        )
    )
    assert list(edges(records)) == [("98011003", "98011001")]
    assert issues.counts == Counter({"name-change": 1, "association-change": 1})
    assert issues.skipped == 0


def test_associations_and_districts_succeed_one_another_by_their_own_keys(tmp_path: Path) -> None:
    amt = [
        "98/2019/0008-R",
        "Gemeindeverband",
        "980115001",
        None,
        "Amt Ost",
        "3, 4",
        None,
        None,
        "980115002",
        None,
        "Amt West",
    ]
    kreis = ["98/2019/0009-R", "Kreis", "98013", None, "Altkreis", "1", None, None, "98011", None, "Großkreis"]
    day = ["01.06.2019", "01.07.2019"]
    _, records, _ = read(yearly(tmp_path / "a.xlsx", [*amt, *day], [*kreis, *day]))
    assert {pair: p["change"] for pair, p in edges(records).items()} == {
        ("980115001", "980115002"): "key-change",
        ("98013", "98011"): "dissolved",
    }
    assert (nodes(records)["98013"].level, nodes(records)["980115001"].level) == ("district", "association")


def test_a_bad_line_is_reported_with_its_number(tmp_path: Path) -> None:
    bad = town("98/2019/0010-R", "980110001001", "A", 7, 1, "980110002002", "B")
    good = town("98/2019/0011-R", "980110001001", "A", 1, 1, "980110002002", "B")
    _, records, issues = read(yearly(tmp_path / "a.xlsx", bad, good))
    assert len(edges(records)) == 1
    assert [i.place.line for i in issues.examples() if not i.note] == [len(HEADER) + 1]


def test_conversion_keys_regain_their_zero_and_tell_who_ended(tmp_path: Path) -> None:
    rows = [(1001000, "Bleibt", 1.0, 1001000, "Bleibt"), (1001001, "Geht", 0.25, 1001000, "Bleibt"),
            (1001001, "Geht", 0.75, 1001002, "Neu"), (1001003, "Gibt", 0.1, 1001000, "Bleibt"),
            (1001003, "Gibt", 0.9, 1001003, "Gibt")]  # fmt: skip
    reading, records, issues = read(saved(tmp_path / "a.xlsx", {"2018": keys(2018, 2019, "Gemeinden", rows)}))
    day = date(2019, 12, 31)
    assert edges(records) == {
        ("01001001", "01001000"): {"on": day, "change": "dissolved", "population_share": 0.25},
        ("01001001", "01001002"): {"on": day, "change": "dissolved", "population_share": 0.75},
        ("01001003", "01001000"): {"on": day, "change": "partial-transfer", "population_share": 0.1},
    }
    assert nodes(records)["01001001"].valid_until == date(2018, 12, 31)
    assert nodes(records)["01001003"].valid_until is None
    assert reading.dataset.id == "territorial-changes-bbsr-municipalities-2018-2019"
    assert not issues.counts


def test_of_sheets_with_one_target_the_last_that_has_a_pair_speaks(tmp_path: Path) -> None:
    sheets = {
        str(year): keys(year, 2021, "Kreise", [(16056000, "Eisenach", share, 16063000, "Wartburgkreis")])
        for year, share in ((2018, 0.7), (2019, 0.8))
    }
    sheets["2020"] = keys(2020, 2021, "Kreise", [(16063000, "Wartburgkreis", 1, 16063000, "Wartburgkreis")])
    _, records, _ = read(saved(tmp_path / "a.xlsx", sheets))
    assert edges(records) == {
        ("16056", "16063"): {"on": date(2021, 12, 31), "change": "dissolved", "population_share": 0.8}
    }
    assert nodes(records)["16056"].valid_until == date(2019, 12, 31)


def test_a_sheet_that_leads_elsewhere_and_shares_that_do_not_add_up_are_noted(tmp_path: Path) -> None:
    sheets = {
        "2007": keys(2007, 2020, "Kreise", [(1001000, "A", 0.5, 1002000, "B")]),
        "2019": keys(2019, 2021, "Kreise", [(1003000, "C", 1, 1002000, "B")]),
    }
    _, records, issues = read(saved(tmp_path / "a.xlsx", sheets))
    assert issues.counts == Counter({"other-target-year": 1, "shares-not-whole": 1})
    assert edges(records)["01001", "01002"]["on"] == date(2020, 12, 31)


def test_a_pair_without_a_name_is_reported_for_nobody_could_show_it(tmp_path: Path) -> None:
    rows = [(1001000, " ", 1.0, 1002000, "B"), (1003000, "C", 1.0, 1002000, "B")]
    _, records, issues = read(saved(tmp_path / "a.xlsx", {"2020": keys(2020, 2021, "Kreise", rows)}))
    assert list(edges(records)) == [("01003", "01002")]
    assert issues.counts == Counter({"no-name": 1})


def test_a_district_key_that_is_a_municipality_is_reported_not_cut(tmp_path: Path) -> None:
    rows = [(1001001, "Gemeinde", 1.0, 1002000, "B"), (1003000, "C", 1.0, 1002000, "B")]
    _, records, issues = read(saved(tmp_path / "a.xlsx", {"2020": keys(2020, 2021, "Kreise", rows)}))
    assert list(edges(records)) == [("01003", "01002")]
    assert issues.skipped == 1


@pytest.mark.germany
@pytest.mark.parametrize(
    ("name", "dataset", "changes", "read_rows", "nameless"),
    [
        ("2023.xlsx", "territorial-changes-2023", {"dissolved": 28, "partial-transfer": 5, "key-change": 2}, 58, 0),
        ("2024.xlsx", "territorial-changes-2024", {"dissolved": 34, "partial-transfer": 13}, 82, 0),
        (
            "ref-gemeinden-ab-2020.xlsx",
            "territorial-changes-bbsr-municipalities-2020-2023",
            {"dissolved": 33, "partial-transfer": 9},
            11_004 + 10_995 + 11_000,
            0,
        ),
        (
            "ref-kreise-umrech-2021-1990-2020.xlsx",
            "territorial-changes-bbsr-districts-1990-2021",
            {"dissolved": 404, "partial-transfer": 37},
            14_165,
            80,
        ),
    ],
)
def test_the_originals_go_in_whole(
    germany: Path, name: str, dataset: str, changes: dict[str, int], read_rows: int, nameless: int
) -> None:
    reading, records, issues = read(germany / "gebietsaenderungen" / name)
    assert reading.dataset.id == dataset
    found = [r for r in records if isinstance(r, Edge)]
    assert Counter(edge.properties["change"] for edge in found) == Counter(changes)
    assert len({(e.source, e.target, e.qualifier) for e in found}) == len(found)
    assert reading.read() == read_rows
    assert issues.skipped == issues.counts["no-name"] == nameless
    assert all(node.name and node.level for node in nodes(records).values())


@pytest.mark.germany
def test_eisenach_and_goettingen_are_succeeded_and_four_sheets_are_noted(germany: Path) -> None:
    _, records, issues = read(germany / "gebietsaenderungen" / "ref-kreise-umrech-2021-1990-2020.xlsx")
    assert edges(records)["16056", "16063"]["population_share"] == 1.0
    assert edges(records)["03152", "03159"]["change"] == "dissolved"
    assert nodes(records)["16056"].valid_until == date(2020, 12, 31)
    assert issues.counts["other-target-year"] == 4


@pytest.mark.germany
def test_another_workbook_is_refused(germany: Path) -> None:
    with pytest.raises(SourceError, match="list of territorial changes"):
        read(germany / "bbsr-typologien" / "Referenz_1998_2015.xlsx")
