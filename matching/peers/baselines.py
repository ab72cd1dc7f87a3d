"""Simple ways to rank, which the matcher is measured beside: distances of some rows of a matrix from all of them."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from graph_service.arrays import IntArray
from graph_service.model import Indicator, Scale
from graph_service.projection import FloatArray

Rows = IntArray
"""Positions of the rows whose distances are wanted."""
Baseline = Callable[[FloatArray, Sequence[Indicator], Rows], FloatArray]
TINY = 1e-9


def z_euclid(values: FloatArray, _indicators: Sequence[Indicator], rows: Rows) -> FloatArray:
    """Medians for gaps, z-scores, Euclid's distance."""
    return _euclid(_standard(_filled(values)), rows)


def clipped_log_z_euclid(values: FloatArray, indicators: Sequence[Indicator], rows: Rows) -> FloatArray:
    """Logarithm where the scale says so, the others clipped at the 1st and 99th percentile, z-scores, Euclid."""
    low, high = np.nanpercentile(values, [1, 99], axis=0)
    bent = np.where(_is_log(indicators), _logarithm(values, indicators), np.clip(values, low, high))
    return _euclid(_standard(_filled(bent)), rows)


def rank_manhattan(values: FloatArray, _indicators: Sequence[Indicator], rows: Rows) -> FloatArray:
    """Ranks, mean absolute difference over what both know."""
    ranks = np.full(values.shape, np.nan)
    for j in range(values.shape[1]):
        known = ~np.isnan(values[:, j])
        ranks[known, j] = (rankdata(values[known, j]) - 0.5) / max(known.sum(), 1)
    return _mean_difference(ranks, rows)


def gower(values: FloatArray, _indicators: Sequence[Indicator], rows: Rows) -> FloatArray:
    """Gower's coefficient: mean absolute difference, divided by the range, over what both know."""
    return _mean_difference(_ranged(values), rows)


def log_gower(values: FloatArray, indicators: Sequence[Indicator], rows: Rows) -> FloatArray:
    """Gower's coefficient after a logarithm where the scale says so."""
    return _mean_difference(_ranged(_logarithm(values, indicators)), rows)


def random_order(values: FloatArray, _indicators: Sequence[Indicator], rows: Rows) -> FloatArray:
    """By chance, always the same one."""
    return np.random.default_rng(0).random((len(rows), len(values)))


BASELINES: Mapping[str, Baseline] = MappingProxyType(
    {
        "log-clip-z-euclid": clipped_log_z_euclid,
        "log-gower": log_gower,
        "z-euclid": z_euclid,
        "gower": gower,
        "rank-manhattan": rank_manhattan,
        "random": random_order,
    }
)


def _is_log(indicators: Sequence[Indicator]) -> npt.NDArray[np.bool_]:
    return np.array([indicator.scale is Scale.LOG for indicator in indicators])


def _logarithm(values: FloatArray, indicators: Sequence[Indicator]) -> FloatArray:
    return np.where(_is_log(indicators), np.log(np.maximum(values, TINY)), values)


def _filled(values: FloatArray) -> FloatArray:
    return np.where(np.isnan(values), np.nanmedian(values, axis=0), values)


def _standard(values: FloatArray) -> FloatArray:
    spread = values.std(axis=0)
    return np.asarray((values - values.mean(axis=0)) / np.where(spread > 0, spread, 1))


def _ranged(values: FloatArray) -> FloatArray:
    span = np.nanmax(values, axis=0) - np.nanmin(values, axis=0)
    return np.asarray(values / np.where(span > 0, span, 1))


def _euclid(values: FloatArray, rows: Rows) -> FloatArray:
    return np.stack([np.sqrt(((values - values[row]) ** 2).sum(axis=1)) for row in rows])


def _mean_difference(values: FloatArray, rows: Rows) -> FloatArray:
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.stack(
            [np.nansum(np.abs(values - values[row]), axis=1) / (known & known[row]).sum(axis=1) for row in rows]
        )
