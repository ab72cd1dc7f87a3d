"""Files for imports: kept in the state folder by job, limited in size and kind; no stranger's name is trusted.

What is inside archives is checked when they are imported (``importers.archives``).
"""

import errno
import hashlib
import os
import re
import shutil
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from api.http.errors import TooLarge
from graph_service.errors import Place, SourceError, StoreFull, StoreReadOnly
from importers.archives import kind_of

MOST_FILES = 20
_CHUNK = 1 << 18
_HEAD = 512
_ARCHIVES = frozenset({".zip"})
_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
_TEXTS = frozenset({".csv", ".tsv", ".txt", ".asc", ".json", ".geojson", ".toml"})
SUFFIXES = tuple(sorted(_ARCHIVES | _WORKBOOKS | _TEXTS | {".parquet"}))
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

Tick = Callable[[int], None]
"""Told now and then how many bytes there are."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a job, under a name that is safe and still says what it was called."""

    name: str
    size: int
    sha256: str


class JobFiles:
    """The files of jobs: one folder a job, whole or not there."""

    def __init__(self, state: Path, most_mb: int) -> None:
        """Keep them in the state folder; all files of a job together may have so many MB."""
        self._folder = state / "imports"
        self._incoming = state / "incoming"
        self._most_mb = most_mb

    @property
    def most_bytes(self) -> int:
        """How large the files of a job may be together."""
        return self._most_mb << 20

    def incoming(self) -> IO[bytes]:
        """A nameless file for what is being received: it is gone when it is closed, and when the process dies."""
        with disk_errors(self._incoming):
            self._incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
            return tempfile.TemporaryFile(dir=self._incoming)

    def keep(
        self, job: str, files: Iterable[tuple[str, IO[bytes]]], tick: Tick = lambda _: None
    ) -> tuple[StoredFile, ...]:
        """Keep the files of a job for good, each given with its name; raises SourceError, TooLarge, StoreFull."""
        fresh = self._folder / f"{job}.new"
        try:
            with disk_errors(fresh):
                shutil.rmtree(fresh, ignore_errors=True)
                fresh.mkdir(mode=0o700, parents=True)
                stored = tuple(self._stored(fresh, files, tick))
                shutil.rmtree(self._folder / job, ignore_errors=True)
                fresh.rename(self._folder / job)
                _sync_folder(self._folder)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        if not stored:
            raise SourceError("at least one file")
        return stored

    def paths(self, job: str, files: Iterable[StoredFile]) -> list[Path]:
        """Where the files of a job are; raises SourceError where one is gone or is not what it was."""
        found = []
        for file in files:
            path = self._folder / job / file.name
            place = Place(file=file.name)
            try:
                with path.open("rb") as content:
                    digest = hashlib.file_digest(content, "sha256").hexdigest()
            except OSError:
                raise SourceError("a file that is still kept: upload it again", "no file", place) from None
            if digest != file.sha256:
                raise SourceError("a file as it was uploaded", f"the checksum {digest}", place)
            found.append(path)
        return found

    def remove(self, job: str) -> None:
        """Remove the files of a job, if there are any."""
        shutil.rmtree(self._folder / job, ignore_errors=True)

    def sweep(self, needed: Callable[[str], bool], *, older_than: float) -> int:
        """Remove folders, older than so many seconds, of jobs that need them no longer; return how many."""
        if not self._folder.is_dir():
            return 0
        before = time.time() - older_than
        old = [f for f in self._folder.iterdir() if f.stat().st_mtime < before and not needed(f.name)]
        for folder in old:
            shutil.rmtree(folder, ignore_errors=True)
        return len(old)

    def _stored(self, folder: Path, files: Iterable[tuple[str, IO[bytes]]], tick: Tick) -> Iterator[StoredFile]:
        room = self.most_bytes
        taken: set[str] = set()
        for name, content in files:
            if len(taken) == MOST_FILES:
                raise TooLarge(f"at most {MOST_FILES} files")
            safe = safe_name(name, taken)
            taken.add(safe.lower())
            stored = self._copied(folder / safe, content, room, tick)
            room -= stored.size
            yield stored

    def _copied(self, target: Path, content: IO[bytes], room: int, tick: Tick) -> StoredFile:
        digest, size = hashlib.sha256(), 0
        with target.open("xb") as file:
            target.chmod(0o600)
            while chunk := content.read(_CHUNK):
                if not size:
                    check_kind(target.name, chunk[:_HEAD])
                size += len(chunk)
                if size > room:
                    raise TooLarge(f"files of at most {self._most_mb} MB together", "", Place(file=target.name))
                digest.update(chunk)
                file.write(chunk)
                tick(size)
            file.flush()
            os.fsync(file.fileno())
        if not size:
            raise SourceError("a file with content", "an empty file", Place(file=target.name))
        return StoredFile(target.name, size, digest.hexdigest())


def safe_name(name: str, taken: Iterable[str] = ()) -> str:
    """A file name that is only a name, short, and none of those taken (in small letters)."""
    base = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    base = "".join(c if c.isalnum() or c in "._- ()" else "_" for c in base).strip(" .")
    stem, dot, suffix = base.rpartition(".")
    if not dot or not stem:
        stem, suffix = base, ""
    # at most 4 bytes a letter, and 255 a name
    stem, suffix = stem[:50].strip(" .") or "file", suffix[:10]
    found, number, used = stem, 1, set(taken)
    while f"{found}{dot and suffix and '.'}{suffix}".lower() in used:
        number += 1
        found = f"{stem}-{number}"
    return f"{found}.{suffix}" if suffix else found


def check_kind(name: str, head: bytes) -> None:
    """Refuse what no importer reads, by the name and by the first bytes; raises SourceError."""
    place = Place(file=name)
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise SourceError(f"a file that ends in one of {', '.join(SUFFIXES)}", suffix or "no ending", place)
    kind = kind_of(head)
    if suffix in _ARCHIVES:
        fits = head.startswith(b"PK\x03\x04")
    elif suffix in _WORKBOOKS:
        fits = head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))
    elif suffix == ".parquet":
        fits = head.startswith(b"PAR1")
    else:
        fits = kind in ("text", "a JSON document") or head.startswith(_UTF16)
    if not fits:
        raise SourceError("a file whose content fits its name", kind, place)


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Say what the disk refuses in one line: StoreFull or StoreReadOnly."""
    try:
        yield
    except OSError as error:
        place = Place(file=path.name)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreFull("free space on the disk; nothing was changed", error.strerror, place) from error
        raise StoreReadOnly("a file and folder that can be written", error.strerror, place) from error


def _sync_folder(folder: Path) -> None:
    """Make a new name in a folder outlast a power cut; where the system cannot, it is not asked to."""
    if hasattr(os, "O_DIRECTORY"):
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
