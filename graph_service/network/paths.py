"""The best ways from one node to another, step by step."""

import heapq
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType
from graph_service.network.ties import PLACE, WORK, Tie, Ties, place_of
from graph_service.projection import FloatArray, Projection

MOST_STEPS = 400_000
"""How many beginnings of ways are looked at before giving up; only odd networks need so many."""
_FIRST_REACH = 100.0


@dataclass(frozen=True, slots=True)
class Path:
    """A way: its nodes, and for each step the ties between the two, strongest first."""

    cost: int
    nodes: tuple[tuple[NodeKey, str], ...]
    steps: tuple[tuple[Tie, ...], ...]


@dataclass(frozen=True, slots=True)
class Paths:
    """The cheapest ways without circles, best first; of equal ones the first by the nodes' keys."""

    revision: int
    source: NodeKey
    target: NodeKey
    paths: tuple[Path, ...]
    complete: bool
    """Whether the search was carried through; if not, more or better ways may exist."""


def shortest_paths(
    projection: Projection,
    source: NodeKey,
    target: NodeKey,
    *,
    limit: int = 3,
    types: Collection[EdgeType] = (),
    labels: Collection[Label] = (),
    distinct: bool = True,
) -> Paths:
    """The ``limit`` cheapest ways between two nodes; none where they are not connected. Raises NotFound.

    ``distinct``: of ways over the same actors only the best, not one for each alliance that two of them share.
    """
    chosen = {*labels, source.label, target.label} if labels else ()
    ties = Ties.of(projection, types or WORK | PLACE, chosen)
    return paths_of(ties, source, target, limit=limit, distinct=distinct)


def paths_of(ties: Ties, source: NodeKey, target: NodeKey, *, limit: int, distinct: bool = True) -> Paths:
    """The same on ties that are there already."""
    start, end = place_of(ties.projection, source), place_of(ties.projection, target)
    search = _Search(ties, start, end, distinct=distinct)
    found = [] if start == end else [each for each, _ in zip(search.ways(), range(limit), strict=False)]
    paths = tuple(_path(ties, cost, way) for cost, way in found)
    return Paths(ties.projection.revision, source, target, paths, not search.given_up)


def _path(ties: Ties, cost: int, way: tuple[int, ...]) -> Path:
    nodes = tuple((ties.key(i), ties.name(i)) for i in way)
    return Path(cost, nodes, tuple(tuple(map(ties.tie, ties.between(a, b))) for a, b in pairwise(way)))


def _remaining(ties: Ties, start: int, end: int) -> tuple[FloatArray, bool]:
    """A lower bound of the cost from each node to the end, exact near it, and whether the start is reached."""
    from scipy.sparse import csgraph  # takes long to import, and most answers never need it

    reach = _FIRST_REACH
    while True:
        # most pairs are near, and only then a search of the whole network can be spared
        found: FloatArray = csgraph.dijkstra(ties.costs, indices=[end], limit=reach)[0]
        if np.isfinite(found[start]):
            return np.minimum(found, reach), True
        if not np.isfinite(reach):
            return found, False
        reach = reach * 2 if reach < 8 * _FIRST_REACH else np.inf


class _Search:
    """Beginnings of ways, the one that can become cheapest first (A* with exact bounds)."""

    def __init__(self, ties: Ties, start: int, end: int, *, distinct: bool) -> None:
        self._matrix = ties.costs
        self._people = ties.projection.spans[Label.ACTOR]
        self._distinct = distinct
        self._met: set[tuple[int, ...]] = set()
        self._start, self._end = start, end
        self._bound, self._connected = _remaining(ties, start, end)
        self.given_up = False

    def ways(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Cost and nodes of each way without circles, cheapest first."""
        if not self._connected:
            return
        offset, other, cost, bound = self._matrix.indptr, self._matrix.indices, self._matrix.data, self._bound
        # equal bounds compare by the nodes, which follows one way to its end before the next
        heap: list[tuple[float, tuple[int, ...], float]] = [(float(bound[self._start]), (self._start,), 0.0)]
        looked = 0
        while heap:
            _, way, spent = heapq.heappop(heap)
            last = way[-1]
            if self._distinct and self._known(way):
                continue
            if last == self._end:
                yield int(spent), way
                continue
            entries = slice(offset[last], offset[last + 1])
            nodes, total = other[entries], spent + cost[entries]
            looked += len(nodes)
            if looked > MOST_STEPS:
                self.given_up = True
                return
            for node, so_far, at_least in zip(
                nodes.tolist(), total.tolist(), (total + bound[nodes]).tolist(), strict=True
            ):
                if node not in way and at_least < np.inf:
                    heapq.heappush(heap, (at_least, (*way, node), so_far))

    def _known(self, way: tuple[int, ...]) -> bool:
        """Whether a cheaper way has come here over the same actors."""
        if way[-1] != self._end and way[-1] not in self._people:
            return False
        actors = tuple(node for node in way if node in self._people or node == self._end)
        if actors in self._met:
            return True
        self._met.add(actors)
        return False
