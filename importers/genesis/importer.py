"""Imports tables of GENESIS-Online, the Regionaldatenbank and the Zensus database: any table, flat or classic."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from graph_service.errors import Place, SourceError
from graph_service.model import Dataset
from importers.contract import Issues, Progress, Reading, silent
from importers.datasets import load_dataset
from importers.genesis.cells import Cells
from importers.genesis.classic import ClassicReader, first_lines, mark_of, outline
from importers.genesis.codes import source_of
from importers.genesis.flat import FlatReader, flat_layout
from importers.official import slug
from importers.tabular import read_table

_A_TABLE = "a table of GENESIS, the Regionaldatenbank or the Zensus database, flat (ffcsv) or classic"


class GenesisImporter:
    """Recognises a table by its content; several files are read as one dataset when they are of one table."""

    id = "genesis"

    def read(self, paths: Sequence[Path], issues: Issues, progress: Progress = silent) -> Reading:
        """Read the tables; raises SourceError where a file is none, or the files are of several tables."""
        cells = Cells(issues)
        datasets: list[Dataset] = []
        for path in paths:
            cells.open(path.name)
            reader = _recognised(path, cells)
            reader.read(progress)
            datasets.append(_dataset(reader))
            if datasets[0].id != datasets[-1].id:
                place = Place(file=path.name)
                raise SourceError(f"files of one table ({datasets[0].id})", datasets[-1].id, place)
        if not datasets:
            raise SourceError("at least one file")
        dataset = datasets[-1]
        return Reading(dataset, cells.records(reader.code, dataset.licence), read=lambda: cells.rows)


def _recognised(path: Path, cells: Cells) -> FlatReader | ClassicReader:
    table = read_table(path)
    lines = first_lines(table)
    layout = flat_layout(lines[0][1], path.name) if lines else None
    if layout is not None:
        return FlatReader(table, layout, cells)
    mark = mark_of(lines)
    parts = outline(lines)
    if parts is None or (mark is None and not any(row[0].startswith("____") for _, row in table.rows())):
        found = lines[0][1][0] if lines else "no lines"
        raise SourceError(_A_TABLE, found, Place(file=path.name))
    return ClassicReader(table, parts, mark or "", cells)


def _dataset(reader: FlatReader | ClassicReader) -> Dataset:
    source = source_of(reader.code)
    stand: date | None = reader.stand if isinstance(reader, ClassicReader) else None
    notice = reader.notice if isinstance(reader, ClassicReader) else ""
    dataset = load_dataset(
        "genesis", id=f"genesis-{slug(reader.code)}", title=f"{reader.title} ({reader.code})", note=notice
    )
    return replace(dataset, publisher=source.publisher, url=source.url, retrieved_on=stand)
