"""What both stores do with series: merging what several datasets say, and counting what a write changed."""

from collections.abc import Sequence

from graph_service.model import Series
from graph_service.store.contract import Changes


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
