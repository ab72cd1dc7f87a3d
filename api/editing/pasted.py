"""Rows pasted from a spreadsheet, read as records of a table: what was understood, and what is wrong with each row."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from rapidfuzz import process

from api.editing.rows import Row, read_row
from api.language import N_
from graph_service.errors import GraphServiceError, InvalidValue, Place
from graph_service.exchange import TABLES, CellType, Column, Table, vocabulary_of
from graph_service.vocabulary import load_vocabulary
from importers.table.guess import known_headings
from importers.table.values import items, read_cell, term_id

MOST_ROWS = 500
Resolve = Callable[[str], str]
"""The key of an actor that a cell names; raises a GraphServiceError."""


@dataclass(frozen=True, slots=True)
class PastedRow:
    """A row as it was pasted, what it means, and what is wrong with it. ``line`` counts from 1, with the headings."""

    line: int
    cells: tuple[str, ...]
    row: Row
    problems: tuple[GraphServiceError, ...]


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was pasted: a column of the table for each heading, "" where it is left out."""

    headings: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[PastedRow, ...]
    problem: GraphServiceError | None = None
    """What is wrong with all of it."""

    @property
    def good(self) -> bool:
        """Whether all of it can be entered."""
        return self.problem is None and bool(self.rows) and not any(each.problems for each in self.rows)


def read_pasted(name: str, text: str, given: Mapping[str, object], actor: Resolve) -> Pasted:
    """Read rows of a table under their headings; ``given`` is what every row says besides."""
    table = TABLES[name]
    lines = [(line, cells) for line, cells in _cells(text) if any(cells)]
    if not lines:
        return Pasted((), (), (), InvalidValue(N_("rows of a table, with headings in the first"), "nothing"))
    header = lines[0][1]
    found = {heading: column for column, heading in known_headings(name, header).items() if column not in given}
    columns = tuple("" if found.get(each) == table.identity[0] else found.get(each, "") for each in header)
    if "name" not in columns:
        error = InvalidValue(N_("headings in the first row, among them one for the name"), ", ".join(header)[:200])
        return Pasted(header, columns, (), error)
    if len(lines) > MOST_ROWS + 1:
        return Pasted(header, columns, (), InvalidValue(f"at most {MOST_ROWS} rows", f"{len(lines) - 1}"))
    if len(lines) == 1:
        return Pasted(header, columns, (), InvalidValue(N_("rows below the headings"), "nothing"))
    rows = tuple(_row(table, columns, line, cells, given, actor) for line, cells in lines[1:])
    return Pasted(header, columns, rows)


def _cells(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Lines with their cells: apart by tabs, as spreadsheets copy them, else by semicolons."""
    first = text.lstrip("\r\n").partition("\n")[0]
    reader = csv.reader(StringIO(text), delimiter="\t" if "\t" in first or ";" not in first else ";")
    for line, cells in enumerate(reader, 1):
        yield line, tuple(cell.strip() for cell in cells)


def _row(
    table: Table, columns: Sequence[str], line: int, cells: Sequence[str], given: Mapping[str, object], actor: Resolve
) -> PastedRow:
    told: dict[str, object] = {**given}
    problems: list[GraphServiceError] = []
    for name, cell in zip(columns, cells, strict=False):
        column = table.column(name) if name else None
        if column is None or not cell:
            continue
        try:
            told[name] = _value(table, column, cell, actor)
        except GraphServiceError as error:
            problems.append(type(error)(error.expected, error.found, Place(line=line, column=name)))
    if not told.get("name"):
        problems.append(InvalidValue("a value", "nothing", Place(line=line, column="name")))
    row: Row = {}
    if not problems:
        try:
            row = read_row(table, told)
        except InvalidValue as error:
            problems.append(InvalidValue(error.expected, error.found, Place(line=line, column=error.place.column)))
    return PastedRow(line, tuple(cells), row, tuple(problems))


def _value(table: Table, column: Column, cell: str, actor: Resolve) -> object:
    kind = vocabulary_of(table, column.name) or ""
    if column.name == "provider":
        return actor(cell)
    if column.type in (CellType.KEYS, CellType.TEXTS):
        parts = items(cell, kind, "")
        return [_term(kind, each) for each in parts] if kind else list(parts)
    if kind:
        return _term(kind, cell)
    return cell if column.type is CellType.TEXT else read_cell(column, cell, ",")


def _term(kind: str, text: str) -> str:
    id = term_id(kind, text)
    if id is None:
        labels = [label for term in load_vocabulary().terms(kind) for label in (term.label_de, term.label_en)]
        nearest = process.extractOne(text, labels, score_cutoff=60)
        raise InvalidValue(N_("one of the terms that are listed below"), f"{text} ({nearest[0]}?)" if nearest else text)
    return id
