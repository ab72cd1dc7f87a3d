"""What a peer query works on: one level's indicators through one lens, scaled and weighted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from graph_service.arrays import IntArray
from graph_service.errors import NotFound
from graph_service.keys import Label
from graph_service.model import Indicator, Level, Scale
from graph_service.projection import FloatArray, Projection
from matching.peers.features import Features, features, known_indicators
from matching.peers.kernel import TOGETHER, Approximation, Kernel, enough, near_ones
from matching.peers.lens import Distance, Filters, Lens, LensIndicator
from matching.peers.loop import Single
from matching.peers.scaling import Scaler, Transform, apply_scalers, fit_scaler

BEND = 2 / 3
"""Of the default distance, the part that is squared."""
EMPHASIS = 1.6
"""How much more an indicator of size or density (scale log) counts with the default distance."""
EXACT = 1000
"""Up to so many municipalities everything about all pairs is computed exactly."""
SAMPLE = 100_000
"""Pairs that stand for all pairs beyond that."""
PAIRS = 8192
"""Pairs that are worked out together."""
REACH = 50
"""Of how many nearest neighbours the mean similarity says whether a municipality is near to everybody."""

Words: TypeAlias = npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Table:
    """One level through one lens; immutable, what is expensive is computed when first asked for."""

    projection: Projection
    lens: Lens
    features: Features
    scalers: tuple[Scaler, ...]
    scaled: FloatArray
    weights: FloatArray
    """Effective weights, summing to 1; 0 for an indicator nobody has a value of."""
    unknown: tuple[str, ...]
    """Indicators of the lens that the projection lacks, or that nobody at this level has a value of."""

    @cached_property
    def kernel(self) -> Kernel:
        """The arrays that queries read."""
        return Kernel.of(self.scaled, self.weights, bends_of(self.lens))

    @cached_property
    def ids(self) -> list[str]:
        """The indicators' ids."""
        return [indicator.key.local for indicator in self.features.indicators]

    @cached_property
    def units(self) -> list[str]:
        """The indicators' units."""
        return [indicator.unit or "" for indicator in self.features.indicators]

    @cached_property
    def periods(self) -> list[str]:
        """The indicators' reference periods, "" where there is none."""
        return [self.features.periods[i] if i >= 0 else "" for i in self.features.reference.tolist()]

    @cached_property
    def labels(self) -> Words:
        """Ids, units and periods, from which many are taken at once."""
        return np.array([self.ids, self.units, self.periods], object)

    @cached_property
    def irregular(self) -> bool:
        """Whether some value is of another period than its indicator's."""
        period = self.features.period
        return bool(((period >= 0) & (period != self.features.reference)).any())

    @cached_property
    def candidates(self) -> npt.NDArray[np.bool_]:
        """The rows that have enough values to be compared at all."""
        own: npt.NDArray[np.bool_] = self.kernel.known >= self.lens.filters.min_coverage - 1e-6
        return own & (self.kernel.known > 0)

    @cached_property
    def ancestors(self) -> IntArray:
        """Rows × levels: the positions of the areas that each row lies in, or -1."""
        parent = self.projection.municipalities.parent
        chain: list[IntArray] = []
        above = parent[self.features.rows]
        while (above >= 0).any() and len(chain) < len(Level):
            chain.append(above)
            above = np.where(above >= 0, parent[np.where(above >= 0, above, 0)], -1)
        return np.stack(chain, axis=1) if chain else np.zeros((len(self.features.rows), 0), np.int64)

    def approximate(self, rows: IntArray, filters: Filters) -> Approximation:
        """Everybody's approximate score for these rows; minus infinity where less is known than the filters ask for."""
        return self.kernel.scores(rows, filters.min_coverage)

    @cached_property
    def nested(self) -> bool:
        """Whether some rows lie within others."""
        inside = self.features.row_of[self.ancestors[self.ancestors >= 0]]
        return bool((inside >= 0).any())

    @cached_property
    def population(self) -> FloatArray:
        """The rows' inhabitants."""
        return self.projection.municipalities.population[self.features.rows]

    @cached_property
    def pair_scores(self) -> Single:
        """The scores of all pairs of candidates, or of a fixed sample of them, ascending."""
        rows = np.flatnonzero(self.candidates)
        if len(rows) < 2:
            return np.zeros(0, np.float32)
        if len(rows) <= EXACT:
            left, right = np.triu_indices(len(rows), 1)
        else:
            chance = np.random.default_rng(0)
            left = chance.integers(0, len(rows), SAMPLE)
            right = (left + chance.integers(1, len(rows), SAMPLE)) % len(rows)
        scores = _scores(self.kernel, rows[left], rows[right])
        return np.sort(scores[~np.isnan(scores)])

    def closeness(self, scores: FloatArray) -> list[float]:
        """The share of all pairs that are less alike than pairs with these scores."""
        pairs = self.pair_scores
        if not len(pairs):
            return [0.0] * len(scores)
        # a hair's breadth down, so that a pair does not count as closer than itself
        shares: list[float] = (np.searchsorted(pairs, (scores - 1e-6).astype(np.float32)) / len(pairs)).tolist()
        return shares

    @cached_property
    def reach(self) -> FloatArray:
        """For each row the mean score of its nearest neighbours, by which hubs are held back."""
        near = np.zeros(len(self.features.rows))
        rows, unfit = np.flatnonzero(self.candidates), np.flatnonzero(~self.candidates)
        count = max(1, min(REACH, (len(rows) - 1) // 4))
        for start in range(0, len(rows), TOGETHER):
            block = rows[start : start + TOGETHER]
            found = self.approximate(block, self.lens.filters)
            found.scores[:, unfit] = -np.inf
            found.scores[np.arange(len(block)), block] = -np.inf
            others, unsure = near_ones(found, count)
            for i, row in enumerate(block.tolist()):
                all_near = np.flatnonzero(found.scores[i] >= unsure[i]) if unsure[i] > -np.inf else others[i]
                near[row] = self._mean_of_best(row, all_near[found.scores[i, all_near] > -np.inf], count)
        return np.clip(near, 0, 1)

    def _mean_of_best(self, row: int, others: IntArray, count: int) -> float:
        """The mean of so many best exact scores; who is not there counts as not alike at all."""
        amounts, known = self.kernel.exact(row, others)
        totals = np.nansum(amounts, axis=1)[known >= enough(self.lens.filters.min_coverage)]
        return float(np.append(np.zeros(count), np.sort(totals))[-count:].mean())

    def row(self, position: int) -> int:
        """The row of a municipality; raises NotFound when it is of another level or abolished."""
        row = int(self.features.row_of[position])
        if row < 0:
            raise NotFound("a municipality of the level compared", self.projection.key(Label.MUNICIPALITY, position))
        return row

    def reweighted(self, weights: Mapping[str, float]) -> "Table":
        """The same values with other weights for some indicators; raises NotFound for one that is not in the table."""
        for id in weights:
            if id not in self.ids:
                raise NotFound("an indicator of the lens or the store", id)
        indicators = tuple(replace(i, weight=weights.get(i.id, i.weight)) for i in self.lens.indicators)
        return self.through(replace(self.lens, indicators=indicators))

    def through(self, lens: Lens) -> "Table":
        """The same values through a lens of the same indicators, in the table's order, with other weights and bends."""
        effective = effective_weights(lens, self.features.indicators, self.scalers, self.features.values)
        return Table(self.projection, lens, self.features, self.scalers, self.scaled, effective, self.unknown)


def bends_of(lens: Lens) -> FloatArray:
    """For each indicator of a lens the part of its difference that is squared."""
    usual = {Distance.BENT: BEND, Distance.MANHATTAN: 0.0, Distance.EUCLID: 1.0}[lens.distance]
    return np.array([usual if each.bend is None else each.bend for each in lens.indicators], np.float64)


def _scores(kernel: Kernel, left: IntArray, right: IntArray) -> Single:
    """The scores of pairs of rows in single precision, NaN where nothing is known of both.

    Indicator by indicator, so that what is looked up stays in the processor's cache, and without linear algebra, whose
    threads cost more than they do with so little each.
    """
    used = np.flatnonzero(kernel.weights)
    columns = np.ascontiguousarray(kernel.scaled.T[used], np.float32)
    weights, bend = (each[used].astype(np.float32) for each in (kernel.weights, kernel.bend))
    scores = np.empty(len(left), np.float32)
    for at in range(0, len(left), PAIRS):
        one, other = left[at : at + PAIRS], right[at : at + PAIRS]
        lost, known = np.zeros((2, len(one)), np.float32)
        for column, straight, squared, weight in zip(
            columns, weights * (1 - bend), weights * bend, weights, strict=True
        ):
            apart = np.abs(column.take(one) - column.take(other))
            known += (apart == apart) * weight
            lost += np.fmax((straight + squared * apart) * apart, 0)  # 0 where one of both is missing
        with np.errstate(divide="ignore", invalid="ignore"):
            scores[at : at + PAIRS] = np.where(known > 0, 1 - lost / known, np.nan)
    return scores


def build_table(projection: Projection, lens: Lens, level: Level | None) -> Table:
    """Read, scale and weigh a level's indicators."""
    wanted = lens.indicators
    if not wanted:
        lens = replace(lens, indicators=every_indicator(projection))
        wanted = lens.indicators
    columns, absent = known_indicators(projection, [indicator.id for indicator in wanted])
    found = features(projection, level, columns, tolerance=lens.tolerance)
    transforms = {indicator.id: indicator.transform for indicator in wanted}
    lens = replace(lens, indicators=tuple(i for i in wanted if i.id not in absent))
    scalers = tuple(
        _scaler(lens.distance, found.values[:, j], indicator, transforms[indicator.key.local])
        for j, indicator in enumerate(found.indicators)
    )
    scaled = apply_scalers(scalers, found.values)
    weights = effective_weights(lens, found.indicators, scalers, found.values)
    some = (~np.isnan(scaled)).sum(axis=0)
    nowhere = [found.indicators[j].key.local for j in np.flatnonzero(some == 0).tolist()]
    return Table(projection, lens, found, scalers, scaled, weights, (*absent, *nowhere))


def every_indicator(projection: Projection) -> tuple[LensIndicator, ...]:
    """All indicators of a projection, equally weighted."""
    return tuple(LensIndicator(indicator.key.local) for indicator in projection.indicators)


def _scaler(distance: Distance, values: FloatArray, indicator: Indicator, transform: Transform) -> Scaler:
    if distance is Distance.EUCLID:
        plain = Transform.LINEAR if transform is Transform.AUTO else transform
        return fit_scaler(values, indicator, plain, tail=0.0)
    return fit_scaler(values, indicator, transform)


def effective_weights(
    lens: Lens, indicators: Sequence[Indicator], scalers: Sequence[Scaler], values: FloatArray
) -> FloatArray:
    """What each indicator really weighs: the lens's weight times what the distance makes of it, summing to 1."""
    weights = np.array([indicator.weight for indicator in lens.indicators], np.float64)
    if lens.distance is Distance.BENT:
        weights = weights * [EMPHASIS if indicator.scale is Scale.LOG else 1.0 for indicator in indicators]
    some = ~np.isnan(values).all(axis=0) if len(values) else np.zeros(len(weights), bool)
    weights = np.where(some, weights, 0.0)
    if lens.distance is Distance.EUCLID:  # squared differences of the range, turned into ones of standard deviations
        for j in np.flatnonzero(weights).tolist():
            spread = float(np.nanstd(scalers[j].apply(values[:, j])))
            weights[j] = weights[j] / spread**2 if spread > 0 else 0.0
    total = weights.sum()
    result: FloatArray = weights / total if total > 0 else weights
    return result
