"""Reads the values of HSDS's own fields, and counts the fields that have no place with us."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from graph_service.cells import EXPECTED_DATE
from graph_service.errors import InvalidValue
from graph_service.model import Visibility
from importers.contract import Issues
from importers.hsds.documents import every
from importers.hsds.tables import Item

_READ = {
    "organization": frozenset({"id", "name", "description", "website", "locations", "attributes", "services"}),
    "service": frozenset(
        {
            "id", "name", "status", "organization_id", "organization", "minimum_age", "maximum_age", "assured_date",
            "languages", "service_areas", "service_at_locations", "attributes",
        }
    ),
    "location": frozenset(),
}  # fmt: skip
_OF_LOCATIONS = ("contacts", "phones", "schedules")
_PERSONS = frozenset({"contacts", "assurer_email"})


class Unread:
    """What was there and was not read: counted by field, never kept."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._times: Counter[str] = Counter()

    def count(self, item: Item, entity: str) -> None:
        """Count what an organization or service has beside what is read."""
        for name in item.keys() - _READ[entity]:
            self._add(entity, name, item[name])
        for part in _parts(item):
            for name in _OF_LOCATIONS:
                self._add("location", name, part.get(name))

    def _add(self, entity: str, name: str, value: object) -> None:
        if value not in (None, "", [], {}):
            self._times[f"{entity}.{name}"] += len(value) if isinstance(value, list) else 1

    def say(self, issues: Issues) -> None:
        """Say it: contacts of persons apart, for that they stay out is a promise."""
        for name, times in sorted(self._times.items()):
            if name.partition(".")[2] in _PERSONS:
                issues.note("person", "no contacts of persons: they are never read", name, times=times)
            else:
                issues.note("ignored-column", "a field that actors and offers have", name, times=times)


def _parts(item: Item) -> Iterator[Item]:
    yield from every(item.get("locations"))
    for each in every(item.get("service_at_locations")):
        yield each
        if isinstance(each.get("location"), dict):
            yield each["location"]


def text(item: Item, name: str) -> str:
    """A field as text; what is none is empty."""
    value = item.get(name)
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def placed(location: Item) -> bool:
    """Whether a location stands on the map."""
    return location.get("longitude") not in (None, "") or location.get("latitude") not in (None, "")


def number(value: object) -> float:
    """A number; raises InvalidValue."""
    try:
        return float(str(value))
    except ValueError:
        raise InvalidValue("a number with a decimal point", value) from None


def whole(value: object) -> int:
    """A whole number; raises InvalidValue."""
    found = number(value)
    if not found.is_integer():
        raise InvalidValue("a whole number", value)
    return int(found)


def day(value: object) -> date:
    """The day of a date or time; raises InvalidValue."""
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise InvalidValue(EXPECTED_DATE, value) from None


def visibility(value: str) -> Visibility:
    """A visibility; raises InvalidValue."""
    try:
        return Visibility(value)
    except ValueError:
        raise InvalidValue(f"one of {', '.join(Visibility)}", value) from None
