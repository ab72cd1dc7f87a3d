"""What the three GENESIS databases have in common: how they name regions, tables and units."""

import re
from dataclasses import dataclass

from graph_service.keys import ags_from_ars, parse_ags

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
