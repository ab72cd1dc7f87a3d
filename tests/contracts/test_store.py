"""What every store promises, asked of each."""

import math
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from neo4j_server import Address

from graph_service.errors import NotFound, StoreError
from graph_service.keys import Label, NodeKey, indicator_key, municipality_key
from graph_service.model import (
    CURATED,
    Actor,
    Alliance,
    Boundary,
    Concept,
    Dataset,
    Edge,
    EdgeType,
    Indicator,
    Level,
    Municipality,
    ObservationTable,
    Offer,
    Series,
    Visibility,
)
from graph_service.store.contract import Changes, Claimed, GraphStore, Reader, Writer
from graph_service.store.copy import copy_store
from graph_service.store.open import open_store

AACHEN, TRIER, KOELN = (municipality_key(code) for code in ("05334002", "07211000", "05315000"))
NAN = float("nan")

REGISTER = Dataset(id="register", title="Gemeindeverzeichnis", publisher="Destatis", precedence=50)
LIST = Dataset(id="list", title="Liste des Landkreises Böblingen", precedence=80, retrieved_on=date(2024, 2, 29))

aachen = Municipality(key=AACHEN, name="Aachen", level=Level.MUNICIPALITY, population=252_769, area_km2=160.85)
trier = Municipality(key=TRIER, name="Trier", level=Level.MUNICIPALITY)
koeln = Municipality(key=KOELN, name="Köln", kind="kreisfreie Stadt", valid_from=date(1975, 1, 1))
kids = Indicator(key=indicator_key("kids"), name="Kinder", polarity=0)
part_of = Edge(EdgeType.PART_OF, AACHEN, KOELN, {"since": date(2009, 10, 21)})


def put_in(store: GraphStore, dataset: Dataset, *records: object) -> Changes:
    return store.write(lambda tx: tx.replace(dataset, records))


def observations(*rows: tuple[str, str, str, float, str]) -> ObservationTable:
    municipality, indicator, period, value, flag = ([row[i] for row in rows] for i in range(5))
    return ObservationTable(municipality, indicator, period, np.array(value, dtype=float), flag)


def text(series: Series) -> str:
    """A series as text, because NaN is never equal to itself."""
    return repr(series)


def whole(store: GraphStore) -> dict[str, object]:
    """Everything a store holds and shows, comparable with another's."""

    def look(reader: Reader) -> dict[str, object]:
        datasets = reader.datasets()
        return {
            "datasets": [(status.dataset, status.counts) for status in datasets],
            "claimed": [[repr(c) for c in reader.claimed(status.dataset.id)] for status in datasets],
            "nodes": list(reader.nodes()),
            "edges": list(reader.edges()),
            "series": [text(s) for s in reader.series()],
            "boundaries": list(reader.boundaries()),
        }

    return store.read(look)


# --- an empty store


def test_an_empty_store_shows_nothing_and_stands_at_revision_zero(store: GraphStore) -> None:
    assert store.read(lambda tx: tx.revision()) == 0
    assert whole(store) == {kind: [] for kind in ("datasets", "claimed", "nodes", "edges", "series", "boundaries")}
    assert store.read(lambda tx: tx.keys()) == set()
    assert store.read(lambda tx: tx.edges_of(AACHEN)) == []
    assert store.read(lambda tx: tx.claims(AACHEN)) == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda tx: tx.node(AACHEN),
        lambda tx: list(tx.claimed("nobody")),
        lambda tx: tx.drop("nobody"),
        lambda tx: tx.remove(AACHEN),
        lambda tx: tx.remove(part_of),
    ],
    ids=["node", "claimed", "drop", "remove node", "remove edge"],
)
def test_asking_for_what_is_not_there_says_so_and_changes_nothing(
    store: GraphStore, ask: Callable[[Writer], object]
) -> None:
    with pytest.raises(NotFound):
        store.write(ask)
    assert store.read(lambda tx: (tx.revision(), tx.datasets())) == (0, [])


def test_a_store_opened_again_holds_what_was_written(opened: Callable[[], GraphStore]) -> None:
    first = opened()
    put_in(first, REGISTER, aachen, trier, part_of, koeln, kids, observations(("05334002", "kids", "2020", 1.5, "")))
    before = whole(first)
    first.close()
    assert whole(opened()) == before


def test_the_address_names_the_store_without_a_password(store: GraphStore, address: Address) -> None:
    assert store.url == address.url


# --- replacing a dataset


