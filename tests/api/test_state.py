"""The service's own database: transactions that are whole, parts that migrate alone, errors that say what is wrong."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from api import state
from api.state import StateDatabase
from graph_service.errors import StoreBusy, StoreCorrupt, StoreError, StoreReadOnly, StoreTooNew
from graph_service.store.open import open_store

STEPS = ("CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)", "ALTER TABLE thing ADD size INTEGER")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[StateDatabase]:
    with closing(StateDatabase.within(tmp_path / "state")) as opened:
        opened.migrate("things", STEPS)
        yield opened


def put(database: StateDatabase, name: str) -> None:
    with database.write() as connection:
        connection.execute("INSERT INTO thing (name) VALUES (?)", (name,))


def put_both(database: StateDatabase, one: str, other: str) -> None:
    with database.write():
        put(database, one)
        put(database, other)


def fail_after_putting(database: StateDatabase, name: str) -> None:
    put(database, name)
    raise ZeroDivisionError


def names(database: StateDatabase) -> list[str]:
    with database.read() as connection:
        return [row["name"] for row in connection.execute("SELECT name FROM thing ORDER BY id")]


# --- the file


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
def test_only_the_services_user_may_read_the_folder_and_the_file(database: StateDatabase) -> None:
    put(database, "a")
    assert stat.S_IMODE(database.path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(f.stat().st_mode) for f in database.path.parent.iterdir()} == {0o600}


def test_every_threads_connection_is_durable_and_keeps_foreign_keys(database: StateDatabase) -> None:
    found: list[tuple[object, ...]] = []

    def look() -> None:
        with database.read() as connection:
            names = ("journal_mode", "synchronous", "foreign_keys")
            found.append(tuple(connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    look()
    assert found == [("wal", 2, 1)] * 2


def test_a_graph_store_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "graph.db"
    open_store(f"sqlite:///{path}").close()
    before = path.read_bytes()
    with pytest.raises(StoreCorrupt, match="another application"):
        StateDatabase(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.write_bytes(b"municipality;name\n" * 200)
    with pytest.raises(StoreCorrupt):
        StateDatabase(path)
    assert path.read_bytes() == b"municipality;name\n" * 200


def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreReadOnly) as caught:
        StateDatabase.within(tmp_path / "file" / "state")
    assert "\n" not in str(caught.value)
    assert "state.db" in str(caught.value)


# --- steps


def test_steps_are_applied_once_and_new_ones_added_later(database: StateDatabase) -> None:
    put(database, "a")
    assert database.migrate("things", STEPS) == 0
    assert database.migrate("things", (*STEPS, "ALTER TABLE thing ADD colour TEXT;\nDROP INDEX IF EXISTS x;")) == 1
    with database.read() as connection:
        assert dict(connection.execute("SELECT * FROM thing").fetchone()) == {
            "id": 1,
            "name": "a",
            "size": None,
            "colour": None,
        }


def test_parts_count_their_own_steps(database: StateDatabase) -> None:
    assert database.migrate("others", ("CREATE TABLE other (id INTEGER)",)) == 1
    assert database.migrate("others", ("CREATE TABLE other (id INTEGER)",)) == 0
    assert names(database) == []


def test_steps_that_fail_leave_nothing_behind(database: StateDatabase) -> None:
    with pytest.raises(StoreError):
        database.migrate("others", ("CREATE TABLE other (id INTEGER)", "CREATE NONSENSE"))
    assert database.migrate("others", ("CREATE TABLE other (id INTEGER)",)) == 1


def test_a_part_of_a_newer_version_is_refused(database: StateDatabase) -> None:
    with pytest.raises(StoreTooNew, match="version 2"):
        database.migrate("things", STEPS[:1])


def test_processes_that_start_together_apply_each_step_once(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom api.state import StateDatabase\n"
        "steps = ['CREATE TABLE t (id INTEGER)', 'INSERT INTO t VALUES (1)']\n"
        "print(StateDatabase(Path(sys.argv[1])).migrate('t', steps))"
    )
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", script, str(tmp_path / "state.db")]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) for _ in range(4)]
    said = [process.communicate()[0].strip() for process in started]
    assert sorted(said) == ["0", "0", "0", "2"]


# --- transactions


def test_a_write_that_fails_leaves_nothing_behind(database: StateDatabase) -> None:
    put(database, "a")
    with pytest.raises(ZeroDivisionError), database.write():
        fail_after_putting(database, "b")
    with pytest.raises(StoreError):
        put(database, "a")
    assert names(database) == ["a"]


def test_a_write_within_a_write_belongs_to_it(database: StateDatabase) -> None:
    with pytest.raises(ZeroDivisionError), database.write():
        fail_after_putting(database, "a")
    assert names(database) == []
    with database.write():
        put(database, "a")
        with pytest.raises(StoreError):
            put_both(database, "c", "a")
        assert names(database) == ["a"], "what failed within is taken back, the rest goes on"
        put(database, "b")
    assert names(database) == ["a", "b"]


def test_a_reader_sees_one_snapshot_and_cannot_write(database: StateDatabase) -> None:
    put(database, "a")
    with database.read() as connection:
        count = connection.execute("SELECT count(*) FROM thing").fetchone()[0]
        writer = threading.Thread(target=put, args=(database, "b"))
        writer.start()
        writer.join()
        assert connection.execute("SELECT count(*) FROM thing").fetchone()[0] == count == 1
        with pytest.raises(sqlite3.OperationalError):
            connection.execute("DELETE FROM thing")
        with pytest.raises(RuntimeError), database.write():
            pass
    assert names(database) == ["a", "b"]
    put(database, "c")


def test_writers_in_many_threads_queue_and_lose_nothing(database: StateDatabase) -> None:
    def work(which: int) -> None:
        for i in range(20):
            put(database, f"{which}-{i}")

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(database)) == 80


def test_a_database_that_another_process_holds_is_said_to_be_busy(
    database: StateDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "BUSY_SECONDS", 0.2)
    database.close()
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            put(database, "a")
        assert names(database) == [], "readers need not wait"
        other.execute("ROLLBACK")
    put(database, "a")
    assert names(database) == ["a"]


def test_after_closing_no_companion_files_are_left_and_the_next_use_opens_anew(database: StateDatabase) -> None:
    threads = [threading.Thread(target=put, args=(database, name)) for name in "ab"]
    for thread in threads:
        thread.start()
        thread.join()
    database.close()
    assert [file.name for file in database.path.parent.iterdir()] == ["state.db"]
    assert names(database) == ["a", "b"]


def test_connections_of_ended_threads_are_closed(database: StateDatabase) -> None:
    for i in range(30):
        thread = threading.Thread(target=put, args=(database, str(i)))
        thread.start()
        thread.join()
    assert len(database._connections) <= 2
