"""A reader that shows an audience what it may see and nothing else: for what is not in a projection.

Claims, boundaries, datasets and exports come from the store itself. Built from such a reader a projection is the same
as the audience's own, so it does not matter on which side of the store hidden records are left out.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, takewhile

import numpy as np
import orjson

from graph_service.codec import edge_properties
from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import Boundary, Claim, Edge, EdgeType, Node, Scalar, Series, Visibility, edge_qualifier
from graph_service.projection import Projection
from graph_service.store.contract import Claimed, DatasetStatus, EdgeColumns, NodeColumns, Reader
from graph_service.store.journal import Entry
from graph_service.visibility import ORDER, Audience, edges_seen, own_records, seen_by

_Record = Node | Edge | Boundary | Series
Identity = tuple[EdgeType, str, str, str]


@dataclass(frozen=True, eq=False)
class Sight:
    """What an audience may see of one revision, worked out once for any number of readers of that revision."""

    whole: Projection
    seen: Projection
    """The same revision as the audience sees it, other records of one actor not yet put together."""
    audience: Audience
    own: frozenset[str]
    """The keys of what belongs to the audience's municipalities."""
    hidden_edges: frozenset[Identity]
    """Edges between visible nodes that are hidden themselves."""

    @classmethod
    def of(cls, whole: Projection, audience: Audience, seen: Projection | None = None) -> "Sight":
        """Work it out; ``seen`` is what `seen_by` makes of the same, if that is there already."""
        found = seen_by(whole, audience) if seen is None else seen
        if found is whole:
            return cls(whole, found, audience, frozenset(), frozenset())
        own = frozenset(whole.arrays.keys[i] for i in np.flatnonzero(own_records(whole, audience)).tolist())
        return cls(whole, found, audience, own, frozenset(_hidden_edges(whole, found, audience)))

    @property
    def hides(self) -> bool:
        """Whether there is anything that the audience does not see."""
        return self.seen is not self.whole

    @property
    def shows_all_figures(self) -> bool:
        """Whether every municipality and every indicator is seen."""
        return all(
            len(self.seen.spans[label]) == len(self.whole.spans[label])
            for label in (Label.MUNICIPALITY, Label.INDICATOR)
        )

    def shows(self, key: str) -> bool:
        """Whether a node is seen."""
        return key in self.seen.arrays.keys.place

    def shows_edge(self, edge: Edge) -> bool:
        """Whether an edge is seen, and so its two ends are."""
        ends = self.shows(edge.source) and self.shows(edge.target)
        return ends and (edge.type, edge.source, edge.target, edge.qualifier) not in self.hidden_edges

    def may_hear(self, stated: Visibility | None, *about: str) -> bool:
        """Whether what is stated with this visibility about these nodes is for the audience."""
        level = 0 if stated is None else ORDER.index(stated)
        reach = min(ORDER.index(self.audience.clearance), ORDER.index(Visibility.PEERS))
        mine = any(key in self.own for key in about)
        return self.audience.sees_all or level <= reach or (stated is Visibility.OWN and mine)


def _hidden_edges(whole: Projection, seen: Projection, audience: Audience) -> Iterator[Identity]:
    keys, place = whole.arrays.keys, seen.arrays.keys.place
    for name, shown in edges_seen(whole, audience).items():
        edges, type = whole.arrays.edges[name], EdgeType(name)
        for i in np.flatnonzero(~shown).tolist():
            source, target = keys[int(edges.source[i])], keys[int(edges.target[i])]
            if source in place and target in place:
                yield type, source, target, edge_qualifier(type, edges.property(i))


