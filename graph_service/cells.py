"""The cells of the exchange package: what a column may hold, how a filled cell is read, and how a value is written."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from graph_service.errors import InvalidValue
from graph_service.keys import NodeKey
from graph_service.model import Level, Scale, Visibility, check_period

SEPARATOR = ";"
"""Between the items of a list within a cell."""


class CellType(StrEnum):
    """What a cell holds; an empty one is unknown, whatever its type."""

    KEY = "key"
    NODE = "node"
    KEYS = "keys"
    TEXT = "text"
    TEXTS = "texts"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    PERIOD = "period"
    LEVEL = "level"
    SCALE = "scale"
    VISIBILITY = "visibility"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. ``required``: must be there; ``filled``: and no cell of it may be empty.

    An ``extension`` is ours: written only where it says something, and never expected.
    """

    name: str
    type: CellType = CellType.TEXT
    required: bool = False
    filled: bool = False
    extension: bool = False
    low: float | None = None
    high: float | None = None
    refers: str = ""
    """The table whose keys stand here."""

    def holds(self, value: float) -> bool:
        """Whether a number lies within what the column allows."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


_KEY_FORM = re.compile(r"[A-Za-z0-9._-]+\Z")
_INTEGER_FORM = re.compile(r"[+-]?[0-9]{1,18}\Z")
NUMBER_FORM = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?\Z")
_DATE_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")

EXPECTED_KEY = "a key of letters, digits, '.', '_' and '-'"
EXPECTED_NUMBER = "a number with a decimal point"
EXPECTED_DATE = "a date (YYYY-MM-DD)"


def is_key(text: str) -> bool:
    """Whether a text may be a local key."""
    return _KEY_FORM.match(text) is not None


def _parse_key(text: str) -> str:
    if not is_key(text):
        raise InvalidValue(EXPECTED_KEY, text)
    return text


def _parse_node(text: str) -> str:
    return NodeKey(text) if ":" in text else _parse_key(text)


def _items(text: str) -> tuple[str, ...]:
    items = tuple(item.strip() for item in text.split(SEPARATOR))
    if "" in items:
        raise InvalidValue("a list separated by ';' without gaps", text)
    return tuple(dict.fromkeys(items))


def _parse_keys(text: str) -> tuple[str, ...]:
    return tuple(_parse_key(item) for item in _items(text))


def _parse_integer(text: str) -> int:
    if not _INTEGER_FORM.match(text):
        raise InvalidValue("a whole number", text)
    return int(text)


def parse_number(text: str) -> float:
    """Read a number as packages write it; raises InvalidValue."""
    if not NUMBER_FORM.match(text):
        raise InvalidValue(EXPECTED_NUMBER, text)
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise InvalidValue(EXPECTED_NUMBER, text)
    return value


def _parse_date(text: str) -> date:
    try:
        if _DATE_FORM.match(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise InvalidValue(EXPECTED_DATE, text)


def _choice(choices: type[StrEnum]) -> Callable[[str], StrEnum]:
    def parse(text: str) -> StrEnum:
        try:
            return choices(text)
        except ValueError:
            raise InvalidValue(f"one of {', '.join(choices)}", text) from None

    return parse


PARSERS: Mapping[CellType, Callable[[str], object]] = MappingProxyType(
    {
        CellType.KEY: _parse_key,
        CellType.NODE: _parse_node,
        CellType.KEYS: _parse_keys,
        CellType.TEXT: str,
        CellType.TEXTS: _items,
        CellType.INTEGER: _parse_integer,
        CellType.NUMBER: parse_number,
        CellType.DATE: _parse_date,
        CellType.PERIOD: check_period,
        CellType.LEVEL: _choice(Level),
        CellType.SCALE: _choice(Scale),
        CellType.VISIBILITY: _choice(Visibility),
        CellType.JSON: str,
    }
)
"""How a filled cell of each type is read; each raises InvalidValue."""


def parse_cell(column: Column, text: str) -> object:
    """Read a filled cell of this column; raises InvalidValue."""
    value = PARSERS[column.type](text)
    if isinstance(value, int | float) and not column.holds(value):
        raise InvalidValue(f"a value from {column.low:g} to {column.high:g}", text)
    return value


def write_number(value: float) -> str:
    """The shortest text that reads back as the same number."""
    text = float.__repr__(float(value))
    return text.removesuffix(".0")


def write_cell(value: object, type: CellType = CellType.TEXT) -> str:
    """A value as a cell of this type; None is empty."""
    if value is None:
        return ""
    if isinstance(value, tuple | list):
        return SEPARATOR.join(dict.fromkeys(item for each in value if (item := write_item(str(each)))))
    if isinstance(value, float) or type is CellType.NUMBER:
        return write_number(float(str(value)))
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def write_item(item: str) -> str:
    """An item of a list; a separator within it would cut it in two and becomes a comma."""
    return item.replace(SEPARATOR, ",").strip()