def test_replacing_by_the_same_changes_nothing_and_no_revision(store: GraphStore) -> None:
    records = (
        aachen,
        koeln,
        kids,
        part_of,
        Boundary(AACHEN, '{"type":"Point","coordinates":[6.1,50.8]}', date(2021, 1, 1)),
        observations(("05334002", "kids", "2019", NAN, "."), ("05334002", "kids", "2020", 3.25, "")),
    )
    assert put_in(store, REGISTER, *records) == Changes(new=7)
    before, revision = whole(store), store.read(lambda tx: tx.revision())
    assert put_in(store, REGISTER, *records) == Changes(unchanged=7)
    assert (whole(store), store.read(lambda tx: tx.revision())) == (before, revision)
    assert revision == 1


def test_changes_are_counted_by_what_happened_to_each_claim(store: GraphStore) -> None:
    put_in(
        store,
        REGISTER,
        aachen,
        trier,
        koeln,
        kids,
        part_of,
        observations(
            ("05334002", "kids", "2018", 1, ""),
            ("05334002", "kids", "2019", 2, ""),
            ("07211000", "kids", "2019", 5, ""),
        ),
    )
    changes = put_in(
        store,
        REGISTER,
        replace(aachen, population=1),  # changed
        koeln,  # unchanged
        kids,  # unchanged
        Actor(key=NodeKey("actor:a"), name="Initiative"),  # new; trier retired
        replace(part_of, properties={"since": date(2010, 1, 1)}),  # changed: `since` does not tell PART_OF edges apart
        observations(
            ("05334002", "kids", "2019", 2, "e"),  # changed: the flag
            ("05334002", "kids", "2020", 4, ""),  # new; 2018 retired
            ("07211000", "kids", "2019", 5, ""),  # unchanged
        ),
    )
    assert changes == Changes(new=2, changed=3, unchanged=3, retired=2)
    assert store.read(lambda tx: tx.node(AACHEN)) == replace(aachen, population=1)
    assert store.read(lambda tx: tx.keys(Label.MUNICIPALITY)) == {AACHEN, KOELN}
    assert [text(s) for s in store.read(lambda tx: list(tx.series(AACHEN)))] == [
        text(Series(AACHEN, kids.key, ("2019", "2020"), (2.0, 4.0), ("e", "")))
    ]


def test_of_records_with_the_same_identity_the_last_counts(store: GraphStore) -> None:
    other = replace(part_of, properties={"since": date(1999, 1, 1)})
    changes = put_in(
        store,
        REGISTER,
        replace(aachen, name="Aken"),
        aachen,
        koeln,
        kids,
        other,
        part_of,
        observations(("05334002", "kids", "2020", 1, "")),
        observations(("05334002", "kids", "2020", 2, "e"), ("05334002", "kids", "2020", 3, "")),
    )
    assert changes == Changes(new=5)
    assert store.read(lambda tx: tx.node(AACHEN)) == aachen
    assert store.read(lambda tx: list(tx.edges())) == [part_of]
    assert [s.values for s in store.read(lambda tx: list(tx.series()))] == [(3.0,)]


def test_a_dataset_that_shrinks_retires_only_its_own_claims(store: GraphStore) -> None:
    table = observations(("05334002", "kids", "2020", 1, ""))
    put_in(store, REGISTER, aachen, koeln, trier, kids, part_of, table, Boundary(TRIER, "{}"))
    put_in(store, LIST, aachen, replace(trier, kind="Stadt"), part_of, table, Boundary(TRIER, "{}"))
    assert put_in(store, REGISTER, koeln, kids) == Changes(unchanged=2, retired=5)
    assert store.read(lambda tx: tx.keys(Label.MUNICIPALITY)) == {AACHEN, TRIER, KOELN}
    assert store.read(lambda tx: [c.dataset for c in tx.claims(AACHEN)]) == ["list"]
    assert store.read(lambda tx: list(tx.edges())) == [part_of]
    assert [s.municipality for s in store.read(lambda tx: list(tx.series()))] == [AACHEN]
    assert [b.municipality for b in store.read(lambda tx: list(tx.boundaries()))] == [TRIER]


def test_a_dataset_emptied_stays_and_claims_nothing(store: GraphStore) -> None:
    put_in(store, REGISTER, aachen, koeln, part_of)
    assert put_in(store, REGISTER) == Changes(retired=3)
    assert [(s.dataset, s.counts) for s in store.read(lambda tx: tx.datasets())] == [(REGISTER, {})]
    assert store.read(lambda tx: list(tx.nodes())) == []


def test_datasets_are_listed_as_they_are_believed_with_their_counts(store: GraphStore) -> None:
    before = datetime.now(UTC)
    put_in(store, LIST, aachen, koeln, part_of, Boundary(AACHEN, "{}"))
    put_in(store, REGISTER, observations(("05334002", "kids", "2020", 1, ""), ("05334002", "kids", "2021", 1, "")))
    first, second = store.read(lambda tx: tx.datasets())
    assert (first.dataset, first.counts) == (REGISTER, {"series": 1})
    assert (second.dataset, second.counts) == (LIST, {"node": 2, "edge": 1, "boundary": 1})
    assert before <= second.updated_at <= first.updated_at <= datetime.now(UTC)


