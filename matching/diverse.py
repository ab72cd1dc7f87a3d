"""Chooses few of many so that they differ: maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998)."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from graph_service.projection import FloatArray

RELEVANCE = 0.7
"""How much a candidate's own score counts against its likeness to those chosen before."""
VARIANT = 0.5
"""From this likeness on, one that was not chosen is a variant of the chosen one it is most like."""
POOL = 200
"""Of how many best candidates the few are chosen."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Positions in the order in which they were chosen, and for each the positions of its variants."""

    chosen: tuple[int, ...]
    variants: tuple[tuple[int, ...], ...]


def choose(scores: FloatArray, vectors: sparse.csr_array, limit: int) -> Choice:
    """Choose from candidates that come best first, with one unit vector each; the best is always chosen.

    A variant of one that is chosen already is chosen only when nothing else is left.
    """
    count = min(len(scores), POOL)
    like = (vectors[:count] @ vectors[:count].T).toarray() if count else np.zeros((0, 0))
    scale = scores[:count] / scores[0] if count else scores
    nearest = np.zeros(count)
    left = list(range(count))
    chosen: list[int] = []
    while left and len(chosen) < limit:
        fresh = [i for i in left if nearest[i] < VARIANT]
        if not fresh:
            break
        gain = RELEVANCE * scale[fresh] - (1 - RELEVANCE) * nearest[fresh]
        best = fresh[int(np.argmax(np.round(gain, 12)))]
        chosen.append(best)
        left.remove(best)
        nearest = np.maximum(nearest, like[best])
    variants: list[list[int]] = [[] for _ in chosen]
    for i in left:
        if chosen and nearest[i] >= VARIANT:
            variants[int(np.argmax(like[i, chosen]))].append(i)
    return Choice(tuple(chosen), tuple(map(tuple, variants)))
