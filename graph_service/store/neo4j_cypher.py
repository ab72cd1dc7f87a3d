"""How the graph lies in Neo4j, and the narrow way in which the reader and the writer speak to it.

``(:Dataset)-[:CLAIMS {properties, _since}]->(:Entity:Municipality {key, shown properties})``; an edge is one
relationship per dataset, with ``dataset`` and ``_since``;
``(:Municipality)-[:HAS_SERIES]->(:Series {dataset, periods, values, flags})-[:MEASURES]->(:Indicator)``;
``(:Municipality)-[:HAS_BOUNDARY]->(:Boundary {dataset, geometry})``; ``(:Store {revision, schema})``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Protocol, TypeVar

from graph_service.codec import Properties
from graph_service.keys import Label, NodeKey
from graph_service.model import EDGE_SPECS, EdgeType, Series

T = TypeVar("T")
BATCH = 10_000
SINCE = "_since"
STORE = "kompass"


class Cypher(Protocol):
    """Runs statements inside one transaction."""

    def ask(self, query: str, /, **parameters: object) -> Iterator[Sequence[Any]]:
        """The rows that a query returns."""
        ...

    def tell(self, query: str, /, **parameters: object) -> None:
        """Run a statement to its end."""
        ...

    def tell_each(self, query: str, batches: Iterable[Mapping[str, object]]) -> None:
        """Run a statement with each of these parameters; a batch is packed while the server works on the one before."""
        ...


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """The items in lists of at most this size."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def in_groups(
    dataset: str, claims: Iterable[tuple[Any, Any]], size: int, shared: tuple[str, ...] = ("since",)
) -> Iterator[dict[str, object]]:
    """Parameters for batches of rows, grouped by what rows have in common: that travels once and is held once."""
    for batch in batches(claims, size):
        groups: dict[Any, list[Any]] = {}
        for common, row in batch:
            groups.setdefault(common, []).append(row)
        named = [dict(zip(shared, common, strict=True)) | {"rows": rows} for common, rows in groups.items()]
        yield {"dataset": dataset, "groups": named}


def prefix(label: Label | None) -> str:
    """What the keys of a label start with."""
    return "" if label is None else f"{label.value.lower()}:"


def moment(value: Any) -> datetime:
    """A time as the driver gives it, in UTC."""
    native: datetime = value.to_native()
    return native.astimezone(UTC)


def edge_names(kind: EdgeType) -> tuple[str, ...]:
    """The properties that an edge of this type may have, in the order in which the codec writes them."""
    return (*sorted(EDGE_SPECS[kind].properties), "visibility")


def edge_values(kind: EdgeType) -> str:
    """The properties of a relationship ``r`` as columns of a result."""
    return ", ".join(f"r.{name}" for name in edge_names(kind))


def edge_plain(kind: EdgeType, values: Sequence[Any]) -> Properties:
    """The properties of an edge from the columns of a result."""
    return {name: value for name, value in zip(edge_names(kind), values, strict=True) if value is not None}


def qualifier(kind: EdgeType, properties: Mapping[str, object]) -> str:
    """As `Edge.qualifier`, from plain properties."""
    return "|".join(str(properties.get(name, "")) for name in EDGE_SPECS[kind].identity)


def series_from(municipality: str, indicator: str, values: Sequence[Any]) -> Series:
    """A series from its periods, values and flags; flags are absent where the publisher set none."""
    periods, points, flags = values
    return Series(
        NodeKey.trusted(municipality),
        NodeKey.trusted(indicator),
        tuple(periods),
        tuple(points),
        tuple(flags) if flags else ("",) * len(periods),
    )
