"""What can go wrong with the file of an SQLite store: one clear error for each, and the earlier state whole."""

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

from graph_service.errors import (
    InvalidValue,
    StoreBusy,
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreNotMigrated,
    StoreTooNew,
)
from graph_service.keys import municipality_key
from graph_service.model import Dataset, Municipality
from graph_service.store import sqlite_store
from graph_service.store.contract import GraphStore, Writer
from graph_service.store.open import open_store

AACHEN = Municipality(key=municipality_key("05334002"), name="Aachen")
LIST = Dataset(id="list", title="Liste")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A store with one municipality, closed."""
    path = tmp_path / "graph.db"
    with closing(opened(path)) as store:
        store.write(lambda tx: tx.replace(LIST, [AACHEN]))
    return path


def opened(path: Path, *, migrate: bool = True) -> GraphStore:
    return open_store(f"sqlite:///{path}", migrate=migrate)


def names(path: Path) -> list[str | None]:
    with closing(opened(path)) as store:
        return store.read(lambda tx: [n.name for n in tx.nodes()])


# --- files that are no store


@pytest.mark.parametrize(
    "content",
    [
        b"municipality;name\n05334002;Aachen\n" * 200,
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
        b"SQLite format 3\0" * 99,
    ],
    ids=["a table", "a picture", "only the beginning"],
)
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "graph.db"
    path.write_bytes(content)
    with pytest.raises(StoreCorrupt) as caught:
        opened(path)
    assert "graph.db" in caught.value.place.file
    assert path.read_bytes() == content


def test_another_applications_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "films.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE film (title TEXT)")
    before = path.read_bytes()
    with pytest.raises(StoreCorrupt, match="another application"):
        opened(path)
    assert path.read_bytes() == before


def test_a_damaged_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "graph.db"
    with closing(opened(path)) as store:
        towns = [Municipality(key=municipality_key(f"{i:08d}"), name=f"Ort {i}") for i in range(5_000)]
        store.write(lambda tx: tx.replace(LIST, towns))
    content = bytearray(path.read_bytes())
    content[8192 : len(content) // 2] = b"\xff" * (len(content) // 2 - 8192)
    path.write_bytes(content)
    with pytest.raises(StoreCorrupt, match="restore a backup"), closing(opened(path)) as store:
        store.read(lambda tx: list(tx.nodes()))


def test_a_truncated_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "graph.db"
    with closing(opened(path)) as store:
        towns = [Municipality(key=municipality_key(f"{i:08d}"), name=f"Ort {i}") for i in range(5_000)]
        store.write(lambda tx: tx.replace(LIST, towns))
    os.truncate(path, path.stat().st_size // 3)
    with pytest.raises(StoreCorrupt), closing(opened(path)) as store:
        store.read(lambda tx: list(tx.nodes()))


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        opened(tmp_path)


@pytest.mark.parametrize("url", ["sqlite://graph.db", "sqlite:///", "sqlite:", "postgresql://x/y", "graph.db"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidValue):
        open_store(url)


# --- versions


def test_a_store_newer_than_the_code_is_refused_and_left_alone(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 9999")
    before = file.read_bytes()
    with pytest.raises(StoreTooNew, match="version 9999"):
        opened(file)
    assert file.read_bytes() == before


def test_without_permission_to_migrate_an_older_store_is_refused(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 0")
    with pytest.raises(StoreNotMigrated, match="kompass migrate"):
        opened(file, migrate=False)


# --- rights, space and time


UNPRIVILEGED = 65534
"""The user nobody; root may write what it may not."""

AS_NOBODY = """
import os, sys
from graph_service.errors import StoreReadOnly
from graph_service.keys import municipality_key
from graph_service.model import Municipality
from graph_service.store import sqlite_store
from graph_service.store.open import open_store
if os.getuid() == 0:  # after the imports: nobody need not be allowed to read Python
    os.setgid({user})
    os.setuid({user})
try:
    store = open_store("sqlite:///" + sys.argv[1])
    print([n.name for n in store.read(lambda tx: list(tx.nodes()))])
    store.write(lambda tx: tx.put(Municipality(key=municipality_key("1"), name="x")))
except StoreReadOnly as error:
    print("read-only:", error.expected)
