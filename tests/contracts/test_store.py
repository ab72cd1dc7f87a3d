"""What every store promises first: it is empty, keeps what was written, and replaces a dataset by what differs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from neo4j_server import Address

from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import (
    Actor,
    Boundary,
    Series,
)
from graph_service.store.contract import Changes, GraphStore, Writer
from tests.contracts.kept import (
    AACHEN,
    KOELN,
    LIST,
    NAN,
    REGISTER,
    TRIER,
    aachen,
    kids,
    koeln,
    observations,
    part_of,
    put_in,
    text,
    trier,
    whole,
)


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