def test_new_words_about_a_dataset_are_kept_though_its_records_are_the_same(store: GraphStore) -> None:
    put_in(store, LIST, aachen)
    assert put_in(store, replace(LIST, title="Neue Liste", retrieved_on=None), aachen) == Changes(unchanged=1)
    assert store.read(lambda tx: tx.datasets())[0].dataset == replace(LIST, title="Neue Liste", retrieved_on=None)
    assert store.read(lambda tx: tx.revision()) == 2


# --- several datasets


def test_datasets_that_disagree_are_both_kept_and_precedence_decides_property_by_property(store: GraphStore) -> None:
    put_in(store, LIST, replace(aachen, name="Stadt Aachen", kind="Stadt", population=None, area_km2=161.0))
    put_in(store, REGISTER, aachen)
    assert store.read(lambda tx: tx.node(AACHEN)) == replace(aachen, kind="Stadt")
    says = store.read(lambda tx: [(c.dataset, c.properties["name"]) for c in tx.claims(AACHEN)])
    assert says == [("register", "Aachen"), ("list", "Stadt Aachen")]


def test_dropping_a_dataset_reveals_what_another_says(store: GraphStore) -> None:
    table = observations(("05334002", "kids", "2020", 1, ""))
    put_in(store, LIST, replace(aachen, name="Stadt Aachen"), kids, Boundary(AACHEN, '{"list":1}'))
    put_in(store, REGISTER, aachen, koeln, part_of, table, Boundary(AACHEN, '{"register":1}'))
    assert store.write(lambda tx: tx.drop("register")) == Changes(retired=5)
    assert store.read(lambda tx: tx.node(AACHEN)).name == "Stadt Aachen"
    assert store.read(lambda tx: [s.dataset.id for s in tx.datasets()]) == ["list"]
    assert store.read(lambda tx: (list(tx.edges()), list(tx.series()))) == ([], [])
    assert [b.geometry for b in store.read(lambda tx: list(tx.boundaries()))] == ['{"list":1}']


def test_a_dataset_that_is_believed_later_from_now_on_gives_way(store: GraphStore) -> None:
    put_in(store, LIST, replace(aachen, name="Stadt Aachen"))
    put_in(store, REGISTER, aachen)
    assert put_in(store, replace(REGISTER, precedence=90), aachen) == Changes(unchanged=1)
    assert store.read(lambda tx: tx.node(AACHEN)).name == "Stadt Aachen"
    assert store.read(lambda tx: [n.name for n in tx.nodes()]) == ["Stadt Aachen"]
    assert store.read(lambda tx: [c.dataset for c in tx.claims(AACHEN)]) == ["list", "register"]


def test_datasets_of_equal_precedence_are_believed_by_their_ids(store: GraphStore) -> None:
    for id in ("b", "a", "c"):
        put_in(store, Dataset(id=id, title=id), replace(aachen, name=id))
    assert store.read(lambda tx: tx.node(AACHEN)).name == "a"
    store.write(lambda tx: tx.drop("a"))
    assert store.read(lambda tx: tx.node(AACHEN)).name == "b"


def test_contested_is_what_several_datasets_speak_of_with_what_each_says(store: GraphStore) -> None:
    put_in(store, LIST, replace(aachen, name="Stadt Aachen"), replace(trier, kind="Stadt"))
    assert store.read(lambda tx: list(tx.contested())) == []
    put_in(store, REGISTER, aachen)
    assert store.read(lambda tx: list(tx.contested())) == [(AACHEN, store.read(lambda tx: tx.claims(AACHEN)))]
    assert [c.dataset for c in store.read(lambda tx: list(tx.contested()))[0][1]] == ["register", "list"]
    put_in(store, REGISTER, aachen, Municipality(key=TRIER, kind="x"))
    assert [key for key, _ in store.read(lambda tx: list(tx.contested()))] == [AACHEN, TRIER]


def test_claims_say_who_says_what_since_when(store: GraphStore) -> None:
    start = datetime.now(UTC)
    put_in(store, REGISTER, aachen, trier)
    between = datetime.now(UTC)
    put_in(store, LIST, Municipality(key=AACHEN, kind="Stadt", visibility=Visibility.PEERS))
    put_in(store, REGISTER, aachen, replace(trier, kind="x"))
    register, other = store.read(lambda tx: tx.claims(AACHEN))
    assert (register.dataset, other.dataset) == ("register", "list")
    assert dict(other.properties) == {"kind": "Stadt", "visibility": "peers"}
    assert dict(register.properties) == {
        "name": "Aachen",
        "level": "municipality",
        "population": 252_769,
        "area_km2": 160.85,
    }
    assert start <= register.since <= between <= other.since, "an unchanged claim keeps its time"
    assert between <= store.read(lambda tx: tx.claims(TRIER))[0].since, "a changed claim gets a new one"
    assert register.since.tzinfo is not None


