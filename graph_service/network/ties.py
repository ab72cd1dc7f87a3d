"""Chosen edges as one undirected graph over all nodes of a projection, with what following each one costs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import orjson
from scipy import sparse

from graph_service.arrays import IntArray
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType
from graph_service.projection import Edges, FloatArray, Projection

Mask = npt.NDArray[np.bool_]

WORK = frozenset(
    {
        EdgeType.COOPERATES_WITH,
        EdgeType.MEMBER_OF,
        EdgeType.SAME_AS,
        EdgeType.OFFERS,
        EdgeType.REQUESTED_BY,
        EdgeType.CARRIED_BY,
        EdgeType.APPLIED_IN,
        EdgeType.INVOLVES,
        EdgeType.ADOPTED,
    }
)
"""Relations that come of doing something together."""

PLACE = frozenset({EdgeType.LOCATED_IN, EdgeType.SERVES, EdgeType.ACTS_IN})
"""Relations that say where somebody works."""

TOGETHER = frozenset({EdgeType.COOPERATES_WITH, EdgeType.MEMBER_OF, EdgeType.SAME_AS})
"""Relations among actors, directly or through an alliance."""

ALL = frozenset(EdgeType) - {EdgeType.DIFFERENT_FROM}
"""Every relation; that two are not the same relates nobody."""

_COSTS: Mapping[EdgeType, int] = MappingProxyType(
    {EdgeType.SAME_AS: 1, EdgeType.COOPERATES_WITH: 50, EdgeType.MEMBER_OF: 25}
)
_STRENGTHS: Mapping[str, int] = MappingProxyType({"integrated": 30, "coordinates": 35, "cooperates": 40, "knows": 60})
_WORK_COST, _OTHER_COST, _CROWD_COST = 40, 60, 5
PLAIN = 40
"""What a plain cooperation costs. Nothing costs much less: even a strong tie is one more person to ask."""


@dataclass(frozen=True, slots=True)
class Tie:
    """One edge of the graph, in its own direction."""

    type: EdgeType
    source: NodeKey
    target: NodeKey
    properties: Mapping[str, str | int | float]


@dataclass(frozen=True, eq=False)
class Ties:
    """An undirected graph in compressed rows: each edge stands at both of its ends.

    Costs are whole numbers, so that equally good ways are exactly equal. An edge costs less the stronger the relation
    is, and more the more others share the alliance, place or term at its end: to be one of five means more than to be
    one of five thousand.
    """

    projection: Projection
    types: tuple[EdgeType, ...]
    first: IntArray
    """Where each type's edges begin in the numbering of edges; one more than there are types."""
    number: IntArray
    """Each edge's position among the projection's edges of its type."""
    offset: IntArray
    """A node's neighbours are the entries from offset[node] to offset[node + 1], in the order of their positions."""
    other: IntArray
    edge: IntArray
    cost: IntArray

    @classmethod
    def of(cls, projection: Projection, types: Collection[EdgeType], labels: Collection[Label] = ()) -> "Ties":
        """Choose edges by type, and nodes by label (none: all)."""
        chosen = tuple(sorted(types))
        inside = _inside(projection, labels)
        parts = [_part(projection.edges(type), inside) for type in chosen]
        sizes = [len(part[0]) for part in parts]
        source, target, number = (np.concatenate([part[i] for part in parts] or [_none()]) for i in range(3))
        kind = np.repeat(np.arange(len(chosen)), sizes)
        costs = [_costs(projection, type, part[2]) for type, part in zip(chosen, parts, strict=True)]
        count = len(inside)
        cost = np.concatenate(costs or [_none()]) + _crowd(projection, source, target, count)
        ends, others = np.concatenate([source, target]), np.concatenate([target, source])
        edge, cost, kind = np.tile(np.arange(len(source)), 2), np.tile(cost, 2), np.tile(kind, 2)
        order = np.lexsort((edge, cost, ends * count + others))
        offset = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=count))])
        first = np.concatenate([[0], np.cumsum(np.array(sizes, np.int64))])
        return cls(projection, chosen, first, number, offset, others[order], edge[order], cost[order])

    @property
    def count(self) -> int:
        """How many nodes there are, with or without ties."""
        return len(self.offset) - 1

    @cached_property
    def degree(self) -> IntArray:
        """How many ties each node has."""
        return np.diff(self.offset)

    def entries(self, nodes: IntArray) -> IntArray:
        """The entries of these nodes, node by node."""
        sizes = self.degree[nodes]
        before = np.cumsum(sizes) - sizes
        return np.repeat(self.offset[nodes] - before, sizes) + np.arange(int(sizes.sum()))

    def tie(self, edge: int) -> Tie:
        """An edge as a record."""
        kind = int(np.searchsorted(self.first, edge, side="right")) - 1
        edges, i = self.projection.edges(self.types[kind]), int(self.number[edge])
        source, target = self.key(int(edges.source[i])), self.key(int(edges.target[i]))
        said = {name: value for name, value in edges.property(i).items() if name != "visibility"}
        return Tie(self.types[kind], source, target, said)

    def between(self, one: int, other: int) -> list[int]:
        """The edges between two nodes, strongest first."""
        low, high = int(self.offset[one]), int(self.offset[one + 1])
        start, end = np.searchsorted(self.other[low:high], [other, other + 1]).tolist()
        found: list[int] = self.edge[low + start : low + end].tolist()
        return found

    def key(self, node: int) -> NodeKey:
        """The key of the node at a position among all nodes."""
        return NodeKey.trusted(self.projection.arrays.keys[node])

    def name(self, node: int) -> str:
        """The name of the node at a position among all nodes."""
        return self.projection.arrays.names[node]

    @cached_property
    def costs(self) -> "sparse.csr_array[np.float64]":
        """The cost from node to node; of several ties the strongest counts."""
        return self._matrix(self.cost.astype(np.float64))

    @cached_property
    def weights(self) -> "sparse.csr_array[np.float64]":
        """How strong the tie between two nodes is: 1 for a plain cooperation; of several ties the strongest counts."""
        return self._matrix(PLAIN / self.cost)

    def _matrix(self, data: FloatArray) -> "sparse.csr_array[np.float64]":
        row = np.repeat(np.arange(self.count), self.degree)
        # entries are in order of the pair and then of cost: the first of a pair is its strongest tie
        keep = np.ones(len(row), np.bool_)
        keep[1:] = (row[1:] != row[:-1]) | (self.other[1:] != self.other[:-1])
        keep &= row != self.other
        offset = np.concatenate([[0], np.cumsum(np.bincount(row[keep], minlength=self.count))])
        return sparse.csr_array((data[keep], self.other[keep], offset), shape=(self.count, self.count))


