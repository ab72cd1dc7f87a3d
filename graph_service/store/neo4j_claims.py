"""The four kinds of claims in Neo4j: how each is found again, and how a difference is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeVar

from graph_service.codec import Properties
from graph_service.keys import Label
from graph_service.model import EdgeType, Series
from graph_service.store.contract import Changes
from graph_service.store.neo4j_cypher import (
    BATCH,
    SINCE,
    Cypher,
    batches,
    edge_plain,
    edge_values,
    in_groups,
    qualifier,
    series_from,
)
from graph_service.store.neo4j_difference import (
    Difference,
    EdgeIdentity,
    SeriesIdentity,
    Territory,
    count_claim,
    count_series,
)
from graph_service.store.neo4j_show import ensure, known, show

K = TypeVar("K")
V = TypeVar("V")

SERIES_BATCH = 2_000
BOUNDARY_BATCH = 200
"""Boundaries are large: a batch of them is one message."""

_GROUPS = "UNWIND $groups AS g UNWIND g.rows AS row"
_DATASET = "MATCH (d:Dataset {id: $dataset})"


class Claims(Protocol[K, V]):
    """One kind of claim of one dataset."""

    @property
    def dataset(self) -> str:
        """The dataset's id."""
        ...

    @property
    def kind(self) -> str:
        """Its name in `DatasetStatus.counts`."""
        ...

    @staticmethod
    def count(before: V | None, now: V | None) -> Changes:
        """What a pair of old and new amounts to."""
        ...

    def kept(self, identity: K | None = None) -> dict[K, tuple[str, V]]:
        """What stands: identity → element id and content; of one identity, or all."""
        ...

    def write(self, difference: Difference[K, V]) -> set[str]:
        """Write what differs; returns the keys of nodes that may be left with nothing."""
        ...


@dataclass(frozen=True, slots=True)
class NodeClaims:
    """``(:Dataset)-[:CLAIMS]->(:Entity)`` for the nodes of one label."""

    cypher: Cypher
    dataset: str
    label: Label
    unused: bool = False
    """Whether no node can have any of the label's keys yet, because the store is still empty."""
    kind: ClassVar[str] = "node"

    @staticmethod
    def count(before: Properties | None, now: Properties | None) -> Changes:
        """What a pair of old and new amounts to."""
        return count_claim(before, now)

    def kept(self, identity: str | None = None) -> dict[str, tuple[str, Properties]]:
        """What stands."""
        condition = "n.key STARTS WITH $key" if identity is None else "n.key = $key"
        rows = self.cypher.ask(
            f"MATCH (d:Dataset {{id: $dataset}})-[c:CLAIMS]->(n:Entity) WHERE {condition}"
            f" RETURN n.key, elementId(c), c {{ .*, {SINCE}: null }}",
            dataset=self.dataset,
            key=f"{self.label.value.lower()}:" if identity is None else identity,
        )
        return {key: (id, {n: v for n, v in properties.items() if n != SINCE}) for key, id, properties in rows}

    def write(self, difference: Difference[str, Properties]) -> set[str]:
        """Write what differs."""
        old = set() if self.unused else known(self.cypher, difference.new)
        added = {key: claim for key, claim in difference.new.items() if key in old}
        self._create({key: claim for key, claim in difference.new.items() if key not in old})
        self._say(
            f"{_DATASET} {_GROUPS} MATCH (n:Entity {{key: row[0]}}) CREATE (d)-[c:CLAIMS]->(n)",
            [((since,), (key, properties)) for key, (properties, since) in added.items()],
        )
        self._say(
            f"{_GROUPS} MATCH ()-[c:CLAIMS]->() WHERE elementId(c) = row[0]",
            [((since,), (id, properties)) for id, properties, since in difference.changed.values()],
        )
        for batch in batches(difference.retired.values()):
            query = "UNWIND $ids AS id MATCH ()-[c:CLAIMS]->() WHERE elementId(c) = id DELETE c"
            self.cypher.tell(query, ids=batch)
        listed = [
            key for key, (properties, _) in difference.new.items() if key not in old and properties.get("name") == ""
        ]
        show(self.cypher, [*added, *difference.changed, *difference.retired, *listed])
        return set(difference.retired)

    def _say(self, query: str, claims: Iterable[tuple[Any, Any]]) -> None:
        statement = f"{query} SET c = row[1], c.{SINCE} = g.since"
        self.cypher.tell_each(statement, in_groups(self.dataset, claims, BATCH))

    def _create(self, claims: dict[str, tuple[Properties, datetime]]) -> None:
        """Nodes that nobody knew show what this one dataset says: no need to merge.

        Properties travel as columns: names are sent once, and the server sets what it creates in one step.
        """
        for label, named in ((f":{self.label.value}", True), ("", False)):
            some = {key: claim for key, claim in claims.items() if ("name" in claim[0]) is named}
            names = sorted({name for properties, _ in some.values() for name in properties})
            said = [f"{name}: row[{place}]" for place, name in enumerate(names, 1)]
            shown, claimed = ", ".join(["key: row[0]", *said]), ", ".join([*said, f"{SINCE}: g.since"])
            rows = (((since,), (key, *map(properties.get, names))) for key, (properties, since) in some.items())
            self.cypher.tell_each(
                f"{_DATASET} {_GROUPS} CREATE (n:Entity{label} {{{shown}}}) CREATE (d)-[:CLAIMS {{{claimed}}}]->(n)",
                in_groups(self.dataset, rows, BATCH),
            )


