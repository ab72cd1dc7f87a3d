"""Writes the shown graph as an exchange package: a folder or .zip, the same graph always byte for byte the same."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from graph_service.codec import edge_properties
from graph_service.exchange import DESCRIPTOR, TABLES, Column, Table, concept_parts, write_cell, write_number
from graph_service.export.contract import Exported
from graph_service.export.descriptor import describe
from graph_service.export.placing import place_edges, place_in_table
from graph_service.export.target import staged
from graph_service.export.view import View
from graph_service.keys import Label
from graph_service.model import Concept, Edge, Node, Visibility
from graph_service.store.contract import Reader

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a .zip, so that equal contents are equal archives."""


def write_package(
    reader: Reader, path: Path, *, visibility: Visibility = Visibility.PUBLIC, name: str | None = None
) -> Exported:
    """Write a package to a folder, or to a .zip where the path says so; raises TargetError.

    ``name`` is the package's and, where it is imported, the dataset's; by default that of the only dataset.
    """
    view = View(reader, visibility)
    zipped = path.suffix.lower() == ".zip"
    with staged(path, marker=DESCRIPTOR) as place, _zip(place) if zipped else _folder(place) as sink:
        writer = _Writer(view, sink)
        writer.write_tables()
        with sink.open(DESCRIPTOR) as file:
            json.dump(describe(view, writer.written, name), file, ensure_ascii=False, indent=1)
            file.write("\n")
    counts = {table.name: count for table, _, count in writer.written}
    return Exported("package", path, counts, writer.left_out)


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


class _Writer:
    """Writes one table after the other and remembers what it wrote."""

    def __init__(self, view: View, sink: _Sink) -> None:
        self.written: list[tuple[Table, list[Column], int]] = []
        self.left_out: dict[str, int] = {}
        self._view = view
        self._sink = sink
        self._placed = place_edges(view)

    def write_tables(self) -> None:
        """Write every table that has rows, and the municipalities in any case."""
        for table in TABLES.values():
            if table.label is not None:
                self._write_nodes(table, table.label)
            elif table.name == "observations":
                self._write(table, list(table.columns), self._observations())
            elif table.name == "links":
                self._write(table, list(table.columns), self._links())
            else:
                self._write(table, self._columns(table), self._edges(table))

    def _leave_out(self, what: str) -> None:
        self.left_out[what] = self.left_out.get(what, 0) + 1

    def _columns(self, table: Table) -> list[Column]:
        """All columns but the one for visibility, which a public package does not need."""
        return [c for c in table.columns if c.name != "visibility" or not self._view.public]

    def _write(self, table: Table, columns: list[Column], rows: Iterable[Sequence[str]]) -> None:
        rows = iter(rows)
        first = next(rows, None)
        if first is None and table.name != "municipalities":
            return
        count = 0
        with self._sink.open(table.file) as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow([c.name for c in columns])
            if first is not None:
                writer.writerow(first)
                count = 1
            for row in rows:
                writer.writerow(row)
                count += 1
        self.written.append((table, columns, count))

    def _write_nodes(self, table: Table, label: Label) -> None:
        """Write nodes; columns of ours that say nothing of any node are left out."""
        columns = self._columns(table)
        rows = [row for node in self._view.nodes(label) if (row := self._node(table, columns, node)) is not None]
        used = [i for i, c in enumerate(columns) if not c.extension or any(row[i] for row in rows)]
        self._write(table, [columns[i] for i in used], ([row[i] for i in used] for row in rows))

    def _node(self, table: Table, columns: list[Column], node: Node) -> list[str] | None:
        placed = self._placed.of(node.key)
        cells = {name: write_cell(tuple(sorted(keys))) for name, keys in placed.items()}
        cells |= {
            c.name: write_cell(getattr(node, field), c.type)
            for c in columns
            if (field := table.properties.get(c.name)) is not None
        }
        if isinstance(node, Concept):
            kind, concept = concept_parts(node.key.local, node.kind)
            if not kind:
                self._leave_out("concepts without a kind")
                return None
            cells |= {"id": concept, "kind": kind}
        else:
            cells[table.identity[0]] = node.key.local
        return [cells.get(c.name, "") for c in columns]

    def _edges(self, table: Table) -> Iterator[list[str]]:
        edges = self._placed.dated_parts if table.name == "parts" else self._in_table(table)
        columns = self._columns(table)[2:]
        seen: set[tuple[str, ...]] = set()
        told_apart = "actor" in table.properties
        for edge in edges:
            ends = place_in_table(table, edge)
            if ends is None:
                self._placed.loose.append(edge)
                continue
            values = [
                write_cell(
                    edge.visibility if c.name == "visibility" else edge.properties.get(table.properties[c.name]), c.type
                )
                for c in columns
            ]
            row = [*ends, *values]
            # an edge that lost the name of a hidden actor may now be the same as another
            if told_apart:
                identity = (*ends, *(v for c, v in zip(columns, values, strict=True) if c.name in table.identity))
                if identity in seen:
                    self._leave_out("applications of hidden actors")
                    continue
                seen.add(identity)
            yield row

    def _in_table(self, table: Table) -> Iterator[Edge]:
        return iter(()) if table.edge is None else self._view.edges(table.edge)

    def _links(self) -> Iterator[list[str]]:
        """The edges that found no place elsewhere; known only once all other tables are written."""
        for edge in sorted(self._placed.loose, key=lambda e: (e.type.value, e.source, e.target, e.qualifier)):
            properties = edge_properties(edge)
            if self._view.public:
                properties.pop("visibility", None)
            text = json.dumps(properties, ensure_ascii=False, sort_keys=True) if properties else ""
            yield [edge.type.value, edge.source, edge.target, text]

    def _observations(self) -> Iterator[list[str]]:
        for series in self._view.series():
            municipality, indicator = series.municipality.local, series.indicator.local
            for period, value, flag in zip(series.periods, series.values, series.flags, strict=True):
                yield [municipality, indicator, period, "" if value != value else write_number(value), flag]
