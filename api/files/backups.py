"""Backups: everything a store holds as one SQLite file, and back, all of it or nothing."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from graph_service.errors import Place, StoreCorrupt, StoreError, StoreNotMigrated, TargetError
from graph_service.store.contract import Changes, GraphStore, Reader, Writer
from graph_service.store.copy import copy_store
from graph_service.store.migrate import APPLICATION_ID
from graph_service.store.sqlite_store import SQLiteStore

Told = Callable[[int, int], None]

_MAGIC = b"SQLite format 3\0"
_APPLICATION_ID_AT = slice(68, 72)
"""Where SQLite's file header (https://www.sqlite.org/fileformat.html) says whose database it is."""


def write_backup(store: GraphStore, path: Path, progress: Told) -> Changes:
    """Copy a store into a new file; raises TargetError, StoreError, and leaves no half of a file."""
    place = Place(file=str(path))
    if path.exists():
        raise TargetError("a name that is not taken yet", "", place)
    if not path.parent.is_dir():
        raise TargetError("a folder that exists", str(path.parent), place)
    try:
        with TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as folder:
            unfinished = Path(folder) / path.name
            with closing(SQLiteStore(unfinished)) as target:
                changes = copy_store(store, target, progress)
            # closing moved everything into the one file
            unfinished.rename(path)
    except OSError as error:
        raise TargetError("a folder that can be written", error.strerror or error, place) from None
    return changes


def restore_backup(path: Path, store: GraphStore) -> Changes:
    """Make a store hold what a backup holds, in one unit of work; raises StoreError and leaves the store as it was."""
    if store.url.startswith("sqlite:///") and Path(store.url.removeprefix("sqlite:///")).resolve() == path.resolve():
        raise StoreError("a backup that is not the store itself", "", Place(file=str(path)))
    with _opened(path) as source:

        def work(writer: Writer) -> Changes:
            # a store that has a history of its own goes on with it
            fresh = not writer.journal(limit=1)
            for status in writer.datasets():
                writer.drop(status.dataset.id)
            return source.read(lambda reader: _adopted(reader, writer, history=fresh))

        return store.write(work)


def _adopted(reader: Reader, writer: Writer, *, history: bool) -> Changes:
    claims = ((status.dataset, reader.claimed(status.dataset.id)) for status in reader.datasets())
    changes = sum((writer.adopt(dataset, claimed) for dataset, claimed in claims), Changes())
    if history:
        writer.take_over(reader.journal(), reader.revision())
    return changes


@contextmanager
def _opened(path: Path) -> Iterator[GraphStore]:
    """A backup, of this or an older version; the file itself is not touched."""
    place = Place(file=str(path))
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except OSError as error:
        raise StoreError("a backup that can be read", error.strerror or error, place) from None
    if header[:16] != _MAGIC or int.from_bytes(header[_APPLICATION_ID_AT]) != APPLICATION_ID:
        raise StoreCorrupt("a backup that `kompass backup` wrote", "another file", place)
    with TemporaryDirectory() as folder:
        try:
            store = SQLiteStore(path, migrate=False)
        except StoreNotMigrated:
            store = SQLiteStore(Path(shutil.copy(path, folder)))
        with closing(store):
            yield store
