"""Imports the Deutschlandatlas: a sheet (or CSV file) per level and territorial status, a column per indicator."""

import math
import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice
from pathlib import Path

import numpy as np

from graph_service.errors import InvalidValue, Place, SourceError
from graph_service.model import ObservationTable, Record
from importers.contract import Issues, Progress, Reading, silent
from importers.datasets import load_dataset
from importers.deutschlandatlas import codes
from importers.deutschlandatlas.indicators import Catalogue, indicator_id, load_catalogue
from importers.numbers import guess_decimal, parse_date, parse_number
from importers.spreadsheets import Cell, open_workbook
from importers.tabular import read_table

_A_SHEET = "the Deutschlandatlas' table: a first column such as KRS1222, GKZ1222 or VBG1222"
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_MISSING = frozenset({-9999.0, -99999.0})
"""How the publisher writes a missing value; the second form is announced for the tax revenue."""
_CLASS = re.compile(r"(?:bis )?unter [0-9.,]+\Z|[0-9.,]+ bis unter [0-9.,]+\Z|[0-9.,]+ und mehr\Z")
_LOOKED_AT = 2000

Row = Sequence[Cell]
Line = tuple[int, Row]


@dataclass(frozen=True)
class _Sheet:
    file: str
    name: str
    status: codes.Status
    head: tuple[str, ...]
    lines: Callable[[], Iterator[Line]]
    """The rows after the head; may be asked for more than once."""

    def place(self, line: int, column: str = "") -> Place:
        return Place(file=self.file, table=self.name, line=line, column=column)


class DeutschlandatlasImporter:
    """The workbook with all sheets, or single CSV files of the same form."""

    id = "deutschlandatlas"

    def read(self, paths: Sequence[Path], issues: Issues, progress: Progress = silent) -> Reading:
        """Read all sheets; raises SourceError where a file has none."""
        sheets: list[_Sheet] = []
        edition: date | None = None
        whole = False
        for path in paths:
            found, stated = _sheets(path)
            sheets += found
            edition = stated or edition
            whole = whole or len(found) > 1
        if not sheets:
            raise SourceError("at least one file")
        title = "Deutschlandatlas" + (f", Stand {edition:%d.%m.%Y}" if edition else "")
        parts = "" if whole else "".join(f"-{name}" for name in sorted({s.status.name.lower() for s in sheets}))
        dataset = load_dataset("deutschlandatlas", id=f"deutschlandatlas{parts}", title=title)
        values = _Values(issues, load_catalogue(), edition)
        values.learn_associations(sheets)
        for sheet in sheets:
            values.read(sheet)
            progress(values.rows, None)
        return Reading(dataset, values.records(dataset.licence), read=lambda: values.rows)


def _sheets(path: Path) -> tuple[list[_Sheet], date | None]:
    """The sheets of a file that hold values, and the edition where a cover sheet says it."""
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise SourceError("a readable file", error.strerror or error, Place(file=path.name)) from None
    if magic not in _WORKBOOKS:
        return [_text_sheet(path)], None
    book = open_workbook(path)
    sheets = []
    edition: date | None = None
    for name in book.sheet_names:
        first = list(islice(book.rows(name), 5))
        status = codes.status_of(first[0][0]) if first and first[0] else None
        if status is None:
            edition = edition or _edition(first)
            continue

        def lines(name: str = name) -> Iterator[Line]:
            return islice(enumerate(book.rows(name), start=1), 1, None)

        head = tuple(str(cell).strip() if cell is not None else "" for cell in first[0])
        sheets.append(_Sheet(path.name, name, status, head, lines))
    if not sheets:
        raise SourceError(_A_SHEET, f"sheets {', '.join(book.sheet_names)}"[:200], Place(file=path.name))
    return sheets, edition


def _edition(rows: Sequence[Row]) -> date | None:
    for row in rows:
        found = re.match(r"Stand:\s*(\S+)", row[0]) if row and isinstance(row[0], str) else None
        if found:
            try:
                return parse_date(found[1])
            except InvalidValue:
                return None
    return None


def _text_sheet(path: Path) -> _Sheet:
    table = read_table(path)
    first = next(table.rows(), (0, [""]))[1]
    status = codes.status_of(first[0])
    if status is None:
        raise SourceError(_A_SHEET, first[0], Place(file=path.name, line=1))
    head = tuple(cell.strip() for cell in first)
    return _Sheet(path.name, "", status, head, lambda: islice(table.rows(), 1, None))


