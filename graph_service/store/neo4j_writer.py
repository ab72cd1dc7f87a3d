"""What a unit of work may change in a Neo4j store: only differences are written, then the touched nodes shown anew."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from graph_service.codec import dataset_properties, edge_from, node_from
from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import CURATED, Dataset, Edge, EdgeType, Node, Record
from graph_service.store.contract import Changes, Claimed
from graph_service.store.journal import UNSIGNED, Entry, Signature, counted, plain_entry
from graph_service.store.neo4j_claims import BoundaryClaims, Claims, EdgeClaims, NodeClaims, SeriesClaims
from graph_service.store.neo4j_cypher import STORE, Cypher, batches
from graph_service.store.neo4j_difference import Staged, compare, stage
from graph_service.store.neo4j_reader import KINDS, Neo4jReader
from graph_service.store.neo4j_show import prune, show


class Neo4jWriter(Neo4jReader):
    """Reads and changes inside one transaction; see `contract.Writer`."""

    def __init__(self, cypher: Cypher, signature: Signature = UNSIGNED) -> None:
        """Queue behind other writers: the first write to the store's node holds it until the transaction ends."""
        super().__init__(cypher)
        self._signature = signature
        self._noted: list[Entry] = []
        self._changed = False
        query = "MATCH (s:Store {id: $id}) SET s.writing = true REMOVE s.writing RETURN s.revision"
        ((revision,),) = cypher.ask(query, id=STORE)
        self._first = self._untouched = revision == 0
        self._now = datetime.now(UTC)

    def finish(self) -> None:
        """One revision on, if anything changed; and what was noted."""
        self._keep(self._noted)
        if self._changed:
            self._cypher.tell("MATCH (s:Store {id: $id}) SET s.revision = s.revision + 1", id=STORE)

    def replace(self, dataset: Dataset, records: Iterable[Record]) -> Changes:
        """Make the dataset claim exactly these records."""
        return self._claim(dataset, records)

    def adopt(self, dataset: Dataset, claimed: Iterable[Claimed]) -> Changes:
        """As `replace`, with the times that the claims bring."""
        return self._claim(dataset, claimed)

    def drop(self, dataset: str) -> Changes:
        """Remove a dataset with its claims."""
        found = self._found(dataset)
        if not found:
            raise NotFound("a known dataset", dataset)
        changes = self._settle(dataset, Staged(), found)
        self._cypher.tell("MATCH (d:Dataset {id: $dataset}) DELETE d", dataset=dataset)
        self._changed, self._known_ranks = True, None
        self._note(dataset, changes)
        return changes

    def put(self, record: Node | Edge) -> Changes:
        """Enter or change one record by hand."""
        self._register(CURATED, self._found(CURATED.id))
        staged = Staged()
        staged.add(record, self._now)
        ((claims, now),) = self._all(CURATED.id, staged, absent=False)
        (identity,) = now
        before = claims.kept(identity)
        changes = self._apply(claims, before, now)
        self._note(CURATED.id, changes, _record(record, before), record)
        return changes

    def remove(self, record: NodeKey | Edge) -> Changes:
        """Take back one record entered by hand."""
        claims, identity = self._curated(record)
        before = claims.kept(identity)
        if not before:
            raise NotFound("a record entered by hand", record)
        changes = self._apply(claims, before, {})
        self._note(CURATED.id, changes, _record(record, before))
        return changes

    def curated(self, record: NodeKey | Edge) -> Node | Edge | None:
        """What was entered by hand of a node or an edge."""
        claims, identity = self._curated(record)
        return _record(record, claims.kept(identity))

    def take_over(self, entries: Iterable[Entry], revision: int) -> None:
        """Take over another store's journal."""
        self._cypher.tell("MATCH (e:JournalEntry) DELETE e")
        self._noted, self._first = [], False
        self._keep(entries)
        self._cypher.tell(
            "MATCH (s:Store {id: $id}) WHERE s.revision < $revision SET s.revision = $revision",
            id=STORE,
            revision=revision - int(self._changed),  # this unit of work adds one
        )

    def _note(
        self, dataset: str, changes: Changes, before: Node | Edge | None = None, after: Node | Edge | None = None
    ) -> None:
        """Have a line of the journal written at the end."""
        if changes.total:
            counts = counted(changes.new, changes.changed, changes.retired)
            self._noted.append(Entry(0, 0, self._now, dataset, self._signature, before, after, counts))

    def _keep(self, entries: Iterable[Entry]) -> None:
        """Write lines of the journal; those of this unit of work get their numbers now."""
        rows = [plain_entry(entry) for entry in entries]
        if not rows:
            return
        revision, last = 1, 0
        if not self._first:
            query = "MATCH (s:Store {id: $id}) OPTIONAL MATCH (e:JournalEntry) RETURN s.revision + 1, max(e.number)"
            ((revision, last),) = self._cypher.ask(query, id=STORE)
        for number, row in enumerate((row for row in rows if not row["number"]), (last or 0) + 1):
            row |= {"number": number, "revision": revision}
        for batch in batches(rows):
            self._cypher.tell("UNWIND $rows AS row CREATE (e:JournalEntry) SET e = row", rows=batch)

    def _curated(self, record: NodeKey | Edge) -> tuple[Claims[Any, Any], object]:
        if isinstance(record, NodeKey):
            return NodeClaims(self._cypher, CURATED.id, record.label), str(record)
        identity = (str(record.source), str(record.target), record.qualifier)
        return EdgeClaims(self._cypher, CURATED.id, record.type), identity

    def _claim(self, dataset: Dataset, records: Iterable[Record | Claimed]) -> Changes:
        found = self._found(dataset.id)
        reordered = self._register(dataset, found)
        changes = self._settle(dataset.id, stage(records, self._now), found)
        if reordered:
            query = "MATCH (:Dataset {id: $dataset})-[:CLAIMS]->(n:Entity) RETURN n.key"
            show(self._cypher, [key for (key,) in self._cypher.ask(query, dataset=dataset.id)])
        self._note(dataset.id, changes)
        return changes

    def _found(self, dataset: str) -> Mapping[str, Any]:
        """What is kept of a dataset, the counts of its claims included; nothing if it is not known."""
        query = "MATCH (d:Dataset {id: $dataset}) RETURN properties(d)"
        return next((row for (row,) in self._cypher.ask(query, dataset=dataset)), {})

    def _register(self, dataset: Dataset, found: Mapping[str, Any]) -> bool:
        """Enter the dataset, or what is new about it; returns whether it is now believed earlier or later."""
        before = {f.name: found[f.name] for f in fields(Dataset) if f.name in found}
        properties = dataset_properties(dataset)
        if before != properties:
            counts = "{}" if found else "{" + ", ".join(f"_{kind}: 0" for kind in KINDS) + "}"
            gone = "".join(f" REMOVE d.{name}" for name in sorted(before.keys() - properties.keys()))
            self._cypher.tell(
                f"MERGE (d:Dataset {{id: $dataset}}) SET d += {counts}, d += $properties, d.updated_at = $now{gone}",
                dataset=dataset.id,
                properties=properties,
                now=self._now,
            )
            self._changed, self._known_ranks = True, None
        return bool(found) and before["precedence"] != dataset.precedence

    def _all(
        self, dataset: str, staged: Staged, *, absent: bool = True
    ) -> Iterator[tuple[Claims[Any, Any], Mapping[Any, Any]]]:
        """Every kind of claim with what is staged of it; with or without kinds of which nothing is staged."""
        # only nodes are written before nodes, and none under another label's keys
        unused, self._untouched = self._untouched, False
        pairs: list[tuple[Claims[Any, Any], Mapping[Any, Any]]] = [
            *((NodeClaims(self._cypher, dataset, label, unused), staged.nodes.get(label, {})) for label in Label),
            *((EdgeClaims(self._cypher, dataset, kind), staged.edges.get(kind, {})) for kind in EdgeType),
            (BoundaryClaims(self._cypher, dataset), staged.boundaries),
            (SeriesClaims(self._cypher, dataset), staged.series),
        ]
        return ((claims, now) for claims, now in pairs if absent or now)

    def _settle(self, dataset: str, staged: Staged, found: Mapping[str, Any]) -> Changes:
        """Make the dataset claim what is staged; ``found`` is what was kept of it."""
        changes = Changes()
        for claims, now in self._all(dataset, staged):
            before = claims.kept() if found.get(f"_{claims.kind}") else {}
            if before or now:
                changes += self._apply(claims, before, now)
        return changes

    def _apply(self, claims: Claims[Any, Any], before: Mapping[Any, Any], now: Mapping[Any, Any]) -> Changes:
        difference = compare(before, now, claims.count)
        if difference.changes.total:
            left = claims.write(difference)
            prune(self._cypher, left)
            self._changed = True
            count = f"d._{claims.kind}"
            self._cypher.tell(
                f"MATCH (d:Dataset {{id: $dataset}}) SET d.updated_at = $now, {count} = {count} + $more",
                dataset=claims.dataset,
                now=self._now,
                more=len(difference.new) - len(difference.retired),
            )
        return difference.changes


def _record(asked: NodeKey | Edge | Node, kept: Mapping[Any, tuple[str, Any]]) -> Node | Edge | None:
    """The record that one kept claim amounts to."""
    for _, properties in kept.values():
        if isinstance(asked, Edge):
            return edge_from(asked.type, asked.source, asked.target, properties)
        return node_from(asked if isinstance(asked, NodeKey) else asked.key, properties)
    return None
