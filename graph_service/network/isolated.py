"""Who is alone: actors without any tie, and small islands apart from the large network."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from graph_service.arrays import IntArray
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType
from graph_service.network.places import inside, place_of_actors
from graph_service.network.ties import WORK, Ties
from graph_service.projection import Projection


@dataclass(frozen=True, slots=True)
class Alone:
    """An actor without ties, or the first of an island."""

    key: NodeKey
    name: str
    municipality: NodeKey | None
    place: str


@dataclass(frozen=True, slots=True)
class Island:
    """Actors that are tied with each other and with nobody else."""

    size: int
    actors: tuple[Alone, ...]


@dataclass(frozen=True, slots=True)
class Isolated:
    """What is not connected. Counts are of actors; ``actors`` and ``islands`` may hold fewer, up to the limit."""

    revision: int
    total: int
    without_ties: int
    in_largest: int
    """How many actors the largest connected part holds."""
    parts: int
    """How many connected parts of two or more actors there are."""
    actors: tuple[Alone, ...]
    islands: tuple[Island, ...]


def find_isolated(
    projection: Projection,
    *,
    municipality: NodeKey | None = None,
    limit: int = 50,
    types: Collection[EdgeType] = (),
) -> Isolated:
    """Actors without ties and islands; ``municipality`` keeps to those there or within. Raises NotFound."""
    from scipy.sparse import csgraph  # takes long to import, and most answers never need it

    ties = Ties.of(projection, types or WORK)
    span = projection.spans[Label.ACTOR]
    actors = np.arange(span.start, span.stop)
    home = place_of_actors(projection)
    asked = np.ones(len(actors), np.bool_) if municipality is None else np.isin(home, inside(projection, municipality))
    part = csgraph.connected_components(ties.costs, directed=False)[1][actors].astype(np.int64)
    sizes = np.bincount(part, minlength=1) if len(part) else np.zeros(1, np.int64)
    lonely = ties.degree[actors] == 0
    islands = _islands(part, sizes, asked & ~lonely)

    def alone(i: int) -> Alone:
        town = int(home[i])
        key, name = (None, "") if town < 0 else (
            projection.key(Label.MUNICIPALITY, town), projection.name(Label.MUNICIPALITY, town)
        )  # fmt: skip
        return Alone(ties.key(span.start + i), ties.name(span.start + i), key, name)

    found = np.flatnonzero(asked & lonely)
    return Isolated(
        projection.revision,
        int(asked.sum()),
        len(found),
        int((part[asked] == int(np.argmax(sizes))).sum()) if (sizes > 1).any() else 0,
        int((sizes > 1).sum()),
        tuple(alone(i) for i in found[:limit].tolist()),
        tuple(Island(len(each), tuple(alone(i) for i in each[:limit].tolist())) for each in islands[:limit]),
    )


def _islands(part: IntArray, sizes: IntArray, asked: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> list[IntArray]:
    """The actors of each part but the largest that an actor asked for is in, smallest first."""
    if not len(part):
        return []
    wanted = np.unique(part[asked])
    wanted = wanted[(wanted != int(np.argmax(sizes))) & (sizes[wanted] > 0)]
    order = np.argsort(part, kind="stable")
    first = np.searchsorted(part[order], wanted)
    found = [order[a : a + n] for a, n in zip(first.tolist(), sizes[wanted].tolist(), strict=True)]
    return sorted(found, key=lambda each: (len(each), int(each[0])))