"""


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
@pytest.mark.parametrize("what", ["file", "folder", "both"])
def test_a_store_that_may_only_be_read_is_read_and_refuses_writes(file: Path, what: str) -> None:
    said = as_nobody(file, read_only=what)
    assert said == ["['Aachen']", "read-only: a file that can be written"]


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
def test_a_store_that_cannot_be_created_is_said_to_be_read_only(tmp_path: Path) -> None:
    (said,) = as_nobody(tmp_path / "new.db", read_only="folder")
    assert said.startswith("read-only: a f")


def as_nobody(path: Path, read_only: str) -> list[str]:
    """What a user without special rights gets to hear who opens, reads and writes this store."""
    project = Path(__file__).parents[2]
    folder = path.parent
    parents = [p for p in folder.parents if not p.stat().st_mode & stat.S_IXOTH]
    modes = {p: stat.S_IMODE(p.stat().st_mode) for p in [*parents, folder, *folder.iterdir()]}
    try:
        for parent in parents:
            parent.chmod(modes[parent] | stat.S_IXOTH)
        for each in folder.iterdir():
            each.chmod(0o444 if read_only in ("file", "both") else 0o666)
        folder.chmod(0o555 if read_only in ("folder", "both") else 0o777)
        done = subprocess.run(
            [sys.executable, "-c", AS_NOBODY.format(user=UNPRIVILEGED), str(path)],
            capture_output=True,
            text=True,
            check=False,
            cwd=project,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
    finally:
        for each, mode in modes.items():
            each.chmod(mode)
    assert not done.stderr, done.stderr
    return done.stdout.splitlines()


def test_a_full_disk_is_said_to_be_full_and_leaves_the_earlier_state_whole(file: Path, small_disk: Path | None) -> None:
    towns = [Municipality(key=municipality_key(f"{i:08d}"), name="x" * 500) for i in range(20_000)]
    if small_disk is not None:
        path = small_disk / "graph.db"
        path.write_bytes(file.read_bytes())
    else:
        path = file
    with closing(opened(path)) as store:
        if small_disk is None:
            limit(store)
        with pytest.raises(StoreFull, match="nothing was changed"):
            store.write(lambda tx: tx.replace(LIST, towns))
        assert store.read(lambda tx: (tx.revision(), [n.name for n in tx.nodes()])) == (1, ["Aachen"])
    assert names(path) == ["Aachen"]


def limit(store: GraphStore) -> None:
    """Let the file not grow any more, as if the disk were full."""
    assert isinstance(store, sqlite_store.SQLiteStore)
    store.read(lambda tx: tx._connection.execute("PRAGMA max_page_count = 50"))


@pytest.fixture(params=["limit of pages", "small disk"])
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | None]:
    """A file system of 1 MB, where we may mount one."""
    if request.param == "limit of pages":
        yield None
        return
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("a small file system can be mounted by root only")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_store_that_another_writer_holds_is_said_to_be_busy(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_store, "BUSY_SECONDS", 0.2)
    with closing(opened(file)) as store, closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            store.write(lambda tx: tx.put(AACHEN))
        assert store.read(lambda tx: tx.revision()) == 1, "readers need not wait"
        other.execute("ROLLBACK")
        store.write(lambda tx: tx.put(AACHEN))
        assert store.read(lambda tx: tx.revision()) == 2


def test_a_thread_that_has_ended_leaves_no_open_file_behind(file: Path) -> None:
    store = opened(file)
    for _ in range(30):  # a service asks the revision in a new thread again and again
        thread = threading.Thread(target=lambda: store.read(lambda reader: reader.revision()))
        thread.start()
        thread.join()
    held = [each for each in Path("/proc/self/fd").iterdir() if each.exists() and each.resolve() == file.resolve()]
    store.close()
    assert 0 < len(held) <= 5


def test_a_connection_holds_much_of_the_file_only_while_it_writes(tmp_path: Path) -> None:
    store = sqlite_store.SQLiteStore(tmp_path / "k.db")

    def held() -> int:
        with store._connections.mine() as connection:
            return -int(connection.execute("PRAGMA cache_size").fetchone()[0])

    def fail(_: Writer) -> None:
        raise ZeroDivisionError

    assert held() == sqlite_store.READING_KIB
    assert store.write(lambda _: held()) == sqlite_store.WRITING_KIB
    assert held() == sqlite_store.READING_KIB
    with pytest.raises(ZeroDivisionError):
        store.write(fail)
    assert held() == sqlite_store.READING_KIB
    store.close()
