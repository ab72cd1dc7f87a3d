"""Writes tables of an answer as a workbook: text stays text, unknown cells are empty."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from pathlib import Path

from graph_service.export.network import clean
from graph_service.export.target import staged

Value = str | int | float | date | None
_WIDEST = 60
_LINE = 15.0
"""How high a line is, in points."""
_FILLED = 0.85
"""Which part of a column's width a line of words fills before it is broken, whatever the font."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with its heading."""

    title: str
    heading: Sequence[str]
    rows: Sequence[Sequence[Value]]


def write_sheets(path: Path, sheets: Iterable[Sheet]) -> None:
    """Write a workbook, whole or not at all; raises TargetError."""
    # takes long to import, and most answers never need it
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    with staged(path) as place:
        book = Workbook(write_only=True)
        for sheet in sheets:
            page = book.create_sheet(sheet.title[:31])
            page.freeze_panes = "B2"
            # on paper all columns stand beside each other, below the heading on each page
            page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9  # A4
            page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
            page.page_setup.fitToHeight = 0
            page.print_title_rows = "1:1"
            widths = _widths(sheet)
            for index, width in enumerate(widths, start=1):
                page.column_dimensions[get_column_letter(index)].width = width
            rows: list[Sequence[Value]] = [sheet.heading, *sheet.rows]
            for line, row in enumerate(rows):
                # programmes that do not break lines anew when they open a file would print one row over the next
                page.row_dimensions[line + 1].height = _LINE * _lines(row, widths)
                cells = []
                for value in row:
                    cell = WriteOnlyCell(page)
                    cell.value = clean(value) if isinstance(value, str) else value
                    if isinstance(value, str):
                        cell.data_type = "s"  # a spreadsheet would compute what begins with "="
                    cell.font = Font(bold=line == 0)
                    # a letter from the edge, so that a year does not touch the number to its left
                    cell.alignment = (
                        Alignment(vertical="top", horizontal="left", indent=1, wrap_text=True)
                        if isinstance(value, str)
                        else Alignment(vertical="top")
                    )
                    cells.append(cell)
                page.append(cells)
        book.save(place)


def _widths(sheet: Sheet) -> list[int]:
    """How wide each column is, in letters."""
    columns = zip(sheet.heading, *sheet.rows, strict=True)
    return [min(max(len(_text(value)) for value in column), _WIDEST) + 3 for column in columns]


def _lines(row: Sequence[Value], widths: Sequence[int]) -> int:
    """How many lines the longest text of a row is broken into."""
    cells = [
        sum(max(1, ceil(len(part) / (width * _FILLED))) for part in _text(value).split("\n"))
        for value, width in zip(row, widths, strict=True)
        if len(_text(value)) > width or "\n" in _text(value)
    ]
    return max(cells, default=1)


def _text(value: Value) -> str:
    return "" if value is None else str(value)
