"""What every store promises of its journal: nothing changes without a line, and a line says enough to take it back."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from neo4j_server import Address

from graph_service.keys import Label, NodeKey, municipality_key
from graph_service.model import Actor, Dataset, Edge, EdgeType, Municipality, Node, Visibility
from graph_service.store.contract import GraphStore, Writer
from graph_service.store.copy import copy_store
from graph_service.store.journal import Entry, Signature
from graph_service.store.open import open_store

AACHEN = Municipality(key=municipality_key("05334002"), name="Aachen", population=252_769)
BERTA = Actor(key=NodeKey.of(Label.ACTOR, "berta"), name="Berta e. V.", visibility=Visibility.PEERS)
THERE = Edge(EdgeType.LOCATED_IN, BERTA.key, AACHEN.key)
REGISTER = Dataset(id="register", title="Verzeichnis")
ANNA = Signature("account-1", "page")


def journal(store: GraphStore, **asked: object) -> list[Entry]:
    return store.read(lambda tx: tx.journal(**asked))


def lines(entries: list[Entry]) -> list[tuple[object, ...]]:
    return [(e.revision, e.dataset, e.signature.author, e.before, e.after) for e in entries]


def test_each_single_edit_is_a_line_with_the_record_before_and_after(store: GraphStore) -> None:
    changed = replace(BERTA, name="Berta gGmbH")
    store.write(lambda tx: tx.put(AACHEN), ANNA)
    store.write(lambda tx: tx.put(BERTA), ANNA)
    store.write(lambda tx: tx.put(changed))
    store.write(lambda tx: tx.put(THERE), ANNA)
    store.write(lambda tx: tx.remove(THERE), ANNA)
    assert lines(journal(store)) == [
        (1, "curated", "account-1", None, AACHEN),
        (2, "curated", "account-1", None, BERTA),
        (3, "curated", "", BERTA, changed),
        (4, "curated", "account-1", None, THERE),
        (5, "curated", "account-1", THERE, None),
    ]
    assert [dict(e.changes) for e in journal(store)][2:] == [
        {"new": 0, "changed": 1, "retired": 0},
        {"new": 1, "changed": 0, "retired": 0},
        {"new": 0, "changed": 0, "retired": 1},
    ]


def test_what_changes_nothing_leaves_no_line(store: GraphStore) -> None:
    store.write(lambda tx: tx.put(BERTA))
    store.write(lambda tx: tx.put(BERTA))
    store.write(lambda tx: tx.replace(REGISTER, []))
    before = journal(store)
    store.rehearse(lambda tx: tx.put(AACHEN))
    with pytest.raises(ZeroDivisionError):
        store.write(lambda tx: (tx.put(AACHEN), 1 / 0))
    assert journal(store) == before
    assert lines(before) == [(1, "curated", "", None, BERTA)]


def test_an_exchanged_or_dropped_dataset_is_one_line_with_counts(store: GraphStore) -> None:
    store.write(lambda tx: tx.replace(REGISTER, [AACHEN, BERTA, THERE]), Signature("", "import"))
    store.write(lambda tx: tx.replace(REGISTER, [replace(AACHEN, population=1)]))
    store.write(lambda tx: tx.drop("register"))
    assert [(e.revision, e.dataset, e.signature.origin, e.ends, dict(e.changes)) for e in journal(store)] == [
        (1, "register", "import", ("", ""), {"new": 3, "changed": 0, "retired": 0}),
        (2, "register", "", ("", ""), {"new": 0, "changed": 1, "retired": 2}),
        (3, "register", "", ("", ""), {"new": 0, "changed": 0, "retired": 1}),
    ]


def test_lines_of_one_unit_of_work_share_its_revision_and_keep_their_order(store: GraphStore) -> None:
    def work(tx: Writer) -> None:
        for record in (AACHEN, BERTA, THERE):
            tx.put(record)

    store.write(work, ANNA)
    assert lines(journal(store)) == [(1, "curated", "account-1", None, record) for record in (AACHEN, BERTA, THERE)]
    numbers = [e.number for e in journal(store)]
    assert numbers == sorted(set(numbers))
    assert store.read(lambda tx: tx.revision()) == 1


def test_the_journal_is_asked_from_a_revision_on_for_a_node_and_in_parts(store: GraphStore) -> None:
    for record in (AACHEN, BERTA, THERE):
        store.write(lambda tx, record=record: tx.put(record))
    assert lines(journal(store, since=2)) == lines(journal(store))[2:]
    assert [e.after for e in journal(store, key=AACHEN.key)] == [AACHEN, THERE]
    assert [e.after for e in journal(store, limit=1)] == [AACHEN]
    assert journal(store, since=99) == []


def test_what_was_entered_by_hand_is_told_apart_from_what_datasets_say(store: GraphStore) -> None:
    store.write(lambda tx: tx.replace(REGISTER, [AACHEN, THERE]))
    assert store.write(lambda tx: (tx.curated(AACHEN.key), tx.curated(THERE))) == (None, None)
    mine = Municipality(key=AACHEN.key, name="Aachen, Stadt")
    store.write(lambda tx: (tx.put(mine), tx.put(THERE)))
    assert store.write(lambda tx: (tx.curated(AACHEN.key), tx.curated(THERE))) == (mine, THERE)


def test_edges_with_properties_come_back_from_the_journal_as_they_were(store: GraphStore) -> None:
    team = Edge(
        EdgeType.COOPERATES_WITH,
        BERTA.key,
        NodeKey.of(Label.ACTOR, "carl"),
        {"strength": "knows", "since": date(2020, 1, 2)},
        Visibility.OFFICE,
    )
    store.write(lambda tx: tx.put(team))
    store.write(lambda tx: tx.remove(team))
    assert [(e.before, e.after) for e in journal(store)] == [(None, team), (team, None)]


def history(store: GraphStore) -> list[Entry]:
    return journal(store)


def write_some_history(store: GraphStore) -> None:
    records: list[Node | Edge] = [AACHEN, BERTA, THERE]
    for record in records:
        store.write(lambda tx, record=record: tx.put(record), ANNA)
    store.write(lambda tx: tx.remove(THERE))
    store.write(lambda tx: tx.replace(REGISTER, [AACHEN]), Signature("", "import"))


@pytest.mark.neo4j
def test_a_copy_takes_the_history_along_and_goes_on_from_its_revision(tmp_path: Path, empty_neo4j: Address) -> None:
    first, back = (open_store(f"sqlite:///{tmp_path / name}") for name in ("first.db", "back.db"))
    graph = open_store(empty_neo4j.url, password=empty_neo4j.password)
    try:
        write_some_history(first)
        copy_store(first, graph)
        copy_store(graph, back)
        for store in (graph, back):
            assert history(store) == history(first)
            assert store.read(lambda tx: tx.revision()) == 5
            store.write(lambda tx: tx.put(THERE), ANNA)
            assert lines(journal(store, since=5)) == [(6, "curated", "account-1", None, THERE)]
    finally:
        for store in (first, graph, back):
            store.close()
