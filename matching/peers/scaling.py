"""Brings indicators to a common scale: 0 to 1 over the range that occurs, skewed ones by logarithm, shares by arcsine.

The choices and the figures behind them are in docs/decisions/0003-scaling-and-distance.md. Missing stays NaN.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from graph_service.model import Indicator, Scale
from graph_service.projection import FloatArray

TAIL = 0.1
"""Per cent of the values at either end that are drawn in, so that a slip of the pen does not set the range."""


class Transform(StrEnum):
    """How an indicator's values are bent before their differences are taken."""

    AUTO = "auto"
    LINEAR = "linear"
    LOG = "log"
    ARCSINE = "arcsine"
    RANK = "rank"


@dataclass(frozen=True, eq=False)
class Scaler:
    """One indicator's scale, fitted once and applied to any of its values, of whatever year."""

    transform: Transform
    """LINEAR, LOG, ARCSINE or RANK; AUTO has been decided."""
    low: float
    span: float
    unit: float = 1.0
    """LOG: where zero or negative values occur, the size below which values are small; else 0. ARCSINE: 1 or 100."""
    sorted: FloatArray | None = None
    """RANK: the values it was fitted to."""

    def apply(self, values: FloatArray) -> FloatArray:
        """Values from 0 to 1."""
        bent = _bend(values, self.transform, self.unit, self.sorted)
        return np.clip((bent - self.low) / self.span, 0, 1) if self.span > 0 else np.where(np.isnan(bent), bent, 0.5)


def fit_scaler(
    values: FloatArray, indicator: Indicator, transform: Transform = Transform.AUTO, *, tail: float = TAIL
) -> Scaler:
    """Fit one indicator's scale to its values; AUTO decides by the indicator's scale and the values."""
    known = values[~np.isnan(values)]
    if not len(known):
        return Scaler(Transform.LINEAR, 0.0, 0.0)
    if transform is Transform.AUTO:
        transform = _choose(known, indicator)
    unit = 1.0
    if transform is Transform.LOG:
        unit = 0.0 if known.min() > 0 else _small(known)
    elif transform is Transform.ARCSINE:
        unit = 100.0 if "%" in (indicator.unit or "") or known.max() > 1 else 1.0
        if known.min() < 0 or known.max() > unit:
            transform = Transform.LINEAR
    ranked = np.sort(known) if transform is Transform.RANK else None
    bent = _bend(known, transform, unit, ranked)
    low, high = np.percentile(bent, [tail, 100 - tail])
    return Scaler(transform, float(low), float(high - low), unit, ranked)


def apply_scalers(scalers: Sequence[Scaler], values: FloatArray) -> FloatArray:
    """Scale every column."""
    out = np.empty_like(values)
    for j, scaler in enumerate(scalers):
        out[:, j] = scaler.apply(values[:, j])
    return out


def _choose(known: FloatArray, indicator: Indicator) -> Transform:
    if indicator.scale is Scale.LOG:
        return Transform.LOG
    if indicator.scale is Scale.SHARE:
        return Transform.ARCSINE
    return Transform.LOG if known.min() > 0 else Transform.LINEAR


def _small(known: FloatArray) -> float:
    sizes = np.abs(known[known != 0])
    # not so small that the largest value is beyond all numbers of it
    return float(max(np.percentile(sizes, 10), sizes.max() * 1e-12)) if len(sizes) else 1.0


def _bend(values: FloatArray, transform: Transform, unit: float, ranked: FloatArray | None) -> FloatArray:
    if transform is Transform.LOG:
        if unit > 0:  # like a logarithm for large values of either sign, straight through zero
            return np.arcsinh(values / unit)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.log(np.maximum(values, np.finfo(np.float64).tiny))
    if transform is Transform.ARCSINE:
        return np.arcsin(np.sqrt(np.clip(values / unit, 0, 1)))
    if transform is Transform.RANK and ranked is not None:
        places = (np.searchsorted(ranked, values, "left") + np.searchsorted(ranked, values, "right")) / 2
        return np.where(np.isnan(values), np.nan, places / len(ranked))
    return values
