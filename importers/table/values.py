"""Reads cells as offices write them into what a column of the exchange package holds."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache

from graph_service.cells import CellType, Column, is_key, parse_cell, write_number
from graph_service.errors import InvalidValue
from graph_service.keys import ags_from_ars, district_ags, parse_ags
from graph_service.vocabulary import load_vocabulary
from importers.numbers import parse_date, parse_number
from importers.spreadsheets import Cell, cell_text

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_MOST_SLUG = 100
_ITEMS = re.compile(r"[;\n]")


def plain_text(cell: Cell) -> str:
    """A cell as text; whole numbers without ".0", as they stand in keys."""
    return cell_text(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)


def slug(text: str) -> str:
    """A local key made of a text: small letters, digits and hyphens, umlauts written out.

    A long one is cut and ends in a checksum, so that what differs only at the end stays different.
    """
    spelled = unicodedata.normalize("NFKD", text.translate(_UMLAUTS)).encode("ascii", "ignore").decode()
    key = re.sub(r"[^a-z0-9]+", "-", spelled.lower()).strip("-")
    if len(key) <= _MOST_SLUG:
        return key
    return f"{key[:_MOST_SLUG].rstrip('-')}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"


def official_code(text: str, form: str) -> str:
    """An official code in its full length; raises InvalidValue.

    A leading zero is put back only where the length proves that it was lost.
    """
    code = text.strip().removesuffix(".0")
    if form == "district":
        return district_ags(code)
    if form == "ars":
        return ags_from_ars(code.zfill(12) if len(code) == 11 else code)
    if form == "state":
        return _padded(code, 2, "a state's code of 2 digits")
    if form == "municipality":
        return _padded(code, 8, "a municipality's code of 8 digits")
    if form == "ags" or (not form and code.isdigit()):
        if len(code) == 12:
            return ags_from_ars(code)
        return parse_ags(code.zfill(len(code) + 1) if len(code) in (1, 4, 7) else code)
    if not is_key(code):
        raise InvalidValue("an official code", text)
    return code


def _padded(code: str, length: int, expected: str) -> str:
    if not (code.isascii() and code.isdigit() and len(code) in (length - 1, length)):
        raise InvalidValue(expected, code)
    return code.zfill(length)


def term_id(kind: str, text: str) -> str | None:
    """The id of a vocabulary's term by its id or its German or English label; None where there is none."""
    return _terms().get((kind, _folded(text)))


@cache
def _terms() -> Mapping[tuple[str, str], str]:
    known: dict[tuple[str, str], str] = {}
    for term in load_vocabulary():
        for word in (term.id, term.label_de, term.label_en):
            known.setdefault((term.kind, _folded(word)), term.id)
    return known


def _folded(text: str) -> str:
    return re.sub(r"[^\w]+", " ", text.casefold().replace("innen", "in")).strip()


def items(text: str, kind: str, separator: str) -> Iterator[str]:
    """The items of a list: by the map's separator, else by semicolons and lines, else by commas.

    A comma within the label of a term does not cut it ("Freizeit, Sport, Kultur").
    """
    for part in text.split(separator) if separator else _ITEMS.split(text):
        item = part.strip()
        if not item:
            continue
        if separator or "," not in item or (kind and term_id(kind, item)):
            yield item
        else:
            yield from filter(None, (each.strip() for each in item.split(",")))


def read_cell(column: Column, cell: Cell, decimal: str) -> object:
    """A cell as the value of a column that is no list; raises InvalidValue."""
    text = plain_text(cell)
    if column.type is CellType.DATE:
        return cell if isinstance(cell, date) else parse_date(text)
    if column.type in (CellType.NUMBER, CellType.INTEGER) and not (isinstance(cell, int | float) and cell is not True):
        number = parse_number(text, decimal)
        text = write_number(number)
    return parse_cell(column, text)
