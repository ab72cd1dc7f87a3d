"""Words and numbers in the language of the person who reads them: gettext catalogs and Babel's number formats."""

import gettext
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

FOLDER = Path(__file__).parent / "translations"
DOMAIN = "messages"
ZONE = ZoneInfo("Europe/Berlin")
"""What clocks show where people read this."""


def day_of(time: datetime) -> date:
    """The day that it is here at that time."""
    return time.astimezone(ZONE).date()


def N_(text: str) -> str:  # noqa: N802 - the customary name of the mark for later translation
    """Mark a text for translation where the language is not known yet."""
    return text


_LONG_WORD = re.compile(r"[a-z]{5}")


@cache
def catalog(language: str) -> gettext.NullTranslations:
    """The translations into a language; English is what the code says."""
    return gettext.translation(DOMAIN, FOLDER, languages=[language], fallback=True)


@cache
def patterns(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Messages with places to fill, as patterns of the filled English text, the most specific first."""
    entries = getattr(catalog(language), "_catalog", {})
    templates = [key for key in entries if isinstance(key, str) and "{}" in key]
    templates.sort(key=lambda text: -len(text))
    return tuple(
        (re.compile("(.*?)".join(map(re.escape, text.split("{}"))) + r"\Z", re.DOTALL), text) for text in templates
    )


@dataclass(frozen=True)
class Words:
    """Says things in one language: ``words("{n} rows", n=3)``."""

    language: str = "de"

    def __call__(self, message: str, /, **values: object) -> str:
        """A message in this language, with its places filled."""
        text = catalog(self.language).gettext(message) if message else ""
        return text.format(**values) if values else text

    def plural(self, one: str, many: str, n: int, /, **values: object) -> str:
        """A message about ``n`` things, which is filled in as {n}, grouped."""
        return catalog(self.language).ngettext(one, many, n).format(n=self.number(n), **values)

    def phrase(self, text: str) -> str:
        """A phrase that the core composed in English, maybe from a template: translated where it is known.

        The catalog holds such templates with ``{}`` where the core filled something in.
        """
        return self._translated(text, patterns(self.language))

    def finding(self, text: str) -> str:
        """What the core found: mostly somebody's own words, which stay; a phrase of ours is translated.

        Somebody's words may look like a short phrase, so only one that says enough counts as ours.
        """
        return (
            self._translated(text, [each for each in patterns(self.language) if _LONG_WORD.search(each[1])])
            if " " in text
            else text
        )

    def _translated(self, text: str, templates: Iterable[tuple[re.Pattern[str], str]]) -> str:
        if not text:
            return ""
        found = catalog(self.language).gettext(text)
        if found != text:
            return found
        for pattern, template in templates:
            if match := pattern.match(text):
                parts = [catalog(self.language).gettext(part) if part else "" for part in match.groups()]
                return catalog(self.language).gettext(template).format(*parts)
        return text

    def number(self, value: float, digits: int | None = None) -> str:
        """A number as people write it here; without ``digits`` as precise as its size makes useful."""
        if not math.isfinite(value):
            return "–"
        if digits is None:
            size = abs(value)
            most = 0 if size >= 10_000 else 1 if size >= 100 else 2 if size >= 0.1 or size == 0 else 4
            return format_decimal(value, f"#,##0.{'#' * most}" if most else "#,##0", locale=self.locale)
        return format_decimal(value, f"#,##0.{'0' * digits}" if digits else "#,##0", locale=self.locale)

    def percent(self, share: float, digits: int = 0) -> str:
        """A share of one as per cent."""
        number = self.number(share * 100, digits)
        return f"{number}%" if self.language == "en" else f"{number}\N{NARROW NO-BREAK SPACE}%"

    def date(self, day: date) -> str:
        """A day; of a moment the day that it is here."""
        here = day_of(day) if isinstance(day, datetime) else day
        return format_date(here, "dd.MM.yyyy" if self.language == "de" else "dd/MM/yyyy", locale=self.locale)

    def moment(self, time: datetime) -> str:
        """A day and the time of day, as clocks here show it."""
        clock = f"{time.astimezone(ZONE):%H:%M}"
        return f"{self.date(time)}, {clock}" if self.language == "en" else f"{self.date(time)}, {clock} Uhr"

    def period(self, period: str) -> str:
        """A period, or two that differ (a/b); days and months as people write them."""
        return "/".join(self._period(part) for part in period.split("/"))

    def _period(self, period: str) -> str:
        year, _, rest = period.partition("-")
        if not rest or rest.startswith("Q"):
            return period
        month, _, day = rest.partition("-")
        return self.date(date(int(year), int(month), int(day))) if day else f"{month}/{year}"

    def list(self, items: Iterable[str]) -> str:
        """Items as in a sentence: a, b and c."""
        return format_list([*items], locale=self.locale)

    @property
    def locale(self) -> str:
        """Babel's name of this language's customs."""
        return "en_GB" if self.language == "en" else "de_DE"


def start(language: str) -> Words:
    """Make libraries that use gettext (the command line's own messages) speak this language too."""
    from api.settings import announce_language

    gettext.bindtextdomain(DOMAIN, str(FOLDER))
    announce_language(language)
    return Words(language)
