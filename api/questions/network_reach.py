"""What lies within some steps of the network, on those nodes and relations alone that a filter lets pass."""

import re
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import orjson

from api.snapshot import Snapshot
from graph_service.arrays import IntArray
from graph_service.keys import Label, concept_key
from graph_service.model import EDGE_SPECS, EdgeType
from graph_service.network.ego import ENDS
from graph_service.network.ties import Mask, Ties
from graph_service.projection import Projection

_FIELDED = (Label.ACTOR, Label.ALLIANCE, Label.PRACTICE, Label.OFFER, Label.REQUEST, Label.EXCHANGE)
_FAR = 2**40


@dataclass(frozen=True, slots=True)
class Filters:
    """What may be walked on; None lets everything pass."""

    nodes: Mask | None = None
    live: Mask | None = None
    """By the number of a relation."""
    hidden: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reached:
    """Nodes, nearest first, with their steps from the beginning. ``pinned``: they are told apart in any case."""

    nodes: IntArray
    hops: IntArray
    pinned: Mask

    def joined(self, more: "Reached", most: int) -> "Reached":
        """With the nearest of others, which were asked for one by one and so stay told apart."""
        nodes = more.nodes[:most]
        here = np.isin(self.nodes, nodes)
        fresh = nodes[~np.isin(nodes, self.nodes)]
        middle = self.hops[self.nodes == nodes[0]] if len(nodes) else np.zeros(0, np.int64)
        step = int(middle[0]) + 1 if len(middle) else 1
        return Reached(
            np.concatenate([self.nodes, fresh]),
            np.concatenate([self.hops, np.full(len(fresh), step)]),
            np.concatenate([self.pinned | here, np.ones(len(fresh), np.bool_)]),
        )

    def without_idle(self, ties: Ties, pinned: tuple[int, ...]) -> "Reached":
        """Without beginnings that lead nowhere: of all places in a district those that something is in."""
        inside = np.zeros(ties.count, np.bool_)
        inside[self.nodes] = True
        entries = ties.entries(self.nodes)
        row = np.repeat(np.arange(len(self.nodes)), ties.degree[self.nodes])
        used = np.bincount(row[inside[ties.other[entries]]], minlength=len(self.nodes)) > 0
        keep = used | (self.hops > 0) | np.isin(self.nodes, pinned)
        hops = np.where((self.hops == 0) & ~np.isin(self.nodes, pinned), 1, self.hops)
        return Reached(self.nodes[keep], hops[keep], self.pinned[keep])


def reach(ties: Ties, sources: IntArray, depth: int, filters: Filters, *, through_places: bool = False) -> Reached:
    """Everything within ``depth`` steps of the sources, the nearest first.

    Terms are shown but not walked through, nor are places: to have a town in common brings nobody near.
    """
    allowed = np.ones(ties.count, np.bool_) if filters.nodes is None else filters.nodes.copy()
    allowed[sources] = True
    allowed[list(filters.hidden)] = False
    walkable = allowed.copy()
    for label in ENDS if through_places else (*ENDS, Label.MUNICIPALITY):
        span = ties.projection.spans[label]
        walkable[span.start : span.stop] = False
    hops, cost = np.full(ties.count, -1), np.full(ties.count, _FAR)
    front = sources[allowed[sources]]
    hops[front] = cost[front] = 0
    for step in range(1, depth + 1):
        entries = ties.entries(front)
        other, spent = ties.other[entries], np.repeat(cost[front], ties.degree[front]) + ties.cost[entries]
        fresh = (hops[other] < 0) & allowed[other]
        if filters.live is not None:
            fresh &= filters.live[ties.edge[entries]]
        np.minimum.at(cost, other[fresh], spent[fresh])
        found = np.unique(other[fresh])
        hops[found] = step
        front = found[walkable[found]]
        if not len(front):
            break
    nodes = np.flatnonzero(hops >= 0)
    order = np.lexsort((nodes, -ties.degree[nodes], cost[nodes]))
    return Reached(nodes[order], hops[nodes][order], np.zeros(len(nodes), np.bool_))


