"""Units of work on every store: by hand, all or nothing, at the same time, and killed."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from neo4j_server import Address

from graph_service.errors import NotFound
from graph_service.keys import NodeKey, municipality_key
from graph_service.model import (
    CURATED,
    Dataset,
    Municipality,
)
from graph_service.store.contract import Changes, GraphStore, Writer
from tests.contracts.kept import (
    AACHEN,
    ANNA,
    BERT,
    KOELN,
    LIST,
    PARTIES,
    REGISTER,
    aachen,
    koeln,
    member,
    part_of,
    put_in,
    trier,
    whole,
)


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
