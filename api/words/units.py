"""What units are called: publishers write them in German, and so they stay in German and in data."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from api.language import N_, Words

UNITS: Mapping[str, str] = MappingProxyType(
    {
        "1.000 €": N_("thousand €"),
        "1.000 € je Einwohner": N_("thousand € per inhabitant"),
        "1.000 € je Erwerbstätigen": N_("thousand € per person in employment"),
        "% pro Jahr": N_("% per year"),
        "€ je Einwohner": N_("€ per inhabitant"),
        "€ je m²": N_("€ per m²"),
        "€ je m², Klassen": N_("€ per m², in classes"),
        "Anzahl": N_("number"),
        "Einwohner je km²": N_("inhabitants per km²"),
        "Euro": N_("euros"),
        "Gemeinden": N_("local municipalities"),
        "Initiativen": N_("initiatives"),
        "je 100": N_("per 100"),
        "je 1.000": N_("per 1,000"),
        "je 10.000": N_("per 10,000"),
        "je 100 Einwohner": N_("per 100 inhabitants"),
        "je 1.000 Einwohner": N_("per 1,000 inhabitants"),
        "je 10.000 Einwohner": N_("per 10,000 inhabitants"),
        "je 100.000 Einwohner": N_("per 100,000 inhabitants"),
        "je 100 Einwohner im erwerbsfähigen Alter": N_("per 100 inhabitants of working age"),
        "je 100 Frauen im erwerbsfähigen Alter": N_("per 100 women of working age"),
        "je 100 Männer im erwerbsfähigen Alter": N_("per 100 men of working age"),
        "je 100.000 Einwohner unter 15 Jahren": N_("per 100,000 inhabitants under 15"),
        "je 10.000 Kinder bis 15 Jahre": N_("per 10,000 children up to 15"),
        "je 1.000 Haushalte": N_("per 1,000 households"),
        "Jahre": N_("years"),
        "Minuten": N_("minutes"),
        "MW je 1.000 Einwohner": N_("MW per 1,000 inhabitants"),
        "Personen": N_("people"),
        "Plätze": N_("places"),
        "Plätze je tätige Person": N_("places per person who works there"),
        "Wohnungen": N_("dwellings"),
    }
)
"""Units of the bundled data and of the official sources, as their publishers write them; %, €, m², km need no words."""
_TOGETHER = re.compile(r"\b(SGB|je|per) (?=[IVX]+\b|k?m²)")


_LAW = re.compile(r" (?=§)|(?<=[§.]) (?=\d)")


def unbroken_law(text: str) -> str:
    """A law's name whose numbers stay with what they number: AufenthG § 71 Abs. 1."""
    return _LAW.sub("\N{NO-BREAK SPACE}", text)


def unbroken(label: str) -> str:
    """A label in which neither the number of a law nor a unit goes to the next line."""
    return _TOGETHER.sub("\\1\N{NO-BREAK SPACE}", label)


def unit_words(unit: str | None, words: Words) -> str:
    """A unit in this language; one that nobody has translated stays as it is, and so does every unit in German."""
    if not unit or words.language == "de":
        return unit or ""
    return words(UNITS[unit]) if unit in UNITS else unit
