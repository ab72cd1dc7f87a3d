"""The yearly list of the Federal Statistical Office: a line for each pair of giving and receiving unit."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from graph_service.errors import GraphServiceError, InvalidValue, Place, SourceError
from importers.contract import Issues
from importers.numbers import parse_date, parse_number
from importers.spreadsheets import Cell, Row, Workbook, cell_text, plain_header
from importers.territorial_changes.succession import (
    DISSOLVED,
    KEY_CHANGE,
    PARTIAL_TRANSFER,
    Succession,
    key_of_length,
)

_SEARCHED = 15
_CASE = re.compile(r"\d\d/\d{4}/")
_COLUMNS = {
    "unit": r"regionaleinheit",
    "old_ars": r"abgebende.* amtlicherregionalschlüssel",
    "old_ags": r"abgebende.* amtlichergemeindeschlüssel",
    "old_name": r"abgebende.* name",
    "change": r"abgebende.* änderungsart",
    "people": r"abgebende.* einwohner",
    "new_ars": r"aufnehmende.* amtlicherregionalschlüssel",
    "new_ags": r"aufnehmende.* amtlichergemeindeschlüssel",
    "new_name": r"aufnehmende.* name",
    "on": r"wirksamkeitsdatum.* juristisch",
}
_LENGTHS = {"gemeinde": 8, "gemeindeverband": 9, "kreis": 5, "regierungsbezirk": 3, "land": 2, "bundesland": 2}


@dataclass(frozen=True, slots=True)
class _Line:
    place: Place
    case: str
    old: str
    old_name: str
    new: str
    new_name: str
    changes: frozenset[str]
    people: float | None
    on: date


@dataclass(frozen=True, slots=True)
class YearlyList:
    """The changes of one year; ``read`` counts the lines."""

    year: int
    successions: list[Succession]
    read: int


def find_changes(book: Workbook, issues: Issues) -> YearlyList | None:
    """Recognise the sheet of changes; None where the workbook has none. Raises SourceError."""
    for sheet in book.sheet_names:
        rows = list(book.rows(sheet))
        top = [[plain_header(cell) for cell in row] for row in rows[:_SEARCHED]]
        header = next((n for n, row in enumerate(top) if "kennziffer" in row and "regionaleinheit" in row), None)
        if header is None:
            continue
        place = Place(file=book.path.name, table=sheet)
        columns = _columns(top, header, place)
        year = re.search(r"gebietsänderungen.*?(\d{4})", " ".join(" ".join(row) for row in top[: header + 1]))
        if not year:
            raise SourceError("a year in the title of the sheet", "none", place)
        before = issues.skipped
        lines = list(_lines(rows, header, columns, place, issues))
        read = len(lines) + issues.skipped - before
        return YearlyList(int(year[1]), list(_successions(lines, issues)), read)
    return None


def _columns(top: list[list[str]], header: int, place: Place) -> dict[str, int]:
    group, titles = "", []
    below = top[header + 1] if header + 1 < len(top) else []
    for i, title in enumerate(top[header]):
        group = title or group
        titles.append(f"{group} {below[i] if i < len(below) else ''}".strip())
    found = {name: i for name, p in _COLUMNS.items() for i, title in enumerate(titles) if re.match(p, title)}
    for name in _COLUMNS:
        if name not in found:
            raise SourceError(f"a column “{name}” in the list of changes", ", ".join(titles), place)
    return found


def _lines(rows: list[Row], header: int, columns: dict[str, int], place: Place, issues: Issues) -> Iterator[_Line]:
    for number, row in enumerate(rows[header + 1 :], header + 2):
        if not _CASE.match(cell_text(row[0])):
            continue
        at = Place(place.file, place.table, number)
        try:
            yield _line(cell_text(row[0]), {name: row[i] for name, i in columns.items()}, at)
        except GraphServiceError as error:
            issues.add(error, at)


def _line(case: str, cells: dict[str, Cell], place: Place) -> _Line:
    unit = plain_header(cells["unit"])
    length = _LENGTHS.get(unit)
    if length is None:
        raise InvalidValue("a municipality, association, district, region or state", cell_text(cells["unit"]))
    kind = "ags" if length == 8 else "ars"
    changes = frozenset(re.findall(r"\d", cell_text(cells["change"])))
    if not changes or not changes <= {"1", "2", "3", "4"}:
        raise InvalidValue("a kind of change from 1 to 4", cell_text(cells["change"]))
    people, on = cells["people"], cells["on"]
    return _Line(
        place=place,
        case=case,
        old=key_of_length(cell_text(cells[f"old_{kind}"]), length),
        old_name=cell_text(cells["old_name"]),
        new=key_of_length(cell_text(cells[f"new_{kind}"]), length),
        new_name=cell_text(cells["new_name"]),
        changes=changes,
        people=float(people) if isinstance(people, int | float) else _number(cell_text(people)),
        on=on if type(on) is date else parse_date(cell_text(on)),
    )


def _number(text: str) -> float | None:
    return parse_number(text) if text else None


def _successions(lines: list[_Line], issues: Issues) -> Iterator[Succession]:
    """A change of name, or of the association alone, succeeds nothing; a part that stays is the unit itself."""
    cases: dict[tuple[str, str], list[_Line]] = defaultdict(list)
    for line in lines:
        cases[line.case, line.old].append(line)
    for parts in cases.values():
        for line in parts:
            if line.old != line.new:
                yield _succession(line, parts)
            elif "4" in line.changes:
                issues.note("name-change", "a change of key or territory", _renamed(line), line.place)
            elif "3" in line.changes:
                issues.note(
                    "association-change", "a change of key or territory", f"{line.old} {line.old_name}", line.place
                )


def _succession(line: _Line, parts: list[_Line]) -> Succession:
    change = DISSOLVED if "1" in line.changes else PARTIAL_TRANSFER if "2" in line.changes else KEY_CHANGE
    ends = change != PARTIAL_TRANSFER
    return Succession(
        old=line.old,
        old_name=line.old_name,
        new=line.new,
        new_name=line.new_name,
        change=change,
        on=line.on,
        last_day=line.on - timedelta(days=1) if ends else None,
        first_day=line.on if change == KEY_CHANGE and len(line.new) == 8 else None,
        share=_share(line, parts, whole=ends),
    )


def _share(line: _Line, parts: list[_Line], *, whole: bool) -> float | None:
    """The part of the population that went this way; unknown where nobody lived there or a count is missing."""
    if whole and len({part.new for part in parts}) == 1:
        return 1.0
    counts = [part.people for part in parts if part.people is not None]
    complete = len(counts) == len(parts) and (whole or any(part.new == part.old for part in parts))
    return line.people / sum(counts) if complete and line.people is not None and sum(counts) > 0 else None


def _renamed(line: _Line) -> str:
    return f"{line.old} {line.old_name} → {line.new_name}"
