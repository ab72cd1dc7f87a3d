"""A change as both publishers state it, and the records that it makes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from graph_service.errors import InvalidValue
from graph_service.keys import AGS_LEVELS, municipality_key
from graph_service.model import Edge, EdgeType, Level, Municipality, Record, Scalar

DISSOLVED = "dissolved"
PARTIAL_TRANSFER = "partial-transfer"
KEY_CHANGE = "key-change"


@dataclass(frozen=True, slots=True)
class Succession:
    """The old unit became the new one, or gave it a part; ``share`` of its population, where that is known."""

    old: str
    old_name: str
    new: str
    new_name: str
    change: str
    on: date
    last_day: date | None = None
    """The last day on which the old key is known to stand; None where it still does."""
    first_day: date | None = None
    """The day from which the new key stands, where the source says so."""
    share: float | None = None


def key_of_length(digits: str, length: int) -> str:
    """A code of this many digits; a lost leading zero returns, for the length is known. Raises InvalidValue."""
    text = digits.strip()
    if not (text.isascii() and text.isdigit() and len(text) in (length, length - 1)):
        raise InvalidValue(f"a code of {length} digits", digits)
    return text.zfill(length)


def records(successions: Iterable[Succession]) -> Iterator[Record]:
    """The edges, and what the source says of the units at their ends; a key that ends and returns stays open."""
    units: dict[str, Municipality] = {}
    for item in successions:
        _note(units, item.old, item.old_name, until=item.last_day)
        _note(units, item.new, item.new_name, since=item.first_day)
        properties: dict[str, Scalar] = {"on": item.on, "change": item.change}
        if item.share is not None:
            properties["population_share"] = round(item.share, 6)
        yield Edge(EdgeType.SUCCEEDED_BY, municipality_key(item.old), municipality_key(item.new), properties)
    yield from units.values()


def _note(
    units: dict[str, Municipality], key: str, name: str, *, since: date | None = None, until: date | None = None
) -> None:
    before = units.get(key)
    units[key] = Municipality(
        key=municipality_key(key),
        name=name or (before.name if before else None),
        level=Level(AGS_LEVELS[len(key)]),
        valid_from=since or (before.valid_from if before else None),
        valid_until=until or (before.valid_until if before else None),
    )
