import math
from pathlib import Path

import pytest
from openpyxl import Workbook

from graph_service.errors import SourceError
from graph_service.model import Indicator, ObservationTable, Scale
from importers.contract import Issues
from importers.inkar.importer import InkarImporter


class Imported:
    def __init__(self, *paths: Path) -> None:
        self.issues = Issues()
        reading = InkarImporter().read(paths, self.issues)
        records = list(reading.records)
        self.dataset, self.rows = reading.dataset, reading.read()
        self.indicators = {r.key.local: r for r in records if isinstance(r, Indicator)}
        [self.table] = [r for r in records if isinstance(r, ObservationTable)]
        self.values = {
            (region, id_.removeprefix("inkar."), period): (None if math.isnan(value) else value, flag)
            for region, id_, period, value, flag in zip(
                self.table.municipality,
                self.table.indicator,
                self.table.period,
                self.table.value.tolist(),
                self.table.flag,
                strict=True,
            )
        }


HEAD = [
    ("Kennziffer", "Raumeinheit", "Aggregat", "Arbeitslose", "Arbeitslose", "Ausländeranteil"),
    (None, None, None, "2020", "2021", "2021"),
]


def workbook(folder: Path, *rows: tuple[object, ...], about: bool = True) -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Daten"
    for row in [*HEAD, *rows]:
        sheet.append(row)
    if about:
        documented = book.create_sheet("Metadaten")
        documented.append(("Dokumentation der exportierten Indikatoren",))
        documented.append(("Indikator", "Langname", "Quelle", "Berechnungsgrundlage", "Anmerkungen"))
        documented.append(
            ("Arbeitslose", "Zahl der Arbeitslosen", "Arbeitsmarktstatistik", None, "Im Mittel des Jahres.")
        )
        documented.append(
            ("Ausländeranteil", "Anteil der Ausländer an den Einwohnern in %", "Fortschreibung", None, None)
        )
        book.create_sheet("Quellangabe").append(("Quelle (Zitierhinweis): INKAR. Ausgabe 2024. Bonn.",))
    path = folder / "export.xlsx"
    book.save(path)
    return path


def test_several_indicators_of_one_export_are_told_apart_with_their_years(tmp_path):
    found = Imported(workbook(tmp_path, ("08119", "Rems-Murr-Kreis", "Kreise", 10, 11, 17.5)))
    assert found.values == {
        ("08119", "arbeitslose", "2020"): (10, ""),
        ("08119", "arbeitslose", "2021"): (11, ""),
        ("08119", "auslaenderanteil", "2021"): (17.5, ""),
    }


def test_metadata_give_label_unit_scale_and_source(tmp_path):
    found = Imported(workbook(tmp_path, ("08119", "Rems-Murr-Kreis", "Kreise", 10, 11, 17.5)))
    share = found.indicators["inkar.auslaenderanteil"]
    assert (share.name, share.unit, share.scale) == ("Anteil der Ausländer an den Einwohnern in %", "%", Scale.SHARE)
    assert share.source == "BBSR, INKAR 2024; Fortschreibung"
    count = found.indicators["inkar.arbeitslose"]
    assert (count.unit, count.scale) == ("Anzahl", Scale.LOG)
    assert found.dataset.title == "INKAR 2024: Arbeitslose, Ausländeranteil (Kreise)"
    assert found.dataset.id == "inkar-arbeitslose-auslaenderanteil-kreise"


def test_an_export_without_metadata_is_named_by_its_header(tmp_path):
    found = Imported(workbook(tmp_path, ("08119", "Rems-Murr-Kreis", "Kreise", 10, 11, 17.5), about=False))
    assert found.indicators["inkar.arbeitslose"].name == "Arbeitslose"


def test_empty_cells_are_absent_and_never_zero(tmp_path):
    found = Imported(workbook(tmp_path, ("08119", "Rems-Murr-Kreis", "Kreise", None, 0, None)))
    assert found.values == {("08119", "arbeitslose", "2021"): (0, "")}


def test_levels_have_their_own_codes_and_lost_zeros_are_restored_and_said(tmp_path):
    found = Imported(
        workbook(
            tmp_path,
            (1001000, "Flensburg", "Gemeinden", 1, 1, 1),
            (1002, "Kiel", "Kreise", 2, 2, 2),
            (8, "Baden-Württemberg", "Bundesländer", 3, 3, 3),
            ("01003000", "Lübeck", "Gemeinden", 4, 4, 4),
        )
    )
    assert {region for region, _, _ in found.values} == {"01001000", "01002", "08", "01003000"}
    assert found.issues.counts == {"code-completed": 3}


def test_five_digits_among_municipalities_are_no_municipality_without_its_zeros(tmp_path):
    found = Imported(
        workbook(
            tmp_path, ("08119", "Rems-Murr-Kreis", "Gemeinden", 1, 1, 1), ("08119001", "Alfdorf", "Gemeinden", 2, 2, 2)
        )
    )
    assert {region for region, _, _ in found.values} == {"08119001"}
    assert found.issues.counts == {"region-code": 1}


def test_units_that_are_no_administration_are_passed_over_by_name(tmp_path):
    found = Imported(
        workbook(
            tmp_path,
            ("101", "Schleswig-Holstein Mitte", "Raumordnungsregionen", 1, 1, 1),
            ("08119", "RMK", "Kreise", 2, 2, 2),
        )
    )
    assert found.issues.counts == {"other-spatial-unit": 1}
    assert len(found.values) == 3


