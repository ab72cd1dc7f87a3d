"""Comparable municipalities: ranked through a lens, each with its reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

from graph_service.arrays import IntArray
from graph_service.keys import Label, NodeKey
from graph_service.model import Level
from graph_service.projection import LEVELS, FloatArray, Projection
from matching.contract import Contribution, Suggestion
from matching.peers.bulk import DIGITS, AllPeers, all_peers, best, exact, finished
from matching.peers.candidates import Mask, allowed
from matching.peers.kernel import Approximation, Kernel, enough
from matching.peers.lens import Filters, Lens
from matching.peers.stability import looked_at, stability
from matching.peers.table import Table, Words, build_table

REACH = "reach"
"""The feature that names hub control: how far from everybody a candidate is."""


@dataclass(frozen=True, slots=True)
class PeerQuestion:
    """Who is comparable to this municipality? Weights and filters replace those of the lens."""

    key: NodeKey
    weights: Mapping[str, float] = field(default_factory=dict)
    filters: Filters | None = None
    exclude: frozenset[NodeKey] = frozenset()


@dataclass(frozen=True, slots=True)
class PeerSuggestion(Suggestion):
    """A comparable municipality."""

    rank: int = 0
    closeness: float = 0.0
    """The share of all pairs of municipalities that are less alike than this one."""
    stability: float | None = None
    """How often it stays in the list when the weights are shaken."""
    unknown: tuple[str, ...] = ()
    """Indicators of the lens for which one side has no value."""


@dataclass(frozen=True, slots=True)
class PeerAnswer:
    """Everything that belongs to an answer: what was asked, of which data, and what is not known."""

    revision: int
    key: NodeKey
    name: str
    lens: str
    lens_version: str
    level: Level | None
    weights: dict[str, float]
    """What each indicator really weighs, summing to 1."""
    periods: dict[str, str]
    """Each indicator's reference period."""
    coverage: float
    """The share of the weight for which the municipality itself has a value."""
    candidates: int
    """How many municipalities passed the filters and have enough values."""
    unknown: tuple[str, ...]
    """Indicators of the lens that are unknown for the municipality, at this level, or to the store."""
    not_applied: tuple[str, ...]
    """Filters that could not be applied, because the municipality's own value is unknown."""
    suggestions: tuple[PeerSuggestion, ...]


@dataclass(frozen=True, slots=True)
class PeerMatcher:
    """Ranks by a lens; ``overrides`` are weights by indicator that replace the lens's."""

    lens: Lens
    overrides: Mapping[str, float] = field(default_factory=dict)

    def fit(self, projection: Projection) -> "PeerRanker":
        """Prepare for one revision."""
        return PeerRanker(projection, self.lens, dict(self.overrides))


class PeerRanker:
    """Ranks the municipalities of one revision; what a level needs is prepared when it is first asked for."""

    def __init__(self, projection: Projection, lens: Lens, overrides: Mapping[str, float] | None = None) -> None:
        """Remember what to prepare."""
        self.projection = projection
        self.lens = lens
        self._overrides = dict(overrides or {})
        self._tables: dict[Level | None, Table] = {}

    def table(self, level: Level | None) -> Table:
        """The indicators of a level (None: of every level)."""
        # two threads may both build one; they are equal, and one stays
        if level not in self._tables:
            table = build_table(self.projection, self.lens, level)
            self._tables[level] = table.reweighted(self._overrides) if self._overrides else table
        return self._tables[level]

    def level_of(self, key: NodeKey, filters: Filters | None = None) -> Level | None:
        """The level among which a municipality's peers are sought; None for every level."""
        filters = filters or self.lens.filters
        if filters.any_level:
            return None
        if filters.level is not None:
            return filters.level
        place = int(self.projection.municipalities.level[self.projection.position(key)])
        return LEVELS[place] if place >= 0 else None

    def suggest(self, question: PeerQuestion, *, limit: int = 10) -> list[PeerSuggestion]:
        """The most comparable municipalities first; raises NotFound."""
        return _Query(self, question).suggest(limit)

    def answer(self, question: PeerQuestion, *, limit: int = 10) -> PeerAnswer:
        """The same with everything that belongs to an answer, rank stability included."""
        return _Query(self, question).answer(limit)

    def all(self, level: Level | None, *, limit: int = 10, filters: Filters | None = None) -> AllPeers:
        """The peers of every municipality of a level (None: of every level) that has enough values."""
        return all_peers(self.table(level), filters or self.lens.filters, limit)

    def explain(self, question: PeerQuestion, other: NodeKey) -> PeerSuggestion:
        """Any pair with its reasons and the rank that the other one takes (0: it does not pass the filters)."""
        return _Query(self, question).explain(other)

    def asked(self, question: PeerQuestion) -> tuple[Table, int, Mask]:
        """The table a question is about, the row of its municipality, and which rows pass the filters."""
        query = _Query(self, question)
        return query.table, query.row, query.mask

    def scores(self, question: PeerQuestion) -> tuple[Table, FloatArray]:
        """The table and the exact score of each of its rows; minus infinity for what is filtered out."""
        query = _Query(self, question)
        return query.table, query.every()


