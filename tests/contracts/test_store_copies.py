"""What moves between stores keeps its times and is the same."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from neo4j_server import Address

from graph_service.errors import StoreError
from graph_service.model import (
    Boundary,
    Dataset,
    Edge,
    EdgeType,
    Series,
    Visibility,
)
from graph_service.store.contract import Changes, Claimed, GraphStore
from graph_service.store.copy import copy_store
from graph_service.store.open import open_store
from tests.contracts.kept import (
    AACHEN,
    ANNA,
    BERT,
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
    part_of,
    put_in,
    trier,
    whole,
)


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
