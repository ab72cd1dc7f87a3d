import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from graph_service.errors import InvalidValue, SourceError
from graph_service.model import Indicator, ObservationTable, Scale
from importers.contract import Issues
from importers.deutschlandatlas import codes
from importers.deutschlandatlas.importer import DeutschlandatlasImporter
from importers.deutschlandatlas.indicators import load_catalogue


class Imported:
    def __init__(self, *paths: Path) -> None:
        self.issues = Issues()
        reading = DeutschlandatlasImporter().read(paths, self.issues)
        records = list(reading.records)
        self.dataset, self.rows = reading.dataset, reading.read()
        self.indicators = {r.key.local.partition(".")[2]: r for r in records if isinstance(r, Indicator)}
        self.values = {
            (region, id_.partition(".")[2], period): (None if math.isnan(value) else value, flag)
            for table in records
            if isinstance(table, ObservationTable)
            for region, id_, period, value, flag in zip(
                table.municipality, table.indicator, table.period, table.value.tolist(), table.flag, strict=True
            )
        }


def workbook(folder: Path, stand: str = "Stand: 12.12.2024", **sheets: list[tuple[object, ...]]) -> Path:
    book = Workbook()
    cover = book.worksheets[0]
    cover.title = "Vorblatt"
    cover.append(("Daten zum Deutschlandatlas",))
    cover.append((stand,))
    for name, rows in sheets.items():
        sheet = book.create_sheet(f"Deutschlandatlas_{name}")
        for row in rows:
            sheet.append(row)
    path = folder / "Deutschlandatlas-Daten.xlsx"
    book.save(path)
    return path


def test_numbers_that_lost_their_zero_are_districts_and_municipalities_again(tmp_path):
    found = Imported(
        workbook(
            tmp_path,
            KRS1222=[
                ("KRS1222", "Kreisname", "alq"),
                (1001000, "Flensburg", 7.88),
                (16077000, "Altenburger Land", 8.28),
            ],
            GEM1222=[
                ("GKZ1222", "Gemeindename", "bev_dicht"),
                (1001000, "Flensburg", 1631.41),
                (16077052, "Windischleuba", 91),
            ],
        )
    )
    assert found.values == {
        ("01001", "alq", "2023"): (7.88, ""),
        ("16077", "alq", "2023"): (8.28, ""),
        ("01001000", "bev_dicht", "2022"): (1631.41, ""),
        ("16077052", "bev_dicht", "2022"): (91, ""),
    }


def test_the_year_is_the_described_one_for_the_described_edition_only(tmp_path):
    rows = [("KRS1222", "Kreisname", "alq", "bev_u18"), (8119000, "Rems-Murr-Kreis", 3.79, 17.69)]
    described = Imported(workbook(tmp_path, KRS1222=rows))
    assert {(i, p) for _, i, p in described.values} == {("alq", "2023"), ("bev_u18", "2022")}
    assert "period-from-territory" not in described.issues.counts
    other = Imported(workbook(tmp_path, "Stand: 01.12.2026", KRS1222=rows))
    assert {(i, p) for _, i, p in other.values} == {("alq", "2022"), ("bev_u18", "2022")}
    assert other.issues.counts["period-from-territory"] == 2


def test_an_older_territorial_status_is_not_dated_by_the_newer_ones_year(tmp_path):
    found = Imported(workbook(tmp_path, KRS1221=[("KRS1221", "Kreisname", "alq"), (8119000, "Rems-Murr-Kreis", 3.5)]))
    assert list(found.values) == [("08119", "alq", "2021")]


@pytest.mark.parametrize("missing", [-9999, -9999.0, -99999, None])
def test_the_publishers_missing_value_is_absent_and_counted(tmp_path, missing):
    rows = [("KRS1222", "Kreisname", "alq"), (8119000, "Rems-Murr-Kreis", missing), (1001000, "Flensburg", 7)]
    found = Imported(workbook(tmp_path, KRS1222=rows))
    assert list(found.values) == [("01001", "alq", "2023")]
    assert found.issues.counts == {"missing-value": 1}


def test_a_large_negative_value_that_is_not_the_missing_one_stays(tmp_path):
    rows = [("KRS1222", "Kreisname", "bev_binw"), (16054000, "Suhl, Stadt", -1238.08)]
    assert Imported(workbook(tmp_path, KRS1222=rows)).values == {("16054", "bev_binw", "2022"): (-1238.08, "")}