def passing(snapshot: Snapshot, labels: Collection[Label], field: str, year: int | None) -> Mask | None:
    """The nodes that kinds (none: all), a field of action and a year let pass; None for all.

    Raises NotFound for an unknown field.
    """
    if not labels and not field and year is None:
        return None
    projection = snapshot.projection
    passed = np.full(len(projection.arrays.keys), not labels)
    for label in labels:
        span = projection.spans[label]
        passed[span.start : span.stop] = True
    if field:
        passed &= _in_field(projection, field)
    if year is not None:
        first, last = snapshot.prepared("alliance-years", _alliance_years)
        span = projection.spans[Label.ALLIANCE]
        passed[span.start : span.stop] = (first <= year) & (last >= year)
    return passed


def _alliance_years(projection: Projection) -> tuple[IntArray, IntArray]:
    """In which year each alliance began and ended; those that do not say so last for ever."""
    span = projection.spans[Label.ALLIANCE]
    first, last = np.zeros(len(span), np.int64), np.full(len(span), 9999)
    for i, node in enumerate(span):
        said = projection.arrays.properties[node]
        if _DATED.search(said):
            dates = orjson.loads(said)
            first[i], last[i] = (
                int(str(dates.get(n) or d)[:4]) for n, d in (("started_on", "0000"), ("ended_on", "9999"))
            )
    return first, last


def _in_field(projection: Projection, field: str) -> Mask:
    concept = projection.spans[Label.CONCEPT].start + projection.position(concept_key("field", field))
    edges = projection.edges(EdgeType.IN_FIELD)
    inside = np.zeros(len(projection.arrays.keys), np.bool_)
    inside[edges.source[edges.target == concept]] = True
    members = projection.edges(EdgeType.MEMBER_OF)
    inside[members.source[inside[members.target]]] = True
    for label in Label:
        if label not in _FIELDED:
            span = projection.spans[label]
            inside[span.start : span.stop] = True
    return inside


def live_edges(ties: Ties, year: int | None) -> Mask | None:
    """The relations that lasted in a year, or say nothing about time; None for all."""
    if year is None:
        return None
    live = np.ones(int(ties.first[-1]), np.bool_)
    for kind, type in enumerate(ties.types):
        if not {"since", "on"} & set(EDGE_SPECS[type].properties):
            continue
        edges = ties.projection.edges(type)
        lasting = np.array([_lasting(text, year) for text in edges.properties], np.bool_)
        low, high = int(ties.first[kind]), int(ties.first[kind + 1])
        if high > low:
            live[low:high] = lasting[edges.said[ties.number[low:high]]]
    return live


def _lasting(properties: str, year: int) -> bool:
    said = orjson.loads(properties)
    return _lasts(said.get("since") or said.get("on"), said.get("until"), year)


def _lasts(since: str | None, until: str | None, year: int) -> bool:
    return not ((since and int(since[:4]) > year) or (until and int(until[:4]) < year))


def years_of(projection: Projection) -> tuple[int, ...]:
    """The first and the last year that relations or alliances speak of; nothing where none does."""
    texts = [projection.arrays.properties[i] for i in projection.spans[Label.ALLIANCE]]
    for type in _DATED_TYPES:
        texts += projection.edges(type).properties
    found = {int(year) for text in texts for year in _DATED.findall(text)}
    return (min(found), max(found)) if found else ()


_DATED = re.compile(r'"(?:started_on|ended_on|since|until|on)":"(\d{4})')
_DATED_TYPES = (EdgeType.MEMBER_OF, EdgeType.COOPERATES_WITH, EdgeType.APPLIED_IN, EdgeType.ADOPTED)


def fields_of(projection: Projection) -> tuple[str, ...]:
    """The fields of action that anything is in, by id."""
    concepts = np.unique(projection.edges(EdgeType.IN_FIELD).target).tolist()
    local = (projection.arrays.keys[i].partition(":")[2] for i in concepts)
    return tuple(each.removeprefix("field.") for each in local if each.startswith("field."))
