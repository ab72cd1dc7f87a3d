"""Nodes put into groups, so that a picture of many stays readable: by where they are, what they do, whom they know."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from api.questions.network import communities
from api.snapshot import Snapshot
from graph_service.arrays import IntArray
from graph_service.keys import Label
from graph_service.model import EdgeType, Level
from graph_service.network.places import place_of_actors
from graph_service.projection import Projection

MOST_GROUPS = 60
FEWEST = 3
"""A group of fewer is no group: its nodes are told apart."""


class AreaBy(StrEnum):
    """By what the nodes of a view are put into groups."""

    STATE = "state"
    DISTRICT = "district"
    FIELD = "field"
    COMMUNITY = "community"
    KIND = "kind"


@dataclass(frozen=True, slots=True)
class Group:
    """Nodes that are shown as one. ``name`` is empty where words must be found: for none, the rest, or a kind."""

    key: str
    name: str
    nodes: IntArray


@dataclass(frozen=True, slots=True)
class Sorted:
    """Groups, and the nodes that are told apart."""

    by: AreaBy
    groups: tuple[Group, ...]
    individuals: IntArray


@dataclass(frozen=True, slots=True)
class _Division:
    """For each node its group's number, -1 for none; keys and names by number."""

    of: IntArray
    keys: tuple[str, ...]
    names: tuple[str, ...]


def home_of(snapshot: Snapshot) -> IntArray:
    """For each node the position of the municipality that it is in, or -1; of several the first by key."""
    return snapshot.prepared("network-homes", _homes)


def _homes(projection: Projection) -> IntArray:
    spans = projection.spans
    towns = spans[Label.MUNICIPALITY]
    home = np.full(len(projection.arrays.keys), -1)
    home[towns.start : towns.stop] = np.arange(len(towns))
    actors = spans[Label.ACTOR]
    home[actors.start : actors.stop] = place_of_actors(projection)
    for type in (EdgeType.LOCATED_IN, EdgeType.ACTS_IN, EdgeType.APPLIED_IN, EdgeType.INVOLVES, EdgeType.SERVES):
        edges = projection.edges(type)
        _first(home, edges.source, edges.target - towns.start)
    for type in (EdgeType.MEMBER_OF, EdgeType.OFFERS):
        edges = projection.edges(type)
        _first(home, edges.target, home[edges.source])
    for type in (EdgeType.REQUESTED_BY, EdgeType.CARRIED_BY):
        edges = projection.edges(type)
        _first(home, edges.source, home[edges.target])
    return home


def _first(home: IntArray, nodes: IntArray, places: IntArray) -> None:
    """Give a place to nodes that have none yet; written backwards, the first stays."""
    open_ = (home[nodes] < 0) & (places >= 0)
    home[nodes[open_][::-1]] = places[open_][::-1]


def _division(snapshot: Snapshot, by: AreaBy) -> _Division:
    return snapshot.prepared(("network-division", by), lambda projection: _divide(snapshot, projection, by))


def _divide(snapshot: Snapshot, projection: Projection, by: AreaBy) -> _Division:
    match by:
        case AreaBy.STATE | AreaBy.DISTRICT:
            area = projection.state if by is AreaBy.STATE else projection.ancestor(Level.DISTRICT)
            home = home_of(snapshot)
            of = np.where(home >= 0, area[np.maximum(home, 0)] if len(area) else -1, -1)
            return _named(projection, of, Label.MUNICIPALITY)
        case AreaBy.FIELD:
            return _by_field(projection)
        case AreaBy.COMMUNITY:
            found = communities(snapshot)
            of = np.full(len(projection.arrays.keys), -1)
            for key, number in found.member_of.items():
                of[projection.spans[key.label].start + projection.position(key)] = number - 1
            names = tuple(each.central[0].name if each.central else "" for each in found.communities)
            return _Division(of, tuple(str(each.number) for each in found.communities), names)
        case AreaBy.KIND:
            of = np.full(len(projection.arrays.keys), -1)
            for i, label in enumerate(Label):
                span = projection.spans[label]
                of[span.start : span.stop] = i
            return _Division(of, tuple(label.value for label in Label), ("",) * len(Label))


def _named(projection: Projection, of: IntArray, label: Label) -> _Division:
    used = np.unique(of[of >= 0])
    keys = tuple(str(projection.key(label, i)) for i in used.tolist())
    names = tuple(projection.name(label, i) for i in used.tolist())
    return _Division(np.where(of >= 0, np.searchsorted(used, of), -1), keys, names)


def _by_field(projection: Projection) -> _Division:
    span, edges = projection.spans[Label.CONCEPT], projection.edges(EdgeType.IN_FIELD)
    of = np.full(len(projection.arrays.keys), -1)
    _first(of, edges.source, edges.target - span.start)
    members = projection.edges(EdgeType.MEMBER_OF)
    _first(of, members.source, of[members.target])
    _first(of, members.target, of[members.source])
    return _named(projection, of, Label.CONCEPT)


def choose_grouping(snapshot: Snapshot, nodes: IntArray) -> AreaBy:
    """What divides these nodes best: into several groups, few without one."""
    best, least = AreaBy.KIND, 0.55
    for by in (AreaBy.STATE, AreaBy.DISTRICT, AreaBy.COMMUNITY, AreaBy.FIELD):
        of = _division(snapshot, by).of[nodes]
        told = of[of >= 0]
        counts = np.sort(np.bincount(told)) if len(told) else np.zeros(1, np.int64)
        groups = int((counts > 0).sum())
        # what the largest sixty tell of all, unless one of them is nearly everything
        share = float(counts[-MOST_GROUPS:].sum()) / len(nodes) if len(nodes) else 0.0
        if groups >= 4 and counts[-1] < 0.8 * len(nodes) and share > least:
            return by
    return best


def sort_into(
    snapshot: Snapshot, by: AreaBy, nodes: IntArray, opened: Collection[str], hidden: Collection[str], most: int
) -> Sorted:
    """Groups of these nodes, the largest first; of opened ones the first ``most`` nodes are told apart."""
    division = _division(snapshot, by)
    of = division.of[nodes]
    order = np.argsort(of, kind="stable")
    bounds = np.searchsorted(of[order], np.arange(-1, len(division.keys) + 1))
    parts = [(i - 1, nodes[np.sort(order[bounds[i] : bounds[i + 1]])]) for i in range(len(division.keys) + 1)]
    parts = sorted((each for each in parts if len(each[1])), key=lambda each: (-len(each[1]), each[0]))
    groups: list[Group] = []
    apart: list[IntArray] = []
    rest: list[IntArray] = []
    for i, members in parts:
        key = f"group:{by.value}:{division.keys[i] if i >= 0 else 'none'}"
        if key in hidden:
            continue
        if key in opened:
            apart.append(members[:most])
            members = members[most:]
        elif len(members) < FEWEST and len(parts) <= MOST_GROUPS:
            apart.append(members)
            continue
        if not len(members):
            continue
        if len(groups) < MOST_GROUPS:
            groups.append(Group(key, division.names[i] if i >= 0 else "", members))
        else:
            rest.append(members)
    if rest and (key := f"group:{by.value}:rest") not in hidden:
        groups.append(Group(key, "", np.concatenate(rest)))
    return Sorted(by, tuple(groups), np.concatenate(apart) if apart else np.zeros(0, np.int64))
