"""Turns checked rows of a package into the records they stand for."""

import json
from collections.abc import Iterator
from operator import itemgetter
from typing import cast

from graph_service.codec import edge_from
from graph_service.errors import InvalidValue
from graph_service.exchange import End, Table
from graph_service.keys import Label, NodeKey
from graph_service.model import Edge, EdgeType, Record, Scalar, Visibility
from importers.package.building import build_links, build_node, build_requester
from importers.package.rows import TableReader, first_column

Seen = dict[Label, set[str]]
"""The local keys of the nodes that the package has named so far."""


class Keys:
    """Keys of one kind of node by their local text; ends of edges repeat by the thousand."""

    def __init__(self, label: Label, concept_kind: str = "") -> None:
        """``concept_kind`` is the kind of vocabulary whose ids the texts are."""
        self._prefix = f"{concept_kind}." if concept_kind else ""
        self._label = label
        self._known: dict[str, NodeKey] = {}

    def __call__(self, local: str) -> NodeKey:
        """The key of the node with this local key."""
        key = self._known.get(local)
        if key is None:
            key = self._known[local] = NodeKey.of(self._label, self._prefix + local)
        return key


class _Once:
    """Tells whether an identity is new to its table; a second one is a problem."""

    def __init__(self, table: Table, reader: TableReader) -> None:
        self._seen: set[object] = set()
        self._columns = ", ".join(table.identity)
        self._reader = reader

    def __call__(self, identity: tuple[object, ...]) -> bool:
        if identity not in self._seen:
            self._seen.add(identity)
            return True
        found = ", ".join("" if part is None else str(part) for part in identity)
        self._reader.problems.add("each row once", found, self._reader.place(self._columns))
        return False


def node_records(table: Table, label: Label, reader: TableReader, seen: Seen) -> Iterator[Record]:
    """The nodes of a table and the edges that its columns of keys stand for."""
    named = seen.setdefault(label, set())
    once = _Once(table, reader)
    name_columns = [column for column, field in table.properties.items() if field == "name"]
    for row in reader.rows():
        if not once(tuple(row[name] for name in table.identity)):
            continue
        try:
            node = build_node(table, label, row)
            requested = [build_requester(node.key, str(row["requester"]), seen)] if "requester" in row else []
        except InvalidValue as error:
            column = first_column(row, error.found, [c.name for c in table.columns])
            reader.problems.add(error.expected, error.found, reader.place(column))
            continue
        if not any(name in row for name in (*name_columns, "label_en")):
            reader.issues.note(
                "unnamed", "a name; another dataset's is shown, or the key", node.key.local, reader.place()
            )
        named.add(node.key.local)
        yield node
        yield from build_links(table, node.key, row)
        yield from requested


def edge_records(table: Table, edge_type: EdgeType, source: End, target: End, reader: TableReader) -> Iterator[Edge]:
    """The edges of a table. Equal properties are one mapping, for there may be a million edges."""
    source_key, target_key = Keys(source.label, source.concept_kind), Keys(target.label, target.concept_kind)
    at = {column.name: index for index, column in enumerate(table.columns)}
    identity_of = itemgetter(*(at[name] for name in table.identity))
    properties_of = itemgetter(*(at[name] for name in table.properties), at["visibility"])
    source_at, target_at, visibility_at = at[source.column], at[target.column], at["visibility"]
    shared: dict[tuple[object, ...], dict[str, Scalar]] = {}
    once = _Once(table, reader)
    for values in reader.values():
        if not once(identity_of(values)):
            continue
        said = properties_of(values)
        properties = shared.get(said)
        if properties is None:
            named = zip(table.properties.values(), said[:-1], strict=True)
            properties = shared[said] = {name: value for name, value in named if value is not None}
        start, end = source_key(cast("str", values[source_at])), target_key(cast("str", values[target_at]))
        yield Edge(edge_type, start, end, properties, cast("Visibility | None", values[visibility_at]))


def link_records(table: Table, reader: TableReader) -> Iterator[Edge]:
    """Edges that fit no other table, their properties as a JSON object."""
    once = _Once(table, reader)
    for row in reader.rows():
        if not once(tuple(row.get(name) for name in table.identity)):
            continue
        try:
            properties = json.loads(str(row.get("properties", "{}")))
            if not isinstance(properties, dict) or str(row["type"]) not in EdgeType.__members__:
                raise ValueError
        except ValueError:
            found = f"{row['type']} {row.get('properties', '')}"
            reader.problems.add("a type of edge, and properties as a JSON object", found, reader.place())
            continue
        try:
            yield edge_from(str(row["type"]), str(row["source"]), str(row["target"]), properties)
        except InvalidValue as error:
            reader.problems.add(error.expected, error.found, reader.place())
        except ValueError as error:
            reader.problems.add(f"properties of {row['type']}", error, reader.place("properties"))
