"""What an audience may see: a projection of its own, so that nothing hidden can influence any answer.

It knows levels of visibility and which records belong to which municipality; it never knows accounts, roles or HTTP.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import orjson

from graph_service.arrays import IntArray, Texts
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType, Visibility
from graph_service.projection import LEVELS, Arrays, Edges, Municipalities, Observations, Projection

Mask = npt.NDArray[np.bool_]

ORDER: Final = (Visibility.PUBLIC, Visibility.PEERS, Visibility.OWN, Visibility.OFFICE)
"""Widest first; a clearance sees its own level and all before it."""

_STATED = re.compile(rb'"visibility":"([a-z]+)"')
# where a record belongs: first the places it names itself, then those of the record that carries it
_HOME = (
    (EdgeType.LOCATED_IN, EdgeType.SERVES),
    (EdgeType.ACTS_IN,),
    (EdgeType.INVOLVES,),
    (EdgeType.APPLIED_IN,),
)
_CARRIER = ((EdgeType.OFFERS, False), (EdgeType.REQUESTED_BY, True), (EdgeType.CARRIED_BY, True))
"""Edge types whose one end belongs where the other does; True: the source follows the target."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is looking: the clearance, and the municipalities whose own records it covers (what lies in them included).

    A clearance of `OWN` means nothing beyond `PEERS` except through ``municipalities``.
    """

    clearance: Visibility = Visibility.PUBLIC
    municipalities: frozenset[NodeKey] = field(default_factory=frozenset)

    @property
    def sees_all(self) -> bool:
        """Whether nothing is hidden from it."""
        return self.clearance is Visibility.OFFICE


PUBLIC: Final = Audience()
OFFICE: Final = Audience(Visibility.OFFICE)


def seen_by(projection: Projection, audience: Audience) -> Projection:
    """The projection of what the audience may see, as if nothing else had ever been recorded.

    Returns the same projection where nothing is hidden, which is the usual case for open data.
    """
    if audience.sees_all:
        return projection
    levels = _node_levels(projection)
    edge_levels = {name: _edge_levels(edges) for name, edges in projection.arrays.edges.items()}
    if not levels.any() and not any(each.any() for each in edge_levels.values()):
        return projection
    mine = _mine(projection, audience, edge_levels)
    nodes = _allowed(levels, mine, audience)
    edges = {name: _edges_seen(projection, name, edge_levels[name], nodes, mine, audience) for name in edge_levels}
    return Projection(_reduced(projection, nodes, {name: found for name, found in edges.items() if found.any()}))


def edges_seen(projection: Projection, audience: Audience) -> dict[str, Mask]:
    """For each type of edges which of them the audience sees."""
    levels = {name: _edge_levels(edges) for name, edges in projection.arrays.edges.items()}
    mine = _mine(projection, audience, levels)
    nodes = _allowed(_node_levels(projection), mine, audience)
    return {name: _edges_seen(projection, name, levels[name], nodes, mine, audience) for name in levels}


def own_records(projection: Projection, audience: Audience) -> Mask:
    """For each node whether it belongs to a municipality of the audience."""
    edge_levels = {name: _edge_levels(edges) for name, edges in projection.arrays.edges.items()}
    return _mine(projection, audience, edge_levels)


def _levels_in(texts: Texts) -> IntArray:
    """For each text the position in ORDER of the visibility it states; 0 where it states none."""
    levels = np.zeros(len(texts), np.int64)
    names = [level.value for level in ORDER]
    for found in _STATED.finditer(texts.block.tobytes()):
        at = int(np.searchsorted(texts.offsets, found.start(), side="right")) - 1
        # the pattern cannot occur inside a JSON string, whose quotes are escaped
        levels[at] = names.index(found[1].decode())
    return levels


def _node_levels(projection: Projection) -> IntArray:
    return _levels_in(projection.arrays.properties)


def _edge_levels(edges: Edges) -> IntArray:
    return _levels_in(edges.properties)[edges.said]


def _allowed(levels: IntArray, mine: Mask, audience: Audience) -> Mask:
    """Whether records of these levels are seen, by whether they are the audience's own."""
    reach = min(ORDER.index(audience.clearance), ORDER.index(Visibility.PEERS))
    seen: Mask = (levels <= reach) | ((levels == ORDER.index(Visibility.OWN)) & mine)
    return seen


def _mine(projection: Projection, audience: Audience, edge_levels: Mapping[str, IntArray]) -> Mask:
    """For each node whether it belongs to the audience's municipalities; edges of the office's count for nothing."""
    mine = np.zeros(len(projection.arrays.keys), np.bool_)
    if not audience.municipalities:
        return mine
    _mark_areas(projection, audience, edge_levels, mine)
    office = ORDER.index(Visibility.OFFICE)

    def ends(type: EdgeType) -> tuple[IntArray, IntArray]:
        edges = projection.edges(type)
        counts = edge_levels.get(type.value, np.zeros(0, np.int64)) < office
        return edges.source[counts], edges.target[counts]

    for types in _HOME:
        placed = np.zeros(len(mine), np.bool_)
        for type in types:  # the second is asked only where the first says nothing
            source, target = ends(type)
            fresh = ~placed[source]
            np.logical_or.at(mine, source[fresh], mine[target[fresh]])
            placed[source] = True
    for type, forward in _CARRIER:
        source, target = ends(type)
        child, carrier = (source, target) if forward else (target, source)
        np.logical_or.at(mine, child, mine[carrier])
    return mine


