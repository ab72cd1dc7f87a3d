"""Everybody's peers at once: blocks of rows over a few threads, each result as exact as a single query's."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from graph_service.arrays import IntArray
from graph_service.projection import FloatArray
from matching.peers.candidates import Mask, admits, allowed
from matching.peers.kernel import TOGETHER, Approximation, enough, near_ones
from matching.peers.lens import Filters
from matching.peers.loop import Single
from matching.peers.table import Table

DIGITS = 12
"""Scores that agree to so many digits are a tie, which the key breaks."""


@dataclass(frozen=True, eq=False)
class AllPeers:
    """For each row asked for, the rows suggested to it, best first (-1 where there are no more), with their scores."""

    rows: IntArray
    peers: IntArray
    scores: FloatArray


class Best(NamedTuple):
    """Rows, best first, each with its amounts, the weight that is known, and its score, all exact."""

    rows: IntArray
    amounts: FloatArray
    known: FloatArray
    totals: FloatArray

    def first(self, limit: int) -> "Best":
        """So many of them."""
        return Best(self.rows[:limit], self.amounts[:limit], self.known[:limit], self.totals[:limit])


def finished(table: Table, scores: Single) -> Single:
    """Plain scores with what hub control makes of them."""
    share = table.lens.hub_control
    if not share:
        return scores
    return ((1 - share) * scores + share * (1 - table.reach)).astype(np.float32)


def exact(table: Table, row: int | IntArray, others: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Amounts (the last column for hub control, where it is on), the weight known on both sides, and the scores.

    Of one row with others, or of as many rows, each with its own.
    """
    amounts, known = table.kernel.exact(row, others)
    share = table.lens.hub_control
    if share:
        amounts = np.concatenate([(1 - share) * amounts, share * (1 - table.reach[others, None])], axis=1)
    return amounts, known, np.nansum(amounts, axis=1)


def all_peers(table: Table, filters: Filters, limit: int, rows: IntArray | None = None) -> AllPeers:
    """The peers of these rows (None: of all that have enough values)."""
    if rows is None:
        rows = np.flatnonzero(table.candidates)
    table.kernel.expect(len(rows))
    peers = np.full((len(rows), limit), -1)
    totals = np.full((len(rows), limit), np.nan)
    if table.lens.hub_control:
        _ = table.reach  # computed once, before the threads start

    narrow = filters.kinds or filters.types or filters.states or filters.population or filters.state
    plain = not (narrow or table.nested)
    unfit = np.flatnonzero(~table.candidates)

    def work(start: int) -> None:
        block = rows[start : start + TOGETHER]
        scores, within = table.approximate(block, filters)
        scores = finished(table, scores)
        if plain:
            scores[:, unfit] = -np.inf
            scores[np.arange(len(block)), block] = -np.inf
        else:
            for i, mask in enumerate(masks(table, filters, block)):
                np.putmask(scores[i], ~mask, -np.inf)
        found = _best_of_many(table, block, Approximation(scores, within), limit, filters.min_coverage)
        part = slice(start, start + len(block))
        peers[part, : found[0].shape[1]], totals[part, : found[0].shape[1]] = found

    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        list(pool.map(work, range(0, len(rows), TOGETHER)))
    return AllPeers(rows, peers, totals)


def best(table: Table, row: int, approximate: Single, within: float, limit: int, least_known: float) -> Best:
    """The best rows for one; ties by key."""
    near, unsure = near_ones(Approximation(approximate[None], within), limit)
    rows = np.flatnonzero(approximate >= unsure[0]) if unsure[0] > -np.inf else near[0]
    rows = rows[approximate[rows] > -np.inf]
    amounts, known, total = exact(table, row, rows)
    if (known < enough(least_known)).any():  # by a hair; who is next then may not be among the near
        rows = np.flatnonzero(approximate > -np.inf)
        amounts, known, total = exact(table, row, rows)
    order = np.lexsort((rows, -np.round(total, DIGITS)))
    order = order[known[order] >= enough(least_known)][:limit]
    return Best(rows[order], amounts[order], known[order], total[order])


def _best_of_many(
    table: Table, rows: IntArray, approximate: Approximation, limit: int, least_known: float
) -> tuple[IntArray, FloatArray]:
    """For each of these rows the best (-1 where there are no more) and their scores, as `best` finds them."""
    scores, within = approximate
    near, unsure = near_ones(approximate, limit)
    _, known, total = exact(table, np.repeat(rows, near.shape[1]), near.ravel())
    known, total = known.reshape(near.shape), total.reshape(near.shape)
    out = np.take_along_axis(scores, near, 1) == -np.inf
    unsure = (unsure > -np.inf) | (~out & (known < enough(least_known))).any(axis=1)
    ranked = np.where(out, np.inf, -np.round(total, DIGITS))
    order = np.lexsort((near, ranked), axis=1)[:, :limit]
    out = np.take_along_axis(out, order, 1)
    peers = np.where(out, -1, np.take_along_axis(near, order, 1))
    totals = np.where(out, np.nan, np.take_along_axis(total, order, 1))
    for i in np.flatnonzero(unsure).tolist():
        found = best(table, int(rows[i]), scores[i], within, limit, least_known)
        peers[i], totals[i] = -1, np.nan
        peers[i, : len(found.rows)], totals[i, : len(found.rows)] = found.rows, found.totals
    return peers, totals


def masks(table: Table, filters: Filters, rows: IntArray) -> Iterator[Mask]:
    """Who may be suggested to each of these rows."""
    admitted = admits(table, filters)
    for row in rows.tolist():
        yield allowed(table, row, filters, frozenset(), admitted)[0]
