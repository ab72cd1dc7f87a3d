"""Flat files ("ffcsv"): one row per value, every dimension with code and label; the form before 2025 and the one since.

The older form has a column per measure, named ``CODE__Label__unit``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

from graph_service.errors import Place, SourceError
from importers.contract import Progress
from importers.genesis.cells import Cells, Measure
from importers.genesis.codes import looks_like_region, table_code
from importers.official import slug
from importers.tabular import Table

_NEW = {
    "statistic": "statistics_code",
    "title": "statistics_label",
    "time": "time",
    "variable": "{}_variable_code",
    "code": "{}_variable_attribute_code",
    "label": "{}_variable_attribute_label",
}
_OLD = {
    "statistic": "Statistik_Code",
    "title": "Statistik_Label",
    "time": "Zeit",
    "variable": "{}_Merkmal_Code",
    "code": "{}_Auspraegung_Code",
    "label": "{}_Auspraegung_Label",
}
_TOTALS = frozenset({"insgesamt", "total"})
_STATISTIC = re.compile(r"[0-9A-Za-z]+(?:-[0-9A-Za-z]+)*\Z")
_LOOKED_AT = 5000
_MONTHS = {"MONAT": "{}-{:02d}", "QUARTG": "{}-Q{}", "QUARTAL": "{}-Q{}"}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the columns of a flat file are; ``measures`` are (column, code, label, unit) of the older form."""

    header: tuple[str, ...]
    statistic: int
    title: int
    time: int
    variables: tuple[tuple[int, int, int], ...]
    measures: tuple[tuple[int, str, str, str], ...] = ()
    value: tuple[int, int, int, int] = (0, 0, 0, 0)
    quality: int | None = None


def flat_layout(header: Sequence[str], file: str) -> Layout | None:
    """Where things are, or None where this is no flat file; raises SourceError where a column is missing."""
    names = [name.strip() for name in header]
    forms = [form for form in (_NEW, _OLD) if form["statistic"] in names]
    if not forms:
        return None
    form = forms[0]

    def place(name: str) -> int:
        if name not in names:
            raise SourceError(f"a column {name}", "", Place(file=file, line=1))
        return names.index(name)

    variables: list[tuple[int, int, int]] = []
    while (variable := form["variable"].format(len(variables) + 1)) in names:
        number = len(variables) + 1
        variables.append((place(variable), place(form["code"].format(number)), place(form["label"].format(number))))
    if not variables:
        place(form["variable"].format(1))
    common = (tuple(names), place(form["statistic"]), place(form["title"]), place(form["time"]), tuple(variables))
    if form is _NEW:
        columns = ("value", "value_unit", "value_variable_code", "value_variable_label")
        value = (place(columns[0]), place(columns[1]), place(columns[2]), place(columns[3]))
        return Layout(*common, value=value, quality=names.index("value_q") if "value_q" in names else None)
    measures = [(i, parts) for i, name in enumerate(names) if len(parts := _parts(name)) == 3]
    if not measures:
        raise SourceError("a column such as BEVSTD__Bevoelkerungsstand__Anzahl", "", Place(file=file, line=1))
    return Layout(*common, measures=tuple((i, code, label, unit) for i, (code, label, unit) in measures))


def _parts(name: str) -> list[str]:
    return [part.replace("_", " ").strip() for part in name.split("__")]


