"""Rank stability: how often a suggestion stays in the list when every weight is shaken."""

import numpy as np

from graph_service.arrays import IntArray
from graph_service.projection import FloatArray
from matching.peers.kernel import Kernel

SPREAD = 0.5
"""Standard deviation of the logarithm of a weight: two thirds of the draws lie between 0.6 and 1.6 times the weight."""
NEXT = 5
"""How many times the list's length is looked at: who is further down stays out."""
SEED = 20150501


def looked_at(limit: int) -> int:
    """How many of the best are looked at."""
    return max(50, NEXT * limit)


def stability(kernel: Kernel, row: int, best: IntArray, limit: int, draws: int) -> list[float]:
    """For the first ``limit`` of those most like a row the share of draws in which they are among the first."""
    if not 0 < limit < len(best):
        return [1.0] * min(limit, len(best))
    shares = kernel.shares(kernel.scaled[row], kernel.scaled[best])
    known = ~np.isnan(shares)
    weights = _draws(kernel.weights, draws)
    with np.errstate(divide="ignore", invalid="ignore"):
        shaken = np.where(known, shares, 0) @ weights.T / (known @ weights.T)
    shaken = np.nan_to_num(shaken, nan=-1.0)
    least = np.partition(shaken, len(best) - limit, axis=0)[len(best) - limit]
    stays: list[float] = (shaken[:limit] >= least).mean(axis=1).tolist()
    return stays


def _draws(weights: FloatArray, draws: int) -> FloatArray:
    noise = np.random.default_rng(SEED).standard_normal((draws, len(weights)))
    return np.asarray(weights * np.exp(SPREAD * noise))
