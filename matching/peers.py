"""Comparable municipalities: ranked through a lens, each with its reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import Any

import numpy as np

from graph_service.arrays import IntArray
from graph_service.keys import Label, NodeKey
from graph_service.model import Level
from graph_service.projection import LEVELS, FloatArray, Projection
from matching.bulk import DIGITS, AllPeers, all_peers, best, exact, finished
from matching.candidates import Mask, allowed
from matching.contract import Contribution, Suggestion
from matching.kernel import Kernel, Single
from matching.lens import Filters, Lens
from matching.stability import stability
from matching.table import Table, build_table

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
    def approximate(self) -> Single:
        """Everybody's approximate score, minus infinity for who is filtered out."""
        scores = finished(self.table, self.table.approximate(self.row, self.filters))
        np.putmask(scores, ~self.mask, -np.inf)
        return scores

    def every(self) -> FloatArray:
        """Everybody's exact score."""
        _, known, totals = exact(self.table, self.row, np.arange(len(self.mask)))
        return np.where(self.mask & (known >= max(self.filters.min_coverage - 1e-9, 1e-9)), totals, -np.inf)

    def suggest(self, limit: int, draws: int = 0) -> list[PeerSuggestion]:
        """Suggestions with reasons; ``draws`` > 0 measures rank stability."""
        rows, amounts, known, totals = best(self.table, self.row, self.approximate, limit, self.filters.min_coverage)
        firm = stability(self, rows, limit, draws) if draws else [None] * len(rows)
        closeness = self._closeness(amounts)
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
                self._unknown(rows),
                strict=True,
            )
        ]

    def _closeness(self, amounts: FloatArray) -> list[float]:
        # hub control changes scores, not how alike two are
        plain = np.nansum(amounts[:, : len(self.table.ids)], axis=1) / (1 - self.lens.hub_control)
        return self.table.closeness(plain)

    def _reasons(self, rows: IntArray, amounts: FloatArray, known: FloatArray) -> list[tuple[Contribution, ...]]:
        table, features = self.table, self.table.features
        order = np.argsort(-np.nan_to_num(amounts, nan=-1.0), axis=1, kind="stable")
        counts = (~np.isnan(amounts)).sum(axis=1).tolist()
        ids: list[Any] = [*table.ids, REACH]
        units: list[Any] = [*table.units, ""]
        own: list[Any] = [*features.values[self.row].tolist(), None]
        others = features.values[rows].tolist()
        periods = self._periods(rows)
        weights = np.append(table.weights * (1 - self.lens.hub_control), 0.0)
        # an indicator's column of values and so on, each in the order of the reasons, one suggestion after the other
        columns: list[list[Any]] = [[] for _ in range(7)]
        for i, (places, count) in enumerate(zip(order.tolist(), counts, strict=True)):
            if not count:
                continue
            possible = (weights / known[i]).tolist()
            if self.lens.hub_control:
                possible[-1] = self.lens.hub_control
            row = (ids, amounts[i].tolist(), own, [*others[i], None], units, periods[i], possible)
            chosen = itemgetter(*places[:count], places[0])  # of one place alone it would give no tuple
            for column, values in zip(columns, row, strict=True):
                column += chosen(values)[:-1]
        reasons = Contribution.many(columns)
        ends = [0, *accumulate(counts)]
        return [tuple(reasons[a:b]) for a, b in pairwise(ends)]

    def _periods(self, rows: IntArray) -> list[list[str]]:
        """For each row the period of both values, or both periods where they differ."""
        table, features = self.table, self.table.features
        mine, theirs = features.period[self.row], features.period[rows]
        usual = [*table.periods, ""]
        result = [usual] * len(rows)
        odd = (theirs != features.reference) | (mine != features.reference)
        odd &= (theirs >= 0) & (mine >= 0)
        for i in np.flatnonzero(odd.any(axis=1)).tolist():
            result[i] = list(usual)
            for j in np.flatnonzero(odd[i]).tolist():
                pair = [features.periods[k] if k >= 0 else "" for k in (int(mine[j]), int(theirs[i, j]))]
                result[i][j] = pair[0] if pair[0] == pair[1] else "/".join(pair)
        return result

    def _unknown(self, rows: IntArray) -> list[tuple[str, ...]]:
        scaled = self.table.scaled
        gaps = (np.isnan(scaled[rows]) | np.isnan(scaled[self.row])) & (self.table.weights > 0)
        ids = self.table.ids
        return [tuple(ids[j] for j in np.flatnonzero(gap).tolist()) for gap in gaps]

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
            self._closeness(amounts)[0],
            None,
            self._unknown(rows)[0],
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
            candidates=int((self.approximate > -np.inf).sum()),
            unknown=tuple(sorted(unknown)),
            not_applied=self.not_applied,
            suggestions=tuple(self.suggest(limit, draws=DRAWS)),
        )


DRAWS = 100
"""How often the weights are shaken for rank stability."""