def test_a_node_that_nobody_names_is_hidden_until_somebody_does(store: GraphStore) -> None:
    nameless = replace(aachen, name=None)
    put_in(store, REGISTER, nameless, koeln, kids, part_of, Boundary(AACHEN, "{}"))
    put_in(store, LIST, observations(("05334002", "kids", "2020", 1, "")))
    hidden = store.read(lambda tx: [list(tx.edges()), tx.edges_of(KOELN), list(tx.series()), list(tx.boundaries())])
    assert hidden == [[], [], [], []]
    assert store.read(lambda tx: tx.keys()) == {KOELN, kids.key}
    assert store.read(lambda tx: list(tx.node_columns().key)) == sorted([KOELN, kids.key])
    assert store.read(lambda tx: tx.edge_columns(EdgeType.PART_OF).source) == []
    with pytest.raises(NotFound):
        store.read(lambda tx: tx.node(AACHEN))
    assert len(store.read(lambda tx: tx.claims(AACHEN))) == 1
    store.write(lambda tx: tx.put(Municipality(key=AACHEN, name="Oche")))
    assert store.read(lambda tx: tx.node(AACHEN)) == replace(aachen, name="Oche")
    assert store.read(lambda tx: list(tx.edges())) == [part_of]
    assert len(store.read(lambda tx: [*tx.series(), *tx.boundaries()])) == 2
    store.write(lambda tx: tx.remove(AACHEN))
    assert store.read(lambda tx: tx.keys()) == {KOELN, kids.key}


def test_edges_that_point_to_nothing_known_wait_for_it(store: GraphStore) -> None:
    put_in(store, LIST, part_of, observations(("05334002", "kids", "2020", 7, "")))
    assert store.read(lambda tx: [list(tx.edges()), list(tx.series()), list(tx.nodes())]) == [[], [], []]
    assert [repr(c.record) for c in store.read(lambda tx: list(tx.claimed("list")))] == [
        repr(part_of),
        repr(Series(AACHEN, kids.key, ("2020",), (7.0,), ("",))),
    ]
    put_in(store, REGISTER, aachen, koeln, kids)
    assert store.read(lambda tx: list(tx.edges())) == [part_of]
    assert [s.values for s in store.read(lambda tx: list(tx.series()))] == [(7.0,)]
    store.write(lambda tx: tx.drop("register"))
    assert store.read(lambda tx: [list(tx.edges()), list(tx.series()), list(tx.nodes())]) == [[], [], []]
    assert put_in(store, LIST, part_of, observations(("05334002", "kids", "2020", 7, ""))) == Changes(unchanged=2)


# --- edges

ANNA, BERT, BUND = NodeKey("actor:anna-stift"), NodeKey("actor:bert"), NodeKey("alliance:bund")
PARTIES = (
    Actor(key=ANNA, name="Anna-Stift"),
    Actor(key=BERT, name="Bert e. V."),
    Alliance(key=BUND, name="Bündnis für Bildung"),
)


def member(actor: NodeKey, **properties: object) -> Edge:
    return Edge(EdgeType.MEMBER_OF, actor, BUND, properties)


def test_edges_are_told_apart_by_their_identifying_properties(store: GraphStore) -> None:
    edges = [
        member(ANNA),
        member(ANNA, role="coordination", since=date(2015, 1, 1)),
        member(ANNA, role="coordination", since=date(2020, 1, 1), until=date(2021, 1, 1)),
        member(ANNA, role="ärztliche Beratung"),
        member(BERT, role="coordination", since=date(2015, 1, 1)),
    ]
    assert put_in(store, LIST, *PARTIES, *edges) == Changes(new=8)
    shown = store.read(lambda tx: list(tx.edges(EdgeType.MEMBER_OF)))
    assert shown == sorted(edges, key=lambda e: (e.source, e.target, e.qualifier))
    longer = member(ANNA, role="coordination", since=date(2020, 1, 1), until=date(2022, 1, 1))
    assert put_in(store, LIST, *PARTIES, *edges[:2], longer, *edges[3:]) == Changes(changed=1, unchanged=7)


