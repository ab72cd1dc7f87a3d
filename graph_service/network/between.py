"""What links two municipalities: actors that cooperate, alliances, exchanges, practices, and the register."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from graph_service.arrays import IntArray
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType
from graph_service.network.places import inside, place_of_actors
from graph_service.network.ties import Mask
from graph_service.projection import Projection


class LinkKind(StrEnum):
    """How two municipalities are linked."""

    COOPERATION = "cooperation"
    JOINT_ALLIANCE = "joint-alliance"
    ALLIANCE_IN_BOTH = "alliance-in-both"
    SERVES_BOTH = "serves-both"
    EXCHANGE = "exchange"
    SAME_PRACTICE = "same-practice"
    DECIDED_IN_BOTH = "decided-in-both"
    ADJACENT = "adjacent"
    SUCCESSION = "succession"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Link:
    """One link: through which things, those of the first municipality before those of the second."""

    kind: LinkKind
    one: tuple[tuple[NodeKey, str], ...]
    via: tuple[tuple[NodeKey, str], ...]
    other: tuple[tuple[NodeKey, str], ...]


@dataclass(frozen=True, slots=True)
class Between:
    """The links of two municipalities with all that lies within them."""

    revision: int
    one: NodeKey
    other: NodeKey
    counts: dict[LinkKind, int]
    links: tuple[Link, ...]
    """At most ``limit`` of each kind, by key."""


def find_between(projection: Projection, one: NodeKey, other: NodeKey, *, limit: int = 20) -> Between:
    """What links two municipalities; raises NotFound."""
    search = _Search(projection, one, other)
    counts: dict[LinkKind, int] = {}
    links: list[Link] = []
    for link in search.links():
        counts[link.kind] = counts.get(link.kind, 0) + 1
        if counts[link.kind] <= limit:
            links.append(link)
    order = list(LinkKind)
    kept = tuple(sorted(links, key=lambda link: order.index(link.kind)))
    return Between(projection.revision, one, other, {kind: counts[kind] for kind in order if kind in counts}, kept)


class _Search:
    """Both sides as masks over all nodes."""

    def __init__(self, projection: Projection, one: NodeKey, other: NodeKey) -> None:
        self.projection = projection
        self.towns = projection.spans[Label.MUNICIPALITY]
        sides = [inside(projection, key) for key in (one, other)]
        if one in {projection.key(Label.MUNICIPALITY, i) for i in sides[1].tolist()}:
            sides[1] = np.setdiff1d(sides[1], sides[0])
        else:
            sides[0] = np.setdiff1d(sides[0], sides[1])
        self.one, self.other = (self._side(places) for places in sides)

    def _side(self, places: IntArray) -> Mask:
        """The municipalities of a side and the actors in them."""
        side = np.zeros(len(self.projection.arrays.keys), np.bool_)
        side[places + self.towns.start] = True
        actors = self.projection.spans[Label.ACTOR]
        side[actors.start : actors.stop] = np.isin(place_of_actors(self.projection), places)
        return side

    def links(self) -> Iterator[Link]:
        """Every link, kind by kind."""
        yield from self._direct(EdgeType.COOPERATES_WITH, LinkKind.COOPERATION)
        yield from self._shared(EdgeType.MEMBER_OF, LinkKind.JOINT_ALLIANCE)
        yield from self._shared(EdgeType.ACTS_IN, LinkKind.ALLIANCE_IN_BOTH)
        yield from self._shared(EdgeType.SERVES, LinkKind.SERVES_BOTH)
        yield from self._shared(EdgeType.INVOLVES, LinkKind.EXCHANGE)
        yield from self._shared(EdgeType.APPLIED_IN, LinkKind.SAME_PRACTICE)
        yield from self._shared(EdgeType.ADOPTED, LinkKind.DECIDED_IN_BOTH)
        yield from self._direct(EdgeType.ADJACENT_TO, LinkKind.ADJACENT)
        yield from self._direct(EdgeType.SUCCEEDED_BY, LinkKind.SUCCESSION)
        yield from self._direct(EdgeType.PART_OF, LinkKind.PART)

    def _direct(self, type: EdgeType, kind: LinkKind) -> Iterator[Link]:
        """Edges from one side to the other, in either direction."""
        edges = self.projection.edges(type)
        found: dict[tuple[int, int], None] = {}
        for source, target in ((edges.source, edges.target), (edges.target, edges.source)):
            for i in np.flatnonzero(self.one[source] & self.other[target]).tolist():
                found[int(source[i]), int(target[i])] = None
        for a, b in sorted(found):
            yield Link(kind, (self._named(a),), (), (self._named(b),))

    def _shared(self, type: EdgeType, kind: LinkKind) -> Iterator[Link]:
        """Things that stand in this relation to something of either side."""
        edges = self.projection.edges(type)
        at_source = type in (EdgeType.MEMBER_OF, EdgeType.ADOPTED)
        ends, things = (edges.source, edges.target) if at_source else (edges.target, edges.source)
        shared = np.intersect1d(things[self.one[ends]], things[self.other[ends]])
        mine = (self.one[ends] | self.other[ends]) & np.isin(things, shared)
        pairs = np.unique(np.stack([things[mine], ends[mine]]), axis=1)
        starts = np.searchsorted(pairs[0], np.append(shared, len(self.one)))
        for thing, low, high in zip(shared.tolist(), starts[:-1].tolist(), starts[1:].tolist(), strict=True):
            members = pairs[1, low:high]
            yield Link(
                kind,
                tuple(self._named(i) for i in members[self.one[members]].tolist()),
                (self._named(thing),),
                tuple(self._named(i) for i in members[self.other[members]].tolist()),
            )

    def _named(self, node: int) -> tuple[NodeKey, str]:
        arrays = self.projection.arrays
        return NodeKey.trusted(arrays.keys[node]), arrays.names[node]