class FlatReader:
    """Reads the rows of one flat file into cells."""

    def __init__(self, table: Table, layout: Layout, cells: Cells) -> None:
        """Look at the first rows to learn which variable holds the regions, and which table it is."""
        self._table, self._layout, self._cells = table, layout, cells
        self._measures: dict[tuple[str, ...], Measure] = {}
        self.statistic = self.title = ""
        self._region = self._region_variable()
        named = table_code(table.path.name)
        self.code = named if named.startswith(self.statistic) else self.statistic

    def _region_variable(self) -> int:
        layout = self._layout
        codes: list[set[str]] = [set() for _ in layout.variables]
        for _, row in islice(self._table.rows(), 1, _LOOKED_AT):
            if len(row) == len(layout.header):
                self.statistic = self.statistic or row[layout.statistic].strip()
                self.title = self.title or row[layout.title].strip()
                for (_, code, _), found in zip(layout.variables, codes, strict=True):
                    found.add(row[code])
        place = Place(file=self._table.path.name, line=2, column=layout.header[layout.statistic])
        if not _STATISTIC.match(self.statistic):
            raise SourceError("the code of a statistic, such as 12411", self.statistic, place)
        for number, found in enumerate(codes):
            if found - {""} and all(looks_like_region(code) for code in found):
                return number
        raise SourceError("a variable with regions", "", Place(file=self._table.path.name))

    def read(self, progress: Progress) -> None:
        """Fill the cells; a row of another width is reported."""
        layout, cells, header = self._layout, self._cells, self._layout.header
        region_column, quality = layout.variables[self._region][1], layout.quality
        kind_of = itemgetter(*self._kind_columns())
        kinds: dict[tuple[str, ...], tuple[str, list[tuple[int, Measure]]]] = {}
        rows = self._table.rows(progress)
        next(rows)
        for line, row in rows:
            cells.rows += 1
            if len(row) != len(header):
                error = SourceError(f"{len(header)} cells", len(row), Place(file=cells.file, line=line))
                cells.issues.add(error, kind="row-width")
                continue
            region = cells.region(row[region_column], line, header[region_column])
            key = kind_of(row)
            kind = kinds.get(key)
            if kind is None:
                kind = self._kind(row, line)
                if not kind[0]:
                    continue
                kinds[key] = kind
            period, measures = kind
            for column, measure in measures:
                if region:
                    flag = row[quality].strip() if quality is not None else ""
                    cells.add(region, measure, period, row[column], flag, line)
                else:
                    cells.measures.setdefault(measure.id, measure)

    def _kind_columns(self) -> list[int]:
        """The columns on which it depends when a row's values are of and what they measure."""
        layout = self._layout
        columns = [layout.statistic, layout.time, *(() if layout.measures else layout.value[1:])]
        return columns + [c for n, three in enumerate(layout.variables) if n != self._region for c in three]

    def _kind(self, row: list[str], line: int) -> tuple[str, list[tuple[int, Measure]]]:
        layout = self._layout
        if row[layout.statistic].strip() != self.statistic:
            place = Place(file=self._table.path.name, line=line, column=layout.header[layout.statistic])
            raise SourceError(f"one statistic ({self.statistic})", row[layout.statistic], place)
        if layout.measures:
            measures = [(i, self._measure(row, code, label, unit)) for i, code, label, unit in layout.measures]
        else:
            column, unit, code, label = layout.value
            measures = [(column, self._measure(row, row[code], row[label], row[unit]))]
        return self._period(row, line), measures

    def _period(self, row: list[str], line: int) -> str:
        layout = self._layout
        period = self._cells.period(row[layout.time], line, layout.header[layout.time])
        for variable, code, _ in layout.variables:
            form = _MONTHS.get(row[variable])
            digits = row[code][-2:].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            if form and len(period) == 4 and digits.isdecimal():
                return self._cells.period(form.format(period, int(digits)), line, layout.header[code])
        return period

    def _measure(self, row: list[str], code: str, label: str, unit: str) -> Measure:
        attributes = [
            (row[variable], row[attribute], row[name].strip())
            for number, (variable, attribute, name) in enumerate(self._layout.variables)
            if number != self._region and row[variable] and row[variable] not in _MONTHS
        ]
        key = (code, unit, *(part for _, attribute, name in attributes for part in (attribute, name)))
        measure = self._measures.get(key)
        if measure is None:
            narrowed = [(slug(f"{v}-{a}"), name) for v, a, name in attributes if a and name.lower() not in _TOTALS]
            words = ", ".join(name for _, name in narrowed)
            parts = [self.code, slug(code), *(part for part, _ in narrowed)]
            measure = Measure(
                id="genesis." + ".".join(parts),
                name=f"{label.strip()}: {words}" if words else label.strip(),
                unit=unit.strip(),
            )
            self._measures[key] = measure
        return measure
