"""Writes a workbook for people in offices: a sheet per table, key figures side by side, and the sources."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import chain, islice
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from graph_service.cells import SEPARATOR, CellType, Column, parse_cell
from graph_service.errors import GraphServiceError
from graph_service.exchange import Table, vocabulary_of
from graph_service.export.contract import Exported
from graph_service.export.figures import Figures, figures
from graph_service.export.network import clean
from graph_service.export.tables import Tables
from graph_service.export.target import staged
from graph_service.export.view import View
from graph_service.keys import Label, NodeKey
from graph_service.model import Visibility
from graph_service.store.contract import Reader
from graph_service.vocabulary import load_vocabulary

Value = str | int | float | date | None

MOST_ROWS = 1_048_575
"""What a sheet holds beside its heading."""
_MOST_TEXT = 32_767
_WIDEST = 60
_SAMPLE = 200
_BOLD, _TOP = Font(bold=True), Alignment(vertical="top", wrap_text=True)

_REFERRED = {
    "municipalities": Label.MUNICIPALITY,
    "actors": Label.ACTOR,
    "alliances": Label.ALLIANCE,
    "practices": Label.PRACTICE,
    "indicators": Label.INDICATOR,
}


@cache
def _headings() -> dict[str, dict[str, str]]:
    return tomllib.loads((files("graph_service.export") / "headings.toml").read_text("utf-8"))


def write_xlsx(reader: Reader, path: Path, *, visibility: Visibility = Visibility.PUBLIC) -> Exported:
    """Write one workbook. Keys and ids appear with their names; nothing in it is computed when it is opened."""
    with staged(path) as place:
        view = View(reader, visibility)
        book, tables = _Book(), Tables(view)
        _write_tables(book, tables, _Words(view))
        for each in figures(view):
            book.sheet(_title(each), _figure_heading(each), each.rows())
        _write_sources(book, view)
        book.save(place)
    return Exported("xlsx", path, book.counts, tables.left_out)


def _write_tables(book: "_Book", tables: Tables, words: "_Words") -> None:
    for table, columns, rows in tables.all():
        if table.name != "observations":
            heading = [words.heading(c.name) for c in columns]
            book.sheet(_headings()["tables"][table.name], heading, (words.row(table, columns, row) for row in rows))


def _write_sources(book: "_Book", view: View) -> None:
    said = _headings()["sources"]
    names = [name for name in said if name != "sheet"]
    lines = ([getattr(s.dataset, name) or None for name in names] for s in view.datasets())
    book.sheet(said["sheet"], [said[name] for name in names], lines, always=True)


class _Book:
    """A workbook written sheet by sheet without holding its cells."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self._book = Workbook(write_only=True)

    def sheet(
        self, title: str, heading: Sequence[str], rows: Iterable[Sequence[Value]], *, always: bool = False
    ) -> None:
        """Write a sheet, and more of them where one is too small; none where there are no rows."""
        rows = iter(rows)
        part = 1
        while (sample := list(islice(rows, _SAMPLE))) or (always and part == 1):
            name = self._name(title, part)
            sheet = self._book.create_sheet(name)
            sheet.freeze_panes = "A2"
            widths = [max(map(_width, column)) for column in zip(heading, *sample, strict=True)]
            for index, width in enumerate(widths, start=1):
                sheet.column_dimensions[get_column_letter(index)].width = min(width, _WIDEST) + 2
            sheet.append([self._cell(sheet, text, bold=True) for text in heading])
            count = 0
            for row in chain(sample, islice(rows, MOST_ROWS - len(sample))):
                sheet.append([self._cell(sheet, value) for value in row])
                count += 1
            sheet.auto_filter.ref = f"A1:{get_column_letter(len(heading))}{count + 1}"
            self.counts[name] = count
            part += 1

    def save(self, path: Path) -> None:
        """Write the file."""
        self._book.save(path)

    def _name(self, title: str, part: int) -> str:
        ending = f" ({part})" if part > 1 else ""
        plain, most = re.sub(r"[\[\]:*?/\\]", " ", title).strip("' "), 31 - len(ending)
        plain = (plain if len(plain) <= most else plain[: most - 1].rstrip() + "…") + ending
        return plain if plain not in self.counts else self._name(title, part + 1)

    def _cell(self, sheet: WriteOnlyWorksheet, value: Value, *, bold: bool = False) -> object:
        """A cell; text stays text, for a spreadsheet would compute what begins with "="."""
        if not isinstance(value, str) and not bold:
            return value
        text = clean(str(value)).replace("\r\n", "\n")[:_MOST_TEXT]
        if not bold and text[:1] != "=" and "\n" not in text:
            return text
        cell = WriteOnlyCell(sheet, text)
        cell.data_type = "s"
        if bold:
            cell.font = _BOLD
        cell.alignment = _TOP
        return cell


def _width(value: Value) -> int:
    return max(map(len, str("" if value is None else value).split("\n")), default=0)


class _Words:
    """Gives keys their names and ids their German labels."""

    def __init__(self, view: View) -> None:
        self._names = {
            node.key: str(getattr(node, "name", None) or node.key.local)
            for label in Label
            for node in view.nodes(label)
        }

    def heading(self, column: str) -> str:
        return _headings()["columns"].get(column, column)

    def row(self, table: Table, columns: Sequence[Column], cells: Sequence[str]) -> list[Value]:
        return [self._value(table, c, cell) if cell else None for c, cell in zip(columns, cells, strict=True)]

    def _value(self, table: Table, column: Column, cell: str) -> Value:
        if column.type in (CellType.INTEGER, CellType.NUMBER, CellType.DATE):
            value = parse_cell(column, cell)
            # workbooks count days from 1900 and cannot hold earlier ones
            if isinstance(value, date):
                return value if value.year >= 1900 else cell
            return value if isinstance(value, int | float) else cell
        kind = vocabulary_of(table, column.name)
        if column.type in (CellType.KEYS, CellType.TEXTS):
            return "; ".join(self._word(column, kind, item) for item in cell.split(SEPARATOR))
        return self._word(column, kind, cell)

    def _word(self, column: Column, kind: str, text: str) -> str:
        if column.refers:
            name = self._names.get(NodeKey.of(_REFERRED[column.refers], text))
            return f"{name} ({text})" if name else text
        if not kind:
            # a settlement type stands with its kind in one key
            return self._concept(text, text) if column.name == "type" else text
        known = load_vocabulary().find(kind, text)
        return self._concept(f"{kind}.{text}", text) if known is None else known.label_de

    def _concept(self, key: str, text: str) -> str:
        with suppress(GraphServiceError):
            return self._names.get(NodeKey.of(Label.CONCEPT, key), text)
        return text


def _figure_heading(each: Figures) -> list[str]:
    words = _headings()["columns"]
    columns = [f"{i.name or i.key.local}{f' [{i.unit}]' if i.unit else ''} {period}" for i, period in each.columns]
    return [words["key"], words["name"], *columns]


def _title(each: Figures) -> str:
    words = _headings()
    known = load_vocabulary().find("theme", each.theme)
    theme = known.label_de if known is not None else each.theme or words["figures"]["other"]
    return f"{words['levels'].get(each.level, words['figures']['title'])} – {theme}"
