"""The sample's own calculations, and what in their files must not be believed; all other values are as published."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph_service.errors import InvalidValue, Place
from graph_service.keys import NodeKey
from graph_service.model import Series
from scripts.sample.choice import Choice

Values = dict[str, tuple[float, str]]
"""District → value and flag; NaN with a flag is missing, and said to be."""

Latest = Mapping[str, Mapping[str, float]]
"""Indicator → municipality → its last value."""

EARLIER_REGISTER_FILE = "destatis-gemeindeverzeichnis/31122017_Auszug_GV.xlsx"

COUNTED_ELSEWHERE = frozenset({"06633", "10041", "10042", "10043", "10045", "10046", "12071"})
"""Districts whose foreigners the authority of a neighbour counts: the 0 in their rows is no value."""
COUNTED_FOR_OTHERS = frozenset({"06611", "10044", "12052"})
"""The neighbours: Kassel with its district, Saarlouis for the whole of Saarland, Cottbus with Spree-Neiße."""
UNKNOWN = "."

MERGED = {"16056": "16063"}
"""Districts of 2017 that are part of another now: Eisenach belongs to Wartburgkreis since 1 July 2021."""

_LEAST_COVERED = 0.95


@dataclass(frozen=True)
class Material:
    """What was imported to calculate with."""

    population: Mapping[str, float]
    """Of districts, on the day of the residence status."""
    residence: Latest
    census: Latest
    census_population: str
    earlier: Mapping[str, int]
    later: Mapping[str, int]
    """Population of districts in the two registers."""


def latest(series: Iterable[Series]) -> Latest:
    """The last value of each series that has one."""
    found: dict[str, dict[str, float]] = {}
    for one in series:
        if not math.isnan(one.values[-1]):
            found.setdefault(one.indicator.local, {})[one.municipality.local] = one.values[-1]
    return found


def calculate(choice: Choice, material: Material) -> dict[NodeKey, Values]:
    """The values of every indicator that the sample calculates itself; raises InvalidValue where a file lacks it."""
    own: dict[NodeKey, Values] = {}
    for chosen in choice.indicators:
        key, place = chosen.indicator.key, Place(file=chosen.file)
        if chosen.file == "register-2017":
            own[key] = population_change(material.earlier, material.later)
        elif chosen.file in ("residence-status", "census-2022"):
            imported = material.residence if chosen.file == "residence-status" else material.census
            if chosen.column not in imported:
                raise InvalidValue("an indicator of the import", chosen.column, place)
            own[key] = (
                residence_rates(imported[chosen.column], material.population)
                if chosen.file == "residence-status"
                else census_shares(imported[chosen.column], imported[material.census_population])
            )
    return own


def residence_rates(people: Mapping[str, float], population: Mapping[str, float]) -> Values:
    """People with a residence status per 1,000 inhabitants of the same day, by the population the states publish.

    The file's own population is not used: it is multiplied where districts were put together.
    """
    believed = {d: n for d, n in people.items() if d not in COUNTED_ELSEWHERE | COUNTED_FOR_OTHERS}
    values: Values = {d: (round(n / population[d] * 1000, 4), "") for d, n in believed.items()}
    return values | dict.fromkeys(COUNTED_ELSEWHERE | COUNTED_FOR_OTHERS, (math.nan, UNKNOWN))


def census_shares(shares: Mapping[str, float], people: Mapping[str, float]) -> Values:
    """A share of the census for districts: the mean of their municipalities by population, if nearly all are known."""
    weighted: dict[str, float] = defaultdict(float)
    known: dict[str, float] = defaultdict(float)
    everybody: dict[str, float] = defaultdict(float)
    for town in sorted(people):
        everybody[town[:5]] += people[town]
        if town in shares:
            weighted[town[:5]] += shares[town] * people[town]
            known[town[:5]] += people[town]
    return {
        district: (round(weighted[district] / known[district], 4), "")
        for district, total in everybody.items()
        if known[district] >= _LEAST_COVERED * total > 0
    }


def population_change(earlier: Mapping[str, int], later: Mapping[str, int]) -> Values:
    """By how many per cent the population grew; districts that merged are added up first."""
    before: dict[str, int] = defaultdict(int)
    for district, people in earlier.items():
        before[MERGED.get(district, district)] += people
    return {
        district: (round((people / before[district] - 1) * 100, 4), "")
        for district, people in sorted(later.items())
        if before.get(district)
    }
