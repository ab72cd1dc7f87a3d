"""What the three GENESIS databases have in common: how they name regions, times, tables, units."""

import re
import unicodedata
from dataclasses import dataclass

from graph_service.errors import InvalidValue
from graph_service.keys import ags_from_ars, parse_ags
from graph_service.model import check_period
from importers.numbers import parse_date

GERMANY = frozenset({"DG", "D", "DINSG", "00"})
"""How the whole country is written; it is no municipality."""

CITY_STATES = {"02": "02000", "11": "11000"}
"""Hamburg and Berlin are a state and a district at once; some tables list them as a state only."""


def region_code(text: str) -> str:
    """The official code of a region; an ARS of 12 digits becomes its AGS. Raises InvalidValue."""
    code = text.strip()
    if len(code) == 12:
        return ags_from_ars(code)
    if len(code) == 9 and code.isascii() and code.isdigit():
        return code
    return parse_ags(code)


def looks_like_region(text: str) -> bool:
    """Whether this may be the code of a region or of the whole country."""
    code = text.strip()
    return code in GERMANY or (code.isascii() and code.isdigit() and len(code) in (2, 3, 5, 8, 9, 12))


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


_TABLE_CODE = re.compile(r"[0-9A-Z]{2,6}(?:-[0-9A-Z]{1,4}){1,4}(?![0-9A-Za-z-])")


def table_code(text: str) -> str:
    """The code of a table that a text starts with, such as 12411-01-01-4, AI002-1 or 1000A-0000; "" where none is."""
    found = _TABLE_CODE.match(text)
    return found[0] if found and any(c.isdigit() for c in found[0]) else ""


_UNIT = re.compile(
    r"(?:Anzahl|Number|Prozent|Percent|%|Promille|EUR(?:/.+)?|Euro|€|(?:Tsd|Mill|Mio|Mrd)\.? ?(?:EUR|Euro|Stück|t)?"
    r"|1 ?000(?: ?\w+)?|ha|qkm|km2|km²|qm|m2|m²|cbm|m3|m³|1000 cbm|t|Tonnen|kg|Stunden|Stück|Jahre?|Tage?|Minuten|km"
    r"|MWh|GWh|kWh|TJ|GJ|MW|kW|Euro je .+|EUR je .+|je .+|[12][0-9]{3} ?= ?100|Grad|Punkte|Index|Faktor)\Z",
    re.IGNORECASE,
)


def is_unit(text: str) -> bool:
    """Whether a cell of a table's head is a unit of measurement."""
    return _UNIT.match(text.strip()) is not None


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


@dataclass(frozen=True, slots=True)
class Source:
    """Which of the databases a table is from."""

    name: str
    publisher: str
    url: str


def source_of(code: str) -> Source:
    """The database that gives tables (or statistics) such codes."""
    if re.match(r"[0-9]{4}[A-Z]", code):
        return Source(
            "Zensusdatenbank", "Statistische Ämter des Bundes und der Länder", "https://ergebnisse.zensus2022.de"
        )
    if re.fullmatch(r"[0-9]{5}-[0-9]{4}", code):
        return Source("GENESIS-Online", "Statistisches Bundesamt (Destatis)", "https://www-genesis.destatis.de")
    return Source(
        "Regionaldatenbank Deutschland",
        "Statistische Ämter des Bundes und der Länder",
        "https://www.regionalstatistik.de",
    )