class SeenReader:
    """Shows what a sight allows. Where nothing is hidden the reader itself does, with less work."""

    def __init__(self, reader: Reader, sight: Sight) -> None:
        """Look through a sight of the reader's present revision."""
        self._reader, self._sight = reader, sight

    def revision(self) -> int:
        """The whole graph's revision."""
        return self._reader.revision()

    def identity(self) -> str:
        """The whole store's identity."""
        return self._reader.identity()

    def datasets(self) -> list[DatasetStatus]:
        """The datasets with how much of each is seen; one of which nothing is seen is not named."""
        if not self._sight.hides:
            return self._reader.datasets()
        found = []
        for status in self._reader.datasets():
            counts = self._counts(status)
            if counts or not any(status.counts.values()):
                found.append(replace(status, counts=counts))
        return found

    def _counts(self, status: DatasetStatus) -> dict[str, int]:
        records: Iterator[_Record] = (each.record for each in self._reader.claimed(status.dataset.id))
        if self._sight.shows_all_figures:
            # a million values need not be looked at: they come after nodes and edges, and all of them are seen
            records = takewhile(lambda record: isinstance(record, Node | Edge), records)
            counts = Counter({name: status.counts.get(name, 0) for name in ("boundary", "series")})
        else:
            counts = Counter()
        counts.update(_table(record) for record in records if self._shows_claim(record))
        return {name: counts[name] for name in status.counts if counts[name]}

    def node(self, key: NodeKey) -> Node:
        """The shown node; raises NotFound for a hidden one as for none."""
        if not self._sight.shows(key):
            raise NotFound("a known node", key)
        return self._reader.node(key)

    def nodes(self, label: Label | None = None) -> Iterator[Node]:
        """The nodes that are seen."""
        return (node for node in self._reader.nodes(label) if self._sight.shows(node.key))

    def node_columns(self) -> NodeColumns:
        """The same as columns."""
        whole = self._reader.node_columns()
        kept = [i for i, key in enumerate(whole.key) if self._sight.shows(key)]
        return NodeColumns([whole.key[i] for i in kept], [whole.properties[i] for i in kept])

    def keys(self, label: Label | None = None) -> set[NodeKey]:
        """The keys of the nodes that are seen."""
        return {key for key in self._reader.keys(label) if self._sight.shows(key)}

    def edges(self, type: EdgeType | None = None) -> Iterator[Edge]:
        """The edges that are seen; what names a hidden actor loses that name."""
        return (self._bare(edge) for edge in self._reader.edges(type) if self._sight.shows_edge(edge))

    def edge_columns(self, type: EdgeType) -> EdgeColumns:
        """The same edges of one type as columns."""
        if not self._sight.hides:
            return self._reader.edge_columns(type)
        whole = self._reader.edge_columns(type)
        rows = zip(self._reader.edges(type), whole.properties, strict=True)
        kept = [(edge, self._bare_text(edge, text)) for edge, text in rows if self._sight.shows_edge(edge)]
        source, target = [str(edge.source) for edge, _ in kept], [str(edge.target) for edge, _ in kept]
        return EdgeColumns(source, target, [text for _, text in kept])

    def edges_of(self, key: NodeKey) -> list[Edge]:
        """The edges of a node that are seen."""
        return [self._bare(edge) for edge in self._reader.edges_of(key) if self._sight.shows_edge(edge)]

    def series(self, municipality: NodeKey | None = None) -> Iterator[Series]:
        """The series of municipalities and indicators that are seen."""
        return (s for s in self._reader.series(municipality) if self._shows_series(s))

    def boundaries(self) -> Iterator[Boundary]:
        """The boundaries of municipalities that are seen."""
        return (b for b in self._reader.boundaries() if self._sight.shows(b.municipality))

    def claims(self, key: NodeKey) -> list[Claim]:
        """Who says what of a node that is seen; a claim that is meant for fewer is left out."""
        if not self._sight.shows(key):
            return []
        return [claim for claim in self._reader.claims(key) if self._sight.may_hear(_stated(claim), key)]

    def contested(self) -> Iterator[tuple[NodeKey, list[Claim]]]:
        """The claims of each node of which the audience hears several datasets."""
        if not self._sight.hides:
            yield from self._reader.contested()
            return
        for key, claims in self._reader.contested():
            heard = [claim for claim in claims if self._sight.may_hear(_stated(claim), key)]
            if len(heard) > 1 and self._sight.shows(key):
                yield key, heard

    def claimed(self, dataset: str) -> Iterator[Claimed]:
        """What a dataset claims of what is seen; raises NotFound for a dataset of which nothing is."""
        if not self._sight.hides:
            return self._reader.claimed(dataset)
        found = self._visible(dataset)
        first = next(found, None)
        if first is None and any(True for _ in self._reader.claimed(dataset)):
            raise NotFound("a known dataset", dataset)
        return found if first is None else chain((first,), found)

    def journal(self, *, since: int = 0, key: NodeKey | None = None, limit: int | None = None) -> list[Entry]:
        """What was written about what is seen, where it was for the audience before and is so after."""
        if not self._sight.hides:
            return self._reader.journal(since=since, key=key, limit=limit)
        found = [each for each in self._reader.journal(since=since, key=key) if self._shows_entry(each)]
        return found[:limit]

    def _visible(self, dataset: str) -> Iterator[Claimed]:
        for each in self._reader.claimed(dataset):
            if self._shows_claim(each.record):
                record = each.record
                yield replace(each, record=self._bare(record)) if isinstance(record, Edge) else each

    def _shows_claim(self, record: _Record) -> bool:
        match record:
            case Node(key=key, visibility=stated):
                return self._sight.shows(key) and self._sight.may_hear(stated, key)
            case Edge(source=source, target=target, visibility=stated):
                return self._sight.shows_edge(record) and self._sight.may_hear(stated, source, target)
            case Boundary(municipality=municipality):
                return self._sight.shows(municipality)
            case Series():
                return self._shows_series(record)

    def _shows_series(self, series: Series) -> bool:
        return self._sight.shows(series.municipality) and self._sight.shows(series.indicator)

    def _shows_entry(self, entry: Entry) -> bool:
        states = [record for record in (entry.before, entry.after) if record is not None]
        return bool(states) and all(self._shows_claim(record) for record in states)

    def _bare_text(self, edge: Edge, text: str) -> str:
        bare = self._bare(edge)
        return text if bare is edge else orjson.dumps(edge_properties(bare)).decode()

    def _bare(self, edge: Edge) -> Edge:
        """An edge without the name of an actor that is not seen."""
        actor = edge.properties.get("actor")
        key = f"actor:{actor}"
        if actor is None or self._sight.shows(key) or key not in self._sight.whole.arrays.keys.place:
            return edge
        said: dict[str, Scalar] = {name: value for name, value in edge.properties.items() if name != "actor"}
        return replace(edge, properties=said)


def _stated(claim: Claim) -> Visibility | None:
    stated = claim.properties.get("visibility")
    return None if stated is None else Visibility(str(stated))


def _table(record: _Record) -> str:
    """What claims of this sort are counted as."""
    match record:
        case Node():
            return "node"
        case Edge():
            return "edge"
        case Boundary():
            return "boundary"
        case Series():
            return "series"
