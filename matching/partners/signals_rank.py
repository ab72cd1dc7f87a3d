"""Personalised PageRank over who was together, exact to a stated error.

In the graph of actors and what joins them every edge leads from one side to the other, so one side can be eliminated:
with S the symmetrically scaled joints × actors, D the actors' degrees, d the damping and s the start, the actors' ranks
are D^½ y with (I − d² SᵀS) y = (1 − d) D^-½ s. That matrix is symmetric and well conditioned, and conjugate gradients
need about a tenth of the rounds of the power method.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from matching.partners.numbers import FloatArray

DAMPING = 0.85
ERROR = 1e-6
"""By how much the ranks may be off in sum."""


@dataclass(frozen=True, eq=False)
class RankGraph:
    """Who was together, prepared for PageRank once."""

    there: sparse.csr_array
    """joints × actors, each entry over the roots of both degrees."""
    back: sparse.csr_array
    """The same turned round."""
    actor_root: FloatArray
    """The root of each actor's degree; 1 for those without any."""
    joint_root: FloatArray

    @classmethod
    def of(cls, joints: sparse.csr_array) -> "RankGraph":
        """Prepare joints × actors."""
        actor_root, joint_root = (_root(np.asarray(joints.sum(axis=axis), np.float64)) for axis in (0, 1))
        # 32-bit positions: the products are bound by memory
        at, ends = joints.indices.astype(np.int32), joints.indptr.astype(np.int32)
        data = joints.data / (np.repeat(joint_root, np.diff(ends)) * actor_root[at])
        there = sparse.csr_array((data, at, ends), shape=joints.shape)
        return cls(there, sparse.csr_array(there.T), actor_root, joint_root)


def pagerank(
    graph: RankGraph, personal: FloatArray, *, damping: float = DAMPING, error: float = ERROR
) -> tuple[FloatArray, FloatArray]:
    """Ranks of actors and of joints for a walk that starts again at ``personal`` actors, as networkx defines them."""
    start = np.asarray(personal, np.float64)
    start = (1 - damping) / start.sum() * start
    found = _solve(graph, start / graph.actor_root, damping, error * (1 - damping))
    actors = np.maximum(found, 0) * graph.actor_root
    joints = damping * graph.joint_root * (graph.there @ (actors / graph.actor_root))
    # who is in nothing starts again at once: what is missing from one is shared out as everything is
    total = actors.sum() + joints.sum()
    return actors / total, joints / total


def _solve(graph: RankGraph, target: FloatArray, damping: float, least: float) -> FloatArray:
    """Conjugate gradients until the residual is small: divided by 1 − damping it bounds the error of all ranks."""
    found, left, way = np.zeros_like(target), target.copy(), target.copy()
    # one array for all that is needed for a moment: fetching memory took as long as computing
    spare = np.empty_like(target)
    square = _product(left, left)
    while _product(graph.actor_root, np.abs(left, out=spare)) > least:
        image = graph.back @ (graph.there @ way)
        image *= -(damping**2)
        image += way
        length = square / _product(way, image)
        found += np.multiply(way, length, out=spare)
        left -= np.multiply(image, length, out=image)
        before, square = square, _product(left, left)
        way *= square / before
        way += left
    return found


def _product(one: FloatArray, other: FloatArray) -> float:
    # not by BLAS, whose threads cost more here than they save
    return float(np.einsum("i,i->", one, other))


def _root(degree: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt(np.where(degree > 0, degree, 1.0)))
