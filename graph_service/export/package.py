"""Writes the shown graph as an exchange package: a folder or .zip, the same graph always byte for byte the same."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, Protocol

from graph_service.cells import Column
from graph_service.exchange import DESCRIPTOR, Table
from graph_service.export.contract import Exported
from graph_service.export.descriptor import describe
from graph_service.export.tables import Tables
from graph_service.export.target import staged
from graph_service.export.view import View
from graph_service.model import Dataset, Visibility
from graph_service.store.contract import Reader

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a .zip, so that equal contents are equal archives."""


def write_package(
    reader: Reader,
    path: Path,
    *,
    visibility: Visibility = Visibility.PUBLIC,
    name: str | None = None,
    whole: Dataset | None = None,
) -> Exported:
    """Write a package to a folder, or to a .zip where the path says so; raises TargetError.

    ``name`` is the package's and, where it is imported, the dataset's; by default that of the only dataset. ``whole``
    says what a package of several datasets is together: its name, title, publisher, address and note.
    """
    view = View(reader, visibility)
    zipped = path.suffix.lower() == ".zip"
    with staged(path, marker=DESCRIPTOR) as place, _zip(place) if zipped else _folder(place) as sink:
        tables = Tables(view)
        written = list(_write_tables(tables, sink))
        with sink.open(DESCRIPTOR) as file:
            json.dump(describe(view, written, name, whole), file, ensure_ascii=False, indent=1)
            file.write("\n")
    return Exported("package", path, {table.name: count for table, _, count in written}, tables.left_out)


def _write_tables(tables: Tables, sink: "_Sink") -> Iterator[tuple[Table, list[Column], int]]:
    """Write every table that has rows, and the municipalities in any case."""
    for table, columns, rows in tables.all():
        first = next(rows, None)
        if first is None and table.name != "municipalities":
            continue
        count = 0
        with sink.open(table.file) as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow([c.name for c in columns])
            for count, row in enumerate(chain([first] if first else [], rows), start=1):  # noqa: B007  # the last number is the count
                writer.writerow(row)
        yield table, columns, count


class _Sink(Protocol):
    def open(self, name: str) -> IO[str]: ...


class _Folder:
    def __init__(self, path: Path) -> None:
        path.mkdir()
        self._path = path

    def open(self, name: str) -> IO[str]:
        return (self._path / name).open("w", encoding="utf-8", newline="")


class _Zip:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def open(self, name: str) -> IO[str]:
        entry = zipfile.ZipInfo(name, _EPOCH)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        return io.TextIOWrapper(self._archive.open(entry, "w", force_zip64=True), encoding="utf-8", newline="")


@contextmanager
def _folder(path: Path) -> Iterator[_Sink]:
    yield _Folder(path)


@contextmanager
def _zip(path: Path) -> Iterator[_Sink]:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        yield _Zip(archive)
