"""Builds the record that one row of an exchange table stands for; used for packages and for tables of other forms."""

from collections.abc import Iterator, Mapping, Set
from typing import cast

from graph_service.errors import InvalidValue
from graph_service.exchange import EDGE_TABLES, End, Table
from graph_service.keys import Label, NodeKey, concept_key
from graph_service.model import NODE_TYPES, Edge, EdgeType, Node, Scalar, Visibility

Row = Mapping[str, object]
"""Column → value; empty cells are absent."""


def build_key(table: Table, label: Label, row: Row) -> NodeKey:
    """The key of a row's node; raises InvalidValue."""
    if label is Label.CONCEPT:
        return concept_key(str(row["kind"]), str(row["id"]))
    return NodeKey.of(label, str(row[table.identity[0]]))


def build_node(table: Table, label: Label, row: Row) -> Node:
    """The node of a row; one without a name is listed under an empty one. Raises InvalidValue."""
    key = build_key(table, label, row)
    fields = {field: row[column] for column, field in table.properties.items() if column in row}
    fields.setdefault("name", "")
    return NODE_TYPES[label](key=key, **fields)  # type: ignore[arg-type]  # the types of columns follow the fields


def build_links(table: Table, key: NodeKey, row: Row) -> Iterator[Edge]:
    """The edges that a row's columns of keys stand for; raises InvalidValue."""
    for link in table.links:
        value = row.get(link.column)
        prefix = f"{link.concept_kind}." if link.concept_kind else ""
        for local in value if isinstance(value, tuple) else (value,):
            if local is not None:
                other = NodeKey.of(link.other, f"{prefix}{local}")
                yield Edge(link.type, key, other) if link.outgoing else Edge(link.type, other, key)


def build_requester(key: NodeKey, requester: str, named: Mapping[Label, Set[str]]) -> Edge:
    """A requester is an actor or an alliance; where both have the key, its label must stand before it."""
    if ":" in requester:
        choices = [NodeKey(requester)]
    else:
        labels = [label for label in (Label.ACTOR, Label.ALLIANCE) if requester in named.get(label, ())]
        choices = [NodeKey.of(label, requester) for label in labels or [Label.ACTOR]]
    if len(choices) > 1 or choices[0].label not in (Label.ACTOR, Label.ALLIANCE):
        raise InvalidValue("actor: or alliance: before the key", requester)
    return Edge(EdgeType.REQUESTED_BY, key, choices[0])


def build_edge(table: Table, row: Row) -> Edge:
    """The edge of a row; raises InvalidValue."""
    if table.edge is None or table.source is None or table.target is None:
        raise InvalidValue(f"a table of edges: {', '.join(t.name for t in EDGE_TABLES.values())}", table.name)
    properties = {field: cast("Scalar", row[column]) for column, field in table.properties.items() if column in row}
    visibility = row.get("visibility")
    ends = (_end(table.source, row), _end(table.target, row))
    return Edge(table.edge, *ends, properties, visibility if isinstance(visibility, Visibility) else None)


def _end(end: End, row: Row) -> NodeKey:
    prefix = f"{end.concept_kind}." if end.concept_kind else ""
    return NodeKey.of(end.label, f"{prefix}{row[end.column]}")