def test_edges_come_by_type_source_target_and_qualifier(store: GraphStore) -> None:
    field = Concept(key=NodeKey("concept:field.school"), name="Schule")
    edges = [
        Edge(EdgeType.PART_OF, TRIER, KOELN),
        Edge(EdgeType.PART_OF, AACHEN, KOELN),
        Edge(EdgeType.IN_FIELD, ANNA, field.key, visibility=Visibility.OFFICE),
        Edge(EdgeType.LOCATED_IN, ANNA, TRIER),
        Edge(EdgeType.LOCATED_IN, ANNA, AACHEN),
        Edge(EdgeType.COOPERATES_WITH, ANNA, ANNA, {"strength": "knows"}),
        Edge(EdgeType.ADJACENT_TO, KOELN, AACHEN, {"border_km": 12.5}),
    ]
    put_in(store, LIST, *PARTIES, aachen, trier, koeln, field, *edges)
    ordered = sorted(edges, key=lambda e: (e.type.value, e.source, e.target, e.qualifier))
    assert store.read(lambda tx: list(tx.edges())) == ordered
    assert store.read(lambda tx: list(tx.edges(EdgeType.LOCATED_IN))) == [
        e for e in ordered if e.type is EdgeType.LOCATED_IN
    ]
    assert store.read(lambda tx: tx.edges_of(ANNA)) == [e for e in ordered if ANNA in (e.source, e.target)]
    assert store.read(lambda tx: tx.edges_of(KOELN)) == [e for e in ordered if KOELN in (e.source, e.target)]


def test_the_same_edge_of_several_datasets_is_shown_once_with_what_each_adds(store: GraphStore) -> None:
    put_in(store, REGISTER, *PARTIES, Edge(EdgeType.COOPERATES_WITH, ANNA, BERT, {"strength": "knows"}))
    put_in(
        store,
        LIST,
        Edge(
            EdgeType.COOPERATES_WITH,
            ANNA,
            BERT,
            {"strength": "integrated", "until": date(2024, 5, 1)},
            Visibility.PEERS,
        ),
    )
    shown = Edge(
        EdgeType.COOPERATES_WITH, ANNA, BERT, {"strength": "knows", "until": date(2024, 5, 1)}, Visibility.PEERS
    )
    assert store.read(lambda tx: list(tx.edges())) == [shown]
    assert store.read(lambda tx: tx.edges_of(BERT)) == [shown]
    columns = store.read(lambda tx: tx.edge_columns(EdgeType.COOPERATES_WITH))
    assert (columns.source, columns.target) == ([ANNA], [BERT])
    store.write(lambda tx: tx.drop("list"))
    assert [dict(e.properties) for e in store.read(lambda tx: list(tx.edges()))] == [{"strength": "knows"}]


# --- series and boundaries


def test_missing_values_and_flags_survive_exactly(store: GraphStore) -> None:
    rows = (
        ("05334002", "kids", "2010", NAN, "."),
        ("05334002", "kids", "2011", 0.0, "-"),
        ("05334002", "kids", "2012-Q1", 0.1 + 0.2, "()"),
        ("05334002", "kids", "2012-03", -1e300, ""),
        ("05334002", "kids", "2012-03-31", 5e-324, "ʞ"),
        ("07211000", "kids", "2011", NAN, ""),
    )
    put_in(store, LIST, aachen, trier, kids, observations(*rows))
    first, second = store.read(lambda tx: list(tx.series()))
    cells = sorted(row[2:] for row in rows[:5])
    assert (first.periods, first.flags) == (tuple(c[0] for c in cells), tuple(c[2] for c in cells))
    assert [repr(v) for v in first.values] == [repr(c[1]) for c in cells]
    assert math.isnan(second.values[0])
    assert second.flags == ("",)
    assert put_in(store, LIST, aachen, trier, kids, observations(*rows)) == Changes(unchanged=9)


def test_each_period_of_a_series_comes_from_the_first_dataset_that_has_it(store: GraphStore) -> None:
    put_in(
        store,
        LIST,
        aachen,
        kids,
        observations(("05334002", "kids", "2018", 1, ""), ("05334002", "kids", "2019", 2, "")),
    )
    put_in(
        store,
        REGISTER,
        observations(("05334002", "kids", "2019", NAN, "."), ("05334002", "kids", "2020", 30, "e")),
    )
    (shown,) = store.read(lambda tx: list(tx.series(AACHEN)))
    assert text(shown) == text(Series(AACHEN, kids.key, ("2018", "2019", "2020"), (1.0, NAN, 30.0), ("", ".", "e"))), (
        "a value known to be missing is something said"
    )
    store.write(lambda tx: tx.drop("register"))
    assert [s.values for s in store.read(lambda tx: list(tx.series()))] == [(1.0, 2.0)]


