"""Finds for every edge its place in an exchange package: a column of its node, a row of its table, or `links`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from graph_service.cells import CellType, Column, is_key
from graph_service.exchange import EDGE_TABLES, NODE_TABLES, End, Link, Table
from graph_service.export.view import View
from graph_service.keys import Label, NodeKey
from graph_service.model import Edge, EdgeType, Level, Municipality, Scalar

_NOTHING: Mapping[str, list[str]] = {}


@dataclass
class Placed:
    """Where edges went: columns of nodes, parts with dates or beside the nearest parent, and those left for `links`."""

    columns: dict[NodeKey, dict[str, list[str]]] = field(default_factory=dict)
    dated_parts: list[Edge] = field(default_factory=list)
    loose: list[Edge] = field(default_factory=list)

    def of(self, key: NodeKey) -> Mapping[str, list[str]]:
        """What stands in the columns of keys of one node."""
        return self.columns.get(key, _NOTHING)

    def put(self, key: NodeKey, column: str, local: str) -> None:
        """Enter a key in a column of a node."""
        self.columns.setdefault(key, {}).setdefault(column, []).append(local)


def place_edges(view: View) -> Placed:
    """Place every edge that is not simply a row of the table of its type."""
    placed = Placed()
    for type in EdgeType:
        if type is EdgeType.PART_OF:
            _place_parts(view, placed)
        elif type not in EDGE_TABLES:
            for edge in view.edges(type):
                _place(view, edge, placed)
    return placed


def place_in_table(table: Table, edge: Edge) -> tuple[str, str] | None:
    """The two ends as the table of the edge's type writes them, or None where the edge does not fit it."""
    if table.source is None or table.target is None:
        return None
    source, target = _end(table.source, edge.source), _end(table.target, edge.target)
    if source is None or target is None:
        return None
    for name, property in table.properties.items():
        value, column = edge.properties.get(property), table.column(name)
        if column is None:
            continue
        fits = not column.filled if value is None else _holds(column, value)
        if not fits:
            return None
    return source, target


def _holds(column: Column, value: Scalar) -> bool:
    if column.type is CellType.KEY:
        return is_key(str(value))
    return column.holds(value) if isinstance(value, int | float) else True


def _end(end: End, key: NodeKey) -> str | None:
    if key.label is not end.label:
        return None
    prefix = f"{end.concept_kind}." if end.concept_kind else ""
    return key.local.removeprefix(prefix) if key.local.startswith(prefix) and len(key.local) > len(prefix) else None


def _place(view: View, edge: Edge, placed: Placed) -> None:
    """Place an edge in a column of its node; a second one where there is room for one goes to the links."""
    hidden = edge.visibility is not None and not view.public
    if edge.type is EdgeType.REQUESTED_BY and not hidden:
        if "requester" not in placed.of(edge.source):
            placed.put(edge.source, "requester", _requester(view, edge.target))
            return
    elif not hidden:
        for owner, other, outgoing in ((edge.source, edge.target, True), (edge.target, edge.source, False)):
            for link in NODE_TABLES[owner.label].links:
                local = _linked(link, edge.type, other, outgoing)
                if local is not None and (link.many or link.column not in placed.of(owner)):
                    placed.put(owner, link.column, local)
                    return
    placed.loose.append(edge)


def _linked(link: Link, type: EdgeType, other: NodeKey, outgoing: bool) -> str | None:
    if link.type is not type or link.outgoing is not outgoing:
        return None
    return _end(End(link.column, link.other, link.concept_kind), other)


def _requester(view: View, key: NodeKey) -> str:
    """The local key, or the whole one where an actor and an alliance share it."""
    rival = Label.ALLIANCE if key.label is Label.ACTOR else Label.ACTOR
    return str(key) if NodeKey.of(rival, key.local) in view.keys else key.local


def _place_parts(view: View, placed: Placed) -> None:
    """The nearest present parent stands in the municipality's column; every other, and every date, in `parts`."""
    ranks = {level: rank for rank, level in enumerate(Level)}
    levels = {
        m.key: ranks.get(m.level, -1) if m.level else -1
        for m in view.nodes(Label.MUNICIPALITY)
        if isinstance(m, Municipality)
    }
    parents: dict[NodeKey, list[Edge]] = {}
    for edge in view.edges(EdgeType.PART_OF):
        parents.setdefault(edge.source, []).append(edge)
    for municipality, edges in parents.items():
        present = [e for e in edges if "until" not in e.properties]
        nearest = min(present, key=lambda e: (-levels[e.target], e.target), default=None)
        if nearest is not None:
            placed.put(municipality, "parent", nearest.target.local)
        placed.dated_parts.extend(
            e for e in edges if e is not nearest or e.properties or (e.visibility is not None and not view.public)
        )