@pytest.mark.parametrize(
    "text", ["8,50 bis unter 10,00", "bis unter 5,50", "11,50 und mehr", "unter 50", "1.000 und mehr"]
)
def test_a_class_is_no_number_and_stays_as_its_flag(tmp_path, text):
    rows = [("KRS1222", "Kreisname", "preis_miet"), (8119000, "Rems-Murr-Kreis", text)]
    found = Imported(workbook(tmp_path, KRS1222=rows))
    assert found.values == {("08119", "preis_miet", "2023"): (None, text)}
    assert found.issues.counts == {"class-value": 1}


def test_associations_are_the_first_nine_digits_of_the_regional_key(tmp_path):
    rows = [("VBG1222", "Gemeindeverbandsname", "pendel"), (10515163, "Burg", 20), (160775051, "Nobitz", 21)]
    found = Imported(workbook(tmp_path, VBGEM1222=rows))
    assert {region for region, _, _ in found.values} == {"010515163", "160775051"}


def test_association_numbers_of_the_bbsr_are_translated_where_the_workbook_proves_it(tmp_path):
    full = [
        ("VBG1222", "Gemeindeverbandsname", "pendel"),
        (10515163, "Burg-St. Michaelisdonn", 20),
        (10530032, "Geesthacht, Stadt", 20),
        (160775051, "Nobitz", 21),
    ]
    bbsr = [
        ("VBG1219", "Gemeindeverbandsname", "oenv"),
        ("01051963", "Burg-St. Michaelisdonn", 80),
        ("01053032", "Geesthacht, Stadt", 90),
        (16077951, "EG Nobitz", 50),
    ]
    found = Imported(workbook(tmp_path, VBGEM1222=full, VBGEM1219=bbsr))
    assert {region for region, id_, _ in found.values if id_ == "oenv"} == {"010515163", "010530032"}
    [issue] = found.issues.examples()
    assert (issue.kind, issue.found, issue.place.table) == (
        "region-code",
        "16077951 EG Nobitz",
        "Deutschlandatlas_VBGEM1219",
    )


def test_an_indicator_that_nobody_described_is_named_by_its_short_name_and_said(tmp_path):
    rows = [("KRS1224", "Kreisname", "neu_x"), (8119000, "Rems-Murr-Kreis", 3)]
    found = Imported(workbook(tmp_path, KRS1224=rows))
    assert found.indicators["neu_x"].name == "neu_x"
    assert found.values == {("08119", "neu_x", "2024"): (3, "")}
    assert found.issues.counts == {"unknown-indicator": 1, "period-from-territory": 1}


def test_a_bad_row_is_reported_with_its_sheet_and_line(tmp_path):
    rows = [
        ("KRS1222", "Kreisname", "alq"),
        ("Summe", None, 1),
        (8119000, "RMK", "hoch"),
        (8119000, "RMK", 4),
        (1001000, "FL", 7),
    ]
    found = Imported(workbook(tmp_path, KRS1222=rows))
    assert list(found.values) == [("01001", "alq", "2023")]
    assert [(i.kind, i.place.table, i.place.line) for i in found.issues.examples()] == [
        ("duplicate", "Deutschlandatlas_KRS1222", 4),
        ("invalid-value", "Deutschlandatlas_KRS1222", 3),
        ("region-code", "Deutschlandatlas_KRS1222", 2),
    ]


def test_one_sheet_as_csv_is_a_dataset_of_its_own(tmp_path):
    path = tmp_path / "krs.csv"
    path.write_text(
        "KRS1222;Kreisname;alq;preis_miet\n08119000;Rems-Murr-Kreis;3,79;bis unter 5,50\n", encoding="cp1252"
    )
    found = Imported(path)
    assert found.dataset.id == "deutschlandatlas-krs1222"
    assert found.values == {
        ("08119", "alq", "2023"): (3.79, ""),
        ("08119", "preis_miet", "2023"): (None, "bis unter 5,50"),
    }


def test_a_wrong_workbook_or_text_is_one_clear_error(tmp_path):
    with pytest.raises(SourceError, match="KRS1222"):
        Imported(workbook(tmp_path, Daten=[("AGS", "Name", "alq"), ("08119", "RMK", 4)]))
    path = tmp_path / "other.csv"
    path.write_text("AGS;Name\n08119;RMK\n", encoding="utf-8")
    with pytest.raises(SourceError, match="KRS1222"):
        Imported(path)
    with pytest.raises(SourceError, match="readable file"):
        Imported(tmp_path / "absent.xlsx")


