"""Flat files ("ffcsv"): one row per value, every dimension with code and label; the form before 2025 and the one since.

The older form has a column per measure, named ``CODE__Label__unit``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

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
        """Read the file once to learn which variable holds the regions, and which table it is."""
        self._table, self._layout, self._cells = table, layout, cells
        self._measures: dict[tuple[str, ...], Measure] = {}
        self._periods: dict[str, str] = {}
        self.statistic = self.title = ""
        self._region = self._region_variable()
        named = table_code(table.path.name)
        self.code = named if named.startswith(self.statistic) else self.statistic

    def _region_variable(self) -> int:
        layout = self._layout
        codes: list[set[str]] = [set() for _ in layout.variables]
        rows = self._table.rows()
        next(rows)
        for line, row in rows:
            if len(row) != len(layout.header):
                continue
            self.statistic = self.statistic or row[layout.statistic].strip()
            self.title = self.title or row[layout.title].strip()
            if row[layout.statistic].strip() != self.statistic:
                place = Place(file=self._table.path.name, line=line, column=layout.header[layout.statistic])
                raise SourceError(f"one statistic ({self.statistic})", row[layout.statistic], place)
            for (_, code, _), found in zip(layout.variables, codes, strict=True):
                found.add(row[code])
        for number, found in enumerate(codes):
            if found - {""} and all(looks_like_region(code) for code in found):
                return number
        raise SourceError("a variable with regions", "", Place(file=self._table.path.name))

    def read(self, progress: Progress) -> None:
        """Fill the cells; a row of another width is reported."""
        layout, cells = self._layout, self._cells
        region_column = layout.variables[self._region][1]
        header = layout.header
        rows = self._table.rows(progress)
        next(rows)
        for line, row in rows:
            cells.rows += 1
            if len(row) != len(header):
                error = SourceError(f"{len(header)} cells", len(row), Place(file=cells.file, line=line))
                cells.issues.add(error, kind="row-width")
                continue
            region = cells.region(row[region_column], line, header[region_column])
            period = self._period(row, line)
            if not period:
                continue
            for column, measure in self._values(row):
                flag = row[layout.quality].strip() if layout.quality is not None else ""
                if region:
                    cells.add(region, measure, period, row[column], flag, line)
                else:
                    cells.measures.setdefault(measure.id, measure)

    def _period(self, row: list[str], line: int) -> str:
        layout = self._layout
        text = row[layout.time]
        period = self._periods.get(text)
        if period is None:
            period = self._cells.period(text, line, layout.header[layout.time])
            if period:
                self._periods[text] = period
        for variable, code, _ in layout.variables:
            form = _MONTHS.get(row[variable])
            digits = row[code][-2:].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            if form and len(period) == 4 and digits.isdecimal():
                return self._cells.period(form.format(period, int(digits)), line, layout.header[code])
        return period

    def _values(self, row: list[str]) -> list[tuple[int, Measure]]:
        layout = self._layout
        if not layout.measures:
            column, unit, code, label = layout.value
            return [(column, self._measure(row, row[code], row[label], row[unit]))]
        return [(column, self._measure(row, code, label, unit)) for column, code, label, unit in layout.measures]

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