@dataclass
class _Values:
    """What was read so far, a table of observations per sheet."""

    issues: Issues
    catalogue: Catalogue
    edition: date | None
    rows: int = 0
    _tables: list[ObservationTable] = field(default_factory=list)
    _ranges: dict[str, tuple[float, float]] = field(default_factory=dict)
    _associations: codes.AssociationNumbers = field(default_factory=lambda: codes.AssociationNumbers(()))

    def learn_associations(self, sheets: Sequence[_Sheet]) -> None:
        """Take the codes and names of the associations from the sheets that have them in full."""
        full = [
            (codes.association(row[0]), str(row[1]))
            for sheet in sheets
            if sheet.status.level == "VBGEM" and _full_codes(lines := list(sheet.lines()))
            for _, row in lines
            if len(str(row[0]).strip()) in (8, 9)
        ]
        self._associations = codes.AssociationNumbers(full)

    def read(self, sheet: _Sheet) -> None:
        """Take the values of one sheet."""
        lines = sheet.lines()
        first = list(islice(lines, _LOOKED_AT if sheet.status.level != "VBGEM" else None))
        code_of = self._code_reader(sheet, first)
        decimal = _decimal(first, sheet)
        columns = [
            _Column(self, sheet, number, name, decimal) for number, name in enumerate(sheet.head) if number > 1 and name
        ]
        if not columns:
            raise SourceError("a column for each indicator", "none", sheet.place(1))
        seen: set[str] = set()
        for line, row in chain(first, lines):
            self.rows += 1
            try:
                code = code_of(row)
            except InvalidValue as error:
                self.issues.add(error, sheet.place(line, sheet.head[0]), kind="region-code")
                continue
            if code in seen:
                self.issues.add(
                    InvalidValue("each region once", code), sheet.place(line, sheet.head[0]), kind="duplicate"
                )
                continue
            seen.add(code)
            for column in columns:
                column.take(code, row, line)
        for column in columns:
            self._tables.append(column.finish())
            if len(column):
                low, high = self._ranges.get(column.name, (math.inf, -math.inf))
                self._ranges[column.name] = (min(low, column.smallest), max(high, column.largest))

    def _code_reader(self, sheet: _Sheet, first: Sequence[Line]) -> Callable[[Row], str]:
        if sheet.status.level == "KRS":
            return lambda row: codes.district(row[0])
        if sheet.status.level == "GEM":
            return lambda row: codes.municipality(row[0])
        if _full_codes(first):
            return lambda row: codes.association(row[0])
        return lambda row: self._associations.code(row[0], str(row[1]))

    def records(self, licence: str) -> list[Record]:
        """The indicators, then their observations."""
        indicators = [
            self.catalogue.indicator(name, low if low <= high else 0.0, high if low <= high else 0.0, licence)
            for name, (low, high) in self._ranges.items()
        ]
        return [*indicators, _together(self._tables)]


def _together(tables: Sequence[ObservationTable]) -> ObservationTable:
    """One table, for what follows costs by table."""
    columns: tuple[list[str], list[str], list[str], list[str]] = ([], [], [], [])
    for table in tables:
        for column, part in zip(columns, (table.municipality, table.indicator, table.period, table.flag), strict=True):
            column.extend(part)
    municipality, indicator, period, flag = columns
    return ObservationTable(municipality, indicator, period, np.concatenate([table.value for table in tables]), flag)


def _full_codes(lines: Sequence[Line]) -> bool:
    return any(len(str(row[0]).strip()) == 9 for _, row in lines)


def _decimal(lines: Sequence[Line], sheet: _Sheet) -> str:
    texts = [cell for _, row in lines for cell in row[2:] if isinstance(cell, str) and not _CLASS.match(cell.strip())]
    try:
        return guess_decimal(texts) or ","
    except InvalidValue as error:
        raise SourceError(error.expected, error.found, sheet.place(1)) from None


class _Column:
    """One indicator of one sheet."""

    def __init__(self, values: _Values, sheet: _Sheet, number: int, name: str, decimal: str) -> None:
        self.name = name
        self.smallest, self.largest = math.inf, -math.inf
        self._issues, self._sheet, self._number, self._decimal = values.issues, sheet, number, decimal
        self._period, stated = values.catalogue.period(name, sheet.status, values.edition)
        self._codes: list[str] = []
        self._values = array("d")
        self._flags: list[str] = []
        self._noticed: dict[str, tuple[int, int, object]] = {}
        if not stated:
            self._issues.note("period-from-territory", "a stated year", self._period, sheet.place(1, name))
        if name not in values.catalogue.known:
            self._issues.note("unknown-indicator", "a described indicator", name, sheet.place(1, name))

    def __len__(self) -> int:
        return len(self._values)

    def take(self, code: str, row: Row, line: int) -> None:
        """Take a cell: a number, a class (kept as its flag, for a class is no number) or a missing value."""
        cell = row[self._number] if self._number < len(row) else None
        if isinstance(cell, str):
            text = cell.strip()
            if _CLASS.match(text):
                self._notice("class-value", line, text)
                self._add(code, math.nan, text)
                return
            try:
                cell = parse_number(text, self._decimal) if text else None
            except InvalidValue as error:
                self._issues.add(error, self._sheet.place(line, self.name))
                return
        if cell is None or cell in _MISSING:
            self._notice("missing-value", line, "" if cell is None else cell)
        elif isinstance(cell, int | float) and not isinstance(cell, bool):
            value = float(cell)
            self.smallest, self.largest = min(self.smallest, value), max(self.largest, value)
            self._add(code, value, "")
        else:
            self._issues.add(InvalidValue("a number", cell, self._sheet.place(line, self.name)))

    def _add(self, code: str, value: float, flag: str) -> None:
        self._codes.append(code)
        self._values.append(value)
        self._flags.append(flag)

    def _notice(self, kind: str, line: int, found: object) -> None:
        times, first, example = self._noticed.get(kind, (0, line, found))
        self._noticed[kind] = (times + 1, first, example)

    def finish(self) -> ObservationTable:
        """The column's observations; what was noticed is reported once, with how often."""
        for kind, (times, line, found) in self._noticed.items():
            self._issues.note(kind, "a number", found, self._sheet.place(line, self.name), times=times)
        size = len(self._codes)
        numbers = np.frombuffer(self._values, dtype=np.float64) if size else np.empty(0)
        return ObservationTable(
            self._codes, [indicator_id(self.name)] * size, [self._period] * size, numbers, self._flags
        )
