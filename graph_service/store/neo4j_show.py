"""Keeps what a Neo4j store shows in step with what datasets claim: merged properties, and the label people ask for."""

from collections.abc import Iterable

from graph_service.codec import bare_name
from graph_service.keys import Label, NodeKey
from graph_service.store.neo4j_cypher import SINCE, Cypher, batches


def known(cypher: Cypher, keys: Iterable[str]) -> set[str]:
    """Which of these keys have a node, shown or not."""
    query = "UNWIND $keys AS key MATCH (n:Entity {key: key}) RETURN key"
    return {key for batch in batches(keys) for (key,) in cypher.ask(query, keys=batch)}


def ensure(cypher: Cypher, keys: set[str]) -> None:
    """Make a place for keys that edges or series point to, whether or not a dataset names them."""
    query = "UNWIND $keys AS key MERGE (:Entity {key: key})"
    cypher.tell_each(query, ({"keys": batch} for batch in batches(sorted(keys))))


def show(cypher: Cypher, keys: Iterable[str]) -> None:
    """Give nodes the properties of their claims, the most believed last so that it wins; named ones get their label.

    As `codec.shown_node` does it where claims are merged when they are read.
    """
    by_label: dict[Label, list[str]] = {}
    for key in keys:
        by_label.setdefault(NodeKey.trusted(key).label, []).append(key)
    for label, some in by_label.items():
        cypher.tell_each(
            "UNWIND $rows AS row MATCH (n:Entity {key: row[0]})"
            " OPTIONAL MATCH (n)<-[c:CLAIMS]-(d:Dataset)"
            " WITH n, row, c, d ORDER BY d.precedence DESC, d.id DESC"
            " WITH n, row, collect(properties(c)) AS claims"
            " WITH n, row, claims, [claim IN claims WHERE claim.name <> '' | claim.name] AS names"
            " SET n = {key: row[0]}"
            " FOREACH (claim IN claims | SET n += claim)"
            # an empty name leaves it to others
            " FOREACH (_ IN CASE WHEN n.name = '' THEN [1] ELSE [] END |"
            "   SET n.name = coalesce(names[-1], CASE n.label_en WHEN '' THEN null ELSE n.label_en END, row[1]))"
            f" REMOVE n.{SINCE}, n:{label.value}"
            f" FOREACH (_ IN CASE WHEN n.name IS NULL THEN [] ELSE [1] END | SET n:{label.value})",
            ({"rows": batch} for batch in batches((key, bare_name(key)) for key in some)),
        )


def prune(cypher: Cypher, keys: Iterable[str]) -> None:
    """Delete those of these nodes that no claim, edge, series or boundary touches any more."""
    for batch in batches(keys):
        cypher.tell("UNWIND $keys AS key MATCH (n:Entity {key: key}) WHERE NOT EXISTS { (n)--() } DELETE n", keys=batch)
