"""Indicator values as a matrix of municipalities and indicators, each at one reference period.

For each indicator the reference period is the latest one for which at least 80 % as many municipalities have a value
as for the best covered period. A municipality without a value then gives its nearest one, the earlier of two equally
near, if it is not too far off; the period of every value is kept. Values that the publisher marks as unreliable,
meaningless or withheld are missing, and missing stays missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from graph_service.arrays import IntArray
from graph_service.keys import Label, indicator_key
from graph_service.model import Flag, Indicator, Level
from graph_service.projection import LEVELS, FloatArray, Projection

ENOUGH = 0.8
"""Of the best covered period's number of values, what the reference period must have."""

NO_VALUE = frozenset({Flag.UNKNOWN, Flag.UNRELIABLE, Flag.NOT_MEANINGFUL, Flag.LATER})
"""Marks that say that a number beside them must not be used."""

Places = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Features:
    """Values by row (a municipality's position) and column (an indicator); NaN is missing."""

    rows: IntArray
    """Positions among municipalities, ascending, which is key order."""
    row_of: IntArray
    """For each municipality its row, or -1."""
    indicators: tuple[Indicator, ...]
    values: FloatArray
    period: Places
    """Position of each value's period among ``periods``, or -1."""
    reference: Places
    """Position of each indicator's reference period, or -1 where nobody has a value."""
    periods: tuple[str, ...]


def rows_of(projection: Projection, level: Level | None) -> IntArray:
    """Positions of the municipalities of a level (None: of every level) that have not been abolished."""
    table = projection.municipalities
    span = projection.spans[Label.MUNICIPALITY]
    texts = projection.arrays.properties
    block = texts.block[texts.offsets[span.start] : texts.offsets[span.stop]].tobytes()
    keep = np.ones(len(span), bool) if level is None else table.level == LEVELS.index(level)
    if b'"valid_until"' in block:
        ends = (texts.offsets[span.start : span.stop + 1] - texts.offsets[span.start]).tolist()
        keep = keep & np.fromiter((b'"valid_until"' not in block[a:b] for a, b in pairwise(ends)), bool, len(span))
    return np.flatnonzero(keep)


def known_indicators(projection: Projection, ids: Sequence[str]) -> tuple[list[int], list[str]]:
    """Positions of the indicators that the projection has, and the ids of those that it lacks."""
    place = projection.arrays.keys.place
    start = projection.spans[Label.INDICATOR].start
    found = [place[key] - start for id in ids if (key := indicator_key(id)) in place]
    return found, [id for id in ids if indicator_key(id) not in place]


def years(periods: Sequence[str]) -> FloatArray:
    """Periods as decimal years: 2022 is 2022.0, 2022-07 and 2022-Q3 are 2022.5."""
    return np.array([_year(period) for period in periods], np.float64)


def _year(period: str) -> float:
    year, _, rest = period.partition("-")
    if rest.startswith("Q"):
        return int(year) + (int(rest[1:]) - 1) / 4
    return int(year) + ((int(rest[:2]) - 1) / 12 if rest else 0)


def features(
    projection: Projection,
    level: Level | None,
    columns: Sequence[int],
    *,
    tolerance: float | None = 3,
    shift: float = 0,
) -> Features:
    """The matrix for a level and the indicators at these positions.

    ``tolerance``: how many years a value may lie off the reference period (None: any). ``shift``: so many years
    before the reference period, for looking back.
    """
    rows = rows_of(projection, level)
    row_of = np.full(len(projection.municipalities.level), -1)
    row_of[rows] = np.arange(len(rows))
    column_of = np.full(len(projection.spans[Label.INDICATOR]), -1)
    column_of[list(columns)] = np.arange(len(columns))
    seen = projection.observations
    bad = np.array([flag in NO_VALUE for flag in seen.flags], bool)
    row, column = row_of[seen.municipality], column_of[seen.indicator]
    use = (row >= 0) & (column >= 0) & ~np.isnan(seen.value) & ~bad[seen.flag]
    time = years(list(seen.periods))
    row, column, period, value = row[use], column[use], seen.period[use], seen.value[use]
    reference = _references(column, period, len(columns), len(time))
    off = time[period] - time[reference[column]] + shift if len(period) else np.zeros(0)
    near = np.abs(off) <= (np.inf if tolerance is None else tolerance)
    # the nearest first, of two equally near the earlier
    order = np.lexsort((off[near], np.abs(off[near]), row[near] * len(columns) + column[near]))
    row, column, period, value = (a[near][order] for a in (row, column, period, value))
    cell = row * len(columns) + column
    first = np.flatnonzero(np.diff(cell, prepend=-1))
    values = np.full((len(rows), len(columns)), np.nan)
    periods = np.full(values.shape, -1, np.int32)
    values[row[first], column[first]] = value[first]
    periods[row[first], column[first]] = period[first]
    chosen = tuple(projection.indicators[i] for i in columns)
    return Features(rows, row_of, chosen, values, periods, reference.astype(np.int32), tuple(seen.periods))


def _references(column: IntArray, period: IntArray, columns: int, periods: int) -> IntArray:
    """For each indicator the latest period that is covered well enough, or -1."""
    count = np.bincount(column * periods + period, minlength=columns * periods).reshape(columns, periods)
    if not periods:
        return np.full(columns, -1)
    best = count.max(axis=1)
    enough = (count >= ENOUGH * best[:, None]) & (count > 0)
    latest = periods - 1 - np.argmax(enough[:, ::-1], axis=1)
    return np.where(best > 0, latest, -1)
