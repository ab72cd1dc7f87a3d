"""What is around a node: as far as asked, the nearest first, and a word on what was left out."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from graph_service.arrays import IntArray
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType
from graph_service.network.ties import ALL, Mask, Tie, Ties, place_of
from graph_service.projection import Projection

ENDS = (Label.CONCEPT, Label.INDICATOR)
"""Shown, but not walked through: that two have a field of action in common brings nobody near."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A node of an ego network: how many steps away, and how much the best way costs."""

    key: NodeKey
    name: str
    label: Label
    hops: int
    cost: int
    via: NodeKey | None
    """The node before it on the best way; None for the one in the middle."""


@dataclass(frozen=True, slots=True)
class EgoNetwork:
    """The nearest nodes around one, itself first, and the edges among them."""

    revision: int
    key: NodeKey
    name: str
    depth: int
    nodes: tuple[Neighbour, ...]
    ties: tuple[Tie, ...]
    left_out: dict[Label, int]
    """How many more there are within the depth, by label."""


def ego_network(
    projection: Projection,
    key: NodeKey,
    *,
    depth: int = 1,
    limit: int = 50,
    types: Collection[EdgeType] = (),
    labels: Collection[Label] = (),
) -> EgoNetwork:
    """The ``limit`` nearest nodes within ``depth`` steps; raises NotFound.

    Nearest is whoever the strongest ties lead to, so everybody kept stays connected with the one in the middle.
    """
    chosen = {*labels, key.label} if labels else ()
    return ego_of(Ties.of(projection, types or ALL, chosen), key, depth=depth, limit=limit)


def ego_of(ties: Ties, key: NodeKey, *, depth: int, limit: int) -> EgoNetwork:
    """The same on ties that are there already."""
    projection = ties.projection
    start = place_of(projection, key)
    hops = _hops(ties, start, depth)
    ball = np.flatnonzero(hops >= 0)
    cost, before = _costs(ties, start, ball)
    # of equally near ones those that have more ties, then by key
    order = np.lexsort((ball, -ties.degree[ball], cost))[: limit + 1]
    kept, rest = ball[order], np.delete(ball, order)
    nodes = tuple(
        Neighbour(
            ties.key(i), ties.name(i), ties.key(i).label, int(hops[i]), spent, ties.key(last) if i != start else None
        )
        for i, spent, last in zip(kept.tolist(), cost[order].tolist(), before[order].tolist(), strict=True)
    )
    inside = np.zeros(ties.count, np.bool_)
    inside[kept] = True
    entries = ties.entries(kept)
    shown = np.unique(ties.edge[entries[inside[ties.other[entries]]]]).tolist()
    return EgoNetwork(
        projection.revision,
        key,
        ties.name(start),
        depth,
        nodes,
        tuple(ties.tie(edge) for edge in shown),
        _by_label(projection, rest),
    )


def _walkable(ties: Ties, start: int) -> Mask:
    walkable = np.ones(ties.count, np.bool_)
    for label in ENDS:
        span = ties.projection.spans[label]
        walkable[span.start : span.stop] = False
    walkable[start] = True
    return walkable


def _hops(ties: Ties, start: int, depth: int) -> IntArray:
    """How many steps each node is away, -1 for farther than asked."""
    walkable = _walkable(ties, start)
    hops = np.full(ties.count, -1)
    hops[start] = 0
    front = np.array([start])
    for step in range(1, depth + 1):
        reached = np.unique(ties.other[ties.entries(front[walkable[front]])])
        front = reached[hops[reached] < 0]
        hops[front] = step
        if not len(front):
            break
    return hops


def _costs(ties: Ties, start: int, ball: IntArray) -> tuple[IntArray, IntArray]:
    """For each node of the ball what the best way within costs, and the node before it on that way."""
    from scipy.sparse import csgraph  # takes long to import, and most answers never need it

    walkable = _walkable(ties, start)[ball]
    here = np.full(ties.count, -1)
    here[ball] = np.arange(len(ball))
    walked = ball[walkable]
    entries = ties.entries(walked)
    row = np.repeat(here[walked], ties.degree[walked])
    column = here[ties.other[entries]]
    keep = column >= 0
    row, column, cost = row[keep], column[keep], ties.cost[entries][keep].astype(np.float64)
    # of several ties between two the first is the strongest; a sum of both would not be a cost
    first = np.ones(len(row), np.bool_)
    first[1:] = (row[1:] != row[:-1]) | (column[1:] != column[:-1])
    size = len(ball)
    matrix = sparse.csr_array((cost[first], (row[first], column[first])), shape=(size, size))
    found, last = csgraph.dijkstra(matrix, indices=[int(here[start])], return_predecessors=True)
    # the one in the middle has none before it
    return found[0].astype(np.int64), ball[np.maximum(last[0], 0)]


def _by_label(projection: Projection, nodes: IntArray) -> dict[Label, int]:
    counts: Counter[Label] = Counter()
    for label, span in projection.spans.items():
        inside = int(((nodes >= span.start) & (nodes < span.stop)).sum())
        if inside:
            counts[label] = inside
    return dict(counts)