@dataclass(frozen=True, slots=True)
class EdgeClaims:
    """One relationship per dataset, for the edges of one type."""

    cypher: Cypher
    dataset: str
    type: EdgeType
    kind: ClassVar[str] = "edge"

    @staticmethod
    def count(before: Properties | None, now: Properties | None) -> Changes:
        """What a pair of old and new amounts to."""
        return count_claim(before, now)

    def kept(self, identity: EdgeIdentity | None = None) -> dict[EdgeIdentity, tuple[str, Properties]]:
        """What stands."""
        source, target, _ = identity or ("", "", "")
        ends = "" if identity is None else " {key: $source}", "" if identity is None else " {key: $target}"
        rows = self.cypher.ask(
            f"MATCH (s:Entity{ends[0]})-[r:{self.type.value}]->(t:Entity{ends[1]}) WHERE r.dataset = $dataset"
            f" RETURN s.key, t.key, elementId(r), {edge_values(self.type)}",
            dataset=self.dataset,
            source=source,
            target=target,
        )
        found = {}
        for start, end, id, *values in rows:
            properties = edge_plain(self.type, values)
            found[start, end, qualifier(self.type, properties)] = (id, properties)
        return found if identity is None else {key: claim for key, claim in found.items() if key == identity}

    def write(self, difference: Difference[EdgeIdentity, Properties]) -> set[str]:
        """Write what differs."""
        ensure(self.cypher, {end for source, target, _ in difference.new for end in (source, target)})
        self._say(
            f"{_GROUPS} MATCH (s:Entity {{key: row[0]}}) MATCH (t:Entity {{key: row[1]}})"
            f" CREATE (s)-[r:{self.type.value}]->(t) SET r = row[2]",
            (((since,), (s, t, properties)) for (s, t, _), (properties, since) in difference.new.items()),
        )
        self._say(
            f"{_GROUPS} MATCH ()-[r:{self.type.value}]->() WHERE elementId(r) = row[0] SET r = row[1]",
            (((since,), (id, properties)) for id, properties, since in difference.changed.values()),
        )
        for batch in batches(difference.retired.values()):
            query = f"UNWIND $ids AS id MATCH ()-[r:{self.type.value}]->() WHERE elementId(r) = id DELETE r"
            self.cypher.tell(query, ids=batch)
        return {end for source, target, _ in difference.retired for end in (source, target)}

    def _say(self, query: str, claims: Iterable[tuple[Any, Any]]) -> None:
        statement = f"{query}, r.dataset = $dataset, r.{SINCE} = g.since"
        self.cypher.tell_each(statement, in_groups(self.dataset, claims, BATCH))


