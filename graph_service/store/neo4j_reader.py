"""What a unit of work may ask of a Neo4j store: nodes as they are shown; edges, series, boundaries merged when read."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

import orjson

from graph_service.codec import dataset_from, edge_from, merged, node_from
from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import Boundary, Claim, Edge, EdgeType, Node, Series
from graph_service.store.contract import Claimed, DatasetStatus, EdgeColumns, NodeColumns
from graph_service.store.journal import Entry, entry_from
from graph_service.store.neo4j_cypher import (
    SINCE,
    STORE,
    Cypher,
    edge_plain,
    edge_values,
    moment,
    prefix,
    qualifier,
    series_from,
)
from graph_service.store.series import merge_series

KINDS = ("node", "edge", "boundary", "series")
"""What `DatasetStatus.counts` counts; a Dataset node keeps the counts as ``_node`` and so on."""

_TYPES = sorted(EdgeType, key=lambda kind: kind.value)


class Neo4jReader:
    """Reads inside one transaction; see `contract.Reader` for what each method promises."""

    def __init__(self, cypher: Cypher) -> None:
        self._cypher = cypher
        self._known_ranks: dict[str, tuple[int, str]] | None = None

    def _ranks(self) -> dict[str, tuple[int, str]]:
        """Each dataset's id → the order in which it is believed."""
        if self._known_ranks is None:
            rows = self._cypher.ask("MATCH (d:Dataset) RETURN d.id, d.precedence")
            self._known_ranks = {id: (precedence, id) for id, precedence in rows}
        return self._known_ranks

    def identity(self) -> str:
        """The store's random name."""
        (row,) = self._cypher.ask("MATCH (s:Store {id: $id}) RETURN s.identity", id=STORE)
        return str(row[0])

    def revision(self) -> int:
        """The revision as it was last committed, or as this unit of work will leave it unless it changes more."""
        (row,) = self._cypher.ask("MATCH (s:Store {id: $id}) RETURN s.revision", id=STORE)
        return int(row[0])

    def datasets(self) -> list[DatasetStatus]:
        """The datasets with their counts."""
        rows = self._cypher.ask("MATCH (d:Dataset) RETURN properties(d), d.updated_at ORDER BY d.precedence, d.id")
        return [
            DatasetStatus(dataset_from(row), moment(at), {k: row[f"_{k}"] for k in KINDS if row[f"_{k}"]})
            for row, at in rows
        ]

    def node(self, key: NodeKey) -> Node:
        """The shown node."""
        query = "MATCH (n:Entity {key: $key}) WHERE n.name IS NOT NULL RETURN properties(n)"
        for (properties,) in self._cypher.ask(query, key=key):
            return _node(properties)
        raise NotFound("a known node", key)

    def nodes(self, label: Label | None = None) -> Iterator[Node]:
        """The shown nodes in key order."""
        return (_node(properties) for (properties,) in self._nodes("properties(n)", label))

    def node_columns(self) -> NodeColumns:
        """The shown nodes as columns."""
        columns = NodeColumns([], [])
        for (properties,) in self._nodes("properties(n)", None):
            columns.key.append(properties.pop("key"))
            columns.properties.append(orjson.dumps(properties).decode())
        return columns

    def keys(self, label: Label | None = None) -> set[NodeKey]:
        """The keys of the shown nodes."""
        return {NodeKey.trusted(key) for (key,) in self._nodes("n.key", label)}

    def _nodes(self, what: str, label: Label | None) -> Iterator[Sequence[Any]]:
        return self._cypher.ask(
            f"MATCH (n:Entity) WHERE n.key STARTS WITH $prefix AND n.name IS NOT NULL RETURN {what} ORDER BY n.key",
            prefix=prefix(label),
        )

    def edges(self, type: EdgeType | None = None) -> Iterator[Edge]:
        """The shown edges in key order."""
        for kind in _TYPES if type is None else [type]:
            for source, target, properties in self._edges(kind):
                yield edge_from(kind, source, target, properties)

    def edge_columns(self, type: EdgeType) -> EdgeColumns:
        """The shown edges of a type as columns."""
        columns = EdgeColumns([], [], [])
        for source, target, properties in self._edges(type):
            columns.source.append(source)
            columns.target.append(target)
            columns.properties.append(orjson.dumps(properties).decode())
        return columns

    def _edges(self, kind: EdgeType) -> Iterator[tuple[str, str, dict[str, object]]]:
        # the range on the key makes the server read in the order of its index instead of sorting millions
        rows = self._cypher.ask(
            f"MATCH (s:Entity)-[r:{kind.value}]->(t:Entity)"
            " WHERE s.key >= '' AND s.name IS NOT NULL AND t.name IS NOT NULL"
            f" RETURN s.key, t.key, r.dataset, {edge_values(kind)} ORDER BY s.key, t.key"
        )
        for (source, target), group in groupby(rows, itemgetter(0, 1)):
            claims = [(str(row[2]), edge_plain(kind, row[3:])) for row in group]
            for properties in self._merged(kind, claims):
                yield source, target, properties

    def _merged(self, kind: EdgeType, claims: Sequence[tuple[str, Any]]) -> Iterator[dict[str, object]]:
        """What is shown of claims (dataset, properties) that join the same two nodes, by qualifier."""
        if len(claims) == 1:
            yield claims[0][1]
            return
        ranks = self._ranks()
        ordered = sorted(claims, key=lambda claim: (qualifier(kind, claim[1]), ranks[claim[0]]))
        for _, group in groupby(ordered, key=lambda claim: qualifier(kind, claim[1])):
            shown = merged(properties for _, properties in group)
            yield dict(sorted(shown.items(), key=lambda item: (item[0] == "visibility", item[0])))

    def edges_of(self, key: NodeKey) -> list[Edge]:
        """The shown edges at a node."""
        rows = self._cypher.ask(
            "MATCH (n:Entity {key: $key})-[r]-(o:Entity) WHERE n.name IS NOT NULL AND o.name IS NOT NULL"
            " RETURN type(r), startNode(r).key, endNode(r).key, r.dataset, r { .*, dataset: null, _since: null }",
            key=key,
        )
        found = sorted(rows, key=itemgetter(0, 1, 2))
        edges = []
        for (name, source, target), group in groupby(found, itemgetter(0, 1, 2)):
            kind = EdgeType(name)
            claims = [(row[3], {n: v for n, v in row[4].items() if v is not None}) for row in group]
            edges += [edge_from(kind, source, target, properties) for properties in self._merged(kind, claims)]
        return edges

    def series(self, municipality: NodeKey | None = None) -> Iterator[Series]:
        """The shown series in key order."""
        condition = "m.key STARTS WITH $key" if municipality is None else "m.key = $key"
        rows = self._cypher.ask(
            f"MATCH (m:Entity)-[:HAS_SERIES]->(s:Series)-[:MEASURES]->(i:Entity) WHERE {condition}"
            " AND m.name IS NOT NULL AND i.name IS NOT NULL"
            " RETURN m.key, i.key, s.dataset, s.periods, s.values, s.flags ORDER BY m.key",
            key=municipality or prefix(Label.MUNICIPALITY),
        )
        ranks = self._ranks()
        for town, group in groupby(rows, itemgetter(0)):
            claims = sorted(group, key=lambda row: (row[1], ranks[row[2]]))
            for measure, same in groupby(claims, itemgetter(1)):
                yield merge_series([series_from(town, measure, row[3:]) for row in same])

    def boundaries(self) -> Iterator[Boundary]:
        """The shown boundary of each shown municipality."""
        rows = self._cypher.ask(
            "MATCH (m:Entity)-[:HAS_BOUNDARY]->(b:Boundary) WHERE m.key STARTS WITH $prefix AND m.name IS NOT NULL"
            " RETURN m.key, b.dataset, b.geometry, b.territory_date ORDER BY m.key",
            prefix=prefix(Label.MUNICIPALITY),
        )
        ranks = self._ranks()
        for town, group in groupby(rows, itemgetter(0)):
            best = min(group, key=lambda row: ranks[row[1]])
            yield _boundary(town, best[2], best[3])

    def claims(self, key: NodeKey) -> list[Claim]:
        """Who says what of this node, most believed first."""
        rows = self._cypher.ask(
            "MATCH (d:Dataset)-[c:CLAIMS]->(:Entity {key: $key})"
            " RETURN d.id, properties(c) ORDER BY d.precedence, d.id",
            key=key,
        )
        return [Claim(dataset, properties, moment(properties.pop(SINCE))) for dataset, properties in rows]

    def contested(self) -> Iterator[tuple[NodeKey, list[Claim]]]:
        """The claims of each node that several datasets speak of."""
        rows = self._cypher.ask(
            "MATCH (n:Entity) WHERE n.key >= '' AND COUNT { (n)<-[:CLAIMS]-() } > 1 MATCH (d:Dataset)-[c:CLAIMS]->(n)"
            " RETURN n.key, d.id, properties(c) ORDER BY n.key, d.precedence, d.id"
        )
        for key, group in groupby(rows, itemgetter(0)):
            yield NodeKey(key), [Claim(dataset, said, moment(said.pop(SINCE))) for _, dataset, said in group]

    def journal(self, *, since: int = 0, key: NodeKey | None = None, limit: int | None = None) -> list[Entry]:
        """What was written after a revision, in order."""
        about = "" if key is None else "AND (e.source = $key OR e.target = $key)"
        rows = self._cypher.ask(
            f"MATCH (e:JournalEntry) WHERE e.revision > $since {about}"
            f" RETURN properties(e) ORDER BY e.number {'' if limit is None else 'LIMIT $limit'}",
            since=since,
            key=key,
            limit=limit,
        )
        return [entry_from(plain, moment(plain["at"])) for (plain,) in rows]

    def claimed(self, dataset: str) -> Iterator[Claimed]:
        """Everything a dataset claims, with its times."""
        if dataset not in self._ranks():
            raise NotFound("a known dataset", dataset)
        return chain(self._claimed_nodes(dataset), self._claimed_edges(dataset), self._claimed_rest(dataset))

    def _claimed_nodes(self, dataset: str) -> Iterator[Claimed]:
        rows = self._cypher.ask(
            "MATCH (:Dataset {id: $dataset})-[c:CLAIMS]->(n:Entity) RETURN n.key, properties(c) ORDER BY n.key",
            dataset=dataset,
        )
        for key, properties in rows:
            since = moment(properties.pop(SINCE))
            yield Claimed(node_from(key, properties), since)

    def _claimed_edges(self, dataset: str) -> Iterator[Claimed]:
        for kind in _TYPES:
            rows = self._cypher.ask(
                f"MATCH (s:Entity)-[r:{kind.value}]->(t:Entity) WHERE s.key >= '' AND r.dataset = $dataset"
                f" RETURN s.key, t.key, r.{SINCE}, {edge_values(kind)} ORDER BY s.key, t.key",
                dataset=dataset,
            )
            for (source, target), group in groupby(rows, itemgetter(0, 1)):
                claims = [(edge_plain(kind, row[3:]), moment(row[2])) for row in group]
                for properties, since in sorted(claims, key=lambda claim: qualifier(kind, claim[0])):
                    yield Claimed(edge_from(kind, source, target, properties), since)

    def _claimed_rest(self, dataset: str) -> Iterator[Claimed]:
        rows = self._cypher.ask(
            "MATCH (m:Entity)-[:HAS_BOUNDARY]->(b:Boundary {dataset: $dataset})"
            f" RETURN m.key, b.geometry, b.territory_date, b.{SINCE} ORDER BY m.key",
            dataset=dataset,
        )
        for town, geometry, day, since in rows:
            yield Claimed(_boundary(town, geometry, day), moment(since))
        rows = self._cypher.ask(
            "MATCH (m:Entity)-[:HAS_SERIES]->(s:Series {dataset: $dataset})-[:MEASURES]->(i:Entity)"
            f" RETURN m.key, i.key, s.{SINCE}, s.periods, s.values, s.flags ORDER BY m.key, i.key",
            dataset=dataset,
        )
        for town, measure, since, *values in rows:
            yield Claimed(series_from(town, measure, values), moment(since))


def _node(properties: dict[str, object]) -> Node:
    key = str(properties.pop("key"))
    return node_from(key, properties)


def _boundary(municipality: str, geometry: str, territory_date: str | None) -> Boundary:
    day = None if territory_date is None else date.fromisoformat(territory_date)
    return Boundary(NodeKey.trusted(municipality), geometry, day)
