"""Keeps projections in files beside the database: one folder a revision, mapped by every process that opens it."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from graph_service.arrays import load, save
from graph_service.projection import Arrays, Projection, project
from graph_service.store.contract import GraphStore

FORMAT = 2
"""Part of a folder's name, so that an older version's files are never misread."""
PATIENCE = 60.0
"""For how many seconds a process waits while another builds; then it builds for itself."""
_LOCK = "building.lock"


class ProjectionCache:
    """Opens the projection of a store's present revision: from files where they are, else built and written."""

    def __init__(self, folder: Path) -> None:
        """Keep the files in this folder; it is created when something is written."""
        self._folder = folder

    def open(self, store: GraphStore) -> Projection:
        """The projection of the present revision."""
        kept = self._kept(store)
        if kept is None:
            with self._alone():
                kept = self._kept(store) or self._built(store)
        return kept

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While another process builds, wait for its files: building takes time and memory once, not once a process."""
        lock = FileLock(self._folder / _LOCK)
        with suppress(OSError, NotImplementedError, Timeout):  # nowhere to write, no locks, or the other stands still
            self._folder.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=PATIENCE)
        try:
            yield
        finally:
            lock.release()

    def _built(self, store: GraphStore) -> Projection:
        built = project(store)
        identity = store.read(lambda reader: reader.identity())
        self._keep(built, self._path(identity, built.revision))
        # mapped from the files it is shared with other processes, and what it was built in is given back
        return self._read(identity, built.revision) or built

    def _kept(self, store: GraphStore) -> Projection | None:
        return self._read(*store.read(lambda reader: (reader.identity(), reader.revision())))

    def _read(self, identity: str, revision: int) -> Projection | None:
        try:
            return Projection(load(Arrays, self._path(identity, revision)))
        except (OSError, ValueError):
            return None

    def _path(self, identity: str, revision: int) -> Path:
        return self._folder / f"{FORMAT}-{identity}-{revision}"

    def _keep(self, projection: Projection, target: Path) -> None:
        """Write the files under another name first; a cache that cannot be written is no reason to fail."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            fresh = Path(tempfile.mkdtemp(prefix="new-", dir=self._folder))
        except OSError:
            return
        try:
            save(projection.arrays, fresh)
            fresh.rename(target)
        except OSError:  # full disk, or another process was faster
            shutil.rmtree(fresh, ignore_errors=True)
        self._forget(target)

    def _forget(self, newest: Path) -> None:
        """Remove other revisions' files; a process that still maps them keeps its view on POSIX systems."""
        for path in self._folder.iterdir():
            if path != newest and path.name != _LOCK and not path.name.startswith("new-"):
                shutil.rmtree(path, ignore_errors=True)


def cache_folder(store: GraphStore, home: Path) -> Path:
    """Where a store's projections belong: beside an SQLite file, else under ``home`` by a digest of its address."""
    scheme, _, rest = store.url.partition(":///")
    if scheme == "sqlite":
        path = Path(rest)
        if os.access(path.parent, os.W_OK):
            return path.with_name(f"{path.name}.projection")
    return home / hashlib.sha256(store.url.encode()).hexdigest()[:16]
