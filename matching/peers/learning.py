"""Learns a lens's weights from lists that people gave: "these five are right", or a whole truth table.

The listed municipalities should come before the others: softmax cross-entropy over the candidates (a listwise loss),
minimised over non-negative weights of the straight and the squared difference of each indicator, and held near the
lens's own weights the more, the fewer lists there are. Candidates that contain one another are left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize, minimize_scalar

from graph_service.arrays import IntArray
from graph_service.projection import FloatArray
from matching.peers.bulk import masks
from matching.peers.lens import Distance, Lens
from matching.peers.loop import Single
from matching.peers.table import Table, bends_of

HOLD = 0.03
"""How firmly the weights are held to the lens's: divided by the number of lists."""
FOLDS = 5
SEED = 7
STEPS = 40
MOST = 1000
"""Candidates that are looked at while learning; with more, a fixed sample and all that are listed."""

Lists = Mapping[int, Mapping[int, float]]
"""For a row of the table the rows that are right for it, with what each is worth."""


@dataclass(frozen=True, eq=False)
class _Task:
    """Differences of pairs: queries × candidates × (straight and squared difference of each indicator)."""

    rows: IntArray
    columns: IntArray
    parts: Single
    known: Single
    allowed: npt.NDArray[np.bool_]
    target: FloatArray
    whole: bool
    """Whether nothing is missing, so that known weights need no care."""


def learn(table: Table, lists: Lists) -> Lens:
    """The table's lens with the weights that rank the listed municipalities first."""
    rows = np.array(sorted(lists), np.int64)
    return _lens(table, _fit(_task(table, lists, rows), _start(table)))


def held_out(table: Table, lists: Lists, folds: int = FOLDS) -> dict[int, Table]:
    """For each row with a list a table whose weights were learned from the lists of other folds only."""
    rows = np.array(sorted(lists), np.int64)
    fold = np.random.default_rng(SEED).permutation(len(rows)) % folds
    task = _task(table, lists, rows)
    result: dict[int, Table] = {}
    for k in range(folds):
        learned = table.through(_lens(table, _fit(_part(task, fold != k), _start(table))))
        result |= dict.fromkeys(rows[fold == k].tolist(), learned)
    return result


def _start(table: Table) -> FloatArray:
    bends = bends_of(table.lens)
    return np.concatenate([table.weights * (1 - bends), table.weights * bends])


def _task(table: Table, lists: Lists, rows: IntArray) -> _Task:
    columns = np.flatnonzero(table.candidates)
    if len(columns) > MOST:
        listed = {peer for peers in lists.values() for peer in peers}
        some = np.random.default_rng(SEED).choice(columns, MOST, replace=False)
        columns = np.union1d(some, np.array(sorted(listed), np.int64))
    apart = np.abs(table.scaled[rows][:, None] - table.scaled[columns][None]).astype(np.float32)
    known = ~np.isnan(apart)
    apart[~known] = 0
    allowed = np.stack([mask[columns] for mask in masks(table, table.lens.filters, rows)])
    place = {column: i for i, column in enumerate(columns.tolist())}
    target = np.zeros(allowed.shape)
    for i, row in enumerate(rows.tolist()):
        for peer, gain in lists[row].items():
            if peer in place and allowed[i, place[peer]]:
                target[i, place[peer]] = gain
    use = target.sum(axis=1) > 0
    target[use] /= target[use].sum(axis=1, keepdims=True)
    parts = np.concatenate([apart, apart * apart], axis=2)
    return _Task(rows, columns, parts, known.astype(np.float32), allowed, target, bool(known.all()))


def _part(task: _Task, chosen: npt.NDArray[np.bool_]) -> _Task:
    some = (task.rows[chosen], task.columns, task.parts[chosen], task.known[chosen], task.allowed[chosen])
    return _Task(*some, task.target[chosen], task.whole)


def _fit(task: _Task, start: FloatArray) -> FloatArray:
    """Minimise from the lens's weights, brought to the sharpness that suits the lists best."""

    def sharp(logarithm: float) -> float:
        return _loss(task, start * np.exp(logarithm))[0]

    start = start * np.exp(minimize_scalar(sharp, bounds=(0, 7), method="bounded", options={"maxiter": 12}).x)
    hold = np.full(len(start), HOLD / max(len(task.rows), 1) / start.mean() ** 2)

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        value, slope = _loss(task, weights)
        off = weights - start
        return value + float(hold @ (off * off)), slope + 2 * hold * off

    found = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(start), options={"maxiter": STEPS}
    )
    weights: FloatArray = found.x if found.x.sum() > 0 else start
    return weights


def _loss(task: _Task, weights: FloatArray) -> tuple[float, FloatArray]:
    """Cross-entropy of the lists and its slope; distances are means over what both sides know."""
    # a product for each query instead of one for all: small ones start no threads, which cost more than they give
    exact = weights.astype(np.float32)
    features = len(exact) // 2
    sums = np.matmul(task.parts, exact)
    each = exact[:features] + exact[features:]
    total = each.sum()
    distance, share = sums, None
    if not task.whole:
        share = np.maximum(np.matmul(task.known, each), np.float32(1e-12))
        distance = sums / share * total
    scores = np.where(task.allowed, -distance, -np.inf).astype(np.float64)
    scores -= scores.max(axis=1, keepdims=True)
    odds = np.exp(scores)
    odds /= odds.sum(axis=1, keepdims=True)
    value = -float((task.target * np.log(np.maximum(odds, 1e-300))).sum()) / len(odds)
    push = ((task.target - odds * task.target.sum(axis=1, keepdims=True)) / len(odds)).astype(np.float32)
    if share is None:
        return value, _summed(push, task.parts)
    slope = _summed(push * total / share, task.parts)
    # the known weight stands below the fraction, the whole weight above it
    shared = float((push * sums / share).sum()) - _summed(push * total * sums / share**2, task.known)
    return value, slope + np.concatenate([shared, shared])


def _summed(push: Single, parts: Single) -> FloatArray:
    """The sum over all pairs of their parts times their push."""
    return np.asarray(np.matmul(push[:, None, :], parts).sum(axis=(0, 1)), np.float64)


def _lens(table: Table, weights: FloatArray) -> Lens:
    """The lens with learned weights, which already are what the distance would make of them."""
    features = len(weights) // 2
    total = weights[:features] + weights[features:]
    nominal = (total / max(total.max(), 1e-300)).tolist()
    bends = np.clip(weights[features:] / np.maximum(total, 1e-300), 0, 1).tolist()
    indicators = tuple(
        replace(each, weight=weight, bend=bend)
        for each, weight, bend in zip(table.lens.indicators, nominal, bends, strict=True)
    )
    return replace(table.lens, indicators=indicators, distance=Distance.MANHATTAN)
