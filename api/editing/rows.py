"""A record as one row of its exchange table: the form in which people and programs read and change it.

It knows columns, types and vocabularies; it never knows who edits, or a store.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast

from rapidfuzz import process

from graph_service.cells import PARSERS, CellType, Column
from graph_service.errors import InvalidValue, Place
from graph_service.exchange import NODE_TABLES, Link, Table, vocabulary_of
from graph_service.keys import Label, NodeKey
from graph_service.model import Edge, EdgeType, Node
from graph_service.vocabulary import load_vocabulary

Row = dict[str, object]
"""Column → typed value; what is not known is absent."""

MOST_TEXT = 10_000
PLAIN = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*"
"""Text without control characters other than tabs and line ends."""
MOST_ITEMS = 200


def read_row(table: Table, given: Mapping[str, object]) -> Row:
    """The typed values of a row given as JSON; null leaves a column out. Raises InvalidValue with the column."""
    row: Row = {}
    for name, value in given.items():
        column = table.column(name)
        if column is None:
            raise InvalidValue(f"a column of {table.name}", name, Place(column=name))
        if value is None or value in ("", []):
            continue
        try:
            row[name] = _typed(column, value)
            _check_terms(table, name, row[name])
        except InvalidValue as error:
            raise InvalidValue(error.expected, error.found, Place(column=name)) from None
    return row


def require_columns(table: Table, row: Row) -> None:
    """Check that what a row must say is there; raises InvalidValue."""
    for column in table.columns:
        if (column.filled or column.name in ("name", "title")) and column.name not in row:
            raise InvalidValue("a value", "nothing", Place(column=column.name))


def row_of(node: Node, edges: Iterable[Edge]) -> Row:
    """The row of a node and the edges that its columns stand for."""
    table = NODE_TABLES[node.label]
    row: Row = {table.identity[0]: node.key.local}
    for column, field in table.properties.items():
        value = getattr(node, field)
        if value is not None:
            row[column] = value
    lists: dict[str, list[str]] = {}
    for edge in edges:
        if edge.type is EdgeType.REQUESTED_BY and edge.source == node.key:
            row["requester"] = str(edge.target)
        for link in table.links:
            local = linked(link, node.key, edge)
            if local is not None:
                lists.setdefault(link.column, []).append(local)
    for link in table.links:
        if found := sorted(lists.get(link.column, ())):
            row[link.column] = tuple(found) if link.many else found[0]
    return row


def linked(link: Link, key: NodeKey, edge: Edge) -> str | None:
    """What stands in a column of a node for an edge, or None where the edge has another place."""
    own, other = (edge.source, edge.target) if link.outgoing else (edge.target, edge.source)
    prefix = f"{link.concept_kind}." if link.concept_kind else ""
    if edge.type is not link.type or own != key or other.label is not link.other or edge.properties:
        return None
    return other.local.removeprefix(prefix) if other.local.startswith(prefix) else None


def _typed(column: Column, value: object) -> object:
    """A JSON value as the column's type."""
    if column.type in (CellType.KEYS, CellType.TEXTS):
        if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
            raise InvalidValue("a list of texts", value)
        if len(value) > MOST_ITEMS:
            raise InvalidValue(f"at most {MOST_ITEMS} items", len(value))
        # a text that holds a separator is several items, as in a cell of the package
        return tuple(dict.fromkeys(item for each in value for item in cast("tuple[str, ...]", _parsed(column, each))))
    if isinstance(value, bool | list | dict | tuple):
        raise InvalidValue("a single value", value)
    if isinstance(value, date):
        return value
    return _parsed(column, str(value))


def _parsed(column: Column, text: str) -> object:
    text = text.strip()
    if len(text) > MOST_TEXT:
        raise InvalidValue(f"at most {MOST_TEXT} characters", f"{len(text)}")
    # JSON can hold halves of characters, UTF-8 cannot
    if not re.fullmatch(PLAIN, text) or any("\ud800" <= each <= "\udfff" for each in text):
        raise InvalidValue("text without control characters", text)
    value = PARSERS[column.type](text)
    if isinstance(value, int | float) and not column.holds(value):
        raise InvalidValue(f"a value from {column.low:g} to {column.high:g}", text)
    return value


def _check_terms(table: Table, column: str, value: object) -> None:
    """Check that ids of a vocabulary are known and not given up; raises InvalidValue naming the nearest."""
    kind = vocabulary_of(table, column)
    if not kind or kind not in load_vocabulary().kinds:
        return
    for id in value if isinstance(value, tuple) else (str(value),):
        if load_vocabulary().find(kind, str(id)) is None:
            known = [term.id for term in load_vocabulary().terms(kind)]
            nearest = process.extractOne(str(id), known, score_cutoff=60)
            hint = f"{id} ({nearest[0]}?)" if nearest else str(id)
            raise InvalidValue(f"a term of the vocabulary {kind}", hint)


def key_of(table: Table, row: Row) -> NodeKey:
    """The key that a row of a table of nodes names."""
    if table.label is None or table.label in (Label.CONCEPT, Label.INDICATOR):
        raise InvalidValue("a table that people edit", table.name)
    return NodeKey.of(table.label, str(row[table.identity[0]]))


def is_shipped_term(key: NodeKey) -> bool:
    """Whether this is a term of the vocabularies that come with the project, which everybody knows."""
    kind, _, id = key.local.partition(".")
    return key.label is Label.CONCEPT and load_vocabulary().find(kind, id) is not None
