"""Rank stability: how often a suggestion stays in the list when every weight is shaken."""

from typing import Protocol

import numpy as np

from graph_service.arrays import IntArray
from graph_service.projection import FloatArray
from matching.kernel import Kernel, Single

SPREAD = 0.5
"""Standard deviation of the logarithm of a weight: two thirds of the draws lie between 0.6 and 1.6 times the weight."""
NEXT = 5
"""How many times the list's length is looked at: who is further down stays out."""
SEED = 20150501


class Shaken(Protocol):
    """What is asked: a row's approximate scores and the values behind them."""

    row: int

    @property
    def approximate(self) -> Single:
        """Everybody's score, minus infinity for who is filtered out."""
        ...

    @property
    def kernel(self) -> Kernel:
        """The scaled values and weights."""
        ...


def stability(query: Shaken, rows: IntArray, limit: int, draws: int) -> list[float]:
    """For each of these rows the share of draws in which it is among the first ``limit``."""
    scores, kernel = query.approximate, query.kernel
    count = min(len(scores), max(50, NEXT * limit))
    near = np.argpartition(scores, len(scores) - count)[len(scores) - count :]
    near = np.union1d(near[scores[near] > -np.inf], rows)
    weights = _draws(kernel.weights, draws)
    shares = kernel.shares(kernel.scaled[query.row], kernel.scaled[near])
    known = ~np.isnan(shares)
    with np.errstate(divide="ignore", invalid="ignore"):
        shaken = np.where(known, shares, 0) @ weights.T / (known @ weights.T)
    shaken = np.nan_to_num(shaken, nan=-1.0)
    if len(near) <= limit:
        return [1.0] * len(rows)
    least = np.partition(shaken, len(near) - limit, axis=0)[len(near) - limit]
    stays = (shaken >= least).mean(axis=1)
    result: list[float] = stays[np.searchsorted(near, rows)].tolist()
    return result


def _draws(weights: FloatArray, draws: int) -> FloatArray:
    noise = np.random.default_rng(SEED).standard_normal((draws, len(weights)))
    return np.asarray(weights * np.exp(SPREAD * noise))
