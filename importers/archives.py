"""ZIP archives from strangers: listed and read only after everything that could hurt was ruled out.

Declared sizes lie, so every member is unpacked once, counting; nothing is ever written to a path that an archive names.
"""

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from graph_service.errors import Place, SourceError

MOST_PACKED = 512 << 20
MOST_UNPACKED = 1 << 30
MOST_MEMBERS = 20_000
_MOST_RATIO = 300
_RATIO_FROM = 64 << 20
"""Small members may well be all zeros; only what unpacks to more than this is suspicious."""
_MOST_DIRECTORY = MOST_MEMBERS * 300
_CHUNK = 1 << 18
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
)

_KINDS = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office document"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\0", "an SQLite database"),
)


@dataclass(frozen=True)
class Archive:
    """A ZIP archive that was unpacked once without harm; ``names`` are its files, folders left out."""

    path: Path
    names: tuple[str, ...]
    _zip: zipfile.ZipFile

    def read(self, name: str) -> bytes:
        """The content of one file; raises SourceError."""
        with self.open(name) as member:
            return member.read()

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """One file as a stream; raises SourceError where it is absent or damaged."""
        if name not in self.names:
            raise SourceError(f"an archive that holds {name}", "no such file in it", Place(file=self.path.name))
        with reading(self.path), self._zip.open(name) as member:
            yield member


def check_file(path: Path, most: int = MOST_PACKED, head: int = 512) -> bytes:
    """The first bytes of a file that exists, can be read, holds something and is not too large; raises SourceError."""
    place = Place(file=path.name)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise SourceError("a readable file", "a folder" if path.is_dir() else "something that is no file", place)
        with path.open("rb") as file:
            start = file.read(head)
    except OSError as error:
        raise SourceError("a readable file", error.strerror or error, place) from None
    if not start:
        raise SourceError("a file with content", "an empty file", place)
    if status.st_size > most:
        raise SourceError(f"a file of at most {most >> 20} MB", f"{status.st_size >> 20} MB", place)
    return start


def kind_of(head: bytes) -> str:
    """What a file seems to be by its first bytes, in words for a refusal."""
    for magic, kind in _KINDS:
        if head.startswith(magic):
            return kind
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] in (b"{", b"["):
        return "a JSON document"
    if text[:1] == b"<":
        return "a web page" if b"<html" in text.lower() or b"<!doctype" in text.lower() else "an XML document"
    return (
        "binary data" if b"\0" in head or len(re.findall(rb"[\x00-\x08\x0e-\x1f]", head)) > len(head) // 20 else "text"
    )


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what a damaged archive raises into a SourceError."""
    try:
        yield
    except _BROKEN as error:
        raise SourceError("an undamaged ZIP archive", error, Place(file=path.name)) from None


def open_archive(path: Path, *, most_unpacked: int = MOST_UNPACKED) -> Archive:
    """Open a ZIP archive after measuring its real size; raises SourceError for everything dangerous or broken."""
    archive = _listed(path)
    _measure(archive, path, most_unpacked)
    return Archive(path, _files(archive), archive)


def archive_names(path: Path) -> tuple[str, ...]:
    """The files in a ZIP archive, by its table of contents alone; raises SourceError."""
    with _listed(path) as archive:
        return _files(archive)


def _files(archive: zipfile.ZipFile) -> tuple[str, ...]:
    return tuple(member.filename for member in archive.infolist() if not member.is_dir())


def _listed(path: Path) -> zipfile.ZipFile:
    """An archive whose table of contents is harmless."""
    place = Place(file=path.name)
    head = check_file(path)
    if not head.startswith(b"PK"):
        raise SourceError("a ZIP archive", kind_of(head), place)
    _check_directory(path)
    with reading(path):
        archive = zipfile.ZipFile(path)
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise SourceError(f"an archive of at most {MOST_MEMBERS} files", len(members), place)
    for member in members:
        _check_member(member, place)
    if len({member.filename for member in members}) < len(members):
        raise SourceError("an archive with each name once", "one name several times", place)
    return archive


def _check_directory(path: Path) -> None:
    """Refuse a table of contents that alone would fill the memory: zipfile reads it whole."""
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - 66_000))
        tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22:
        raise SourceError("an undamaged ZIP archive", "no table of contents at its end", Place(file=path.name))
    (size,) = struct.unpack("<L", tail[end + 12 : end + 16])
    if size > _MOST_DIRECTORY:
        raise SourceError(f"an archive of at most {MOST_MEMBERS} files", "more", Place(file=path.name))


def _check_member(member: zipfile.ZipInfo, place: Place) -> None:
    name = member.orig_filename
    parts = re.split(r"[/\\]", name)
    if name.startswith(("/", "\\")) or ".." in parts or re.match(r"[A-Za-z]:", name) or "\0" in name:
        raise SourceError("names that stay inside the archive", name, place)
    if stat.S_ISLNK(member.external_attr >> 16):
        raise SourceError("an archive without links", name, place)
    if member.flag_bits & 0x1:
        raise SourceError("a file without a password", name, place)


def _measure(archive: zipfile.ZipFile, path: Path, most: int) -> None:
    """Unpack everything once and count; also proves every checksum."""
    total = 0
    for member in archive.infolist():
        size = 0
        with reading(path), archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if total + size > most:
                    raise SourceError(
                        f"at most {most >> 20} MB once unpacked",
                        f"more content in {member.filename}",
                        Place(file=path.name),
                    )
                if size > _RATIO_FROM and size > _MOST_RATIO * max(1, member.compress_size):
                    raise SourceError(
                        f"a file packed at most {_MOST_RATIO}-fold",
                        f"more content in {member.filename}",
                        Place(file=path.name),
                    )
        total += size
