"""The conversion keys of the BBSR: a sheet for each pair of territory dates, with shares."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from graph_service.errors import GraphServiceError, InvalidValue, Place
from importers.contract import Issues
from importers.numbers import parse_number
from importers.spreadsheets import Cell, Row, Workbook, cell_text
from importers.territorial_changes.succession import DISSOLVED, PARTIAL_TRANSFER, Succession, key_of_length

_STATUS = re.compile(r"(Gemeinden|Kreise)\s+31\.12\.(\d{4})\Z")
_TOLERANCE = 0.005


@dataclass(frozen=True, slots=True)
class _Columns:
    districts: bool
    old_year: int
    new_year: int
    old: int
    old_name: int
    new: int
    new_name: int
    share: int


@dataclass(frozen=True, slots=True)
class _Pair:
    old: str
    old_name: str
    new: str
    new_name: str
    share: float | None


@dataclass(frozen=True, slots=True)
class _Sheet:
    place: Place
    columns: _Columns
    pairs: list[_Pair]


@dataclass(frozen=True, slots=True)
class ConversionKeys:
    """What a workbook converts: the first and last territory date, and whether of districts or municipalities."""

    districts: bool
    first_year: int
    last_year: int
    successions: list[Succession]
    read: int


def find_changes(book: Workbook, issues: Issues) -> ConversionKeys | None:
    """Recognise the sheets that convert; None where the workbook has none."""
    sheets: list[_Sheet] = []
    before = issues.skipped
    for name in book.sheet_names:
        rows = book.rows(name)
        columns = _columns(next(rows, ()))
        if columns is not None:
            place = Place(file=book.path.name, table=name)
            sheets.append(_Sheet(place, columns, list(_pairs(rows, columns, place, issues))))
    if not sheets:
        return None
    sheets.sort(key=lambda sheet: sheet.columns.old_year)
    last = max(sheet.columns.new_year for sheet in sheets)
    for sheet in sheets:
        _look(sheet, last, len(sheets), issues)
    return ConversionKeys(
        districts=sheets[0].columns.districts,
        first_year=sheets[0].columns.old_year,
        last_year=last,
        successions=list(_successions(sheets)),
        read=sum(len(sheet.pairs) for sheet in sheets) + issues.skipped - before,
    )


def _columns(header: Row) -> _Columns | None:
    titles = [" ".join(cell_text(cell).split()) for cell in header]
    status = [(i, m) for i, title in enumerate(titles) if (m := _STATUS.match(title))]
    names = [i for i, title in enumerate(titles) if re.match(r"(Gemeinde|Kreis)name \d{4}", title)]
    shares = [i for i, t in enumerate(titles) if t.startswith("bevölkerungs") and "Umsteige" in t]
    if len(status) != 2 or len(names) != 2 or len(shares) != 1:
        return None
    (old, first), (new, second) = status
    return _Columns(first[1] == "Kreise", int(first[2]), int(second[2]), old, names[0], new, names[1], shares[0])


def _pairs(rows: Iterator[Row], columns: _Columns, place: Place, issues: Issues) -> Iterator[_Pair]:
    for number, row in enumerate(rows, 2):
        if all(cell is None for cell in row):
            continue
        at = Place(place.file, place.table, number)
        try:
            pair = _Pair(
                old=_key(row[columns.old], columns),
                old_name=cell_text(row[columns.old_name]),
                new=_key(row[columns.new], columns),
                new_name=cell_text(row[columns.new_name]),
                share=_share(row[columns.share]),
            )
        except GraphServiceError as error:
            issues.add(error, at)
            continue
        if pair.old_name and pair.new_name:
            yield pair
        else:
            # A unit that nobody names cannot be shown; the districts of Saxony-Anhalt of 1990 have keys alone.
            issues.add(InvalidValue("a name", f"{pair.old} → {pair.new}"), at, kind="no-name")


def _key(cell: Cell, columns: _Columns) -> str:
    """A number without its leading zero; a district is written as a municipality with 000."""
    code = key_of_length(cell_text(cell), 8)
    if columns.districts and not code.endswith("000"):
        raise InvalidValue("a district code of 5 digits, or of 8 that end in 000", cell_text(cell))
    return code[:5] if columns.districts else code


def _share(cell: Cell) -> float | None:
    if cell is None:
        return None
    share = float(cell) if isinstance(cell, int | float) else parse_number(cell_text(cell))
    if not -_TOLERANCE <= share <= 1 + _TOLERANCE:
        raise InvalidValue("a share from 0 to 1", cell_text(cell))
    return min(1.0, max(0.0, share))


def _look(sheet: _Sheet, last: int, sheets: int, issues: Issues) -> None:
    """Say what a reader of the sheet would stumble over."""
    columns = sheet.columns
    if columns.new_year not in (last, columns.old_year + 1) and sheets > 1:
        issues.note("other-target-year", f"the territory date 31.12.{last}", f"31.12.{columns.new_year}", sheet.place)
    sums: dict[str, float] = {}
    for pair in sheet.pairs:
        sums[pair.old] = sums.get(pair.old, 0.0) + (pair.share or 0.0)
    for key, total in sums.items():
        if abs(total - 1) > _TOLERANCE:
            issues.note("shares-not-whole", "shares that add up to 1", f"{key}: {total:g}", sheet.place)


def _successions(sheets: list[_Sheet]) -> Iterator[Succession]:
    """Each change once: of sheets that lead to one date the last that has a pair stands nearest to the event."""
    for n, sheet in enumerate(sheets):
        columns = sheet.columns
        later = [s for s in sheets[n + 1 : n + 2] if s.columns.old_year < columns.new_year]
        repeated = {(pair.old, pair.new) for s in later for pair in s.pairs}
        lasting = {pair.new for pair in sheet.pairs if pair.old == pair.new} | {p.old for s in later for p in s.pairs}
        for pair in sheet.pairs:
            if pair.old == pair.new or (pair.old, pair.new) in repeated:
                continue
            yield Succession(
                old=pair.old,
                old_name=pair.old_name,
                new=pair.new,
                new_name=pair.new_name,
                change=PARTIAL_TRANSFER if pair.old in lasting else DISSOLVED,
                on=date(columns.new_year, 12, 31),
                last_day=None if pair.old in lasting else date(columns.old_year, 12, 31),
                share=pair.share,
            )
