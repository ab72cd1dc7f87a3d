"""Likely duplicates are found with reasons for and against; what is decided is not proposed again, until undone."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_graphs import a, actors, alliances, b, edge, member, projection_of, town

from graph_service.errors import InvalidValue, NotFound
from graph_service.identity import Decisions, keep_apart, merge, undo
from graph_service.keys import municipality_key
from graph_service.model import Actor, Dataset, Edge, EdgeType, Record
from graph_service.projection import Projection, project
from graph_service.store.sqlite_store import SQLiteStore
from matching.duplicates.matcher import CONTRAST, LEAST, PLACE, TOGETHER, URL, WEIGHTS, Duplicate, DuplicateMatcher
from matching.naming.organisations import address, contrast, misspelt, read_name

TODAY = date(2026, 3, 1)
BACKNANG, AACHEN = municipality_key("08119008"), municipality_key("05334002")
TOWNS = (town("08119008", "Backnang"), town("05334002", "Aachen"))
FILL = [
    Actor(key=a(f"fill{i}"), name=name) for i, name in enumerate(("Stadtbücherei", "Tafel", "Musikverein Eintracht"))
]


def seen(
    *names: str, towns: tuple[str, ...] = (), urls: tuple[str, ...] = (), extra: tuple[Record, ...] = ()
) -> Projection:
    """Actors by name, all in Backnang unless said otherwise."""
    where = towns or (BACKNANG,) * len(names)
    records: list[Record] = [*TOWNS, *FILL, *extra]
    for i, name in enumerate(names):
        records.append(Actor(key=a(i), name=name, url=urls[i] if urls else None))
        if where[i]:
            records.append(edge(EdgeType.LOCATED_IN, a(i), where[i]))
    return projection_of(*records)


def suggested(projection: Projection) -> list[tuple[str, str]]:
    return [(each.twin.local, each.key.local) for each in DuplicateMatcher().fit(projection).suggest(limit=99)]


def reason(pair: Duplicate, feature: str) -> float | None:
    return next((c.amount for c in pair.contributions if c.feature == feature), None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Förderverein Flüchtlingshilfe e.V.", "Foerderverein Fluechtlingshilfe"),
        ("Förderverein Flüchtlingshilfe e. V.", "Forderverein Fluchtlingshilfe eV"),
        ("Lernbrücke gGmbH", "LERNBRÜCKE gemeinnützige GmbH"),
        ("Jugendzentrum Treffpunkt 13", "Treffpunkt 13, Jugendzentrum"),
        ("Jugendmigrationsdienst Backnang", "JMD Backnang"),
        ("Jugendzentrum Sonnenschein", "Jugendzentum Sonnenschein"),
        ("Sportkegler-Verein Murrtal", "Sportkeglerverein Murrtal e. V."),
        ("Deutsches Rotes Kreuz Kreisverband Rems-Murr e.V.", "DRK-Kreisverband Rems-Murr"),
        ("Ev. Kirchengemeinde Waldrems", "Evangelische Kirchengemeinde Waldrems"),
    ],
)
def test_one_actor_written_in_two_ways_is_proposed(one, other):
    assert suggested(seen(one, other)) == [("0", "1")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1. Grundschule Waldrems", "2. Grundschule Waldrems"),
        ("Jugendhaus Nord Murrtal", "Jugendhaus Süd Murrtal"),
        ("Grundschule Waldrems", "Förderverein Grundschule Waldrems"),
        ("Evangelische Kirchengemeinde Waldrems", "Katholische Kirchengemeinde Waldrems"),
        ("Mozartschule", "Schillerschule"),
        ("DRK Kreisverband Rems-Murr", "DRK Kreisverband Ludwigsburg"),
    ],
)
def test_names_that_only_look_alike_are_not_proposed(one, other):
    assert suggested(seen(one, other)) == []


def test_the_same_name_elsewhere_counts_against():
    here = DuplicateMatcher().fit(seen("Tafelladen Sonnenblick", "Tafelladen Sonnenblick")).explain(a(0), a(1))
    there = (
        DuplicateMatcher()
        .fit(seen("Tafelladen Sonnenblick", "Tafelladen Sonnenblick", towns=(BACKNANG, AACHEN)))
        .explain(a(0), a(1))
    )
    assert reason(here, PLACE) == WEIGHTS[PLACE]
    amount = reason(there, PLACE)
    assert amount is not None
    assert amount < 0


def test_an_unknown_place_counts_neither_way_and_lowers_the_coverage():
    known = DuplicateMatcher().fit(seen("Lernbrücke", "Lernbrücke")).explain(a(0), a(1))
    unknown = DuplicateMatcher().fit(seen("Lernbrücke", "Lernbrücke", towns=(BACKNANG, ""))).explain(a(0), a(1))
    assert reason(unknown, PLACE) == 0
    assert unknown.coverage < known.coverage


def test_the_same_address_of_another_name_is_looked_at_and_a_common_site_counts_little():
    same = seen("Verein A-Z", "Xylophon", urls=("https://www.Beispiel.de/", "http://beispiel.de/index.html"))
    site = seen("Verein A-Z", "Xylophon", urls=("https://beispiel.de/a", "https://beispiel.de/b"))
    pairs = [DuplicateMatcher().fit(each).explain(a(0), a(1)) for each in (same, site)]
    assert [reason(pair, URL) for pair in pairs] == [WEIGHTS[URL], pytest.approx(0.05)]


def test_two_records_in_one_alliance_are_less_likely_the_same():
    extra = (*alliances(1), member(a(0), b(0)), member(a(1), b(0)))
    pair = DuplicateMatcher().fit(seen("Lernbrücke", "Lernbrücke", extra=extra)).explain(a(0), a(1))
    amount = reason(pair, TOGETHER)
    assert amount is not None
    assert amount < 0


def test_what_tells_two_apart_is_named_with_both_sides():
    pair = DuplicateMatcher().fit(seen("Jugendhaus Nord", "Jugendhaus Süd")).explain(a(0), a(1))
    found = next(c for c in pair.contributions if c.feature == CONTRAST)
    assert (found.own, found.other) == ("nord", "sued")


LAW = settings(deadline=None, max_examples=50)

WORDS = st.sampled_from(
    [
        "Förderverein",
        "Foerderverein",
        "e.V.",
        "gGmbH",
        "Nord",
        "Süd",
        "1",
        "2",
        "Lernbrücke",
        "Ev.",
        "Kita",
        "",
        "ß",
        "–",
    ]
)
NAMES = st.lists(WORDS, max_size=4).map(" ".join)


@LAW
@given(st.lists(st.tuples(NAMES, st.sampled_from(["", BACKNANG, AACHEN])), min_size=2, max_size=6))
def test_every_score_is_the_sum_of_its_reasons_and_ties_go_by_key(drawn):
    projection = seen(*(name for name, _ in drawn), towns=tuple(place for _, place in drawn))
    found = DuplicateMatcher(0.0).fit(projection).suggest(limit=99)
    for each in found:
        assert each.score == pytest.approx(sum(c.amount for c in each.contributions))
        assert 0 <= each.score <= 1
        assert each.twin < each.key
        assert list(each.contributions) == sorted(each.contributions, key=lambda c: -c.amount)
        assert 0 <= each.coverage <= 1
    assert found == sorted(found, key=lambda each: (-round(each.score, 9), each.twin, each.key))


@LAW
@given(NAMES, NAMES)
def test_likeness_of_names_does_not_depend_on_their_order(one, other):
    forth, back = (
        DuplicateMatcher().fit(seen(*names)).explain(a(0), a(1)).score for names in ((one, other), (other, one))
    )
    assert forth == pytest.approx(back)


def test_names_and_addresses_are_read_without_what_does_not_matter():
    assert read_name("Arbeiterwohlfahrt Kreisverband Rems-Murr e.V.").words == (
        "arbeiterwohlfahrt",
        "kreisverband",
        "rems",
        "murr",
    )
    assert read_name("e.V.").words == ("e", "v")
    assert address("https://user@www.Verein.de:443/Seite/index.html") == "verein.de/Seite"
    assert address("keine Adresse") == ""
    assert misspelt("jugendzentrum", "jugendzentum") > 0.9
    assert misspelt("nord", "nort") == 0
    assert contrast(read_name("Grundschule"), read_name("Grunschule")) is None


def test_bodies_that_the_law_tells_apart_are_not_proposed():
    names = (
        "Jobcenter Landkreis Neustadt a.d.Aisch-Bad Windsheim",
        "Jugendamt Landkreis Neustadt a.d.Aisch-Bad Windsheim",
    )
    kinds = "job-centre", "youth-office"

    def of(law: str | None, kinds: tuple[str, ...]) -> list[tuple[str, str]]:
        bodies = [
            Actor(key=a(i), name=name, kind=kind, legal_basis=law)
            for i, (name, kind) in enumerate(zip(names, kinds, strict=True))
        ]
        places = [edge(EdgeType.LOCATED_IN, a(i), BACKNANG) for i in range(2)]
        ranker = DuplicateMatcher(least=0.2).fit(projection_of(*TOWNS, *FILL, *bodies, *places))
        return [(each.twin.local, each.key.local) for each in ranker.suggest() if each.key.local in "01"]

    assert of("SGB", kinds) == []
    assert of(None, kinds) == [("0", "1")], "of others the names alone decide"
    assert of("SGB", ("youth-office",) * 2) == [("0", "1")]


def test_questions_about_one_actor_show_its_pairs_alone_and_strangers_are_not_found():
    ranker = DuplicateMatcher().fit(seen("Lernbrücke", "Lernbrücke e.V.", "Sprachcafé Mitte", "Sprachcafe Mitte"))
    assert [(p.twin, p.key) for p in ranker.suggest(a(3))] == [(a(2), a(3))]
    with pytest.raises(NotFound):
        ranker.suggest(a(99))


def test_nobody_to_compare_means_no_pairs():
    assert DuplicateMatcher().fit(projection_of()).suggest() == []
    assert DuplicateMatcher().fit(projection_of(*actors(1))).suggest() == []


# --- decisions ---


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SQLiteStore]:
    store = SQLiteStore(tmp_path / "test.db")
    names = [Actor(key=a(i), name="Lernbrücke gGmbH") for i in range(3)]
    towns = [edge(EdgeType.LOCATED_IN, a(i), BACKNANG) for i in range(3)]
    store.write(lambda tx: tx.replace(Dataset(id="test", title="Test"), [*TOWNS, *FILL, *names, *towns]))
    yield store
    store.close()


def proposed(store: SQLiteStore) -> set[tuple[str, str]]:
    return set(suggested(project(store)))


def test_a_decision_ends_the_proposal_and_undoing_it_brings_it_back(store):
    everything = {("0", "1"), ("0", "2"), ("1", "2")}
    assert proposed(store) == everything
    for decide in (merge, keep_apart):
        store.write(lambda tx, decide=decide: decide(tx, a(1), a(0), TODAY))
        assert ("0", "1") not in proposed(store)
        store.write(lambda tx: undo(tx, a(0), a(1)))
        assert proposed(store) == everything


def test_the_same_as_the_same_is_the_same_and_different_from_one_is_different_from_both(store):
    store.write(lambda tx: merge(tx, a(1), a(0), TODAY, "gleiche Anschrift"))
    assert proposed(store) == {("0", "2"), ("1", "2")}
    store.write(lambda tx: keep_apart(tx, a(2), a(1), TODAY))
    assert proposed(store) == set()
    decisions = Decisions.of(project(store))
    assert decisions.whole == {a(1): a(0)}
    assert decisions.apart == {(a(0), a(2))}


def test_a_merge_keeps_every_claim_and_is_itself_one_that_is_dated_and_explained(store):
    before = store.read(lambda reader: reader.claims(a(1)))
    store.write(lambda tx: merge(tx, a(1), a(0), TODAY, "gleiche Anschrift"))
    assert store.read(lambda reader: reader.claims(a(1))) == before
    claimed = [c.record for c in store.read(lambda reader: list(reader.claimed("curated")))]
    assert claimed == [Edge(EdgeType.SAME_AS, a(1), a(0), {"on": TODAY, "reason": "gleiche Anschrift"})]


def test_a_second_decision_replaces_the_first(store):
    store.write(lambda tx: merge(tx, a(1), a(0), TODAY))
    store.write(lambda tx: keep_apart(tx, a(1), a(0), TODAY))
    claimed = [c.record for c in store.read(lambda reader: list(reader.claimed("curated")))]
    assert [(edge.type, edge.source, edge.target) for edge in claimed] == [(EdgeType.DIFFERENT_FROM, a(0), a(1))]


def test_merging_in_a_circle_still_leaves_one_that_stands_for_all(store):
    for one, other in ((0, 1), (1, 2), (2, 0)):
        store.write(lambda tx, one=one, other=other: merge(tx, a(one), a(other), TODAY))
    assert proposed(store) == set()
    assert len(set(Decisions.of(project(store)).whole.values())) == 1


def test_what_cannot_be_decided_is_refused_and_changes_nothing(store):
    revision = store.read(lambda reader: reader.revision())
    with pytest.raises(InvalidValue):
        store.write(lambda tx: merge(tx, a(0), a(0), TODAY))
    with pytest.raises(NotFound):
        store.write(lambda tx: merge(tx, a(0), a(99), TODAY))
    with pytest.raises(NotFound):
        store.write(lambda tx: undo(tx, a(0), a(1)))
    assert store.read(lambda reader: reader.revision()) == revision


def test_what_another_dataset_says_is_not_taken_back_by_hand(store):
    said = Edge(EdgeType.SAME_AS, a(1), a(0))
    store.write(lambda tx: tx.replace(Dataset(id="register", title="Register"), [said]))
    assert ("0", "1") not in proposed(store)
    with pytest.raises(NotFound):
        store.write(lambda tx: undo(tx, a(0), a(1)))


def test_the_threshold_is_the_callers(store):
    assert DuplicateMatcher(least=LEAST).fit(project(store)).suggest()
    assert DuplicateMatcher(least=0.99).fit(project(store)).suggest() == []
