"""Questions to the network that are asked again and again on one revision: what takes long is worked out once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from scipy import sparse

from api.questions.terms import find_topic
from api.snapshot import Snapshot
from graph_service.arrays import IntArray
from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType, Level
from graph_service.network.aggregate import Aggregate, Matrix, aggregate
from graph_service.network.brokers import Brokers, find_brokers
from graph_service.network.communities import Communities, Community, find_communities
from graph_service.network.ego import EgoNetwork, ego_of
from graph_service.network.fields import Fields, find_fields
from graph_service.network.paths import Paths, paths_of
from graph_service.network.places import place_of_actors
from graph_service.network.ties import ALL, PLACE, WORK, Ties
from graph_service.projection import Projection
from matching.duplicates.matcher import LEAST, Duplicate, DuplicateMatcher, DuplicateRanker
from matching.naming.nodes import find_node

MOST_BROKERS = 200


class Grouping(StrEnum):
    """By what a network is put into groups."""

    MUNICIPALITY = "municipality"
    """Where each actor is located itself."""
    STATE = "state"
    DISTRICT = "district"
    FIELD = "field"
    COMMUNITY = "community"


@dataclass(frozen=True, slots=True)
class CommunityMember:
    """An actor or alliance of a community."""

    key: NodeKey
    name: str
    label: Label


@dataclass(frozen=True, slots=True)
class CommunitiesFound:
    """The largest communities of the network."""

    revision: int
    modularity: float
    actors: int
    communities: tuple[Community, ...]


@dataclass(frozen=True, slots=True)
class CommunityFound:
    """One community with its members."""

    revision: int
    community: Community
    members: tuple[CommunityMember, ...]


@dataclass(frozen=True, slots=True)
class DuplicatesFound:
    """Pairs of records that are probably the same actor, the likeliest first."""

    revision: int
    actor: NodeKey | None
    least: float
    suggestions: tuple[Duplicate, ...]


def find_anything(projection: Projection, text: str) -> NodeKey:
    """What a person means by a key or name: a term only if nothing else is called that. Raises NotFound, Ambiguous."""
    if not len(projection.arrays.keys):
        raise NotFound(
            "a store with something in it: fill it with `kompass demo` or `kompass import`", "an empty store"
        )
    try:
        return find_node(projection, text)
    except NotFound as unknown:
        try:
            return find_topic(projection, text.strip())
        except NotFound:
            raise unknown from None


def find_ego(
    snapshot: Snapshot,
    key: NodeKey,
    *,
    depth: int = 1,
    limit: int = 50,
    types: Collection[EdgeType] = (),
    labels: Collection[Label] = (),
) -> EgoNetwork:
    """What is around a node, the nearest first; raises NotFound."""
    ties = ties_of(snapshot, types or ALL, {*labels, key.label} if labels else ())
    return ego_of(ties, key, depth=depth, limit=limit)


def find_paths(
    snapshot: Snapshot,
    source: NodeKey,
    target: NodeKey,
    *,
    limit: int = 3,
    types: Collection[EdgeType] = (),
    labels: Collection[Label] = (),
) -> Paths:
    """The best ways from one node to another; raises NotFound."""
    ties = ties_of(snapshot, types or WORK | PLACE, {*labels, source.label, target.label} if labels else ())
    return paths_of(ties, source, target, limit=limit)


def communities(snapshot: Snapshot) -> Communities:
    """All communities, found once for a snapshot."""
    return snapshot.prepared("communities", find_communities, ahead=True)


def largest_communities(snapshot: Snapshot, *, limit: int) -> CommunitiesFound:
    """The largest communities."""
    found = communities(snapshot)
    return CommunitiesFound(found.revision, found.modularity, found.actors, found.communities[:limit])


def find_community(snapshot: Snapshot, number: int) -> CommunityFound:
    """One community with its members; raises NotFound."""
    found = communities(snapshot)
    if not 1 <= number <= len(found.communities):
        raise NotFound("the number of a community", number)
    members = tuple(members_of(snapshot.projection, found, number))
    return CommunityFound(found.revision, found.communities[number - 1], members)


def members_of(projection: Projection, found: Communities, number: int) -> Iterable[CommunityMember]:
    """The members of a community, in key order."""
    for key, community in found.member_of.items():
        if community == number:
            yield CommunityMember(key, projection.name(key.label, projection.position(key)), key.label)


def brokers(snapshot: Snapshot, *, limit: int) -> Brokers:
    """Who connects those that are otherwise apart."""
    found = snapshot.prepared("brokers", lambda projection: find_brokers(projection, limit=MOST_BROKERS), ahead=True)
    return replace(found, brokers=found.brokers[:limit])


def fields(snapshot: Snapshot) -> Fields:
    """How dense the network is in each field of action."""
    return snapshot.prepared("fields", find_fields)


def duplicate_ranker(snapshot: Snapshot, least: float = LEAST) -> DuplicateRanker:
    """Who is probably recorded twice, prepared once for the usual least score."""
    if least == LEAST:
        return snapshot.prepared("duplicates", DuplicateMatcher().fit, ahead=True)
    return DuplicateMatcher(least).fit(snapshot.projection)


def find_duplicates(
    snapshot: Snapshot, actor: NodeKey | None = None, *, limit: int, least: float = LEAST
) -> DuplicatesFound:
    """Pairs that are probably one, all or those with one actor; raises NotFound."""
    found = duplicate_ranker(snapshot, least).suggest(actor, limit=limit)
    return DuplicatesFound(snapshot.revision, actor, least, tuple(found))


def find_aggregate(snapshot: Snapshot, by: Grouping, *, limit: int) -> Aggregate:
    """The network in groups."""
    most = snapshot.prepared(("aggregate", by), lambda projection: _aggregate(snapshot, projection, by))
    links = most.links[:limit]
    return replace(most, links=links, left_out=most.left_out + len(most.links) - len(links))


MOST_LINKS = 2000
_IN_FIELDS = (Label.ACTOR, Label.ALLIANCE)
"""An actor is in a field itself, or as a member of an alliance that is."""


def _aggregate(snapshot: Snapshot, projection: Projection, by: Grouping) -> Aggregate:
    match by:
        case Grouping.FIELD:
            groups, belongs = _by_field(projection)
        case Grouping.COMMUNITY:
            groups, belongs = _by_community(projection, communities(snapshot))
        case _:
            groups, belongs = _by_area(projection, _areas(projection, by))
    return aggregate(projection, by.value, groups, belongs, limit=MOST_LINKS)


def _areas(projection: Projection, by: Grouping) -> IntArray:
    if by is Grouping.MUNICIPALITY:
        return np.arange(len(projection.spans[Label.MUNICIPALITY]))
    return projection.ancestor(Level.STATE if by is Grouping.STATE else Level.DISTRICT)


def _by_area(projection: Projection, area: IntArray) -> tuple[list[tuple[str, str]], Matrix]:
    home = place_of_actors(projection)
    place = np.where(home >= 0, area[np.maximum(home, 0)] if len(area) else -1, -1)
    used = np.unique(place[place >= 0])
    groups = [
        (str(projection.key(Label.MUNICIPALITY, i)), projection.name(Label.MUNICIPALITY, i)) for i in used.tolist()
    ]
    inside = np.flatnonzero(place >= 0)
    return groups, _belongs(inside, np.searchsorted(used, place[inside]), len(home), len(used))


def _by_field(projection: Projection) -> tuple[list[tuple[str, str]], Matrix]:
    span = projection.spans[Label.CONCEPT]
    chosen = [i for i in range(len(span)) if projection.key(Label.CONCEPT, i).local.startswith("field.")]
    groups = [(str(projection.key(Label.CONCEPT, i)), projection.name(Label.CONCEPT, i)) for i in chosen]
    members = projection.adjacency(EdgeType.MEMBER_OF, Label.ACTOR, Label.ALLIANCE)
    own, joint = (projection.adjacency(EdgeType.IN_FIELD, each, Label.CONCEPT)[:, chosen] for each in _IN_FIELDS)
    found = sparse.coo_array(sparse.csr_array(own + members @ joint) > 0)
    actor, group = found.row.astype(np.int64), found.col.astype(np.int64)
    return groups, _belongs(actor, group, len(projection.spans[Label.ACTOR]), len(chosen))


def _by_community(projection: Projection, found: Communities) -> tuple[list[tuple[str, str]], Matrix]:
    groups = [(str(each.number), each.central[0].name if each.central else "") for each in found.communities]
    pairs = [(projection.position(k), n - 1) for k, n in found.member_of.items() if k.label is Label.ACTOR]
    actor, group = (np.array([pair[i] for pair in pairs], np.int64) for i in range(2))
    return groups, _belongs(actor, group, len(projection.spans[Label.ACTOR]), len(groups))


def _belongs(actor: IntArray, group: IntArray, actors: int, groups: int) -> Matrix:
    return sparse.csr_array((np.ones(len(actor)), (actor, group)), shape=(actors, groups))


def ties_of(snapshot: Snapshot, types: Collection[EdgeType], labels: Collection[Label]) -> Ties:
    """The usual ties are prepared once; others for the question alone."""
    usual = frozenset(types)
    if labels or usual not in (ALL, WORK | PLACE):
        return Ties.of(snapshot.projection, types, labels)
    return snapshot.prepared(("ties", usual), lambda projection: Ties.of(projection, usual))
