"""Opens a table whatever its form: delimited text, a workbook, or Parquet; rows of cells under one header."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from graph_service.errors import Place, SourceError
from importers.archives import check_file
from importers.contract import Issues, Progress, silent
from importers.spreadsheets import Cell, cell_text, is_workbook, open_workbook
from importers.tabular import read_table

Cells = Sequence[Cell]

MOST_BYTES = 1 << 31
_HEADER_WITHIN = 30
_PARQUET_BATCH = 16_384


@dataclass(frozen=True)
class Join:
    """Columns that stand in another file beside this one, found there by a common value."""

    file: str
    on: str
    key: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """What a map says of a file's form; what it does not say is guessed."""

    sheet: str = ""
    header: int | None = None
    header_lines: int = 1
    encoding: str | None = None
    delimiter: str | None = None
    joins: tuple[Join, ...] = ()


@dataclass
class Source:
    """An opened table; ``rows`` can be asked once, ``head`` are its first lines with their numbers."""

    path: Path
    lines: Iterator[tuple[int, Cells]]
    table: str = ""
    header: list[str] = field(default_factory=list)
    head: list[tuple[int, Cells]] = field(default_factory=list)
    header_line: int | None = None

    def place(self, line: int | None = None, column: str = "") -> Place:
        """A place in this file."""
        return Place(file=self.path.name, table=self.table, line=line, column=column)

    def index(self, column: str) -> int:
        """Where a column stands; raises SourceError where there is none of this name."""
        try:
            return self.header.index(column)
        except ValueError:
            there = ", ".join(filter(None, self.header)) or "no headings"
            raise SourceError(f"the column {column}", there, self.place(self.header_line)) from None

    def take_header(self, number: int, lines: int = 1) -> None:
        """Make a line (from 1) the header, with those below it that belong to it; the rows begin after them."""
        self.header = self.headings(number, lines)
        self.header_line = number
        if not any(self.header):
            raise SourceError("a header", "an empty line", self.place(number))
        self.head = [(line, cells) for line, cells in self.head if line >= number + lines]

    def headings(self, number: int, lines: int = 1) -> list[str]:
        """What would be the headings, were the header there; spaces and line breaks within them are one space."""
        rows = [cells for line, cells in self.head if number <= line < number + lines]
        return [" ".join(" ".join(map(cell_text, column)).split()) for column in zip_longest(*rows)]

    def rows(self) -> Iterator[tuple[int, Cells]]:
        """The rows below the header, as wide as it is; empty ones are passed over."""
        width = len(self.header)
        for line, cells in _both(self.head, self.lines):
            if any(c is not None and c != "" for c in cells):
                yield line, (cells if len(cells) == width else [*cells[:width], *[None] * (width - len(cells))])


def _both(first: Iterable[tuple[int, Cells]], then: Iterable[tuple[int, Cells]]) -> Iterator[tuple[int, Cells]]:
    yield from first
    yield from then


def candidates(path: Path, issues: Issues, progress: Progress = silent) -> Iterator[Source]:
    """The tables that a file may be meant by: each sheet of a workbook, else the file. Raises SourceError."""
    if check_file(path, MOST_BYTES).startswith(b"PAR1") or not is_workbook(path):
        yield open_source(path, Form(), issues, progress)
        return
    for name in open_workbook(path).sheet_names:
        with suppress(SourceError):
            yield open_source(path, Form(sheet=name), issues, progress)


def open_source(path: Path, form: Form, issues: Issues, progress: Progress = silent) -> Source:
    """Open a table and say what was guessed; raises SourceError."""
    if check_file(path, MOST_BYTES).startswith(b"PAR1"):
        source = _parquet(path, progress)
    elif is_workbook(path):
        source = _workbook(path, form, progress)
    else:
        source = _text(path, form, issues, progress)
    for _ in range(_HEADER_WITHIN):
        line = next(source.lines, None)
        if line is None:
            break
        source.head.append(line)
    if not source.head:
        raise SourceError("a table with rows", "an empty table", source.place())
    if form.header is not None:
        source.take_header(form.header, form.header_lines)
    return source


def join(source: Source, joins: Sequence[Join], issues: Issues) -> Source:
    """Add the columns of companion files; a row without partner gets empty cells. Raises SourceError."""
    for each in joins:
        partner = open_source(source.path.parent / each.file, Form(header=1), issues)
        key, wanted = partner.index(each.key), [partner.index(name) for name in each.columns]
        found = {_plain(cells[key]): [cells[i] for i in wanted] for _, cells in partner.rows()}
        source = _joined(source, source.index(each.on), found, each.columns)
    return source


def _joined(source: Source, on: int, found: Mapping[str, list[Cell]], columns: tuple[str, ...]) -> Source:
    nothing: list[Cell] = [None] * len(columns)
    rows = ((line, [*cells, *found.get(_plain(cells[on]), nothing)]) for line, cells in source.rows())
    return Source(source.path, rows, source.table, [*source.header, *columns], header_line=source.header_line)


def _plain(cell: Cell) -> str:
    """A cell as a key: 7, 7.0 and "7" are the same."""
    return cell_text(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)


def _text(path: Path, form: Form, issues: Issues, progress: Progress) -> Source:
    table = read_table(path, delimiter=form.delimiter, encoding=form.encoding)
    place = Place(file=path.name)
    if table.encoding_guessed:
        issues.note("guessed-encoding", "the encoding that the file seems to have", table.encoding, place)
    if table.delimiter_guessed:
        issues.note("guessed-delimiter", "the character that seems to separate cells", table.delimiter, place)
    return Source(path, iter(table.rows(progress)))


def _workbook(path: Path, form: Form, progress: Progress) -> Source:
    book = open_workbook(path)
    sheet = next((name for name in book.sheet_names if name.startswith(form.sheet)), None)
    if sheet is None:
        raise SourceError(
            f"a sheet whose name begins with {form.sheet}", ", ".join(book.sheet_names), Place(file=path.name)
        )

    def lines() -> Iterator[tuple[int, Cells]]:
        for number, row in enumerate(book.rows(sheet), start=1):
            if not number % 10_000:
                progress(number, None)
            yield number, row

    return Source(path, lines(), sheet)


def _parquet(path: Path, progress: Progress) -> Source:
    """Parquet by batches; its types are the cells' types, its names the header."""
    place = Place(file=path.name)
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise SourceError(
            "the optional extra 'parquet' (pyarrow), which reads such files", "a Parquet file", place
        ) from None
    try:
        file = ParquetFile(path)
    except (ArrowException, OSError) as error:
        raise SourceError("an undamaged Parquet file", error, place) from None
    names: list[Cell] = [str(name) for name in file.schema_arrow.names]

    def lines() -> Iterator[tuple[int, Cells]]:
        yield 1, names
        number, total = 1, file.metadata.num_rows
        try:
            for batch in file.iter_batches(_PARQUET_BATCH):
                for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    number += 1
                    yield number, cells
                progress(number - 1, total)
        except (ArrowException, OSError) as error:
            raise SourceError("an undamaged Parquet file", error, place) from None

    return Source(path, lines())
