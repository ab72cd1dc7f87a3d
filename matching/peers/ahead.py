"""Ahead in time: whose values of some years ago resemble ours of today, and what came after."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from graph_service.arrays import IntArray
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType
from graph_service.projection import FloatArray, Projection
from matching.contract import Contribution
from matching.peers.bulk import DIGITS
from matching.peers.candidates import Mask
from matching.peers.features import features, known_indicators, years
from matching.peers.matcher import PeerQuestion, PeerRanker, PeerSuggestion
from matching.peers.scaling import apply_scalers
from matching.peers.table import Table


@dataclass(frozen=True, slots=True)
class Development:
    """How one indicator of the other one went on since its year."""

    indicator: str
    own: float
    """Our value now."""
    then: float
    """Its value in the year that resembles our present."""
    now: float
    unit: str


@dataclass(frozen=True, slots=True)
class AheadPeer(PeerSuggestion):
    """A municipality whose past resembles our present; a reason's period names our year and its year."""

    years: int = 0
    """How many years it is ahead."""
    year: int = 0
    """The latest of its past years that resemble our present."""
    developments: tuple[Development, ...] = ()
    practices: tuple[NodeKey, ...] = ()
    """Practices started since that year."""


@dataclass(frozen=True, eq=False)
class _Past:
    """For every row the look back that resembles the present most."""

    score: FloatArray
    """Minus infinity where none is nearer than the row's own present."""
    amounts: FloatArray
    values: FloatArray
    period: IntArray


def ahead_in_time(
    ranker: PeerRanker, question: PeerQuestion, *, limit: int = 10, back: tuple[int, int] = (5, 10)
) -> list[AheadPeer]:
    """Whose values of so many years ago are nearest to ours of today, the best distance for each; with what came after.

    Only those who were nearer then than they are now, measured on the same indicators, have gone ahead.
    """
    table, row, allowed = ranker.asked(question)
    past = _past(ranker, question, table, row, allowed, back)
    order = np.lexsort((np.arange(len(past.score)), -np.round(past.score, DIGITS)))[:limit]
    started = _started(ranker.projection)
    ranked = enumerate(order[np.isfinite(past.score[order])].tolist(), 1)
    return [_ahead(ranker.projection, table, row, place, rank, past, started) for rank, place in ranked]


def _past(
    ranker: PeerRanker, question: PeerQuestion, table: Table, row: int, allowed: Mask, span: tuple[int, int]
) -> _Past:
    columns, _ = known_indicators(ranker.projection, table.ids)
    level = ranker.level_of(question.key, question.filters)
    least = (question.filters or table.lens.filters).min_coverage
    present = table.kernel.shares(table.scaled[row], table.scaled)
    count = len(table.scaled)
    best = _Past(
        np.full(count, -np.inf),
        np.zeros(table.scaled.shape),
        np.full(table.scaled.shape, np.nan),
        np.full(table.scaled.shape, -1),
    )
    for back in range(span[0], span[1] + 1):
        then = features(ranker.projection, level, columns, tolerance=1, shift=back)
        shares = table.kernel.shares(table.scaled[row], apply_scalers(table.scalers, then.values))
        comparable = ~np.isnan(shares) & ~np.isnan(present)
        known = comparable @ table.weights
        with np.errstate(invalid="ignore", divide="ignore"):
            amounts = np.where(comparable, shares, np.nan) * table.weights / known[:, None]
            now = np.where(comparable, present, 0) @ table.weights / known
        score = np.nansum(amounts, axis=1)
        better = allowed & (known >= max(least, 1e-9)) & (score > now) & (score > best.score)
        best.score[better], best.amounts[better] = score[better], amounts[better]
        best.values[better], best.period[better] = then.values[better], then.period[better]
    return best


def _ahead(
    projection: Projection,
    table: Table,
    row: int,
    place: int,
    rank: int,
    past: _Past,
    started: Mapping[int, list[tuple[int, NodeKey]]],
) -> AheadPeer:
    values, periods, amounts = table.features.values, table.features.periods, past.amounts[place]
    order = np.flatnonzero(~np.isnan(amounts))
    order = order[np.argsort(-amounts[order], kind="stable")]
    known = float(table.weights[order].sum())

    def reason(j: int) -> Contribution:
        mine, then = (int(period) for period in (table.features.period[row, j], past.period[place, j]))
        return Contribution(
            table.ids[j],
            float(amounts[j]),
            float(values[row, j]),
            float(past.values[place, j]),
            table.units[j],
            f"{periods[mine]}/{periods[then]}",
            float(table.weights[j] / known),
        )

    position = int(table.features.rows[place])
    when = years(periods)
    then = when[past.period[place, order]]
    ago = when[table.features.period[row, order]] - then
    return AheadPeer(
        key=projection.key(Label.MUNICIPALITY, position),
        name=projection.name(Label.MUNICIPALITY, position),
        score=float(past.score[place]),
        contributions=tuple(reason(j) for j in order.tolist()),
        coverage=known,
        rank=rank,
        closeness=table.closeness(past.score[[place]])[0],
        unknown=tuple(table.ids[j] for j in np.flatnonzero(np.isnan(amounts) & (table.weights > 0)).tolist()),
        years=round(float(np.median(ago))),
        year=int(then.max()),
        developments=tuple(
            Development(
                table.ids[j],
                float(values[row, j]),
                float(past.values[place, j]),
                float(values[place, j]),
                table.units[j],
            )
            for j in order.tolist()
        ),
        practices=tuple(key for since, key in started.get(position, ()) if since >= int(then.max())),
    )


def _started(projection: Projection) -> dict[int, list[tuple[int, NodeKey]]]:
    """For each municipality's position the practices applied there with the year of their beginning."""
    applied, keys = projection.edges(EdgeType.APPLIED_IN), projection.arrays.keys
    start = projection.spans[Label.MUNICIPALITY].start
    result: dict[int, list[tuple[int, NodeKey]]] = defaultdict(list)
    for i, (source, target) in enumerate(zip(applied.source.tolist(), applied.target.tolist(), strict=True)):
        since = str(applied.property(i).get("since", ""))
        if since[:4].isdigit():
            result[target - start].append((int(since[:4]), NodeKey.trusted(keys[source])))
    return {place: sorted(found) for place, found in result.items()}