def test_series_come_by_municipality_and_indicator(store: GraphStore) -> None:
    other = Indicator(key=indicator_key("age"), name="Alter")
    table = observations(
        *((code, measure, "2020", 1.0, "") for measure in ("kids", "age") for code in ("07211000", "05334002"))
    )
    put_in(store, LIST, aachen, trier, kids, other, table)
    order = [(AACHEN, other.key), (AACHEN, kids.key), (TRIER, other.key), (TRIER, kids.key)]
    assert [(s.municipality, s.indicator) for s in store.read(lambda tx: list(tx.series()))] == order
    assert [s.indicator for s in store.read(lambda tx: list(tx.series(TRIER)))] == [other.key, kids.key]
    assert store.read(lambda tx: list(tx.series(KOELN))) == []


def test_the_boundary_shown_is_the_first_datasets_whole(store: GraphStore) -> None:
    geometry = '{"type":"Polygon","coordinates":[[[6.0,50.7],[6.2,50.7],[6.2,50.9],[6.0,50.7]]]}'
    put_in(store, LIST, aachen, Boundary(AACHEN, geometry, date(2020, 12, 31)), Boundary(TRIER, "{}"))
    assert store.read(lambda tx: list(tx.boundaries())) == [Boundary(AACHEN, geometry, date(2020, 12, 31))]
    put_in(store, REGISTER, trier, Boundary(AACHEN, "{}"))
    assert store.read(lambda tx: list(tx.boundaries())) == [Boundary(AACHEN, "{}"), Boundary(TRIER, "{}")]
    assert put_in(store, REGISTER, trier, Boundary(AACHEN, "{}", date(2021, 1, 1))) == Changes(changed=1, unchanged=1)


# --- what records hold


def test_umlauts_lists_dates_numbers_and_visibility_come_back_as_they_were(store: GraphStore) -> None:
    records = [
        Actor(
            key=NodeKey("actor:mädchen".replace("ä", "ae")),
            name="Mädchentreff „Südstadt“ – größer & schöner 🌍",
            languages=("de", "türkçe", ""),
            resources=(),
            description="Zeile eins\nZeile zwei\t\\ ' \" ; -- $x {y}",
            assured_on=date(2024, 2, 29),
            visibility=Visibility.OWN,
            longitude=-0.0,
        ),
        Offer(key=NodeKey("offer:o"), name=" ", department="", age_min=0, age_max=27, funded_until=date.max),
        Indicator(key=indicator_key("x.Y_z-1"), name="Anteil", polarity=-1),
        Municipality(key=municipality_key("GSS-E06000001"), name="Hartlepool", population=0, area_km2=93.0),
    ]
    put_in(store, LIST, *records)
    assert store.read(lambda tx: list(tx.nodes())) == sorted(records, key=lambda r: r.key)
    for record in records:
        assert repr(store.read(lambda tx, key=record.key: tx.node(key))) == repr(record)
    columns = store.read(lambda tx: tx.node_columns())
    assert columns.key == sorted(r.key for r in records)
    assert "Südstadt" in columns.properties[0]


def test_nodes_come_in_key_order_by_label(store: GraphStore) -> None:
    put_in(store, LIST, trier, koeln, *PARTIES, aachen, kids)
    assert [n.key for n in store.read(lambda tx: list(tx.nodes(Label.MUNICIPALITY)))] == [KOELN, AACHEN, TRIER]
    assert [n.key for n in store.read(lambda tx: list(tx.nodes()))] == [
        ANNA,
        BERT,
        BUND,
        kids.key,
        KOELN,
        AACHEN,
        TRIER,
    ]
    assert store.read(lambda tx: tx.keys(Label.ACTOR)) == {ANNA, BERT}


# --- single edits


def test_an_entry_by_hand_is_believed_first_and_can_be_taken_back(store: GraphStore) -> None:
    put_in(store, REGISTER, aachen, koeln, part_of)
    by_hand = Municipality(key=AACHEN, name="Aachen, Stadt", population=250_000)
    assert store.write(lambda tx: tx.put(by_hand)) == Changes(new=1)
    assert store.write(lambda tx: tx.put(by_hand)) == Changes(unchanged=1)
    assert store.read(lambda tx: tx.revision()) == 2
    assert store.write(lambda tx: tx.put(Municipality(key=AACHEN, name="Aachen, Stadt"))) == Changes(changed=1)
    assert store.read(lambda tx: tx.node(AACHEN)) == replace(aachen, name="Aachen, Stadt"), "population shows through"
    first = store.read(lambda tx: tx.datasets())[0]
    assert (first.dataset, first.counts) == (CURATED, {"node": 1})
    assert store.write(lambda tx: tx.remove(AACHEN)) == Changes(retired=1)
    assert store.read(lambda tx: tx.node(AACHEN)) == aachen


