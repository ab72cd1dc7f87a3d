"""Connections go when nobody works on them, and never sooner."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph_service.store.sqlite_connections import Connections


@pytest.fixture
def connections(tmp_path: Path) -> Iterator[Connections]:
    made = Connections(lambda: sqlite3.connect(tmp_path / "x.db", isolation_level=None, check_same_thread=False))
    with made.mine() as connection:
        connection.execute("CREATE TABLE t (x)")
    yield made
    made.close()


def rows(connections: Connections) -> list[int]:
    with connections.mine() as connection:
        return [x for (x,) in connection.execute("SELECT x FROM t ORDER BY x")]


def test_who_works_is_waited_for(connections: Connections) -> None:
    working, go_on = threading.Event(), threading.Event()

    def work() -> None:
        with connections.mine() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO t VALUES (1)")
            working.set()
            assert go_on.wait(10)
            connection.execute("COMMIT")

    worker, closer = threading.Thread(target=work), threading.Thread(target=connections.close)
    worker.start()
    assert working.wait(10)
    closer.start()
    closer.join(0.1)
    assert closer.is_alive()
    go_on.set()
    worker.join(60)
    closer.join(60)
    assert len(connections) == 0
    assert rows(connections) == [1]


def test_who_holds_on_keeps_the_connection_within_and_after(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph_service.store.sqlite_connections.PATIENCE_SECONDS", 0.01)
    with connections.mine() as outer:
        outer.execute("BEGIN IMMEDIATE")
        closer = threading.Thread(target=connections.close)
        closer.start()
        closer.join(60)
        with connections.mine() as inner:
            assert inner is outer
            inner.execute("INSERT INTO t VALUES (2)")
        outer.execute("COMMIT")
    assert rows(connections) == [2]


def test_closing_while_many_work_breaks_nothing(connections: Connections) -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(100):
                with connections.mine() as connection:
                    connection.execute("SELECT count(*) FROM t").fetchall()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        connections.close()
    assert failures == []
