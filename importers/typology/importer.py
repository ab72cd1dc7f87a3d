"""Typology: settlement types of districts, associations and municipalities, as the BBSR publishes them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from graph_service.errors import Place, SourceError
from graph_service.keys import NodeKey, municipality_key
from graph_service.model import Concept, Dataset, Edge, EdgeType, Record
from importers.archives import check_file
from importers.contract import Issues, Progress, Reading, silent
from importers.datasets import load_dataset
from importers.spreadsheets import Row, is_workbook, open_workbook
from importers.tabular import read_table
from importers.typology.tables import Assignment, TypeTable, read_types


class TypologyImporter:
    """Reads the reference workbook of the BBSR, and tables of code and label as its portal exports them."""

    id = "typology"

    def read(self, paths: Sequence[Path], issues: Issues, progress: Progress = silent) -> Reading:
        """Recognise the tables by their headers; raises SourceError where no classification is known."""
        if len(paths) != 1:
            raise SourceError("one file", f"{len(paths)} files")
        path = paths[0]
        tables = [t for name, rows in _tables(path) if (t := read_types(rows, Place(path.name, name), issues))]
        if not any(table.assignments for table in tables):
            raise SourceError("a table of the BBSR with types of districts or municipalities", "none", Place(path.name))
        read = sum(table.read for table in tables)
        progress(read, read)
        return Reading(_dataset(tables), _records(tables), read=lambda: read)


def _tables(path: Path) -> Iterator[tuple[str, list[Row]]]:
    check_file(path)
    if is_workbook(path):
        book = open_workbook(path)
        for sheet in book.sheet_names:
            yield sheet, list(book.rows(sheet))
    else:
        yield "", [tuple(cell or None for cell in row) for _, row in read_table(path).rows()]


def _dataset(tables: list[TypeTable]) -> Dataset:
    year = max(table.year for table in tables if table.assignments)
    levels = {table.level for table in tables if table.assignments}
    schemes = {a.scheme.prefix for table in tables for a in table.assignments}
    only = next(iter(schemes)) if len(schemes) == 1 else "bbsr"
    return load_dataset(
        "typology",
        id=f"typology-{only}-{year}",
        title=f"Raumtypen des BBSR, Gebietsstand 31.12.{year}",
        territory_date=date(year, 12, 31),
        note=f"{', '.join(sorted(schemes))} ({', '.join(sorted(levels))})",
    )


def _records(tables: list[TypeTable]) -> Iterator[Record]:
    concepts: dict[NodeKey, Concept] = {}
    alone = _alone(tables)
    for table in tables:
        since = date(table.year, 1, 1)
        for item in table.assignments:
            target = item.scheme.key(item.code)
            if target not in concepts:
                concepts[target] = item.scheme.concept(item.code, item.label)
                yield concepts[target]
            for unit in _units(item, alone):
                yield Edge(EdgeType.OF_TYPE, municipality_key(unit), target, {"since": since})


def _units(item: Assignment, alone: dict[str, str]) -> list[str]:
    return [item.unit, alone[item.unit]] if item.unit in alone else [item.unit]


def _alone(tables: list[TypeTable]) -> dict[str, str]:
    """Associations of a single municipality with that municipality: one territory, so one type."""
    association_of = {unit: above for table in tables for unit, above in table.association_of.items()}
    members = Counter(association_of.values())
    return {above: unit for unit, above in association_of.items() if members[above] == 1}