def test_an_edge_by_hand_can_be_entered_changed_and_taken_back(store: GraphStore) -> None:
    put_in(store, LIST, *PARTIES, member(ANNA, role="coordination"))
    first, second = member(BERT, role="decision"), member(BERT, role="decision", until=date(2024, 1, 1))
    assert store.write(lambda tx: tx.put(first)) == Changes(new=1)
    assert store.write(lambda tx: tx.put(second)) == Changes(changed=1)
    assert store.read(lambda tx: tx.edges_of(BERT)) == [second]
    with pytest.raises(NotFound):
        store.write(lambda tx: tx.remove(member(ANNA, role="coordination")))  # the list's, not entered by hand
    assert store.write(lambda tx: tx.remove(first)) == Changes(retired=1), "the same identity is the same edge"
    assert store.read(lambda tx: tx.edges_of(BERT)) == []


def test_a_unit_of_work_sees_its_own_changes_and_moves_one_revision(store: GraphStore) -> None:
    def work(tx: Writer) -> tuple[list[NodeKey], list[str]]:
        tx.replace(REGISTER, [aachen, trier])
        tx.put(koeln)
        tx.replace(LIST, [replace(aachen, kind="Stadt")])
        tx.drop("register")
        return [n.key for n in tx.nodes()], [s.dataset.id for s in tx.datasets()]

    assert store.write(work) == ([KOELN, AACHEN], ["curated", "list"])
    assert store.read(lambda tx: tx.revision()) == 1


# --- all or nothing


def test_the_first_unit_of_work_may_name_a_node_twice(store: GraphStore) -> None:
    def work(tx: Writer) -> None:
        tx.replace(REGISTER, [aachen, trier, part_of])
        tx.replace(LIST, [replace(aachen, population=1, kind="Stadt"), koeln])
        tx.put(replace(trier, population=2))

    store.write(work)
    shown = [koeln, replace(aachen, kind="Stadt"), replace(trier, population=2)]
    assert store.read(lambda tx: list(tx.nodes())) == shown
    lines = store.read(lambda tx: [(entry.revision, entry.number) for entry in tx.journal()])
    assert sorted(lines) == [(1, 1), (1, 2), (1, 3)]


def test_work_that_raises_leaves_everything_as_it_was(store: GraphStore) -> None:
    put_in(store, REGISTER, aachen, koeln, part_of)
    before, revision = whole(store), store.read(lambda tx: tx.revision())

    def records() -> Iterator[Municipality]:
        yield trier
        raise RuntimeError("a bad row")

    def work(tx: Writer) -> None:
        tx.drop("register")
        tx.put(koeln)
        tx.replace(LIST, records())

    with pytest.raises(RuntimeError, match="a bad row"):
        store.write(work)
    assert (whole(store), store.read(lambda tx: tx.revision())) == (before, revision)
    assert put_in(store, LIST, trier) == Changes(new=1), "the store works on"


def test_a_rehearsal_says_what_would_happen_and_leaves_everything_as_it_was(store: GraphStore) -> None:
    put_in(store, REGISTER, aachen, koeln, part_of)
    before, revision = whole(store), store.read(lambda tx: tx.revision())
    assert store.rehearse(lambda tx: tx.replace(REGISTER, [aachen, trier])) == Changes(new=1, unchanged=1, retired=2)
    assert (whole(store), store.read(lambda tx: tx.revision())) == (before, revision)
    assert put_in(store, REGISTER, aachen, trier) == Changes(new=1, unchanged=1, retired=2)


def test_records_are_read_once_even_from_a_generator(store: GraphStore) -> None:
    assert store.write(lambda tx: tx.replace(REGISTER, (r for r in (aachen, trier)))) == Changes(new=2)
    assert store.read(lambda tx: len(tx.keys())) == 2


def test_writers_at_the_same_time_queue_and_lose_nothing(opened: Callable[[], GraphStore]) -> None:
    stores = [opened(), opened()]
    start = threading.Barrier(2)
    errors: list[BaseException] = []

    def write(number: int) -> None:
        try:
            start.wait()
            for i in range(10):
                key = municipality_key(f"{number}{i:03d}")
                stores[number].write(lambda tx, key=key: tx.put(Municipality(key=key, name=str(key))))
                shared = Municipality(key=AACHEN, name=f"{number} {i}")
                put_in(stores[number], Dataset(id=f"d{number}", title="x"), shared)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert errors == []
    last = opened()
    assert last.read(lambda tx: len(tx.keys())) == 21
    assert last.read(lambda tx: tx.revision()) == 40
    assert last.read(lambda tx: [c.properties["name"] for c in tx.claims(AACHEN)]) == ["0 9", "1 9"]
    assert last.read(lambda tx: tx.node(AACHEN)).name == "0 9"
    assert {s.dataset.id: s.counts["node"] for s in last.read(lambda tx: tx.datasets())} == {
        "curated": 20,
        "d0": 1,
        "d1": 1,
    }


