"""What both stores do with series: grouping observations, merging what datasets say, counting what a write changed."""

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt

from graph_service.keys import Label, NodeKey
from graph_service.model import ObservationTable, Series
from graph_service.store.contract import Changes

IntArray = npt.NDArray[np.int64]


def merge_series(claims: Sequence[Series]) -> Series:
    """What is shown of one municipality's indicator: each period from the first claim that has it.

    ``claims`` come in the order in which they are believed and name the same municipality and indicator.
    """
    if len(claims) == 1:
        return claims[0]
    cells: dict[str, tuple[float, str]] = {}
    for series in claims:
        for period, value, flag in zip(series.periods, series.values, series.flags, strict=True):
            cells.setdefault(period, (value, flag))
    periods = tuple(sorted(cells))
    return Series(
        claims[0].municipality,
        claims[0].indicator,
        periods,
        tuple(cells[p][0] for p in periods),
        tuple(cells[p][1] for p in periods),
    )


def count_points(before: Series, after: Series) -> Changes:
    """How many single observations of a series are new, changed, unchanged or retired."""
    old = {p: (repr(v), f) for p, v, f in zip(before.periods, before.values, before.flags, strict=True)}
    now = {p: (repr(v), f) for p, v, f in zip(after.periods, after.values, after.flags, strict=True)}
    both = old.keys() & now.keys()
    unchanged = sum(old[period] == now[period] for period in both)  # repr: NaN equals NaN
    return Changes(len(now) - len(both), len(both) - unchanged, unchanged, len(old) - len(both))


def _coded(texts: list[str]) -> tuple[list[str], IntArray]:
    """The distinct texts in order, and each text's place among them."""
    distinct = sorted(set(texts))
    place = {text: i for i, text in enumerate(distinct)}
    return distinct, np.fromiter(map(place.__getitem__, texts), np.int64, len(texts))


def _column(tables: list[ObservationTable], name: str) -> list[str]:
    return list(chain.from_iterable(getattr(t, name) for t in tables))


def series_of_tables(tables: list[ObservationTable]) -> Iterator[Series]:
    """Group observations by municipality and indicator, periods ascending; of equal cells the last counts."""
    value = np.concatenate([np.zeros(0), *(t.value for t in tables)])
    if not len(value):
        return
    towns, town = _coded(_column(tables, "municipality"))
    measures, measure = _coded(_column(tables, "indicator"))
    times, time = _coded(_column(tables, "period"))
    flags = _column(tables, "flag")
    order = np.lexsort((time, measure, town))  # stable: of equal cells the later row comes last
    series = (town * len(measures) + measure)[order]
    cell = series * len(times) + time[order]
    order = order[np.append(cell[1:] != cell[:-1], True)]
    series = (town * len(measures) + measure)[order]
    bounds = np.concatenate([[0], np.flatnonzero(series[1:] != series[:-1]) + 1, [len(series)]]).tolist()
    places, points, marks = time[order].tolist(), value[order].tolist(), [flags[i] for i in order.tolist()]
    town_keys = [NodeKey.of(Label.MUNICIPALITY, t) for t in towns]
    measure_keys = [NodeKey.of(Label.INDICATOR, m) for m in measures]
    for low, high in pairwise(bounds):
        row = int(series[low])
        yield Series(
            town_keys[row // len(measures)],
            measure_keys[row % len(measures)],
            tuple(times[i] for i in places[low:high]),
            tuple(points[low:high]),
            tuple(marks[low:high]),
        )
