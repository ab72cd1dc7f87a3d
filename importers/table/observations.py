"""Reads indicators from a table: side by side in columns, or one by one with a category."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from graph_service.cells import parse_cell
from graph_service.errors import InvalidValue, Place
from graph_service.exchange import TABLES
from graph_service.keys import NodeKey
from graph_service.model import Indicator, ObservationTable, Record, check_period
from importers.contract import Issues
from importers.numbers import guess_decimal, parse_value
from importers.package.building import build_node
from importers.spreadsheets import Cell
from importers.table.maps import Measure, Observed, Rest, TableMap
from importers.table.rules import Applied
from importers.table.sources import Form, Source, open_source
from importers.table.values import plain_text, slug

ROWS_AT_ONCE = 200_000
_SAMPLE = 2_000


@dataclass
class _Chunk:
    municipality: list[str] = field(default_factory=list)
    indicator: list[str] = field(default_factory=list)
    period: list[str] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    flag: list[str] = field(default_factory=list)

    def add(self, municipality: str, indicator: str, period: str, value: float, flag: str) -> None:
        self.municipality.append(municipality)
        self.indicator.append(indicator)
        self.period.append(period)
        self.value.append(value)
        self.flag.append(flag)

    def table(self) -> ObservationTable:
        return ObservationTable(
            self.municipality, self.indicator, self.period, np.array(self.value, np.float64), self.flag
        )


class ObservationRows:
    """The observations of one source under a map, read lazily."""

    def __init__(self, source: Source, table_map: TableMap, observed: Observed, issues: Issues) -> None:
        """Find every column the map names; raises SourceError."""
        self.read = 0
        self._source = source
        self._map = table_map
        self._observed = observed
        self._issues = issues
        self._municipality = Applied(observed.municipality, source)
        self._period = Applied(observed.period, source)
        self._keep = [(source.index(name), values) for name, values in table_map.keep.items()]
        self._measures = list(observed.measures)
        if observed.rest is not None:
            self._measures += self._others(observed.rest)
        self._columns = [] if observed.category else [(source.index(m.column), m.id) for m in self._measures]
        self._aside: Counter[str] = Counter()
        self._seen: set[tuple[str, ...]] = set()
        self._note_ignored()

    def mentions(self, _: NodeKey, /) -> Sequence[Place]:
        """No places are kept: rows become columns of values."""
        return ()

    def records(self) -> Iterator[Record]:
        """The indicators, then the observations in tables of bounded length."""
        for measure in self._measures:
            yield self._indicator(measure)
        rows = self._source.rows()
        sample = list(islice(rows, _SAMPLE))
        decimals = self._decimals([cells for _, cells in sample])
        chunk = _Chunk()
        for part in (iter(sample), rows):
            for line, cells in part:
                self.read += 1
                if all(plain_text(cells[at]) in values for at, values in self._keep):
                    self._row(line, cells, decimals, chunk)
                else:
                    self._aside["filtered-row"] += 1
                if len(chunk.value) >= ROWS_AT_ONCE:
                    yield chunk.table()
                    chunk = _Chunk()
        if chunk.value:
            yield chunk.table()
        self._note_aside()

    def _row(self, line: int, cells: Sequence[Cell], decimals: dict[int, str], chunk: _Chunk) -> None:
        try:
            municipality = self._municipality.code(cells)
            if not municipality:
                self._aside["other-level"] += 1
                return
            period = check_period(self._period.text(cells).removesuffix(".0"))
            pairs = list(self._pairs(cells))
            self._check_once(municipality, period, pairs)
        except InvalidValue as error:
            self._issues.add(error, self._source.place(line))
            return
        if self._means_missing(municipality, pairs):
            return
        for at, indicator in pairs:
            try:
                read = self._number(cells[at], decimals.get(at) or self._map.decimal or ",")
            except InvalidValue as error:
                self._issues.add(error, self._source.place(line, self._source.header[at]))
            else:
                if read is not None:
                    chunk.add(municipality, indicator, period, *read)

    def _pairs(self, cells: Sequence[Cell]) -> Iterator[tuple[int, str]]:
        """Where the row's values stand and of which indicator each is."""
        if not self._observed.category:
            yield from self._columns
            return
        category = plain_text(cells[self._source.index(self._observed.category)])
        ids = [m.id for m in self._measures if m.column == category]
        if not ids:
            raise InvalidValue("a category that the map knows", category)
        yield self._source.index(self._observed.value), ids[0]

    def _check_once(self, municipality: str, period: str, pairs: list[tuple[int, str]]) -> None:
        identity = (municipality, period, pairs[0][1]) if self._observed.category else (municipality, period)
        if identity in self._seen:
            raise InvalidValue("each municipality and period once", ", ".join(identity))
        self._seen.add(identity)

    def _means_missing(self, municipality: str, pairs: list[tuple[int, str]]) -> bool:
        if municipality not in self._observed.zero_is_missing:
            return False
        self._aside["zero-means-missing"] += len(pairs)
        return True

    def _number(self, cell: Cell, decimal: str) -> tuple[float, str] | None:
        """A value and its flag, or None where the cell says nothing."""
        if cell is None or cell == "":
            return None
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            number = float(cell)
            if math.isnan(number):
                return None
            if self._map.missing and plain_text(cell) in self._map.missing:
                self._aside["missing-value"] += 1
                return None
            return number, ""
        text = plain_text(cell)
        if not text:
            return None
        if text in self._map.missing:
            self._aside["missing-value"] += 1
            return None
        return parse_value(text, decimal)

    def _decimals(self, sample: list[Sequence[Cell]]) -> dict[int, str]:
        """The decimal mark of each column, where the map leaves it open; said so."""
        if self._map.decimal:
            return {}
        at = {self._source.index(self._observed.value)} if self._observed.category else {i for i, _ in self._columns}
        found: dict[int, str] = {}
        for index in sorted(at):
            texts = [str(c) for cells in sample if isinstance(c := cells[index], str) and c not in self._map.missing]
            mark = guess_decimal(texts)
            if mark is not None:
                found[index] = mark
        for mark in sorted(set(found.values())):
            columns = ", ".join(self._source.header[i] for i, m in found.items() if m == mark)
            self._issues.note(
                "guessed-decimal", "the decimal mark that the columns seem to have", f"{mark} ({columns})"
            )
        # one column that decides speaks for those that cannot
        common = set(found.values())
        return found if len(common) != 1 else dict.fromkeys(at, common.pop())

    def _others(self, rest: Rest) -> Iterator[Measure]:
        """Every column that no rule names is an indicator; its meaning may stand in a companion file."""
        used = {*rest.skip, *self._map.keep, *self._observed.municipality.columns, *self._observed.period.columns}
        used |= {m.column for m in self._observed.measures} | {j for each in self._map.form.joins for j in each.columns}
        used |= {each.on for each in self._map.form.joins}
        meanings = self._meanings(rest)
        theme = rest.themes.get(self._source.path.stem, "")
        for column in self._source.header:
            if column and column not in used:
                label = meanings.get(column, "")
                about: dict[str, object] = {**rest.about, **_told(label)}
                yield Measure(rest.prefix + slug(column), column, about | ({"theme": theme} if theme else {}))

    def _meanings(self, rest: Rest) -> dict[str, str]:
        if not rest.file:
            return {}
        path = self._source.path.parent / rest.file
        if not path.is_file():
            self._issues.note("missing-companion", "the file that says what the columns mean", rest.file)
            return {}
        told = open_source(path, Form(header=1), self._issues)
        id_at, label_at = told.index(rest.id), told.index(rest.label)
        return {rest.id_prefix + plain_text(cells[id_at]): plain_text(cells[label_at]) for _, cells in told.rows()}

    def _indicator(self, measure: Measure) -> Record:
        table = TABLES["indicators"]
        row: dict[str, object] = {"id": measure.id, "label_de": measure.column}
        for name, value in measure.about.items():
            column = table.column(name)
            if column is not None and value != "":
                row[name] = parse_cell(column, str(value))
        return build_node(table, Indicator.label, row)

    def _note_ignored(self) -> None:
        """Columns that no rule uses are ignored aloud."""
        if self._observed.rest is not None:
            ignored = self._observed.rest.skip
        else:
            named = {m.column for m in self._measures} | {self._observed.category, self._observed.value}
            named |= {*self._observed.municipality.columns, *self._observed.period.columns, *self._map.keep}
            ignored = tuple(c for c in self._source.header if c not in named)
        for column in ignored:
            self._issues.note("ignored-column", "a column that the map uses", column, self._source.place())

    def _note_aside(self) -> None:
        expected = {
            "filtered-row": "a row that the map asks for",
            "other-level": "a region that the map asks for",
            "zero-means-missing": "a number; a zero means missing here",
            "missing-value": "a number; the mark means missing",
        }
        for kind, times in self._aside.items():
            self._issues.note(kind, expected[kind], f"{times} of them", self._source.place(), times=times)


def _told(label: str) -> dict[str, object]:
    """What the name of an indicator tells of it: "… in %" is a share."""
    if not label:
        return {}
    unit = re.search(r"(?:\bin (%|€|Euro|km²|m²|ha)|(je [\d.]+ \w+))", label)
    found: dict[str, object] = {"label_de": label}
    if unit:
        found["unit"] = unit[1] or unit[2]
    if unit and unit[1] == "%":
        found["scale"] = "share"
    return found
