"""Who works together more than with others: communities of actors and alliances, with what they have in common."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from graph_service.arrays import IntArray
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType
from graph_service.network.louvain import louvain, modularity
from graph_service.network.ties import TOGETHER, Ties
from graph_service.projection import FloatArray, Projection

NAMED = 5


@dataclass(frozen=True, slots=True)
class Named:
    """A node with how often or how strongly it occurs."""

    key: NodeKey
    name: str
    amount: float


@dataclass(frozen=True, slots=True)
class Community:
    """A group within the network. ``cohesion`` is the share of its members' ties, by strength, that stay inside."""

    number: int
    actors: int
    alliances: int
    cohesion: float
    central: tuple[Named, ...]
    """The actors with most ties inside, by strength."""
    fields: tuple[Named, ...]
    """The fields of action of most members."""
    places: tuple[Named, ...]
    """The municipalities of most members."""


@dataclass(frozen=True, slots=True)
class Communities:
    """All communities of two or more actors, largest first."""

    revision: int
    modularity: float
    """0: ties are as by chance; above 0.3 the groups are clear."""
    actors: int
    """How many actors have any tie, and so belong to a community."""
    communities: tuple[Community, ...]
    member_of: dict[NodeKey, int]
    """The community of each actor and alliance in it."""


def find_communities(projection: Projection, *, types: Collection[EdgeType] = (), seed: int = 1) -> Communities:
    """Group the actors that are tied; the same for the same seed."""
    ties = Ties.of(projection, types or TOGETHER, (Label.ACTOR, Label.ALLIANCE))
    nodes = np.flatnonzero(ties.degree)
    weights = sparse.csr_array(ties.weights[nodes][:, nodes])
    group = louvain(weights, seed)
    return _Describer(ties, nodes, weights, group).all()


class _Describer:
    """Says what communities are like."""

    def __init__(self, ties: Ties, nodes: IntArray, weights: "sparse.csr_array[np.float64]", group: IntArray) -> None:
        self.ties, self.nodes, self.group = ties, nodes, group
        self.projection = ties.projection
        self.modularity = modularity(weights, group)
        row = np.repeat(np.arange(len(nodes)), np.diff(weights.indptr))
        inside = group[row] == group[weights.indices]
        self.strength = np.bincount(row[inside], weights.data[inside], len(nodes))
        self.whole = np.bincount(row, weights.data, len(nodes))
        actors = self.projection.spans[Label.ACTOR]
        self.is_actor = (nodes >= actors.start) & (nodes < actors.stop)

    def all(self) -> Communities:
        """Every community of at least two actors."""
        count = int(self.group.max(initial=-1)) + 1
        actors = np.bincount(self.group[self.is_actor], minlength=count)
        sizes = np.bincount(self.group, minlength=count)
        inside = np.bincount(self.group, self.strength, count)
        whole = np.bincount(self.group, self.whole, count)
        chosen = np.flatnonzero(actors >= 2)
        chosen = chosen[np.lexsort((chosen, -actors[chosen]))]
        number = np.full(count, -1)
        number[chosen] = np.arange(1, len(chosen) + 1)
        fields = self._linked(EdgeType.IN_FIELD, Label.CONCEPT)
        places = self._linked(EdgeType.LOCATED_IN, Label.MUNICIPALITY)
        members = np.argsort(self.group, kind="stable")
        start = np.concatenate([[0], np.cumsum(sizes)])
        communities = []
        for rank, c in enumerate(chosen.tolist(), 1):
            mine = members[start[c] : start[c + 1]]
            central = self._central(mine)
            share = float(inside[c] / whole[c])
            about = self._common(fields, Label.CONCEPT, mine), self._common(places, Label.MUNICIPALITY, mine)
            communities.append(Community(rank, int(actors[c]), int(sizes[c] - actors[c]), share, central, *about))
        of = number[self.group]
        named = {self.ties.key(i): n for i, n in zip(self.nodes.tolist(), of.tolist(), strict=True) if n > 0}
        return Communities(
            self.projection.revision, self.modularity, int(self.is_actor.sum()), tuple(communities), named
        )

    def _central(self, mine: IntArray) -> tuple[Named, ...]:
        actors = mine[self.is_actor[mine]]
        order = np.lexsort((actors, -self.strength[actors]))[:NAMED]
        return tuple(self._named(int(self.nodes[i]), float(self.strength[i])) for i in actors[order].tolist())

    def _linked(self, type: EdgeType, label: Label) -> "sparse.csr_array[np.float64]":
        """Nodes of communities × nodes of a label."""
        edges, span = self.projection.edges(type), self.projection.spans[label]
        here = np.full(self.ties.count, -1)
        here[self.nodes] = np.arange(len(self.nodes))
        row, column = here[edges.source], edges.target - span.start
        keep = (row >= 0) & (column >= 0) & (column < len(span))
        ones = np.ones(int(keep.sum()))
        return sparse.csr_array((ones, (row[keep], column[keep])), shape=(len(self.nodes), max(len(span), 1)))

    def _common(self, table: "sparse.csr_array[np.float64]", label: Label, mine: IntArray) -> tuple[Named, ...]:
        counts: FloatArray = np.bincount(table[mine].indices, minlength=table.shape[1]).astype(np.float64)
        order = np.lexsort((np.arange(len(counts)), -counts))[:NAMED]
        start = self.projection.spans[label].start
        return tuple(self._named(start + i, float(counts[i])) for i in order.tolist() if counts[i])

    def _named(self, node: int, amount: float) -> Named:
        return Named(self.ties.key(node), self.ties.name(node), amount)