def place_of(projection: Projection, key: NodeKey) -> int:
    """A node's position among all nodes; raises NotFound."""
    return projection.spans[key.label].start + projection.position(key)


def _none() -> IntArray:
    return np.zeros(0, np.int64)


def _inside(projection: Projection, labels: Collection[Label]) -> Mask:
    inside = np.full(len(projection.arrays.keys), not labels)
    for label in labels:
        span = projection.spans[label]
        inside[span.start : span.stop] = True
    return inside


def _part(edges: Edges, inside: Mask) -> tuple[IntArray, IntArray, IntArray]:
    kept = np.flatnonzero(inside[edges.source] & inside[edges.target] & (edges.source != edges.target))
    return edges.source[kept], edges.target[kept], kept


def _costs(projection: Projection, type: EdgeType, number: IntArray) -> IntArray:
    base = _COSTS.get(type, _WORK_COST if type in WORK else _OTHER_COST)
    if type is not EdgeType.COOPERATES_WITH or not len(number):
        return np.full(len(number), base, np.int64)
    edges = projection.edges(type)
    strengths = [orjson.loads(text).get("strength") for text in edges.properties]
    by_text = np.array([_STRENGTHS.get(strength, base) for strength in strengths], np.int64)
    return by_text[edges.said[number]]


def _crowd(projection: Projection, source: IntArray, target: IntArray, count: int) -> IntArray:
    """What it costs that others share the thing at an end: five for each doubling; nothing at an actor."""
    degree = np.bincount(source, minlength=count) + np.bincount(target, minlength=count)
    share = np.rint(_CROWD_COST * np.log2(1.0 + degree)).astype(np.int64)
    actors = projection.spans[Label.ACTOR]
    share[actors.start : actors.stop] = 0
    crowd: IntArray = share[source] + share[target]
    return crowd
