"""Workbooks as offices send them: XLSX, XLSM, ODS and the old XLS, recognised by content, read fast and without risk.

The reader unfolds a sheet into a full rectangle, so two cells far apart would fill any memory; the rectangle is
therefore measured on a stream before anything is read.
"""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

from graph_service.errors import Place, SourceError
from importers.archives import Archive, archive_names, check_file, kind_of, open_archive
from importers.compound import sheet_extents

Cell = str | float | int | bool | date | None
Row = tuple[Cell, ...]

MOST_PACKED = 256 << 20
MOST_UNPACKED = 400 << 20
MOST_CELLS = 12_000_000
"""In the rectangle of a sheet, empty cells included; each takes about 70 bytes while the sheet is read."""

_A_WORKBOOK = "a workbook (XLSX, ODS or XLS)"
_WHOLE = "an undamaged workbook"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EXACT = 2**53


@dataclass(frozen=True)
class Workbook:
    """A workbook that is safe to read."""

    path: Path
    sheet_names: tuple[str, ...]
    _book: CalamineWorkbook

    def rows(self, sheet: str) -> Iterator[Row]:
        """Every row from the first, as in the program: the n-th is line n, the k-th cell column k.

        An empty cell is None; text is untouched; whole numbers are int; a formula gives its last result.
        """
        with _translated(self.path):
            content = self._book.get_sheet_by_name(sheet)
            indent: Row = (None,) * content.start[1] if content.start else ()
            for row in content.iter_rows():
                yield indent + tuple([None if c == "" else c if type(c) is str else _cell(c) for c in row])


def _cell(value: int | float | str | time | date | datetime | timedelta) -> Cell:
    if type(value) is float:
        return int(value) if value.is_integer() and abs(value) < _EXACT else value
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value
    if isinstance(value, time | timedelta):
        return str(value)
    return value


def cell_text(cell: Cell) -> str:
    """What a cell says as text, without spaces around it; an empty cell says nothing."""
    return "" if cell is None else str(cell).strip()


def plain_header(cell: Cell) -> str:
    """A header without hyphenation, spaces and footnote marks: "Post-leit-zahl3)" is "postleitzahl"."""
    return re.sub(r"\d+\)|[-\s]", "", cell_text(cell)).lower()


def is_workbook(path: Path) -> bool:
    """Whether a file looks like a workbook by its content; says nothing about whether it can be read."""
    head = check_file(path, MOST_PACKED)
    if head.startswith(b"PK"):
        return any(_is_part(name) for name in archive_names(path))
    return head.startswith(_OLE)


def _is_part(name: str) -> bool:
    return name.startswith("xl/") or name == "content.xml"


def open_workbook(path: Path) -> Workbook:
    """Open a workbook after ruling out what is broken, locked, too large or something else; raises SourceError."""
    place = Place(file=path.name)
    head = check_file(path, MOST_PACKED)
    if head.startswith(b"PK"):
        archive = open_archive(path, most_unpacked=MOST_UNPACKED)
        _check_extents(archive, place)
    elif head.startswith(_OLE):
        _check_old(path, place)
    else:
        raise SourceError(_A_WORKBOOK, kind_of(head), place)
    with _translated(path):
        # From its bytes, not by its name: a workbook may be called .xls and be another kind.
        book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        sheets = tuple(s.name for s in book.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet)
    if not sheets:
        raise SourceError("a workbook with at least one sheet", "none", place)
    return Workbook(path, sheets, book)


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    place = Place(file=path.name)
    try:
        yield
    except PasswordError:
        raise SourceError("a file without a password", "a locked workbook", place) from None
    except CalamineError as error:
        raise SourceError(_WHOLE, error, place) from None
    except OSError as error:
        raise SourceError("a readable file", error.strerror or error, place) from None
    except BaseException as error:
        # The reader is written in Rust: where a damaged file trips it, it panics, and a panic is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise SourceError(_WHOLE, "a structure that cannot be read", place) from None


