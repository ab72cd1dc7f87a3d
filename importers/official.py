"""What German statistical publishers have in common: names made into ids, periods, and what a unit says of values."""

import re
import unicodedata

from graph_service.errors import InvalidValue
from graph_service.model import Scale, check_period
from importers.numbers import parse_date

_YEAR = re.compile(r"(1[89]|20)[0-9]{2}\Z")
_SEASON = re.compile(r"((?:1[89]|20)[0-9]{2})/(?:[0-9]{2}|[0-9]{4})\Z")
_SPAN = re.compile(r"((?:1[89]|20)[0-9]{2}(?:-[0-9]{2}){0,2})P[0-9]+[YMDQ]\Z")


def read_period(text: str) -> str:
    """What the publisher says, as ISO: a year stays a year and a reference date a date. Raises InvalidValue.

    Of a season ("2023/24", a school year) the first year counts, of a span ("2023-10P6M") its beginning.
    """
    stripped = text.strip()
    if _YEAR.match(stripped):
        return stripped
    for longer in (_SEASON, _SPAN):
        found = longer.match(stripped)
        if found:
            return check_period(found[1])
    try:
        return parse_date(stripped).isoformat()
    except InvalidValue:
        return check_period(stripped) if stripped else _no_period(text)


def _no_period(text: str) -> str:
    raise InvalidValue("a period (YYYY, YYYY-MM, YYYY-MM-DD or YYYY-Qn)", text)


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "ae", "Ö": "oe", "Ü": "ue", "ß": "ss"})


def slug(text: str) -> str:
    """A stable ASCII name: umlauts spelt out, accents dropped, everything else between letters and digits a hyphen."""
    plain = unicodedata.normalize("NFKD", text.translate(_UMLAUTS)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


_COUNTS = re.compile(
    r"(?:Anzahl|Number|1 ?000|(?:Tsd|Mill|Mio|Mrd)|EUR|Euro|€|ha|qkm|km2|km²|Stück|t\Z|Tonnen)", re.IGNORECASE
)
_SHARES = frozenset({"prozent", "percent", "%"})


def is_share(unit: str) -> bool:
    """Whether the unit says that values are parts of a hundred."""
    return unit.strip().lower() in _SHARES


def is_count(unit: str) -> bool:
    """Whether the unit says that values count or sum up, and so span orders of magnitude."""
    return _COUNTS.match(unit.strip()) is not None


def scale_of(unit: str, smallest: float, largest: float) -> Scale:
    """A percentage within 0 to 100 is a share; counts and sums, never negative, span orders of magnitude."""
    if is_share(unit) and smallest >= 0 and largest <= 100:
        return Scale.SHARE
    return Scale.LOG if is_count(unit) and smallest >= 0 else Scale.LINEAR
