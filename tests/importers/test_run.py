"""An import is checked as a whole before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from graph_service.errors import InvalidPackage, InvalidValue, NotFound, Place, SourceError
from graph_service.keys import Label, NodeKey, concept_key, indicator_key, municipality_key
from graph_service.model import (
    Actor,
    Boundary,
    Dataset,
    Edge,
    EdgeType,
    Indicator,
    Municipality,
    ObservationTable,
    Record,
)
from graph_service.store.sqlite_store import SQLiteStore
from importers.contract import Issues, Progress, Reading, silent
from importers.run import UNKNOWN, run

KREIS, STADT = municipality_key("08119"), municipality_key("08119008")
FAKE = Dataset(id="fake", title="Fake")
RENT = Indicator(key=indicator_key("rent"), name="Miete")


@dataclass
class Fake:
    """An importer of given records."""

    records: Sequence[Record]
    dataset: Dataset = FAKE
    must_be_whole: bool = False
    breaks: bool = False
    id: str = "fake"

    def read(self, paths: Sequence[Path], issues: Issues, progress: Progress = silent) -> Reading:
        def records() -> "list[Record]":
            if self.breaks:
                raise SourceError("a whole file", "an end in the middle", Place(file="x.csv"))
            return list(self.records)

        return Reading(self.dataset, records(), must_be_whole=self.must_be_whole)


@pytest.fixture
def store(tmp_path: Path) -> SQLiteStore:
    store = SQLiteStore(tmp_path / "kompass.db")
    run(Fake([_kreis()], Dataset(id="register", title="Register")), [], store)
    return store


def _kreis() -> Municipality:
    return Municipality(key=KREIS, name="Rems-Murr-Kreis")


def _values(*codes: str) -> ObservationTable:
    return ObservationTable(
        codes, ["rent"] * len(codes), ["2022"] * len(codes), np.arange(len(codes)) + 1.0, [""] * len(codes)
    )


def test_rows_of_unknown_municipalities_are_skipped_and_reported_with_the_nearest_known(store: SQLiteStore) -> None:
    report = run(Fake([RENT, _values("08119", "08118", "08118")]), [], store)
    assert report.changes.new == 2  # the indicator and one value
    assert report.issues.counts[UNKNOWN] == 2
    (issue,) = report.issues.kept[UNKNOWN]
    assert (issue.found, issue.suggestion) == ("municipality:08118", "municipality:08119")


def test_the_nearest_key_is_alike_as_a_whole_and_not_a_mere_part(store: SQLiteStore) -> None:
    run(Fake([Municipality(key=municipality_key("05"), name="Nordrhein-Westfalen")]), [], store)
    report = run(Fake([RENT, _values("010585830")]), [], store)
    assert report.issues.kept[UNKNOWN][0].suggestion == ""


def test_edges_and_boundaries_that_point_nowhere_are_skipped(store: SQLiteStore) -> None:
    loose: list[Record] = [
        Edge(EdgeType.PART_OF, STADT, KREIS),
        Boundary(STADT, "{}"),
        Municipality(key=STADT, population=1),
    ]
    report = run(Fake([*loose, RENT]), [], store)
    assert report.changes.new == 1
    assert report.issues.counts[UNKNOWN] == 3


def test_records_that_are_named_in_the_same_import_are_known(store: SQLiteStore) -> None:
    report = run(Fake([Edge(EdgeType.PART_OF, STADT, KREIS), Municipality(key=STADT, name="Backnang")]), [], store)
    assert report.changes.new == 2
    assert not report.issues.counts


def test_what_only_the_dataset_itself_named_before_is_not_known_once_it_retires(store: SQLiteStore) -> None:
    run(Fake([Municipality(key=STADT, name="Backnang")]), [], store)
    report = run(Fake([RENT, Edge(EdgeType.PART_OF, STADT, KREIS)]), [], store)
    assert report.issues.counts[UNKNOWN] == 1


def test_a_source_that_must_be_whole_is_refused_with_every_unknown_key(store: SQLiteStore) -> None:
    with pytest.raises(InvalidPackage) as caught:
        run(Fake([RENT, _values("08118", "08117")], must_be_whole=True), [], store)
    assert [problem.found for problem in caught.value.problems] == ["municipality:08117", "municipality:08118"]
    assert len(store.read(lambda reader: reader.datasets())) == 1


def test_a_file_that_breaks_off_leaves_everything_as_it_was(store: SQLiteStore) -> None:
    before = store.read(lambda reader: reader.revision())
    with pytest.raises(SourceError):
        run(Fake([RENT], breaks=True), [], store)
    assert store.read(lambda reader: reader.revision()) == before


def test_a_file_without_a_usable_record_is_refused(store: SQLiteStore) -> None:
    with pytest.raises(SourceError):
        run(Fake([]), [], store)


def test_a_dry_run_tells_what_it_would_do_and_does_nothing(store: SQLiteStore) -> None:
    report = run(Fake([RENT, _values("08119")]), [], store, dry_run=True)
    assert (report.changes.new, report.dry_run) == (2, True)
    assert store.read(lambda reader: reader.keys(Label.INDICATOR)) == set()


def test_importing_twice_changes_nothing_the_second_time(store: SQLiteStore) -> None:
    importer = Fake([RENT, _values("08119")])
    reports = [run(importer, [], store) for _ in range(2)]
    assert [report.changes.total for report in reports] == [2, 0]
    assert reports[1].changes.unchanged == 2


def test_the_caller_may_name_the_dataset(store: SQLiteStore) -> None:
    run(Fake([RENT]), [], store, dataset_id="mieten-2022")
    store.write(lambda tx: tx.drop("mieten-2022"))
    with pytest.raises(NotFound):
        store.read(lambda reader: reader.node(RENT.key))


def test_issues_count_beyond_what_they_keep() -> None:
    issues = Issues(keep=2)
    for line in range(5):
        issues.add(InvalidValue("a number", "viele"), Place(line=line))
    assert (issues.counts["invalid-value"], len(issues.examples()), issues.skipped) == (5, 2, 5)


def test_terms_of_the_shipped_vocabularies_come_with_whoever_uses_them(store: SQLiteStore) -> None:
    club = Actor(key=NodeKey.of(Label.ACTOR, "club"), name="Verein")
    about = [Edge(EdgeType.IN_FIELD, club.key, concept_key("field", id)) for id in ("language", "langage")]
    report = run(Fake([club, *about]), [], store)
    assert report.issues.counts == {UNKNOWN: 1}
    assert report.changes.new == 2
    assert store.read(lambda reader: reader.edges_of(club.key)) == about[:1]
    assert store.read(lambda reader: reader.node(about[0].target)).name == "Sprache und Verständigung"
    assert run(Fake([club, *about]), [], store).changes.total == 0
    assert store.read(lambda reader: reader.revision()) == 2


def test_an_import_stands_in_the_journal_as_one(store: SQLiteStore) -> None:
    assert [line.signature.origin for line in store.read(lambda reader: reader.journal())] == ["import"]


def test_what_is_noticed_again_without_a_line_is_counted_and_told_once():
    issues = Issues()
    for place in (Place(column="kind"), Place(column="kind"), Place(line=2), Place(line=3)):
        issues.note("unknown-term", "a term", "Verein", place)
    assert issues.counts["unknown-term"] == 4
    assert [issue.place.line for issue in issues.examples()] == [None, 2, 3]
