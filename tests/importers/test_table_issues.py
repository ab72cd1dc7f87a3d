"""What the importer of own lists says of mistakes: with the list's own headings and lines, and what is near."""

from pathlib import Path

import pytest
from list_files import links, read, write

from graph_service.errors import Place, SourceError
from graph_service.keys import Label, NodeKey, municipality_key
from graph_service.model import Municipality
from graph_service.store.sqlite_store import SQLiteStore
from importers.contract import Issue, Reading
from importers.nearest import near_terms
from importers.run import run
from importers.table.importer import TableImporter

LIST = (
    "Träger;Art der Einrichtung;Kreisschlüssel;Handlungsfelder;Bestätigt am\n"
    "Haus Süd;Verband der Gärtner;8119;Spracherwerb, Freizeit, Sport, Kultur;1.3.2024\n"
    ";Jugendamt;08119;language;\n"
    "Haus Nord;Jugendamt;Waiblingen;sprachkurs;1.13.2024\n"
)


def issue_at(issues: list[Issue], line: int, column: str) -> Issue:
    (found,) = [i for i in issues if (i.place.line, i.place.column) == (line, column)]
    return found


def test_an_unknown_term_is_left_out_with_its_line_and_what_is_near_and_the_rest_stays(tmp_path: Path) -> None:
    _, records, issues = read(write(tmp_path / "a.csv", LIST.replace("Freizeit, Sport, Kultur", "school")))
    found = issue_at(issues.examples(), 2, "Handlungsfelder")
    assert (found.kind, found.found, found.expected) == (
        "unknown-term",
        "Spracherwerb",
        "a term of the vocabulary field",
    )
    assert (found.suggestion, found.row_kept) == ("concept:field.language", True)
    assert ("IN_FIELD", "actor:haus-sued-08119", "concept:field.school") in links(records), "one of two is kept"


def test_a_kind_that_is_no_term_is_noted_where_it_stands(tmp_path: Path) -> None:
    _, _, issues = read(write(tmp_path / "a.csv", LIST))
    found = issue_at(issues.examples(), 2, "Art der Einrichtung")
    assert (found.found, found.note, found.place.file) == ("Verband der Gärtner", True, "a.csv")
    assert found.expected == "a term of the vocabulary actor kind; the text is kept"


def test_only_a_row_that_is_left_out_counts_as_skipped(tmp_path: Path) -> None:
    _, _, issues = read(write(tmp_path / "a.csv", LIST))
    assert issues.skipped == 1
    row, cell = issue_at(issues.examples(), 3, "Träger"), issue_at(issues.examples(), 4, "Bestätigt am")
    assert (row.expected, row.row_kept, cell.row_kept) == ("a name", False, True)


def test_what_was_left_out_stands_before_what_was_only_noted(tmp_path: Path) -> None:
    _, _, issues = read(write(tmp_path / "a.csv", LIST))
    notes = [issue.note for issue in issues.examples() if not issue.kind.startswith("unknown")]
    assert notes == sorted(notes)


def test_what_nobody_knows_is_reported_where_the_list_names_it(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "k.db")
    town = Municipality(key=municipality_key("08119"), name="Rems-Murr-Kreis")
    store.write(lambda tx: tx.put(town))
    report = run(TableImporter(), [write(tmp_path / "a.csv", LIST)], store)
    store.close()
    unknown = [i for i in report.issues.examples() if i.place.line == 4 and i.kind.startswith("unknown-")]
    assert {(i.place, i.found) for i in unknown} == {
        (Place(file="a.csv", line=4, column="Kreisschlüssel"), "Waiblingen"),
        (Place(file="a.csv", line=4, column="Handlungsfelder"), "sprachkurs"),
    }
    assert {i.suggestion for i in unknown} == {"", "concept:field.language"}
    assert all(i.row_kept for i in unknown)


def test_a_row_of_relations_without_an_end_says_which_heading(tmp_path: Path) -> None:
    _, _, issues = read(write(tmp_path / "m.csv", "Mitglied;Bündnis;Rolle\nHaus Süd;;\nHaus Süd;Runder Tisch;\n"))
    found = issue_at(issues.examples(), 2, "Bündnis")
    assert (found.expected, found.row_kept) == ("a value for alliance", False)


def test_a_missing_column_is_told_with_the_headings_that_are_there(tmp_path: Path) -> None:
    table_map = '[dataset]\nid="x"\n[[records]]\ntable="actors"\n[records.columns]\nname="Verein"\n'
    with pytest.raises(SourceError) as refused:
        read(write(tmp_path / "m.toml", table_map), write(tmp_path / "a.csv", "Träger;Ort\na;b\n"))
    assert (refused.value.expected, refused.value.found) == ("the column Verein", "Träger, Ort")


def test_headings_that_say_nothing_are_told_with_their_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as refused:
        read(write(tmp_path / "a.csv", "\nStraße;Ort\nHauptstr. 1;Backnang\n"))
    assert (refused.value.found, refused.value.place.line) == ("Straße, Ort", 2)


def test_places_are_kept_for_what_lists_refer_to_alone(tmp_path: Path) -> None:
    reading, _, _ = read(write(tmp_path / "a.csv", LIST))
    assert isinstance(reading, Reading)
    assert [p.line for p in reading.mentions(municipality_key("08119"))] == [2, 3]
    assert not reading.mentions(NodeKey.of(Label.ACTOR, "haus-sued-08119"))


@pytest.mark.parametrize(
    ("kind", "text", "near"),
    [
        ("field", "Spracherwerb", "concept:field.language"),
        ("target_group", "Eltern", "concept:target_group.parents"),
        ("field", "Unsinn 3", ""),
        ("field", "x", ""),
        ("nothing", "Sprache", ""),
    ],
)
def test_near_terms_are_found_by_label_or_beginning(kind: str, text: str, near: str) -> None:
    assert near_terms(kind, text) == near
