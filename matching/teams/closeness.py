"""How close actors are through what they did together: the length of the shortest way between them, up to two steps.

Two who were together in everything are at distance 0, together in something at 1 minus the share of their alliances in
common (Jaccard), over a common partner at the sum of both steps, strangers at 3. After Lappas, Liu and Terzi,
"Finding a team of experts in social networks" (2009).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import orjson
from scipy import sparse

from graph_service.arrays import IntArray
from graph_service.keys import Label
from graph_service.model import EdgeType
from graph_service.projection import FloatArray, Projection

STRANGERS = 3.0
CROWD = 50
"""Being together in something larger says nothing."""
STRENGTHS = MappingProxyType({"knows": 0.25, "cooperates": 0.5, "coordinates": 0.75, "integrated": 1.0})
"""How much of everything two have in common who cooperate so."""
BLOCK = 4_000_000
"""Numbers that are held at once."""


@dataclass(frozen=True, eq=False)
class Ties:
    """Who was together with whom: actors × actors, the share in common."""

    common: sparse.csr_array

    @classmethod
    def of(cls, joints: sparse.csr_array, pairs: sparse.csr_array | None = None) -> "Ties":
        """From joints × actors, and maybe a matrix of cooperations of two by strength."""
        joints = joints.astype(np.float64)
        size = np.diff(joints.indptr)
        joints = sparse.csr_array(joints[(size > 1) & (size <= CROWD)])
        both = sparse.csr_array(joints.T @ joints)
        count = both.diagonal()
        row, column = both.nonzero()
        share = both.data / (count[row] + count[column] - both.data)
        common = sparse.csr_array((share, (row, column)), shape=both.shape)
        if pairs is not None and pairs.nnz:
            common = sparse.csr_array(common.maximum(pairs))
        common.setdiag(0)
        common.eliminate_zeros()
        return cls(sparse.csr_array(common))

    def known(self, actors: Sequence[int] | IntArray) -> IntArray:
        """How many partners each has."""
        return np.asarray(np.diff(self.common.indptr)[np.asarray(actors, np.int64)])

    def distances(self, actors: Sequence[int] | IntArray) -> FloatArray:
        """Between all of these actors."""
        chosen = np.asarray(actors, np.int64)
        rows = sparse.csr_array(self.common[chosen])
        between, count = np.unique(rows.indices, return_counts=True)
        between = between[count > 1]
        steps = _lengths(rows[:, between].toarray())
        found = _lengths(rows[:, chosen].toarray())
        size = max(1, BLOCK // max(len(chosen) * len(between), 1))
        for start in range(0, len(chosen), size):
            part = slice(start, start + size)
            if len(between):
                over = (steps[part, None, :] + steps[None, :, :]).min(axis=2)
                found[part] = np.minimum(found[part], over)
        found = np.minimum(found, STRANGERS)
        np.fill_diagonal(found, 0)
        return found

    def closeness(self, actors: Sequence[int] | IntArray) -> FloatArray:
        """From 0 (strangers) to 1 (always together); 0 with oneself."""
        near = 1 - self.distances(actors) / STRANGERS
        np.fill_diagonal(near, 0)
        return near


def _lengths(common: FloatArray) -> FloatArray:
    return np.where(common > 0, 1 - common, np.inf)


def mean_distance(distances: FloatArray) -> float:
    """The mean over all pairs; NaN for fewer than two."""
    size = len(distances)
    return float(distances[np.triu_indices(size, 1)].mean()) if size > 1 else float("nan")


def ties_of(projection: Projection) -> Ties:
    """All ties of a revision: common alliances and cooperations."""
    joints = sparse.csr_array(projection.adjacency(EdgeType.MEMBER_OF, Label.ACTOR, Label.ALLIANCE).T)
    joints.sum_duplicates()
    joints.data = np.ones(joints.nnz)
    return Ties.of(joints, cooperations(projection))


def cooperations(projection: Projection) -> sparse.csr_array:
    """actors × actors: cooperations of two by strength, symmetric."""
    edges, span = projection.edges(EdgeType.COOPERATES_WITH), projection.spans[Label.ACTOR]
    said = [
        STRENGTHS.get(str(orjson.loads(text).get("strength", "")), STRENGTHS["cooperates"]) for text in edges.properties
    ]
    strength = np.array(said or [0.0])[edges.said]
    one, other = edges.source - span.start, edges.target - span.start
    shape = (len(span), len(span))
    half = sparse.csr_array((strength, (one, other)), shape=shape)
    half.data = np.minimum(half.data, 1)
    return sparse.csr_array(half.maximum(half.T))
