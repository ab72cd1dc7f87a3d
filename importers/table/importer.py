"""Imports tables of any form: a map says what the columns mean, or their headings are guessed aloud."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Protocol

from graph_service.codec import dataset_from
from graph_service.errors import GraphServiceError, InvalidValue, Place, SourceError
from graph_service.keys import NodeKey
from graph_service.model import Dataset, Record
from importers.contract import Issues, Progress, Reading, silent
from importers.datasets import load_dataset
from importers.table.guess import by_headings, map_for
from importers.table.maps import TableMap, read_map, shipped_map_path, shipped_maps
from importers.table.observations import ObservationRows
from importers.table.records import RecordRows
from importers.table.sources import Source, candidates, join, open_source
from importers.table.values import slug


class _Rows(Protocol):
    read: int

    def records(self) -> Iterator[Record]: ...

    def mentions(self, key: NodeKey, /) -> Sequence[Place]: ...


class TableImporter:
    """Any CSV, workbook or Parquet file; a path that ends in .toml is the column map."""

    id = "table"

    def __init__(self, table_map: TableMap | None = None) -> None:
        """Read by this map where no path is one."""
        self._map = table_map

    def mapped(self, column_map: str) -> "TableImporter":
        """This importer with a shipped map (by its name) or a map in a file; raises SourceError, InvalidValue."""
        path = shipped_map_path(column_map) or Path(column_map)
        if path.suffix.lower() != ".toml":
            names = ", ".join(each.name for each in shipped_maps())
            raise InvalidValue(f"a file that ends in .toml, or one of {names}", column_map)
        return TableImporter(read_map(path))

    def read(self, paths: Sequence[Path], issues: Issues, progress: Progress = silent) -> Reading:
        """Recognise the tables, all by one map; raises SourceError."""
        maps = [read_map(path) for path in paths if path.suffix.lower() == ".toml"]
        tables = [path for path in paths if path.suffix.lower() != ".toml"]
        if len(maps) > 1 or not tables:
            raise SourceError("tables, and at most one map", ", ".join(path.name for path in paths))
        parts: list[_Rows] = []
        table_map = maps[0] if maps else self._map
        for path in tables:
            if table_map is None or table_map.headings:
                source, table_map = _recognised(path, table_map, issues, progress)
            else:
                source = open_source(path, table_map.form, issues, progress)
            parts.append(_rows(source, table_map, path, issues))
        if table_map is None:
            raise SourceError("at least one table", "none")
        return Reading(
            _dataset(table_map, tables),
            _all(parts),
            read=lambda: sum(part.read for part in parts),
            mentions=lambda key: [place for part in parts for place in part.mentions(key)],
        )


def _recognised(path: Path, given: TableMap | None, issues: Issues, progress: Progress) -> tuple[Source, TableMap]:
    """The first table of a file for which there is a map; raises SourceError that says why the first is none."""
    refused: SourceError | None = None
    for source in candidates(path, issues, progress):
        try:
            if given is None:
                return source, map_for(source, issues)
            found = by_headings(source, issues, given.headings)
            return source, replace(given, targets=found.targets)
        except SourceError as error:
            refused = refused or error
    raise refused or SourceError("a table with rows", "an empty table", Place(file=path.name))


def _rows(source: Source, table_map: TableMap, path: Path, issues: Issues) -> _Rows:
    if path.name in table_map.ignore:
        raise SourceError("a table of data", "a file that only explains others", Place(file=path.name))
    source = join(source, table_map.form.joins, issues)
    if table_map.observed is not None:
        return ObservationRows(source, table_map, table_map.observed, issues)
    return RecordRows(source, table_map, issues)


def _all(parts: Sequence[_Rows]) -> Iterator[Record]:
    for part in parts:
        yield from part.records()


def _dataset(table_map: TableMap, tables: Sequence[Path]) -> Dataset:
    """The dataset that the map describes; without a map the file's name is all there is."""
    defaults = load_dataset("table")
    stem = slug(tables[0].stem) or defaults.id
    said = {f.name: getattr(defaults, f.name) for f in fields(Dataset)} | dict(table_map.dataset)
    if "id" not in table_map.dataset:
        said["id"] = stem
        said.setdefault("title", stem)
    if "title" not in table_map.dataset:
        said["title"] = tables[0].name
    if table_map.id_from_file and len(tables) == 1:
        said["id"], said["title"] = f"{said['id']}-{stem}", f"{said['title']}: {tables[0].stem}"
    plain = {k: v.isoformat() if isinstance(v, date) else v for k, v in said.items() if v is not None}
    try:
        return dataset_from(plain)
    except (GraphServiceError, TypeError, ValueError) as error:
        raise SourceError(
            "a [dataset] with id, title and the fields of a dataset", error, Place(file=table_map.name)
        ) from None
