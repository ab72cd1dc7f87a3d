"""What both forms of the register say, line by line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from graph_service.errors import InvalidValue, Place
from graph_service.model import Level
from importers.contract import Issues

LEVELS: Mapping[str, Level] = {
    "10": Level.STATE,
    "20": Level.REGION,
    "30": Level.REGION,
    "40": Level.DISTRICT,
    "50": Level.ASSOCIATION,
    "60": Level.MUNICIPALITY,
}
"""What each record type (Satzart) describes."""

_PARTS = {"10": (2,), "20": (2, 1), "30": (2, 1, 1), "40": (2, 1, 2), "50": (2, 1, 2, 4), "60": (2, 1, 2, 4, 3)}
"""How many digits each part of the regional key has, by record type."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the register; ``ars`` is the regional key as far as its record type goes."""

    place: Place
    record_type: str
    mark: str
    ars: str
    name: str
    population: int | None = None
    area_km2: float | None = None
    longitude: float | None = None
    latitude: float | None = None
    urbanisation: str = ""

    @property
    def level(self) -> Level:
        """What the line describes."""
        return LEVELS[self.record_type]

    @property
    def key(self) -> str:
        """The official code: that of a municipality leaves its association out."""
        return self.ars[:5] + self.ars[9:] if self.level is Level.MUNICIPALITY else self.ars


@dataclass(frozen=True, slots=True)
class Register:
    """A register as one file holds it; ``population_date`` and ``census`` are what it says of its population."""

    territory_date: date
    population_date: date | None
    census: str
    rows: Iterator[Row]
    total: int


def regional_key(record_type: str, parts: tuple[str, ...]) -> str:
    """Join the parts of a regional key; a lost zero returns, for each part has its own length. Raises InvalidValue."""
    lengths = _PARTS[record_type]
    digits = [part.strip() for part in parts]
    good = all(d.isascii() and d.isdigit() and len(d) <= n for d, n in zip(digits, lengths, strict=False))
    if not good or any(digits[len(lengths) :]) or len(digits) < len(lengths):
        raise InvalidValue(f"the {len(lengths)} parts of a regional key (ARS)", " ".join(digits))
    return "".join(d.zfill(n) for d, n in zip(digits, lengths, strict=False))


def unique(rows: Iterator[Row], issues: Issues) -> Iterator[Row]:
    """The rows without those whose key came before; each of them is reported."""
    seen: set[str] = set()
    for row in rows:
        if row.key in seen:
            issues.add(InvalidValue("each key once", f"{row.key} {row.name}"), row.place, kind="duplicate-key")
            continue
        seen.add(row.key)
        yield row
