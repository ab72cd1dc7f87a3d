"""A weighted product of factors as an exact sum of reasons, each against what the factor is where nothing is known.

The product is a weighted geometric mean, so it stays on the scale of its factors however many there are. The
decomposition is that of the logarithmic mean Divisia index (Ang 2004, Energy Policy 32, 1131-1139; Ang 2005, Energy
Policy 33, 867-871): between two products P and P₀ of positive factors, P - P₀ is the sum of L(P, P₀)·w·ln(f/f₀) over
the factors, where L(a, b) = (a - b) / (ln a - ln b) is the logarithmic mean. It leaves no rest and treats every factor
alike.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matching.contract import Contribution

BASE = "base"
"""The feature that names the score of a candidate of which nothing is known."""


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor above 0 and at most 1, the one it is where nothing is known, and the two values compared."""

    feature: str
    value: float
    unknown: float
    weight: float = 1.0
    own: float | str | None = None
    other: float | str | None = None
    unit: str = ""
    known: bool = True


def mean_of(factors: Sequence[Factor]) -> float:
    """The weighted geometric mean."""
    total = math.fsum(f.weight for f in factors)
    return math.exp(math.fsum(f.weight / total * math.log(f.value) for f in factors))


def as_sum(factors: Sequence[Factor]) -> tuple[float, tuple[Contribution, ...]]:
    """The weighted product, and reasons that add up to it, largest first: what is unknown adds nothing."""
    total = math.fsum(f.weight for f in factors)
    shares = [f.weight / total for f in factors]
    product = math.prod(f.value**w for f, w in zip(factors, shares, strict=True))
    start = math.prod(f.unknown**w for f, w in zip(factors, shares, strict=True))
    mean = _logarithmic_mean(product, start)
    reasons = [Contribution(BASE, start)]
    for f, w in zip(factors, shares, strict=True):
        best = product / f.value**w
        reasons.append(
            Contribution(
                f.feature,
                mean * w * math.log(f.value / f.unknown),
                f.own,
                f.other,
                f.unit,
                possible=_logarithmic_mean(best, start) * w * math.log(1 / f.unknown),
            )
        )
    ordered = tuple(sorted(reasons, key=lambda c: (-c.amount, c.feature)))
    return math.fsum(c.amount for c in ordered), ordered


def _logarithmic_mean(a: float, b: float) -> float:
    return a if math.isclose(a, b, rel_tol=1e-12) else (a - b) / (math.log(a) - math.log(b))
