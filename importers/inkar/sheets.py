"""Opens an INKAR export, whatever it is saved as: its rows of values, what it says of each indicator, its citation."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from graph_service.errors import Place, SourceError
from importers.contract import Progress
from importers.spreadsheets import open_workbook
from importers.tabular import read_table

Cell = object
Row = tuple[Cell, ...]

_AN_EXPORT = "an export of INKAR: Kennziffer, Raumeinheit, Aggregat, then a column for each indicator and year"
_KEY = "Kennziffer"
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_UNIT = re.compile(
    r"\bin (%|‰|€(?: je .+)?|Euro(?: je .+)?|1\.000 (?:Euro|€)(?: .+)?|km²?|ha|m²|Minuten|Jahren|Prozent)\W*\Z"
)


@dataclass(frozen=True, slots=True)
class About:
    """What the sheet of metadata says of an indicator."""

    title: str = ""
    source: str = ""

    @property
    def unit(self) -> str:
        """The unit at the end of the long title; a plain number of something is "Anzahl"; else ""."""
        found = _UNIT.search(self.title)
        if found:
            return found[1]
        return "Anzahl" if self.title.startswith(("Zahl der ", "Anzahl der ")) else ""


@dataclass(frozen=True)
class Export:
    """One file: the table of values read lazily, the first two rows being the head."""

    path: Path
    rows: Iterator[tuple[int, Row]]
    about: dict[str, About] = field(default_factory=dict)
    citation: str = ""

    @property
    def edition(self) -> str:
        """The year of the edition, "" where it is not said."""
        found = re.search(r"Ausgabe (\d{4})", self.citation)
        return found[1] if found else ""


def open_export(path: Path, progress: Progress) -> Export:
    """Recognise an export by its head; raises SourceError."""
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise SourceError("a readable file", error.strerror or error, Place(file=path.name)) from None
    return _workbook(path) if magic in _WORKBOOKS else _text(path, progress)


def _workbook(path: Path) -> Export:
    book = open_workbook(path)
    about: dict[str, About] = {}
    citation = ""
    values: str | None = None
    for name in book.sheet_names:
        first = next(book.rows(name), ())
        start = _text_of(first[0] if first else None)
        if start == _KEY:
            if values is not None:
                raise SourceError("one sheet of values", f"{values} and {name}", Place(file=path.name))
            values = name
        elif start.startswith("Quelle"):
            citation = " ".join(start.split())
        else:
            about |= _about(book.rows(name))
    if values is None:
        raise SourceError(_AN_EXPORT, f"sheets {', '.join(book.sheet_names)}"[:200], Place(file=path.name))
    return Export(path, enumerate(book.rows(values), start=1), about, citation)


def _about(rows: Iterator[Row]) -> dict[str, About]:
    """The indicators that a sheet documents: a head that begins with Indikator, then a row for each."""
    names: list[str] | None = None
    found = {}
    for row in rows:
        cells = [_text_of(cell) for cell in row]
        if names is None:
            names = cells if cells and cells[0] == "Indikator" else None
        elif cells[0]:
            said = dict(zip(names, cells, strict=False))
            found[cells[0]] = About(title=said.get("Langname", ""), source=said.get("Quelle", ""))
    return found


def _text_of(cell: Cell) -> str:
    return cell.strip() if isinstance(cell, str) else ""


def _text(path: Path, progress: Progress) -> Export:
    table = read_table(path)
    first = next(table.rows(), (0, [""]))[1]
    if first[0].strip() != _KEY:
        raise SourceError(_AN_EXPORT, first[0], Place(file=path.name, line=1))
    return Export(path, ((line, tuple(row)) for line, row in table.rows(progress)))