def _check_old(path: Path, place: Place) -> None:
    """Measure an XLS workbook, all sheets together, for they are read at once; a locked XLSX is such a file too."""
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise SourceError("a file without a password", "a locked workbook", place)
    total = 0
    before = (0, 0)
    try:
        for rows, columns in sheet_extents(content):
            if rows < before[0] or columns < before[1]:
                total += before[0] * before[1]
            before = (rows, columns)
            _check_rectangle(total + rows * columns, rows, columns, place)
    except ValueError as error:
        raise SourceError(_WHOLE, error, place) from None


def _check_rectangle(cells: int, rows: int, columns: int, place: Place) -> None:
    if cells > MOST_CELLS:
        raise SourceError(f"a sheet of at most {MOST_CELLS} cells", f"{rows} rows, {columns} columns", place)


def _check_extents(archive: Archive, place: Place) -> None:
    if any(name.startswith("xl/") and not name.endswith(".bin") for name in archive.names):
        if "xl/workbook.bin" in archive.names:
            raise SourceError(_A_WORKBOOK, "a binary workbook (XLSB)", place)
        for name in _sheet_members(archive, place):
            _parse(archive, name, _SheetExtent(place).start, place)
    elif "content.xml" in archive.names:
        _parse(archive, "content.xml", _OpenDocumentExtent(place).start, place)
    else:
        raise SourceError(_A_WORKBOOK, "a ZIP archive without one", place)


def _sheet_members(archive: Archive, place: Place) -> list[str]:
    """The files that the workbook calls its parts; any may be read as a sheet, whatever it is named."""
    targets: set[str] = set()

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "Relationship":
            targets.add(re.split(r"[/\\\\]", attributes.get("Target", ""))[-1].lower())

    for name in archive.names:
        if name.lower().endswith("workbook.xml.rels"):
            _parse(archive, name, start, place)
    return [name for name in archive.names if name.rpartition("/")[2].lower() in targets]


class _Extent:
    """Follows the start tags of a sheet and refuses once the rectangle of its filled cells grows too large."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.rows = self.columns = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def grow(self, row: int, column: int) -> None:
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)
        _check_rectangle(self.rows * self.columns, self.rows, self.columns, self.place)


class _SheetExtent(_Extent):
    """Office Open XML: cells name their place or follow the one before; only a cell with content counts."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.row = self.column = 0
        self._columns: dict[str, int] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2] if ":" in name else name
        if tag == "c":
            reference = attributes.get("r")
            if reference is None:
                self.column += 1
                return
            letters = reference.rstrip("0123456789")
            column = self._columns.get(letters)
            if column is None:
                column = self._columns[letters] = _column_number(letters)
            self.row, self.column = int(reference[len(letters) :] or self.row), column
        elif tag in ("v", "is", "f"):
            if self.row > self.rows or self.column > self.columns:
                self.grow(self.row, self.column)
        elif tag == "row":
            number = attributes.get("r", "")
            self.row, self.column = int(number) if number.isdecimal() else self.row + 1, 0


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper()[:6]:
        number = number * 26 + ord(letter) - 64
    return max(1, number)


class _OpenDocumentExtent(_Extent):
    """OpenDocument: rows and cells repeat by attribute, mostly empty ones up to the sheet's edge."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.row = self.row_end = self.column_end = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag in ("table-cell", "covered-table-cell"):
            self.column_end += _repeats(attributes, "table:number-columns-repeated")
            if "office:value-type" in attributes:
                self.grow(self.row_end, self.column_end)
        elif tag == "p" and self.row_end:
            self.grow(self.row_end, self.column_end)
        elif tag == "table-row":
            self.row_end += _repeats(attributes, "table:number-rows-repeated")
            self.column_end = 0
        elif tag == "table":
            self.rows = self.columns = self.row_end = 0


def _repeats(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return max(1, int(text[:12])) if text.isdecimal() else 1


def _parse(archive: Archive, member: str, start: Callable[[str, dict[str, str]], None], place: Place) -> None:
    def refuse_doctype(*_: object) -> None:
        raise SourceError(_WHOLE, f"a document type in {member}", place)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse_doctype
    try:
        with archive.open(member) as stream:
            parser.ParseFile(stream)
    except (expat.ExpatError, LookupError) as error:
        raise SourceError(_WHOLE, f"{error} in {member}", place) from None
