"""What the importer of own lists made of files, for tests."""

from pathlib import Path

from graph_service.model import Edge, Node, ObservationTable, Record
from importers.contract import Issues, Reading
from importers.table.importer import TableImporter


def read(*paths: Path) -> tuple[Reading, list[Record], Issues]:
    issues = Issues()
    reading = TableImporter().read(list(paths), issues)
    return reading, list(reading.records), issues


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def nodes(records: list[Record]) -> dict[str, Node]:
    return {r.key: r for r in records if isinstance(r, Node)}


def links(records: list[Record]) -> set[tuple[str, str, str]]:
    return {(r.type.value, str(r.source), str(r.target)) for r in records if isinstance(r, Edge)}


def values(records: list[Record]) -> dict[tuple[str, str, str], tuple[float, str]]:
    tables = [r for r in records if isinstance(r, ObservationTable)]
    return {
        (m, i, p): (float(v), f)
        for t in tables
        for m, i, p, v, f in zip(t.municipality, t.indicator, t.period, t.value, t.flag, strict=True)
    }
