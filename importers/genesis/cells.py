"""Collects the cells of one or more tables and turns them into indicators and one table of observations."""

import math
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from graph_service.errors import InvalidValue, Place, SourceError
from graph_service.keys import indicator_key
from graph_service.model import Flag, Indicator, ObservationTable, Record
from importers.contract import Issues
from importers.genesis.codes import CITY_STATES, GERMANY, region_code, source_of
from importers.numbers import guess_decimal, parse_value
from importers.official import read_period, scale_of


@dataclass(frozen=True, slots=True)
class Measure:
    """What a cell measures, as far as the file tells."""

    id: str
    name: str
    unit: str


MOST_CELLS = 5_000_000
"""In one dataset; each takes about 200 bytes while it is read."""

_NOTHING = frozenset({"-", "–", "—"})


@dataclass
class Cells:
    """The cells of one dataset, kept as text until the decimal mark of all of them is known."""

    issues: Issues
    rows: int = 0
    measures: dict[str, Measure] = field(default_factory=dict)
    _regions: list[str] = field(default_factory=list)
    _ids: list[str] = field(default_factory=list)
    _periods: list[str] = field(default_factory=list)
    _texts: list[str] = field(default_factory=list)
    _flags: list[str] = field(default_factory=list)
    _lines: "array[int]" = field(default_factory=lambda: array("q"))
    _files: list[tuple[int, str]] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)
    _seen: dict[int, int] = field(default_factory=dict)
    _codes: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """The file that is being read."""
        return self._files[-1][1]

    def open(self, file: str) -> None:
        """Take what follows as cells of this file."""
        self._files.append((len(self._texts), file))

    def region(self, text: str, line: int, column: str) -> str:
        """The code of a row's region, or "" where the row is skipped, which is reported."""
        code = self._codes.get(text)
        if code is None:
            try:
                code = "" if text.strip() in GERMANY else region_code(text)
            except InvalidValue as error:
                self.issues.add(error, self._place(line, column), kind="region-code")
                return ""
            self._codes[text] = code
        if not code:
            self.issues.note("whole-country", "a region below the whole country", text, self._place(line, column))
        return code

    def period(self, text: str, line: int, column: str) -> str:
        """The period of a row, or "" where the row is skipped, which is reported."""
        try:
            return read_period(text)
        except InvalidValue as error:
            self.issues.add(error, self._place(line, column), kind="period")
            return ""

    def add(self, region: str, measure: Measure, period: str, text: str, flag: str, line: int) -> None:
        """Take one cell. A second value for the same region, measure and period is reported; the first counts."""
        numbers, here = self._numbers, len(self._texts)
        key = numbers.setdefault(region, len(numbers)) << 40
        key |= numbers.setdefault(measure.id, len(numbers)) << 20
        key |= numbers.setdefault(period, len(numbers))
        earlier = self._seen.setdefault(key, here)
        if earlier != here:
            self._repeated(self._texts[earlier], text, f"{region} {measure.id} {period}", line)
            return
        if here >= MOST_CELLS:
            raise SourceError(f"a table of at most {MOST_CELLS} values", "more", self._place(line, ""))
        self.measures.setdefault(measure.id, measure)
        self._regions.append(region)
        self._ids.append(measure.id)
        self._periods.append(period)
        self._texts.append(text)
        self._flags.append(flag)
        self._lines.append(line)

    def _repeated(self, earlier: str, text: str, where: str, line: int) -> None:
        if earlier == text:
            self.issues.note("duplicate", "each value once", where, self._place(line, ""))
        else:
            error = InvalidValue("one value", f"{where}: {earlier} and {text}", self._place(line, ""))
            self.issues.add(error, kind="contradiction")

    def _place(self, line: int, column: str) -> Place:
        return Place(file=self.file, line=line, column=column)

    def _place_of(self, cell: int, column: str = "") -> Place:
        file = next(name for start, name in reversed(self._files) if start <= cell)
        return Place(file=file, line=self._lines[cell], column=column)

    def records(self, code: str, licence: str) -> list[Record]:
        """The indicators with their observations; raises SourceError where the cells contradict each other."""
        self._complete_city_states()
        table = self._observations(self._decimal())
        return [*self._indicators(table, code, licence), *([table] if len(table) else [])]

    def _decimal(self) -> str:
        try:
            return guess_decimal(set(self._texts)) or ","
        except InvalidValue as error:
            raise SourceError(error.expected, error.found, Place(file=self.file)) from None

    def _complete_city_states(self) -> None:
        """Where a table of districts lists Hamburg and Berlin as states only, their values are the district's too."""
        known = set(self._regions)
        if not any(len(code) == 5 for code in known):
            return
        for state, district in CITY_STATES.items():
            if state not in known or district in known:
                continue
            rows = [i for i, code in enumerate(self._regions) if code == state]
            for i in rows:
                self._regions.append(district)
                for column in (self._ids, self._periods, self._texts, self._flags):
                    column.append(column[i])
                self._lines.append(self._lines[i])
            self.issues.note("code-completed", district, state, self._place_of(rows[0]), times=len(rows))

    def _observations(self, decimal: str) -> ObservationTable:
        read: dict[str, tuple[float, str] | InvalidValue] = {}
        for text in set(self._texts):
            try:
                read[text] = parse_value(text, decimal)
            except InvalidValue as error:
                read[text] = error
        lived = self._lived(read)
        kept, values, flags = [], array("d"), []
        empty = 0
        for i, text in enumerate(self._texts):
            found = read[text]
            if isinstance(found, InvalidValue):
                self.issues.add(found, self._place_of(i, self._ids[i]))
                continue
            value, flag = found
            flag = flag or self._flags[i]
            if flag == Flag.NOTHING and text.strip() in _NOTHING:
                value = 0.0 if lived(i) else math.nan
            elif not flag and math.isnan(value):
                empty += 1
                continue
            kept.append(i)
            values.append(value)
            flags.append(flag)
        if empty:
            self.issues.note("empty-value", "a number or a mark", "", Place(file=self.file), times=empty)

        def column(cells: list[str]) -> list[str]:
            return [cells[i] for i in kept]

        numbers = np.frombuffer(values, dtype=np.float64) if kept else np.empty(0)
        return ObservationTable(column(self._regions), column(self._ids), column(self._periods), numbers, flags)

    def _lived(self, read: Mapping[str, tuple[float, str] | InvalidValue]) -> Callable[[int], bool]:
        """Tells whether "-" in a cell means zero: its region has numbers before and after, and so has its indicator
        somewhere; elsewhere the region is abolished or not covered, or the indicator was not collected."""
        numbers = {t for t, found in read.items() if isinstance(found, tuple) and not math.isnan(found[0])}
        spans: dict[str, tuple[str, str]] = {}
        collected: set[tuple[str, str]] = set()
        for region, id_, period, text in zip(self._regions, self._ids, self._periods, self._texts, strict=True):
            if text in numbers:
                first, last = spans.get(region, (period, period))
                spans[region] = (min(first, period), max(last, period))
                collected.add((id_, period))

        def lived(cell: int) -> bool:
            period = self._periods[cell]
            first, last = spans.get(self._regions[cell], ("~", ""))
            return first <= period <= last and (self._ids[cell], period) in collected

        return lived

    def _indicators(self, table: ObservationTable, code: str, licence: str) -> Iterator[Indicator]:
        """Those that have observations; all of them where the file knows the whole country only."""
        smallest: dict[str, float] = {}
        largest: dict[str, float] = {}
        for id_, value in zip(table.indicator, table.value.tolist(), strict=True):
            smallest[id_] = min(smallest.get(id_, math.inf), value)
            largest[id_] = max(largest.get(id_, -math.inf), value)
        source = source_of(code)
        for measure in self.measures.values():
            if len(table) and measure.id not in smallest:
                continue
            yield Indicator(
                key=indicator_key(measure.id),
                name=measure.name,
                unit=measure.unit or None,
                scale=scale_of(measure.unit, smallest.get(measure.id, 0), largest.get(measure.id, 0)),
                source=f"{source.publisher}, {source.name}, {code}",
                licence=licence,
                url=source.url,
            )
