"""Remembers where a list names what other rows or sources must know, so that an unknown one is told with its line."""

from collections.abc import Sequence

from graph_service.errors import Place
from graph_service.exchange import Table
from graph_service.keys import Label, NodeKey

_MOST_EACH = 100
"""Places kept of one key; a municipality stands in every row of its list."""


class Mentions:
    """The places of keys."""

    def __init__(self) -> None:
        """Nothing so far."""
        self._places: dict[NodeKey, list[Place]] = {}
        self._refers: dict[str, dict[str, tuple[Label, str]]] = {}

    def remember(self, table: Table, column: str, value: object, place: Place) -> None:
        """What a cell of this column of a table leads to, if it leads anywhere."""
        if table.name not in self._refers:
            self._refers[table.name] = _refers(table)
        leads = self._refers[table.name].get(column)
        if leads is None:
            return
        label, prefix = leads
        for local in value if isinstance(value, tuple) else (value,):
            places = self._places.setdefault(NodeKey.of(label, f"{prefix}{local}"), [])
            if len(places) < _MOST_EACH:
                places.append(place)

    def of(self, key: NodeKey) -> Sequence[Place]:
        """The first places of a key."""
        return self._places.get(key, ())


def _refers(table: Table) -> dict[str, tuple[Label, str]]:
    """The columns of a table that lead elsewhere: to nodes of which label, and what stands before their keys."""
    ends = [end for end in (table.source, table.target) if end is not None]
    leads = [(each.column, each.other, each.concept_kind) for each in table.links]
    leads += [(end.column, end.label, end.concept_kind) for end in ends]
    return {column: (label, f"{kind}." if kind else "") for column, label, kind in leads}
