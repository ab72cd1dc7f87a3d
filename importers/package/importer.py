"""Imports exchange packages: everything is read and checked first, and a broken package is refused whole."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from graph_service.errors import Place, SourceError
from graph_service.exchange import TABLES, Table
from graph_service.model import Edge, EdgeType, Record
from importers.contract import Issues, Progress, Reading, silent
from importers.package.checks import check_parents
from importers.package.observations import ObservationReader
from importers.package.problems import Problems
from importers.package.records import Seen, edge_records, link_records, node_records
from importers.package.rows import TableReader
from importers.package.source import Files, open_files, read_descriptor

_TELL_EVERY = 1 << 14


class PackageImporter:
    """A Tabular Data Package in the project's own form: a folder or .zip with ``datapackage.json`` and CSV."""

    id = "package"

    def read(self, paths: Sequence[Path], issues: Issues, progress: Progress = silent) -> Reading:
        """Read one package; raises InvalidPackage with every problem, SourceError where it is no package."""
        if len(paths) != 1:
            raise SourceError("one package, a folder or .zip", f"{len(paths)} paths")
        path = paths[0]
        files = open_files(path)
        problems = Problems()
        descriptor = read_descriptor(files, path.name, issues, problems)
        package = _Package(files, issues, problems, progress)
        for name, location in descriptor.paths.items():
            package.read_table(TABLES[name], location)
        records = package.whole()
        check_parents(records, problems)
        problems.refuse(Place(file=path.name))
        return Reading(descriptor.dataset, package.all(), read=lambda: package.rows, must_be_whole=True)


class _Package:
    """What was read of a package so far."""

    def __init__(self, files: Files, issues: Issues, problems: Problems, progress: Progress) -> None:
        self.rows = 0
        self._files = files
        self._issues = issues
        self._problems = problems
        self._progress = progress
        self._seen: Seen = {}
        self._records: list[Record] = []
        self._observations: ObservationReader | None = None

    def read_table(self, table: Table, location: str) -> None:
        """Read one table into records; what is wrong with it is among the problems."""
        try:
            with self._files.open(location) as raw:
                text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
                reader = TableReader(table, text, self._issues, self._problems)
                if reader.usable:
                    self._read(table, reader)
                self.rows += reader.read
        except SourceError as error:
            self._problems.add(error.expected, error.found, Place(table=table.file))

    def _read(self, table: Table, reader: TableReader) -> None:
        if table.name == "observations":
            self._observations = ObservationReader(reader)
            self._observations.read(self._progress)
            return
        for record in self._rows(table, reader):
            self._records.append(record)
            if not len(self._records) % _TELL_EVERY:
                self._progress(self.rows + reader.read, None)

    def _rows(self, table: Table, reader: TableReader) -> Iterator[Record]:
        if table.label is not None:
            return node_records(table, table.label, reader, self._seen)
        if table.edge is not None and table.source is not None and table.target is not None:
            return edge_records(table, table.edge, table.source, table.target, reader)
        return link_records(table, reader)

    def whole(self) -> list[Record]:
        """The nodes and edges; a parent that `parts` tells more of is one edge, not two."""
        parts = [r for r in self._records if isinstance(r, Edge) and r.type is EdgeType.PART_OF]
        told = {(e.source, e.target) for e in parts if _tells_more(e)}
        spare = {id(e) for e in parts if not _tells_more(e) and (e.source, e.target) in told}
        if spare:
            self._records = [r for r in self._records if id(r) not in spare]
        return self._records

    def all(self) -> Iterator[Record]:
        """Every record: nodes and edges, then the observations."""
        yield from self._records
        if self._observations is not None:
            yield from self._observations.tables()


def _tells_more(edge: Edge) -> bool:
    return bool(edge.properties) or edge.visibility is not None