def _mark_areas(projection: Projection, audience: Audience, edge_levels: Mapping[str, IntArray], mine: Mask) -> None:
    """Mark the audience's municipalities and all that lies in them."""
    place = projection.arrays.keys.place
    for key in audience.municipalities:
        if key in place:
            mine[place[key]] = True
    part_of = projection.edges(EdgeType.PART_OF)
    counts = edge_levels.get(EdgeType.PART_OF.value, np.zeros(0, np.int64)) < ORDER.index(Visibility.OFFICE)
    source, target = part_of.source[counts], part_of.target[counts]
    for _ in LEVELS:  # a chain is at most as long as there are levels
        np.logical_or.at(mine, source, mine[target])


def _edges_seen(
    projection: Projection, name: str, levels: IntArray, nodes: Mask, mine: Mask, audience: Audience
) -> Mask:
    edges = projection.arrays.edges[name]
    own = mine[edges.source] | mine[edges.target]
    seen: Mask = nodes[edges.source] & nodes[edges.target] & _allowed(levels, own, audience)
    return seen


def _reduced(projection: Projection, nodes: Mask, edges: Mapping[str, Mask]) -> Arrays:
    """The arrays of the nodes and edges that stay, numbered anew."""
    arrays = projection.arrays
    fresh = np.where(nodes, np.cumsum(nodes) - 1, -1)
    hidden = {arrays.keys[i] for i in np.flatnonzero(~nodes).tolist()}
    kept = {name: _kept_edges(arrays.edges[name], mask, fresh, hidden) for name, mask in edges.items()}
    span = projection.spans[Label.MUNICIPALITY]
    towns = nodes[span.start : span.stop]
    start = int(nodes[: span.start].sum())
    return Arrays(
        arrays.revision,
        _kept_texts(arrays.keys, nodes),
        _kept_texts(arrays.names, nodes),
        _kept_texts(arrays.properties, nodes),
        _kept_towns(arrays.municipalities, towns, kept.get(EdgeType.PART_OF.value), start),
        _kept_observations(projection, nodes),
        kept,
    )


def _kept_texts(texts: Texts, mask: Mask) -> Texts:
    return Texts.of(text for text, stays in zip(texts, mask.tolist(), strict=True) if stays)


def _renumbered(codes: IntArray, texts: Texts) -> tuple[IntArray, Texts]:
    """Codes into only those texts that are still in use, in the same order; -1 stays."""
    used = np.unique(codes[codes >= 0])
    place = np.full(len(texts) + 1, -1)
    place[used] = np.arange(len(used))
    return place[codes], Texts.of(texts[i] for i in used.tolist())


def _kept_edges(edges: Edges, mask: Mask, fresh: IntArray, hidden: set[str]) -> Edges:
    said, properties = _renumbered(edges.said[mask], edges.properties)
    texts = list(_without(properties, hidden))
    distinct = sorted(set(texts))
    place = {text: i for i, text in enumerate(distinct)}
    again = np.array([place[text] for text in texts], np.int64)
    return Edges(fresh[edges.source[mask]], fresh[edges.target[mask]], again[said], Texts.of(distinct))


def _without(properties: Texts, hidden: set[str]) -> Iterator[str]:
    """What edges say, without the names of hidden actors in it."""
    for text in properties:
        said = orjson.loads(text) if '"actor":' in text else {}
        if f"actor:{said.get('actor')}" in hidden:
            del said["actor"]
            yield orjson.dumps(said).decode()
        else:
            yield text


def _kept_towns(table: Municipalities, towns: Mask, part_of: Edges | None, start: int) -> Municipalities:
    parent = np.full(int(towns.sum()), -1)
    if part_of is not None:
        parent[part_of.source - start] = part_of.target - start
    kind, kinds = _renumbered(table.kind[towns], table.kinds)
    return replace(
        table,
        level=table.level[towns],
        parent=parent,
        population=table.population[towns],
        area_km2=table.area_km2[towns],
        longitude=table.longitude[towns],
        latitude=table.latitude[towns],
        kind=kind,
        kinds=kinds,
    )


def _kept_observations(projection: Projection, nodes: Mask) -> Observations:
    seen = projection.observations
    towns, measures = projection.spans[Label.MUNICIPALITY], projection.spans[Label.INDICATOR]
    town, measure = nodes[towns.start : towns.stop], nodes[measures.start : measures.stop]
    mask = town[seen.municipality] & measure[seen.indicator] if len(seen.value) else np.zeros(0, np.bool_)
    period, periods = _renumbered(seen.period[mask], seen.periods)
    flag, flags = _renumbered(seen.flag[mask], seen.flags)
    return Observations(
        (np.cumsum(town) - 1)[seen.municipality[mask]],
        (np.cumsum(measure) - 1)[seen.indicator[mask]],
        period,
        seen.value[mask],
        flag,
        periods,
        flags,
    )
