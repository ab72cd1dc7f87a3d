"""Delimited text as offices write it, with any encoding and delimiter; says what it guessed.

Reading is lazy and bounded: a file is scanned once for what no table has (NUL bytes, endless lines), then streamed.
"""

import codecs
import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from graph_service.errors import Place, SourceError
from importers.contract import Progress, silent
from importers.numbers import guess_decimal, parse_date, parse_number, parse_value

__all__ = ["Table", "guess_decimal", "is_formula", "parse_date", "parse_number", "parse_value", "read_table"]

MOST_BYTES = 1 << 30
MOST_IN_A_LINE = 1 << 20
MOST_IN_A_CELL = 131_072
_CHUNK = 1 << 20
_SAMPLE = 1 << 16
_DELIMITERS = (";", "\t", ",", "|")

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_OTHER_KINDS = (
    (b"PK\x03\x04", "a ZIP archive or XLSX workbook"),
    (b"\xd0\xcf\x11\xe0", "an XLS workbook"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"PAR1", "a Parquet file"),
)
_GERMAN = frozenset("äöüÄÖÜßéèêëáàâóòôíìîúùûçñłšžčřńąćęśźżåæøÉ§°²³µ€–—‚‘’„“”…«»·•×± ½¼¾¹")
"""What German office text has beyond ASCII; an encoding under which other characters appear is doubtful."""
_GERMAN_ENCODINGS = ("cp1252", "cp850", "mac_roman", "cp1250")


@dataclass(frozen=True, slots=True)
class Table:
    """A delimited text file, recognised and not yet read. ``*_guessed`` tells what nobody stated."""

    path: Path
    encoding: str
    encoding_guessed: bool
    delimiter: str
    delimiter_guessed: bool
    size: int

    def rows(self, progress: Progress = silent) -> Iterator[tuple[int, list[str]]]:
        """Each row with the number of its first line (from 1); empty lines are passed over.

        ``progress`` hears of bytes. Raises SourceError at a broken quotation or a character that the encoding lacks.
        """
        before = 0
        try:
            with self.path.open("rb") as raw, io.TextIOWrapper(raw, encoding=self.encoding, newline="") as text:
                csv.field_size_limit(MOST_IN_A_CELL)  # the limit is the whole process's, and other libraries raise it
                reader = csv.reader(text, delimiter=self.delimiter)
                for number, row in enumerate(reader):
                    if row:
                        yield before + 1, row
                    before = reader.line_num
                    if number % 20_000 == 0:
                        progress(raw.tell(), self.size)
        except UnicodeDecodeError as error:
            raise self._refused(f"text in {self.encoding}", error.reason, before + 1) from None
        except csv.Error as error:
            raise self._refused(
                "cells of at most 131072 characters, quotation marks closed", error, before + 1
            ) from None
        progress(self.size, self.size)

    def _refused(self, expected: str, found: object, line: int) -> SourceError:
        return SourceError(expected, found, Place(file=self.path.name, line=line))


def read_table(path: Path, *, delimiter: str | None = None, encoding: str | None = None) -> Table:
    """Recognise a delimited text file; what is not stated is guessed and said so. Raises SourceError."""
    head, size = _head(path)
    known = encoding or _encoding_of_mark(head)
    chosen = known or _guess_encoding(path, head)
    _scan(path, chosen)
    return Table(
        path=path,
        encoding=chosen,
        encoding_guessed=known is None,
        delimiter=delimiter or _guess_delimiter(path, chosen),
        delimiter_guessed=delimiter is None,
        size=size,
    )


def _head(path: Path) -> tuple[bytes, int]:
    place = Place(file=path.name)
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_SAMPLE)
    except OSError as error:
        raise SourceError("a readable file", error.strerror or error, place) from None
    if not head:
        raise SourceError("a file with content", "an empty file", place)
    if size > MOST_BYTES:
        raise SourceError(f"a file of at most {MOST_BYTES >> 20} MB", f"{size >> 20} MB", place)
    for magic, kind in _OTHER_KINDS:
        if head.startswith(magic):
            raise SourceError("delimited text (CSV)", kind, place)
    return head, size


def _encoding_of_mark(head: bytes) -> str | None:
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > len(head) // 8 and not even:
        return "utf-16-le"
    return "utf-16-be" if even > len(head) // 8 and not odd else None


def _guess_encoding(path: Path, head: bytes) -> str:
    """UTF-8 where the whole file is; else the first that gives German text; else what the statistics say."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    foreign = b"".join(line for line in head.splitlines(keepends=True) if not line.isascii())
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                if not chunk.isascii() and len(foreign) < _SAMPLE:
                    foreign += b"".join(line for line in chunk.splitlines(keepends=True) if not line.isascii())
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        sample = foreign[:_SAMPLE]
        fitting = min(_GERMAN_ENCODINGS, key=lambda encoding: _strange(sample, encoding))
        best = from_bytes(sample).best() if _strange(sample, fitting) else None
        return best.encoding if best is not None else fitting
    return "utf-8"


def _strange(sample: bytes, encoding: str) -> int:
    return sum(not c.isascii() and c not in _GERMAN for c in sample.decode(encoding, errors="replace"))


def _scan(path: Path, encoding: str) -> None:
    """Refuse what no table has before anything is read into memory."""
    place = Place(file=path.name)
    try:
        wide = codecs.lookup(encoding).name.startswith(("utf-16", "utf-32"))
    except LookupError:
        raise SourceError("the name of an encoding, such as utf-8 or cp1252", encoding, place) from None
    open_line = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if not wide and b"\0" in chunk:
                raise SourceError("text without NUL bytes", "NUL bytes", place)
            end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
            open_line = open_line + len(chunk) if end < 0 else len(chunk) - end
            if open_line > MOST_IN_A_LINE:
                raise SourceError(f"lines of at most {MOST_IN_A_LINE} bytes", f"{open_line} and more", place)


def _guess_delimiter(path: Path, encoding: str) -> str:
    """The candidate that cuts most of the first lines into equally many cells, the more cells the better."""
    try:
        with path.open(encoding=encoding, newline="") as file:
            lines = file.read(_SAMPLE).splitlines()
    except UnicodeDecodeError as error:
        raise SourceError(f"text in {encoding}", error.reason, Place(file=path.name)) from None
    lines = [line for line in lines[: max(1, len(lines) - 1)] if line.strip()][:500] or [""]

    def regularity(delimiter: str) -> float:
        try:
            cells = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter))
        except csv.Error:
            return 0.0
        return max((count / len(lines) * math.log2(width) for width, count in cells.items() if width > 1), default=0.0)

    return max(_DELIMITERS, key=lambda d: (regularity(d), -_DELIMITERS.index(d)))


_FORMULA = re.compile(r"\s*(=\s*[\w+\-@(\"']|[@+\-]\S*(\w\(|\|))")


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would compute this cell; it is text to us, and worth a note."""
    return cell[:1] in "=+-@ \t\r\n" and _FORMULA.match(cell) is not None
