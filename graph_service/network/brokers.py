"""Who connects those that are otherwise apart: betweenness, and Burt's constraint for structural holes.

R. S. Burt, Structural holes (1992): constraint is low for who knows people that do not know each other, and so hears of
different things; it is high for who is bound to one circle.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from graph_service.arrays import IntArray
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType
from graph_service.network.betweenness import betweenness
from graph_service.network.ties import TOGETHER, Ties
from graph_service.projection import FloatArray, Projection

Matrix = sparse.csr_array[np.float64]

EXACT_WORK = 40_000_000
"""Nodes times ties up to which betweenness is exact; that takes some seconds."""
SAMPLED_WORK = 50_000_000
"""Sources times ties that are followed beyond that: people wait for it."""
FEWEST = 64


@dataclass(frozen=True, slots=True)
class Broker:
    """An actor between others."""

    key: NodeKey
    name: str
    betweenness: float
    """The share of all pairs of actors and alliances whose shortest ways pass this actor."""
    error: float
    """The true share is most probably no further away than this; 0 where it is exact."""
    constraint: float | None
    """Burt's constraint: towards 0 between many circles, 1 and above within one; None without contacts."""
    contacts: int
    """With how many actors it cooperates or shares an alliance."""


@dataclass(frozen=True, slots=True)
class Brokers:
    """Actors by betweenness; equal ones by key."""

    revision: int
    actors: int
    """How many actors have ties at all."""
    samples: int
    nodes: int
    exact: bool
    brokers: tuple[Broker, ...]


def find_brokers(
    projection: Projection,
    *,
    limit: int = 10,
    types: Collection[EdgeType] = (),
    samples: int | None = None,
    seed: int = 1,
) -> Brokers:
    """The actors that most shortest ways pass; ``samples`` None follows as many sources as take some seconds."""
    ties = Ties.of(projection, types or TOGETHER, (Label.ACTOR, Label.ALLIANCE))
    nodes = np.flatnonzero(ties.degree)
    weights = sparse.csr_array(ties.weights[nodes][:, nodes])
    found = betweenness(weights, samples or usual_samples(len(nodes), weights.nnz), seed)
    span = projection.spans[Label.ACTOR]
    actors = np.flatnonzero((nodes >= span.start) & (nodes < span.stop))
    order = actors[np.lexsort((actors, -np.round(found.share[actors], 12)))][:limit]
    circle = Circle(ties)
    brokers = []
    for i in order.tolist():
        node = int(nodes[i])
        constraint, contacts = circle.constraint(node)
        brokers.append(
            Broker(ties.key(node), ties.name(node), float(found.share[i]), float(found.error[i]), constraint, contacts)
        )
    exact = found.samples >= len(nodes)
    return Brokers(projection.revision, len(actors), found.samples, len(nodes), exact, tuple(brokers))


def usual_samples(nodes: int, entries: int) -> int:
    """How many sources to follow: all in a small network, else as many as some seconds allow."""
    if nodes * entries <= EXACT_WORK:
        return nodes
    return max(FEWEST, SAMPLED_WORK // max(entries, 1))


class Circle:
    """The contacts of actors: direct ones, and those through alliances, which count less the larger these are.

    Members of an alliance of n are tied by 1 / (n - 1) each (M. E. J. Newman, 2001). Nothing of that is written out: an
    alliance of thousands would be millions of pairs.
    """

    def __init__(self, ties: Ties) -> None:
        """Prepare the matrices of direct ties and of memberships."""
        projection = ties.projection
        actors, alliances = projection.spans[Label.ACTOR], projection.spans[Label.ALLIANCE]
        weights = ties.weights
        self._start = actors.start
        self._direct: Matrix = sparse.csr_array(weights[actors.start : actors.stop][:, actors.start : actors.stop])
        joint = sparse.csr_array(weights[actors.start : actors.stop][:, alliances.start : alliances.stop])
        joint.data[:] = 1
        sizes = np.bincount(joint.indices, minlength=joint.shape[1])
        share = np.where(sizes > 1, 1 / np.maximum(sizes - 1, 1), 0.0)
        self._joint: Matrix = joint
        self._shared: Matrix = sparse.csr_array(joint.T.multiply(share[:, None]))
        self._self = np.asarray(joint @ share).ravel()
        self._total = np.asarray(self._direct.sum(axis=1)).ravel() + self._spread(np.ones(len(actors)))

    def _spread(self, values: FloatArray) -> FloatArray:
        """What each actor gets of values through alliances, without its own."""
        spread: FloatArray = self._joint @ (self._shared @ values) - self._self * values
        return spread

    def ties(self, node: int) -> tuple[IntArray, FloatArray]:
        """An actor's contacts (positions among actors) and how strong each tie is."""
        i = node - self._start
        row = self._direct[[i]] + self._joint[[i]] @ self._shared
        row = sparse.csr_array(row)
        keep = (row.indices != i) & (row.data > 0)
        return row.indices[keep].astype(np.int64), row.data[keep]

    def constraint(self, node: int) -> tuple[float | None, int]:
        """Burt's constraint of an actor, and the number of its contacts."""
        contacts, strength = self.ties(node)
        if not len(contacts):
            return None, 0
        share = strength / strength.sum()
        # what a contact invests in each other one: its ties as shares of all of its own
        given = np.zeros(self._direct.shape[0])
        given[contacts] = share / self._total[contacts]
        # both kinds of ties are symmetric, so rows serve as columns
        indirect = self._direct @ given + self._spread(given)
        return float(((share + indirect[contacts]) ** 2).sum()), len(contacts)
