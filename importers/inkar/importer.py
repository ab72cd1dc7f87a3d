"""Imports INKAR exports: one row per region, one column per indicator and year."""

import hashlib
import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

import numpy as np

from graph_service.errors import InvalidValue, Place, SourceError
from graph_service.keys import district_ags, indicator_key, parse_ags
from graph_service.model import Dataset, FloatArray, Indicator, ObservationTable, Record
from importers.contract import Issues, Progress, Reading, silent
from importers.datasets import load_dataset
from importers.inkar.sheets import About, Export, Row, open_export
from importers.numbers import guess_decimal, parse_value
from importers.official import read_period, scale_of, slug

_LEVELS = {
    "kreise": 5,
    "gemeinden": 8,
    "bundesländer": 2,
    "länder": 2,
    "gemeindeverbände": 9,
}
"""How many digits the codes of each aggregate have; every other aggregate is no administrative unit."""
_LONGEST_ID = 80
_LOOKED_AT = 2000


class InkarImporter:
    """XLS, XLSX or CSV exports of INKAR online; several files become one dataset."""

    id = "inkar"

    def read(self, paths: Sequence[Path], issues: Issues, progress: Progress = silent) -> Reading:
        """Read the exports; raises SourceError where a file is none."""
        if not paths:
            raise SourceError("at least one file")
        found = _Values(issues)
        for path in paths:
            found.read(open_export(path, progress))
            progress(found.rows, None)
        return Reading(found.dataset(), found.records(), read=lambda: found.rows)


@dataclass(frozen=True, slots=True)
class _Column:
    number: int
    name: str
    indicator: str
    period: str


@dataclass
class _Values:
    """What was read so far, as columns."""

    issues: Issues
    rows: int = 0
    _names: dict[str, str] = field(default_factory=dict)
    _about: dict[str, About] = field(default_factory=dict)
    _aggregates: set[str] = field(default_factory=set)
    _edition: str = ""
    _citation: str = ""
    _municipality: list[str] = field(default_factory=list)
    _indicator: list[str] = field(default_factory=list)
    _period: list[str] = field(default_factory=list)
    _value: "array[float]" = field(default_factory=lambda: array("d"))
    _flag: list[str] = field(default_factory=list)

    def read(self, export: Export) -> None:
        """Take the values of one file."""
        file = export.path.name
        columns = _columns(next(export.rows, (0, ()))[1], next(export.rows, (0, ()))[1], file)
        for column in columns:
            self._names[column.indicator] = column.name
            if column.name in export.about:
                self._about[column.indicator] = export.about[column.name]
        self._edition = export.edition or self._edition
        self._citation = export.citation or self._citation
        first = list(islice(export.rows, _LOOKED_AT))
        decimal = _decimal(first, file)
        seen: set[str] = set()
        for line, row in chain(first, export.rows):
            self.rows += 1
            place = Place(file=file, line=line, column="Kennziffer")
            code = self._code(row, place)
            if code in seen:
                self.issues.add(InvalidValue("each region once", code, place), kind="duplicate")
            elif code:
                seen.add(code)
                self._take(code, row, columns, decimal, place)

    def _code(self, row: Row, place: Place) -> str:
        """The official code of a row, or "" where it is skipped, which is reported."""
        key, _, aggregate = (*row[:3], None, None, None)[:3]
        level = str(aggregate or "").strip()
        text = str(key if key is not None else "").strip()
        digits = _LEVELS.get(level.lower())
        if digits is None:
            self.issues.note("other-spatial-unit", "an administrative unit", level or text, place)
            return ""
        try:
            code = _official_code(text, digits, lost_zeros=isinstance(key, int))
        except InvalidValue as error:
            self.issues.add(error, place, kind="region-code")
            return ""
        if isinstance(key, int) and not code.startswith(text):
            self.issues.note("code-completed", code, text, place)
        self._aggregates.add(level)
        return code

    def _take(self, code: str, row: Row, columns: Sequence[_Column], decimal: str, place: Place) -> None:
        for column in columns:
            cell = row[column.number] if column.number < len(row) else None
            if cell is None:
                continue
            if isinstance(cell, int | float) and not isinstance(cell, bool):
                value, flag = float(cell), ""
            else:
                try:
                    value, flag = parse_value(str(cell), decimal)
                except InvalidValue as error:
                    where = Place(file=place.file, line=place.line, column=f"{column.name} {column.period}")
                    self.issues.add(error, where)
                    continue
                if math.isnan(value) and not flag:
                    continue
            self._municipality.append(code)
            self._indicator.append(column.indicator)
            self._period.append(column.period)
            self._value.append(value)
            self._flag.append(flag)

    def dataset(self) -> Dataset:
        """Named after the indicators and levels, so that exports of other indicators live beside it."""
        names = [slug(name) for name in sorted(set(self._names.values()))]
        levels = [slug(level) for level in sorted(self._aggregates)]
        id_ = "-".join(["inkar", *names, *levels])
        if len(id_) > _LONGEST_ID:
            mark = hashlib.sha256(id_.encode()).hexdigest()[:8]
            id_ = f"{id_[: _LONGEST_ID - 9].rstrip('-')}-{mark}"
        what = ", ".join(sorted(set(self._names.values())))
        title = f"INKAR {self._edition}".rstrip() + f": {what} ({', '.join(sorted(self._aggregates))})"
        return load_dataset("inkar", id=id_, title=title, note=self._citation)

    def records(self) -> list[Record]:
        """The indicators with their observations."""
        values = np.frombuffer(self._value, dtype=np.float64) if len(self._value) else np.empty(0)
        table = ObservationTable(self._municipality, self._indicator, self._period, values, self._flag)
        names = np.array(self._indicator)
        return [*(self._record(id_, values[names == id_]) for id_ in self._names if id_ in set(self._indicator)), table]

    def _record(self, id_: str, values: FloatArray) -> Indicator:
        about = self._about.get(id_, About())
        known = values[~np.isnan(values)]
        smallest, largest = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
        edition = f"INKAR {self._edition}".rstrip()
        return Indicator(
            key=indicator_key(id_),
            name=about.title or self._names[id_],
            unit=about.unit or None,
            scale=scale_of(about.unit, smallest, largest),
            source=f"BBSR, {edition}" + (f"; {about.source}" if about.source else ""),
            licence="dl-de/by-2-0",
            url="https://www.inkar.de",
        )


