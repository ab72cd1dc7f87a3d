from datetime import date
from pathlib import Path

import pytest
from genesis_files import Imported
from hypothesis import given
from hypothesis import strategies as st

from graph_service.errors import SourceError
from graph_service.keys import NodeKey
from graph_service.model import Scale
from importers.official import slug

FLAT_HEAD = (
    "statistics_code;statistics_label;time_code;time_label;time;1_variable_code;1_variable_label;"
    "1_variable_attribute_code;1_variable_attribute_label;2_variable_code;2_variable_label;"
    "2_variable_attribute_code;2_variable_attribute_label;value;value_unit;value_variable_code;"
    "value_variable_label;value_q"
)


def flat(folder: Path, *rows: str, name: str = "12345-01-01-4_17_de_flat.csv") -> Path:
    """Rows as "region;attribute;value;quality", or with a time in front after "@"."""
    lines = [FLAT_HEAD]
    for row in rows:
        time, _, rest = row.rpartition("@")
        region, attribute, value, quality = rest.split(";")
        label = {"": "Insgesamt", "GESM": "männlich", "GESW": "weiblich"}[attribute]
        lines.append(
            f"12345;Beispielstatistik;JAHR;Jahr;{time or '2024'};KREISE;Kreise;{region};Name;"
            f"GES;Geschlecht;{attribute};{label};{value};Anzahl;BSP001;Beispiele;{quality}"
        )
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return path


