"""How often a node lies on the shortest ways between others: exact, or from a sample with its error.

U. Brandes, A faster algorithm for betweenness centrality (2001), for several sources at once as products of the sparse
adjacency with a dense matrix. A way counts at both of its ends in proportion to how far the node is from each (R.
Geisberger, P. Sanders, D. Schultes, 2008): over all sources that is the same sum, and of sampled sources those beside
the node no longer decide alone. Nodes with the very same neighbours lie on the same ways, so one of them is followed
for all: of projects that the same two carry out year after year there are many. The error is two and a half standard
errors of a mean over a sample drawn without replacement: as few sources see much of a node, two would be too few.
Measured for the nodes that most ways pass, of the true values about one in thirty lies outside with 200 sources, one in
fifteen with 100.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from graph_service.arrays import IntArray
from graph_service.projection import FloatArray

Dense = npt.NDArray[np.floating]
Steps = Any
"""A sparse matrix of ones in double or single precision, which its type cannot say."""
TOGETHER = 8
"""How many sources are followed at once: what a line of the processor's cache holds."""

ERRORS = 2.5


@dataclass(frozen=True, eq=False)
class Betweenness:
    """For each node the share of all pairs whose shortest ways pass it, and the error of that (0 where exact)."""

    share: FloatArray
    error: FloatArray
    samples: int
    """How many sources were followed; all of them where the shares are exact."""


def betweenness(weights: "sparse.csr_array[np.float64]", samples: int | None = None, seed: int = 1) -> Betweenness:
    """Count steps, not strengths, in an undirected graph; ``samples`` None or large enough follows every source."""
    size = weights.shape[0]
    if size < 3:
        return Betweenness(np.zeros(size), np.zeros(size), size)
    exact = samples is None or samples >= size
    taken = size if samples is None or exact else samples
    draw = np.random.default_rng(seed)
    kind = twins(weights)
    sources = np.arange(size) if exact else np.sort(draw.choice(size, taken, replace=False))
    # twins as sources see the same
    starts, times = np.unique(kind.of[sources], return_counts=True)
    # counts of ways grow fast; a sample's error is far above that of single precision
    steps = kind.steps(weights, np.float64 if exact else np.float32)
    total, squares = np.zeros(len(kind.first)), np.zeros(len(kind.first))
    for start in range(0, len(starts), TOGETHER):
        part = slice(start, start + TOGETHER)
        found = _dependencies(steps, kind.count, starts[part]).astype(np.float64)
        total += found @ times[part]
        squares += found**2 @ times[part]
    scale = size / ((size - 1) * (size - 2))
    mean = total / taken
    if exact:
        return Betweenness((mean * scale)[kind.of], np.zeros(size), taken)
    variance = np.maximum(squares / taken - mean**2, 0.0) * taken / max(taken - 1, 1)
    error = ERRORS * np.sqrt(variance / taken * (1 - taken / size))
    return Betweenness((mean * scale)[kind.of], (error * scale)[kind.of], taken)


@dataclass(frozen=True, eq=False)
class Twins:
    """Nodes put together that have the same neighbours; no two of them are neighbours themselves."""

    of: IntArray
    """The number of each node's kind."""
    first: IntArray
    """A node of each kind, which stands for all of it."""
    count: IntArray

    def steps(self, weights: "sparse.csr_array[np.float64]", precision: type[np.floating]) -> Steps:
        """Who is whose neighbour, of those that stand for their kind."""
        alone = sparse.csr_array(weights[self.first][:, self.first])
        return sparse.csr_array((np.ones(alone.nnz, precision), alone.indices, alone.indptr), shape=alone.shape)


def twins(weights: "sparse.csr_array[np.float64]") -> Twins:
    """Tell nodes apart by the sum of two numbers drawn for each neighbour, which by chance are never equal."""
    size = weights.shape[0]
    drawn = np.random.default_rng(0).integers(2**64, size=(size, 2), dtype=np.uint64)
    ones: Steps = sparse.csr_array(
        (np.ones(weights.nnz, np.uint64), weights.indices, weights.indptr), shape=weights.shape
    )
    sums = np.asarray(ones @ drawn)
    _, first, of, count = np.unique(sums, axis=0, return_index=True, return_inverse=True, return_counts=True)
    return Twins(of.ravel(), first, count)


def _dependencies(steps: Steps, count: IntArray, sources: IntArray) -> Dense:
    """How much the shortest ways from one of each source's kind (columns) to everybody depend on each node (rows)."""
    columns = np.arange(len(sources))
    several = count.astype(steps.dtype)[:, None]
    levels, ways, to_twins = _levels(steps, several, sources)
    needed = np.zeros_like(ways)
    for distance in range(len(levels) - 1, 0, -1):
        farther, nearer = levels[distance], levels[distance - 1]
        handed = np.zeros_like(ways)
        handed[farther] = (1 / distance + needed[farther]) / ways[farther] * several[farther[0], 0]
        if distance == 2:
            # the twins of a source are two steps away, and no way leads on from them
            handed[sources, columns] = (count[sources] - 1) / 2 / to_twins
        collected = np.asarray(steps @ handed)
        needed[nearer] += collected[nearer] * ways[nearer]
    for distance, nodes in enumerate(levels):
        needed[nodes] *= 2 * distance
    return needed


def _levels(steps: Steps, several: Dense, sources: IntArray) -> tuple[list[tuple[IntArray, IntArray]], Dense, Dense]:
    """The (node, column) pairs at each distance from the sources, the number of shortest ways to each, and to a twin of
    each source."""
    columns = np.arange(len(sources))
    ways = np.zeros((steps.shape[0], len(sources)), steps.dtype)
    ways[sources, columns] = 1
    to_twins = np.ones(len(sources), steps.dtype)
    front, levels = ways, [(sources, columns)]
    while True:
        reached = np.asarray(steps @ front)
        if len(levels) == 2:
            to_twins = np.maximum(reached[sources, columns], 1)
        reached[ways > 0] = 0
        at = np.nonzero(reached)
        # twins of a source are two steps away even where nobody else is
        if not len(at[0]) and len(levels) != 2:
            return levels, ways, to_twins
        ways = ways + reached
        front = reached * several
        levels.append((at[0], at[1]))
