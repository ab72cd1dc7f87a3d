"""The tables of the BBSR: a unit in the first column, then classifications as a code and, beside it, its label."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph_service.errors import GraphServiceError, InvalidValue, Place, SourceError
from graph_service.keys import district_ags
from importers.contract import Issues
from importers.spreadsheets import Row, cell_text
from importers.typology.schemes import Scheme, scheme_of

_SEARCHED = 8
_UNITS = {
    "district": r"(kreis|krs)",
    "association": r"(gemeindeverb|gvb)",
    "municipality": r"(gemeinde|gem)",
}
"""What the first column names; tried in this order, for "Gemeindeverband" starts with "Gemeinde"."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """A unit belongs to a class."""

    unit: str
    scheme: Scheme
    code: str
    label: str
    place: Place


@dataclass(frozen=True, slots=True)
class TypeTable:
    """A table of units of one level: their classes, and of municipalities the association they belong to."""

    level: str
    year: int
    assignments: list[Assignment]
    association_of: dict[str, str]
    read: int


def read_types(rows: Sequence[Row], place: Place, issues: Issues) -> TypeTable | None:
    """Recognise a table by its header of one to three lines; None where it is another. Raises SourceError."""
    start = next((n for n, row in enumerate(rows[:_SEARCHED]) if row and _is_code(row[0])), None)
    if not start:
        return None
    headers = _headers(rows[:start])
    level = next((level for level, pattern in _UNITS.items() if re.match(pattern, headers[0].lower())), None)
    schemes = {i: scheme for i, header in enumerate(headers) if (scheme := scheme_of(header)) is not None}
    keys = [i for i, header in enumerate(headers) if re.search(r"regionalschlüssel", header.lower())]
    if level is None or not (schemes or (level == "municipality" and keys)):
        return None
    _name_ignored(headers, schemes, place, issues)
    table = TypeTable(level, _year(headers, place), [], {}, len(rows) - start)
    for number, row in enumerate(rows[start:], start + 1):
        at = Place(place.file, place.table, number)
        if all(cell is None for cell in row):
            continue
        try:
            unit = _unit(row, level, keys)
            if level == "municipality" and keys:
                # The association's key has a column of its own, in which wrong rows were seen; this one is right.
                table.association_of[unit] = _filled(cell_text(row[keys[0]]), 12)[:9]
        except GraphServiceError as error:
            issues.add(error, at)
            continue
        table.assignments.extend(_assignments(unit, row, schemes, at, issues))
    return table


def _is_code(cell: object) -> bool:
    return re.fullmatch(r"\d{4,12}", str(cell).strip()) is not None


def _headers(lines: Sequence[Row]) -> list[str]:
    """The header of each column, its lines joined; the title above the first column belongs to all and is first."""
    width = max(len(line) for line in lines)
    columns = [[cell_text(line[i]) for line in lines if i < len(line) and line[i] is not None] for i in range(width)]
    return [" ".join(column) for column in columns]


def _name_ignored(headers: list[str], schemes: dict[int, Scheme], place: Place, issues: Issues) -> None:
    """Say which columns nothing was made of; a column right of a code is its label, the first two name the unit."""
    for i, header in enumerate(headers):
        if i > 1 and header and i not in schemes and i - 1 not in schemes:
            issues.note("ignored-column", "a classification", header, Place(place.file, place.table, None, header[:80]))


def _year(headers: list[str], place: Place) -> int:
    words = " ".join(headers)
    found = re.search(r"31\.12\.(\d{4})|\((\d{4})\)", words)
    if not found:
        raise SourceError("a year in the header", words[:80], place)
    return int(found[1] or found[2])


def _unit(row: Row, level: str, keys: list[int]) -> str:
    """The official code of a row; the length of a code says whether its zero is lost."""
    if level == "district":
        return district_ags(cell_text(row[0]))
    if level == "municipality":
        return _filled(cell_text(row[0]), 8)
    if not keys:
        raise InvalidValue("a regional key (ARS) of the association", cell_text(row[0]))
    return _filled(cell_text(row[keys[0]]), 9)


def _filled(text: str, length: int) -> str:
    if not (text.isascii() and text.isdigit() and len(text) in (length, length - 1)):
        raise InvalidValue(f"a code of {length} digits", text)
    return text.zfill(length)


def _assignments(unit: str, row: Row, schemes: dict[int, Scheme], place: Place, issues: Issues) -> Iterator[Assignment]:
    for i, scheme in schemes.items():
        code = cell_text(row[i]) if i < len(row) else ""
        label = cell_text(row[i + 1]) if i + 1 < len(row) else ""
        if not code:
            issues.note("no-class", f"a class of {scheme.prefix}", unit, place)
            continue
        try:
            scheme.key(code)
        except InvalidValue as error:
            issues.add(error, place)
            continue
        if expected := scheme.expected(code, label):
            issues.note("other-label", expected, f"{code}: {label}", place)
        yield Assignment(unit, scheme, code, label, place)
