"""What is measured: the indicators, and the values of one for all municipalities of a level."""

from dataclasses import dataclass

import numpy as np

from api.language import Words
from api.snapshot import Snapshot
from api.words.suggestions import Explainer
from graph_service.arrays import IntArray
from graph_service.errors import NotFound
from graph_service.keys import Label
from graph_service.model import Indicator, Level
from graph_service.projection import LEVELS, Projection


@dataclass(frozen=True, slots=True)
class Measured:
    """An indicator and how much is known of it."""

    id: str
    label: str
    record: Indicator
    observations: int
    periods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Indicators:
    """All indicators, by id."""

    revision: int
    items: tuple[Measured, ...]


@dataclass(frozen=True, slots=True)
class Values:
    """The values of an indicator as columns of equal length, in the order of codes; null is missing."""

    revision: int
    indicator: Measured
    level: Level
    period: str | None
    """The period that was asked for; none: each municipality's latest."""
    municipality: tuple[str, ...]
    """Codes."""
    periods: tuple[str, ...]
    values: tuple[float | None, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """For each indicator how many observations there are, and of which periods."""

    counts: IntArray
    periods: tuple[tuple[str, ...], ...]


def list_indicators(snapshot: Snapshot, words: Words) -> Indicators:
    """Every indicator, labelled in a language."""
    explainer = Explainer(snapshot.projection, words)
    found = (_measured(snapshot, explainer, j) for j in range(len(snapshot.projection.indicators)))
    return Indicators(snapshot.revision, tuple(found))


def find_indicator(snapshot: Snapshot, id: str, words: Words) -> Measured:
    """One indicator; raises NotFound."""
    return _measured(snapshot, Explainer(snapshot.projection, words), _position(snapshot.projection, id))


def find_values(snapshot: Snapshot, id: str, words: Words, level: Level, period: str = "") -> Values:
    """The values of an indicator at a level, of a period or each municipality's latest; raises NotFound."""
    projection = snapshot.projection
    indicator = find_indicator(snapshot, id, words)
    table, towns = projection.observations, projection.municipalities
    rows = np.flatnonzero(table.indicator == _position(projection, id))
    rows = rows[towns.level[table.municipality[rows]] == LEVELS.index(level)]
    if period:
        at = next((i for i, each in enumerate(table.periods) if each == period), -1)
        rows = rows[table.period[rows] == at]
    else:  # by municipality, then period: of each the last
        last = np.ones(len(rows), np.bool_)
        last[:-1] = table.municipality[rows][1:] != table.municipality[rows][:-1]
        rows = rows[last]
    start, keys = projection.spans[Label.MUNICIPALITY].start, projection.arrays.keys
    values = table.value[rows]
    return Values(
        snapshot.revision,
        indicator,
        level,
        period or None,
        tuple(keys[start + i].partition(":")[2] for i in table.municipality[rows].tolist()),
        tuple(table.periods[i] for i in table.period[rows].tolist()),
        tuple(None if gone else value for gone, value in zip(np.isnan(values).tolist(), values.tolist(), strict=True)),
        tuple(table.flags[i] for i in table.flag[rows].tolist()),
    )


def _position(projection: Projection, id: str) -> int:
    key = projection.known(f"indicator:{id}")
    if key is None:
        raise NotFound("an indicator of the store", id)
    return projection.position(key)


def _measured(snapshot: Snapshot, explainer: Explainer, j: int) -> Measured:
    node, known = snapshot.projection.indicators[j], snapshot.prepared("indicators", _count)
    return Measured(node.key.local, explainer.label(node.key.local), node, int(known.counts[j]), known.periods[j])


def _count(projection: Projection) -> _Known:
    table, many = projection.observations, len(projection.indicators)
    counts = np.bincount(table.indicator, minlength=many)
    pairs = np.unique(table.indicator * max(len(table.periods), 1) + table.period)
    periods: list[list[str]] = [[] for _ in range(many)]
    for pair in pairs.tolist():
        j, period = divmod(pair, max(len(table.periods), 1))
        periods[j].append(table.periods[period])
    return _Known(counts, tuple(map(tuple, periods)))
