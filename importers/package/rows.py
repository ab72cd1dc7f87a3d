"""Reads a table of a package row by row into typed values, each cell checked and its problems placed."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from graph_service.errors import InvalidValue, Place
from graph_service.exchange import CellType, Column, Table, parse_cell
from importers.contract import Issues
from importers.package.checks import note_reversed
from importers.package.problems import Problems

MOST_CACHED = 200_000

Row = dict[str, object]
"""Column → value; empty cells are absent."""


class CellCache(dict[str, object]):
    """What each text of a column reads as; ends of edges and dates repeat by the thousand."""

    def __init__(self, column: Column) -> None:
        super().__init__()
        self.column = column

    def __missing__(self, text: str) -> object:
        value = parse_cell(self.column, text)
        if len(self) < MOST_CACHED:
            self[text] = value
        return value


@dataclass
class TableReader:
    """One table of a package: its header is checked when it is opened, its rows as they are read."""

    table: Table
    file: IO[str]
    issues: Issues
    problems: Problems

    def __post_init__(self) -> None:
        self.read = 0
        self.line = 1
        self._csv = csv.reader(self.file, strict=True)
        self.header = self._header()
        self.columns = [self.table.column(name) for name in self.header]

    def place(self, column: str = "", line: int | None = None) -> Place:
        """A place in this table, by default the row read last."""
        return Place(table=self.table.file, line=self.line if line is None else line, column=column)

    def raw(self) -> Iterator[list[str]]:
        """The rows as text with as many cells as the header; others are problems. ``line`` is where the row begins."""
        width = len(self.header)
        before = self._csv.line_num
        try:
            for row in self._csv:
                self.line = before + 1
                before = self._csv.line_num
                if len(row) == width:
                    self.read += 1
                    yield row
                elif row:
                    self.problems.add(f"{width} cells, as many as the header", len(row), self.place())
        except UnicodeDecodeError as error:
            self._broken("text in UTF-8", _shown(error), before + 1)
        except csv.Error as error:
            self._broken("CSV as in RFC 4180", error, before + 1)

    def rows(self) -> Iterator[Row]:
        """The rows as typed values; a row with a problem is not among them."""
        caches = [None if c is None else CellCache(c) for c in self.columns]
        plain = [c is not None and c.type in (CellType.TEXT, CellType.JSON) for c in self.columns]
        readers = [
            (i, n, c, p) for i, (n, c, p) in enumerate(zip(self.header, caches, plain, strict=True)) if c is not None
        ]
        filled = [c.name for c in self.table.columns if c.filled]
        for cells in self.raw():
            row: Row = {}
            sound = True
            for index, name, cache, text in readers:
                cell = cells[index]
                if not cell:
                    continue
                if text:
                    row[name] = cell
                    continue
                try:
                    row[name] = cache[cell]
                except InvalidValue as error:
                    self.problems.add(error.expected, error.found, self.place(name))
                    sound = False
            for name in filled:
                if name not in row and not cells[self.header.index(name)]:
                    self.problems.add("a value", "an empty cell", self.place(name))
                    sound = False
            if sound:
                note_reversed(row, self.issues, self.place())
                yield row

    def _header(self) -> list[str]:
        try:
            header = next(self._csv, [])
        except UnicodeDecodeError as error:
            self._broken("text in UTF-8", _shown(error), 1)
            return []
        except csv.Error as error:
            self._broken("CSV as in RFC 4180", error, 1)
            return []
        names = {c.name for c in self.table.columns}
        for name in dict.fromkeys(header):
            if header.count(name) > 1:
                self.problems.add("each column once", name, self.place(name))
            if name not in names:
                self.issues.note("unknown-column", f"a column of {self.table.file}", name, self.place(name))
        for column in self.table.columns:
            if column.required and column.name not in header:
                self.problems.add("a column that must be there", column.name, self.place(column.name))
        return header

    @property
    def usable(self) -> bool:
        """Whether the header allows the rows to be read at all."""
        return all(c.name in self.header for c in self.table.columns if c.required)

    def _broken(self, expected: str, found: object, line: int) -> None:
        self.problems.add(expected, found, self.place(line=line))


def _shown(error: UnicodeDecodeError) -> str:
    return f"byte 0x{error.object[error.start]:02x}"


def first_column(row: Mapping[str, object], found: str, columns: Sequence[str]) -> str:
    """The column whose value an error complains of, where that can be told."""
    return next((name for name in columns if name in row and str(row[name]) == found), "")
