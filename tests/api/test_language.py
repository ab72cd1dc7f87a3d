"""Words, numbers and dates in German and English; nothing that is said stays untranslated."""

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.language import Words, catalog, day_of

ROOT = Path(__file__).resolve().parents[2]
GERMAN, ENGLISH = Words("de"), Words("en")


def test_everything_that_is_said_is_translated_and_compiled():
    found = subprocess.run(
        [sys.executable, ROOT / "scripts" / "translations.py", "--check"], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr


def test_what_an_archive_holds_too_much_of_is_told_in_german():
    assert GERMAN.finding("more content in list.csv") == "mehr Inhalt in list.csv"


def test_translations_fill_the_same_places_as_their_messages():
    import string

    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

    entries = vars(catalog("de"))["_catalog"]
    wrong = []
    for message, text in entries.items():
        source = message if isinstance(message, str) else message[0]
        if source and "%(" not in source and isinstance(message, str) and places(source) != places(text):
            wrong.append((source, text))
    assert not wrong


@pytest.mark.parametrize(
    ("value", "german", "english"),
    [
        (1234.5, "1.234,5", "1,234.5"),
        (440696, "440.696", "440,696"),
        (17.691, "17,69", "17.69"),
        (0.01234, "0,0123", "0.0123"),
        (0.0, "0", "0"),
        (-3.5, "-3,5", "-3.5"),
        (float("nan"), "–", "–"),
    ],
)
def test_numbers_are_written_as_people_do_here(value, german, english):
    assert (GERMAN.number(value), ENGLISH.number(value)) == (german, english)


def test_shares_and_dates_follow_the_language():
    assert GERMAN.percent(0.973) == "97\N{NARROW NO-BREAK SPACE}%"
    assert ENGLISH.percent(0.973) == "97%"
    assert GERMAN.date(date(2024, 3, 1)) == "01.03.2024"
    assert ENGLISH.date(date(2024, 3, 1)) == "01/03/2024"


def test_after_midnight_here_it_is_another_day_though_not_yet_elsewhere():
    assert day_of(datetime(2026, 11, 23, 23, 30, tzinfo=UTC)) == date(2026, 11, 24)
    assert day_of(datetime(2026, 11, 23, 22, 30, tzinfo=UTC)) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("moment", "german", "english"),
    [
        (datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "02.07.2026, 00:30 Uhr", "02/07/2026, 00:30"),
        (datetime(2026, 12, 31, 22, 30, tzinfo=UTC), "31.12.2026, 23:30 Uhr", "31/12/2026, 23:30"),
    ],
)
def test_moments_are_told_by_the_clocks_where_they_are_read(moment, german, english):
    assert (GERMAN.moment(moment), ENGLISH.moment(moment)) == (german, english)
    assert GERMAN.date(moment) == german.partition(",")[0]


def test_a_phrase_of_the_core_is_translated_and_what_it_filled_in_stays():
    assert GERMAN.phrase("a known key") == "ein bekannter Schlüssel"
    assert GERMAN.phrase("a value from 0 to 4") == "ein Wert von 0 bis 4"
    assert GERMAN.phrase("one of de, en") == "eines von: de, en"
    assert ENGLISH.phrase("a value from 0 to 4") == "a value from 0 to 4"


@given(st.text())
def test_a_text_that_is_no_phrase_of_ours_comes_back_or_keeps_its_parts(text):
    assert ENGLISH.phrase(text) == text
    GERMAN.phrase(text)
