"""A product of factors as an exact sum of reasons, each against what the factor is where nothing is known.

The decomposition is that of the logarithmic mean Divisia index (Ang 2004, Energy Policy 32, 1131-1139; Ang 2005, 33,
867-871): between two products P and P₀ of positive factors, P - P₀ is the sum of L(P, P₀)·ln(f/f₀) over the factors,
where L(a, b) = (a - b) / (ln a - ln b) is the logarithmic mean. It leaves no rest and treats every factor alike.
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
    own: float | str | None = None
    other: float | str | None = None
    unit: str = ""
    known: bool = True


def as_sum(factors: Sequence[Factor]) -> tuple[float, tuple[Contribution, ...]]:
    """The product, and reasons that add up to it, largest first: what is unknown adds nothing."""
    product, start = math.prod(f.value for f in factors), math.prod(f.unknown for f in factors)
    mean = _logarithmic_mean(product, start)
    reasons = [Contribution(BASE, start)]
    for f in factors:
        best = product / f.value
        reasons.append(
            Contribution(
                f.feature,
                mean * math.log(f.value / f.unknown),
                f.own,
                f.other,
                f.unit,
                possible=_logarithmic_mean(best, start) * math.log(1 / f.unknown),
            )
        )
    ordered = tuple(sorted(reasons, key=lambda c: (-c.amount, c.feature)))
    return math.fsum(c.amount for c in ordered), ordered


def _logarithmic_mean(a: float, b: float) -> float:
    return a if math.isclose(a, b, rel_tol=1e-12) else (a - b) / (math.log(a) - math.log(b))
