"""Rows pasted from a spreadsheet, read as records of a table: what was understood, and what is wrong with each row."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from rapidfuzz import process

from api.editing.rows import Row, read_row
from api.language import N_
from graph_service.cells import CellType, Column
from graph_service.errors import GraphServiceError, InvalidValue, Place
from graph_service.exchange import TABLES, Table, vocabulary_of
from graph_service.vocabulary import load_vocabulary
from importers.table.guess import known_headings
from importers.table.values import items, read_cell, term_id
from matching.naming.municipalities import plain

MOST_ROWS = 500
MOST_TEXT = 400_000
_QUOTED = re.compile(r'"((?:[^"]|"")*)"(?=\t|\r?\n|\Z)')
"""A cell in quotation marks that ends where they end."""
_BARE = re.compile(r"[^\t\r\n]*")
NO_LABELS: Mapping[str, str] = {}
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


def read_pasted(
    name: str, text: str, given: Mapping[str, object], actor: Resolve, labels: Mapping[str, str] = NO_LABELS
) -> Pasted:
    """Read rows of a table under their headings.

    ``given`` is what every row says besides, ``labels`` what the reader sees the columns called: headings, too.
    """
    table = TABLES[name]
    if len(text) > MOST_TEXT:
        return Pasted((), (), (), InvalidValue(f"at most {MOST_TEXT} characters", f"{len(text)}"))
    lines = [(line, cells) for line, cells in _cells(text) if any(cells)]
    if not lines:
        return Pasted((), (), (), InvalidValue(N_("rows of a table, with headings in the first"), "nothing"))
    header = lines[0][1]
    found = {heading: column for column, heading in known_headings(name, header).items()}
    called = {plain(label): column for column, label in labels.items()}
    found |= {heading: called[plain(heading)] for heading in header if plain(heading) in called}
    found = {heading: column for heading, column in found.items() if column not in given}
    columns = tuple(_columns(header, found, table))
    if "name" not in columns:
        error = InvalidValue(N_("headings in the first row, among them one for the name"), ", ".join(header)[:200])
        return Pasted(header, columns, (), error)
    if len(lines) > MOST_ROWS + 1:
        error = InvalidValue(
            f"at most {MOST_ROWS} rows at a time; longer lists in parts, each with the headings", f"{len(lines) - 1}"
        )
        return Pasted(header, columns, (), error)
    if len(lines) == 1:
        return Pasted(header, columns, (), InvalidValue(N_("rows below the headings"), "nothing"))
    rows = tuple(_row(table, columns, line, cells, given, actor) for line, cells in lines[1:])
    return Pasted(header, columns, rows)


def _columns(header: Sequence[str], found: Mapping[str, str], table: Table) -> Iterator[str]:
    """The column for each heading; "" for a key, which is given, and for a heading that stands there twice."""
    seen = {table.identity[0], ""}
    for heading in header:
        column = found.get(heading, "")
        yield "" if column in seen else column
        seen.add(column)


def _cells(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Lines with their cells: apart by tabs, as spreadsheets copy them, else by semicolons."""
    first = text.lstrip("\r\n").partition("\n")[0].rstrip("\r")
    tabs = "\t" in first or ";" not in first
    written = all(cell.startswith('"') and cell.endswith('"') for cell in first.split("\t"))
    if tabs and not written:
        lines: Iterator[list[str]] = _copied(text)
    else:
        lines = csv.reader(StringIO(text), delimiter="\t" if tabs else ";")
    for line, cells in enumerate(lines, 1):
        yield line, tuple(cell.strip() for cell in cells)


def _copied(text: str) -> Iterator[list[str]]:
    """Cells as a spreadsheet copies them: only one that holds a tab, a line end or its own marks stands in marks.

    Marks that a cell merely begins with are part of it: they must not swallow the rows that follow.
    """
    at, cells = 0, list[str]()
    while at < len(text):
        quoted = _QUOTED.match(text, at)
        if quoted and re.search(r'[\t\n"]', quoted[1]):
            cells.append(quoted[1].replace('""', '"').replace("\r\n", "\n"))
            at = quoted.end()
        elif bare := _BARE.match(text, at):
            cells.append(bare[0])
            at = bare.end()
        if text.startswith("\t", at):
            at += 1
            if at == len(text):
                cells.append("")
            continue
        yield cells
        cells = []
        at += 2 if text.startswith("\r\n", at) else 1


def _row(
    table: Table, columns: Sequence[str], line: int, cells: Sequence[str], given: Mapping[str, object], actor: Resolve
) -> PastedRow:
    told: dict[str, object] = {**given}
    problems: list[GraphServiceError] = []
    if any(cells[len(columns) :]):
        # nothing that was pasted is dropped without a word
        problems.append(
            InvalidValue(N_("no more cells than headings"), " | ".join(filter(None, cells[len(columns) :])))
        )
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