def classic(folder: Path, text: str, name: str = "example.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode("latin-1"))
    return path


CLASSIC = """GENESIS-Tabelle: Temporär
Arbeitslose nach Gruppen;;;;;
Statistik der Arbeit;;;;;
;;;Arbeitslose;Arbeitslose;Quote
;;;;Ausländer;
;;;Anzahl;Anzahl;Prozent
2014;DG;Deutschland;1000;200;7,5
2014;02;  Hamburg;70;20;8,7
2014;01001;      Flensburg, Kreisfreie Stadt;50;10;-0,5
2014;01002;      Kiel;-;.;10,1
2014;16056;      Abgeschafft;-;-;.
_____
Fußnote; mit Semikolon
(C)opyright Datenlizenz Deutschland - Namensnennung - Version 2.0.
Stand: 08.11.2015 / 22:32:38
"""


def test_flat_indicators_are_named_by_codes_and_totals_have_no_attribute(tmp_path):
    found = Imported(flat(tmp_path, "08119;;5;", "08119;GESM;3;"))
    assert found.dataset.id == "genesis-12345-01-01-4"
    assert list(found.indicators) == [
        "genesis.12345-01-01-4.bsp001",
        "genesis.12345-01-01-4.bsp001.ges-gesm",
    ]
    assert found.indicators["genesis.12345-01-01-4.bsp001.ges-gesm"].name == "Beispiele: männlich"
    assert found.values["08119", "genesis.12345-01-01-4.bsp001", "2024"] == (5, "")


def test_a_file_whose_name_names_another_table_is_known_by_its_statistic(tmp_path):
    found = Imported(flat(tmp_path, "08119;;5;", name="99999-01-01-4_renamed.csv"))
    assert found.dataset.id == "genesis-12345"


@pytest.mark.parametrize(
    ("text", "quality", "expected"),
    [
        ("12,5", "", (12.5, "")),
        ("7", "e", (7, "e")),
        ("7", "()", (7, "()")),
        ("(7)", "", (7, "()")),
        (".", "", (None, ".")),
        ("/", "", (None, "/")),
        ("x", "", (None, "x")),
        ("...", "", (None, "...")),
    ],
)
def test_marks_of_the_publisher_stay_and_never_become_zero(tmp_path, text, quality, expected):
    found = Imported(flat(tmp_path, "01001;;1,5;", f"08119;;{text};{quality}"))
    assert found.of("08119") == {"bsp001": expected}


def test_a_dash_is_zero_where_the_region_has_numbers_and_missing_where_it_has_none(tmp_path):
    found = Imported(
        flat(tmp_path, "08119;GESM;3;", "08119;GESW;-;", "01001;GESW;4;", "16056;GESM;-;", "16056;GESW;.;")
    )
    assert found.of("08119")["bsp001.ges-gesw"] == (0, "-")
    assert found.of("16056") == {"bsp001.ges-gesm": (None, "-"), "bsp001.ges-gesw": (None, ".")}


def test_a_dash_is_missing_before_a_region_exists_and_after_it_is_abolished(tmp_path):
    years = {"2008": "-", "2009": "4", "2010": "-", "2011": "5", "2012": "-"}
    other = [f"{year}@08119;;9;" for year in years]
    found = Imported(flat(tmp_path, *other, *(f"{year}@16056;;{value};" for year, value in years.items())))
    id_ = "genesis.12345-01-01-4.bsp001"
    assert [found.values["16056", id_, year][0] for year in years] == [None, 4, 0, 5, None]


def test_a_dash_is_missing_where_no_region_at_all_has_a_number(tmp_path):
    found = Imported(flat(tmp_path, "08119;;3;", "08119;GESM;-;", "01001;;4;", "01001;GESM;-;"))
    assert found.of("08119")["bsp001.ges-gesm"] == (None, "-")


def test_the_whole_country_is_passed_over_and_says_so(tmp_path):
    found = Imported(flat(tmp_path, "DG;;83;", "08119;;5;"))
    assert {region for region, _, _ in found.values} == {"08119"}
    assert found.issues.counts == {"whole-country": 1}


def test_a_table_of_the_whole_country_alone_still_tells_its_indicators(tmp_path):
    found = Imported(flat(tmp_path, "DG;;83;", "DG;GESM;41;"))
    assert len(found.indicators) == 2
    assert not found.values


@pytest.mark.parametrize(
    ("code", "key"), [("092760130130", "09276130"), ("03", "03"), ("091", "091"), ("03241001", "03241001")]
)
def test_every_length_of_code_is_the_level_it_stands_for(tmp_path, code, key):
    found = Imported(flat(tmp_path, f"{code};;5;", "08119;;5;"))
    assert key in {region for region, _, _ in found.values}


def test_equal_rows_are_noted_and_contradicting_ones_reported(tmp_path):
    found = Imported(flat(tmp_path, "08119;;5;", "08119;;5;", "08119;;6;"))
    assert found.of("08119") == {"bsp001": (5, "")}
    assert found.issues.counts == {"duplicate": 1, "contradiction": 1}


def test_a_bad_value_names_its_line_and_the_others_stay(tmp_path):
    found = Imported(flat(tmp_path, "08119;;viele;", "01001;;1,5;"))
    [issue] = found.issues.examples()
    assert (issue.kind, issue.found, issue.place.line) == ("invalid-value", "viele", 2)
    assert found.of("01001") == {"bsp001": (1.5, "")}


def test_a_reference_date_stays_a_date_and_a_school_year_counts_by_its_first(tmp_path):
    found = Imported(flat(tmp_path, "2024-12-31@08119;;5;", "2023/24@08119;GESM;3;", "31.12.2022@08119;GESW;2;"))
    assert {period for _, _, period in found.values} == {"2024-12-31", "2023", "2022-12-31"}


@pytest.mark.parametrize(
    ("variable", "code", "period"), [("MONAT", "MONAT03", "2024-03"), ("QUARTG", "QUART4", "2024-Q4")]
)
def test_months_and_quarters_of_their_own_are_part_of_the_period(tmp_path, variable, code, period):
    path = flat(tmp_path, "08119;;5;")
    text = path.read_text(encoding="utf-8-sig").replace("GES;Geschlecht;;Insgesamt", f"{variable};Zeit;{code};März")
    path.write_text(text, encoding="utf-8")
    assert Imported(path).values == {("08119", "genesis.12345-01-01-4.bsp001", period): (5, "")}


def test_english_files_have_decimal_points(tmp_path):
    found = Imported(flat(tmp_path, "08119;;1234.5;", "01001;;2;"))
    assert found.of("08119") == {"bsp001": (1234.5, "")}


def test_the_flat_form_before_2025_has_a_column_per_measure(tmp_path):
    path = tmp_path / "12345-0002_flat.csv"
    path.write_text(
        "Statistik_Code;Statistik_Label;Zeit_Code;Zeit_Label;Zeit;1_Merkmal_Code;1_Merkmal_Label;1_Auspraegung_Code;"
        "1_Auspraegung_Label;GEF001__Gebietsflaeche__qkm;BSP001__Beispiele_je_Kreis__Anzahl\n"
        "12345;Gebiet;STAG;Stichtag;31.12.2022;DLAND;Bundesländer;08;Baden-Württemberg;35747,85;12\n",
        encoding="utf-8",
    )
    found = Imported(path)
    assert found.of("08") == {"gef001": (35747.85, ""), "bsp001": (12, "")}
    assert {period for _, _, period in found.values} == {"2022-12-31"}
    indicator = found.indicators["genesis.12345-0002.bsp001"]
    assert (indicator.name, indicator.unit) == ("Beispiele je Kreis", "Anzahl")


def test_classic_indicators_are_named_by_the_path_of_their_headers(tmp_path):
    found = Imported(classic(tmp_path, CLASSIC, "659-71-4.csv"))
    assert {id_: (i.name, i.unit, i.scale) for id_, i in found.indicators.items()} == {
        "genesis.659-71-4.arbeitslose": ("Arbeitslose", "Anzahl", Scale.LOG),
        "genesis.659-71-4.arbeitslose.auslaender": ("Arbeitslose: Ausländer", "Anzahl", Scale.LOG),
        "genesis.659-71-4.quote": ("Quote", "Prozent", Scale.LINEAR),
    }
    assert found.of("01001") == {"arbeitslose": (50, ""), "arbeitslose.auslaender": (10, ""), "quote": (-0.5, "")}
    assert found.of("01002")["arbeitslose"] == (0, "-")
    assert found.of("16056") == {
        "arbeitslose": (None, "-"),
        "arbeitslose.auslaender": (None, "-"),
        "quote": (None, "."),
    }


def test_hamburg_as_a_state_is_its_district_too_and_says_so(tmp_path):
    found = Imported(classic(tmp_path, CLASSIC))
    assert found.of("02000") == found.of("02") != {}
    assert found.issues.counts["code-completed"] == 3


def test_the_footer_is_no_data_but_tells_date_and_licence(tmp_path):
    found = Imported(classic(tmp_path, CLASSIC))
    assert found.dataset.retrieved_on == date(2015, 11, 8)
    assert "Datenlizenz Deutschland" in found.dataset.note
    assert found.rows == 5
    assert not found.issues.skipped


def test_a_table_without_code_is_named_by_its_title(tmp_path):
    found = Imported(classic(tmp_path, CLASSIC))
    assert found.dataset.id == "genesis-arbeitslose-nach-gruppen-statistik-der-arbeit"


def test_times_in_the_header_are_periods_and_not_part_of_the_name(tmp_path):
    text = (
        "Tabelle: 12411-01-01-4;;;\nBevölkerung;;;\n;;31.12.2022;31.12.2023\n;;insgesamt;insgesamt\n;;Anzahl;Anzahl\n"
        "08119;Rems-Murr-Kreis;430000;431000\n01001;Flensburg;90000;91000\n__________\n(C)opyright\n"
    )
    found = Imported(classic(tmp_path, text))
    assert found.dataset.id == "genesis-12411-01-01-4"
    assert found.values["08119", "genesis.12411-01-01-4.insgesamt", "2023-12-31"] == (431000, "")
    assert len(found.indicators) == 1


def test_groups_in_the_rows_are_part_of_the_name_and_blanks_repeat_what_stands_above(tmp_path):
    text = (
        "Tabelle: 12411-01-01-5;;;;\nBevölkerung;;;;\n;;;;Personen\n;;;;Anzahl\n"
        "31.12.2022;08119;Rems-Murr-Kreis;männlich;200\n;;;weiblich;210\n;;;Insgesamt;410\n"
        ";01001;Flensburg;männlich;40\n;;;weiblich;50\n;;;Insgesamt;90\n_____\nStand: 01.02.2023\n"
    )
    found = Imported(classic(tmp_path, text))
    assert found.of("08119") == {"personen.maennlich": (200, ""), "personen.weiblich": (210, ""), "personen": (410, "")}
    assert found.of("01001")["personen"] == (90, "")


def test_a_date_in_the_title_is_the_period(tmp_path):
    text = (
        "Tabelle: 33111-01-01-5\nFläche (qkm)\nStichtag: 31.12.2021\n;;Wald;Wasser\n;;qkm;qkm\n"
        "08119;Rems-Murr-Kreis;330,5;4,2\n01001;Flensburg;3,0;7,5\n_____\n"
    )
    found = Imported(classic(tmp_path, text))
    assert found.values["08119", "genesis.33111-01-01-5.wald", "2021-12-31"] == (330.5, "")


def test_a_table_without_any_time_is_refused(tmp_path):
    text = "Tabelle: 33111-01-01-5\nFläche\n;;Wald\n;;qkm\n08119;Rems-Murr-Kreis;330,5\n01001;Flensburg;3,0\n_____\n"
    with pytest.raises(SourceError, match="a date in the title"):
        Imported(classic(tmp_path, text))


def test_columns_that_differ_in_unit_only_are_two_indicators(tmp_path):
    text = (
        "Tabelle: 12345-01-01-4;;;;\nArbeit;;;;\n;;;Arbeitslose;Arbeitslose\n;;;Anzahl;Prozent\n"
        "2020;08119;Rems-Murr-Kreis;900;4,5\n2020;01001;Flensburg;100;7,5\n_____\n"
    )
    found = Imported(classic(tmp_path, text))
    assert found.of("08119") == {"arbeitslose.anzahl": (900, ""), "arbeitslose.prozent": (4.5, "")}


def test_columns_of_quality_marks_are_flags_of_the_column_before(tmp_path):
    text = (
        "Tabelle: 12345-01-01-4;;;;\nZensus;;;;\n;;;Personen;\n;;;Anzahl;\n"
        "2022;08119;Rems-Murr-Kreis;900;e\n2022;01001;Flensburg;100;\n_____\n"
    )
    found = Imported(classic(tmp_path, text))
    assert found.of("08119") == {"personen": (900, "e")}
    assert found.of("01001") == {"personen": (100, "")}


def test_several_years_of_one_table_are_one_dataset_and_other_tables_are_refused(tmp_path):
    first = flat(tmp_path, "2023@08119;;5;", name="12345-01-01-4_2023.csv")
    second = flat(tmp_path, "2024@08119;;6;", name="12345-01-01-4_2024.csv")
    assert len(Imported(first, second).values) == 2
    other = flat(tmp_path, "2024@08119;;6;", name="12345-01-02-4_2024.csv")
    with pytest.raises(SourceError, match="files of one table"):
        Imported(first, other)


@pytest.mark.parametrize(
    "content",
    [
        b"x" * 3_000_000,
        b"\0" * 1000,
        b"",
        b"a;b\n1;2\n",
        b"name,value\n08119,5\n",
        b"Tabelle: 12345-0001\nkein Inhalt\n",
    ],
)
def test_a_wrong_file_is_one_clear_error(tmp_path, content):
    path = tmp_path / "wrong.csv"
    path.write_bytes(content)
    with pytest.raises(SourceError) as error:
        Imported(path)
    assert error.value.place.file == "wrong.csv"


def test_a_flat_file_without_a_column_is_refused_by_name(tmp_path):
    path = tmp_path / "flat.csv"
    path.write_text(FLAT_HEAD.replace(";time;", ";") + "\n", encoding="utf-8")
    with pytest.raises(SourceError, match="a column time"):
        Imported(path)


@given(st.text())
def test_a_name_made_of_any_text_is_fit_for_a_key(text):
    assert NodeKey(f"indicator:x.{slug(text)}")
    assert slug(slug(text)) == slug(text)


def test_umlauts_are_spelt_out_in_names():
    assert slug("Größe (über 65 Jahre): Straße, Œuvre Café") == "groesse-ueber-65-jahre-strasse-uvre-cafe"
