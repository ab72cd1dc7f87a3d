# ruff: noqa: E501  # tables are read best in one line
"""Lists as offices keep them and indicators of any form go in; what was guessed or left out is said."""

import csv
import io
import sys
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from list_files import links, nodes, read, values, write

from graph_service.errors import GraphServiceError, SourceError
from graph_service.exchange import TABLES
from graph_service.model import Indicator
from importers.contract import Issues
from importers.table.importer import TableImporter
from importers.table.maps import parse_map, shipped_map_path, shipped_maps
from importers.table.values import official_code, slug, term_id

TEMPLATES = Path(shipped_map_path("actors") or "").parent.parent / "templates"


ACTORS = (
    "Organisation;Art;AGS;Handlungsfelder;Sprachen;Stand;Telefon privat\r\n"
    "Jugendamt Rems-Murr-Kreis;Jugendamt;08119;Schule und schulische Integration; Deutsch, Englisch;31.12.2024;0711\r\n"
    "Sportverein Türk e. V.;Sport-, Kulturverein;8119;Freizeit, Sport, Kultur, Begegnung; language;;1.6.2023;\r\n"
    ";Kita;08119;;;;\r\n"
    "Kita Sonne;Kita;keine Ahnung;Astrologie;;31.02.2024;\r\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_list_of_actors_needs_no_map(tmp_path: Path, encoding: str) -> None:
    text = ACTORS.replace("Integration; Deutsch", "Integration;Deutsch").replace(" language;;", ";;")
    reading, records, issues = read(write(tmp_path / "Liste Akteure.csv", text, encoding))
    assert reading.dataset.id == "liste-akteure"
    found = nodes(records)
    office = found["actor:jugendamt-rems-murr-kreis-08119"]
    assert {n: getattr(office, n) for n in ("name", "kind", "languages", "assured_on")} == {
        "name": "Jugendamt Rems-Murr-Kreis",
        "kind": "youth-office",
        "languages": ("Deutsch", "Englisch"),
        "assured_on": date(2024, 12, 31),
    }
    club = "actor:sportverein-tuerk-e-v-08119"
    assert found[club].name == "Sportverein Türk e. V."
    assert ("LOCATED_IN", club, "municipality:08119") in links(records), "the lost zero of 8119 is certain"
    assert ("IN_FIELD", club, "concept:field.leisure-encounter") in links(records), "a label's commas do not cut it"
    assert "actor:kita-sonne" in found
    skipped = {(i.place.line, i.place.column) for i in issues.examples() if not i.note}
    assert skipped == {(4, "Organisation"), (5, "AGS"), (5, "Handlungsfelder"), (5, "Stand")}
    guessed = {i.found: i.expected for i in issues.examples() if i.kind == "guessed-column"}
    assert guessed["Organisation"] == "the heading of actors: name"
    assert issues.counts["ignored-column"] == 1
    assert issues.counts["guessed-table"] == 1


def test_the_same_list_again_has_the_same_keys(tmp_path: Path) -> None:
    first = read(write(tmp_path / "a.csv", "Einrichtung;Kommune\nA;08119\nB;08119\n"))[1]
    later = read(write(tmp_path / "b.csv", "Kommune;Einrichtung\n08119;B\n08119;A\n"))[1]
    assert nodes(first).keys() == nodes(later).keys()


def test_an_offer_brings_its_provider_along(tmp_path: Path) -> None:
    heading = "Angebot,Anbieter,Kommune,Alter von,Alter bis,Finanziert bis"
    row = 'Sprachcafé,Caritas Ahaus,"08119;08118",6,18,2025-06-30'
    records = read(write(tmp_path / "a.csv", f"{heading}\n{row}\n"))[1]
    offer = "offer:sprachcafe-caritas-ahaus"
    assert {n: getattr(nodes(records)[offer], n) for n in ("age_min", "age_max", "funded_until")} == {
        "age_min": 6,
        "age_max": 18,
        "funded_until": date(2025, 6, 30),
    }
    assert nodes(records)["actor:caritas-ahaus"].name == "Caritas Ahaus"
    assert links(records) == {
        ("OFFERS", "actor:caritas-ahaus", offer),
        ("SERVES", offer, "municipality:08119"),
        ("SERVES", offer, "municipality:08118"),
    }


def test_a_workbook_is_read_like_a_text(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Deckblatt"])
    sheet = book.create_sheet("Liste")
    sheet.append([])
    sheet.append(["Name", "Kommune", "Zuletzt bestätigt am", "Breitengrad", "Längengrad"])
    sheet.append(["Verein", 8119, date(2024, 5, 6), 48.9, "9,5"])
    book.save(tmp_path / "liste.xlsx")
    _, records, issues = read(tmp_path / "liste.xlsx")
    (actor,) = nodes(records).values()
    assert (actor.latitude, actor.longitude, actor.assured_on) == (48.9, 9.5, date(2024, 5, 6))
    assert links(records) == {("LOCATED_IN", "actor:verein-08119", "municipality:08119")}
    assert not [i for i in issues.examples() if not i.note]


def test_a_formula_is_text(tmp_path: Path) -> None:
    records = read(write(tmp_path / "a.csv", 'Organisation;Kommune\n"=HYPERLINK(""x"")";08119\n'))[1]
    assert nodes(records)["actor:hyperlink-x-08119"].name == '=HYPERLINK("x")'


def test_what_is_no_list_of_ours_asks_for_a_map(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="a column map, or headings such as"):
        read(write(tmp_path / "a.csv", "a;b\n1;2\n"))
    for paths in ([], [shipped_map_path("gisd")]):
        with pytest.raises(SourceError):
            read(*[p for p in paths if p])


WIDE = """
recognise = ["Kreis", "Jahr", "Quote"]
[dataset]
id = "probe"
title = "Probe"
[source]
missing = ["-9999", "k. A."]
keep = { Ebene = ["Kreis"] }
[observations]
municipality = { column = "Kreis", form = "district" }
period = "Jahr"
[observations.indicators.quote]
column = "Quote"
label_de = "Die Quote"
unit = "%"
scale = "share"
[observations.indicators.zahl]
column = "Zahl"
"""


def test_a_map_reads_indicators_side_by_side(tmp_path: Path) -> None:
    rows = (
        "Kreis;Ebene;Jahr;Quote;Zahl;Rest\n"
        "8119;Kreis;2020;1,5;1.234;x\n"
        "08119000;Kreis;2021;/;-9999;x\n"
        "08118;Kreis;2020;k. A.;;x\n"
        "08118;Kreis;2021;(3,25);-;x\n"
        "08119;Gemeinde;2020;9,9;9;x\n"
        "08118;Kreis;2021;7;7;x\n"
        "Summe;Kreis;2020;7;7;x\n"
        "08117;Kreis;2020;viel;12,5;x\n"
    )
    reading, records, issues = read(write(tmp_path / "map.toml", WIDE), write(tmp_path / "a.csv", rows))
    found = values(records)
    assert {k: str(v) for k, v in found.items()} == {
        ("08119", "quote", "2020"): "(1.5, '')",
        ("08119", "zahl", "2020"): "(1234.0, '')",
        ("08119", "quote", "2021"): "(nan, '/')",
        ("08118", "quote", "2021"): "(3.25, '()')",
        ("08118", "zahl", "2021"): "(nan, '-')",
        ("08117", "zahl", "2020"): "(12.5, '')",
    }
    quote = next(r for r in records if isinstance(r, Indicator) and r.key.local == "quote")
    assert (quote.name, quote.unit, quote.scale) == ("Die Quote", "%", "share")
    assert reading.dataset.id == "probe"
    assert reading.read() == 8
    assert {(i.place.line, i.place.column) for i in issues.examples() if not i.note} == {(7, ""), (8, ""), (9, "Quote")}
    assert issues.counts["missing-value"] == 2
    assert issues.counts["filtered-row"] == 1
    assert issues.counts["ignored-column"] == 1
    assert [i.found for i in issues.examples() if i.kind == "guessed-decimal"] == [", (Quote, Zahl)"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[", "a column map (TOML in UTF-8)"),
        ("[dataset]\nid='x'", "a map with [dataset] and one of [observations], [[records]] and headings"),
        ("colour=1\n[dataset]\nid='x'\n[[records]]\ntable='actors'", "one of dataset, headings"),
        ("[dataset]\nid='x'\n[[records]]\ntable='persons'", "a table of the exchange package"),
        (
            "[dataset]\nid='x'\n[[records]]\ntable='actors'\n[records.columns]\nphone='Telefon'",
            "a column of actors: key",
        ),
        ("[dataset]\nid='x'\n[observations]\nperiod='Jahr'", "a rule for municipality and period"),
        (
            "[dataset]\nid='x'\n[observations]\nperiod='J'\nmunicipality={column='a', form='zip'}",
            "one of ags, district",
        ),
        ("[dataset]\nid='x'\n[source]\nheader=0\n[[records]]\ntable='actors'", "the number of the header's line"),
        *(
            (
                f"[dataset]\nid='x'\n[[records]]\ntable='actors'\n[[source.join]]\nfile='{file}'",
                "the name of a file beside the table",
            )
            for file in ("../secret.csv", "/etc/passwd", "..", "C:secret.csv", "a\\b.csv")
        ),
        (
            "[dataset]\nid='x'\n[observations]\nperiod='J'\nmunicipality='a'\nrest={file='../list.csv'}",
            "the name of a file beside the table",
        ),
    ],
)
def test_a_mistake_in_a_map_is_one_clear_error(text: str, expected: str) -> None:
    with pytest.raises(SourceError) as refused:
        parse_map(text, "map.toml")
    assert refused.value.expected.startswith(expected)
    assert refused.value.place.file == "map.toml"


def test_a_map_for_another_table_names_the_missing_column(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="the column Kreis, found 'a, b'"):
        read(write(tmp_path / "map.toml", WIDE), write(tmp_path / "a.csv", "a;b\n1;2\n"))


def test_broken_files_are_one_clear_error(tmp_path: Path) -> None:
    for name, content in {
        "empty.csv": b"", "nul.csv": b"\0" * 100, "broken.parquet": b"PAR1" + b"x" * 100, "broken.xlsx": b"PK\x03\x04xl/",
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SourceError):
            read(tmp_path / name)


def test_every_shipped_map_is_sound_and_tells_its_source() -> None:
    maps = shipped_maps()
    assert len(maps) >= 14
    for each in maps:
        assert each.dataset["title"]
        assert bool(each.recognise) != bool(each.headings)
        assert each.observed is not None or each.targets or each.headings
        if each.observed is not None:
            assert each.dataset["licence"]


@pytest.mark.parametrize("name", ["actors", "offers", "practices"])
def test_a_filled_template_goes_in_without_a_word(tmp_path: Path, name: str) -> None:
    heading = (TEMPLATES / f"{name}.csv").read_text(encoding="utf-8-sig").strip().split(";")
    filled = {
        "Kommune": "08119", "Handlungsfelder": "Schule und schulische Integration; language", "Alter von": "6", "Alter bis": "18",
        "Zielgruppen": "Unbegleitete Minderjährige", "Zuletzt bestätigt am": "31.12.2024", "Finanziert bis": "31.12.2025", "Art": "Jugendamt",
        "Angebotsart": "Beratung", "Ressourcen": "rooms", "Bedarfe": "money", "Herausforderungen": "silo", "Beginn": "1.9.2020",
        "Ende": "31.8.2022", "Stand": "running", "Status": "running", "Nachweis": "documented",
    }  # fmt: skip
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerows([heading, [filled.get(h, f"Text zu {h}") for h in heading]])
    path, table_map = write(tmp_path / "liste.csv", out.getvalue(), "cp1252"), shipped_map_path(name)
    assert table_map is not None
    reading, records, issues = read(path, table_map)
    assert reading.dataset.id == name
    assert issues.counts["guessed-column"] == len(heading), "every heading of a template is known"
    assert not [i for i in issues.examples() if not i.kind.startswith("guessed-")]
    assert ("IN_FIELD", "concept:field.school") in {(t, target) for t, _, target in links(records)}
    assert read(path)[1] == records, "without the map it is recognised by its headings"
    if name == "practices":
        assert ("APPLIED_IN", "practice:text-zu-praxisansatz", "municipality:08119") in links(records)


@pytest.mark.parametrize(
    ("text", "form", "code"),
    [
        ("8119", "district", "08119"), ("08119000", "district", "08119"), ("8119000", "district", "08119"),
        ("1001000", "municipality", "01001000"), ("5", "state", "05"), ("053340002002", "ars", "05334002"),
        ("8119", "ags", "08119"), ("05334002", "", "05334002"), ("E06000001", "", "E06000001"), ("1001.0", "district", "01001"),
    ],
)  # fmt: skip
def test_a_code_gets_back_only_the_zeros_it_surely_lost(text: str, form: str, code: str) -> None:
    assert official_code(text, form) == code


@pytest.mark.parametrize(
    ("text", "form"), [("119", "district"), ("08119001", "district"), ("811", "municipality"), ("Köln", "")]
)
def test_what_is_no_code_stays_none(text: str, form: str) -> None:
    with pytest.raises(GraphServiceError):
        official_code(text, form)


def test_words_become_keys_and_terms() -> None:
    assert slug("Größe & Übergang (Straße)") == "groesse-uebergang-strasse"
    assert slug("lang " * 40 + "a") != slug("lang " * 40 + "b")
    assert term_id("field", "LANGUAGE") == "language"
    assert term_id("actor_kind", "Jugendamt") == "youth-office"
    assert term_id("field", "Astrologie") is None


def test_every_synonym_belongs_to_a_column() -> None:
    import tomllib

    content = tomllib.loads((TEMPLATES.parent / "synonyms.toml").read_text(encoding="utf-8"))
    for table, columns in content.items():
        assert set(columns) <= {c.name for c in TABLES[table].columns}, table


def test_a_map_may_be_named_or_given_as_a_file(tmp_path: Path) -> None:
    table = write(tmp_path / "a.csv", "Verein;Kommune\nA;08119\n")
    for column_map in ("actors", str(shipped_map_path("actors"))):
        reading = TableImporter().mapped(column_map).read([table], Issues())
        assert reading.dataset.id == "actors"
        assert "actor:a-08119" in nodes(list(reading.records))
    for column_map in ("persons", "../actors", str(tmp_path / "absent.toml")):
        with pytest.raises(GraphServiceError):
            TableImporter().mapped(column_map)


LONG = """
[dataset]
id = "lang"
title = "Lang"
[source]
join = [{ file = "orte.csv", on = "nr", key = "id", columns = ["code", "ebene"] }]
[observations]
municipality = { column = "code", forms = { column = "ebene", values = { Kreise = "district", Gemeinden = "municipality" } } }
period = { value = "2024-12-31" }
category = "Titel"
value = "Wert"
zero_is_missing = ["10042"]
[observations.indicators.duldung]
column = "Duldung"
[observations.indicators.gestattung]
column = "Gestattung"
"""


def test_a_map_reads_one_value_a_row_and_codes_from_another_file(tmp_path: Path) -> None:
    write(tmp_path / "orte.csv", "id;code;ebene\n1;8119000;Kreise\n2;10042;Kreise\n3;1001000;Gemeinden\n4;9;Bund\n")
    rows = "nr,Titel,Wert\n1,Duldung,5\n1,Gestattung,0\n2,Duldung,0\n3,Duldung,7\n4,Duldung,9\n5,Duldung,9\n1,Visum,3\n1,Duldung,6\n"
    _, records, issues = read(write(tmp_path / "lang.toml", LONG), write(tmp_path / "lang.csv", rows))
    assert {(m, i): v for (m, i, _), (v, _) in values(records).items()} == {
        ("08119", "duldung"): 5,
        ("08119", "gestattung"): 0,
        ("01001000", "duldung"): 7,
    }, "a zero is a number, but where it means missing"
    assert issues.counts["zero-means-missing"] == 1
    assert issues.counts["other-level"] == 2
    assert {i.place.line for i in issues.examples() if not i.note} == {8, 9}


def test_parquet_is_read_with_the_extra_and_refused_clearly_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    content = {
        "Kreis": ["08119000", "08118000"],
        "Ebene": ["Kreis"] * 2,
        "Jahr": ["2020", "2020"],
        "Quote": [1.5, None],
        "Zahl": [None, 7],
    }
    parquet.write_table(pyarrow.table(content), tmp_path / "a.parquet")
    table_map = write(tmp_path / "map.toml", WIDE)
    found = values(read(table_map, tmp_path / "a.parquet")[1])
    assert found == {("08119", "quote", "2020"): (1.5, ""), ("08118", "zahl", "2020"): (7, "")}
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(SourceError, match="the optional extra 'parquet'"):
        read(table_map, tmp_path / "a.parquet")