KILLED = """
import sys
from graph_service.keys import municipality_key
from graph_service.model import Dataset, Municipality
from graph_service.store.open import open_store

store = open_store(sys.argv[1], password=sys.argv[2] or None)

def work(tx):
    tx.drop("register")
    towns = [Municipality(key=municipality_key(str(i)), name="x") for i in range(20000)]
    tx.replace(Dataset(id="list", title="x"), towns)
    print("half-way", flush=True)
    sys.stdin.read()

store.write(work)
"""


def test_a_writer_killed_half_way_leaves_the_earlier_state_whole(store: GraphStore, address: Address) -> None:
    put_in(store, REGISTER, aachen, koeln, part_of)
    before, revision = whole(store), store.read(lambda tx: tx.revision())
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, address.url, address.password or ""],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == b"half-way\n"
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    process.stdin.close()
    process.stdout.close()
    assert (whole(store), store.read(lambda tx: tx.revision())) == (before, revision)
    assert put_in(store, LIST, trier) == Changes(new=1), "the dead writer's lock is gone"


# --- moving between stores


def full(store: GraphStore) -> None:
    """A store with something of everything, of several datasets and times."""
    edges = [member(ANNA, role="coordination"), member(BERT, since=date(2020, 1, 1)), part_of]
    table = observations(
        ("05334002", "kids", "2019", NAN, "."),
        ("05334002", "kids", "2020", 0.1, ""),
        ("07211000", "kids", "2020", 2, ""),
    )
    put_in(
        store,
        REGISTER,
        aachen,
        replace(koeln, name=None),
        kids,
        part_of,
        table,
        Boundary(AACHEN, "{}", date(2020, 1, 1)),
    )
    put_in(store, LIST, *PARTIES, *edges, trier, replace(aachen, kind="Städteregion"), Boundary(TRIER, '{"ü":1}'))
    put_in(store, Dataset(id="empty", title="Nichts"))
    put_in(store, LIST, *PARTIES, *edges[:2], trier, replace(aachen, kind="Städte"), Boundary(TRIER, '{"ü":1}'))
    store.write(lambda tx: tx.put(replace(koeln, visibility=Visibility.OFFICE)))
    store.write(lambda tx: tx.put(Edge(EdgeType.LOCATED_IN, BERT, KOELN)))


def test_adopting_keeps_the_times(store: GraphStore) -> None:
    long_ago = datetime(2015, 8, 31, 12, 34, 56, 789_012, tzinfo=UTC)
    claimed = [
        Claimed(aachen, long_ago),
        Claimed(koeln, long_ago + timedelta(microseconds=1)),
        Claimed(part_of, long_ago + timedelta(microseconds=2)),
        Claimed(Boundary(AACHEN, "{}"), long_ago + timedelta(microseconds=3)),
        Claimed(Series(AACHEN, kids.key, ("2019",), (1.0,), ("e",)), long_ago + timedelta(microseconds=4)),
    ]
    order = [claimed[1], claimed[0], *claimed[2:]]
    assert store.write(lambda tx: tx.adopt(LIST, claimed)) == Changes(new=5)
    assert store.read(lambda tx: list(tx.claimed("list"))) == order
    assert store.write(lambda tx: tx.adopt(LIST, claimed)) == Changes(unchanged=5)
    assert store.read(lambda tx: list(tx.claimed("list"))) == order


@pytest.mark.neo4j
def test_a_copy_to_neo4j_and_back_is_the_same_store(tmp_path: Path, empty_neo4j: Address) -> None:
    first, back = (open_store(f"sqlite:///{tmp_path / name}") for name in ("first.db", "back.db"))
    graph = open_store(empty_neo4j.url, password=empty_neo4j.password)
    try:
        full(first)
        told: list[tuple[int, int]] = []
        assert copy_store(first, graph, lambda done, total: told.append((done, total))) == Changes(new=18)
        assert copy_store(graph, back) == Changes(new=18)
        assert whole(graph) == whole(first)
        assert whole(back) == whole(first)
        assert told[-1] == (17, 17)
    finally:
        for store in (first, graph, back):
            store.close()


def test_a_copy_into_a_store_that_holds_something_is_refused(store: GraphStore, tmp_path: Path) -> None:
    source = open_store(f"sqlite:///{tmp_path / 'source.db'}")
    full(source)
    put_in(store, LIST, trier)
    before = whole(store)
    with pytest.raises(StoreError, match="an empty store to copy into"):
        copy_store(source, store)
    assert whole(store) == before
    source.close()
