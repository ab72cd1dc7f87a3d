"""Reads observations by the million: texts become numbers, rows become arrays; duplicates are found at the end."""

import math
from array import array
from collections.abc import Iterator
from operator import itemgetter

import numpy as np

from graph_service.cells import Column, parse_cell, parse_number
from graph_service.errors import InvalidValue
from graph_service.model import ObservationTable
from importers.contract import Progress
from importers.package.rows import TableReader

ROWS_AT_ONCE = 200_000
_TELL_EVERY = 1 << 16


class _Texts(dict[str, int]):
    """Gives each text of a column a number; ``texts`` has them in that order."""

    def __init__(self, column: Column) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.column = column

    def __missing__(self, text: str) -> int:
        if text:
            parse_cell(self.column, text)
        elif self.column.filled:
            raise InvalidValue("a value", "an empty cell")
        self[text] = len(self.texts)
        self.texts.append(text)
        return self[text]


class ObservationReader:
    """The observations of a package, held as arrays until the whole package is known to be sound."""

    def __init__(self, reader: TableReader) -> None:
        """Take the opened table; nothing is read yet."""
        self._reader = reader
        named = [c for c in reader.table.columns if c.name != "value"]
        self._texts = {c.name: _Texts(c) for c in named}
        self._codes = {c.name: array("i") for c in named}
        self._values = array("d")
        self._lines = array("q")

    def read(self, progress: Progress) -> None:
        """Read all rows; what is wrong with them is among the problems."""
        reader = self._reader
        where = {name: index for index, name in enumerate(reader.header)}
        columns = [(name, texts, self._codes[name]) for name, texts in self._texts.items() if name in where]
        cut = itemgetter(*(where[name] for name, _, _ in columns))
        value = where.get("value")
        for row in reader.raw():
            try:
                codes = [texts[cell] for (_, texts, _), cell in zip(columns, cut(row), strict=True)]
                number = parse_number(row[value]) if value is not None and row[value] else math.nan
            except InvalidValue:
                self._complain(row)
                continue
            for (_, _, column), code in zip(columns, codes, strict=True):
                column.append(code)
            self._values.append(number)
            self._lines.append(reader.line)
            if not reader.read % _TELL_EVERY:
                progress(reader.read, None)
        self._check_duplicates()

    def _complain(self, row: list[str]) -> None:
        """List every problem of a row, not only the first."""
        for name, cell in zip(self._reader.header, row, strict=True):
            column = self._reader.table.column(name)
            try:
                if column is not None and cell:
                    parse_cell(column, cell)
                elif column is not None and column.filled:
                    raise InvalidValue("a value", "an empty cell")
            except InvalidValue as error:
                self._reader.problems.add(error.expected, error.found, self._reader.place(name))

    def _check_duplicates(self) -> None:
        identity = self._reader.table.identity
        if not len(self._values):
            return
        combined = np.zeros(len(self._values), np.int64)
        for name in identity:
            combined = combined * len(self._texts[name].texts) + np.frombuffer(self._codes[name], np.int32)
        order = np.argsort(combined, kind="stable")
        again = np.sort(order[1:][combined[order[1:]] == combined[order[:-1]]])
        for row in again.tolist():
            found = ", ".join(self._texts[name].texts[self._codes[name][row]] for name in identity)
            place = self._reader.place(", ".join(identity), line=self._lines[row])
            self._reader.problems.add("each row once", found, place)

    def tables(self) -> Iterator[ObservationTable]:
        """What was read, in tables of bounded length."""
        for start in range(0, len(self._values), ROWS_AT_ONCE):
            part = slice(start, start + ROWS_AT_ONCE)
            yield ObservationTable(
                self._column("municipality", part),
                self._column("indicator", part),
                self._column("period", part),
                np.array(self._values[part], np.float64),
                self._column("flag", part),
            )

    def _column(self, name: str, part: slice) -> list[str]:
        codes = self._codes[name]
        if not codes:
            return [""] * len(self._values[part])
        texts = np.array(self._texts[name].texts, dtype=object)
        column: list[str] = texts[np.frombuffer(codes, np.int32)[part]].tolist()
        return column