def _columns(names: Row, periods: Row, file: str) -> list[_Column]:
    """The columns with values: the first head row names the indicator, the second the year."""
    columns: dict[tuple[str, str], _Column] = {}
    name = ""
    for number in range(3, max(len(names), len(periods))):
        above = names[number] if number < len(names) else None
        name = str(above).strip() if above not in (None, "") else name
        text = str(periods[number]).strip() if number < len(periods) and periods[number] is not None else ""
        if not text and above in (None, ""):
            continue
        place = Place(file=file, line=2, column=name)
        try:
            period = read_period(text)
        except InvalidValue as error:
            raise SourceError(error.expected, error.found, place) from None
        column = _Column(number, name, f"inkar.{slug(name)}", period)
        if columns.setdefault((column.indicator, period), column) is not column:
            raise SourceError("each indicator and year once", f"{name} {period}", place)
    if not columns:
        raise SourceError("a column for each indicator and year", "none", Place(file=file, line=1))
    return list(columns.values())


def _decimal(rows: Iterable[tuple[int, Row]], file: str) -> str:
    texts = [cell for _, row in rows for cell in row[3:] if isinstance(cell, str)]
    try:
        return guess_decimal(texts) or ","
    except InvalidValue as error:
        raise SourceError(error.expected, error.found, Place(file=file)) from None


def _official_code(text: str, digits: int, *, lost_zeros: bool) -> str:
    """Read a code of this many digits; a leading zero is restored only where a spreadsheet took it from a number."""
    if digits == 5:
        return parse_ags(text) if len(text) == 5 else district_ags(text)
    code = text.zfill(digits) if lost_zeros and len(text) == digits - 1 else text
    if len(code) != digits or not (code.isascii() and code.isdigit()):
        raise InvalidValue(f"a code of {digits} digits", text)
    return code