def test_a_repeated_region_is_reported_and_the_first_counts(tmp_path):
    found = Imported(workbook(tmp_path, ("08119", "RMK", "Kreise", 1, 1, 1), ("08119", "RMK", "Kreise", 2, 2, 2)))
    assert found.values["08119", "arbeitslose", "2020"] == (1, "")
    assert found.issues.counts == {"duplicate": 1}


def test_text_that_is_no_number_is_reported_with_line_and_column(tmp_path):
    found = Imported(workbook(tmp_path, ("08119", "RMK", "Kreise", "viele", 1, 1)))
    [issue] = found.issues.examples()
    assert (issue.place.line, issue.place.column, issue.found) == (3, "Arbeitslose 2020", "viele")


def test_the_same_export_as_csv_is_read_alike(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(
        "Kennziffer;Raumeinheit;Aggregat;Bruttoverdienst;Bruttoverdienst\n;;;2020;2021\n"
        "08119;Rems-Murr-Kreis;Kreise;3.100,5;3.152,08\n01001;Flensburg, Stadt;Kreise;-;\n",
        encoding="cp1252",
    )
    found = Imported(path)
    assert found.values == {
        ("08119", "bruttoverdienst", "2020"): (3100.5, ""),
        ("08119", "bruttoverdienst", "2021"): (3152.08, ""),
        ("01001", "bruttoverdienst", "2020"): (None, "-"),
    }


def test_an_export_without_years_or_with_a_year_twice_is_refused(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text("Kennziffer;Raumeinheit;Aggregat;A\n08119;RMK;Kreise;5\n", encoding="utf-8")
    with pytest.raises(SourceError, match="a period"):
        Imported(path)
    path.write_text("Kennziffer;Raumeinheit;Aggregat;A;A\n;;;2020;2020\n08119;RMK;Kreise;5;6\n", encoding="utf-8")
    with pytest.raises(SourceError, match="each indicator and year once"):
        Imported(path)


def test_exports_of_many_indicators_get_a_short_stable_name(tmp_path):
    names = [f"Ein recht langer Name eines Indikators {i}" for i in range(5)]
    path = tmp_path / "export.csv"
    path.write_text(
        f"Kennziffer;Raumeinheit;Aggregat;{';'.join(names)}\n;;;{';'.join(['2020'] * 5)}\n08119;RMK;Kreise;1;2;3;4;5\n",
        encoding="utf-8",
    )
    first, again = Imported(path).dataset.id, Imported(path).dataset.id
    assert first == again
    assert len(first) <= 80


@pytest.mark.parametrize(
    "content", [bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, b"", b"a;b\n1;2\n", b"PK\x03\x04rest"]
)
def test_a_wrong_file_is_one_clear_error(tmp_path, content):
    path = tmp_path / "old.xls"
    path.write_bytes(content)
    with pytest.raises(SourceError) as error:
        Imported(path)
    assert error.value.place.file == "old.xls"


@pytest.mark.germany
@pytest.mark.parametrize(
    ("name", "id_", "rows", "values", "years", "facts"),
    [
        ("A_ArbeitslosigkeitKreis", "arbeitslose", 400, 10800, (1995, 2021), {("08119", 10899), ("01001", 5155)}),
        ("A_Bruttoverdienst", "bruttoverdienst", 400, 8800, (2000, 2021), {("08119", 3152.08), ("08119", 2175.31)}),
        ("A_Arbeitslosigkeit", "arbeitslose", 10990, 263352, (1998, 2021), {("08119001", 119), ("01001000", 5078)}),
        ("A_BeschaeftigtenquoteKreis", "beschaeftigtenquote", 400, 10000, (1997, 2021), {("08119", 52.87)}),
        ("B_SchulabgaengerohneAbschluss", "schulabgaenger-ohne-abschluss", 400, 10782, (1995, 2021), {("08119", 9.11)}),
        ("E_Haushaltseinkommen", "haushaltseinkommen", 400, 8800, (2000, 2021), {("08119", 1482.62)}),
    ],
)
def test_official_exports_go_in_with_every_value(germany, name, id_, rows, values, years, facts):
    found = Imported(germany / "rki-gisd-inkar" / f"{name}.xls")
    assert (found.rows, len(found.table)) == (rows, values)
    assert not found.issues.counts
    assert {i for _, i, _ in found.values} == {id_}
    assert (min(found.table.period), max(found.table.period)) == tuple(str(year) for year in years)
    assert facts <= {(region, value) for (region, _, _), (value, _) in found.values.items()}


@pytest.mark.germany
def test_all_official_exports_together_are_one_dataset(germany):
    paths = sorted((germany / "rki-gisd-inkar").glob("*.xls"))
    found = Imported(*paths)
    assert len(paths) == 10
    assert len(found.indicators) == 9
    assert {"08119", "08119001"} <= set(found.table.municipality)


@pytest.mark.germany
@pytest.mark.parametrize("name", ["deutschlandatlas/Deutschlandatlas-Daten.xlsx", "rki-gisd-inkar/GISD_Bund_Kreis.csv"])
def test_other_official_files_are_refused(germany, name):
    with pytest.raises(SourceError, match="an export of INKAR"):
        Imported(germany / name)