@given(st.integers(1001, 16999).map(lambda n: f"{n:05d}"))
def test_a_district_survives_the_loss_of_its_zero(code):
    assert codes.district(int(code + "000")) == code


@given(st.integers(1_001_000, 16_999_999).map(lambda n: f"{n:08d}"))
def test_a_municipality_survives_the_loss_of_its_zero(code):
    assert codes.municipality(int(code)) == code


def test_other_lengths_are_no_codes():
    for bad in ("1001", "100100", 8119, "x"):
        with pytest.raises(InvalidValue):
            codes.municipality(bad)


def test_every_described_indicator_is_labelled_in_both_languages():
    known = load_catalogue().known
    assert len(known) == 86
    for name, indicator in known.items():
        assert indicator.label_de, name
        assert indicator.label_en, name
        assert indicator.unit, name
        assert indicator.basis, name
        assert codes.status_of(indicator.status) is not None, name
    assert {name for name, indicator in known.items() if indicator.year is None} == {"p_kh_gru", "p_kh_sm"}


@pytest.fixture(scope="module")
def official(germany) -> Imported:
    return Imported(germany / "deutschlandatlas" / "Deutschlandatlas-Daten.xlsx")


@pytest.mark.germany
def test_the_official_workbook_goes_in_with_all_sheets_and_indicators(official):
    assert official.dataset.title == "Deutschlandatlas, Stand 12.12.2024"
    assert official.rows == 10990 + 4600 + 400 + 10994 + 400 + 11001 + 401 + 4618 + 11087
    assert len(official.indicators) == 86
    assert set(official.indicators) == {name.lower() for name in load_catalogue().known}
    assert len(official.values) == 331_074
    assert official.issues.counts == {
        "missing-value": 4256,
        "class-value": 800,
        "region-code": 29,
        "period-from-territory": 2,
    }


@pytest.mark.germany
@pytest.mark.parametrize(
    ("region", "indicator", "period", "value"),
    [
        ("08119", "alq", "2023", 3.79),
        ("08119", "bev_ausl", "2022", 17.69),
        ("01001000", "bev_dicht", "2022", 1631.41),
        ("01001", "bev_ausw", "2022", 167.15),
        ("16054", "bev_binw", "2022", -1238.08),
        ("16056", "erw_vol", "2020", None),
    ],
)
def test_official_values_stand_under_region_and_year(official, region, indicator, period, value):
    found, _ = official.values[region, indicator, period]
    assert found is not None
    if value is not None:
        assert round(found, 2) == value


@pytest.mark.germany
def test_every_district_has_every_district_indicator_of_2022(official):
    districts = {region for region, id_, _ in official.values if id_ == "alq"}
    assert len(districts) == 400
    shown = {region: value for (region, id_, _), value in official.values.items() if id_ == "preis_miet"}
    assert len(shown) == 400
    assert {value for value, _ in shown.values()} == {None}
    assert shown["01001"][1] == "8,50 bis unter 10,00"


@pytest.mark.germany
def test_no_official_missing_value_came_through_as_a_number(official):
    assert not [key for key, (value, _) in official.values.items() if value is not None and value <= -9999]


@pytest.mark.germany
def test_official_associations_of_both_numberings_have_the_same_codes(official):
    full = {region for region, id_, _ in official.values if id_ == "pendel"}
    translated = {region for region, id_, _ in official.values if id_ == "oenv"}
    assert {len(code) for code in full | translated} == {9}
    assert len(translated & full) > 4300


@pytest.mark.germany
def test_shares_counts_and_balances_are_scaled_as_what_they_are(official):
    assert official.indicators["bev_u18"].scale is Scale.SHARE
    assert official.indicators["bev_dicht"].scale is Scale.LOG
    assert official.indicators["bev_binw"].scale is Scale.LINEAR


@pytest.mark.germany
def test_the_register_is_no_deutschlandatlas(germany):
    with pytest.raises(SourceError, match="the Deutschlandatlas' table"):
        Imported(germany / "destatis-gemeindeverzeichnis" / "AuszugGV4QAktuell_2024.xlsx")
