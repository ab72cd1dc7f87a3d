"""Exchanges between municipalities as entries for a calendar (iCalendar, RFC 5545).

An entry says what, when and which municipalities. It has no organizer and no attendees, and the exchange's own
description stays out: free text may name persons.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from api.language import ZONE, Words
from graph_service.errors import InvalidValue
from graph_service.model import Exchange, Visibility
from graph_service.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from icalendar import Event

_PRODUCT = "-//Bündniskompass//Bündniskompass//DE"
_TENTATIVE = frozenset({"wish", "proposed"})
_CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a calendar shows of one exchange.

    ``revision`` is the store's at the last change of the exchange and ``changed`` its time; by both a newer version
    replaces an older one. Without ``begins`` the entry stands for the whole day.
    """

    exchange: Exchange
    municipalities: tuple[str, ...] = ()
    revision: int
    changed: datetime
    begins: time | None = None
    lasts: timedelta = timedelta(hours=1)
    url: str = ""

    def __post_init__(self) -> None:
        if self.day is None:
            raise InvalidValue("an exchange with a date", self.exchange.key)
        if self.changed.tzinfo is None:
            raise InvalidValue("a time with its zone", self.changed.isoformat())
        if self.lasts <= timedelta(0):
            raise InvalidValue("a time span above zero", self.lasts)

    @property
    def day(self) -> date | None:
        """When it was held, else when it is planned."""
        return self.exchange.held_on or self.exchange.planned_on


def calendar(entries: Iterable[Entry], installation: str, words: Words) -> bytes:
    """A calendar of these exchanges, in the order of their keys.

    ``installation`` (its host, or the identity of its store) keeps the entries of two installations apart.
    """
    from icalendar import Calendar  # takes long to import, and most answers never need it

    found = Calendar()
    say = found.add
    say("prodid", _PRODUCT)
    say("version", "2.0")
    say("x-wr-calname", words("Bündniskompass: exchanges"))
    say("x-wr-timezone", ZONE.key)
    for entry in sorted(entries, key=lambda each: each.exchange.key):
        found.add_component(_event(entry, installation, words))
    found.add_missing_timezones()
    return bytes(found.to_ical())


def _event(entry: Entry, installation: str, words: Words) -> "Event":
    from icalendar import Event

    exchange, changed = entry.exchange, entry.changed.astimezone(UTC).replace(microsecond=0)
    event = Event()
    say = event.add
    say("uid", f"{exchange.key.local}@exchange.{installation}")
    say("sequence", entry.revision)
    say("dtstamp", changed)
    say("last-modified", changed)
    say("summary", exchange.name or exchange.key.local)
    say("description", _description(entry, words))
    say("status", _status(exchange.state))
    say("class", "PUBLIC" if exchange.visibility in (None, Visibility.PUBLIC) else "CONFIDENTIAL")
    _add_time(event, entry)
    if entry.url:
        say("url", entry.url)
    return event


def _add_time(event: "Event", entry: Entry) -> None:
    day, say = entry.day, event.add
    if day is None:  # an entry has one
        return
    if entry.begins is None:
        say("dtstart", day)
        say("dtend", day + timedelta(days=1))
        say("transp", "TRANSPARENT")  # a day is known, not which hours of it are taken
        return
    start = datetime.combine(day, entry.begins.replace(tzinfo=None), ZONE)
    say("dtstart", start)
    # the span counts as on a clock that keeps running, also in the night when clocks change
    say("dtend", (start.astimezone(UTC) + entry.lasts).astimezone(ZONE))


def _description(entry: Entry, words: Words) -> str:
    vocabulary, lines = load_vocabulary(), []
    for kind, id in (("exchange_format", entry.exchange.format), ("exchange_state", entry.exchange.state)):
        term = vocabulary.find(kind, id) if id else None
        if term is not None:
            lines.append(term.label(words.language))
    if entry.municipalities:
        lines.append(words("Municipalities: {names}", names=", ".join(entry.municipalities)))
    return "\n".join(lines)


def _status(state: str | None) -> str:
    if state == _CANCELLED:
        return "CANCELLED"
    return "TENTATIVE" if state is None or state in _TENTATIVE else "CONFIRMED"
