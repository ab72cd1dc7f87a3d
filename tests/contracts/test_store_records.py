"""Nodes, edges, series and boundaries come back as they were and in order, from every store."""

import math
from datetime import date

from graph_service.keys import Label, NodeKey, indicator_key, municipality_key
from graph_service.model import (
    Actor,
    Boundary,
    Concept,
    Edge,
    EdgeType,
    Indicator,
    Municipality,
    Offer,
    Series,
    Visibility,
)
from graph_service.store.contract import Changes, GraphStore
from tests.contracts.kept import (
    AACHEN,
    ANNA,
    BERT,
    BUND,
    KOELN,
    LIST,
    NAN,
    PARTIES,
    REGISTER,
    TRIER,
    aachen,
    kids,
    koeln,
    member,
    observations,
    put_in,
    text,
    trier,
)


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