class _Query:
    """One question at work."""

    def __init__(self, ranker: PeerRanker, question: PeerQuestion) -> None:
        self.projection = ranker.projection
        self.question = question
        self.filters = question.filters or ranker.lens.filters
        self.level = ranker.level_of(question.key, self.filters)
        table = ranker.table(self.level)
        self.table = table.reweighted(question.weights) if question.weights else table
        self.lens = self.table.lens
        self.row = self.table.row(self.projection.position(question.key))
        self.mask, self.not_applied = allowed(self.table, self.row, self.filters, question.exclude)

    @property
    def kernel(self) -> Kernel:
        """The scaled values and weights."""
        return self.table.kernel

    @cached_property
    def _approximation(self) -> Approximation:
        """Everybody's approximate score, minus infinity for who is filtered out."""
        scores, within = self.table.approximate(np.array([self.row]), self.filters)
        scores = finished(self.table, scores)
        np.putmask(scores[0], ~self.mask, -np.inf)
        return Approximation(scores, within)

    def every(self) -> FloatArray:
        """Everybody's exact score."""
        _, known, totals = exact(self.table, self.row, np.arange(len(self.mask)))
        return np.where(self.mask & (known >= max(self.filters.min_coverage - 1e-9, 1e-9)), totals, -np.inf)

    def suggest(self, limit: int, draws: int = 0) -> list[PeerSuggestion]:
        """Suggestions with reasons; ``draws`` > 0 measures rank stability."""
        scores, within = self._approximation
        wide = looked_at(limit) if draws else limit
        found = best(self.table, self.row, scores[0], within, wide, self.filters.min_coverage)
        rows, amounts, known, totals = found.first(limit)
        firm = stability(self.kernel, self.row, found.rows, limit, draws) if draws else [None] * len(rows)
        closeness = self._closeness(amounts, totals)
        reasons = self._reasons(rows, amounts, known)
        return [
            PeerSuggestion(
                self.projection.key(Label.MUNICIPALITY, place),
                self.projection.name(Label.MUNICIPALITY, place),
                *rest,
            )
            for place, *rest in zip(
                self.table.features.rows[rows].tolist(),
                totals.tolist(),
                reasons,
                known.tolist(),
                range(1, len(rows) + 1),
                closeness,
                firm,
                self._unknown(amounts),
                strict=True,
            )
        ]

    def _candidates(self) -> int:
        """How many pass the filters and have enough values in common."""
        kernel, least = self.kernel, enough(self.filters.min_coverage)
        near = np.flatnonzero(self._approximation.scores[0] > -np.inf)
        # who has so many values that enough are in common whichever they are need not be looked at
        doubtful = near[kernel.known[near] + kernel.known[self.row] < 1 + least + 1e-6]
        both = ~np.isnan(kernel.scaled[doubtful]) & ~np.isnan(kernel.scaled[self.row])
        return len(near) - int((both @ kernel.weights < least).sum())

    def _closeness(self, amounts: FloatArray, totals: FloatArray) -> list[float]:
        if self.lens.hub_control:  # it changes scores, not how alike two are
            totals = np.nansum(amounts[:, : len(self.table.ids)], axis=1) / (1 - self.lens.hub_control)
        return self.table.closeness(totals)

    def _reasons(self, rows: IntArray, amounts: FloatArray, known: FloatArray) -> list[tuple[Contribution, ...]]:
        table, features, share = self.table, self.table.features, self.lens.hub_control
        order = np.argsort(-amounts, axis=1, kind="stable")  # what is unknown comes last
        counts = np.count_nonzero(amounts == amounts, axis=1)
        # each reason's suggestion and indicator, in the order of the reasons, one suggestion after the other
        which = np.repeat(np.arange(len(rows)), counts)
        feature = order[np.arange(order.shape[1]) < counts[:, None]]
        column = np.minimum(feature, len(table.ids) - 1)
        columns = [
            each.tolist()
            for each in (
                table.labels[0, column],
                amounts[which, feature],
                features.values[self.row, column],
                features.values[rows[which], column],
                table.labels[1, column],
                self._periods(rows)[which, column],
                (table.weights * (1 - share))[column] / known[which],
            )
        ]
        if share:  # the last column of the amounts
            for i in np.flatnonzero(feature > column).tolist():
                told = (REACH, columns[1][i], None, None, "", "", share)
                for values, value in zip(columns, told, strict=True):
                    values[i] = value
        reasons = Contribution.many(columns)
        return [tuple(reasons[a:b]) for a, b in pairwise([0, *np.cumsum(counts).tolist()])]

    def _periods(self, rows: IntArray) -> Words:
        """For each row the period of both values, or both periods where they differ."""
        features = self.table.features
        result = np.broadcast_to(self.table.labels[2], (len(rows), len(self.table.ids)))
        if not self.table.irregular:
            return result
        mine, theirs = features.period[self.row], features.period[rows]
        odd = (theirs != features.reference) | (mine != features.reference)
        odd &= (theirs >= 0) & (mine >= 0)
        if odd.any():
            result = result.copy()
            for i, j in zip(*(place.tolist() for place in np.nonzero(odd)), strict=True):
                pair = [features.periods[k] for k in (int(mine[j]), int(theirs[i, j]))]
                result[i, j] = pair[0] if pair[0] == pair[1] else "/".join(pair)
        return result

    def _unknown(self, amounts: FloatArray) -> list[tuple[str, ...]]:
        table = self.table
        suggestion, indicator = np.nonzero(np.isnan(amounts[:, : len(table.ids)]) & (table.weights > 0))
        ids = table.labels[0][indicator].tolist()
        ends = np.searchsorted(suggestion, np.arange(len(amounts) + 1)).tolist()
        return [tuple(ids[a:b]) for a, b in pairwise(ends)]

    def explain(self, other: NodeKey) -> PeerSuggestion:
        """One pair."""
        row = self.table.row(self.projection.position(other))
        rows = np.array([row])
        amounts, known, totals = exact(self.table, self.row, rows)
        scores = np.round(self.every(), DIGITS)
        before = (scores > scores[row]) | ((scores == scores[row]) & (np.arange(len(scores)) < row))
        return PeerSuggestion(
            other,
            self.projection.name(Label.MUNICIPALITY, self.projection.position(other)),
            float(totals[0]),
            self._reasons(rows, amounts, known)[0] if known[0] > 0 else (),
            float(known[0]),
            int(before.sum()) + 1 if scores[row] > -np.inf else 0,
            self._closeness(amounts, totals)[0],
            None,
            self._unknown(amounts)[0],
        )

    def answer(self, limit: int) -> PeerAnswer:
        """The whole answer."""
        table = self.table
        mine = np.isnan(table.scaled[self.row]) & (table.weights > 0)
        unknown = {*table.unknown, *(table.ids[j] for j in np.flatnonzero(mine).tolist())}
        return PeerAnswer(
            revision=self.projection.revision,
            key=self.question.key,
            name=self.projection.name(Label.MUNICIPALITY, self.projection.position(self.question.key)),
            lens=self.lens.id,
            lens_version=self.lens.version,
            level=self.level,
            weights=dict(zip(table.ids, table.weights.tolist(), strict=True)),
            periods=dict(zip(table.ids, table.periods, strict=True)),
            coverage=float(table.kernel.known[self.row]),
            candidates=self._candidates(),
            unknown=tuple(sorted(unknown)),
            not_applied=self.not_applied,
            suggestions=tuple(self.suggest(limit, draws=DRAWS)),
        )


DRAWS = 100
"""How often the weights are shaken for rank stability."""