@dataclass(frozen=True, slots=True)
class BoundaryClaims:
    """``(:Municipality)-[:HAS_BOUNDARY]->(:Boundary)``, apart from the node so that reading nodes stays cheap."""

    cypher: Cypher
    dataset: str
    kind: ClassVar[str] = "boundary"

    @staticmethod
    def count(before: Territory | None, now: Territory | None) -> Changes:
        """What a pair of old and new amounts to."""
        return count_claim(before, now)

    def kept(self, identity: str | None = None) -> dict[str, tuple[str, Territory]]:
        """What stands."""
        rows = self.cypher.ask(
            "MATCH (m:Entity)-[:HAS_BOUNDARY]->(b:Boundary {dataset: $dataset}) WHERE $key IS NULL OR m.key = $key"
            " RETURN m.key, elementId(b), b.geometry, b.territory_date",
            dataset=self.dataset,
            key=identity,
        )
        return {key: (id, (geometry, day)) for key, id, geometry, day in rows}

    def write(self, difference: Difference[str, Territory]) -> set[str]:
        """Write what differs."""
        ensure(self.cypher, set(difference.new))
        self._say(
            f"{_GROUPS} MATCH (m:Entity {{key: row[0]}})"
            " CREATE (m)-[:HAS_BOUNDARY]->(b:Boundary {dataset: $dataset})",
            (((since,), (key, *content)) for key, (content, since) in difference.new.items()),
        )
        self._say(
            f"{_GROUPS} MATCH (b:Boundary) WHERE elementId(b) = row[0]",
            (((since,), (id, *content)) for id, content, since in difference.changed.values()),
        )
        _delete(self.cypher, "Boundary", difference.retired.values())
        return set(difference.retired)

    def _say(self, query: str, claims: Iterable[tuple[Any, Any]]) -> None:
        statement = f"{query} SET b.geometry = row[1], b.territory_date = row[2], b.{SINCE} = g.since"
        self.cypher.tell_each(statement, in_groups(self.dataset, claims, BOUNDARY_BATCH))


@dataclass(frozen=True, slots=True)
class SeriesClaims:
    """``(:Municipality)-[:HAS_SERIES]->(:Series)-[:MEASURES]->(:Indicator)`` with arrays of equal length."""

    cypher: Cypher
    dataset: str
    kind: ClassVar[str] = "series"

    @staticmethod
    def count(before: Series | None, now: Series | None) -> Changes:
        """What a pair of old and new amounts to."""
        return count_series(before, now)

    def kept(self, identity: SeriesIdentity | None = None) -> dict[SeriesIdentity, tuple[str, Series]]:
        """What stands."""
        town, measure = identity or (None, None)
        rows = self.cypher.ask(
            "MATCH (m:Entity)-[:HAS_SERIES]->(s:Series {dataset: $dataset})-[:MEASURES]->(i:Entity)"
            " WHERE ($town IS NULL OR m.key = $town) AND ($measure IS NULL OR i.key = $measure)"
            " RETURN m.key, i.key, elementId(s), s.periods, s.values, s.flags",
            dataset=self.dataset,
            town=town,
            measure=measure,
        )
        return {(town, measure): (id, series_from(town, measure, values)) for town, measure, id, *values in rows}

    def write(self, difference: Difference[SeriesIdentity, Series]) -> set[str]:
        """Write what differs."""
        ensure(self.cypher, {end for identity in difference.new for end in identity})
        self._say(
            "UNWIND $groups AS g MATCH (i:Entity {key: g.indicator})"
            " UNWIND g.rows AS row MATCH (m:Entity {key: row[2]})"
            " CREATE (m)-[:HAS_SERIES]->(s:Series {dataset: $dataset})-[:MEASURES]->(i)",
            (
                ((since, series.periods, measure), (*_arrays(series), town))
                for (town, measure), (series, since) in difference.new.items()
            ),
            ("since", "periods", "indicator"),
        )
        self._say(
            f"{_GROUPS} MATCH (s:Series) WHERE elementId(s) = row[2]",
            (((since, series.periods), (*_arrays(series), id)) for id, series, since in difference.changed.values()),
            ("since", "periods"),
        )
        _delete(self.cypher, "Series", difference.retired.values())
        return {end for identity in difference.retired for end in identity}

    def _say(self, query: str, claims: Iterable[tuple[Any, Any]], shared: tuple[str, ...]) -> None:
        # neighbouring series mostly have the same periods
        statement = f"{query} SET s.periods = g.periods, s.values = row[0], s.flags = row[1], s.{SINCE} = g.since"
        self.cypher.tell_each(statement, in_groups(self.dataset, claims, SERIES_BATCH, shared))


def _arrays(series: Series) -> tuple[list[float], list[str] | None]:
    """Values and flags; no flags at all need no array."""
    return [float(value) for value in series.values], list(series.flags) if any(series.flags) else None


def _delete(cypher: Cypher, label: str, ids: Iterable[str]) -> None:
    for batch in batches(ids):
        query = f"UNWIND $ids AS id MATCH (n:{label}) WHERE elementId(n) = id DETACH DELETE n"
        cypher.tell(query, ids=batch)
