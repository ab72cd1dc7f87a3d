"""Records as rows of the SQLite store's claim tables, and back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

import orjson

from graph_service.codec import edge_from, edge_plain, node_from, node_properties
from graph_service.keys import NodeKey
from graph_service.model import (
    Boundary,
    Edge,
    EdgeType,
    Node,
    ObservationTable,
    Record,
    Scalar,
    Series,
    Visibility,
    edge_qualifier,
)
from graph_service.store.contract import Claimed
from graph_service.store.series import series_of_tables

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class ClaimTable:
    """One claim table: which columns identify a claim, which hold what it says."""

    name: str
    identity: tuple[str, ...]
    content: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column but the dataset's number and the time."""
        return self.identity + self.content


NODES = ClaimTable("node_claim", ("key",), ("properties", "named"))
EDGES = ClaimTable("edge_claim", ("type", "source", "target", "qualifier"), ("properties",))
BOUNDARIES = ClaimTable("boundary_claim", ("municipality",), ("geometry", "territory_date"))
SERIES = ClaimTable("series_claim", ("municipality", "indicator"), ("periods", "points", "flags"))
NAMED, LISTED = 1, 2
"""What ``named`` says of a node claim that has a name, or an empty one; 0: the claim says nothing of a name."""
TABLES = (NODES, EDGES, BOUNDARIES, SERIES)


def microseconds(moment: datetime) -> int:
    """A time as microseconds since 1970 (UTC)."""
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def moment(stamp: int) -> datetime:
    """The time that `microseconds` wrote."""
    return datetime.fromtimestamp(stamp // 1_000_000, UTC).replace(microsecond=stamp % 1_000_000)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def node_row(node: Node) -> Row:
    """A node claim's row."""
    properties = node_properties(node)
    named = (NAMED if properties["name"] else LISTED) if "name" in properties else 0
    return (str(node.key), _json(properties), named)


@lru_cache(maxsize=65_536)
def _said(
    kind: EdgeType, visibility: Visibility | None, items: tuple[tuple[str, Scalar, type], ...]
) -> tuple[str, str]:
    """An edge's qualifier and properties as JSON; cached, as what edges say repeats by the million."""
    properties = {name: value for name, value, _ in items}
    plain = edge_plain(properties, visibility)
    return edge_qualifier(kind, properties), _json(plain) if plain else "{}"


def edge_row(edge: Edge) -> Row:
    """An edge claim's row."""
    # the values' classes belong to the cache's key, for 1 == 1.0 == True
    items = tuple((name, value, value.__class__) for name, value in edge.properties.items())
    qualifier, text = _said(edge.type, edge.visibility, items)
    return (edge.type.value, str(edge.source), str(edge.target), qualifier, text)


def boundary_row(boundary: Boundary) -> Row:
    """A boundary claim's row."""
    day = boundary.territory_date
    return (str(boundary.municipality), boundary.geometry, None if day is None else day.isoformat())


def series_row(series: Series) -> Row:
    """A series claim's row; NaN becomes null."""
    flags = _json(series.flags) if any(series.flags) else None
    # orjson writes NaN as null
    return (str(series.municipality), str(series.indicator), _json(series.periods), _json(series.values), flags)


def node_of(key: str, properties: str) -> Node:
    """The node that a row holds."""
    return node_from(key, orjson.loads(properties))


def edge_of(edge_type: str, source: str, target: str, properties: str) -> Edge:
    """The edge that a row holds."""
    return edge_from(edge_type, source, target, orjson.loads(properties))


def boundary_of(municipality: str, geometry: str, territory_date: str | None) -> Boundary:
    """The boundary that a row holds."""
    day = None if territory_date is None else date.fromisoformat(territory_date)
    return Boundary(NodeKey.trusted(municipality), geometry, day)


def series_of(municipality: str, indicator: str, periods: str, points: str, flags: str | None) -> Series:
    """The series that a row holds."""
    when = tuple(orjson.loads(periods))
    values = tuple(float("nan") if v is None else float(v) for v in orjson.loads(points))
    marks = ("",) * len(when) if flags is None else tuple(orjson.loads(flags))
    return Series(NodeKey.trusted(municipality), NodeKey.trusted(indicator), when, values, marks)


def row_of(record: Node | Edge | Boundary | Series) -> tuple[ClaimTable, Row]:
    """The table and row of a single record."""
    if isinstance(record, Node):
        return NODES, node_row(record)
    if isinstance(record, Edge):
        return EDGES, edge_row(record)
    if isinstance(record, Boundary):
        return BOUNDARIES, boundary_row(record)
    return SERIES, series_row(record)


def rows_of(records: Iterable[Record | Claimed], now: int) -> Iterator[tuple[ClaimTable, Row]]:
    """Every record's table and row, the time last; observation tables are grouped to series at the end."""
    tables: list[ObservationTable] = []
    for item in records:
        record, since = (item.record, microseconds(item.since)) if isinstance(item, Claimed) else (item, now)
        if isinstance(record, ObservationTable):
            tables.append(record)
        else:
            table, row = row_of(record)
            yield table, (*row, since)
    for series in series_of_tables(tables):
        yield SERIES, (*series_row(series), now)
