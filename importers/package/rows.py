"""Reads a table of a package row by row into typed values, each cell checked and its problems placed."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import IO

from graph_service.cells import CellType, Column, parse_cell
from graph_service.errors import InvalidValue, Place
from graph_service.exchange import Table
from importers.contract import Issues
from importers.package.problems import Problems

MOST_CACHED = 200_000
MOST_IN_A_LINE = 1 << 22
PLAIN = (CellType.TEXT, CellType.JSON)
SPANS = (("valid_from", "valid_until"), ("started_on", "ended_on"), ("open_from", "open_until"), ("since", "until"))
"""Columns of which the second is not before the first."""

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
        # a file without line ends would be read into memory whole; cut, it breaks the rules of CSV and is refused
        lines = iter(partial(self.file.readline, MOST_IN_A_LINE), "")
        self._csv = csv.reader(lines, strict=True)
        self.header = self._header()

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

    def values(self) -> Iterator[list[object]]:
        """The rows as typed values in the order of the table's columns, None where empty; none with a problem."""
        where = {name: index for index, name in enumerate(self.header)}
        columns = self.table.columns
        cut = [
            (where[c.name], i, None if c.type in PLAIN else CellCache(c))
            for i, c in enumerate(columns)
            if c.name in where
        ]
        filled = [i for i, c in enumerate(columns) if c.filled]
        names = [c.name for c in columns]
        spans = [(names.index(a), names.index(b)) for a, b in SPANS if a in where and b in where and b in names]
        empty: list[object] = [None] * len(columns)
        for cells in self.raw():
            values = empty.copy()
            sound = True
            for source, target, cache in cut:
                if cell := cells[source]:
                    try:
                        values[target] = cell if cache is None else cache[cell]
                    except InvalidValue as error:
                        self.problems.add(error.expected, error.found, self.place(names[target]))
                        sound = False
                        values[target] = cell
            for index in filled:
                if values[index] is None:
                    self.problems.add("a value", "an empty cell", self.place(names[index]))
                    sound = False
            if sound:
                for first, last in spans:
                    if values[first] is not None and values[last] is not None:
                        self._note_reversed(values[first], values[last])
                yield values

    def rows(self) -> Iterator[Row]:
        """The rows by column, empty cells left out."""
        names = [c.name for c in self.table.columns]
        for values in self.values():
            yield {name: value for name, value in zip(names, values, strict=True) if value is not None}

    def _note_reversed(self, begin: object, end: object) -> None:
        """An end before its beginning is odd, but what the source says."""
        if isinstance(begin, date) and isinstance(end, date) and end < begin:
            found = f"{begin} to {end}"
            self.issues.note("ends-before-start", "an end not before the beginning", found, self.place())

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
