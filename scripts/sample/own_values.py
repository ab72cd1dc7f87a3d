"""The sample's own calculations, and what in their files must not be believed; all other values are as published."""

import csv
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from graph_service.errors import InvalidValue, Place
from graph_service.keys import NodeKey
from graph_service.model import Series
from scripts.sample.choice import Choice, Chosen

Values = dict[str, tuple[float, str]]
"""District → value and flag; NaN with a flag is missing, and said to be."""

RESIDENCE_FILE = "destatis-auslaender-aufenthaltstitel-2024/scatter_plot_anteil_dichte.csv"
CENSUS_FILE = "gerda-covariates/census_2022_municipality.csv"
POPULATION = "genesis.12411-01-01-4.bevstd"
EARLIER_REGISTER_FILE = "destatis-gemeindeverzeichnis/31122017_Auszug_GV.xlsx"

COUNTED_ELSEWHERE = frozenset({"06633", "10041", "10042", "10043", "10045", "10046", "12071"})
"""Districts whose foreigners the authority of a neighbour counts: the 0 in their rows is no value."""
COUNTED_FOR_OTHERS = frozenset({"06611", "10044", "12052"})
"""The neighbours: Kassel with its district, Saarlouis for the whole of Saarland, Cottbus with Spree-Neiße."""
UNKNOWN = "."

MERGED = {"16056": "16063"}
"""Districts of 2017 that are part of another now: Eisenach belongs to Wartburgkreis since 1 July 2021."""

_LEAST_COVERED = 0.95


def calculate(
    choice: Choice,
    folder: Path,
    published: Mapping[str, Mapping[str, Series]],
    earlier: Mapping[str, int],
    later: Mapping[str, int],
) -> dict[NodeKey, Values]:
    """The values of every indicator that the sample calculates itself."""
    population = {district: series.values[-1] for district, series in published[POPULATION].items()}
    own: dict[NodeKey, Values] = {}
    for chosen in choice.indicators:
        if chosen.file == "residence-status":
            own[chosen.indicator.key] = residence_rates(folder, chosen, population)
        elif chosen.file == "census-2022":
            own[chosen.indicator.key] = census_shares(folder, chosen)
        elif chosen.file == "register-2017":
            own[chosen.indicator.key] = population_change(earlier, later)
    return own


def residence_rates(folder: Path, chosen: Chosen, population: Mapping[str, float]) -> Values:
    """People with a residence status per 1,000 inhabitants of the same day, by the population the states publish.

    The file's own population is not used: it is multiplied where districts were put together.
    """
    values: Values = {}
    for row in _rows(folder / RESIDENCE_FILE):
        district = row["KREISE"]
        if row["Ausgewählte Aufenthaltstitel"] != chosen.column:
            continue
        if district in COUNTED_ELSEWHERE | COUNTED_FOR_OTHERS:
            values[district] = (math.nan, UNKNOWN)
        else:
            values[district] = (round(float(row["Value"]) / population[district] * 1000, 4), "")
    if not values:
        raise InvalidValue("a residence status of the file", chosen.column, Place(file=RESIDENCE_FILE))
    return values


def census_shares(folder: Path, chosen: Chosen) -> Values:
    """A share of the census for districts: the mean of their municipalities by population, if nearly all are known."""
    weighted: dict[str, float] = defaultdict(float)
    known: dict[str, float] = defaultdict(float)
    everybody: dict[str, float] = defaultdict(float)
    for row in _rows(folder / CENSUS_FILE):
        people = float(row["population_census22"] or 0)
        district = row["ags"][:5]
        everybody[district] += people
        if row[chosen.column]:
            weighted[district] += float(row[chosen.column]) * people
            known[district] += people
    return {
        district: (round(weighted[district] / known[district], 4), "")
        for district, people in sorted(everybody.items())
        if known[district] >= _LEAST_COVERED * people > 0
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


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
