"""What is shown where several datasets speak, on every store."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from graph_service.errors import NotFound
from graph_service.model import (
    Boundary,
    Dataset,
    EdgeType,
    Municipality,
    Series,
    Visibility,
)
from graph_service.store.contract import Changes, GraphStore
from tests.contracts.kept import (
    AACHEN,
    KOELN,
    LIST,
    REGISTER,
    TRIER,
    aachen,
    kids,
    koeln,
    observations,
    part_of,
    put_in,
    trier,
)


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
