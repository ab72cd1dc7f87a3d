"""The register as a workbook (GV-ISys, quarterly and yearly): one sheet of data among others, found by its header."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from graph_service.errors import GraphServiceError, InvalidValue, Place, SourceError
from importers.contract import Issues
from importers.municipality_register.rows import LEVELS, Register, Row, regional_key
from importers.numbers import parse_date, parse_number
from importers.spreadsheets import Cell, Workbook, cell_text, plain_header
from importers.spreadsheets import Row as SheetRow

_SEARCHED = 15
_REQUIRED = {
    "record_type": r"satzart",
    "mark": r"textkennzeichen",
    "land": r".*\bland\b",
    "region": r".*\brb\b",
    "district": r".*\bkreis\b",
    "association": r".*\bvb\b",
    "municipality": r".*\bgem\b",
    "name": r"gemeindename",
    "area": r"fläche",
    "population": r".*\binsgesamt\b",
}
_OPTIONAL = {
    "longitude": r".*\blängengrad\b",
    "latitude": r".*\bbreitengrad\b",
    "urbanisation": r"gradderverstädterung",
}
_ARS = ("land", "region", "district", "association", "municipality")


def find_register(book: Workbook, issues: Issues) -> Register | None:
    """Recognise the sheet that holds the register; None where the workbook has none. Raises SourceError."""
    for sheet in book.sheet_names:
        rows = list(book.rows(sheet))
        header = next((n for n, row in enumerate(rows[:_SEARCHED]) if row and plain_header(row[0]) == "satzart"), None)
        if header is not None:
            return _register(rows, header, Place(file=book.path.name, table=sheet), issues)
    return None


def _register(rows: list[SheetRow], header: int, place: Place, issues: Issues) -> Register:
    end = next((n for n in range(header, len(rows)) if cell_text(rows[n][0]) in LEVELS), len(rows))
    columns = _columns(rows[header:end], place, issues)
    numbered: list[tuple[int, SheetRow]] = []
    for number, row in enumerate(rows[end:], end + 1):
        record_type = cell_text(row[0])
        if record_type in LEVELS:
            numbered.append((number, row))
        elif record_type.isdigit():
            issues.note("ignored-record-type", "record types 10 to 60", record_type, _at(place, number))
    words = " ".join(cell_text(cell) for row in rows[:end] for cell in row)
    counted = _population_date(rows[n][columns[c]] for c in ("population", "area") for n in range(header, end))
    census = re.search(r"Zensus\s*(20\d\d)", words)
    return Register(
        _territory_date(words, place),
        counted,
        census[1] if census else "",
        _rows(numbered, columns, place, issues),
        len(numbered),
    )


def _columns(header: list[SheetRow], place: Place, issues: Issues) -> dict[str, int]:
    """Where each column is: a header spans several lines, and a merged one stands above its first column only."""
    width = max(len(row) for row in header)
    titles = [" ".join(plain_header(row[i]) for row in header if i < len(row)).strip() for i in range(width)]
    found: dict[str, int] = {}
    for name, pattern in (_REQUIRED | _OPTIONAL).items():
        match = next((i for i, title in enumerate(titles) if re.match(pattern, title)), None)
        if match is not None:
            found[name] = match
        elif name in _REQUIRED:
            raise SourceError(f"a column “{name}” in the register", ", ".join(filter(None, titles)), place)
        else:
            issues.note("missing-column", f"a column “{name}” in the register", "", place)
    return found


def _rows(rows: list[tuple[int, SheetRow]], columns: dict[str, int], place: Place, issues: Issues) -> Iterator[Row]:
    for number, cells in rows:
        try:
            yield _row({name: cells[i] if i < len(cells) else None for name, i in columns.items()}, _at(place, number))
        except GraphServiceError as error:
            issues.add(error, _at(place, number))


def _row(cells: dict[str, Cell], place: Place) -> Row:
    record_type = cell_text(cells["record_type"])
    population = _number(cells["population"])
    name = cell_text(cells["name"])
    if not name:
        raise InvalidValue("a name", name)
    longitude, latitude = _number(cells.get("longitude")), _number(cells.get("latitude"))
    if longitude == 0 and latitude == 0:  # written for a territory without a place of its own
        longitude = latitude = None
    return Row(
        place=place,
        record_type=record_type,
        mark=cell_text(cells["mark"]),
        ars=regional_key(record_type, tuple(cell_text(cells[part]) for part in _ARS)),
        name=name,
        population=None if population is None else int(population),
        area_km2=_number(cells["area"]),
        longitude=longitude,
        latitude=latitude,
        urbanisation=cell_text(cells.get("urbanisation")).lstrip("0"),
    )


def _number(cell: Cell) -> float | None:
    """A number, or German text with a decimal comma."""
    if isinstance(cell, int | float):
        return float(cell)
    text = cell_text(cell)
    return parse_number(text) if text else None


def _at(place: Place, line: int) -> Place:
    return Place(place.file, place.table, line)


def _territory_date(words: str, place: Place) -> date:
    found = re.search(r"Gebietsstand\D{0,10}(\d\d\.\d\d\.\d{4})", words) or re.search(r"am (\d\d\.\d\d\.\d{4})", words)
    if not found:
        raise SourceError("a territory date (Gebietsstand)", "none in the header", place)
    return parse_date(found[1])


def _population_date(titles: Iterable[Cell]) -> date | None:
    """The day of the population: in its own header, or in that of the area where both share one."""
    days = (re.search(r"\d\d\.\d\d\.\d{4}", cell_text(title)) for title in titles)
    day = next(filter(None, days), None)
    return parse_date(day[0]) if day else None
