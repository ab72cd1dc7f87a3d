"""Numbers, dates and missing-value marks as German offices write them; nothing ambiguous is guessed."""

import math
import re
from collections.abc import Iterable
from datetime import date

from graph_service.errors import InvalidValue
from graph_service.model import Flag

MARKERS = {
    "-": Flag.NOTHING, "–": Flag.NOTHING, "—": Flag.NOTHING, ".": Flag.UNKNOWN, "/": Flag.UNRELIABLE,
    "x": Flag.NOT_MEANINGFUL, "X": Flag.NOT_MEANINGFUL, "...": Flag.LATER, "…": Flag.LATER,
}  # fmt: skip
"""How German statistical offices write that there is no number, and the flag it means."""

_SPACES = str.maketrans({" ": "", "\u00a0": "", "\u2009": "", "\u202f": "", "\u2007": "", "'": "", "’": ""})
_MINUS = str.maketrans({"−": "-", "–": "-"})
_GROUPED = r"[0-9]{1,3}(?:[ '’\u00a0\u2009\u202f\u2007][0-9]{3})+"
_NUMBERS = {
    mark: re.compile(
        rf"[+-]?(?:(?:{_GROUPED}|[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]+)(?:{point}[0-9]*)?|{point}[0-9]+)"
        r"(?:[eE][+-]?[0-9]{1,3})?\Z"
    )
    for mark, point, group in ((",", ",", r"\."), (".", r"\.", ","))
}


def parse_number(text: str, decimal: str = ",") -> float:
    """Read a number with this decimal mark; the other mark, spaces or apostrophes may group thousands only.

    Raises InvalidValue, also for what does not fit the mark ("1.5" where the comma decides).
    """
    stripped = text.strip().translate(_MINUS)
    if not _NUMBERS[decimal].match(stripped):
        raise InvalidValue("a number", text)
    plain = stripped.translate(_SPACES).replace("." if decimal == "," else ",", "").replace(",", ".")
    value = float(plain)
    if not math.isfinite(value):
        raise InvalidValue("a number", text)
    return value


def parse_value(text: str, decimal: str = ",") -> tuple[float, str]:
    """Read a statistical cell: its number (NaN where missing) and the publisher's flag ("" where there is none).

    "(12)" is an uncertain 12; "-" comes as NaN with its flag, for it may mean zero or an abolished region.
    """
    stripped = text.strip()
    if not stripped:
        return math.nan, ""
    flag = MARKERS.get(stripped)
    if flag is not None:
        return math.nan, flag.value
    if stripped[0] == "(" and stripped[-1] == ")":
        inner = stripped[1:-1].strip()
        return (parse_number(inner, decimal) if inner else math.nan), Flag.UNCERTAIN.value
    return parse_number(stripped, decimal), ""


def _deciding(point: str, group: str) -> re.Pattern[str]:
    """Numbers in which ``point`` can only be the decimal mark: not three digits after one to three others."""
    thousands = rf"[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}})"
    forms = (
        rf"{thousands}+{point}[0-9]*",
        rf"{thousands}{{2,}}",
        rf"0*{point}[0-9]+",
        rf"[0-9]*{point}(?:[0-9]{{0,2}}|[0-9]{{4,}})",
        rf"[0-9]{{4,}}{point}[0-9]+",
    )
    return re.compile(rf"[+-]?(?:{'|'.join(forms)})\Z")


_DECIDING = {",": _deciding(",", r"\."), ".": _deciding(r"\.", ",")}


def guess_decimal(values: Iterable[str]) -> str | None:
    """The decimal mark of a column, or None where no value decides ("1.234" may be either).

    Raises InvalidValue where values contradict each other.
    """
    found: dict[str, str] = {}
    for value in values:
        text = value.strip().translate(_MINUS)
        for mark, decides in _DECIDING.items():
            if text not in MARKERS and decides.match(text):
                found.setdefault(mark, value.strip())
    if len(found) > 1:
        raise InvalidValue("one decimal mark in a column", f"{found[',']} and {found['.']}")
    return next(iter(found), None)


_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?\Z")
_GERMAN_DATE = re.compile(r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})\Z")


def parse_date(text: str) -> date:
    """Read 2024-12-31 or 31.12.2024; raises InvalidValue, also for years of two digits."""
    stripped = text.strip()
    iso, german = _ISO_DATE.match(stripped), _GERMAN_DATE.match(stripped)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if german:
            return date(int(german[3]), int(german[2]), int(german[1]))
    except ValueError:
        pass
    raise InvalidValue("a date such as 2024-12-31 or 31.12.2024", text)
