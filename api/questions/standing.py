"""Where a municipality stands among those of its level: its values beside all others, and which lie off the middle."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from api.snapshot import Snapshot
from graph_service.arrays import IntArray
from graph_service.keys import NodeKey
from graph_service.model import Indicator, Level
from graph_service.projection import LEVELS, FloatArray, Projection
from matching.peers.features import NO_VALUE, Features, features

MIDDLE = 0.8
"""The share of a level's municipalities that counts as its middle; outside it is every tenth on either side."""
LEAST = 20
"""Of fewer values nobody can say what their middle is."""
APART = 0.15
"""As far apart in the order of all, as a share of them, are two values that readers would call different."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One indicator of one municipality, beside the others of its level. The value is None where it is missing."""

    column: int
    """The indicator's position."""
    indicator: Indicator
    value: float | None
    period: str
    flag: str
    """The publisher's mark, which says why a value is missing."""
    below: float
    """The share of the others that have a lower value."""
    above: float
    outside: int
    """1: above the middle of its level, -1: below it, 0: within, or nobody can say."""
    series: Mapping[str, float]
    """The values by period, as far as they may be used."""


class Among:
    """The values of a level at each indicator's reference period, in a form that is asked often."""

    def __init__(self, projection: Projection, level: Level) -> None:
        """Lay out the matrix once; quantiles of columns without a value are NaN."""
        self.level = level
        self.features: Features = features(projection, level, range(len(projection.indicators)))
        values = self.features.values
        self.known: IntArray = np.isfinite(values).sum(axis=0)
        edge = (1 - MIDDLE) / 2
        some = np.flatnonzero(self.known > 0)
        self.low, self.median, self.high = (np.full(values.shape[1], np.nan) for _ in range(3))
        if len(some):
            found = np.nanquantile(values[:, some], [edge, 0.5, 1 - edge], axis=0)
            self.low[some], self.median[some], self.high[some] = found

    @cached_property
    def measured(self) -> list[int]:
        """The positions of the indicators of which anything is known at this level."""
        return [int(j) for j in np.flatnonzero(self.known > 0)]

    def row(self, position: int) -> int:
        """The row of a municipality, -1 if it is not of this level."""
        return int(self.features.row_of[position])

    def values(self, positions: Iterable[int]) -> FloatArray:
        """The values of several municipalities; those of other levels are left out."""
        rows = [row for each in positions if (row := self.row(each)) >= 0]
        return self.features.values[rows]

    def order(self, positions: Iterable[int]) -> FloatArray:
        """For each municipality and indicator the share of the level that has a lower value, half of the equal ones."""
        values = self.features.values
        wanted = [*positions]
        found = np.full((len(wanted), values.shape[1]), np.nan)
        for i, position in enumerate(wanted):
            if (row := self.row(position)) >= 0:
                own = values[row]
                lower = (values < own).sum(axis=0) + ((values == own).sum(axis=0) - 1) / 2
                found[i] = np.where(np.isfinite(own), lower / np.maximum(self.known - 1, 1), np.nan)
        return found


def level_of(projection: Projection, key: NodeKey) -> Level | None:
    """The level of a municipality, if it is known."""
    place = int(projection.municipalities.level[projection.position(key)])
    return LEVELS[place] if place >= 0 else None


def among(snapshot: Snapshot, level: Level) -> Among:
    """The values of a level, laid out once for a snapshot."""
    return snapshot.prepared(("among", level), lambda projection: Among(projection, level))


def standings(snapshot: Snapshot, key: NodeKey) -> tuple[Standing, ...]:
    """Every indicator that is known of a municipality or of its level; raises NotFound."""
    projection = snapshot.projection
    position, level = projection.position(key), level_of(projection, key)
    own = _own(projection, position)
    all = among(snapshot, level) if level is not None else None
    row = all.row(position) if all is not None else -1
    if all is None or row < 0:
        return tuple(_alone(projection, j, told) for j, told in own.items())
    mine = all.features.values[row]
    others = np.maximum(all.known - 1, 1)
    lower = (all.features.values < mine).sum(axis=0) / others
    higher = (all.features.values > mine).sum(axis=0) / others
    off = np.where(all.known >= LEAST, (mine > all.high).astype(int) - (mine < all.low), 0)
    found = []
    for j in sorted({*all.measured, *own}):
        told = own.get(j, _Own())
        if np.isfinite(mine[j]):
            period = all.features.periods[int(all.features.period[row, j])]
            here = (float(mine[j]), period, told.flags.get(period, ""), float(lower[j]), float(higher[j]), int(off[j]))
            found.append(Standing(j, projection.indicators[j], *here, told.series))
        else:
            found.append(_alone(projection, j, told))
    return tuple(found)


def series_of(projection: Projection, position: int) -> dict[int, dict[str, float]]:
    """For each indicator the values of a municipality by period, as far as they may be used."""
    return {j: told.series for j, told in _own(projection, position).items()}


@dataclass(slots=True)
class _Own:
    """What is observed of one municipality and one indicator: usable values and marks by period."""

    series: dict[str, float] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)


def _alone(projection: Projection, j: int, told: _Own) -> Standing:
    """An indicator that is not compared: the latest value, or why there is none."""
    period = max(told.series, default="")
    value = told.series[period] if period else None
    flag = told.flags.get(period or max(told.flags, default=""), "")
    return Standing(j, projection.indicators[j], value, period, flag, 0.0, 0.0, 0, told.series)


def _own(projection: Projection, position: int) -> dict[int, _Own]:
    seen = projection.observations
    first, last = np.searchsorted(seen.municipality, [position, position + 1]).tolist()
    part = slice(first, last)
    columns = (each[part].tolist() for each in (seen.indicator, seen.period, seen.value, seen.flag))
    found: dict[int, _Own] = {}
    for j, at, value, mark in zip(*columns, strict=True):
        told, period, flag = found.setdefault(j, _Own()), seen.periods[at], seen.flags[mark]
        if flag:
            told.flags[period] = flag
        if value == value and flag not in NO_VALUE:
            told.series[period] = value
    return found
