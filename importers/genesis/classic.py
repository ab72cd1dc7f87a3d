"""Tables as the databases show them: title lines, several header rows, regions and times in front, a footer.

Nothing is known of the table but its form: where the numbers begin, the columns before them and the rows above them
say what they measure, for whom and when.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from graph_service.errors import InvalidValue, Place, SourceError
from importers.contract import Progress
from importers.genesis.cells import Cells, Measure
from importers.genesis.codes import is_unit, looks_like_region, table_code
from importers.numbers import parse_date, parse_value
from importers.official import read_period, slug
from importers.tabular import Table

Line = tuple[int, list[str]]

_MARK = re.compile(r"(?:GENESIS-)?Tab(?:elle|le):\s*(\S*)")
_FOOTER = "____"
_STAND = re.compile(r"Stand:?\s*([0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4})")
_IN_TITLE = re.compile(
    r"\b(?:Stichtag|Jahr|Berichtsjahr|Schuljahr|Zeitraum)\b[:\s]*"
    r"((?:[0-9]{1,2}\.){2}[0-9]{4}|(?:19|20)[0-9]{2}(?:/[0-9]{2,4})?)"
)
_ONLY_TIME = re.compile(r"(?:[0-9]{1,2}\.){2}[0-9]{4}\Z|[0-9]{4}-[0-9]{2}-[0-9]{2}\Z|(?:19|20)[0-9]{2}(?:/[0-9]{2})?\Z")
_QUALITY = frozenset({"", "e", "p", "r", "s", "u", "()"})
_MEASURE_IN_TITLE = re.compile(r"(.+?)\s*\(([^()]+)\)\Z")
_LOOKED_AT = 400


@dataclass(frozen=True, slots=True)
class Outline:
    """The parts of a classic table."""

    titles: tuple[str, ...]
    heads: tuple[tuple[str, ...], ...]
    first: int
    """The line on which the data begin."""
    width: int
    region: int
    name: int | None
    time: int | None
    others: tuple[int, ...]
    values: tuple[int, ...]
    quality: dict[int, int]
    """Column with values → the column with their quality marks."""


def outline(lines: Sequence[Line]) -> Outline | None:
    """Recognise the parts of a table by its first lines, or None where they are no such table."""
    data = [(number, row) for number, row in _body(lines) if _has_region(row) and _has_value(row)]
    widths = Counter(len(row) for _, row in data)
    if not widths:
        return None
    width = widths.most_common(1)[0][0]
    data = [(number, row) for number, row in data if len(row) == width]
    rows = [row for _, row in data]
    stub = _stub_width(rows)
    region = next(
        (i for i in range(stub) if all(looks_like_region(row[i]) or not row[i].strip() for row in rows)), None
    )
    if region is None or stub == width:
        return None
    time = next((i for i in range(stub) if i != region and _are_times(row[i].strip() for row in rows)), None)
    texts = [i for i in range(stub) if i not in (region, time)]
    name = next((i for i in texts if i == region + 1), None)
    quality = {
        i - 1: i
        for i in range(stub + 1, width)
        if all(row[i].strip() in _QUALITY for row in rows) and any(_has_number(row[i - 1]) for row in rows)
    }
    above = [row for number, row in lines if number < data[0][0]]
    heads = [row for row in above if len(row) == width and any(c.strip() for c in row[stub:])]
    titles = [row[0].strip() for row in above if row not in heads and row[0].strip()]
    return Outline(
        titles=tuple(titles),
        heads=tuple(tuple(c.strip() for c in row) for row in heads),
        first=data[0][0],
        width=width,
        region=region,
        name=name,
        time=time,
        others=tuple(i for i in texts if i != name),
        values=tuple(i for i in range(stub, width) if i not in quality.values()),
        quality=quality,
    )


def _are_times(cells: Iterable[str]) -> bool:
    """Whether a column holds times and nothing else; a time may stand on the first row of its group only."""
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(_ONLY_TIME.match(cell) for cell in filled)


def _body(lines: Sequence[Line]) -> Iterator[Line]:
    for number, row in lines:
        if row[0].startswith(_FOOTER):
            return
        yield number, row


def _has_region(row: Sequence[str]) -> bool:
    return any(looks_like_region(cell) for cell in row[:3])


def _has_value(row: Sequence[str]) -> bool:
    return len(row) > 2 and any(_is_value(cell) for cell in row[2:])


def _is_value(cell: str) -> bool:
    for decimal in (",", "."):
        try:
            parse_value(cell, decimal)
        except InvalidValue:
            continue
        return bool(cell.strip())
    return False


def _has_number(cell: str) -> bool:
    return any(c.isdigit() for c in cell)


def _stub_width(rows: Sequence[Sequence[str]]) -> int:
    """How many columns stand before the numbers: up to the last that holds codes, times or words."""
    width = len(rows[0])
    last = 0
    for i in range(width):
        cells = [row[i].strip() for row in rows]
        words = any(cell and cell not in _QUALITY and not _is_value(cell) for cell in cells)
        front = i < 3 and all(looks_like_region(cell) or _ONLY_TIME.match(cell) or not cell for cell in cells)
        if words or (front and last == i):
            last = i + 1
        elif last:
            break
    return last


class ClassicReader:
    """Reads the rows of one classic table into cells."""

    def __init__(self, table: Table, parts: Outline, mark: str, cells: Cells) -> None:
        """Work out which columns measure what; raises SourceError where no period is said anywhere."""
        self._table, self._parts, self._cells = table, parts, cells
        titles = [title for title in parts.titles if not _MARK.match(title)]
        self.title = " ".join(dict.fromkeys(titles))
        self.code = table_code(mark) or table_code(table.path.stem) or slug(self.title)[:60].strip("-") or "table"
        self.stand: date | None = None
        self.notice = ""
        said = _IN_TITLE.search(" ".join(titles))
        self._period = read_period(said[1]) if said else ""
        self._measure_of_title = self._in_title(titles)
        self._columns = {i: self._column(i) for i in parts.values}
        units: dict[tuple[str, ...], set[str]] = {}
        for _, words, unit in self._columns.values():
            units.setdefault(words, set()).add(unit)
        self._told_apart_by_unit = {words for words, found in units.items() if len(found) > 1}
        if parts.time is None and not all(period for period, _, _ in self._columns.values()):
            raise SourceError("a column with times, or a date in the title", self.title, Place(file=table.path.name))

    @staticmethod
    def _in_title(titles: Sequence[str]) -> tuple[str, str]:
        found = _MEASURE_IN_TITLE.match(titles[-1]) if titles else None
        return (found[1], found[2]) if found and is_unit(found[2]) else ("", "")

    def _column(self, number: int) -> tuple[str, tuple[str, ...], str]:
        """The period, the words and the unit that stand above a column."""
        measure, unit = self._measure_of_title
        period = self._period
        words = [measure] if measure else []
        for cell in (head[number] for head in self._parts.heads):
            if _ONLY_TIME.match(cell):
                period = read_period(cell)
            elif is_unit(cell):
                unit = cell
            elif cell and cell not in words:
                words.append(cell)
        return period, tuple(words), unit

    def read(self, progress: Progress) -> None:
        """Fill the cells; rows without a region after the data are the footer."""
        parts, cells = self._parts, self._cells
        measures: dict[tuple[str, ...], Measure] = {}
        above = [""] * parts.width
        footer: list[str] = []
        for line, row in self._table.rows(progress):
            if line < parts.first:
                continue
            if footer or row[0].startswith(_FOOTER):
                footer.append(row[0].strip())
                continue
            cells.rows += 1
            if len(row) != parts.width:
                error = SourceError(f"{parts.width} cells", len(row), Place(file=cells.file, line=line))
                cells.issues.add(error, kind="row-width")
                continue
            for i in (parts.region, parts.name, parts.time, *parts.others):
                if i is not None:
                    above[i] = row[i] = row[i] if row[i].strip() else above[i]
            self._read_row(row, line, measures)
        self._read_footer(footer)

    def _read_row(self, row: list[str], line: int, measures: dict[tuple[str, ...], Measure]) -> None:
        parts, cells = self._parts, self._cells
        region = cells.region(row[parts.region], line, "region")
        stated = cells.period(row[parts.time], line, "time") if parts.time is not None else ""
        if parts.time is not None and not stated:
            return
        own = tuple(row[i].strip() for i in parts.others if row[i].strip().lower() not in ("", "insgesamt"))
        for i in parts.values:
            period, words, unit = self._columns[i]
            key = (*words, *own, unit)
            measure = measures.get(key)
            if measure is None:
                apart = (unit,) if words in self._told_apart_by_unit else ()
                measure = measures[key] = self._measure((*words, *own, *apart), unit)
            if region:
                flag = row[parts.quality[i]].strip() if i in parts.quality else ""
                cells.add(region, measure, stated or period, row[i], flag, line)
            else:
                cells.measures.setdefault(measure.id, measure)

    def _measure(self, words: tuple[str, ...], unit: str) -> Measure:
        words = tuple(word for word in words if slug(word)) or (self.title,)
        name = words[0] + (": " + ", ".join(words[1:]) if len(words) > 1 else "")
        return Measure(".".join(["genesis", self.code, *(slug(word) for word in words)]), name, unit)

    def _read_footer(self, footer: Sequence[str]) -> None:
        text = " ".join(line for line in footer if line and not line.startswith(_FOOTER))
        stand = _STAND.search(text)
        if stand:
            self.stand = parse_date(stand[1])
        start = max(text.rfind("(C)opyright"), text.rfind("©"))
        if start >= 0:
            self.notice = text[start : stand.start() if stand and stand.start() > start else None].strip()


def mark_of(lines: Sequence[Line]) -> str | None:
    """What follows "Tabelle:" on the first line, "" where it has no code, None where the line is another."""
    found = _MARK.match(lines[0][1][0].strip()) if lines else None
    return found[1] if found else None


def first_lines(table: Table) -> list[Line]:
    """Enough lines to know a table's form."""
    found: list[Line] = []
    for line in table.rows():
        found.append(line)
        if len(found) == _LOOKED_AT:
            break
    return found
