"""A dataset's records gathered and told apart from what it claimed before, so that only differences are written."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from graph_service.codec import Properties, edge_properties, node_properties
from graph_service.keys import Label
from graph_service.model import Boundary, Edge, EdgeType, Node, ObservationTable, Record, Series
from graph_service.store.contract import Changes, Claimed
from graph_service.store.series import count_points, series_of_tables

K = TypeVar("K")
V = TypeVar("V")

EdgeIdentity = tuple[str, str, str]
"""Source, target, qualifier."""
SeriesIdentity = tuple[str, str]
"""Municipality, indicator."""
Territory = tuple[str, str | None]
"""Geometry, territory date."""


@dataclass(frozen=True, slots=True)
class Staged:
    """Claims by kind and identity; each says what it says and since when. Of equal identities the last counts."""

    nodes: dict[Label, dict[str, tuple[Properties, datetime]]] = field(default_factory=dict)
    edges: dict[EdgeType, dict[EdgeIdentity, tuple[Properties, datetime]]] = field(default_factory=dict)
    boundaries: dict[str, tuple[Territory, datetime]] = field(default_factory=dict)
    series: dict[SeriesIdentity, tuple[Series, datetime]] = field(default_factory=dict)

    def add(self, record: Node | Edge | Boundary | Series, since: datetime) -> None:
        """Take one record in."""
        if isinstance(record, Node):
            self.nodes.setdefault(record.label, {})[str(record.key)] = (node_properties(record), since)
        elif isinstance(record, Edge):
            identity = (str(record.source), str(record.target), record.qualifier)
            self.edges.setdefault(record.type, {})[identity] = (edge_properties(record), since)
        elif isinstance(record, Boundary):
            day = None if record.territory_date is None else record.territory_date.isoformat()
            self.boundaries[str(record.municipality)] = ((record.geometry, day), since)
        else:
            self.series[str(record.municipality), str(record.indicator)] = (record, since)


def stage(records: Iterable[Record | Claimed], now: datetime) -> Staged:
    """Gather records; those without a time get this one."""
    staged = Staged()
    tables: list[ObservationTable] = []
    for item in records:
        if isinstance(item, Claimed):
            staged.add(item.record, item.since)
        elif isinstance(item, ObservationTable):
            tables.append(item)
        else:
            staged.add(item, now)
    for series in series_of_tables(tables):
        staged.add(series, now)
    return staged


@dataclass(frozen=True, slots=True)
class Difference(Generic[K, V]):
    """What has to be written so that the claims of one kind become what is staged; old ones go by element id."""

    new: dict[K, tuple[V, datetime]]
    changed: dict[K, tuple[str, V, datetime]]
    retired: dict[K, str]
    changes: Changes


def compare(
    before: Mapping[K, tuple[str, V]],
    now: Mapping[K, tuple[V, datetime]],
    count: Callable[[V | None, V | None], Changes],
) -> Difference[K, V]:
    """Tell what is new, changed and retired. ``count`` says what a pair of old and new amounts to."""
    new = {identity: claim for identity, claim in now.items() if identity not in before}
    retired = {identity: element for identity, (element, _) in before.items() if identity not in now}
    changed = {}
    changes = Changes()
    for identity in now.keys() & before.keys():
        (element, old), (value, since) = before[identity], now[identity]
        amount = count(old, value)
        changes += amount
        if amount.total:
            changed[identity] = (element, value, since)
    changes = sum((count(None, value) for value, _ in new.values()), changes)
    changes = sum((count(before[identity][1], None) for identity in retired), changes)
    return Difference(new, changed, retired, changes)


def count_claim(before: object, now: object) -> Changes:
    """A node, edge or boundary counts as one."""
    if before is None or now is None:
        return Changes(new=int(before is None), retired=int(now is None))
    # 1 == 1.0 in Python, yet they are different claims
    same = before == now and sorted(map(repr, _items(before))) == sorted(map(repr, _items(now)))
    return Changes(unchanged=1) if same else Changes(changed=1)


def _items(value: Any) -> Iterable[object]:
    return value.items() if isinstance(value, dict) else value


def count_series(before: Series | None, now: Series | None) -> Changes:
    """Observations count singly."""
    if before is None or now is None:
        return Changes(new=len(now.periods) if now else 0, retired=len(before.periods) if before else 0)
    return count_points(before, now)
