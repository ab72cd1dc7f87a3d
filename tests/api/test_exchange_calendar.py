"""An exchange becomes an entry that calendars accept, replace by a newer version, and that names no person."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from icalendar import Calendar, Event

from api.files.calendar import Entry, calendar
from api.language import Words
from graph_service.errors import InvalidValue
from graph_service.keys import NodeKey
from graph_service.model import Exchange, Visibility

CHANGED = datetime(2026, 3, 4, 9, 30, 15, 123456, tzinfo=timezone(timedelta(hours=1)))
EXCHANGE = Exchange(
    key=NodeKey("exchange:hospitation-1"),
    name="Hospitation; Übergang, Schule",
    format="job-shadowing",
    state="agreed",
    description="Anruf bei Erika Mustermann, erika@example.org",
    planned_on=date(2026, 5, 6),
)


def entry(**said: object) -> Entry:
    values: dict[str, object] = {
        "exchange": EXCHANGE,
        "municipalities": ("Rems-Murr-Kreis", "Kreis Borken"),
        "revision": 41,
        "changed": CHANGED,
    }
    return Entry(**(values | said))


def events(*entries: Entry, language: str = "de") -> list[Event]:
    return list(Calendar.from_ical(calendar(entries, "kompass.example.org", Words(language))).walk("VEVENT"))


def changed(**said: object) -> Exchange:
    from dataclasses import replace

    return replace(EXCHANGE, **said)


def test_a_planned_exchange_takes_a_whole_day_and_nobody_s_hours() -> None:
    (event,) = events(entry(url="https://kompass.example.org/exchanges/hospitation-1"))
    assert event["UID"] == "hospitation-1@exchange.kompass.example.org"
    assert event["SEQUENCE"] == 41
    assert event["SUMMARY"] == "Hospitation; Übergang, Schule"
    assert event.decoded("DTSTART") == date(2026, 5, 6)
    assert event.decoded("DTEND") == date(2026, 5, 7)
    assert event["TRANSP"] == "TRANSPARENT"
    assert event["STATUS"] == "CONFIRMED"
    assert event.decoded("DTSTAMP") == datetime(2026, 3, 4, 8, 30, 15, tzinfo=UTC)
    assert event["URL"] == "https://kompass.example.org/exchanges/hospitation-1"
    assert event["DESCRIPTION"].split("\n") == [
        "Hospitation", "vereinbart", "Kommunen: Rems-Murr-Kreis, Kreis Borken",
    ]  # fmt: skip


def test_the_words_are_those_of_the_reader() -> None:
    (event,) = events(entry(), language="en")
    assert event["DESCRIPTION"].split("\n")[0] == "Job shadowing"
    assert event["DESCRIPTION"].split("\n")[2].startswith("Municipalities: ")


@pytest.mark.parametrize("day", [date(2026, 1, 15), date(2026, 7, 15)], ids=["winter", "summer"])
def test_an_hour_is_an_hour_of_berlin(day: date) -> None:
    content = calendar([entry(exchange=changed(planned_on=day), begins=time(14, 0))], "h", Words("de"))
    found = Calendar.from_ical(content)
    (event,) = found.walk("VEVENT")
    start = event.decoded("DTSTART")
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert start.utcoffset() == timedelta(hours=1 if day.month == 1 else 2)
    assert (start.hour, event.decoded("DTEND") - start) == (14, timedelta(hours=1))
    assert [str(zone["TZID"]) for zone in found.walk("VTIMEZONE")] == ["Europe/Berlin"]


def test_the_night_when_clocks_change_is_no_hour_longer() -> None:
    night = changed(planned_on=date(2026, 10, 24))
    (event,) = events(entry(exchange=night, begins=time(23, 0), lasts=timedelta(hours=6)))
    start, end = event.decoded("DTSTART"), event.decoded("DTEND")
    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=6)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("wish", "TENTATIVE"),
        (None, "TENTATIVE"),
        ("held", "CONFIRMED"),
        ("adopted", "CONFIRMED"),
        ("cancelled", "CANCELLED"),
    ],
)
def test_the_state_is_one_that_calendars_know(state: str | None, status: str) -> None:
    (event,) = events(entry(exchange=changed(state=state)))
    assert event["STATUS"] == status


def test_what_was_held_stands_on_that_day() -> None:
    (event,) = events(entry(exchange=changed(held_on=date(2026, 6, 1))))
    assert event.decoded("DTSTART") == date(2026, 6, 1)


def test_no_person_and_no_free_text_is_in_it() -> None:
    content = calendar([entry()], "h", Words("de")).decode()
    assert "Mustermann" not in content
    assert "@example.org" not in content
    assert not {"ORGANIZER", "ATTENDEE", "CONTACT"} & {
        line.partition(":")[0].partition(";")[0] for line in content.splitlines()
    }


def test_what_is_not_for_everybody_is_confidential() -> None:
    (event,) = events(entry(exchange=changed(visibility=Visibility.PEERS)))
    assert event["CLASS"] == "CONFIDENTIAL"


def test_the_same_exchange_is_the_same_bytes_and_a_later_one_replaces_it() -> None:
    first, again = (calendar([entry()], "h", Words("de")) for _ in range(2))
    assert first == again
    older, newer = events(entry())[0], events(entry(revision=42))[0]
    assert older["UID"] == newer["UID"]
    assert older["SEQUENCE"] < newer["SEQUENCE"]


def test_entries_stand_in_the_order_of_their_keys() -> None:
    other = entry(exchange=changed(key=NodeKey("exchange:a")))
    assert [event["UID"].partition("@")[0] for event in events(entry(), other)] == ["a", "hospitation-1"]
    assert b"\r\n" in calendar([], "h", Words("de"))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"exchange": Exchange(key=NodeKey("exchange:x"), name="x")}, "an exchange with a date"),
        ({"changed": datetime(2026, 1, 1)}, "a time with its zone"),  # noqa: DTZ001  # it has none, which is the case
        ({"lasts": timedelta(0)}, "a time span above zero"),
    ],
)
def test_what_cannot_stand_in_a_calendar_is_refused(said: dict[str, object], expected: str) -> None:
    with pytest.raises(InvalidValue, match=expected):
        entry(**said)


def test_a_file_asks_nobody_and_its_lines_are_as_long_as_calendars_read_them() -> None:
    title = "Übergänge „Schule–Beruf“: " + "für Schülerinnen, Eltern; Träger " * 6
    written = calendar([entry(exchange=changed(name=title))], "kompass.example.org", Words("de"))
    # a method needs an organizer (RFC 5546), and an entry names no person
    assert b"METHOD" not in written
    assert max(map(len, written.split(b"\r\n"))) <= 75
    assert b"\n" not in written.replace(b"\r\n", b"")
    (event,) = Calendar.from_ical(written).walk("VEVENT")
    assert event["SUMMARY"] == title
