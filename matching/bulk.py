"""Everybody's peers at once: blocks of rows over a few threads, each result as exact as a single query's."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from graph_service.arrays import IntArray
from graph_service.projection import FloatArray
from matching.candidates import Mask, allowed
from matching.kernel import Single
from matching.lens import Filters
from matching.table import Table, scores_of

DIGITS = 12
"""Scores that agree to so many digits are a tie, which the key breaks."""
SPARE = 8
"""Rows beyond the limit that are scored exactly, because the approximate order may differ near the end."""


@dataclass(frozen=True, eq=False)
class AllPeers:
    """For each row asked for, the rows suggested to it, best first (-1 where there are no more), with their scores."""

    rows: IntArray
    peers: IntArray
    scores: FloatArray


def slack(table: Table, least_known: float) -> float:
    """How far two approximate scores may be apart and still be in the wrong order."""
    return 2 * table.kernel.error / max(least_known, 0.05)


def finished(table: Table, scores: Single) -> Single:
    """Plain scores with what hub control makes of them."""
    share = table.lens.hub_control
    if not share:
        return scores
    return ((1 - share) * scores + share * (1 - table.reach)).astype(np.float32)


def exact(table: Table, row: int, others: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Amounts (the last column for hub control, where it is on), the weight known on both sides, and the scores."""
    amounts, known = table.kernel.exact(row, others)
    share = table.lens.hub_control
    if share:
        amounts = np.concatenate([(1 - share) * amounts, share * (1 - table.reach[others, None])], axis=1)
    return amounts, known, np.nansum(amounts, axis=1)


def all_peers(table: Table, filters: Filters, limit: int, rows: IntArray | None = None) -> AllPeers:
    """The peers of these rows (None: of all that have enough values)."""
    if rows is None:
        rows = np.flatnonzero(table.candidates)
    peers = np.full((len(rows), limit), -1)
    scores = np.full((len(rows), limit), np.nan)
    if table.lens.hub_control:
        _ = table.reach  # computed once, before the threads start

    size = table.kernel.queries
    least = filters.min_coverage - table.kernel.known_within

    plain = not (filters.kinds or filters.population or filters.state or table.nested)
    unfit = np.flatnonzero(~table.candidates)

    def work(start: int) -> None:
        block = rows[start : start + size]
        approximate = finished(table, scores_of(*table.kernel.block(block), least))
        if plain:
            approximate[:, unfit] = -np.inf
            approximate[np.arange(len(block)), block] = -np.inf
        else:
            for i, mask in enumerate(masks(table, filters, block)):
                np.putmask(approximate[i], ~mask, -np.inf)
        for i, row in enumerate(block.tolist()):
            found, _, _, total = best(table, row, approximate[i], limit, filters.min_coverage)
            peers[start + i, : len(found)] = found
            scores[start + i, : len(found)] = total

    starts = range(0, len(rows), size)
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        list(pool.map(work, starts))
    return AllPeers(rows, peers, scores)


def best(
    table: Table, row: int, approximate: Single, limit: int, least_known: float
) -> tuple[IntArray, FloatArray, FloatArray, FloatArray]:
    """The best rows with amounts, known weights and scores, all exact; ties by key."""
    count = min(limit, len(approximate))
    wide = min(count + SPARE, len(approximate))
    near = np.argpartition(approximate, len(approximate) - wide)[len(approximate) - wide :]
    ordered = np.sort(approximate[near])
    if count and wide < len(approximate):
        doubtful = ordered[wide - count] - slack(table, least_known)
        if ordered[0] >= doubtful:
            near = np.flatnonzero(approximate >= doubtful)
    near = np.sort(near[approximate[near] > -np.inf])
    amounts, known, total = exact(table, row, near)
    order = np.lexsort((near, -np.round(total, DIGITS)))
    order = order[known[order] >= max(least_known - 1e-9, 1e-9)][:count]
    return near[order], amounts[order], known[order], total[order]


def masks(table: Table, filters: Filters, rows: IntArray) -> Iterator[Mask]:
    """Who may be suggested to each of these rows."""
    for row in rows.tolist():
        yield allowed(table, row, filters, frozenset())[0]
